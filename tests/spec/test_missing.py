"""What an explanation says is missing, where the reason names evidence from outside the window.

How events are written here stands in tests/spec/town.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dutywatch.judge import explanation_en
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.explanation import Explanation, explain
from dutywatch.judge.known import Known
from tests.judge.bench import PATTERNS
from tests.judge.oracle import File
from tests.spec.town import at, bench, contract, daily, sources

TERM = {"from": "2024-01-07", "to": "2024-01-08"}
CLEAR = {
    "pattern": "respond",
    "trigger": {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"},
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "sweep"},
    "within": "PT6H",
}
SHARE = {"pattern": "attain", "window": "day", "items": {"duties": "clear"}, "at_least": 0.5}


def explained(
    folder: Path, words: dict[str, Any], files: Sequence[File], duty: str, as_of: str, **known: Any
) -> Explanation:
    given = known or sources(calls={"from": "2024-01-07"})
    one = bench(folder, contract(words, term=TERM, sources=given), files)
    row = one.rows(one.judge(at(as_of)))[f"town/{duty}"]
    inputs = Known(at(as_of), at(as_of), one.accepted, (), BEGINNING)
    return explain(one.terms, one.lake, PATTERNS, inputs, row, (), recorded=True)


def test_what_would_have_started_the_duties_that_are_counted(tmp_path: Path) -> None:
    found = explained(tmp_path, {"share": SHARE, "clear": CLEAR}, (), "share/U1/2024-01-08", "9T07:00")
    assert [(one.missing, one.holder, one.due_at) for one in found.lacking] == [
        ("weather of 2024-01-08", "weather-service", at("9T06:00"))
    ]


def test_no_other_log_is_missing_whose_name_is_the_end_of_the_one_that_is(tmp_path: Path) -> None:
    """Nobody knows of a storm, and so of no duty that the contractor's log would prove: that log is not asked for."""
    log, _, weather, _ = sources().values()
    found = explained(
        tmp_path,
        {"share": SHARE, "clear": CLEAR},
        (),
        "share/U1/2024-01-08",
        "9T07:00",
        **{"log": log, "town-log": weather},
    )
    assert [(one.missing, one.holder) for one in found.lacking] == [("town-log of 2024-01-08", "weather-service")]


def test_what_may_have_begun_before_the_window(tmp_path: Path) -> None:
    staffed = {"pattern": "keep", "window": "day", "slot": "PT6H", "level": {"stream": "call", "open": True}}
    words = {"stay": {**staffed, "at_least": 1}}
    found = explained(tmp_path, words, daily("calls", "8", ()), "stay/U1/2024-01-08", "9T07:00")
    assert [(one.missing, one.start, one.end) for one in found.lacking] == [
        ("calls of 2024-01-07", at("7T00:00"), at("8T00:00"))
    ]
    assert "          acts count from any time on" in explanation_en.lines(found)
