"""Wall-clock times to instants: both readings where the clock shows a time twice or never.

Each conversion through a time zone's rules costs as much as reading the text, and proving that a time has one
reading takes several. So what can be told without them is: a zone that does not change its clock any more is
one subtraction, and where three hours before and three hours after lie six hours apart, nothing changed between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dutywatch.lake.duck import literal

_HORIZON = datetime(2037, 1, 1, tzinfo=UTC)  # the last year for which zones' rules are written out
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def settled(zone: str) -> tuple[datetime, timedelta] | None:
    """Since when (wall time, up to 2037) a zone keeps the offset given with it; None where it changes every year."""
    place = ZoneInfo(zone)
    offset = _HORIZON.astimezone(place).utcoffset() or timedelta()
    day = _HORIZON
    while day > _OLDEST and day.astimezone(place).utcoffset() == offset:
        day -= timedelta(days=1)
    since = day + timedelta(days=3)
    return (since, offset) if since < _HORIZON - timedelta(days=366) else None


def instants(naive: str, zone: str) -> tuple[str, str]:
    """SQL for (instant, earlier reading) of the TIMESTAMP column `naive` in `zone`.

    The instant is the later reading; the earlier one is NULL where there is only one.
    """
    early, late = _readings(naive, zone)
    before, after = _shows(early, naive, zone), _shows(late, naive, zone)
    single = f"CASE WHEN {before} AND NOT {after} THEN {early} ELSE {late} END"
    doubtful = f"({early} <> {late} AND ({before}) = ({after}))"
    plain, value = _plain(naive, zone)
    at = f"CASE WHEN {naive} IS NULL THEN NULL WHEN {plain} THEN {value} ELSE {single} END"
    earlier = f"CASE WHEN {naive} IS NULL OR {plain} THEN NULL WHEN {doubtful} THEN {early} END"
    return at, earlier


def _plain(naive: str, zone: str) -> tuple[str, str]:
    """A condition under which a time has one reading for certain, and that reading."""
    known = settled(zone)
    if known:
        since, offset = known
        shift = int(offset / timedelta(microseconds=1))
        within = f"{naive} >= TIMESTAMP '{since:%Y-%m-%d}' AND {naive} < TIMESTAMP '{_HORIZON:%Y-%m-%d}'"
        return within, f"make_timestamptz(epoch_us({naive}) - {shift})"
    before, after = (f"(({naive} {sign} INTERVAL 3 HOUR) AT TIME ZONE {literal(zone)})" for sign in "-+")
    return (
        f"epoch_us({after}) - epoch_us({before}) = {6 * 3600}000000",
        f"({before} + to_microseconds({3 * 3600}000000))",
    )


def _readings(naive: str, zone: str) -> tuple[str, str]:
    """The two instants that the offsets three hours before and after make of a wall-clock time."""
    found = [
        f"make_timestamptz(epoch_us({naive}) - {_offset(f'({naive} {sign} INTERVAL 3 HOUR)', zone)})" for sign in "-+"
    ]
    return f"least({found[0]}, {found[1]})", f"greatest({found[0]}, {found[1]})"


def _offset(naive: str, zone: str) -> str:
    instant = f"({naive} AT TIME ZONE {literal(zone)})"
    return f"(epoch_us({instant} AT TIME ZONE {literal(zone)}) - epoch_us({instant}))"


def _shows(instant: str, naive: str, zone: str) -> str:
    return f"({instant} AT TIME ZONE {literal(zone)}) = {naive}"
