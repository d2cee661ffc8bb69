"""Coverage: over which intervals the evidence of a source is complete, and who holds the gaps.

A daily delivery covers its civil day, a monthly one its month, or as much of it as had passed when it came; where no
`due` is stated, it is owed when that is over. A polled source covers up to its last poll minus `max_lag`. An archive's
files cover the spans that the source declares for them. A source that declares none of these covers nothing, so silence
of it never decides (SEMANTICS section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dutywatch.clock import local_date, midnight
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Contract, Source

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
END = datetime(9999, 12, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """An interval [start, end) in which a source's evidence is missing, on one unit or (None) on all.

    `proof_due`: when the missing evidence is due; for a polled source it is due `proof_after` the
    instant that it would prove instead.
    """

    start: datetime
    end: datetime
    holder: str
    missing: str
    proof_due: datetime | None = None
    proof_after: timedelta | None = None
    unit: str | None = None
    zone: str | None = None  # where what is hidden would tell of one zone alone
    party: str | None = None  # on the duties of this party alone
    undelivered: bool = False  # it should have been delivered; otherwise what came leaves this open
    row: bool = False  # one row, which is one event at most
    kind: str | None = None  # of that row, where it is read
    undecided: bool = False  # nothing is missing: other duties, which would tell, are pending
    other: datetime | None = None  # of a known event whose local time has two readings: the one that does not lie here
    key: str | None = None  # of one event: what joins it to the duties that it may fulfil, and to no others


def source_gaps(
    contract: Contract,
    name: str,
    in_force: Sequence[Accepted],
    polls: Sequence[datetime],
    over: tuple[datetime, datetime],
    as_of: datetime,
    too_late: Sequence[Accepted] = (),
) -> list[Gap]:
    """The gaps of the whole source `name` within `over`, as of `as_of`; `polls` are its instants of polling, sorted.

    `too_late`: its deliveries that came too late to count.
    """
    source = contract.sources[name]
    if source.polls:
        return list(_polled(name, source, source.polls.max_lag, polls, over))
    if source.dated:
        return list(_daily(contract, name, source, in_force, over, as_of, too_late))
    if source.covers:
        return list(_archived(name, source, in_force, over))
    return [Gap(*over, source.run_by, f"{name} promises no complete record", proof_due=BEGINNING)]


def _daily(
    contract: Contract,
    name: str,
    source: Source,
    in_force: Sequence[Accepted],
    over: tuple[datetime, datetime],
    as_of: datetime,
    too_late: Sequence[Accepted],
) -> Iterator[Gap]:
    zone = contract.zone
    covered: dict[date, list[tuple[datetime, datetime]]] = {}
    for one in in_force:
        if one.service_date and one.covers_from and one.covers_to:
            for day in _days(one.service_date, source.until(one.service_date)):
                covered.setdefault(day, []).append((one.covers_from, one.covers_to))
    first = min(covered, default=date.max)
    begins = contract.owed_from(source)

    def proof_due(day: date) -> datetime:
        return owed_at(source, day, zone)

    # what came when it was due is no silence, also where proof had to be there before (`proof_until`)
    came = [(one.service_date, one.received_at) for one in too_late if one.service_date and one.received_at]
    in_time = {day for own, at in came for day in _days(own, source.until(own)) if at <= proof_due(day)}
    day = local_date(over[0], zone)
    ever = over[0] == BEGINNING
    unseen = f"{name} before its first delivery"
    if ever:  # acts count whenever they were: all days before the first delivery that are overdue are one gap
        day = min(first, *(local_date(one, zone) for one in (over[1], as_of)))
        while proof_due(day - _DAY) > as_of:
            day -= _DAY
        overdue = day > begins  # some of it was owed
        yield Gap(over[0], min(midnight(day, zone), over[1]), source.run_by, unseen, BEGINNING, undelivered=overdue)
    while (start := midnight(day, zone)) < over[1]:
        missing = unseen if ever and day < first else f"{name} of {day}"
        owed = day >= begins  # what nobody owes is never overdue, and its silence breaches nothing
        for hole in holes((start, midnight(day + _DAY, zone)), covered.get(day, ())):
            overdue = owed and day not in in_time
            yield Gap(*hole, source.run_by, missing, proof_due(day) if owed else BEGINNING, undelivered=overdue)
        day += _DAY


def owed_at(source: Source, day: date, zone: ZoneInfo) -> datetime:
    """When what a dated source delivers of `day` is owed; where it states no `due`, when that is over."""
    return source.delivery_due.due(day, zone) if source.delivery_due else midnight(source.until(day), zone)


def _days(first: date, until: date) -> Iterator[date]:
    return (first + _DAY * n for n in range((until - first).days))


def _polled(
    name: str, source: Source, max_lag: timedelta, polls: Sequence[datetime], over: tuple[datetime, datetime]
) -> Iterator[Gap]:
    covered = [(polls[0] - max_lag, polls[-1] - max_lag)] if polls else []
    for start, end in holes(over, covered):
        late = not polls or start >= polls[-1] - max_lag
        missing = f"{name} after its last poll" if late else f"{name} before its first poll"
        due = None if late else BEGINNING
        yield Gap(start, end, source.run_by, missing, due, max_lag if late else None, undelivered=late)


def _archived(
    name: str, source: Source, in_force: Sequence[Accepted], over: tuple[datetime, datetime]
) -> Iterator[Gap]:
    """An archive's file covers its spans once it is there, and never what lay in the future when it last came."""
    came = {one.name: one.received_at or END for one in sorted(in_force, key=lambda one: one.received_at or END)}
    spans = [(one.from_, min(one.to, came[one.file])) for one in source.covers if one.file in came]
    for hole in holes(over, [span for span in spans if span[0] < span[1]]):
        yield Gap(*hole, source.run_by, f"{name} outside of what its files cover", proof_due=BEGINNING)


def holes(
    over: tuple[datetime, datetime], covered: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What of the interval `over` the `covered` intervals leave out, in order."""
    at, end = over
    for start, stop in sorted(covered):
        if at < min(start, end):
            yield at, min(start, end)
        at = max(at, stop)
    if at < end:
        yield at, end
