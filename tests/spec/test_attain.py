"""The pattern *attain* beside its chapter: slices, groups, registers that change, duties as items.

The tables of tests/spec/chapters/attain.py tell the rules; here is what no table of one street shows.
How events are written here stands in tests/spec/town.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.ledger.decisions import Decision
from dutywatch.terms.check import check
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit, Units
from tests.judge.oracle import File, Unreadable
from tests.spec.town import COLUMNS, UNITS, at, bench, contract, daily, row, sources, verdicts

TERM = {"from": "2024-01-08", "to": "2024-01-08"}
ANSWERED = {"good": "wait <= 20", "at_least": 0.5}
ABANDONED = {"good": "wait > 60", "at_most": 0.25}
NINETY = {"percentile": {"of": "wait", "rank": 0.9}, "at_most": 30}


def judged(folder: Path, words: dict[str, Any], logs: str, calls: str, as_of: str, **more: Any) -> dict[str, Any]:
    terms = contract(
        {"answer": {"pattern": "attain", "window": "day", "items": {"stream": "call"}, **words}},
        term=more.pop("term", TERM),
    )
    files = daily("calls", logs, [row(one) for one in calls.split()], more.pop("bad", ()))
    return verdicts(bench(folder, terms, files, more.pop("units", UNITS)), as_of)


def test_a_day_of_rolling_windows_cites_a_call_of_the_first_window_that_fails(tmp_path: Path) -> None:
    """All windows that hold the bad call of 01:00 hold a good one too; that of 15:00 is alone, and came after the lapse."""
    rolling = {**ANSWERED, "window": {"each": "day", "rolling": "PT1H"}}
    calls = "8T00:50,wait=10 8T01:00,wait=30 8T01:30,wait=10 8T12:00,wait=30 8T15:00,wait=30"
    found = judged(tmp_path, rolling, "7-8", calls, "9T05:00")["U1/2024-01-08"]
    assert (found["lapsed_at"], found["evidence"]) == (at("8T12:00"), "calls calls/8:5")


def test_contiguous_failures_are_one_lapse(tmp_path: Path) -> None:
    rolling = {**ANSWERED, "window": {"each": "day", "rolling": "PT1H"}}
    calls = "8T09:00,wait=30 8T09:30,wait=30 8T12:00,wait=10 8T15:00,wait=30"
    found = judged(tmp_path, rolling, "7-8", calls, "9T05:00")["U1/2024-01-08"]
    assert found["lapsed_at"] == at("8T09:00")
    assert found["reason"] == "the target was missed in rolling windows: spells 2, the first from 2024-01-08T01:00:00Z"


def test_slices_of_a_day(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        {**ANSWERED, "window": {"each": "day", "slice": "PT12H"}},
        "8",
        "8T11:59,wait=1 8T12:00,wait=30",
        "9T05:00",
    )
    slices = {name: one["standing"] for name, one in found.items() if name.startswith("U1/")}
    assert slices == {"U1/2024-01-08T00:00:00+08:00": "met", "U1/2024-01-08T12:00:00+08:00": "breached.open"}


def test_a_whole_slice_of_a_storm_waits_for_no_end(tmp_path: Path) -> None:
    """The storm is seen from 18:00 to 21:00: two hours of it are certain, whether or not it goes on."""
    storm = {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"}
    words = {**ANSWERED, "window": {"while": storm, "slice": "PT2H"}}
    terms = contract({"answer": {"pattern": "attain", "items": {"stream": "call"}, **words}}, term=TERM)
    weather = daily("weather", "7-8", [row(f"8T{hour}:00,zone=north,kind=storm") for hour in (18, 20, 21)])
    calls = daily("calls", "7-8", [row("8T19:00,wait=30"), row("8T20:30,wait=1")])
    found = verdicts(bench(tmp_path, terms, [*weather, *calls]), "9T05:00")
    slices = {name: (one["standing"], one["lapsed_at"]) for name, one in found.items() if name.startswith("U1/")}
    assert slices == {
        "U1/2024-01-08T10:00Z@north~2024-01-08T18:00:00+08:00": ("breached.open", at("8T20:00")),
        "U1/2024-01-08T10:00Z@north~2024-01-08T20:00:00+08:00": ("pending.running", None),
    }


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        ("unit", {"U1": "met", "U2": "breached.open"}),
        ("zone", {"north": "met", "south": "breached.open"}),
        ("class", {"A": "met", "B": "breached.open"}),
        ("contract", {"town": "met"}),
    ],
)
def test_a_zone_a_class_or_the_contract_stands_for_its_units(
    tmp_path: Path, per: str, expected: dict[str, str]
) -> None:
    calls = "8T09:00,wait=10 8T09:10,wait=10 8T10:00,wait=30,unit=U2 8T10:00,wait=30,unit="
    found = judged(tmp_path, {**ANSWERED, "per": per}, "8", calls, "9T05:00")
    assert {name.split("/")[0]: one["standing"] for name, one in found.items()} == expected
    assert sum(one["items"] for one in found.values()) == (4 if per == "contract" else 3)


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        ("unit", {"U1": "met"}),
        ("zone", {"north": "met"}),
        ("class", {"A": "met", "B": "breached.open"}),
        ("contract", {"town": "breached.open"}),
    ],
)
def test_a_storm_of_one_zone_concerns_every_class_and_the_contract(
    tmp_path: Path, per: str, expected: dict[str, str]
) -> None:
    """It storms in the north from 08:00 to 12:00: of the calls from U1 one was quick, of the south's two none."""
    storm = {"stream": "condition", "kind": "storm", "merge_gap": "PT4H"}
    words = {**ANSWERED, "window": {"while": storm}, "per": per}
    terms = contract({"answer": {"pattern": "attain", "items": {"stream": "call"}, **words}}, term=TERM)
    weather = daily("weather", "7-9", [row(f"8T{hour:02}:00,zone=north,kind=storm") for hour in (8, 10, 12)])
    told = "8T09:00,wait=10 8T09:00,wait=30,unit=U2 8T10:00,wait=30,unit=U2"
    calls = daily("calls", "7-9", [row(one) for one in told.split()])
    found = verdicts(bench(tmp_path, terms, [*weather, *calls]), "10T05:00")
    assert {name.split("/")[0]: one["standing"] for name, one in found.items()} == expected


