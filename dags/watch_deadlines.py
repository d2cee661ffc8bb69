"""Rings the contracts that a clock wakes: a duty falls due, a delivery is overdue, an alert must escalate.

**What starts it.** The wall clock, every two minutes. (A ledger that replays is woken by its replayer.)

**What it writes.** Nothing. It asks the ledger and starts the DAG of each contract that has something due;
the same ring has the same run id, so it is made once: one that was made already is skipped.

**When it is red**

| red task | what to do |
| --- | --- |
| ask the ledger | see its log: the ledger is away, or its schema is behind (`dutywatch migrate`) |
| ring *(contract)* | the contract's DAG is gone: its folder was removed or renamed |
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, task

from dutywatch.orchestration import site

with DAG(
    dag_id="watch_deadlines",
    dag_display_name="Watch the deadlines",
    doc_md=__doc__,
    schedule=None if site.settings().clock == "replay" else "*/2 * * * *",
    start_date=datetime(2023, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=10)},
    tags=["dutywatch"],
):

    @task(task_display_name="ask the ledger")
    def ask() -> list[dict[str, object]]:
        from dutywatch.orchestration import steps

        return steps.rings()

    TriggerDagRunOperator.partial(
        task_id="ring",
        task_display_name="ring",
        map_index_template="{{ task.trigger_dag_id }}",
        skip_when_already_exists=True,
    ).expand_kwargs(ask())
