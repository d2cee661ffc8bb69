"""The gaps that a pattern must reckon with: whatever might hide an event that it asks for, and who holds it.

`judge.coverage` knows sources as wholes; here are also the gaps on single units: rows in quarantine, feeds that
show only their last event, local times with two readings, and rostered actors or units of which a log says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from dutywatch.judge.coverage import BEGINNING, END, Gap, source_gaps
from dutywatch.judge.evidence import Evidence, Interval, Selection
from dutywatch.ledger.deliveries import Accepted

TICK = timedelta(microseconds=1)
_INSTANT = pa.timestamp("us", tz="UTC")


def every_gap(evidence: Evidence, asked: Selection, over: Interval, min_duration: timedelta | None = None) -> list[Gap]:
    """All gaps in which an event that `asked` selects may hide, within `over`.

    An act that takes `min_duration` hides in no shorter one, however much of it lies within `over`; a row that nobody
    can read, or whose time is in doubt, may be the act itself, however long that took.
    """
    least = min_duration or timedelta()
    found = [*gaps(evidence, asked, (_before(over[0], least), over[1] + least)), *unshown_gaps(evidence, asked)]
    long = [gap for gap in found if gap.end - gap.start >= least]
    return [*long, *row_gaps(evidence, asked), *doubtful(evidence, asked, over)]


def _before(instant: datetime, least: timedelta) -> datetime:
    return instant if instant == BEGINNING else instant - least


def gaps(evidence: Evidence, asked: Selection, over: Interval) -> list[Gap]:
    """The gaps of the stream's sources as wholes, within `over` and what `as_of` lets be known."""
    found: list[Gap] = []
    for name in evidence.contract.sources_of(asked.stream):
        polls = _polls(evidence, name) if evidence.contract.sources[name].polls else []
        found.extend(source_gaps(evidence.contract, name, evidence.of([name]), polls, over))
    return found


def row_gaps(evidence: Evidence, asked: Selection) -> list[Gap]:
    """Gaps that rows in quarantine leave: each might be an event that is asked for, on its unit, at its time."""
    wanted = [one for one in evidence.of(evidence.contract.sources_of(asked.stream)) if one.quarantined]
    return [gap for one in wanted for gap in _quarantined(evidence, one, asked.kinds)]


def _quarantined(evidence: Evidence, one: Accepted, kinds: Sequence[str] | None) -> Iterator[Gap]:
    source = evidence.contract.sources[one.source]
    known = set(source.values.get("kind", {}).values())
    due = source.delivery_due
    proof_due = due.due(one.service_date, evidence.contract.zone) if due and one.service_date else BEGINNING
    whole = (one.covers_from or BEGINNING, one.covers_to or END)
    path = str(evidence.lake.path(one.quarantine_file))
    query = 'SELECT line, "at", unit, kind FROM read_parquet($path) ORDER BY line'
    for row in evidence.rows(query, {"path": path}):
        kind = row["kind"]
        if kinds is not None and kind is not None and kind not in kinds and (not known or kind in known):
            continue  # whatever it was, it was none of these
        at = row["at"]
        start, end = (at, at + TICK) if at else whole
        missing = f"quarantined row {one.label}:{row['line']}"
        yield Gap(start, end, source.run_by, missing, proof_due, unit=row["unit"])


def _polls(evidence: Evidence, name: str) -> list[datetime]:
    """When a source was asked: as its rows say, or as the ledger does where a connector asked and got it all."""
    if evidence.contract.sources[name].asks:
        return sorted(one.polled_at for one in evidence.of([name]) if one.polled_at is not None)
    query, parameters = _seen(evidence, name)
    rows = evidence.rows(f"SELECT DISTINCT seen_at FROM ({query}) WHERE seen_at IS NOT NULL ORDER BY 1", parameters)
    return [row["seen_at"] for row in rows]