def test_a_class_is_owed_on_the_days_on_which_it_has_a_unit(tmp_path: Path) -> None:
    """U2 takes the place of U1 the day after, whose calls count no more; on the 10th there is none, on the 11th U3."""
    units = (
        Unit("U1", "A", None, None, valid_to=date(2024, 1, 8)),
        Unit("U2", "A", None, None, valid_from=date(2024, 1, 9), valid_to=date(2024, 1, 9)),
        Unit("U3", "A", None, None, valid_from=date(2024, 1, 11)),
    )
    term = {"from": "2024-01-08", "to": "2024-01-11"}
    calls = "8T09:00,wait=10 9T09:00,wait=10 9T09:00,wait=30,unit=U2 10T09:00,wait=10 11T09:00,wait=10,unit=U3"
    found = judged(tmp_path, {**ANSWERED, "per": "class"}, "8-11", calls, "12T05:00", term=term, units=units)
    assert {name: one["standing"] for name, one in found.items()} == {
        "A/2024-01-08": "met",
        "A/2024-01-09": "breached.open",
        "A/2024-01-11": "met",
    }


def test_a_unit_belongs_to_its_class_by_day(tmp_path: Path) -> None:
    units = (
        Unit("U1", "A", None, None, valid_to=date(2024, 1, 8)),
        Unit("U1", "B", None, None, valid_from=date(2024, 1, 9)),
    )
    term = {"from": "2024-01-08", "to": "2024-01-09"}
    calls = "8T09:00,wait=10 9T09:00,wait=30"
    found = judged(tmp_path, {**ANSWERED, "per": "class"}, "8-9", calls, "10T05:00", term=term, units=units)
    assert {name: one["standing"] for name, one in found.items()} == {
        "A/2024-01-08": "met",
        "B/2024-01-09": "breached.open",
    }


