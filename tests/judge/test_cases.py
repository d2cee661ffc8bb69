"""The smallest traces on which the engine once departed from SEMANTICS, with the sentence that decides each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge import test_letter as letter
from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace, Unreadable
from tests.judge.plans import CASE, NOTICE
from tests.judge.test_letter import ALL_KINDS as ALL
from tests.judge.test_letter import DAILY, LOG, REFUTED, act, at, contract, file, inspections, part, seen, snow
from tests.judge.test_oracle import compare, no_delivery_duties
from tests.judge.traces import source

__all__ = ["no_delivery_duties"]

U0 = (Unit("U0", None, None, 100.0),)
REPORTS = {
    "reports": source(
        "report",
        "city",
        "{part}.csv",
        redelivery="append",
        columns={"at": "at", "unit": "unit", "kind": "kind", "actor": "actor"},
    )
}
QUORUM = {"stream": "report", "kind": "covered", "quorum": {"households": 2, "within": "PT6H"}}
CASES_LOG = source("case", "firm", "{service_date}.csv", columns=CASE, **DAILY)
CLOSED = {"stream": "case", "kind": "hole", "at": "done_at", "match": ["record"]}
OF_CASES = {"trigger": {"stream": "case", "kind": "hole", "each": "record"}, "action": CLOSED}
EXPORT = source("case", "city", "{part}.csv", redelivery="append", columns=CASE)
OF_TWO = contract({"alpha": EXPORT, "beta": EXPORT}, **OF_CASES, clock={"from": "trigger.start", "early": "PT0S"})
POLLS = source(
    "service",
    "firm",
    "{part}.csv",
    redelivery="append",
    polls={"max_lag": "PT2H", "shows": "all"},
    columns={"at": "at", "unit": "unit", "kind": "kind", "seen_at": "seen_at"},
)


@dataclass(frozen=True)
class Case(letter.Case):
    """As in the letter, with units and decisions of its own."""

    units: tuple[Unit, ...] = U0
    decisions: tuple[Decision, ...] = ()


def told(day: int, hour: float, actor: str | None, kind: str = "covered") -> File:
    """A household's report on the only unit, known at once."""
    return part("reports", at(day, hour), Row(at(day, hour), "U0", kind, actor=actor))


def hole(hour: float, record: str, **more: Any) -> Row:
    """A case of 11 January."""
    return Row(at(11, hour), "U0", **{"kind": "hole", "record": record, **more})


def decided(kind: str, **about: Any) -> Decision:
    """A decision of two persons, recorded on the 10th."""
    given = {"obligation": None, "unit": None, "trigger": None, "recorded_at": at(10, 0), **about}
    return Decision(kind=kind, grounds="some", author="desk", confirmed_by="chief", **given)


def assigned(terms: Contract, *assignments: dict[str, Any]) -> Contract:
    """The contract with a second contractor, and who answers for what."""
    words = terms.model_dump(by_alias=True, exclude_unset=True)
    words["contractors"] = [*words["contractors"], {"id": "aid", "name": {"en": "Aid"}}]
    return Contract.model_validate({**words, "assignments": assignments})


