"""Of whom a log says nothing: what its rows of other days tell of them (the tables are in chapters/coverage.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.known import Known, draft
from dutywatch.terms.contract import Contract
from dutywatch.terms.roster import Roster, Rostered
from dutywatch.terms.units import Unit
from tests.judge.bench import PATTERNS, Bench, set_up, sheet
from tests.judge.oracle import File, Trace
from tests.spec.town import UNITS, at, bench, contract, daily, row, sources, verdicts


def judged(folder: Path, *files: File) -> dict[str, dict[str, Any]]:
    """The duties of the 8th on the 9th at 07:00: a street is swept once a day, and the log is kept by unit."""
    swept = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    plain = contract({"sweep": swept}).model_dump(by_alias=True, exclude_unset=True)
    plain["sources"]["log"]["by"] = "unit"
    found = verdicts(bench(folder, Contract.model_validate(plain), files), "9T07:00")
    return {name: found[f"{name}/2024-01-08"] for name in ("U1", "U2")}


def test_a_row_of_the_next_day_does_not_speak_for_the_day_of_its_file(tmp_path: Path) -> None:
    """The log of the 8th names U2 on that day, and U1 only after the midnight to which it covers."""
    rows = (row("8T09:00,kind=weed,unit=U2"), row("9T01:00,kind=sweep,unit=U1"))
    found = judged(tmp_path, File("log", "log/8", "log-8", date(2024, 1, 8), at("9T05:00"), rows))
    assert {name: one["standing"] for name, one in found.items()} == {"U1": "unproven", "U2": "breached.open"}
    assert found["U1"]["reason"].endswith("log of 2024-01-08 says nothing of the unit")


def test_a_file_that_came_before_its_day_speaks_for_no_day(tmp_path: Path) -> None:
    """The file of the 9th came on the 8th at 20:00 and names U1 on that day: of U1 the log of the 8th says nothing."""
    first = File("log", "log/8", "log-8", date(2024, 1, 8), at("9T05:00"), (row("8T09:00,kind=weed,unit=U2"),))
    early = File("log", "log/9", "log-9", date(2024, 1, 9), at("8T20:00"), (row("8T19:00,kind=weed,unit=U1"),))
    found = judged(tmp_path, first, early)
    assert {name: one["standing"] for name, one in found.items()} == {"U1": "unproven", "U2": "breached.open"}


def test_nobody_else_serves_a_unit_that_has_ended_where_there_is_no_other(tmp_path: Path) -> None:
    """The other owes the only street its sweep of the week, the street ends on Monday; the firm's vehicle is silent. A
    helper, who answers for nothing and may work anywhere, is named on Monday alone."""
    swept = {"pattern": "recur", "period": "week", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    others = [{"contractor": "other", "from": "2024-01-02"}]
    firms = [
        {"id": "firm", "name": {"en": "Firm"}, "actors": ["F1"]},
        {"id": "other", "name": {"en": "Other"}, "actors": ["R1"]},
        {"id": "helper", "name": {"en": "Helper"}, "actors": ["H1"]},
    ]
    kept = sources(log={"by": "actor", "run_by": "city"})
    given = contract({"sweep": swept}, contractors=firms, assignments=others, sources=kept)
    rows = [row("8T08:00,kind=weed,actor=H1"), *(row(f"{day}T09:00,kind=weed,actor=R1") for day in range(8, 15))]
    ended = (Unit("U1", "A", "north", 100.0, valid_to=date(2024, 1, 8)),)
    found = verdicts(set_up(tmp_path, Trace(given, ended, tuple(daily("log", "8-14", rows)))), "15T07:00")
    assert found["U1/2024-W02"]["reason"] == "complete logs show no act in the period"


def walked_and_swept(folder: Path, sweeps: str = "city", unit: str = "U1") -> Bench:
    """The city walks every street once a day, and the firm sweeps `unit`; the firm's only vehicle is silent."""
    daily_once = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "walk"}}
    owed = {"walk": {**daily_once, "party": "city"}, "sweep": {**daily_once, "party": sweeps}}
    given = contract(
        owed,
        contractors=[{"id": "firm", "name": {"en": "Firm"}, "actors": ["F1"]}],
        assignments=[{"contractor": "firm", "from": "2024-01-02", "obligations": ["sweep"], "units": {"id": [unit]}}],
        sources=sources(log={"by": "actor", "run_by": "city"}),
    )
    return set_up(folder, Trace(given, UNITS, tuple(daily("log", "8", []))))


