"""One delivery: its bytes kept, its lines counted, its rows parsed and stored as Parquet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dutywatch.errors import DeliveryRefused
from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import copy, literal
from dutywatch.lake.texts import READ_FROM, Origin
from dutywatch.lake.unwrap import unwrap
from dutywatch.receive import parse, records, workbook
from dutywatch.receive.columns import typed
from dutywatch.receive.joined import SPACES, canonical, trimmed
from dutywatch.receive.parse import Tally
from dutywatch.receive.text import Dialect
from dutywatch.terms import Source

DELIMITERS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True)
class Delivery:
    """A delivery as received: lines = header + blank + rows. `refused` says why none of it can be read.

    The lines of a format that has none are its records.
    """

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
    with lake.keeping(raw) as sha256:
        return _parsed(lake, contract, source_name, source, name, raw, sha256)


def rows_file(lake: Lake, contract: str, source_name: str, source: Source, name: str, sha256: str) -> str:
    """The lake path of a delivery's rows, read as `source` declares: another mapping gives another file."""
    identity = hashlib.sha256(f"{source_name}\0{name}\0{source.reading}".encode()).hexdigest()
    return lake.rows(contract, source_name, sha256, identity)


def _parsed(
    lake: Lake, contract: str, source_name: str, source: Source, name: str, raw: bytes, sha256: str
) -> Delivery:
    parsed = rows_file(lake, contract, source_name, source, name, sha256)
    content = raw
    try:
        content = unwrap(name, raw)
        if source.format == "parquet":
            tally, columns = _parquet(lake, source, lake.keep(content)[0], parsed)
        else:
            origin = Origin(sha256, name, source.encoding or "utf-8") if source.format in DELIMITERS else None
            tally, columns = _stream(lake, source, content, parsed, origin)
    except (DeliveryRefused, duckdb.Error) as refusal:
        count = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)
        return Delivery(source_name, name, sha256, len(raw), count, 0, 0, count, (), "", _first_line(refusal))
    counts = (tally.lines, tally.header, tally.blank, tally.rows)
    return Delivery(source_name, name, sha256, len(raw), *counts, columns, parsed)


def _batches(source: Source, content: bytes, tally: Tally) -> Iterator[pa.RecordBatch]:
    wanted = source.given
    encoding = source.encoding or "utf-8"
    if source.format in DELIMITERS:
        dialect = Dialect(source.delimiter or DELIMITERS[source.format], source.quote or None)
        return parse.batches(content, encoding, dialect, wanted, tally)
    if source.format == "xlsx":
        return workbook.batches(content, source.sheet, wanted, tally)
    if source.format == "ndjson":
        return records.lines(content, encoding, wanted, tally)
    place = "features" if source.format == "geojson" else source.records
    return records.document(content, encoding, place, wanted, tally, features=source.format == "geojson")


class _Stream:
    """Batches for DuckDB, which would make a text of an error that is raised while it reads."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self.failure: DeliveryRefused | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from map(trimmed, self._batches)
        except DeliveryRefused as refusal:
            self.failure = refusal


def _stream(
    lake: Lake, source: Source, content: bytes, rows_file: str, origin: Origin | None
) -> tuple[Tally, tuple[str, ...]]:
    tally = Tally()
    stream = _Stream(_batches(source, content, tally))
    reader = pa.RecordBatchReader.from_batches(parse.schema(len(source.given)), iter(stream))
    shown = canonical(source, {name: f"c{place}" for place, name in enumerate(source.given)})
    with connect(lake, ordered=True) as duck:
        duck.register("strings", reader)
        relation = f"(SELECT line, raw, fault, {shown} FROM strings)"
        columns = _store(lake, duck, typed(source, relation), rows_file, tally, stream, origin)
    return tally, columns


def _parquet(lake: Lake, source: Source, kept: str, rows_file: str) -> tuple[Tally, tuple[str, ...]]:
    """A Parquet file's rows are its lines; it has neither header nor blanks."""
    with connect(lake, ordered=True) as duck:
        reader = f"read_parquet({literal(str(lake.path(kept)))}, file_row_number = true)"
        try:
            described = duck.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {reader}").fetchall()
            types = {str(row[0]): str(row[1]) for row in described}
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
        tally = Tally()
        try:
            columns = _store(lake, duck, typed(source, relation), rows_file, tally)
        except duckdb.Error as error:
            raise DeliveryRefused(f"this Parquet file cannot be read to its end: {_first_line(error)}") from error
    return tally, columns


def _as_text(column: str, kind: str) -> str:
    """A typed column as the trimmed text that `columns.typed` reads; instants keep their offset."""
    if kind.startswith("TIMESTAMP WITH TIME ZONE") or kind.startswith("TIMESTAMPTZ"):
        return f"strftime(\"{column}\"::TIMESTAMPTZ, '%Y-%m-%d %H:%M:%S.%f+00')"
    return f'trim("{column}"::VARCHAR, {literal(SPACES)})'


def _store(
    lake: Lake,
    duck: duckdb.DuckDBPyConnection,
    query: str,
    rows_file: str,
    tally: Tally,
    stream: _Stream | None = None,
    origin: Origin | None = None,
) -> tuple[str, ...]:
    """Write the typed rows of `query`; as many must stand in the file as were counted while reading.

    With an `origin`, from which it can be found again, the text of a row that could be read is left out.
    """
    told = {}
    if origin:
        query = f"SELECT * REPLACE (CASE WHEN fault IS NOT NULL THEN raw END AS raw) FROM ({query})"
        told = {READ_FROM: str(origin)}
    with lake.writing(rows_file) as partial:
        copy(duck, query, partial, told=told)
        if stream is not None and stream.failure is not None:
            raise stream.failure
        written = f"read_parquet({literal(str(partial))})"
        described = duck.execute(f"DESCRIBE SELECT * FROM {written}").fetchall()
        count = duck.execute(f"SELECT count(*) FROM {written}").fetchone()
        rows = int(count[0]) if count else 0
        if stream is None:
            tally.lines = tally.rows = rows
        elif rows != tally.rows:
            raise DeliveryRefused(f"{tally.rows} rows were read, but {rows} stand in the file that was written")
    return tuple(str(row[0]) for row in described)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