def test_where_enough_is_covered_the_known_calls_decide(tmp_path: Path) -> None:
    calls = "8T09:00,wait=10"
    for least, standing in ((0.75, "met"), (0.76, "unproven")):
        found = judged(tmp_path / str(least), {**ANSWERED, "min_coverage": least}, "8@8T18:00", calls, "9T06:00")
        assert (found["U1/2024-01-08"]["standing"], found["U1/2024-01-08"]["coverage"]) == (standing, 0.75)


def test_too_few_calls_are_not_assessed(tmp_path: Path) -> None:
    found = judged(tmp_path, {**ANSWERED, "min_items": 2}, "8", "8T09:00,wait=30", "9T05:00")["U1/2024-01-08"]
    assert (found["standing"], found["reason"]) == ("void.unassessed", "too few items to be assessed: 1 of 2")


def test_a_target_is_compared_without_rounding(tmp_path: Path) -> None:
    """7 of 10 are exactly 0.7, although 0.7 is no binary fraction."""
    calls = " ".join(f"8T{n:02}:00,wait={10 if n < 7 else 30}" for n in range(10))
    assert judged(tmp_path, {**ANSWERED, "at_least": 0.7}, "8", calls, "9T05:00")["U1/2024-01-08"]["standing"] == "met"


def test_where_silence_counts_as_breach(tmp_path: Path) -> None:
    found = judged(tmp_path, {**ANSWERED, "silence": "breached"}, "", "", "9T06:00")["U1/2024-01-08"]
    assert (found["standing"], found["lapsed_at"]) == ("breached.open", at("9T00:00"))


def test_a_row_that_cannot_be_read_is_a_missing_item_that_takes_no_time(tmp_path: Path) -> None:
    found = judged(tmp_path, {"at_least": 1}, "8", "", "9T06:00", bad=[Unreadable("U1", at("8T09:00"), "sweep")])
    assert (found["U1/2024-01-08"]["standing"], found["U1/2024-01-08"]["coverage"]) == ("unproven", 1.0)


def test_the_duties_of_another_obligation_as_items(tmp_path: Path) -> None:
    """Met ones are good and breached ones bad; excused ones are no items, and an open one leaves all open."""
    sweep = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    share = {"pattern": "attain", "window": "week", "items": {"duties": "sweep"}, "at_least": 0.5, "per": "contract"}
    terms = contract({"share": share, "sweep": sweep}, term={"from": "2024-01-08", "to": "2024-01-14"})
    acts = [row(f"{day}T09:00,unit={unit}") for day in range(8, 15) for unit in ("U1", "U2")]
    one = bench(tmp_path, terms, daily("log", "8-14", [*acts[:4], acts[5], acts[9], acts[12]]))
    week = verdicts(one, "15T05:00")["town/2024-W02"]
    assert (week["standing"], week["items"], week["measured"]) == ("met", 14, 0.5)
    assert verdicts(one, "14T05:00")["town/2024-W02"]["standing"] == "pending.at_risk"
    assert verdicts(one, "15T00:00")["town/2024-W02"]["reason"] == "some of its duties are not decided yet"


@pytest.mark.parametrize(
    ("recorded", "logs", "standing"),
    [
        ("8T12:00", "9-14", "excused"),  # whether the duty was done nobody knows, but it cannot have lapsed by then
        ("8T20:00", "9-14", "unproven"),
        ("8T12:00", "8-14", "excused"),
        ("8T20:00", "8-14", "breached.open"),
    ],
)
def test_one_person_excuses_a_share_of_duties_before_one_of_them_was_due(
    tmp_path: Path, recorded: str, logs: str, standing: str
) -> None:
    """All must be met; the one there is began on the 8th at 08:00, and was due at 20:00 (docs/decisions/0045)."""
    snow = {"stream": "condition", "kind": "snow", "merge_gap": "PT1H"}
    action = {"stream": "service", "kind": "sweep"}
    clear = {
        "pattern": "respond",
        "trigger": snow,
        "clock": {"from": "trigger.start"},
        "within": "PT12H",
        "action": action,
    }
    share = {"pattern": "attain", "window": "week", "items": {"duties": "clear"}, "at_least": 1}
    terms = contract({"share": share, "clear": clear}, term={"from": "2024-01-08", "to": "2024-01-14"})
    files = [*daily("weather", "7-14", [row("8T08:00,unit=,kind=snow")]), *daily("log", logs, [])]
    one = bench(tmp_path, terms, files)
    excuse = Decision("excuse", "share", "U1", None, "works", "desk", None, at(recorded))
    found = one.rows(one.judge(at("15T06:30"), decisions=[excuse]))["town/share/U1/2024-W02"]
    assert found["standing"] == standing


