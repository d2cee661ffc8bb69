"""Where a first engine departed from SEMANTICS: the smallest trace for each, with the sentence that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace, Unreadable
from tests.judge.test_oracle import compare, no_delivery_duties
from tests.judge.traces import sha, source

__all__ = ["no_delivery_duties"]

DAILY = {"due": "06:00 next day"}
POLLED = {
    "redelivery": "append",
    "polls": {"max_lag": "PT2H", "shows": "last"},
    "columns": {"at": "at", "unit": "unit", "kind": "kind", "seen_at": "seen_at"},
}
LOG = source("service", "firm", "{service_date}.csv", **DAILY)
REFUTED = {"refuted_by": {"stream": "inspection", "kind": "covered"}}
ALL_KINDS = {"action": {"stream": "service", "kind": {"all": ["plow", "haul"]}}}
FROM_END = {"clock": {"from": "trigger.end", "early": "PT0S"}}
SILENCE = {"silence": "breached"}


def at(day: int, hour: float) -> datetime:
    """An instant of January 2024, local time in Shanghai."""
    return datetime(2023, 12, 31, tzinfo=UTC) + timedelta(days=day, hours=hour - 8)


def contract(sources: dict[str, Any], **obligation: Any) -> Contract:
    """A contract with a duty to plow within 18 h of the start of snowfall, and 4 h before it."""
    measured = {"at": "at", "kind": "kind", "zone": "zone", "depth": "depth"}
    weather = source("condition", "weather-service", "{service_date}.csv", columns=measured, **DAILY)
    return Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
            "term": {"from": "2024-01-10", "to": "2024-12-31"},
            "timezone": "Asia/Shanghai",
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": {"weather": weather, **sources},
            "obligations": {
                "clear": {
                    "title": {"en": "Plowed"},
                    "clause": "§1",
                    "party": "firm",
                    "pattern": "respond",
                    "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"},
                    "clock": {"from": "trigger.start", "early": "PT4H"},
                    "action": {"stream": "service", "kind": "plow"},
                    "within": "PT18H",
                    "supervisor": "desk",
                    **obligation,
                }
            },
        }
    )


def file(
    name: str, day: int, rows: Sequence[Row] = (), bad: Sequence[Unreadable] = (), received: datetime | None = None
) -> File:
    """A source's file of a day in January, received at 05:00 of the next."""
    received = received or at(day + 1, 5)
    return File(name, f"{name}/{day}.csv", sha(name, day), date(2024, 1, day), received, tuple(rows), tuple(bad))


def part(name: str, received: datetime, *rows: Row) -> File:
    """A source's file without a date."""
    return File(name, f"{name}/{received}.csv", sha(name, received), None, received, rows)


def act(day: int, hour: float, kind: str = "plow") -> Row:
    """An event on the only unit."""
    return Row(at(day, hour), "U0", kind)


def snow(*hours: float, day: int = 11, bad: Sequence[Unreadable] = ()) -> File:
    """The weather file of a day on which it snowed at these hours."""
    return file("weather", day, [Row(at(day, hour), None, "snow", None, 1.0) for hour in hours], bad)


def seen(day: int, hour: float) -> File:
    """An inspector saw that nothing was done, and said so at once."""
    return part("seen", at(day, hour), act(day, hour, "covered"))


def inspections(rank: int) -> dict[str, Any]:
    """A source of refutations."""
    return {"seen": source("inspection", "city", "{part}.csv", redelivery="append", rank=rank)}


@dataclass(frozen=True)
class Case:
    """A trace, an instant, and the sentence of SEMANTICS by which the oracle decides."""

    contract: Contract
    files: tuple[File, ...]
    as_of: datetime
    sentence: str


