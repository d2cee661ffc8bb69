"""The verb *judge*: contract x evidence x as_of -> duties with verdicts."""

from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.evidence import in_force
from dutywatch.judge.explanation import explain
from dutywatch.judge.judgement import Judgement, judge
from dutywatch.judge.recording import Recorded, record
from dutywatch.judge.sheets import COLUMNS, Judged

__all__ = [
    "COLUMNS", "PREFIX", "Judged", "Judgement", "Recorded", "explain",
    "in_force", "judge", "record",
]  # fmt: skip
