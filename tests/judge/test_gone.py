"""Why a duty became void: its trigger is there no more, or it is, and the contract owes nothing for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutywatch.terms import Unit
from tests.judge.bench import sheet
from tests.spec.town import at, bench, contract, daily, row

REVISED, UNOWED = "its trigger was revised away", "the contract owes it no more"
CLEAR = {
    "pattern": "respond",
    "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"},
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "plow"},
    "within": "PT6H",
}
REPORTED = {"stream": "call", "kind": "reported", "quorum": {"households": 2, "within": "PT2H"}}
RECORD = {"stream": "call", "kind": "reported", "each": "record"}
UNITS = (Unit("U1", "A", "N", 100.0), Unit("U2", "A", "N", 100.0))
LEFT = (Unit("U1", "A", "N", 100.0, None, date(2024, 1, 9)), Unit("U2", "A", "N", 100.0))
CALLS = " ".join(f"10T10:00,kind=reported,unit=U{n},actor={who},record={n}{who}" for n in (1, 2) for who in "ab")


def gone(
    folder: Path,
    obligations: dict[str, Any],
    corrected: str = "",
    then: tuple[Unit, ...] = UNITS,
    log: str = "",
    **more: Any,
) -> dict[str, str]:
    """U1's void duties on the 12th at 09:00, by obligation: why. Snow at 10:00 on the 10th, as calls report it."""
    weather = [row("10T10:00,kind=snow,unit=")]
    told = daily("weather", "8-12", weather) + daily("calls", "8-12", [row(one) for one in CALLS.split()])
    told += daily("calls", "10@12T08:00", [row(one) for one in corrected.split()]) if corrected else []
    told += daily("log", "8-12", []) + (daily("log", "10@12T08:00", [row(log)]) if log else [])
    one = bench(folder, contract(obligations, **more), told, UNITS)
    recorded = [sheet(judged) for judged in one.judge(at("12T07:00")).judged]
    terms = replace(one.terms, units=replace(one.terms.units, rows=then, digest=str(then)))
    found = replace(one, terms=terms).judge(at("12T09:00"), recorded).judged
    flips = [flip for judged in found for flip in judged.flips if flip["unit"] == "U1"]
    return {flip["duty_id"].split("/")[1]: flip["reason"] for flip in flips if flip["to_standing"] == "void"}


def test_a_breach_that_was_none_starts_nothing_though_another_unit_s_was_one(tmp_path: Path) -> None:
    """Both streets lapsed by one snowfall; U1 was plowed after all, as its log tells that came late."""
    again = {**CLEAR, "trigger": {"breach": "clear"}}
    one = {"clear": CLEAR, "again": again}
    assert gone(tmp_path, one, log="10T11:00,kind=plow") == {"again": REVISED}


def test_reports_on_another_unit_at_the_same_instant_are_another_trigger(tmp_path: Path) -> None:
    answer = {"clear": {**CLEAR, "trigger": REPORTED}}
    assert gone(tmp_path, answer, corrected=CALLS.partition(" ")[2]) == {"clear": REVISED}


@pytest.mark.parametrize("trigger", [CLEAR["trigger"], REPORTED, RECORD], ids=["episode", "quorum", "record"])
def test_a_street_that_had_left_owes_nothing_for_a_trigger_that_stands(tmp_path: Path, trigger: Any) -> None:
    """Also where no other street is left for which it would start a clock."""
    for units in (LEFT, LEFT[:1]):
        folder = tmp_path / str(len(units))
        folder.mkdir()
        assert gone(folder, {"clear": {**CLEAR, "trigger": trigger}}, then=units) == {"clear": UNOWED}


def test_a_street_of_another_class_owes_nothing_for_a_trigger_that_stands(tmp_path: Path) -> None:
    then = tuple(replace(unit, class_="B") for unit in UNITS)
    one = {"clear": {**CLEAR, "scope": {"class": ["A"]}}}
    assert gone(tmp_path, one, then=then) == {"clear": UNOWED}


def test_where_other_words_ask_for_it_daily_a_trigger_of_the_old_ones_stands_all_the_same(tmp_path: Path) -> None:
    """Swept once in each snowfall, and as of the 11th each day."""
    action = {"stream": "service", "kind": "sweep"}
    lasting = {"while": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"}}
    daily_ = {"obligation": "sweep", "clause": "§2", "from": "2024-01-11", "change": {"period": {"each": "day"}}}
    one = {"sweep": {"pattern": "recur", "period": lasting, "times": 1, "action": action}}
    amendments = [{**daily_, "recorded": "2024-01-01"}]
    assert gone(tmp_path, one, then=LEFT, amendments=amendments) == {"sweep": UNOWED}
