"""Calendar arithmetic: allowances, working calendars, pauses, seasons, and the periods of a recurring duty.

Pure functions over aware datetimes; results are in UTC. Nothing here knows what time it is now, and nothing looks a
holiday up: a calendar is a frozen table (`terms.calendar` makes it from the contract's word).
Sources: SEMANTICS sections 4 (clocks) and 6 (periods).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_DUE = re.compile(r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?: (?P<day>same day|next day|\+\d{1,3} days))?")
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_END = datetime(9999, 1, 1, tzinfo=UTC)  # instants beyond cannot be written in every zone

Span = tuple[datetime, datetime | None]  # half-open [start, end); end None: a suspension that nobody lifted yet
Stretch = tuple[datetime, datetime]  # half-open [start, end)
Hours = tuple[tuple[time, time | None], ...]  # of one day: from, to; None is 24:00; () is a closed day
Kind = Literal["day", "week", "month", "quarter", "year"]
_Date = date  # inside Period, the name `date` is its property


class Days(StrEnum):
    """How days are counted: as 24 hours each, as civil days of the contract's zone, or as days that work."""

    ELAPSED = "elapsed"
    CIVIL = "civil"
    WORKING = "working"


def duration(text: str) -> timedelta:
    """Elapsed time of an ISO 8601 duration in weeks, days, hours, minutes and seconds ("PT72H", "P1DT12H").

    Years and months are refused, because their length is not fixed. Raises ValueError.
    """
    match = _DURATION.fullmatch(text)
    parts = {name: int(value) for name, value in match.groupdict().items() if value} if match else {}
    if not parts:
        raise ValueError(f"{text!r} is not a duration such as PT72H, P4D or PT30M")
    return timedelta(**parts)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of `day` in `zone`, as UTC; the earlier one where the clock shows it twice."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The civil date in `zone` at `instant`."""
    return instant.astimezone(zone).date()