def _seen(evidence: Evidence, name: str) -> tuple[str, dict[str, object]]:
    """(unit, at, seen_at) of all rows of a polled source up to `as_of`."""
    files = [str(evidence.lake.path(one.accepted_file)) for one in evidence.of([name]) if one.accepted]
    if not files:
        return 'SELECT NULL::VARCHAR AS unit, NULL::TIMESTAMPTZ AS "at", NULL::TIMESTAMPTZ AS seen_at WHERE false', {}
    query = (
        'SELECT DISTINCT unit, "at", seen_at FROM read_parquet($files, union_by_name = true) '
        'WHERE "at" <= $as_of AND coalesce(seen_at <= $as_of, true)'
    )
    return query, {"files": files, "as_of": evidence.as_of}


def unshown_gaps(evidence: Evidence, asked: Selection) -> list[Gap]:
    """Gaps on single units that a polled source leaves because it shows only their last event."""
    found: list[Gap] = []
    for name in evidence.contract.sources_of(asked.stream):
        if (polls := evidence.contract.sources[name].polls) and polls.shows == "last":
            found.extend(_unshown(evidence, name, polls.max_lag))
    return found


def _unshown(evidence: Evidence, name: str, max_lag: timedelta) -> Iterator[Gap]:
    """A feed that shows only the last event hides what lay between the previous poll and that event."""
    run_by = evidence.contract.sources[name].run_by
    query, parameters = _seen(evidence, name)
    rows = evidence.rows(
        f"""
        WITH seen AS MATERIALIZED ({query}), polls AS (
            SELECT seen_at, lag(seen_at) OVER (ORDER BY seen_at) AS previous FROM (SELECT DISTINCT seen_at FROM seen)
        ), shown AS (
            SELECT unit, "at" AS stop, seen_at, lag("at") OVER (PARTITION BY unit ORDER BY seen_at, "at") AS before
            FROM seen WHERE unit IS NOT NULL
        )
        SELECT unit, stop, seen_at,
               greatest(coalesce(before + INTERVAL 1 MICROSECOND, $beginning),
                        coalesce(previous - to_microseconds($lag), $beginning)) AS start
        FROM shown JOIN polls USING (seen_at)
        """,
        {**parameters, "lag": int(max_lag / TICK), "beginning": BEGINNING},
    )
    for row in rows:
        if row["start"] < row["stop"]:
            missing = f"{name} shows only the last event of each poll"
            yield Gap(row["start"], row["stop"], run_by, missing, row["seen_at"], unit=row["unit"])


def doubtful(evidence: Evidence, asked: Selection, over: Interval) -> Iterator[Gap]:
    """A local time with two readings: the act was at one of them, so that either instant may hide it."""
    for name in evidence.contract.sources_of(asked.stream):
        if asked.at != "at" or "at_earlier" not in evidence.columns_of(name):
            continue
        run_by = evidence.contract.sources[name].run_by
        query, parameters = evidence.events(asked, over)
        twice = f'SELECT unit, earlier, "at", cited(ref) AS label FROM ({query}) WHERE earlier IS NOT NULL ORDER BY ref'
        for row in evidence.rows(twice, parameters):
            for reading in (row["earlier"], row["at"]):
                missing = f"{row['label']} states a local time with two readings"
                yield Gap(reading, reading + TICK, run_by, missing, BEGINNING, unit=row["unit"])


def gaps_table(found: Sequence[Gap]) -> pa.Table:
    """Gaps as the relation that patterns read; intervals in microseconds."""
    after = [int(g.proof_after / TICK) if g.proof_after is not None else None for g in found]
    return pa.table(
        {
            "unit": pa.array([g.unit for g in found], pa.string()),
            "gap_from": pa.array([g.start for g in found], _INSTANT),
            "gap_to": pa.array([g.end for g in found], _INSTANT),
            "proof_due": pa.array([g.proof_due for g in found], _INSTANT),
            "proof_after": pa.array(after, pa.int64()),
            "holder": pa.array([g.holder for g in found], pa.string()),
            "missing": pa.array([g.missing for g in found], pa.string()),
            "undelivered": pa.array([g.undelivered for g in found], pa.bool_()),
        }
    )