def test_what_is_judged_alone_knows_whom_a_vehicle_serves_under_other_clauses(tmp_path: Path) -> None:
    one = walked_and_swept(tmp_path)
    whole, known = one.judge(at("9T07:00")), Known(at("9T07:00"), at("9T07:00"), one.accepted, (), BEGINNING)
    alone = {row["duty_id"]: row for row in draft(one.lake, one.terms, PATTERNS, known, ["walk"]).to_pylist()}
    rows = one.rows(whole)
    assert {name: rows[f"town/walk/{name}/2024-01-08"]["standing"] for name in ("U1", "U2")} == {
        "U1": "unproven", "U2": "breached.open",
    }  # fmt: skip
    assert alone["town/walk/U1/2024-01-08"]["reason"] == rows["town/walk/U1/2024-01-08"]["reason"]
    assert not any("/sweep/" in duty for duty in alone)


def test_whoever_owes_another_clause_from_now_on_is_heeded_where_its_vehicle_is_silent(tmp_path: Path) -> None:
    """By the contract's first file the city owed the sweeping; by the second, the firm does, on every street."""
    first, second = (walked_and_swept(tmp_path / party, party) for party in ("city", "firm"))
    _judged_again_as_anew(first, second)


def test_whoever_is_given_other_units_under_another_clause_is_heeded_there(tmp_path: Path) -> None:
    """By the contract's first file the firm swept U1, by the second U2: there its log may hold a walk."""
    first, second = (walked_and_swept(tmp_path / unit, unit=unit) for unit in ("U1", "U2"))
    _judged_again_as_anew(first, second)


def test_whom_a_roster_lets_a_vehicle_serve_is_asked_of_the_register_of_each_day(tmp_path: Path) -> None:
    """The vehicle serves the north, and is silent on both days; U2 lies there from the 9th on."""
    swept = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    roster = {"file": "roster.csv", "actor": "actor", "from": "from", "to": "to"}
    given = contract({"sweep": swept}, sources=sources(log={"by": "actor", "roster": roster}))
    south, north = Unit("U2", "A", "south", 100.0, valid_to=date(2024, 1, 8)), date(2024, 1, 9)
    units = (Unit("U1", "A", "north", 100.0), south, replace(south, zone="north", valid_from=north, valid_to=None))
    one = set_up(tmp_path, Trace(given, units, tuple(daily("log", "8-9", []))))
    served = Rostered("F1", date(2024, 1, 2), date(2024, 12, 31), "north", None)
    rostered = replace(one, terms=replace(one.terms, rosters={"log": Roster((served,), "roster")}))
    found = verdicts(rostered, "10T07:00")
    assert [found[f"{name}/2024-01-08"]["standing"] for name in ("U1", "U2")] == ["unproven", "breached.open"]
    assert [found[f"{name}/2024-01-09"]["standing"] for name in ("U1", "U2")] == ["unproven", "unproven"]


def _judged_again_as_anew(first: Bench, second: Bench) -> None:
    """What was judged of the walk by the first words is judged again by the second, as these alone judge it."""
    recorded = [sheet(one) for one in first.judge(at("9T07:00")).judged if one.obligation == "walk"]
    changed = replace(first, terms=second.terms)
    again = {one.date: one.digest for one in changed.judge(at("9T07:01"), recorded).judged if one.obligation == "walk"}
    anew = {one.date: one.digest for one in second.judge(at("9T07:01")).judged if one.obligation == "walk"}
    assert again == anew
    assert again[date(2024, 1, 8)] != next(one.digest for one in recorded if one.date == date(2024, 1, 8))
