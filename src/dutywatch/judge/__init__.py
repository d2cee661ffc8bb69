"""The verb *judge*: contract x evidence x as_of -> duties with verdicts."""

from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.explain import explain
from dutywatch.judge.judgement import Judgement, judge
from dutywatch.judge.record import Recorded, record
from dutywatch.judge.sheets import COLUMNS, Judged
from dutywatch.judge.verdict import Level, Standing, Verdict

__all__ = [
    "COLUMNS", "PREFIX", "Judged", "Judgement", "Level", "Recorded", "Standing", "Verdict", "explain",
    "judge", "record",
]  # fmt: skip
