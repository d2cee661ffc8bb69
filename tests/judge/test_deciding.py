"""What is said of a decision as it is recorded: of how many duties it comes too late."""

from __future__ import annotations

from pathlib import Path

from dutywatch.judge.deciding import Reach, reach
from dutywatch.ledger.decisions import Decision
from tests.judge.bench import sheet
from tests.spec.town import at, bench, contract, daily, row


def test_a_duty_that_lapsed_before_its_window_ends_counts_as_due(tmp_path: Path) -> None:
    """No call may come in the week; one came on the 9th (docs/decisions/0045)."""
    none = {"pattern": "attain", "window": "week", "items": {"stream": "call"}, "at_most": 0, "per": "contract"}
    term = {"from": "2024-01-08", "to": "2024-01-14"}
    one = bench(tmp_path, contract({"none": none}, term=term), daily("calls", "8-9", [row("9T09:00")]))
    sheets = [sheet(judged) for judged in one.judge(at("10T06:00")).judged]
    for hour, due in (("9T08:00", 0), ("9T09:00", 1)):
        excuse = Decision("excuse", "none", None, None, "grounds", "desk", None, at(hour))
        assert reach(one.lake, sheets, excuse) == Reach(1, due, lapses=due)
