"""One delivery: its bytes kept, its lines counted, its rows parsed and stored as Parquet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dutywatch.errors import DeliveryRefused
from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import copy, literal
from dutywatch.receive.columns import typed
from dutywatch.receive.joined import canonical
from dutywatch.receive.text import Lines, split
from dutywatch.terms import Source

DELIMITERS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True)
class Delivery:
    """A delivery as received: lines = header + blank + rows. `refused` says why none of it can be read."""

    source: str
    name: str
    sha256: str
    size: int
    lines: int
    header: int
    blank: int
    rows: int
    columns: tuple[str, ...]
    rows_file: str
    refused: str | None = None


def deliver(lake: Lake, contract: str, source_name: str, source: Source, name: str, raw: bytes) -> Delivery:
    """Keep `raw` in the lake and parse it as `source` declares. Never raises for what the bytes say."""
    kept, sha256 = lake.keep(raw)
    identity = hashlib.sha256(f"{source_name}\0{name}\0{source.model_dump_json()}".encode()).hexdigest()
    rows_file = lake.rows(contract, source_name, sha256, identity)
    try:
        if source.format == "parquet":
            return _parquet(lake, source_name, source, name, sha256, len(raw), kept, rows_file)
        return _text(lake, source_name, source, name, sha256, raw, rows_file)
    except (DeliveryRefused, duckdb.Error) as refusal:
        count = raw.count(b"\n") + (0 if raw.endswith(b"\n") or not raw else 1)
        return Delivery(source_name, name, sha256, len(raw), count, 0, 0, count, (), "", _first_line(refusal))


def _text(lake: Lake, source_name: str, source: Source, name: str, sha256: str, raw: bytes, rows_file: str) -> Delivery:
    lines = split(raw, source.encoding or "utf-8", DELIMITERS[source.format], source.given)
    shown = canonical(source, {name: f"c{place}" for place, name in enumerate(source.given)})
    with connect(lake) as duck:
        duck.register("strings", _strings(lines, len(source.given)))
        columns = _store(lake, duck, source, f"(SELECT line, raw, fault, {shown} FROM strings)", rows_file)
    return Delivery(
        source_name,
        name,
        sha256,
        len(raw),
        lines.lines,
        lines.header,
        lines.blank,
        len(lines.rows),
        columns,
        rows_file,
    )


def _strings(lines: Lines, width: int) -> pa.Table:
    arrays: dict[str, pa.Array] = {
        "line": pa.array([row.line for row in lines.rows], pa.int32()),
        "raw": pa.array([row.raw for row in lines.rows], pa.string()),
        "fault": pa.array([row.fault for row in lines.rows], pa.string()),
    }
    for index in range(width):
        arrays[f"c{index}"] = pa.array([row.fields[index] if row.fields else None for row in lines.rows], pa.string())
    return pa.table(arrays)


def _parquet(
    lake: Lake, source_name: str, source: Source, name: str, sha256: str, size: int, kept: str, rows_file: str
) -> Delivery:
    """A Parquet file's rows are its lines; it has neither header nor blanks."""
    with connect(lake) as duck:
        reader = f"read_parquet({literal(str(lake.path(kept)))}, file_row_number = true)"
        try:
            types = {str(row[0]): str(row[1]) for row in duck.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()}
        except duckdb.Error as error:
            raise DeliveryRefused(f"this is not a readable Parquet file: {_first_line(error)}") from error
        missing = [column for column in source.given if column not in types]
        if missing:
            raise DeliveryRefused(f"the file lacks the columns {', '.join(missing)}; it has {', '.join(types)[:200]}")
        strings = canonical(source, {name: _as_text(name, types[name]) for name in source.given})
        raws = ", ".join(f'"{name}" := "{name}"' for name in source.given)
        relation = (
            f"(SELECT (file_row_number + 1)::INTEGER AS line, to_json(struct_pack({raws}))::VARCHAR AS raw, "
            f"NULL::VARCHAR AS fault, {strings} FROM {reader})"
        )
        try:
            columns = _store(lake, duck, source, relation, rows_file)
        except duckdb.Error as error:
            raise DeliveryRefused(f"this Parquet file cannot be read to its end: {_first_line(error)}") from error
        count = duck.execute(f"SELECT count(*) FROM read_parquet({literal(str(lake.path(rows_file)))})").fetchone()
    rows = int(count[0]) if count else 0
    return Delivery(source_name, name, sha256, size, rows, 0, 0, rows, columns, rows_file)


def _as_text(column: str, kind: str) -> str:
    """A typed column as the text that `columns.typed` reads; instants keep their offset."""
    if kind.startswith("TIMESTAMP WITH TIME ZONE") or kind.startswith("TIMESTAMPTZ"):
        return f"strftime(\"{column}\"::TIMESTAMPTZ, '%Y-%m-%d %H:%M:%S.%f+00')"
    return f'"{column}"::VARCHAR'


def _store(
    lake: Lake, duck: duckdb.DuckDBPyConnection, source: Source, relation: str, rows_file: str
) -> tuple[str, ...]:
    with lake.writing(rows_file) as partial:
        copy(duck, typed(source, relation), partial)
        described = duck.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(partial))})").fetchall()
    return tuple(str(row[0]) for row in described)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