def test_calls_that_differ_in_a_text_are_two(tmp_path: Path) -> None:
    """They came at one instant, from different callers: a column of the contract's own, which is no number."""
    columns = {"columns": {**COLUMNS, "caller": "caller"}, "types": {"caller": "text"}}
    count = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_least": 2}
    terms = contract({"answer": count}, term=TERM, sources=sources(calls=columns))
    standings = []
    for callers in ("xy", "xx"):
        calls = [replace(row("8T09:00"), numbers=(("caller", caller),)) for caller in callers]
        found = verdicts(bench(tmp_path / callers, terms, daily("calls", "8", calls)), "9T05:00")
        standings.append(found["U1/2024-01-08"]["standing"])
    assert standings == ["met", "breached.open"]


def test_a_log_by_unit_need_not_name_a_unit_that_is_no_more(tmp_path: Path) -> None:
    """U1 owed the week as it began, and left the register after the 9th: nobody can log anything of it from then on."""
    units = (Unit("U1", "A", "north", 100.0, valid_to=date(2024, 1, 9)),)
    count = {"pattern": "attain", "window": "week", "items": {"stream": "call"}, "at_most": 3}
    term = {"from": "2024-01-08", "to": "2024-01-14"}
    terms = contract({"answer": count}, term=term, sources=sources(calls={"by": "unit"}))
    for calls, standing in (("8T09:00 9T09:00", "met"), ("8T09:00", "unproven")):
        files = daily("calls", "8-14", [row(one) for one in calls.split()])
        found = verdicts(bench(tmp_path / standing, terms, files, units), "15T07:00")
        assert found["U1/2024-W02"]["standing"] == standing


def test_a_row_that_cannot_be_read_may_tell_of_any_time_until_it_came(tmp_path: Path) -> None:
    """Closings are counted. The row of the 7th is of a call that came then: when it was closed nobody can read."""
    closings = sources(calls={"columns": {**COLUMNS, "closed_at": "closed_at"}})
    count = {"pattern": "attain", "window": "day", "items": {"stream": "call", "at": "closed_at"}, "at_most": 0}
    term = {"from": "2024-01-07", "to": "2024-01-09"}
    files = daily("calls", "7-9", [], [Unreadable("U1", at("7T09:00"), "sweep")])  # it came on the 8th at 05:00
    found = verdicts(bench(tmp_path, contract({"answer": count}, term=term, sources=closings), files), "10T07:00")
    told = {name: found[f"U1/2024-01-0{name}"]["standing"] for name in (7, 8, 9)}
    assert told == {7: "unproven", 8: "unproven", 9: "met"}


@pytest.mark.parametrize(
    ("per", "expected"),
    [("zone", {"north": ("met", 1), "south": ("breached.open", 1)}), ("contract", {"town": ("met", 2)})],
)
def test_duties_of_zones_as_items(tmp_path: Path, per: str, expected: dict[str, tuple[str, int]]) -> None:
    """Each zone owes a share of good calls a day; the north reaches it, the south does not."""
    share = {**ANSWERED, "pattern": "attain", "window": "day", "items": {"stream": "call"}, "per": "zone"}
    count = {"pattern": "attain", "window": "day", "items": {"duties": "share"}, "at_least": 0.5, "per": per}
    calls = [row("8T09:00,wait=10"), row("8T09:00,wait=30,unit=U2")]
    terms = contract({"share": share, "count": count}, term=TERM)
    one = bench(tmp_path, terms, daily("calls", "8", calls))
    rows = {duty.split("/")[2]: row for duty, row in one.rows(one.judge(at("9T05:00"))).items() if "/count/" in duty}
    assert {name: (row["standing"], row["items"]) for name, row in rows.items()} == expected


