"""The periods and windows that duties are counted over, as clocks: recur, attain and keep run on them.

A period that starts before the term's first day is not owed, not even the part of it that lies within the term: the
debtor had no whole period. One that starts within the term is owed whole, although it may end after it. Only periods
that have begun by `as_of` are known; `following` says when the next one begins, so that it is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from dutywatch import clock as calendars
from dutywatch.clock import local_date, midnight, share_of, slices, stretches
from dutywatch.judge import triggers
from dutywatch.judge.case import Case
from dutywatch.judge.duties import INSTANT, Clock
from dutywatch.terms.patterns import Period, Window
from dutywatch.terms.periods import periods

_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)
_YEAR = timedelta(days=400)  # within which the next period of every kind but a plan's begins
BUCKETS = 20_000
"""From the first part of a statement to the last, about; any number gives the same verdicts."""


@dataclass(frozen=True)
class Span:
    """One period: [start, end); `end` None: it lasts until its trigger ends, `seen` is how far that is known by now.

    `over`: from when on it can be known to have ended.
    """

    key: str
    start: datetime
    seen: datetime
    end: datetime | None
    zone: str | None = None
    over: datetime | None = None


def clocks(case: Case[Any], word: Period) -> list[Clock]:
    """The clocks of the periods `word` that start within the term and by `as_of`, in order of their start."""
    zone, term, obligation = case.terms.contract.zone, case.terms.contract.term, case.obligation
    made = []
    for span in _spans(case, word):
        day = local_date(span.start, zone)
        if not term.from_ <= day <= term.to or span.start > case.evidence.as_of:
            continue
        risk = share_of(span.start, span.end, obligation.at_risk) if span.end else span.over
        made.append(
            Clock(
                trigger=span.key,
                sheet=day,
                day=day,
                begins=span.start,
                ends=span.seen,
                start=span.start,
                lower=span.start,
                due=span.end,
                soonest=None if span.end else span.seen,
                risk=risk,
                zone=span.zone,
                proof_until=span.end + obligation.proof_until if span.end and obligation.proof_until else None,
            )
        )
    return made


def following(case: Case[Any], word: Period) -> datetime | None:
    """When the next period begins after `as_of`, in words that hold then; None: none does, or nobody knows."""
    if word.while_ is not None:
        return None
    zone, term, as_of = case.terms.contract.zone, case.terms.contract.term, case.evidence.as_of
    today = local_date(as_of, zone)
    first = max(today, term.from_, case.since or term.from_)
    last = term.to if word.plan is not None else min(term.to, first + _YEAR)
    running = _sliced(case, _periods(case, word, term.from_, min(first, term.to))[-1:], word)
    coming = _sliced(case, _periods(case, word, first, last)[:2], word) if first <= last else []
    return min(
        (one.start for one in [*running, *coming] if one.start > as_of and case.holds(local_date(one.start, zone))),
        default=None,
    )


def _spans(case: Case[Any], word: Period) -> list[Span]:
    if word.while_ is not None:
        return _lasting(case, word)
    zone, term = case.terms.contract.zone, case.terms.contract.term
    last = min(term.to, local_date(case.evidence.as_of, zone))
    if last < term.from_:
        return []
    found = _sliced(case, _periods(case, word, term.from_, last), word)
    return [Span(one.label, one.start, one.end, one.end) for one in found]


def _periods(case: Case[Any], word: Period, first: date, last: date) -> list[calendars.Period]:
    """The whole periods that start on the local dates `first` to `last`."""
    return periods(word, first, last, case.calendar(word.calendar))


def _sliced(case: Case[Any], found: Sequence[calendars.Period], word: Period) -> list[calendars.Period]:
    """The slices of some periods that are owed."""
    length = word.slice if isinstance(word, Window) else None
    if not length:
        return list(found)
    return [part for one in found for part in owed(case, word, slices(one, length))]


def owed(case: Case[Any], word: Period, parts: Sequence[calendars.Period]) -> list[calendars.Period]:
    """Of the parts of a window those in which its calendar is open at all (docs/decisions/0020 and 0061).

    A date that a plan names is owed whole although it is a day off.
    """
    calendar = case.calendar(word.calendar)
    kept = list(parts) if calendar.never_closes else [part for part in parts if _opens(calendar, part)]
    return kept or list(parts if word.plan is not None else ())


def _opens(calendar: calendars.Calendar, part: calendars.Period) -> bool:
    ends = max(part.end, part.start + _TICK)  # what was seen at one instant only may last longer
    first, last = local_date(part.start, calendar.zone), local_date(ends - _TICK, calendar.zone)
    days = (first + _DAY * n for n in range((last - first).days + 1))
    return any(start < ends and stop > part.start for day in days for start, stop in calendar.opening(day))


def _lasting(case: Case[Any], word: Period) -> list[Span]:
    """The time that each trigger lasts, but for those of which the calendar is closed throughout (docs/decisions/0070).

    While it is open, slices are those of the time seen; the last one may grow.
    """
    trigger, zone = word.while_, case.terms.contract.zone
    assert trigger is not None  # noqa: S101 - asked by the caller
    length = word.slice if isinstance(word, Window) else None
    found = []
    for one in triggers.triggers(case.evidence, trigger):
        over = one.ended_at + (trigger.merge_gap or timedelta())
        later = over if over > case.evidence.as_of else None
        whole = calendars.Period(one.crossed_at, one.ended_at, one.key, zone)
        for part in owed(case, word, stretches(whole, length) if length else [whole]):
            key = f"{one.key}~{part.label}" if length else one.key
            ends = one.closed or part.end - part.start == length
            found.append(Span(key, part.start, part.end, part.end if ends else None, one.zone, later))
    return found


def days(clock: Clock, zone: Any) -> list[tuple[datetime, datetime]]:
    """The local days that a clock touches, cut to its period; of an open one, as far as it was seen."""
    start, end = clock.begins, clock.due or clock.ends
    count = (local_date(end - _TICK, zone) - local_date(start, zone)).days
    between = [midnight(local_date(start, zone) + _DAY * n, zone) for n in range(1, count + 1)]
    return list(pairwise([start, *between, end])) if start < end else []


def lay_parts(case: Case[Any], parts: Iterable[tuple[int, datetime, datetime]]) -> int:
    """Make the tables `parts` (clock, part, part_from, part_to) and `places` (bucket, and the same).

    `parts` are (number of the clock, start, end), in order of time. An event at x lies in a part of its bucket, which
    is epoch_us(x) // width: an equality join, where one by ranges of time would sort all events. Returns the width, in
    microseconds: what all edges of parts are multiples of, so that each bucket lies in a part whole, unless these were
    too many.
    """
    duck, rows, count = case.evidence.duck, [], dict[int, int]()
    for number, start, end in parts:
        count[number] = count.get(number, 0) + 1
        rows.append((number, count[number], start, end))
    table = pa.table(
        {
            "clock": pa.array([row[0] for row in rows], pa.int32()),
            "part": pa.array([row[1] for row in rows], pa.int32()),
            "part_from": pa.array([row[2] for row in rows], INSTANT),
            "part_to": pa.array([row[3] for row in rows], INSTANT),
        }
    )
    starts, ends = (table[name].cast(pa.int64()).to_numpy() for name in ("part_from", "part_to"))
    edges = np.append(starts, ends)
    # parts overlap, or lie far apart
    lasting = max(int((ends - starts).sum()), int(np.ptp(edges))) if rows else 0
    common = int(np.gcd.reduce(edges))
    width = common if 0 < lasting <= common * max(BUCKETS, len(rows)) else max(lasting // BUCKETS, 1)
    duck.register("parts_given", table)
    duck.execute("CREATE OR REPLACE TEMP TABLE parts AS SELECT * FROM parts_given")
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE places AS SELECT unnest(range(epoch_us(part_from) // $width, "
        "(epoch_us(part_to) - 1) // $width + 1)) AS bucket, p.*, coalesce(c.lower, p.part_from) AS window_from "
        "FROM parts p JOIN clocks c USING (clock) WHERE part_from < part_to",
        {"width": width},
    )
    return width