@dataclass(frozen=True)
class Season:
    """The days of the year from `first` to `last`, both included, as (month, day); it may run over the new year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __post_init__(self) -> None:
        date(2000, *self.first), date(2000, *self.last)  # ValueError for no day; 29 February is one in a leap year

    def holds(self, day: date) -> bool:
        """Whether `day` is in season."""
        return self.began(day) is not None

    def began(self, day: date) -> int | None:
        """The year in which the season that holds `day` began; None out of season."""
        here = (day.month, day.day)
        since, until = here >= self.first, here <= self.last
        inside = since and until if self.first <= self.last else since or until
        return day.year - (not since) if inside else None


@dataclass(frozen=True)
class Calendar:
    """When a debtor works: hours by weekday, the days that are off or on against the weekday, and the season.

    `hours` has seven entries, Monday first. A day in `extra` works although its weekday or a holiday says no; it has
    the hours of its own weekday, or where that is a closed one those of the first open weekday from Monday on. Outside
    the season all is closed, extra days too. `rolls`: a civil-day deadline moves to the end of the next day that works.
    """

    zone: ZoneInfo
    hours: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    extra: frozenset[date] = frozenset()
    season: Season | None = None
    rolls: bool = False

    def __post_init__(self) -> None:
        if len(self.hours) != 7:
            raise ValueError(f"a calendar has the hours of seven weekdays, not of {len(self.hours)}")
        if any(closes is not None and closes <= opens for day in self.hours for opens, closes in day):
            raise ValueError("hours must end after they begin: split those that run over midnight")

    @staticmethod
    def always(zone: ZoneInfo) -> Calendar:
        """Open around the clock, every day; no deadline rolls."""
        return Calendar(zone, (((time(), None),),) * 7)

    @cached_property
    def never_closes(self) -> bool:
        """Whether open time is simply time."""
        return not self.closed and self.season is None and set(self.hours) == {((time(), None),)}

    def hours_on(self, day: date) -> Hours:
        """The hours of `day`, as the wall clock shows them; () where it does not work."""
        if self.season is not None and not self.season.holds(day):
            return ()
        own = self.hours[day.weekday()]
        if day in self.extra:
            return own or next((hours for hours in self.hours if hours), ())
        return () if day in self.closed else own

    def works(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return bool(self.hours_on(day))

    def opening(self, day: date) -> list[Stretch]:
        """When the wall clock shows open hours on `day`: UTC, merged, sorted.

        Hours that the clock skips are not worked, hours that it shows twice are worked twice.
        """
        return list(_opening(self, day))


@lru_cache(maxsize=1 << 16)  # many duties run over the same days
def _opening(calendar: Calendar, day: date) -> tuple[Stretch, ...]:
    start, end = midnight(day, calendar.zone), midnight(day + _DAY, calendar.zone)
    change, found = _change(start, end, calendar.zone), list[Span]()
    for since, until in (start, change), (change, end):
        offset = _offset(since, calendar.zone)
        for opens, closes in calendar.hours_on(day):
            first = max(since, datetime.combine(day, opens, UTC) - offset) if opens > time() else since
            found.append((first, min(until, datetime.combine(day, closes, UTC) - offset) if closes else until))
    return tuple((first, last) for first, last in union(found) if last)


def _change(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """Where in [start, end), a day, the UTC offset of `zone` changes; `end` where it does not. Once at most."""
    before, seconds = _offset(start, zone), range((end - start) // _SECOND)
    return start + _SECOND * bisect_left(seconds, True, key=lambda n: _offset(start + n * _SECOND, zone) != before)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).replace(tzinfo=UTC) - instant


def union(spans: Iterable[Span]) -> list[Span]:
    """`spans` merged where they overlap or touch, sorted, in UTC; an end in the year 9999 is none, empty ones go."""
    merged: list[Stretch] = []
    # in UTC from the first: two times of one zone compare as the wall shows them, wrong where it shows them twice
    for start, end in sorted((s.astimezone(UTC), e.astimezone(UTC) if e and e < _END else _END) for s, e in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif start < end:
            merged.append((start, end))
    return [(start, None if end == _END else end) for start, end in merged]


def _running(since: datetime, until: datetime, suspensions: Iterable[Span]) -> Iterator[Stretch]:
    """The parts of [since, until) in no suspension (merged, sorted)."""
    for start, end in (*suspensions, (until, until)):
        if since < min(start, until):
            yield since, min(start, until)
        since = until if end is None else max(since, end)


def _open_within(since: datetime, until: datetime, calendar: Calendar) -> Iterator[Stretch]:
    """The open parts of [since, until), in order."""
    if calendar.never_closes:
        yield since, until
        return
    day = local_date(since, calendar.zone)
    while midnight(day, calendar.zone) < until:
        for opens, closes in _opening(calendar, day):
            if max(since, opens) < min(until, closes):
                yield max(since, opens), min(until, closes)
        day += _DAY


def _used_up(start: datetime, length: timedelta, calendar: Calendar, suspensions: Sequence[Span]) -> datetime | None:
    """The first instant from `start` on at which `length` of open, running time has passed; None: never, as yet."""
    if not length:
        return start
    for since, until in _running(start, _END, suspensions):
        for opens, closes in _open_within(since, until, calendar):
            if length <= closes - opens:
                return opens + length
            length -= closes - opens
    if suspensions and suspensions[-1][1] is None:
        return None
    raise ValueError(f"the allowance is not used up before the year {_END.year}")


def counted(start: datetime, end: datetime, calendar: Calendar, pauses: Sequence[Span] = ()) -> timedelta:
    """How much of [start, end) is open and in no pause."""
    running = _running(start.astimezone(UTC), end.astimezone(UTC), union(pauses))
    return sum((closes - opens for part in running for opens, closes in _open_within(*part, calendar)), timedelta())


@dataclass(frozen=True)
class Allowance:
    """How long a duty may take: elapsed open time, or a number of civil or working days."""

    length: timedelta
    days: Days = Days.ELAPSED

    def due(self, start: datetime, calendar: Calendar, pauses: Sequence[Span] = ()) -> datetime | None:
        """The instant d (UTC) at which a duty with clock start `start` falls due: the interval is [start, d).

        Elapsed: the first instant at which `length` of open, unpaused time has passed. As f = d is met, that is the
        end of the last stretch worked (Friday 17:30), not the next opening (Monday 08:00).
        Civil and working days: the first day is not counted, the last ends at 24:00 local (SEMANTICS section 4); hours
        do not matter. A day that a pause touches is not counted and is never the last: the debtor has a right to whole
        days, so a court reckons the days on which a suspension begins and ends to it. Zero days: the first day that
        may be the last.
        None: an open-ended pause holds the duty pending. Raises ValueError where the calendar never opens.
        """
        may_rest = self.days is Days.CIVIL and not calendar.rolls
        if not any(calendar.hours) and not may_rest:
            raise ValueError("the calendar has no open weekday, so that nothing ever falls due: give it hours")
        if self.days is Days.ELAPSED:
            return _used_up(start.astimezone(UTC), self.length, calendar, union(pauses))
        left, today = self.length.days, local_date(start, calendar.zone)
        for day in _whole_days(today + min(left, 1) * _DAY, calendar.zone, union(pauses)):
            works = calendar.works(day)
            left -= works or self.days is Days.CIVIL
            if left <= 0 and (works or may_rest):
                return midnight(day + _DAY, calendar.zone)
        return None

    def share(
        self, start: datetime, due: datetime, share: float, calendar: Calendar, pauses: Sequence[Span] = ()
    ) -> datetime:
        """The instant (UTC, never after `due`) at which `share` (0..1) of the allowance is used: *at risk* from here.

        Of elapsed allowances the open, unpaused time is shared out; of days all unpaused time from `start` to `due`.
        """
        length = self.length
        if self.days is not Days.ELAPSED:
            calendar = Calendar.always(calendar.zone)
            length = counted(start, due, calendar, pauses)
        reached = _used_up(start.astimezone(UTC), length * share, calendar, union(pauses))
        return min(due.astimezone(UTC), reached or due)


def _whole_days(day: date, zone: ZoneInfo, suspensions: Iterable[Span]) -> Iterator[date]:
    """The local days from `day` on that no suspension touches; they end where an open-ended one begins."""
    for start, end in (*suspensions, (_END, _END)):
        while day < local_date(start, zone):
            yield day
            day += _DAY
        if end is None:
            return
        day = max(day, local_date(end - timedelta.resolution, zone) + _DAY)
    raise ValueError(f"the allowance is not used up before the year {_END.year}")


def readings(naive: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants (UTC) that a wall time without offset can mean: one; or two, the earlier first.

    Two where the clock shows it twice, or skips it (by the offsets before and after). ValueError if it has an offset.
    """
    if naive.tzinfo is not None:
        raise ValueError(f"{naive.isoformat()} says by itself which instant it means")
    return tuple(sorted({naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}))


