"""Small contracts and small traces, drawn by Hypothesis on a coarse grid of hours so that instants coincide often.

What makes verdicts hard is drawn on purpose: logs that are late, missing, quiet, corrected, cut or refused; rows in
quarantine; feeds that are polled; ranks that tie; days of 23 and 25 hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from dutywatch.clock import local_date, midnight
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.oracle import TICK, File, Row, Trace, Unreadable

HOUR = timedelta(hours=1)
DAYS = 4
FIRST_DAYS = {
    "Asia/Shanghai": date(2024, 1, 10),
    "America/New_York": date(2024, 11, 2),  # the 3rd has 25 hours
    "Europe/Berlin": date(2024, 3, 30),  # the 31st has 23
}
WITHIN: Sequence[Any] = (
    "PT6H",
    "PT18H",
    [{"allow": "P1D", "days": "elapsed"}],
    [{"allow": "P1D", "days": "civil"}],
    [{"at_least": 3, "allow": "PT6H"}, {"at_least": 1, "allow": "P1D", "days": "elapsed"}],
    [{"class": "A", "allow": "PT6H"}, {"allow": "PT30H"}],
)


@dataclass(frozen=True)
class Plan:
    """A contract with the frame in which its trace is drawn."""

    contract: Contract
    units: tuple[Unit, ...]
    base: datetime
    first_day: date
    named_zones: bool = field(default=False)

    def hour(self, number: int) -> datetime:
        """The start of the hour `number` of the trace."""
        return self.base + number * HOUR

    def span(self, index: int) -> tuple[datetime, datetime]:
        """The civil day `index` of the trace, in UTC."""
        day = self.first_day + timedelta(days=index)
        zone = self.contract.zone
        return midnight(day, zone), midnight(day + timedelta(days=1), zone)


hours = st.integers(0, DAYS * 12 - 1).map(lambda n: n * 2)


def source(stream: str, run_by: str, path: str, **more: Any) -> dict[str, Any]:
    """A source as a contract declares it, with what these tests do not vary."""
    columns = {"at": "at", "unit": "unit", "kind": "kind"}
    return {
        "stream": stream,
        "run_by": run_by,
        "owner": "desk",
        "path": path,
        "encoding": "utf-8",
        "columns": columns,
        "expects": "any_log",
        **more,
    }


@st.composite
def service_sources(draw: st.DrawFn) -> dict[str, Any]:
    """A source of acts: a daily log, a polled feed, or files that promise nothing."""
    shape = draw(st.sampled_from(["daily", "daily", "daily", "appended", "last", "all", "loose"]))
    run_by = draw(st.sampled_from(["firm", "firm", "city"]))
    rank = draw(st.integers(0, 2))
    if shape in ("daily", "appended"):
        due = draw(st.sampled_from(["06:00 next day", "06:00 next day", "23:00 same day", None]))
        redelivery = "replace" if shape == "daily" else "append"
        return source("service", run_by, "{service_date}.csv", due=due, redelivery=redelivery, rank=rank)
    more: dict[str, Any] = {"redelivery": "append", "rank": rank}
    if shape != "loose":
        more |= {"polls": {"max_lag": "PT2H", "shows": shape}}
        more["columns"] = {"at": "at", "unit": "unit", "kind": "kind", "seen_at": "seen_at"}
    return source("service", run_by, "{part}.csv", **more)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """The sources of a contract: one of conditions, one or two of acts, up to two of refutations."""
    measured = {"at": "at", "kind": "kind", "zone": "zone", "depth": "depth"}
    path = draw(st.sampled_from(["{service_date}.csv", "{service_date}.csv", "{service_date}.csv", "{part}.csv"]))
    more = {"due": "06:00 next day"} if "date" in path else {"redelivery": "append"}
    found = {"weather": source("condition", "weather-service", path, columns=measured, **more)}
    for number in range(draw(st.sampled_from([1, 1, 2]))):
        found[f"log-{number}"] = draw(service_sources())
    for number in range(draw(st.sampled_from([0, 1, 1, 2]))):
        stream = draw(st.sampled_from(["inspection", "inspection", "report"]))
        rank = draw(st.integers(0, 2))
        found[f"seen-{number}"] = source(stream, "city", "{part}.csv", redelivery="append", rank=rank)
    return found


@st.composite
def obligations(draw: st.DrawFn, refuters: Sequence[str]) -> dict[str, Any]:
    """One `respond` obligation over those sources."""
    threshold = draw(st.sampled_from([{"measure": "depth", "at_least": 1}, {"measure": "depth", "at_least": 1}, {}]))
    within = draw(st.sampled_from(WITHIN if threshold else [one for one in WITHIN if "at_least" not in str(one)]))
    starts = draw(st.sampled_from(["trigger.start", "trigger.end", "trigger.end"]))
    early = draw(st.sampled_from(["PT0S", "PT4H", *([None] if starts == "trigger.start" else [])]))
    kind = draw(st.sampled_from(["plow", {"any": ["plow", "haul"]}, {"all": ["plow", "haul"]}]))
    refuted_by = {"stream": draw(st.sampled_from(refuters)), "kind": "covered"} if refuters else None
    scope = draw(st.sampled_from([*[{}] * 6, {"class": ["A"]}, {"zone": ["W1"]}]))
    return {
        "title": {"en": "Cleared"},
        "clause": "§1",
        "party": "firm",
        "pattern": "respond",
        "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H", **threshold},
        "scope": scope,
        "clock": {"from": starts, "early": early},
        "action": {"stream": "service", "kind": kind},
        "refuted_by": refuted_by,
        "within": within,
        "at_risk": 0.5,
        "silence": draw(st.sampled_from(["unproven", "breached"])),
        "supervisor": "desk",
    }


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A contract and its units."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    first = FIRST_DAYS[zone]
    given_sources = {name: {**one, "from": first} for name, one in draw(sources()).items()}
    refuters = sorted({one["stream"] for one in given_sources.values()} & {"inspection", "report"})
    term_from = draw(st.sampled_from([first - timedelta(days=30), first - timedelta(days=30), first]))
    contract = Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
            "term": {"from": term_from, "to": first + timedelta(days=DAYS - 1)},
            "timezone": zone,
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": given_sources,
            "obligations": {"clear": draw(obligations(refuters))},
        }
    )
    classes = draw(st.lists(st.sampled_from(["A", "A", "B", None]), min_size=1, max_size=2))
    units = tuple(Unit(f"U{n}", class_, draw(st.sampled_from(["W1", "W2"])), 100.0) for n, class_ in enumerate(classes))
    return Plan(contract, units, midnight(first, ZoneInfo(zone)), first, draw(st.booleans()))


@st.composite
def rows(draw: st.DrawFn, plan: Plan, stream: str) -> Row:
    """One event of a stream."""
    at = plan.hour(draw(hours))
    if stream == "condition":
        kind = draw(st.sampled_from(["snow", "snow", "snow", "rain"]))
        zone = draw(st.sampled_from(["W1", "W2", None])) if plan.named_zones else None
        return Row(at, None, kind, zone, draw(st.sampled_from([0.5, 1.0, 1.0, 3.0, None])))
    unit = draw(st.sampled_from([unit.id for unit in plan.units]))
    kinds = [*["plow"] * 3, "haul", "haul", "sweep"] if stream == "service" else ["covered", "covered", "clear"]
    return Row(at, unit, draw(st.sampled_from(kinds)))


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """A contract, and all files that its sources ever deliver."""
    plan = draw(plans())
    files: list[File] = []
    for name, given_source in plan.contract.sources.items():
        most = {"condition": 6, "service": 5}.get(given_source.stream, 3)
        events = draw(st.lists(rows(plan, given_source.stream), max_size=most))
        if given_source.stream == "condition":
            events.append(Row(plan.hour(draw(st.integers(0, 14)) * 2), None, "snow", None, 1.0))
        events.sort(key=lambda row: row.at)
        if given_source.dated:
            files += draw(daily(plan, name, events))
        elif given_source.polls:
            files += draw(polled(plan, name, events))
        else:
            files += draw(loose(name, events))
    return Trace(plan.contract, plan.units, tuple(files))


def sha(*parts: object) -> str:
    """Some SHA-256 that is another for other parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@st.composite
