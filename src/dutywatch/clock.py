"""Calendar arithmetic: from an allowance and a start to the instant at which a duty falls due.

Pure functions over aware datetimes; results are in UTC. Nothing here knows what time it is now.
Sources: SEMANTICS section 4. Working calendars, seasons and holidays are not here yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_DUE = re.compile(r"(?P<hour>\d{2}):(?P<minute>\d{2})(?: (?P<day>same day|next day|\+\d{1,3} days))?")


class Days(StrEnum):
    """How days are counted: as 24 hours each, or as civil days of the contract's zone."""

    ELAPSED = "elapsed"
    CIVIL = "civil"


def duration(text: str) -> timedelta:
    """Elapsed time of an ISO 8601 duration in weeks, days, hours, minutes and seconds ("PT72H", "P1DT12H").

    Years and months are refused, because their length is not fixed. Raises ValueError.
    """
    match = _DURATION.fullmatch(text)
    parts = {name: int(value) for name, value in match.groupdict().items() if value} if match else {}
    if not parts:
        raise ValueError(f"{text!r} is not a duration such as PT72H, P4D or PT30M")
    return timedelta(**parts)


@dataclass(frozen=True)
class Allowance:
    """How long a duty may take: elapsed time, or a number of civil days."""

    length: timedelta
    days: Days = Days.ELAPSED

    def due(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The instant d (UTC) at which a duty with clock start `start` falls due: the interval is [start, d).

        Elapsed: start + length. Civil: the first day is not counted, the last ends at 24:00 local
        (SEMANTICS section 4).
        """
        if self.days is Days.ELAPSED:
            return start.astimezone(UTC) + self.length
        last = start.astimezone(zone).date() + timedelta(days=self.length.days)
        return midnight(last + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of `day` in `zone`, as UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The civil date in `zone` at `instant`."""
    return instant.astimezone(zone).date()


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
        """The instant (UTC) at which the delivery for `service_date` is due."""
        return datetime.combine(service_date + timedelta(days=self.days_after), self.at, zone).astimezone(UTC)


def share_of(start: datetime, due: datetime, share: float) -> datetime:
    """The instant at which `share` (0..1) of the time from `start` to `due` has passed."""
    return start + (due - start) * share


def compact(instant: datetime) -> str:
    """An instant as it stands in keys: UTC, ISO 8601, seconds only where they are not zero."""
    utc = instant.astimezone(UTC)
    if utc.microsecond:
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ" if utc.second else "%Y-%m-%dT%H:%MZ")
