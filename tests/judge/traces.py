"""Small contracts and small traces, drawn by Hypothesis on a coarse grid of hours so that instants coincide often.

What makes verdicts hard is drawn on purpose: logs that are late, missing, quiet, corrected, cut or refused; rows in
quarantine; feeds that are polled; ranks that tie; days of 23 and 25 hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from dutywatch.clock import compact, local_date, midnight
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from tests.judge.oracle import TICK, File, Row, Trace, Unreadable
from tests.judge.plans import DAYS, HOUR, Plan, plans, source

__all__ = ["DAYS", "HOUR", "around", "dated", "instants", "known", "sha", "source", "traces"]

hours = st.integers(0, DAYS * 12 - 1).map(lambda n: n * 2)


near = st.integers(4, 12).map(lambda n: n * 2)  # reports come in swarms, or no quorum is ever reached


@st.composite
def rows(draw: st.DrawFn, plan: Plan, stream: str) -> Row:
    """One event of a stream."""
    at = plan.hour(draw(near if stream == "report" else hours))
    if stream == "condition":
        kind = draw(st.sampled_from(["snow", "snow", "snow", "rain"]))
        zone = draw(st.sampled_from(["W1", "W2", None])) if plan.named_zones else None
        until = draw(st.sampled_from([*[None] * 5, at + 2 * HOUR, at + 8 * HOUR]))  # an end that is forecast
        return Row(at, None, kind, zone, draw(st.sampled_from([0.5, 1.0, 1.0, 3.0, None])), until=until)
    if stream == "notice":
        return draw(notices(plan, at))
    unit = draw(st.sampled_from([unit.id for unit in plan.units]))
    if stream == "service":
        return draw(acts(at, unit))
    if stream == "case":
        return draw(openings(at, unit))
    kind = draw(st.sampled_from(["covered", "covered", "covered", "clear"]))
    actor = draw(st.sampled_from([None, "H1", "H2", "H3"])) if stream == "report" else None
    return Row(at, unit, kind, actor=actor)


@st.composite
def acts(draw: st.DrawFn, at: datetime, unit: str) -> Row:
    """An act: whose, how much, on which metres; the clock may have been doubtful."""
    metres = draw(st.sampled_from([(None, None), (0.0, 50.0), (50.0, 100.0), (25.0, 75.0), (0.0, 100.0)]))
    return Row(
        at,
        unit,
        draw(st.sampled_from([*["plow"] * 3, "haul", "haul", "sweep"])),
        value=draw(st.sampled_from([None, 1.0, 3.0])),
        actor=draw(st.sampled_from([None, None, "T1", "T1", "T2", "T9"])),
        earlier=draw(st.sampled_from([*[None] * 7, at - 2 * HOUR])),
        from_m=metres[0],
        to_m=metres[1],
    )


@st.composite
def notices(draw: st.DrawFn, plan: Plan, at: datetime) -> Row:
    """A notice that stops the clocks, or lifts such a one."""
    zone = draw(st.sampled_from(["W1", "W2", None])) if plan.named_zones else None
    until = draw(st.sampled_from([None, at + 6 * HOUR, at + 12 * HOUR]))
    published = draw(st.sampled_from([None, at - 4 * HOUR, at + 4 * HOUR]))
    kind = draw(st.sampled_from(["stop", "stop", "lift"]))
    return Row(at, None, kind, zone, until=until, published_at=published)


@st.composite
def openings(draw: st.DrawFn, at: datetime, unit: str) -> Row:
    """A version of a case."""
    record = draw(st.sampled_from(["C1", "C1", "C2", "C3"]))
    return Row(
        at,
        unit,
        draw(st.sampled_from(["lamp"] if record == "C3" else ["hole", "hole", "hole", "lamp"])),
        record=record,
        opened_at=draw(st.sampled_from([at, at, at - 2 * HOUR])),
        target_at=draw(st.sampled_from([None, at + 12 * HOUR, at + 24 * HOUR])),
        done_at=draw(st.sampled_from([None, None, at, at + 4 * HOUR, at - 6 * HOUR, at + 20 * HOUR])),
    )


@st.composite
def rounds(draw: st.DrawFn, plan: Plan) -> list[Row]:
    """Most days every unit and every vehicle stands in the log, whatever it did."""
    units = sorted({unit.id for unit in plan.units})
    actors = [actor for party in plan.contract.contractors for actor in party.actors]
    driven = [(unit, actor) for unit in units for actor in actors]
    return [
        Row(plan.span(day)[0] + draw(st.integers(0, 11)) * 2 * HOUR, unit, "sweep", actor=actor)
        for day in range(DAYS + 1)
        for unit, actor in driven
        if draw(st.integers(0, 4))
    ]


FEWEST = {"service": 1, "report": 3, "case": 1}
MOST = {"condition": 6, "service": 5, "report": 6, "case": 3}


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """A contract, all files that its sources ever deliver, and decisions."""
    plan = draw(plans())
    files: list[File] = []
    for name, given_source in plan.contract.sources.items():
        stream = given_source.stream
        events = draw(st.lists(rows(plan, stream), min_size=FEWEST.get(stream, 0), max_size=MOST.get(stream, 3)))
        if stream == "condition":
            events.append(Row(plan.hour(draw(st.integers(0, 14)) * 2), None, "snow", None, 1.0))
        if given_source.by != "source":
            events += draw(rounds(plan))
        events.sort(key=lambda row: row.at)
        if given_source.dated:
            files += draw(daily(plan, name, events))
        elif given_source.polls:
            files += draw(polled(plan, name, events))
        else:
            files += draw(loose(name, events))
    rules = draw(st.lists(decisions(plan, files), max_size=2))
    return Trace(plan.contract, plan.units, tuple(files), tuple(rules), plan.calendars)


@st.composite
def decisions(draw: st.DrawFn, plan: Plan, files: Sequence[File]) -> Decision:
    """A decision of one or two persons, about everything or about some duties."""
    kind = draw(st.sampled_from(["excuse", "excuse", "admit", "admit", "suspend"]))
    about = [None, *(row.record or compact(row.at) for file in files for row in file.rows)]
    wide = kind == "suspend"  # a suspension is of a zone, not of one duty
    units = [None, *(unit.id for unit in plan.units)]
    units = [None] if wide else units
    return Decision(
        kind=kind,
        obligation=draw(st.sampled_from([None, *plan.contract.obligations])),
        unit=draw(st.sampled_from(units)),
        trigger=None if wide else draw(st.sampled_from([None, None, None, *about])),
        grounds="some",
        author="desk",
        confirmed_by=draw(st.sampled_from([None, "chief", "chief", "desk"])),
        recorded_at=plan.hour(draw(hours)),
    )


def sha(*parts: object) -> str:
    """Some SHA-256 that is another for other parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@st.composite