def unreadable(draw: st.DrawFn, plan: Plan, at: Sequence[datetime]) -> tuple[Unreadable, ...]:
    """Mostly nothing; sometimes a row in quarantine, with what of it can be read."""
    if draw(st.integers(0, 3)):
        return ()
    unit = draw(st.sampled_from([None, *(unit.id for unit in plan.units)]))
    kind = draw(st.sampled_from([None, "plow", "sweep", "snow"]))
    return (Unreadable(unit, draw(st.sampled_from([None, *at])), kind),)


@st.composite
def daily(draw: st.DrawFn, plan: Plan, name: str, events: Sequence[Row]) -> list[File]:
    """A file a day, or not; some come before the day is over, some twice."""
    files = []
    for index in range(DAYS + 1):
        start, end = plan.span(index)
        of_day = [row for row in events if start <= row.at < end]
        grid = [start + n * 2 * HOUR for n in range(12)]
        fates = [*["in time"] * 9, "late", "cut", "archive", "missing", "twice", "refused"]
        fate = draw(st.sampled_from(fates))
        if fate == "missing":
            continue
        arrivals: dict[str, list[datetime | None]] = {
            "late": [end + 30 * HOUR],
            "cut": [end - 4 * HOUR],
            "archive": [None],
            "twice": [end - 8 * HOUR, end + 10 * HOUR],
        }
        for number, received in enumerate(arrivals.get(fate, [end + 4 * HOUR])):
            told = tuple(row for row in of_day if received is None or row.at < received)
            rest = draw(unreadable(plan, [at for at in grid if received is None or at < received]))
            day = local_date(start, plan.contract.zone)
            found = File(name, f"{name}/{day}.csv", sha(name, day, number), day, received, told, rest)
            files.append(replace(found, refused=True) if fate == "refused" else found)
    return files


