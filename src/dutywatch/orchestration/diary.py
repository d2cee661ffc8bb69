"""One DAG per contract: its grid of runs is the contract's diary.

    contract ─▶ receive (one per source) ─▶ validate ─▶ judge ─▶ alert
                   └─▶ every_source                       └────▶ measure

`contract` reads the contract's file and is the one red task where that is faulty; nothing after it runs
then. A source that cannot be received stops neither the other sources nor the judging: the duties' clocks
run on. `every_source` keeps such a run red.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import (
    DAG,
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    TriggerRule,
    XComArg,
    task,
)

from dutywatch.errors import DutywatchError, HeadMoved, LedgerError, MessageNotSent, SchemaBehind
from dutywatch.orchestration.ids import dag_id_of
from dutywatch.orchestration.landing import landing_asset
from dutywatch.settings import Settings
from dutywatch.terms import Head

_DAILY = "15 6 * * *"  # in the contract's zone: the day's logs are due at 06:00
_LONGEST = timedelta(hours=1)  # a step that takes longer hangs, and would hold back the contract's next run

_RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule(HeadMoved, RetryAction.RETRY, retry_delay=timedelta(seconds=1), reason="judge again"),
        RetryRule(SchemaBehind, RetryAction.FAIL, reason="the operator must migrate the ledger"),
        RetryRule(LedgerError, RetryAction.RETRY, reason="the ledger may be back soon"),
        RetryRule(MessageNotSent, RetryAction.RETRY, reason="what was told is not told again"),
        RetryRule(DutywatchError, RetryAction.FAIL, reason="somebody must act; trying again changes nothing"),
    ]
)
_NAMES = {
    "validate": "validate the rows",
    "judge": "judge the duties",
    "alert": "tell who is accountable",
    "measure": "measure",
}


def diary(head: Head, settings: Settings, page: str | None = None) -> DAG:
    """The DAG of one contract. A contract with a faulty file has one too. `page` is the operator's page."""
    with DAG(
        dag_id=dag_id_of(head.contract),
        dag_display_name=head.title,
        doc_md=page,
        schedule=_schedule(head, settings),
        start_date=datetime(2023, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        tags=sorted({text[:100] for text in head.tags.values()} - {""}),
        default_args={
            "retries": 2,
            "retry_delay": timedelta(seconds=10),
            "retry_policy": _RETRIES,
            "execution_timeout": _LONGEST,
        },
    ) as dag:
        _wire(head.contract)
    return dag


def _schedule(head: Head, settings: Settings) -> AssetOrTimeSchedule | None:
    """Daily in the contract's zone and whenever files land; neither means anything to a replayed ledger."""
    if settings.clock == "replay":
        return None
    daily = CronTriggerTimetable(_DAILY, timezone=_zone(head.timezone))
    return AssetOrTimeSchedule(timetable=daily, assets=[landing_asset(head.contract, settings.landing)])


def _zone(name: str) -> str:
    try:
        return str(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return "UTC"  # the contract's loader will say that there is no such zone


def _wire(contract: str) -> None:
    @task(task_id="contract", task_display_name="read the contract")
    def read() -> list[str]:
        from dutywatch.orchestration import steps

        return steps.contract(contract)

    @task(
        task_id="receive",
        task_display_name="receive",
        map_index_template="{{ task.op_kwargs['source'] }}",
    )
    def receive(source: str) -> str:
        from dutywatch.orchestration import steps

        return steps.receive(contract, source)

    sources = read()
    received = receive.expand(source=sources)
    validated = _verb("validate", contract, when=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    judged, alerted, measured = (_verb(name, contract) for name in ("judge", "alert", "measure"))
    every_source = EmptyOperator(task_id="every_source", task_display_name="every source was received")
    received >> every_source
    [sources, received] >> validated >> judged >> [alerted, measured]


def _verb(name: str, contract: str, when: TriggerRule = TriggerRule.ALL_SUCCESS) -> XComArg:
    @task(task_id=name, task_display_name=_NAMES[name], trigger_rule=when)
    def run() -> str:
        from dutywatch.orchestration import steps

        return steps.VERBS[name](contract)

    return run()
