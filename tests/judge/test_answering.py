"""Who answers for what is owed per zone, class or contract (docs/decisions/0047)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import Trace
from tests.spec.town import contract, daily, row, verdicts

UNITS = (Unit("U1", "A", "north", 100.0), Unit("U2", "B", "north", 100.0))
SAME, OTHER = {"9": "firm", "10": "firm"}, {"9": "firm", "10": "other"}


@pytest.mark.parametrize(
    ("per", "group", "units", "party"),
    [
        ("zone", "north", {"id": ["U1", "U2"]}, OTHER),
        ("zone", "north", {"class": ["A", "B"]}, OTHER),
        ("zone", "north", {"zone": ["north"]}, OTHER),
        ("zone", "north", {"id": ["U1"]}, SAME),
        ("class", "A", {"zone": ["north"]}, OTHER),
        ("class", "A", {"id": ["U2"]}, SAME),
        ("contract", "town", {"id": ["U1", "U2"]}, OTHER),
        ("contract", "town", {"class": ["A"]}, SAME),
        ("contract", "town", {}, OTHER),
        ("unit", "U1", {"id": ["U1"]}, OTHER),
    ],
)
def test_the_one_who_answers_for_all_units(
    per: str, group: str, units: dict[str, Any], party: dict[str, str], tmp_path: Path
) -> None:
    """From the 10th on the other answers for `units`; each day's duty is that of the party of its day."""
    level = {"stream": "service", "kind": "sweep", "count": "actor"}
    kept = {"pattern": "keep", "window": "day", "slot": "PT12H", "level": level, "at_least": 1, "per": per}
    others = [{"contractor": "other", "from": "2024-01-10", "units": units}]
    rows = [row(f"{day}T09:00,kind=sweep,actor=F1") for day in (9, 10)]
    given = contract({"manned": kept}, assignments=others)
    found = verdicts(set_up(tmp_path, Trace(given, UNITS, tuple(daily("log", "8-10", rows)))), "11T07:00")
    assert {day: found[f"{group}/2024-01-{int(day):02}"]["party"] for day in party} == party


def test_a_scope_without_some_units_asks_for_the_others_alone(tmp_path: Path) -> None:
    """Of the contract's duty on streets of class A: who answers for U1, its only one, until U3 is another."""
    level = {"stream": "service", "kind": "sweep", "count": "actor"}
    kept = {"pattern": "keep", "window": "day", "slot": "PT12H", "level": level, "at_least": 1, "per": "contract"}
    kept["scope"] = {"class": ["A"]}
    others = [{"contractor": "other", "from": "2024-01-02", "units": {"id": ["U1"]}}]
    units = (*UNITS, Unit("U3", "A", "south", 100.0, valid_from=date(2024, 1, 10)))
    given = contract({"manned": kept}, assignments=others)
    found = verdicts(set_up(tmp_path, Trace(given, units, tuple(daily("log", "8-10", [])))), "11T07:00")
    assert [found[f"town/2024-01-{day:02}"]["party"] for day in (9, 10)] == ["other", "firm"]