@st.composite
def polled(draw: st.DrawFn, plan: Plan, name: str, events: Sequence[Row]) -> list[File]:
    """One file a poll. An old row without a unit leaves the trace of a poll that shows nothing else."""
    polls = plan.contract.sources[name].polls
    assert polls is not None
    files: list[File] = []
    before: datetime | None = None
    for hour in sorted(draw(st.sets(hours, max_size=6))):
        poll = plan.hour(hour)
        seen = [row for row in events if row.at <= poll]
        if polls.shows == "all":
            seen = [row for row in seen if before is None or row.at >= before - polls.max_lag]
        else:
            seen = list({row.unit: row for row in seen}.values())
        shown = [replace(row, seen_at=poll) for row in seen]
        if not shown or draw(st.booleans()):
            shown.append(Row(plan.base, None, "sweep", seen_at=poll))
        rest = draw(unreadable(plan, [poll])) if draw(st.integers(0, 3)) == 0 else ()
        files.append(File(name, f"{name}/{hour}.csv", sha(name, hour), None, poll, tuple(shown), rest))
        before = poll
    return files


@st.composite
def loose(draw: st.DrawFn, name: str, events: Sequence[Row]) -> list[File]:
    """Files without a date: any rows, whenever they came."""
    files = []
    for number, row in enumerate(events):
        received = draw(st.sampled_from([row.at, row.at + 4 * HOUR, row.at + 30 * HOUR, None]))
        files.append(File(name, f"{name}/{number}.csv", sha(name, number), None, received, (row,)))
    return files


def known(trace: Trace, at: datetime) -> Trace:
    """What of a trace had arrived at an instant."""
    return replace(trace, files=tuple(f for f in trace.files if f.received_at is None or f.received_at <= at))


def instants(trace: Trace) -> Iterator[datetime]:
    """The instants of a trace at which a verdict might turn, given by the trace itself."""
    for file in trace.files:
        if file.received_at:
            yield file.received_at
        for row in file.rows:
            yield row.at
        given_source = trace.contract.sources[file.source]
        if file.day:
            yield midnight(file.day, trace.contract.zone)
            if given_source.delivery_due:
                yield given_source.delivery_due.due(file.day, trace.contract.zone)


def around(at: datetime) -> st.SearchStrategy[datetime]:
    """An instant, or one of its neighbours."""
    return st.sampled_from([at, at, at - TICK, at + TICK])


def dated(trace: Trace) -> Trace:
    """The trace with an arrival for every file: what a ledger records, unlike a folder of old files."""
    return replace(trace, files=tuple(_dated(trace.contract, file) for file in trace.files))


def _dated(contract: Contract, file: File) -> File:
    if file.received_at is not None:
        return file
    ends = midnight(file.day + timedelta(days=1), contract.zone) if file.day else max(row.at for row in file.rows)
    return replace(file, received_at=ends)
