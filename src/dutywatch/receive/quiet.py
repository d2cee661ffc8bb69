"""Deliveries whose bytes are not parsed: answers that say "nothing", and answers to another question."""

from __future__ import annotations

import pyarrow as pa

from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import literal
from dutywatch.receive.columns import typed
from dutywatch.receive.deliver import Delivery, rows_file
from dutywatch.terms import Source


def quiet(lake: Lake, contract: str, source_name: str, source: Source, name: str, raw: bytes) -> Delivery:
    """An answer that says that there is nothing, or nothing new: a delivery without a line, and no silence."""
    _, sha256 = lake.keep(raw)
    parsed = rows_file(lake, contract, source_name, source, name, sha256)
    texts = {column: pa.array([], pa.string()) for column in ("raw", "fault", *sorted(source.columns))}
    with connect(lake) as duck, lake.writing(parsed) as partial:
        duck.register("strings", pa.table({"line": pa.array([], pa.int32()), **texts}))
        target = literal(str(partial))
        duck.execute(f"COPY ({typed(source, 'strings')}) TO {target} (FORMAT parquet)")
        columns = tuple(row[0] for row in duck.execute(f"DESCRIBE SELECT * FROM read_parquet({target})").fetchall())
    return Delivery(source_name, name, sha256, len(raw), 0, 0, 0, 0, columns, parsed)


def refused(lake: Lake, source_name: str, name: str, raw: bytes, why: str) -> Delivery:
    """Bytes that cannot be what was asked for: kept, counted as lines, and named."""
    _, sha256 = lake.keep(raw)
    lines = raw.count(b"\n") + (0 if raw.endswith(b"\n") or not raw else 1)
    return Delivery(source_name, name, sha256, len(raw), lines, 0, 0, lines, (), "", why)
