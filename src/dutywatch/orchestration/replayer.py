"""A replay whose every ring is a run of the contract's DAG under Airflow's own scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from dutywatch.errors import DutywatchError
from dutywatch.orchestration.airflow_api import AirflowApi
from dutywatch.orchestration.ids import dag_id_of, run_id_of
from dutywatch.orchestration.station import Station
from dutywatch.replay import Step, read_arrivals, replay

_COMPONENTS = ("api-server", "scheduler", "dag-processor")  # nothing to trigger: the replayer rings
_PATIENCE = 900.0  # seconds that one run may take
_PORT = 8090


def replay_through_airflow(
    here: Station, contract: str, arrivals: Path, since: datetime, until: datetime
) -> Iterator[Step]:
    """Start `here`, replay the arrivals of one contract through its DAG, stop everything; yields each step.

    `since`: where the clock of a ledger that is made by this begins. The caller keeps others out of `here`.
    """
    running = None
    try:
        server = here.prepare(now=since)
        running = here.start(server, _COMPONENTS, tied=True, port=_PORT)
        api = running.ready(dag_id_of(contract), components=_COMPONENTS)
        ring = ring_on_airflow(api, contract, here.airflow / "logs")
        yield from replay(here.settings(server), contract, read_arrivals(arrivals), until, ring)
    finally:
        running.end() if running else here.stop()


def ring_on_airflow(api: AirflowApi, contract: str, logs: Path) -> Callable[[datetime], None]:
    """A ring that is a run of the contract's DAG, standing in its grid at the simulated instant.

    The same instant has the same run: one that succeeded is not repeated, one that was interrupted or
    failed is run again.
    """
    dag_id = dag_id_of(contract)

    def ring(at: datetime) -> None:
        instant = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        run_id = run_id_of("replay", instant)
        match api.state(dag_id, run_id):
            case "success":
                return
            case None:
                api.start(dag_id, run_id, instant)
            case _:
                api.start_again(dag_id, run_id)
        if api.finish(dag_id, run_id, _PATIENCE) != "success":
            tasks = ", ".join(api.failures(dag_id, run_id))
            raise DutywatchError(f"contract {contract}: run {run_id} is red at: {tasks}; see {logs}")

    return ring