RANKED_LOGS = {"log": LOG, "city-log": {**LOG, "rank": 2}, **inspections(rank=1)}
CASES = {
    "an inspection that a later log overrules excludes nothing": Case(
        contract({"log": {**LOG, "rank": 2}, **inspections(rank=1)}, **REFUTED),
        (snow(1), file("log", 10), file("log", 12, [act(12, 4)]), seen(12, 8)),
        at(13, 7),
        "2: contradictions follow the sources' declared rank",
    ),
    "a quarantined row of the inspection's very instant hides nothing": Case(
        contract({"log": LOG, **inspections(rank=1)}, **REFUTED),
        (snow(1), file("log", 10), file("log", 11, bad=[Unreadable("U0", at(11, 10), "plow")]), seen(11, 10)),
        at(12, 7),
        "2: one at time r excludes completion in [t0, r]",
    ),
    "an inspection between two kinds of act contradicts neither": Case(
        contract({"log": LOG, **inspections(rank=1)}, **REFUTED, **ALL_KINDS),
        (snow(1), file("log", 10), file("log", 11, [act(11, 2), act(11, 5, "haul")]), seen(11, 3)),
        at(12, 7),
        "2: one at time r excludes completion in [t0, r]; 6: f = the first instant of completion",
    ),
    "one kind may hide before the inspection, the other is known after it": Case(
        contract({"log": LOG, **inspections(rank=1)}, **REFUTED, **ALL_KINDS),
        (snow(1), file("log", 11, [act(11, 5, "haul")]), seen(11, 3)),
        at(12, 7),
        "1: met in a history with a plow at 23:00, which the gap does not exclude",
    ),
    "a contradiction waits for evidence that is not yet due": Case(
        contract({"log": {**LOG, "rank": 1}, **inspections(rank=1)}, **REFUTED),
        (snow(1), file("log", 10), file("log", 11, [act(11, 4)], received=at(11, 12)), seen(11, 8)),
        at(12, 5.5),
        "1: otherwise pending while the missing evidence is not yet due",
    ),
    "a row in quarantine is no missing delivery": Case(
        contract({"log": LOG}, **SILENCE),
        (snow(1), file("log", 10), file("log", 11, bad=[Unreadable("U0", at(11, 10), "plow")])),
        at(12, 7),
        "2: silence: breached applies ... once the missing delivery is itself overdue",
    ),
    "a source that owes no delivery is not silent": Case(
        contract({"log": source("service", "firm", "{part}.csv", redelivery="append")}, **SILENCE),
        (snow(1),),
        at(12, 7),
        "2: silence: breached applies ... once the missing delivery is itself overdue",
    ),
    "a feed that was never polled is due max_lag after d": Case(
        contract({"log": source("service", "firm", "{part}.csv", **POLLED)}),
        (file("weather", 11, [Row(at(11, 1), None, "snow")], received=at(11, 12)),),
        at(11, 19),
        "2: a poll covers up to the poll minus max_lag: one at d + max_lag would cover d",
    ),
    "observations exactly merge_gap apart are two episodes": Case(
        contract({"log": LOG}, **FROM_END),
        (snow(20, day=10), snow(0), file("log", 10, [act(10, 22)]), file("log", 11)),
        at(12, 7),
        "3: its episode is open until merge_gap has passed since its last event; 4: intervals are half-open",
    ),
    "a quarantined observation of the last one's instant extends nothing": Case(
        contract({"log": LOG}, **FROM_END),
        (snow(10, bad=[Unreadable(None, at(11, 10), None)]), file("log", 11), file("log", 12)),
        at(13, 7),
        "3: open until merge_gap has passed since its last event under complete coverage",
    ),
    "a kind named twice is asked for once": Case(
        contract({"log": LOG}, action={"stream": "service", "kind": {"all": ["plow", "plow"]}}),
        (snow(1), file("log", 10), file("log", 11, [act(11, 5)])),
        at(12, 7),
        "6: one action of the kinds asked",
    ),
    "a measure that is not known crosses no threshold": Case(
        contract(
            {"log": LOG},
            trigger={"stream": "condition", "kind": "snow", "merge_gap": "PT4H", "measure": "depth", "at_least": -5},
        ),
        (file("weather", 11, [Row(at(11, 1), None, "snow")]), file("log", 10), file("log", 11)),
        at(12, 7),
        "3: a trigger exists from the instant its threshold is crossed",
    ),
    "a day's file of polls covers no more than its polls": Case(
        contract({"log": source("service", "firm", "{service_date}.csv", **{**POLLED, **DAILY})}),
        (
            snow(1),
            file("log", 10, [Row(at(10, 8), "U0", "plow", seen_at=at(10, 12))]),
            file("log", 11, [Row(at(10, 8), "U0", "plow", seen_at=at(11, 3))]),
        ),
        at(12, 7),
        "2: a poll covers up to the poll minus the source's max_lag",
    ),
    "every act that completes a duty must outrank the inspection, not only the last": Case(
        contract(RANKED_LOGS, **REFUTED, **ALL_KINDS),
        (
            snow(1),
            *(file(log, 10) for log in ("log", "city-log")),
            file("log", 11, [act(11, 2)]),
            file("city-log", 11, [act(11, 4, "haul")]),
            seen(11, 6),
        ),
        at(12, 7),
        "2: contradictions follow the sources' declared rank: the plow's log yields to the inspection",
    ),
    "a kind that a refuted completion needed is not proven by being first": Case(
        contract({"log": LOG, **inspections(rank=1)}, **REFUTED, **ALL_KINDS),
        (
            snow(1),
            file("log", 10),
            file("log", 11, [act(11, 2), act(11, 2, "haul"), act(11, 8)]),
            seen(11, 3),
        ),
        at(12, 7),
        "1: met in all histories; in one of them the haul of 02:00 is what the inspector disproved",
    ),
    "a contradiction beside a gap names who owes the gap": Case(
        contract({"log": {**LOG, "rank": 1}, "city-log": {**LOG, "rank": 1}, **inspections(rank=1)}, **REFUTED),
        (snow(1), *(file(log, 10) for log in ("log", "city-log")), file("log", 11, [act(11, 2)]), seen(11, 6)),
        at(12, 7),
        "2: every unproven duty names the missing evidence and who owes it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_letter(name: str, tmp_path: Path) -> None:
    follow(CASES[name], tmp_path)


def follow(case: Case, tmp_path: Path) -> None:
    """Engine and oracle say the same of a case."""
    trace = Trace(case.contract, (Unit("U0", None, None, 1.0),), case.files)
    compare(set_up(tmp_path, trace), trace, case.as_of)


def test_time_that_two_sources_leave_uncovered_counts_once(tmp_path: Path) -> None:
    files = [file(name, 10) for name in ("log", "city-log")]
    files += [file(name, 11, received=at(11, 9)) for name in ("log", "city-log")]
    terms = contract({"log": LOG, "city-log": LOG})
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow(1), *files)))
    (row,) = bench.rows(bench.judge(at(12, 7))).values()
    assert row["coverage"] == round(12 / 22, 4)


