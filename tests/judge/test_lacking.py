"""What is missing of a duty, and what an explanation says of it: of its own units alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from dutywatch.judge import Known
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.explanation import explain
from dutywatch.terms.units import Unit
from tests.judge.bench import PATTERNS
from tests.judge.oracle import File
from tests.spec.town import COLUMNS, UNITS, at, bench, contract, daily, row, sources, verdicts

SHOWN = {
    "8T00:30": "",
    "8T12:00": "8T11:00,wait=1 8T11:30,wait=1,unit=U2",
    "8T20:00": "8T11:00,wait=1 8T19:00,wait=1,unit=U2",
    "9T01:00": "8T11:00,wait=1 8T19:00,wait=1,unit=U2",
}


def test_what_is_missing_of_a_zone_is_cut_to_the_gaps_on_its_units(tmp_path: Path) -> None:
    """Each poll shows the last call of a street: in the north that of 11:00, in the south another one at 19:00."""
    last: dict[str, Any] = {"path": "{part}.csv", "due": None, "from": None, "redelivery": "append"}
    last |= {"polls": {"max_lag": "PT1H", "shows": "last"}, "columns": {**COLUMNS, "seen_at": "seen_at"}}
    share = {"pattern": "attain", "window": "day", "items": {"stream": "call", "kind": "sweep"}, "per": "zone"}
    terms = contract(
        {"answer": {**share, "good": "wait <= 20", "at_least": 0.5}},
        term={"from": "2024-01-08", "to": "2024-01-08"},
        sources=sources(calls=last),
    )
    old = replace(row("1T00:00,unit="), kind="nothing")
    files = [
        File("calls", poll, poll, None, at(poll), tuple(replace(one, seen_at=at(poll)) for one in rows))
        for poll, told in SHOWN.items()
        for rows in ([*map(row, told.split()), old],)
    ]
    one, now = bench(tmp_path, terms, files), at("9T02:00")
    rows, inputs = one.rows(one.judge(now)), Known(now, now, one.accepted, (), BEGINNING)
    for zone, until in (("north", "8T11:00"), ("south", "8T19:00")):
        found = rows[f"town/answer/{zone}/2024-01-08"]
        said = explain(one.terms, one.lake, PATTERNS, inputs, found, (), recorded=True)
        assert [(gap.start, gap.end) for gap in said.lacking] == [(at("8T00:00"), at(until))]


def test_what_is_missing_of_a_street_that_joins_begins_with_it(tmp_path: Path) -> None:
    """The log of the day on which U1 joins never comes: nothing of the hours that its windows would look back on."""
    answer = {"pattern": "attain", "window": {"each": "day", "rolling": "PT2H"}, "items": {"stream": "call"}}
    terms = contract({"answer": {**answer, "per": "unit", "good": "wait <= 20", "at_least": 0.5}})
    units = (Unit("U1", "A", "N", 100.0, date(2024, 1, 8)), Unit("U2", "A", "N", 100.0))
    one, now = bench(tmp_path, terms, daily("calls", "6 9", []), units), at("10T07:00")
    rows, inputs = one.rows(one.judge(now)), Known(now, now, one.accepted, (), BEGINNING)
    for unit, since in (("U1", "8T00:00"), ("U2", "7T22:00")):
        found = rows[f"town/answer/{unit}/2024-01-08"]
        said = explain(one.terms, one.lake, PATTERNS, inputs, found, (), recorded=True)
        assert (found["standing"], min(gap.start for gap in said.lacking)) == ("unproven", at(since))


def test_what_hides_the_snow_of_a_zone_hides_none_of_a_street_that_has_left_it(tmp_path: Path) -> None:
    """The feed shows the last event. From noon of the 10th to 14:00 of the 11th it may hide snow of N: U1 left it."""
    feed: dict[str, Any] = {"path": "{part}.csv", "due": None, "from": None, "redelivery": "append"}
    feed |= {
        "polls": {"max_lag": "PT1M", "shows": "last"},
        "columns": {**COLUMNS, "depth": "depth", "seen_at": "seen_at"},
    }
    clear = {"pattern": "respond", "clock": {"from": "trigger.start"}, "within": "PT12H"}
    clear |= {"trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"}}
    clear |= {"action": {"stream": "service", "kind": "plow"}}
    rate = {"pattern": "attain", "window": "week", "items": {"duties": "clear"}, "at_least": 1, "per": "unit"}
    terms = contract(
        {"clear": clear, "rate": rate},
        sources=sources(weather=feed),
        term={"from": "2024-01-08", "to": "2024-01-14"},
    )
    units = (
        Unit("U1", "A", "N", 100.0, None, date(2024, 1, 9)),
        Unit("U1", "A", "S", 100.0, date(2024, 1, 10)),
        Unit("U2", "A", "S", 100.0),
        Unit("U3", "A", "N", 100.0, None, date.max),  # as registers write an end that is open
    )
    dry, snow = row("7T00:00,kind=dry,unit="), row("8T06:00,kind=snow,unit=")
    rain = row("11T14:00,kind=rain,unit=,zone=N")
    shown = {"8T00:00": [dry], "8T06:01": [dry], "8T06:30": [snow], "10T12:00": [snow], "11T14:30": [rain, snow]}
    files = [
        File("weather", poll, poll, None, at(poll), tuple(replace(one, seen_at=at(poll)) for one in rows))
        for poll, rows in {**shown, "15T03:00": [rain, snow]}.items()
    ]
    files += daily("log", "8-14", [row(f"8T09:00,kind=plow,unit={unit}") for unit in ("U1", "U2", "U3")])
    one = bench(tmp_path, terms, files, units)
    found = one.rows(one.judge(at("16T07:00"))).values()
    rates = {row["unit"]: row["standing"] for row in found if row["trigger"] == "2024-W02"}
    assert rates == {"U1": "met", "U2": "met", "U3": "unproven"}


def test_a_zone_may_be_called_as_a_street_elsewhere_is(tmp_path: Path) -> None:
    """Zone 1 had a storm; street 1 lies in zone 2. What came after `proof_until` is said to be late all the same."""
    units = (Unit("1", "A", "2", 100.0), Unit("2", "A", "1", 100.0))
    storm = {"while": {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"}}
    words = {"pattern": "attain", "window": storm, "items": {"stream": "call"}, "per": "zone", "good": "wait <= 20"}
    terms = contract(
        {"answer": {**words, "at_least": 0.5, "proof_until": "PT48H"}}, sources=sources(weather={"columns": COLUMNS})
    )
    seen = [row("10T06:00,kind=storm,zone=1,unit="), row("10T09:00,kind=storm,zone=1,unit=")]
    files = [*daily("weather", "8-12", seen), *daily("calls", "8-9 11-12 10@13T20:00", [])]
    one, now = bench(tmp_path, terms, files, units), at("14T07:00")
    [found] = one.rows(one.judge(now)).values()
    assert (found["unit"], found["standing"]) == ("1", "unproven")
    inputs = Known(now, now, one.accepted, (), BEGINNING)
    said = explain(one.terms, one.lake, PATTERNS, inputs, found, (), recorded=True)
    assert [(gap.missing, gap.holder) for gap in said.lacking] == [("calls of 2024-01-10", "firm")]
    assert [one.name for one in said.late] == ["calls/10"]


def test_a_breach_that_amended_words_make_early_may_have_started_a_duty(tmp_path: Path) -> None:
    """A street is swept once a week, from the 8th on with no gap over two days. The logs of the 10th and the 11th are
    missing: it may have lapsed on the 11th at 09:00, so that a sign may have been owed."""
    log = {"stream": "service", "kind": "sweep"}
    sweep = {"pattern": "recur", "period": "week", "action": log, "times": 1}
    often = {"period": "week", "times": None, "max_gap": "P2D"}
    sign = {"pattern": "respond", "trigger": {"breach": "sweep"}, "clock": {"from": "trigger.start"}, "within": "PT6H"}
    rate = {"pattern": "attain", "window": "day", "items": {"duties": "sign"}, "at_least": 1, "per": "contract"}
    amended = {"obligation": "sweep", "clause": "§1a", "from": "2024-01-08", "recorded": "2024-01-05", "change": often}
    owed = {"sweep": sweep, "sign": {**sign, "action": {**log, "kind": "sign"}}, "rate": rate}
    rows = [row(f"{day}T09:00") for day in (8, 9, 12, 13, 14)]
    terms = contract(owed, amendments=[amended])
    found = verdicts(bench(tmp_path, terms, daily("log", "2-9 12-15", rows), UNITS[:1]), "16T07:00")
    assert found["U1/2024-W02"]["standing"] == "unproven"
    assert (found["town/2024-01-11"]["standing"], found["town/2024-01-11"]["owed_by"]) == ("unproven", "firm")