CASES = {
    "a unit that moved to where it did not snow anew is not reset": Case(
        contract({"log": LOG}, reset={"at_most": "P9D"}),
        (
            file("weather", 10, [Row(at(10, 16), None, "snow", zone="W1")]),
            file("weather", 11, [Row(at(11, 2), None, "snow", zone="W1")]),
            *(file("log", day) for day in (10, 11, 12)),
        ),
        at(13, 7),
        "4: reset by a new trigger ... for units not yet complete; 0031: that starts a clock on the unit",
        units=(
            Unit("U0", None, "W1", 100.0, None, date(2024, 1, 10)),
            Unit("U0", None, "W2", 100.0, date(2024, 1, 11), None),
        ),
    ),
    "an assignment by class covers no unit without one": Case(
        assigned(
            contract({"log": LOG}),
            {"contractor": "firm", "from": "2024-01-01", "to": "2024-01-10"},
            {"contractor": "aid", "from": "2024-01-11", "units": {"class": ["A"]}},
        ),
        (snow(1),),
        at(12, 7),
        "5: a dated assignment gives each (obligation, unit) one responsible party: this one names other units",
    ),
    "early: any lays out every day since the beginning of time": Case(
        contract({"cases": CASES_LOG}, **OF_CASES, clock={"from": "trigger.start", "early": "any"}),
        (file("cases", 11, [hole(1, "C1")]),),
        at(12, 7),
        "none: the verdict is right, but takes minutes and gigabytes (738,000 gaps of a day each)",
    ),
    "an open-ended suspension lays out every day to the end of time": Case(
        contract(
            {"log": LOG, "notices": source("notice", "city", "{part}.csv", redelivery="append", columns=NOTICE)},
            suspended_by={"stream": "notice", "kind": "stop"},
        ),
        (snow(1), part("notices", at(11, 2), Row(at(11, 2), None, "stop"))),
        at(12, 7),
        "none: the verdict is right, but takes minutes and gigabytes (gaps of a day each until 9999)",
    ),
    "consume: once can be judged": Case(
        contract({"log": LOG}, action={"stream": "service", "kind": "plow", "consume": "once"}),
        (snow(1), file("log", 10), file("log", 11, [act(11, 5)])),
        at(12, 7),
        "5: one action may satisfy several duties unless `consume: once` (DuckDB: ambiguous column `key`)",
    ),
    "a quorum's end is known only under complete coverage": Case(
        contract({"log": LOG, **REPORTS}, trigger=QUORUM, clock={"from": "trigger.end", "early": "PT0S"}),
        (told(11, 1, "H1"), told(11, 2, "H2"), file("log", 11)),
        at(12, 7),
        "3: its episode is open until merge_gap has passed since its last event under complete coverage",
    ),
    "two households in time are a quorum, however short the pause that ends a run": Case(
        contract({"log": LOG, **REPORTS}, trigger={**QUORUM, "merge_gap": "PT2H"}),
        (told(11, 1, "H1"), told(11, 4, "H2"), file("log", 10), file("log", 11)),
        at(12, 7),
        "3: t0 is when the n-th distinct household reports within `quorum_within`",
    ),
    "two households exactly so far apart are a quorum": Case(
        contract({"log": LOG, **REPORTS}, trigger=QUORUM),
        (told(11, 1, "H1"), told(11, 7, "H2"), file("log", 10), file("log", 11)),
        at(12, 7),
        "R5: at least n distinct actors report within [report - within, report]",
    ),
    "a gap that no history needs is nobody's debt": Case(
        contract({"log": {**LOG, "rank": 1}, "city-log": {**LOG, "rank": 2}, **inspections(rank=1)}, **REFUTED, **ALL),
        (
            snow(1),
            file("city-log", 10),
            file("log", 11, [act(11, 2)]),
            file("city-log", 11, [act(11, 4, "haul")]),
            seen(11, 20),
        ),
        at(12, 7),
        "G5: only gaps that matter; the inspection at 20:00 excludes whatever the gap of the 10th hides",
    ),
    "a gap is as long as it is, not as its part before d": Case(
        contract({"log": POLLS}, action={"stream": "service", "kind": "plow", "min_duration": "PT6H"}),
        (
            snow(1),
            part("log", at(10, 12), Row(at(10, 1), None, "sweep", seen_at=at(10, 12))),
            part("log", at(11, 18), Row(at(10, 1), None, "sweep", seen_at=at(11, 18))),
        ),
        at(13, 7),
        "2: a gap shorter than the action's `min_duration` hides nothing; this one never ends",
    ),
    "a record whose latest version is of another kind starts no clock": Case(
        contract({"cases": CASES_LOG}, **OF_CASES, clock={"from": "trigger.start", "early": "PT0S"}),
        (file("cases", 11, [hole(1, "C1"), hole(2, "C1", kind="lamp"), hole(3, "C2")]),),
        at(12, 7),
        "R5: latest version of a record speaks",
    ),
    **{
        f"a record that two sources tell of is as {later} tells, which came later: {how}": Case(
            OF_TWO,
            (part(first, at(11, 3), hole(1, "C1", done_at=at(11, 2)), hole(2, "C3")), part(later, at(12, 3), version)),
            at(13, 7),
            "0071: of a record that several rows state the row received last speaks",
        )
        for first, later in (("alpha", "beta"), ("beta", "alpha"))
        for how, version in {
            "open again": hole(1, "C1"),
            "done later": hole(1, "C1", done_at=at(12, 2.5)),
            "of another kind": hole(1, "C1", kind="lamp"),
            "of another record": hole(1, "C2"),
        }.items()
    },
    "late evidence is admitted for the unit that the decision names": Case(
        contract({"log": LOG}, proof_until="PT12H"),
        (snow(1), file("log", 10), file("log", 11, [act(11, 5)], received=at(13, 5))),
        at(14, 7),
        "2: it changes the verdict only by a decision of two persons: this one is about another unit",
        (*U0, Unit("U1", None, None, 1.0)),
        (decided("admit", unit="U1"),),
    ),
    "an act that a hidden one sets free may serve another duty": Case(
        contract(
            {"log": LOG},
            trigger={"stream": "condition", "kind": "snow", "merge_gap": "PT2H"},
            clock={"from": "trigger.start", "early": "PT0S"},
            action={"stream": "service", "kind": "plow", "consume": "once"},
        ),
        (snow(20, day=10), snow(3), file("log", 11, [act(11, 5)])),
        at(12, 7),
        "1: in a history with a plow at 22:00 of the 10th, which the gap does not exclude, both duties are met",
    ),
    "an act that is admitted for one duty leaves another act to the next": Case(
        contract(
            {"log": {**LOG, "redelivery": "append"}},
            trigger={"stream": "condition", "kind": "snow", "merge_gap": "PT2H"},
            clock={"from": "trigger.start", "early": "PT0S"},
            action={"stream": "service", "kind": "plow", "consume": "once"},
            proof_until="P1D",
        ),
        (
            snow(20, day=10),
            snow(3),
            file("log", 10),
            file("log", 11, [act(11, 9)]),
            replace(file("log", 11, [act(11, 8)], received=at(14, 5)), sha256="another"),
        ),
        at(15, 7),
        "5.5, 0050: the plow at 08:00 serves the first duty, for which it is admitted, that at 09:00 the second",
        U0,
        (replace(decided("admit"), trigger="2024-01-10T12:00Z"),),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_engine_says_what_the_specification_says(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    trace = Trace(case.contract, case.units, case.files, case.decisions)
    assert compare(set_up(tmp_path, trace), trace, case.as_of)


@pytest.mark.parametrize("match", [["record"], ["unit", "record"]], ids=str)
@pytest.mark.parametrize(
    ("record", "standing"),
    [(None, "unproven"), ("C1", "unproven"), ("C2", "breached.open")],
    ids=["any", "its", "other"],
)
def test_a_version_that_nobody_can_read_is_of_its_case_wherever_it_says_that_the_case_lies(
    record: str | None, standing: str, match: list[str], tmp_path: Path
) -> None:
    """Below the case's row stands a later one on another street: of that case, as far as anybody can read."""
    words = {**OF_CASES, "action": {**CLOSED, "match": match}, "clock": {"from": "trigger.start", "early": "PT0S"}}
    unread = Unreadable("U1", None, None, record)
    files = (file("cases", 11, [hole(1, "C1")], [unread]),)
    trace = Trace(contract({"cases": CASES_LOG}, **words), (*U0, Unit("U1", None, None, 100.0)), files)
    one = set_up(tmp_path, trace)
    assert compare(one, trace, at(12, 7))
    assert [row["standing"] for row in one.rows(one.judge(at(12, 7))).values()] == [standing]


@pytest.mark.parametrize("kind", ["hole", "lamp", None])
@pytest.mark.parametrize(
    ("shut", "torn", "standing"),
    [(3, 12, "unproven"), (20, 12, "unproven"), (20, 10, "breached.cured"), (3, 10, "met")],
    ids=["met, then torn", "late, then torn", "torn, then late", "torn, then met"],
)
def test_the_last_version_of_a_case_may_be_one_that_nobody_can_read(
    shut: int, torn: int, standing: str, kind: str | None, tmp_path: Path
) -> None:
    """The case of the 11th is told anew on the 12th; one of both rows nobody can read (docs/decisions/0090)."""
    words = {**OF_CASES, "clock": {"from": "trigger.start", "early": "PT0S"}}
    torn_row = Unreadable("U0", None, kind, "C1")
    shown = file("cases", 11, [hole(1, "C1", done_at=at(11, shut))])
    files = (shown, file("cases", torn, [], [torn_row]))
    trace = Trace(contract({"cases": CASES_LOG}, **words), U0, files)
    one = set_up(tmp_path, trace)
    assert compare(one, trace, at(14, 7))
    assert {row["standing"] for row in one.rows(one.judge(at(14, 7))).values()} == {standing}


def test_of_several_kinds_one_may_be_hidden_before_it_was_seen_undone_and_another_after_it(tmp_path: Path) -> None:
    """Seen undone at midnight, due at 19:00. Missing: the firm's log of the evening before, the city's of the day."""
    sources = {"log": LOG, "city-log": {**LOG, "run_by": "city"}, **inspections(rank=1)}
    files = (snow(1), file("log", 11), file("city-log", 10), seen(11, 0))
    trace = Trace(contract(sources, **REFUTED, **ALL), U0, files)
    one = set_up(tmp_path, trace)
    assert compare(one, trace, at(12, 7))
    assert [row["owed_by"] for row in one.rows(one.judge(at(12, 7))).values()] == ["city, firm"]


CITYS = {**LOG, "run_by": "city"}
LATE = {"within": "PT36H"}
HAULED = {"log": [(10, 23, "haul")]}
METRES = {"columns": {"at": "at", "unit": "unit", "kind": "kind", "from_m": "from_m", "to_m": "to_m"}}


def stretch(day: int, hour: float, from_m: float, to_m: float) -> Row:
    """Plowed, so far."""
    return replace(act(day, hour), from_m=from_m, to_m=to_m)


@pytest.mark.parametrize(
    ("ranks", "told", "torn", "standing", "owed_by"),
    [
        # hauled and plowed, and seen undone by one who is believed as much: plowed again, and hauled by that word alone
        ((0, 1), {"city-log": [(10, 5, "haul"), (10, 23, "plow"), (11, 2, "plow")]}, {}, "unproven", ""),
        # that it was hauled is told by one who is believed more: it was not plowed, then, and that was done
        ((0, 2), {"log": [(10, 5, "plow"), (11, 2, "plow")], "city-log": [(10, 23, "haul")]}, {}, "met", ""),
        # hauled, and plowed as well before it was seen undone: it would have been done; what followed is no plowing
        ((0, 0), HAULED, {"city-log": (10, 20, "plow"), "log": (11, 8, "haul")}, "breached.open", ""),
        # hauled before: only the row that may tell of plowing afterwards is missed
        ((0, 0), HAULED, {"city-log": (10, 20, "plow"), "log": (11, 8, "plow")}, "unproven", "firm"),
        # what may have been plowed before, and hauled after it was seen undone
        ((0, 0), {}, {"city-log": (10, 20, "plow"), "log": (11, 8, "haul")}, "unproven", "city, firm"),
    ],
)  # fmt: skip
def test_which_of_several_kinds_was_not_done_when_it_was_seen_undone(
    tmp_path: Path, ranks: tuple[int, int], told: dict[str, Any], torn: dict[str, Any], standing: str, owed_by: str
) -> None:  # fmt: skip
    """Snow on the 10th at 01:00, due on the 11th at 13:00; seen undone at midnight between them."""
    sources = {"log": {**LOG, "rank": ranks[0]}, "city-log": {**CITYS, "rank": ranks[1]}, **inspections(rank=1)}
    files = [snow(1, day=10), seen(11, 0)]
    for name in ("log", "city-log"):
        for day in (9, 10, 11):
            rows = [act(*one) for one in told.get(name, ()) if one[0] == day]
            bad = [Unreadable("U0", at(*one[:2]), one[2]) for one in [torn.get(name)] if one and one[0] == day]
            files.append(file(name, day, rows, bad))
    trace = Trace(contract(sources, **REFUTED, **ALL, **LATE), U0, tuple(files))
    one = set_up(tmp_path, trace)
    compare(one, trace, at(12, 7))
    rows = one.rows(one.judge(at(12, 7))).values()
    assert [(row["standing"], row["owed_by"]) for row in rows] == [(standing, owed_by)]


def test_a_stretch_that_is_done_again_leaves_nothing_to_be_hidden_before_it_was_seen_undone(tmp_path: Path) -> None:
    """The last fifth was done before and after; had the rest been done before as well, it would not have been seen."""
    sources = {"log": {**LOG, **METRES}, **inspections(rank=1)}
    days = [stretch(10, 23, 80.0, 100.0)], [stretch(11, 9, 80.0, 100.0)]
    share = {"action": {"stream": "service", "kind": "plow", "share": 1.0}}
    files = (snow(1, day=10), file("log", 10, days[0]), file("log", 11, days[1]), seen(11, 0))  # the 9th never came
    trace = Trace(contract(sources, **REFUTED, **share, **LATE), U0, files)
    one = set_up(tmp_path, trace)
    compare(one, trace, at(12, 7))
    assert [row["standing"] for row in one.rows(one.judge(at(12, 7))).values()] == ["breached.open"]


def polled(hour: float, *rows: Row, name: str | None = None, refused: bool = False) -> File:
    """What a feed showed when it was polled on the 11th; an old row without a unit tells that it was."""
    shown = [replace(row, seen_at=at(11, hour)) for row in (*rows, Row(at(9, 0), None, "none"))]
    name = name or f"service/{hour}.csv"
    return File("log", name, f"{hour:064.1f}", None, at(11, hour), tuple(shown), refused=refused)


def again(hour: float, came: float) -> File:
    """What was shown at an hour, in a file that came later."""
    return replace(polled(hour, name="service/again.csv"), received_at=at(11, came))


@pytest.mark.parametrize(
    ("files", "standing", "owed_by"),
    [
        ([polled(0), polled(12, refused=True), polled(23)], "unproven", "firm"),
        ([polled(0), polled(12, refused=True), polled(13, act(11, 11), name="service/12.csv"), polled(23)], "met", ""),
        ([polled(0), polled(12, refused=True), polled(13, name="service/12.csv"), polled(23)], "breached.open", ""),
        # one that came later tells of an old poll as well; of one nobody knows when it came
        ([polled(0), polled(12, refused=True), polled(23), again(-6, 22)], "unproven", "firm"),
        ([polled(0), polled(23), replace(polled(12, refused=True), received_at=None)], "unproven", "firm"),
        # what it may have shown had all been shown before, or came when it was too late
        ([polled(0), polled(21.5), polled(22, refused=True), polled(23)], "breached.open", ""),
    ],
    ids=[
        "one was refused",
        "sent again with the act",
        "sent again without one",
        "an old poll is told later",
        "nobody knows when",
        "one of what came too late",
    ],
)
def test_nobody_knows_what_a_feed_showed_in_a_file_that_was_refused(
    tmp_path: Path, files: list[File], standing: str, owed_by: str
) -> None:
    """Snow at 01:00, due at 19:00; a poll covers up to two hours before it."""
    trace = Trace(contract({"log": POLLS}), U0, (snow(1), polled(-12), *files))
    one = set_up(tmp_path, trace)
    compare(one, trace, at(12, 7))
    rows = one.rows(one.judge(at(12, 7))).values()
    assert [(row["standing"], row["owed_by"]) for row in rows] == [(standing, owed_by)]


def test_a_sheet_is_judged_again_when_a_file_of_a_feed_is_refused(tmp_path: Path) -> None:
    """Nothing of it can be read; that it came is what changes the verdict."""
    trace = Trace(contract({"log": POLLS}), U0, (snow(1), polled(-12), polled(0), polled(23)))
    one = set_up(tmp_path / "before", trace)
    before = one.judge(at(12, 7))
    lost = set_up(tmp_path / "after", replace(trace, files=(*trace.files, polled(12, refused=True))))
    after = lost.judge(at(12, 7))
    inputs = [[sheet.inputs for sheet in some.judged if sheet.obligation == "clear"] for some in (before, after)]
    assert inputs[0] != inputs[1]