def test_duties_of_a_zone_are_no_units() -> None:
    share = {**ANSWERED, "pattern": "attain", "window": "day", "items": {"stream": "call"}, "per": "zone"}
    count = {"pattern": "attain", "window": "day", "items": {"duties": "share"}, "at_least": 0.5}
    found = list(check(contract({"share": share, "count": count}), Units(UNITS, "units")))
    path, says = ("obligations", "count", "per"), "`share` is owed per zone, so no unit has any: count per zone or per"
    assert [(where, message.startswith(says)) for where, message in found if where[:2] == path[:2]] == [(path, True)]


def test_until_when_evidence_counts_the_duties_that_are_counted_say() -> None:
    sweep = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    share = {"pattern": "attain", "window": "week", "items": {"duties": "sweep"}, "at_least": 0.5}
    with pytest.raises(ValueError, match="leave `proof_until` out"):
        contract({"share": {**share, "proof_until": "PT12H"}, "sweep": sweep})


def polls(shown: dict[str, str], bad: dict[str, Unreadable] | None = None) -> list[File]:
    """What each poll of the calls shows, beside a row of old that tells when it was."""
    old = replace(row("1T00:00,unit="), kind="nothing")
    rows = {poll: [*map(row, told.split()), old] for poll, told in shown.items()}
    torn = {poll: (one,) for poll, one in (bad or {}).items()}
    return [
        File("calls", poll, poll, None, at(poll), tuple(replace(o, seen_at=at(poll)) for o in some), torn.get(poll, ()))
        for poll, some in rows.items()
    ]


def last_of_each_poll(per: str) -> Contract:
    last: dict[str, Any] = {"path": "{part}.csv", "due": None, "from": None, "redelivery": "append"}
    last |= {"polls": {"max_lag": "PT1H", "shows": "last"}, "columns": {**COLUMNS, "seen_at": "seen_at"}}
    share = {**ANSWERED, "pattern": "attain", "window": "day", "items": {"stream": "call", "kind": "sweep"}, "per": per}
    return contract({"answer": share}, term=TERM, sources=sources(calls=last))


@pytest.mark.parametrize(("unit", "coverage"), [("", 0.5417), ("U1", 0.7708)])
def test_the_last_call_of_a_poll_hides_those_before_it_whether_or_not_it_names_a_unit(
    tmp_path: Path, unit: str, coverage: float
) -> None:
    """The call at 11:00 is the last; what came since midnight nobody knows. One of no unit hides such ones."""
    shown = {"8T00:30": "", "8T12:00": f"8T11:00,wait=30,unit={unit}", "9T01:00": f"8T11:00,wait=30,unit={unit}"}
    found = verdicts(bench(tmp_path, last_of_each_poll("contract"), polls(shown)), "9T02:00")["town/2024-01-08"]
    assert (found["standing"], found["coverage"]) == ("unproven", coverage)


@pytest.mark.parametrize(
    ("unit", "when", "coverage"), [("U1", "8T11:00", 0.5417), ("U1", None, 0.5), (None, "8T11:00", 0.5417)]
)
def test_a_row_in_quarantine_hides_what_came_before_it_where_only_the_last_is_shown(
    tmp_path: Path, unit: str | None, when: str | None, coverage: float
) -> None:
    """At 12:00 U1's row is torn; the next poll shows it whole. What came before 11:00, back to the poll before, nobody knows."""
    shown = {"8T00:30": "", "8T12:00": "8T11:00,wait=1,unit=U2", "9T01:00": "8T11:00,wait=1"}
    torn = {"8T12:00": Unreadable(unit, at(when) if when else None, "sweep")}
    found = verdicts(bench(tmp_path, last_of_each_poll("unit"), polls(shown, torn)), "9T02:00")["U1/2024-01-08"]
    assert (found["standing"], found["coverage"]) == ("unproven", coverage)