@dataclass(frozen=True)
class DeliveryDue:
    """When a day's delivery is due: a time of day, so many days after the service date."""

    at: time
    days_after: int

    @staticmethod
    def parse(text: str) -> DeliveryDue:
        """Read "06:00 next day", "23:30 same day" or "12:00 +3 days". Raises ValueError."""
        match = _DUE.fullmatch(text.strip())
        if not match:
            raise ValueError(f"{text!r} is not a due time such as '06:00 next day', '23:30 same day', '12:00 +3 days'")
        day = match["day"] or "next day"
        after = {"same day": 0, "next day": 1}.get(day)
        days_after = int(day.split()[0]) if after is None else after
        return DeliveryDue(time(int(match["hour"]), int(match["minute"])), days_after)

    def due(self, service_date: date, zone: ZoneInfo) -> datetime:
        """The instant (UTC) at which the delivery for `service_date` is due.

        Where the clock skips or repeats the time of day, the later reading: nobody is late by one reading only.
        """
        return readings(datetime.combine(service_date + timedelta(days=self.days_after), self.at), zone)[-1]


def share_of(start: datetime, due: datetime, share: float) -> datetime:
    """The instant at which `share` (0..1) of the time from `start` to `due` has passed."""
    return start + (due - start) * share


@dataclass(frozen=True, order=True)
class Period:
    """A period of a recurring duty: [start, end) in UTC; `label` names it among the periods of its kind."""

    start: datetime
    end: datetime
    label: str
    zone: ZoneInfo = field(compare=False)

    @property
    def date(self) -> _Date:
        """The local date on which it starts."""
        return local_date(self.start, self.zone)

    @property
    def last(self) -> _Date:
        """The local date of its last instant; a period settles in the month of this date (SEMANTICS section 6)."""
        return local_date(self.end - timedelta.resolution, self.zone)


