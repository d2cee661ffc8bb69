"""The pattern *keep* beside its chapter: reasons, groups, slots that are cut.

The tables of tests/spec/chapters/keep.py tell the rules; here is what no table of one street shows.
How events are written here stands in tests/spec/town.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dutywatch.clock import Calendar
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up, sheet
from tests.judge.oracle import Trace
from tests.spec.town import UNITS, at, bench, contract, daily, row, verdicts

TERM = {"from": "2024-01-08", "to": "2024-01-08"}
VALUE = {"level": {"stream": "call", "value": "level"}, "at_least": 1, "at_most": 5}
COUNT = {"level": {"stream": "call", "count": "actor"}, "at_least": 2}
COUNT_AT_MOST = {"level": {"stream": "call", "count": "actor"}, "at_most": 1}
OPEN = {"level": {"stream": "call", "open": True}, "at_least": 1}
OPEN_AT_MOST = {"level": {"stream": "call", "open": True}, "at_most": 2}
FOUR = "8T01:00,level=1 8T07:00,level=5 8T13:00,level=2 8T19:00,level=3"
PAIRS = "8T01:00,actor=a 8T02:00,actor=b 8T07:00,actor=a 8T08:00,actor=b 8T13:00,actor=a 8T14:00,actor=b"


def judged(
    folder: Path, words: dict[str, Any], logs: str, events: str, as_of: str, **more: Any
) -> dict[str, dict[str, Any]]:
    stay = {"pattern": "keep", "window": "day", "slot": "PT6H", **words}
    terms = contract({"stay": stay}, term=more.pop("term", TERM))
    files = daily("calls", logs, [row(one) for one in events.split()])
    return verdicts(bench(folder, terms, files, more.pop("units", UNITS)), as_of)


def test_the_reason_says_how_long_and_how_far(tmp_path: Path) -> None:
    events = "8T01:00,level=9 8T07:00,level=1 8T13:00,level=7 8T19:00,level=6"
    found = judged(tmp_path, VALUE, "8", events, "9T05:00")["U1/2024-01-08"]
    assert found["reason"] == "out of bounds: 3 slots, at most 2 without a break from 2024-01-08T04:00:00Z, worst 9.0"
    assert found["evidence"] == "calls calls/8:2"


def test_where_nobody_was_is_worse_than_where_one_of_two_was(tmp_path: Path) -> None:
    """One until 06:00, nobody until 18:00; and three, of whom one is too many, beside nobody."""
    events = "8T01:00,actor=a 8T19:00,actor=a 8T20:00,actor=b"
    found = judged(tmp_path / "1", COUNT, "8", events, "9T05:00")["U1/2024-01-08"]
    assert found["reason"] == "out of bounds: 3 slots, at most 3 without a break from 2024-01-07T16:00:00Z, worst 0.0"
    events += " 8T21:00,actor=c"
    found = judged(tmp_path / "2", {**COUNT, "at_most": 2}, "8", events, "9T05:00")["U1/2024-01-08"]
    assert found["reason"] == "out of bounds: 4 slots, at most 4 without a break from 2024-01-07T16:00:00Z, worst 0.0"


def test_what_is_missing_is_named_with_who_owes_it(tmp_path: Path) -> None:
    found = judged(tmp_path, VALUE, "8", "8T01:00,level=1", "9T06:00")["U1/2024-01-08"]
    assert (found["reason"], found["owed_by"]) == ("the evidence is incomplete: 3 slots without measurement", "firm")
    late = judged(tmp_path / "late", VALUE, "", "", "9T06:00")["U1/2024-01-08"]
    assert (late["reason"], late["owed_by"]) == ("the evidence is incomplete: calls of 2024-01-08", "firm")


def test_the_last_slot_is_cut(tmp_path: Path) -> None:
    events = "8T01:00,level=1 8T11:00,level=1 8T21:00,level=1"
    found = judged(tmp_path, {**VALUE, "slot": "PT10H"}, "8", events, "9T05:00")["U1/2024-01-08"]
    assert (found["standing"], found["items"]) == ("met", 3)


def test_a_group_counts_what_all_its_units_have(tmp_path: Path) -> None:
    events = " ".join(f"8T{hour:02}:00,actor={unit},unit={unit}" for hour in (1, 7, 13, 19) for unit in ("U1", "U2"))
    assert (
        judged(tmp_path / "1", {**COUNT, "per": "contract"}, "8", events, "9T05:00")["town/2024-01-08"]["standing"]
        == "met"
    )
    alone = judged(tmp_path / "2", COUNT, "8", events, "9T05:00")
    assert {one["standing"] for one in alone.values()} == {"breached.open"}
    opened = "7T20:00,unit=U1,until=8T12:00 8T12:00,unit=U2"
    held = judged(tmp_path / "3", {**OPEN, "per": "contract"}, "7-8", opened, "9T05:00")
    assert held["town/2024-01-08"]["standing"] == "met"


def test_a_unit_that_left_counts_for_its_class_no_more(tmp_path: Path) -> None:
    """Two are needed at any time of the day, one on each street; U2 leaves the class after the 8th."""
    units = (Unit("U1", "A", None, None), Unit("U2", "A", None, None, valid_to=date(2024, 1, 8)))
    events = " ".join(
        f"{day}T{hour:02}:00,actor={unit},unit={unit}"
        for day in (8, 9)
        for hour in (1, 7, 13, 19)
        for unit in ("U1", "U2")
    )
    term = {"from": "2024-01-08", "to": "2024-01-09"}
    found = judged(tmp_path, {**COUNT, "per": "class"}, "8-9", events, "10T05:00", term=term, units=units)
    assert {name: one["standing"] for name, one in found.items()} == {
        "A/2024-01-08": "met",
        "A/2024-01-09": "breached.open",
    }
    opened = "7T20:00,unit=U2"  # open for ever, but on a street that has left
    held = judged(tmp_path / "open", {**OPEN, "per": "class"}, "7-9", opened, "10T05:00", term=term, units=units)
    assert [one["standing"] for one in held.values()] == ["met", "breached.open"]


def test_what_is_open_is_counted_on_through_closed_hours(tmp_path: Path) -> None:
    """The counter opens at noon: the one open since one o'clock at night is, until seven in the evening."""
    stay = {"pattern": "keep", "window": {"each": "day", "calendar": "counter"}, "slot": "PT6H", **OPEN}
    given = contract({"stay": stay}, term=TERM)
    hours = ((time(12), time(20)),)
    trace = Trace(given, UNITS, tuple(daily("calls", "7-8", [row("8T01:00,until=8T19:00")])))
    counter = {"counter": Calendar(given.zone, (hours,) * 7)}
    found = verdicts(set_up(tmp_path, replace(trace, calendars=counter)), "9T06:00")["U1/2024-01-08"]
    assert (found["standing"], found["items"], found["lapsed_at"]) == ("breached.open", 2, at("9T00:00"))