PEOPLE = {"desk": {"name": {"en": "Desk"}}, "chief": {"name": {"en": "Chief"}}}


def test_a_score_heeds_from_how_many_calls_on_its_rate_is_assessed_by_then(tmp_path: Path) -> None:
    """Two calls are asked for since an amendment: one and a torn row may be too few, so that the other rate's score counts."""
    rates = {"reached": 30, "quick": 70}
    score = {"pattern": "attain", "window": "day", "items": {"rates": rates}, "at_least": 66}
    reached = {
        "pattern": "attain",
        "window": "day",
        "items": {"stream": "call"},
        "good": "kind = 'sweep'",
        "at_least": 0,
    }
    quick = {**reached, "items": {"stream": "call", "kind": "sweep"}, "good": "wait <= 20"}
    change = {"obligation": "quick", "clause": "§2", "from": "2024-01-08", "by": ["desk", "chief"]}
    terms = contract(
        {"score": score, "reached": reached, "quick": quick},
        term=TERM,
        people=PEOPLE,
        amendments=[{**change, "recorded": "2024-01-02", "change": {"min_items": 2}}],
    )
    files = daily("calls", "8", [row("8T09:00,wait=30")], [Unreadable("U1", at("8T10:00"))])
    one = bench(tmp_path, terms, files)
    found = one.rows(one.judge(at("9T06:00")))["town/score/U1/2024-01-08"]
    assert (found["standing"], found["measured_low"], found["measured_high"]) == ("unproven", 15, 100)


def test_an_amendment_leaves_alone_from_which_duties_it_is_judged() -> None:
    sweep = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    share = {"pattern": "attain", "window": "week", "items": {"duties": "sweep"}, "at_least": 0.5}
    change = {"obligation": "share", "clause": "§2", "from": "2024-01-08", "by": ["desk", "chief"]}
    faults = []
    for words in ({"items": {"duties": "rinse"}}, {"at_least": 0.7}):
        amendments = [{**change, "recorded": "2024-01-02", "change": words}]
        terms = contract({"share": share, "sweep": sweep, "rinse": sweep}, people=PEOPLE, amendments=amendments)
        found = list(check(terms, Units(UNITS, "units")))
        faults.append([message.partition(":")[0] for path, message in found if path[0] == "amendments"])
    assert faults == [["`share` would be judged from other duties (`rinse`) than before"], []]


@pytest.mark.parametrize(("named", "covered"), [((), 0.0), (("U1",), 0.5), (("U1", "U2"), 1.0)])
def test_a_group_is_covered_as_far_as_its_units_are(tmp_path: Path, named: tuple[str, ...], covered: float) -> None:
    """The log of calls is kept by unit: of whom it says nothing, it knows nothing."""
    count = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_most": 5, "per": "contract"}
    by_unit = sources(calls={"by": "unit"})
    files = daily("calls", "8", [row(f"8T09:00,unit={unit}") for unit in named])
    for least in (0.5, 0.6):
        terms = contract({"answer": {**count, "min_coverage": least}}, term=TERM, sources=by_unit)
        found = verdicts(bench(tmp_path / str(least), terms, files), "9T07:00")["town/2024-01-08"]
        assert (found["standing"], found["coverage"]) == ("met" if covered >= least else "unproven", covered)


def test_half_of_a_group_and_half_of_its_day(tmp_path: Path) -> None:
    """Of the day nobody knows the last quarter, of U2 nothing at all: (3/4 + 0) / 2."""
    count = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_most": 5, "per": "contract"}
    terms = contract({"answer": {**count, "min_coverage": 0.375}}, term=TERM, sources=sources(calls={"by": "unit"}))
    found = verdicts(bench(tmp_path, terms, daily("calls", "8@8T18:00", [row("8T09:00")])), "9T07:00")
    assert (found["town/2024-01-08"]["standing"], found["town/2024-01-08"]["coverage"]) == ("met", 0.375)


