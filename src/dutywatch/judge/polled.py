"""What feeds that are polled do not show: what lay further back than a poll reaches, or before the last event of each.

Why: a feed of a vehicle's last position, or of a street's last cleaning, tells that something was, and hides what else
was since the poll before. Where it stops: how far a poll covers as a whole is `judge.coverage`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from dutywatch.judge.coverage import BEGINNING, END, TICK, Gap
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.redelivery import arrival
from dutywatch.judge.timeline import Interval


def polls(evidence: Evidence, name: str) -> list[datetime]:
    """When a source was asked: as its rows say, or as the ledger does where a connector asked and got it all."""
    if evidence.contract.sources[name].polls is None:
        return []
    if evidence.contract.sources[name].asks:
        return sorted(one.polled_at for one in evidence.of([name]) if one.polled_at is not None)
    query, parameters = _seen(evidence, name)
    rows = evidence.rows(f"SELECT DISTINCT seen_at FROM ({query}) WHERE seen_at IS NOT NULL ORDER BY 1", parameters)
    return [row["seen_at"] for row in rows]


def unreached(evidence: Evidence, name: str, asks: Sequence[datetime], over: Interval) -> Iterator[Gap]:
    """What lay after one poll and further back than the next one shows, within `over`."""
    source = evidence.contract.sources[name]
    if source.polls is None or source.polls.back is None:
        return
    for before, poll in pairwise(asks):
        start = max(before - source.polls.max_lag, over[0])
        end = min(poll - source.polls.back, poll - source.polls.max_lag, over[1])
        if start < end:
            yield Gap(start, end, source.run_by, f"{name} was not asked for longer than it shows", BEGINNING)


def unread(evidence: Evidence, name: str, asks: Sequence[datetime]) -> Iterator[Gap]:
    """What a feed may have shown in files that were refused: from the last poll of those that came before each, less
    the lag, until it came, or until the next poll that is known; at any time where nobody knows when it came."""
    source = evidence.contract.sources[name]
    lost = [one for one in evidence.unread if one.source == name]
    if source.polls is None or not lost:
        return
    stated = evidence.stated(name, "seen_at")
    known = [(arrival(one), stated[one.accepted_file][1]) for one in evidence.of([name]) if one.accepted_file in stated]
    for one in lost:
        start, end = BEGINNING, one.received_at or END
        if one.received_at is not None:
            before = max((last for came, last in known if came < arrival(one)), default=BEGINNING)
            start = before - source.polls.max_lag if before > BEGINNING else BEGINNING
            end = min((at for at in asks if before < at < end), default=end)
        missing = f"{one.label}, which was refused"
        yield Gap(start, end, source.run_by, missing, None, source.polls.max_lag, undelivered=True)


def unshown(evidence: Evidence, name: str, asks: Sequence[datetime], asked: Selection) -> Iterator[Gap]:
    """A feed that shows only the last event hides, on its unit, what lay between the previous poll and that event.

    What states no unit hides others of its zone that state none: it concerns triggers, and nobody's duty. A position
    hides where its vehicle was since the one before, on any unit, unless they are so near in time that it is bridged.
    """
    source = evidence.contract.sources[name]
    if source.polls is None or source.polls.shows != "last":
        return
    query, parameters = _seen(evidence, name)
    bridged = int(source.locate.bridge.seconds / TICK.total_seconds()) if source.locate else 0
    series = "actor" if source.locate else "unit, CASE WHEN unit IS NULL THEN zone END"
    rows = evidence.rows(
        f"""
        WITH seen AS MATERIALIZED ({query}), polls AS (
            SELECT seen_at, lag(seen_at) OVER (ORDER BY seen_at) AS previous FROM (SELECT DISTINCT seen_at FROM seen)
        ), shown AS (
            SELECT unit, zone, "at" AS stop, seen_at,
                   lag("at") OVER (PARTITION BY {series} ORDER BY seen_at, "at") AS before
            FROM seen
        )
        SELECT unit, zone, stop, seen_at,
               greatest(coalesce(before + INTERVAL 1 MICROSECOND, $beginning),
                        coalesce(previous - to_microseconds($lag), $beginning)) AS start
        FROM shown JOIN polls USING (seen_at)
        WHERE coalesce(stop > before + to_microseconds($bridged), true)
        """,
        {**parameters, "lag": int(source.polls.max_lag / TICK), "beginning": BEGINNING, "bridged": bridged},
    )
    missing = f"{name} shows only the last event of each poll"
    for row in rows:
        if row["start"] < row["stop"]:
            unit = None if source.locate else row["unit"] or evidence.unnamed(asked)
            yield Gap(row["start"], row["stop"], source.run_by, missing, row["seen_at"], unit=unit, zone=row["zone"])
    yield from (
        Gap(start, end, source.run_by, missing, BEGINNING, unit=unit)
        for start, end, unit in _behind_unread(evidence, name, asks, source.polls.max_lag)
    )


def _behind_unread(
    evidence: Evidence, name: str, asks: Sequence[datetime], lag: timedelta
) -> Iterator[tuple[datetime, datetime, str | None]]:
    """What the last events hide that stand in quarantine, of whatever kind they are: from when until when, on which
    unit (None: any). Where the poll cannot be told, it is one after the event."""
    stated = evidence.stated(name, "seen_at")
    for one in evidence.of([name]) if asks else ():
        if not one.quarantined:
            continue
        own = stated.get(one.accepted_file)
        query = 'SELECT unit, "at" FROM read_parquet($path) ORDER BY line'
        for row in evidence.rows(query, {"path": str(evidence.lake.path(one.quarantine_file))}):
            at = min(row["at"] or END, one.received_at or END)
            index = bisect_left(asks, own[0]) if own else bisect_right(asks, at) if row["at"] else 0
            start = asks[index - 1] - lag if index else BEGINNING
            if start < at:
                yield start, at, row["unit"]


def _seen(evidence: Evidence, name: str) -> tuple[str, dict[str, object]]:
    """(unit, zone, actor, at, seen_at) of all rows of a polled source up to `as_of`."""
    files = [str(evidence.lake.path(one.accepted_file)) for one in evidence.of([name]) if one.accepted]
    if not files:
        none = "NULL::VARCHAR AS unit, NULL::VARCHAR AS zone, NULL::VARCHAR AS actor"
        return f'SELECT {none}, NULL::TIMESTAMPTZ AS "at", NULL::TIMESTAMPTZ AS seen_at WHERE false', {}
    query = (
        'SELECT DISTINCT unit, zone, actor, "at", seen_at FROM read_parquet($files, union_by_name = true) '
        'WHERE "at" <= $as_of AND coalesce(seen_at <= $as_of, true)'
    )
    return query, {"files": files, "as_of": evidence.as_of}
