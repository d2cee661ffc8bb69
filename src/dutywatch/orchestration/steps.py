"""The steps as Airflow's tasks call them: settings in, one readable line out.

Imported when a task runs, not when a DAG file is parsed: the engine behind `pipeline` is not needed to
draw a DAG, and a DAG file is parsed in every task process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from dutywatch import pipeline
from dutywatch.errors import ContractFaults
from dutywatch.orchestration import site
from dutywatch.orchestration.ids import dag_id_of, run_id_of

log = logging.getLogger(__name__)


def contract(name: str) -> list[str]:
    """Load the whole contract; its sources' names. Raises ContractFaults, which lists every fault."""
    try:
        return list(pipeline.sources(site.settings(), name))
    except ContractFaults as faults:
        for fault in faults.faults:
            log.error("%s", fault)  # one line a fault, in the colour of a fault
        raise faults from None


def receive(name: str, source: str) -> str:
    """Receive what one source has delivered."""
    return str(pipeline.receive(site.settings_with_secrets(), name, source, log.info))


def validate(name: str) -> str:
    """Validate all new deliveries of the contract."""
    found = pipeline.validate(site.settings(), name)
    for line in (line for fate in found.fates for line in fate.to_mend):
        log.warning("%s", line)
    return str(found)


def judge(name: str) -> str:
    """Judge the sheets that new evidence or the time touches."""
    return str(pipeline.judge(site.settings(), name))


def alert(name: str) -> str:
    """Tell every accountable person what they have not been told yet."""
    return str(pipeline.alert(site.settings_with_slack(), name))


def measure(name: str) -> str:
    """Count the duties by class and verdict."""
    return str(pipeline.measure(site.settings(), name))


VERBS: Mapping[str, Callable[[str], str]] = {
    "validate": validate,
    "judge": judge,
    "alert": alert,
    "measure": measure,
}


def rings() -> list[dict[str, object]]:
    """The contracts that a clock wakes now, as arguments of one TriggerDagRunOperator each."""
    return [
        {
            "trigger_dag_id": dag_id_of(ring.contract),
            "trigger_run_id": run_id_of("deadline", ring.key),
            "conf": {"reason": ring.reason},
        }
        for ring in pipeline.rings(site.settings())
    ]