def test_windows_may_be_short_and_far_apart(tmp_path: Path) -> None:
    """Two gusts of less than a second, three weeks apart; U1 is open from before the first until after it."""
    gusts = {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"}
    given = contract({"stay": {"pattern": "keep", "window": {"while": gusts}, "slot": "PT15M", **OPEN}})
    felt = [
        replace(row("8T10:00,kind=storm"), at=at(f"{day}T10:00") + timedelta(milliseconds=moment))
        for day in (8, 30)
        for moment in (1, 400)
    ]
    files = [*daily("weather", "2-30", felt), *daily("calls", "2-30", [row("7T09:00,until=9T09:00")])]
    found = verdicts(bench(tmp_path, given, files), "31T06:00")
    assert [one["standing"] for name, one in sorted(found.items()) if name.startswith("U1/")] == [
        "met",
        "breached.open",
    ]


def test_windows_of_no_length_may_be_far_apart(tmp_path: Path) -> None:
    """Two gusts of which a single row tells: there is no slot to be assessed, nor an end of looking for one."""
    gusts = {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"}
    given = contract({"stay": {"pattern": "keep", "window": {"while": gusts}, "slot": "PT15M", **OPEN}})
    felt = [replace(row("8T10:00,kind=storm"), at=at(f"{day}T10:00")) for day in (8, 30)]
    files = [*daily("weather", "2-30", felt), *daily("calls", "2-30", [row("7T09:00,until=9T09:00")])]
    found = verdicts(bench(tmp_path, given, files), "31T06:00")
    assert [one["standing"] for name, one in sorted(found.items()) if name.startswith("U1/")] == ["void.unassessed"] * 2


def test_hours_that_the_clock_skips_are_not_assessed(tmp_path: Path) -> None:
    """The counter is open from two to three, which on the last day of March nobody in Berlin had."""
    stay = {"pattern": "keep", "window": {"each": "day", "calendar": "counter"}, "slot": "PT6H", **VALUE}
    days = {"from": "2024-03-30", "to": "2024-03-31"}
    given = contract({"stay": stay}, term=days, timezone="Europe/Berlin")
    counter = {"counter": Calendar(given.zone, (((time(2), time(3)),),) * 7)}
    town = set_up(tmp_path, Trace(given, UNITS, (), calendars=counter))
    found = town.rows(town.judge(datetime(2024, 4, 2, tzinfo=given.zone)))
    assert found["town/stay/U1/2024-03-30"]["standing"] == "unproven"
    void = found["town/stay/U1/2024-03-31"]
    assert (void["standing"], void["reason"]) == ("void.unassessed", "the calendar was closed throughout")
    excuse = Decision("excuse", "stay", None, None, "works", "desk", "chief", datetime(2024, 3, 1, tzinfo=given.zone))
    found = town.rows(town.judge(datetime(2024, 4, 2, tzinfo=given.zone), decisions=[excuse]))
    assert {row["standing"] for row in found.values()} == {"excused"}


def test_where_silence_counts_as_breach(tmp_path: Path) -> None:
    found = judged(tmp_path, {**VALUE, "silence": "breached"}, "", "", "9T06:00")["U1/2024-01-08"]
    assert (found["standing"], found["lapsed_at"]) == ("breached.open", at("9T00:00"))


def test_a_doubtful_time_may_lie_in_either_slot(tmp_path: Path) -> None:
    """Slots begin at 00:00, 06:00, 12:00 and 18:00. What happened at 05:30 or 06:30 happened in one of two."""
    rest = " 8T07:00,level=2,actor=b 8T13:00,level=2,actor=b 8T19:00,level=2,actor=b"
    one_bad = {**VALUE, "max_bad": 1}
    for number, (words, events, standing, lapsed) in enumerate(
        [
            (COUNT | {"at_least": 1}, "8T01:00,actor=b 8T06:30,earlier=8T05:30,actor=a" + rest, "met", None),
            (COUNT | {"at_least": 1}, "8T06:30,earlier=8T05:30,actor=a" + rest, "unproven", None),
            (COUNT_AT_MOST, "8T01:00,actor=b 8T06:30,earlier=8T05:30,actor=a", "unproven", None),
            (VALUE, "8T01:00,level=2 8T06:30,earlier=8T05:30,level=9" + rest, "breached.open", "8T12:00"),
            (one_bad, "8T01:00,level=9 8T06:30,earlier=8T05:30,level=9" + rest, "unproven", None),
            (one_bad, "8T01:00,level=9 8T08:30,earlier=8T07:30,level=9" + rest, "breached.open", "8T12:00"),
            (OPEN | {"slot": "PT15M"}, "7T20:00,until=8T05:30 8T06:30,earlier=8T05:30", "unproven", None),
            (OPEN | {"slot": "PT15M"}, "7T20:00,until=8T05:30 8T06:30", "breached.open", "8T05:45"),
        ]
    ):
        found = judged(tmp_path / str(number), words, "7-8", events, "9T06:00")["U1/2024-01-08"]
        assert (found["standing"], found["lapsed_at"]) == (standing, at(lapsed) if lapsed else None), (words, events)


def test_what_is_excused_wakes_when_it_may_be_met(tmp_path: Path) -> None:
    """Two slots were good and two may be bad: that is kept as the day ends, and nothing else arrives (SEMANTICS 1)."""
    stay = {"pattern": "keep", "window": "day", "slot": "PT6H", **VALUE, "max_bad": 2}
    files = daily("calls", "8@8T14:00", [row("8T01:00,level=1"), row("8T07:00,level=1")])
    city = bench(tmp_path, contract({"stay": stay}, term=TERM), files)
    excuse = Decision("excuse", "stay", "U1", None, "works", "desk", None, at("8T10:00"))
    first = city.judge(at("8T14:00"), decisions=[excuse])
    (found,) = (row for duty, row in city.rows(first).items() if "/U1/" in duty)
    assert (found["standing"], found["wake_at"]) == ("excused", at("9T00:00"))
    again = city.judge(at("9T00:00"), [sheet(one) for one in first.judged], decisions=[excuse])
    (found,) = (row for duty, row in city.rows(again).items() if "/U1/" in duty)
    assert (found["standing"], found["wake_at"]) == ("met", None)


def test_a_breach_wakes_when_a_further_bad_slot_ends(tmp_path: Path) -> None:
    """The log of the morning shows 9 in the second slot and in the third, which ends at 18:00: then two are counted."""
    stay = {"pattern": "keep", "window": "day", "slot": "PT6H", **VALUE}
    files = daily("calls", "8@8T13:00", [row(one) for one in ("8T01:00,level=1", "8T07:00,level=9", "8T12:30,level=9")])
    city = bench(tmp_path, contract({"stay": stay}, term=TERM), files)
    first = city.judge(at("8T13:00"))
    (found,) = (row for duty, row in city.rows(first).items() if "/U1/" in duty)
    assert (found["standing"], found["measured"], found["wake_at"]) == ("breached.open", 1, at("8T18:00"))
    again = city.judge(at("8T18:00"), [sheet(one) for one in first.judged])
    (found,) = (row for duty, row in city.rows(again).items() if "/U1/" in duty)
    assert (found["standing"], found["measured"], found["wake_at"]) == ("breached.open", 2, None)
