"""The diary of one contract: every run receives, validates, judges and tells.

**What starts it.** Every morning at 06:15 in the contract's time zone; files that land in the contract's
folder; and `watch_deadlines`, when a duty's clock has run out. One run at a time; a second waits.

**What it writes.** Deliveries, verdicts and messages, in the ledger and the lake. The note of a run says
what is open after it. Running it again, on the same files or on more, does no harm.

**When it is red**

| red task | what happened | what to do |
| --- | --- | --- |
| read the contract | the contract's file is faulty; its log lists every fault with file and line | the contract's author mends them; then clear the task |
| receive *(source)* | one source could not be received; the others were, and the duties were judged | see its log; put the source right; then clear the task and what follows |
| validate the rows | the source's suite is faulty, or its proof failed; nothing was judged | a data engineer mends the suite; then clear the task |
| judge the duties, measure | the engine or the ledger failed, three times | see the log; `dutywatch judge` does the same from a terminal |
| tell who is accountable | a message could not be sent; it stays in the ledger as untold | put Slack or its connection right; the next run sends it |
| every source was received | nothing itself: it is red because a *receive* is | |
"""  # noqa: E501 - a table

from airflow.sdk import get_parsing_context

from dutywatch.orchestration import site
from dutywatch.orchestration.diary import diary
from dutywatch.orchestration.ids import dag_id_of
from dutywatch.terms import head

settings = site.settings()
wanted = get_parsing_context().dag_id  # inside a task: the one DAG that it belongs to

for path in sorted(settings.contracts.glob("*/contract.yaml")):
    dag_id = dag_id_of(path.parent.name)
    if wanted in (None, dag_id):
        globals()[dag_id] = diary(head(path.parent), settings, page=__doc__)
