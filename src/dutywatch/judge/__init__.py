"""The verb *judge*: contract x evidence x as_of -> duties with verdicts."""

from dutywatch.judge.deciding import Decided, confirm, decide, summary
from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.explaining import Language, explain
from dutywatch.judge.judgement import Judgement, judge
from dutywatch.judge.known import Known, asked, draft, known, rows
from dutywatch.judge.recording import Recorded, record
from dutywatch.judge.redelivery import in_force, replacing
from dutywatch.judge.sheets import COLUMNS, Judged

__all__ = [
    "COLUMNS", "PREFIX", "Decided", "Judged", "Judgement", "Known", "Language", "Recorded",
    "asked", "confirm", "decide", "draft", "explain", "in_force", "judge", "known", "record", "replacing", "rows",
    "summary",
]  # fmt: skip
