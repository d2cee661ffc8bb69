"""What is said of decisions: of how many duties one comes too late, and why that makes a breach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dutywatch.judge.deciding import Reach, reach
from dutywatch.ledger.decisions import Decision
from tests.judge.bench import sheet
from tests.spec.town import at, bench, contract, daily, row

LEVEL = {"pattern": "keep", "window": "week", "slot": "P1D", "level": {"stream": "call", "value": "level"}}
CALLS = {"pattern": "attain", "window": "week", "items": {"stream": "call"}}


def test_a_duty_that_lapsed_before_its_window_ends_counts_as_due(tmp_path: Path) -> None:
    """No call may come in the week; one came on the 9th (docs/decisions/0045)."""
    none = {"pattern": "attain", "window": "week", "items": {"stream": "call"}, "at_most": 0, "per": "contract"}
    term = {"from": "2024-01-08", "to": "2024-01-14"}
    one = bench(tmp_path, contract({"none": none}, term=term), daily("calls", "8-9", [row("9T09:00")]))
    sheets = [sheet(judged) for judged in one.judge(at("10T06:00")).judged]
    for hour, due in (("9T08:00", 0), ("9T09:00", 1)):
        excuse = Decision("excuse", "none", None, None, "grounds", "desk", None, at(hour))
        assert reach(one.lake, sheets, excuse) == Reach(1, due, lapses=due)


@pytest.mark.parametrize(
    ("words", "lapsed"),
    [
        ({"pattern": "recur", "period": "week", "action": {"stream": "call"}, "max_gap": "PT48H"}, "10T00:00"),
        ({**LEVEL, "at_most": 5}, "15T00:00"),
        ({**CALLS, "good": "level <= 5", "at_least": 1}, "15T00:00"),
        ({**CALLS, "at_most": 3}, "15T00:00"),
    ],
)
def test_silence_that_makes_an_excuse_too_late_is_why_it_is_a_breach(
    tmp_path: Path, words: dict[str, Any], lapsed: str
) -> None:
    """The logs of the 8th to the 10th never came; one person excused it on the 11th, and later it lapsed for certain.

    That alone would be excused: it is in breach for what the firm did not deliver counts as one (0045).
    """
    rows = [
        row(f"{day}T09:00,level={9 if day == 13 else 1}")
        for day in ((11, 14) if "max_gap" in words else (11, 12, 13, 14))
    ]
    terms = contract({"owed": {**words, "silence": "breached"}}, term={"from": "2024-01-08", "to": "2024-01-14"})
    one = bench(tmp_path, terms, daily("calls", "11-14", rows))
    excuse = Decision("excuse", "owed", "U1", None, "works", "desk", None, at("11T12:00"))
    found = one.rows(one.judge(at("15T06:00"), decisions=[excuse]))["town/owed/U1/2024-W02"]
    assert (found["standing"], found["lapsed_at"], found["evidence"]) == ("breached.open", at(lapsed), "")
    assert found["reason"].startswith(
        "no proof was delivered, and the contract counts silence as breach: calls of 2024-01-08"
    )
