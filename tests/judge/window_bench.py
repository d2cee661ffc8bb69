"""Puts a trace of windows before the engine: as `bench`, with the columns that an Entry has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dutywatch.lake import Lake
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Terms
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Units
from tests.judge.bench import EVENT, INSTANT, Bench, _covers
from tests.judge.oracle_plain import File, Row, Trace
from tests.judge.oracle_windows import Entry

COLUMNS = {**EVENT, "until": INSTANT, "record": pa.string(), "wait": pa.float64(), "at_earlier": INSTANT}


def set_up(root: Path, trace: Trace) -> Bench:
    """Write the trace's files below `root`."""
    lake = Lake(root)
    terms = Terms(trace.contract, Units(trace.units, "units"), root, "terms", dict(trace.calendars))
    accepted = tuple(_accept(lake, trace.contract, number, file) for number, file in enumerate(trace.files, 1))
    return Bench(lake, terms, accepted)


def _row(line: int, row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"line": line, "at": row.at, "unit": row.unit, "kind": row.kind, "zone": row.zone}
    found |= {"seen_at": row.seen_at, "wait": row.value, "at_earlier": row.earlier}
    return found | ({"actor": row.actor, "record": row.record, "until": row.until} if isinstance(row, Entry) else {})


def _accept(lake: Lake, contract: Contract, number: int, file: File) -> Accepted:
    stem = f"{number}-{file.sha256[:8]}.parquet"
    rows = [_row(line, row) for line, row in enumerate(file.rows, 2)]
    refused = [
        {"line": line, "at": row.at, "unit": row.unit, "kind": row.kind}
        for line, row in enumerate(file.unreadable, 2 + len(rows))
    ]
    if rows:
        _write(lake, f"accepted/{stem}", rows)
    if refused:
        _write(lake, f"quarantine/{stem}", refused)
    covers = _covers(contract, file)
    times = [row.at for row in file.rows] + [row.at for row in file.unreadable if row.at]
    times += [row.seen_at for row in file.rows if row.seen_at]
    return Accepted(
        id=number,
        source=file.source,
        name=file.name,
        sha256=file.sha256,
        service_date=file.day,
        received_at=file.received_at,
        accepted=len(rows),
        quarantined=len(refused),
        accepted_file=f"accepted/{stem}",
        quarantine_file=f"quarantine/{stem}",
        refused="not a log" if file.refused else None,
        covers_from=covers[0],
        covers_to=covers[1],
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        rules="rules",
    )


def _write(lake: Lake, name: str, rows: list[dict[str, Any]]) -> None:
    path = lake.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(COLUMNS.items()))), path)
