"""Wall-clock times to instants: both readings where the clock shows a time twice or never.

A conversion through the time zone's rules costs more than all else in a row. On a day without a change of
the clock it is one subtraction; only days on which the offset changes go through the rules row by row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dutywatch.lake.duck import literal

FIRST_DAY, DAYS = datetime(1950, 1, 1, tzinfo=UTC), 150 * 366


@lru_cache(maxsize=64)
def shifts(zone: str) -> tuple[int | None, ...]:
    """Per day from FIRST_DAY on the offset from UTC in microseconds; None where it may change within the day."""
    place = ZoneInfo(zone)
    noons = (FIRST_DAY + timedelta(days=day, hours=12) for day in range(-1, DAYS + 1))
    offsets = [_microseconds(noon.astimezone(place).utcoffset()) for noon in noons]
    around = zip(offsets, offsets[1:], offsets[2:], strict=False)
    return tuple(own if before == own == after else None for before, own, after in around)


def _microseconds(offset: timedelta | None) -> int:
    return int((offset or timedelta()) / timedelta(microseconds=1))


def instants(naive: str, zone: str, parameter: str) -> tuple[str, str]:
    """SQL for (instant, earlier reading) of the TIMESTAMP column `naive` in `zone`.

    `parameter` names the list that `shifts(zone)` is bound to. The instant is the later reading; the earlier
    one is NULL where there is only one.
    """
    shift = f"list_extract({parameter}, ({naive}::DATE - DATE '{FIRST_DAY:%Y-%m-%d}')::INTEGER + 1)"
    plain = f"make_timestamptz(epoch_us({naive}) - {shift})"
    early, late = _readings(naive, zone)
    before, after = _shows(early, naive, zone), _shows(late, naive, zone)
    single = f"CASE WHEN {before} AND NOT {after} THEN {early} ELSE {late} END"
    doubtful = f"({early} <> {late} AND ({before}) = ({after}))"
    at = f"CASE WHEN {naive} IS NULL THEN NULL WHEN {shift} IS NOT NULL THEN {plain} ELSE {single} END"
    earlier = f"CASE WHEN {naive} IS NOT NULL AND {shift} IS NULL AND {doubtful} THEN {early} END"
    return at, earlier


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