@pytest.mark.parametrize("percent", [20, 67, 93])
def test_just_enough_coverage_is_enough(tmp_path: Path, percent: int) -> None:
    """No rounding decides: as floating-point numbers, 1 - 0.07 is less than 0.93. The first part of the day is covered, to
    the second; with a second less it is not enough."""
    count = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_most": 5, "per": "contract"}
    known = timedelta(days=1) * percent / 100
    standings = []
    for lacking in (0, 1):
        terms = contract(
            {"answer": {**count, "min_coverage": percent / 100}}, term={"from": "2024-01-08", "to": "2024-01-08"}
        )
        (one,) = daily("calls", "8", [row("8T03:00")])
        files = [replace(one, received_at=at("8T00:00") + known - lacking * timedelta(seconds=1))]
        found = verdicts(bench(tmp_path / str(lacking), terms, files), "10T07:00")
        standings.append(found["town/2024-01-08"]["standing"])
    assert standings == ["met", "unproven"]


LEVEL = {
    "pattern": "keep",
    "window": "day",
    "slot": "PT6H",
    "level": {"stream": "call", "value": "level"},
    "at_least": 1,
}
BREAKS = {"pattern": "recur", "period": "day", "action": {"stream": "service", "kind": "sweep"}, "max_gap": "PT6H"}
NONE_MISSED = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_most": 0}
ONCE_A_DAY = {"pattern": "recur", "period": "day", "action": {"stream": "service", "kind": "sweep"}, "times": 1}


@pytest.mark.parametrize(
    ("stay", "calls", "logs", "standing"),
    [(LEVEL, "8-9", "7-9", "unproven"), (BREAKS, "8-9", "7 9", "unproven"), (NONE_MISSED, "9", "7-9", "unproven"),
     (ONCE_A_DAY, "8-9", "7 9", "void.unassessed")],
)  # fmt: skip
def test_a_breach_in_doubt_may_have_been_one_before_its_window_was_over(
    tmp_path: Path, stay: dict[str, Any], calls: str, logs: str, standing: str
) -> None:
    """Of the 8th something is missing: a repair may have been owed that day, or only as it was over."""
    repair = {
        "pattern": "respond",
        "trigger": {"breach": "stay"},
        "clock": {"from": "trigger.start"},
        "action": {"stream": "service", "kind": "sweep"},
        "within": "PT6H",
    }
    share = {"pattern": "attain", "window": "day", "items": {"duties": "repair"}, "at_least": 0.5}
    words = {"stay": stay, "repair": repair, "share": share}
    files = [*daily("calls", calls, [row("8T19:00,level=2")]), *daily("log", logs, [])]
    one = bench(tmp_path, contract(words, term={"from": "2024-01-08", "to": "2024-01-09"}), files)
    rows = one.rows(one.judge(at("10T07:00")))
    found = rows["town/share/U1/2024-01-08"]
    doubt = "whether town/stay/U1/2024-01-08 was breached"
    assert (found["standing"], doubt in found["reason"]) == (standing, standing == "unproven")


@pytest.mark.parametrize(
    ("changed", "faults"), [(["quick"], [0]), (["score"], [0, 0]), (["score", "quick", "reached"], [])]
)
def test_an_amendment_leaves_a_score_and_its_rates_the_same_windows(changed: list[str], faults: list[int]) -> None:
    """A rate over weeks would leave the weights of a score over days, as if nobody owed it."""
    day = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "at_least": 0}
    rates = {"reached": {**day, "good": "kind = 'sweep'"}, "quick": {**day, "good": "wait <= 20"}}
    score = {**day, "items": {"rates": {"reached": 30, "quick": 70}}}
    week = {"clause": "§2", "from": "2024-01-10", "recorded": "2024-01-02", "change": {"window": "week"}}
    terms = contract(
        {"score": score, **rates},
        people=PEOPLE,
        amendments=[{**week, "obligation": name, "by": ["desk", "chief"]} for name in changed],
    )
    found = [(where, message) for where, message in check(terms, Units(UNITS, "units")) if where[0] == "amendments"]
    assert [where for where, _ in found] == [("amendments", index, "change") for index in faults]
    assert all("is measured over other windows" in message for _, message in found)
