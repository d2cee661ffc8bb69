"""What time stamps give away about the clock that made them: shifted by whole hours, ahead of time, stale.

A clock that is off is a fact about the delivery as a whole. Rows that merely fall outside the day would be
quarantined one by one, and nobody would see why. Nothing is corrected here: the finding names the shift and
the zone that would explain it, and the contract's author decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from dutywatch.terms import Source
from dutywatch.terms.source import EVENT_TIMES, earlier

HALF_HOUR = timedelta(minutes=30)
FURTHEST = 28  # half hours; no two zones are further apart than 26 hours, and no honest mistake spans more than 14
STALE = timedelta(days=2)
LATEST = timedelta(minutes=5)  # by how much clocks of two machines may differ

SEEN = """
SELECT count("at") AS stamped, min("at") AS first, max("at") AS last,
       count(*) FILTER ("at" > $now) AS ahead, count(*) FILTER ("at" < $stale) AS stale,
       count({doubtful}) AS doubtful
FROM read_parquet($path)
"""


@dataclass(frozen=True)
class Told:
    """What is known beside the rows: the day that they speak of (none: any), when they came, the contract's zone."""

    day: tuple[datetime, datetime] | None
    received_at: datetime | None
    zone: ZoneInfo


def findings(db: duckdb.DuckDBPyConnection, path: str, told: Told, source: Source) -> tuple[str, ...]:
    """Sentences about the clock of the delivery whose parsed rows lie at `path`; none where all is as it should be."""
    now = told.received_at + LATEST if told.received_at else None
    stale = told.day[0] - STALE if told.day else None
    given = {"path": path, "now": now, "stale": stale}
    further = (f'"{earlier(name)}"' for name in source.times if name not in EVENT_TIMES)
    seen = SEEN.format(doubtful=f"coalesce({', '.join(('at_earlier', *further))})")
    row = db.sql(seen, params=given).to_arrow_table().to_pylist()[0]
    return tuple(_sentences(row["first"], row["last"], row, told, source)) if row["stamped"] else ()


def _sentences(first: datetime, last: datetime, counts: dict[str, int], told: Told, source: Source) -> Iterator[str]:
    shift = _shift(first, last, told)
    if shift:
        yield _named(shift, counts["stamped"], first, told, source)
    elif counts["ahead"]:
        yield f"{counts['ahead']} of {counts['stamped']} rows are stamped later than the delivery came"
    if counts["stale"] and not shift:
        yield f"{counts['stale']} of {counts['stamped']} rows are over {STALE.days} days older than the delivery's day"
    if counts["doubtful"]:
        yield f"{counts['doubtful']} rows have a local time that never was or was twice: both readings are kept"


def _shift(first: datetime, last: datetime, told: Told) -> timedelta | None:
    """The least shift by half hours that brings all rows to where they may lie; None where they do, or none does."""
    begins, ends = told.day or (None, None)
    limit = told.received_at + LATEST if told.received_at else None

    def fits(shift: timedelta) -> bool:
        within = begins is None or ends is None or (begins <= first - shift and last - shift < ends)
        return within and (limit is None or last - shift <= limit)

    if fits(timedelta()):
        return None
    if limit is not None and begins is None and first <= limit:
        return None  # some rows are in time: what is wrong with the others is no matter of the whole log
    steps = sorted(range(-FURTHEST, FURTHEST + 1), key=lambda step: (step % 2, abs(step)))
    return next((step * HALF_HOUR for step in steps if fits(step * HALF_HOUR)), None)


def _named(shift: timedelta, rows: int, first: datetime, told: Told, source: Source) -> str:
    hours = abs(shift) / timedelta(hours=1)
    way = "ahead of" if shift > timedelta() else "behind"
    what = "the delivery's day" if told.day else "the delivery"
    read = ZoneInfo(source.time.zone or "UTC")
    offset = (first.astimezone(read).utcoffset() or timedelta()) + shift
    return f"all {rows} rows lie {hours:g} h {way} {what}: {_proposal(offset, first, told, source)}"


def _proposal(offset: timedelta, first: datetime, told: Told, source: Source) -> str:
    own = first.astimezone(told.zone).utcoffset()
    if own == offset:
        return f"they read as if written in {told.zone}; declare `time: {{zone: {told.zone}}}`"
    if offset == timedelta():
        return "they read as if written in UTC; declare `time: {zone: UTC}`"
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    declared = source.time.zone or "with an offset"
    return f"they read as if written in UTC{sign}{hours:02d}:{minutes:02d}, not {declared}; ask which clock made them"