def unreadable(
    draw: st.DrawFn, plan: Plan, at: Sequence[datetime], records: Sequence[str] = ()
) -> tuple[Unreadable, ...]:
    """Mostly nothing; sometimes a row in quarantine, with what of it can be read; more often one of these records."""
    if draw(st.integers(0, 1 if records else 3)):
        return ()
    unit = draw(st.sampled_from([None, *(unit.id for unit in plan.units)]))
    kind = draw(st.sampled_from([None, "plow", "sweep", "snow"]))
    record = draw(st.sampled_from([None, *records])) if records else None
    return (Unreadable(unit, draw(st.sampled_from([None, *at])), kind, record),)


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
            names = sorted({row.record for row in events if row.record})
            rest = draw(unreadable(plan, [at for at in grid if received is None or at < received], names))
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
            seen = list({(row.unit, row.zone): row for row in seen}.values())
        shown = [replace(row, seen_at=poll) for row in seen]
        if not shown or draw(st.booleans()):
            shown.append(Row(plan.base, None, "sweep", seen_at=poll))
        names = sorted({row.record for row in events if row.record})
        rest = draw(unreadable(plan, [poll], names)) if draw(st.integers(0, 3)) == 0 else ()
        found = File(name, f"{name}/{hour}.csv", sha(name, hour), None, poll, tuple(shown), rest)
        files.append(replace(found, refused=draw(st.integers(0, 7)) == 0))
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
    files = tuple(f for f in trace.files if f.received_at is None or f.received_at <= at)
    return replace(trace, files=files, decisions=tuple(d for d in trace.decisions if d.recorded_at <= at))


def standstill(trace: Trace, at: datetime) -> Trace:
    """The trace as it stands at an instant after which nothing more arrives; what it states ahead still happens."""
    return known(dated(trace), at)


def instants(trace: Trace) -> Iterator[datetime]:
    """The instants of a trace at which a verdict might turn, given by the trace itself."""
    for file in trace.files:
        if file.received_at:
            yield file.received_at
        for row in file.rows:
            yield from (at for at in (row.at, getattr(row, "done_at", None), row.until) if at)
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