def periods(kind: Kind, first: date, last: date, calendar: Calendar) -> list[Period]:
    """The calendar periods of `kind` that start within [first, last], by local date; those with a day that works."""
    runs = _runs(first, last, lambda day: _label(kind, day))
    kept = (run for run in runs if any(map(calendar.works, _dates(*run))))
    return [_period(*run, _label(kind, run[0]), calendar.zone) for run in kept]


def seasons(season: Season, first: date, last: date, zone: ZoneInfo) -> list[Period]:
    """The seasons that start within [first, last], by local date; "2024-10-15..2025-04-30"."""
    return [_period(start, end, f"{start}..{end}", zone) for start, end in _runs(first, last, season.began)]


def plan(weekdays: frozenset[int], dates: frozenset[date], first: date, last: date, calendar: Calendar) -> list[Period]:
    """The days of a plan in [first, last]: `weekdays` (Monday 0) that work, and `dates`, which go before holidays."""
    planned = (d for d in _dates(first, last) if d in dates or (d.weekday() in weekdays and calendar.works(d)))
    return [_period(day, day, day.isoformat(), calendar.zone) for day in planned]


def slices(period: Period, length: timedelta) -> list[Period]:
    """The parts of a period of whole civil days, of `length` each; ValueError for a length of nothing.

    Days on which the clocks change have no part more for it (docs/decisions/0040): whole days are civil days, and where
    parts make up a day each day is cut by itself, an hour too many going to its last part. Parts of any other length
    run on as elapsed time, the last one cut.
    """
    if length <= timedelta() or (length % _DAY and _DAY % length):
        return stretches(period, length)
    first = period.date
    days = range((period.last - first).days + 1) if period.start < period.end else range(0)
    every, own = max(1, length // _DAY), min(length, _DAY)
    starts = [midnight(first + _DAY * n, period.zone) for n in days[::every]]
    if own < _DAY:
        starts = [at for pair in pairwise([*starts, period.end]) for at in _starts(*pair, own)]
    return _parts([*starts, period.end], period.zone)


def _starts(start: datetime, end: datetime, length: timedelta) -> list[datetime]:
    """Where the parts of a day begin; of a short one the last is cut, of a long one it has what is left."""
    count = (end - start) // length if end - start >= _DAY else -((start - end) // length)
    return [start + n * length for n in range(count)]


def stretches(period: Period, length: timedelta) -> list[Period]:
    """The parts of `period` of `length` elapsed time each, the last one cut; ValueError for a length of nothing."""
    if length <= timedelta():
        raise ValueError(f"a slice of {length} has no length: write a duration such as PT1H")
    count = -((period.start - period.end) // length)
    return _parts([*(period.start + n * length for n in range(count)), period.end], period.zone)


def _parts(bounds: Sequence[datetime], zone: ZoneInfo) -> list[Period]:
    """What lies between the bounds, labelled by local starts with their offset: an hour that comes twice has two."""
    return [Period(*part, part[0].astimezone(zone).isoformat(), zone) for part in pairwise(bounds)]


def _label(kind: Kind, day: date) -> str:
    """The name of the period of `kind` in which `day` lies: 2024-01-10, 2024-W02 (ISO), 2024-01, 2024-Q1, 2024."""
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if kind == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[kind]]


def _period(first: date, last: date, label: str, zone: ZoneInfo) -> Period:
    return Period(midnight(first, zone), midnight(last + _DAY, zone), label, zone)


def _dates(first: date, last: date) -> list[date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _runs(first: date, last: date, name: Callable[[date], str | int | None]) -> Iterator[tuple[date, date]]:
    """First and last day of each run of days of one name that begins within [first, last]; None is no name."""
    for day in _dates(first, last):
        if name(day) not in (None, name(day - _DAY)):
            end = day
            while name(end + _DAY) == name(day):
                end += _DAY
            yield day, end


def compact(instant: datetime) -> str:
    """An instant as it stands in keys: UTC, ISO 8601, seconds only where they are not zero."""
    utc = instant.astimezone(UTC)
    minute = f"{utc.year}-{utc.month:02}-{utc.day:02}T{utc.hour:02}:{utc.minute:02}"
    if utc.microsecond:
        return f"{minute}:{utc.second:02}.{utc.microsecond:06}Z"
    return f"{minute}:{utc.second:02}Z" if utc.second else f"{minute}Z"