@pytest.mark.parametrize("versions", ["ab", "ba"])
def test_an_archives_file_covers_up_to_when_its_last_version_came(tmp_path: Path, versions: str) -> None:
    """Two versions stand side by side under one name, at noon of the 11th and on the 12th; which has which content is
    no matter."""
    span = {"file": "a.csv", "from": "2024-01-10T00:00:00+08:00", "to": "2024-01-12T00:00:00+08:00"}
    archive = contract({"log": source("service", "firm", "{part}.csv", redelivery="append", covers=[span])})
    came = zip(versions, (at(11, 12), at(12, 5)), strict=True)
    files = [File("log", "a.csv", name * 64, None, when, (act(10, 10, "sweep"),)) for name, when in came]
    found = set_up(tmp_path, Trace(archive, (Unit("U0", None, None, 1.0),), (snow(1), *files)))
    (row,) = found.rows(found.judge(at(12, 7))).values()
    assert (row["standing"], row["coverage"]) == ("breached.open", 1)


def test_a_new_trigger_that_the_words_of_its_day_are_silent_on_starts_nothing_anew(tmp_path: Path) -> None:
    """Due on the 12th at 08:00; it snows anew at 02:00 of a day on which the clause is for another class (0033)."""
    words = contract({"log": LOG}, reset={"at_most": "P9D"}).model_dump(mode="json", by_alias=True, exclude_none=True)
    amended = {"obligation": "clear", "clause": "§2", "from": "2024-01-12", "by": ["desk", "chief"]}
    terms = Contract.model_validate({**words, "amendments": [{**amended, "change": {"scope": {"class": ["A"]}}}]})
    weather = (snow(14), snow(2, day=12))
    logs = (file("log", 11), file("log", 12))
    bench = set_up(tmp_path, Trace(terms, (Unit("U0", "B", None, 1.0),), (*weather, *logs)))
    (row,) = bench.rows(bench.judge(at(13, 7))).values()
    assert (row["standing"], row["due_at"], row["successor"]) == ("breached.open", at(12, 8), None)
