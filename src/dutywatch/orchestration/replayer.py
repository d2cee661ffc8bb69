"""A replay whose every ring is a run of each contract's DAG under Airflow's own scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dutywatch.errors import DutywatchError
from dutywatch.orchestration.airflow_api import AirflowApi
from dutywatch.orchestration.ids import dag_id_of, run_id_of
from dutywatch.orchestration.station import Station
from dutywatch.replay import Step, Story, replay_together

_COMPONENTS = ("api-server", "scheduler", "dag-processor")  # nothing to trigger: the replayer rings
_PATIENCE = 900.0  # seconds that one run may take
_PORT = 8090


def replay_through_airflow(here: Station, *stories: Story) -> Iterator[Step]:
    """Start `here`, replay what arrives for each contract through its DAG, stop everything; yields each step.

    The clock of a ledger that is made by this begins with the first story. The caller keeps others out of `here`.
    """
    running = None
    try:
        server = here.prepare(now=min(story.since for story in stories))
        running = here.start(server, _COMPONENTS, tied=True, port=_PORT)
        api = running.ready(*(dag_id_of(story.contract) for story in stories), components=_COMPONENTS)
        yield from replay_together(here.settings(server), stories, ring_on_airflow(api, here.airflow / "logs"))
    finally:
        running.end() if running else here.stop()


def ring_on_airflow(api: AirflowApi, logs: Path) -> Callable[[Sequence[str], datetime], None]:
    """A ring that is a run of each contract's DAG, side by side, standing in their grids at the simulated instant.

    The same instant has the same run: one that succeeded is not repeated, one that was interrupted or
    failed is run again.
    """

    def ring(contracts: Sequence[str], at: datetime) -> None:
        instant = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        run_id = run_id_of("replay", instant)
        started = [contract for contract in contracts if _started(api, dag_id_of(contract), run_id, instant)]
        for contract in started:
            dag_id = dag_id_of(contract)
            if api.finish(dag_id, run_id, _PATIENCE) != "success":
                tasks = ", ".join(api.failures(dag_id, run_id))
                raise DutywatchError(f"contract {contract}: run {run_id} is red at: {tasks}; see {logs}")

    return ring


def _started(api: AirflowApi, dag_id: str, run_id: str, instant: str) -> bool:
    """Start the run, unless it has succeeded before."""
    match api.state(dag_id, run_id):
        case "success":
            return False
        case None:
            api.start(dag_id, run_id, instant)
        case _:
            api.start_again(dag_id, run_id)
    return True
