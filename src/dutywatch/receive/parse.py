"""Delimited text to rows of strings at the speed of a compiled reader, with a proof that no line was lost.

Arrow's reader splits the lines of a chunk that are beyond doubt; every other line goes to the line scanner
(`text.py`), which says what is wrong with it. The proof, asked of every chunk: lines = header + blank +
rows read + rows given a fault. Where the reader does not return as many rows as it was given lines, the
scanner does the whole chunk.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from dutywatch.errors import DeliveryRefused
from dutywatch.lake.chunks import CHUNK, MAX_LINE, Chunk, Offsets, Oversized, chunks
from dutywatch.receive.text import Dialect, Row, header, row

Mask = npt.NDArray[np.bool_]

_MARK = codecs.BOM_UTF8
_SPACES = b"\n\r \t\x0b\x0c"


@dataclass
class Tally:
    """What has been read so far: lines = header + blank + rows. Complete once the batches are used up."""

    lines: int = 0
    header: int = 0
    blank: int = 0
    rows: int = 0

    def prove(self) -> None:
        if self.lines != self.header + self.blank + self.rows:
            raise AssertionError(f"{self}: a line has no fate")


@dataclass(frozen=True)
class Layout:
    """What the header says: how many fields a row has, and where the wanted ones stand."""

    width: int
    places: tuple[int, ...]


def batches(
    raw: bytes,
    encoding: str,
    dialect: Dialect,
    wanted: Sequence[str],
    tally: Tally,
    *,
    size: int = CHUNK,
    max_line: int = MAX_LINE,
) -> Iterator[pa.RecordBatch]:
    """Rows as (line, raw, fault, c0..cn: the `wanted` columns), counted in `tally`.

    Raises DeliveryRefused where the header cannot be read or lacks a column: then no row has a meaning.
    """
    layout: Layout | None = None
    for piece in chunks(raw, encoding, size=size, max_line=max_line):
        if isinstance(piece, Oversized):
            if layout is None:
                raise DeliveryRefused(
                    f"line {tally.lines + 1} is longer than {max_line} bytes, and no header came before"
                )
            yield _oversized(piece, tally, len(wanted), max_line)
            continue
        if layout is None:
            piece, layout = _start(piece, encoding, dialect, wanted, tally)
        if layout is not None and piece.text:
            yield _rows(piece, encoding, dialect, layout, tally, max_line)
    if layout is None:
        raise DeliveryRefused("the file is empty: even a quiet day's log has its header line")
    tally.prove()


def schema(width: int) -> pa.Schema:
    """The batches' columns."""
    fields = [("line", pa.int32()), ("raw", pa.string()), ("fault", pa.string())]
    return pa.schema([*fields, *((f"c{place}", pa.string()) for place in range(width))])


def _start(
    piece: Chunk, encoding: str, dialect: Dialect, wanted: Sequence[str], tally: Tally
) -> tuple[Chunk, Layout | None]:
    """Read leading blank lines and the header; what of the chunk comes after them."""
    at, number = 0, 0
    while at < len(piece.text):
        end = piece.text.index(b"\n", at)
        line = piece.text[at:end]
        at, number = end + 1, number + 1
        tally.lines += 1
        if line.strip(_MARK + _nothing(dialect)):
            names = header(line, encoding, dialect, broken=number - 1 in piece.undecoded)
            tally.header += 1
            rest = frozenset(each - number for each in piece.undecoded if each >= number)
            return Chunk(piece.text[at:], rest), _layout(names, wanted, tally.lines)
        tally.blank += 1
    return Chunk(b""), None


def _layout(names: list[str], wanted: Sequence[str], line: int) -> Layout:
    if missing := [name for name in wanted if name not in names]:
        raise DeliveryRefused(f"line {line}: the header lacks {', '.join(missing)}; it reads {', '.join(names)[:200]}")
    if twice := sorted({name for name in wanted if names.count(name) > 1}):
        raise DeliveryRefused(f"line {line}: the header names {', '.join(twice)} twice: which one is meant?")
    return Layout(len(names), tuple(names.index(name) for name in wanted))


def _oversized(piece: Oversized, tally: Tally, width: int, max_line: int) -> pa.RecordBatch:
    tally.lines += 1
    tally.rows += 1
    return batch([_long(tally.lines, piece.head, piece.size, max_line)], width)


def _long(line: int, head: bytes, size: int, max_line: int) -> Row:
    """A line too long to be a row; its bytes stand in the delivery, which is kept whole."""
    text = head.decode("utf-8", "backslashreplace").replace("\0", "\\0")
    return Row(line, f"{text}...", None, f"{size} bytes: a line has at most {max_line}")


def _rows(piece: Chunk, encoding: str, dialect: Dialect, layout: Layout, tally: Tally, max_line: int) -> pa.RecordBatch:
    """The rows of a chunk in the order of its lines."""
    starts, ends = piece.bounds()
    blank = _blank(piece.text, starts, ends, _nothing(dialect))
    doubtful = _doubtful(piece, dialect, starts, ends, max_line) & ~blank
    first = tally.lines + 1
    plain = ~blank & ~doubtful
    read, ragged = _read(piece.text, starts, plain, dialect, layout)
    plain[ragged] = False
    doubtful[ragged] = True
    if read.num_rows != int(plain.sum()):  # the reader saw other lines than there are: trust none of it
        plain[:], doubtful = False, ~blank
        read = read.slice(0, 0)
    scanned = [
        _long(first + int(i), piece.text[starts[i] : starts[i] + 200], int(ends[i] - starts[i]), max_line)
        if ends[i] - starts[i] > max_line
        else row(first + int(i), piece.text[starts[i] : ends[i]], encoding, dialect, layout, i in piece.undecoded)
        for i in np.flatnonzero(doubtful)
    ]
    tally.lines += len(ends)
    tally.blank += int(blank.sum())
    tally.rows += read.num_rows + len(scanned)
    return _merged(piece, read, starts, ends, plain, first, scanned)


def _nothing(dialect: Dialect) -> bytes:
    """What a blank line consists of: spaces, and what parts fields of which all are empty (docs/decisions/0083)."""
    return _SPACES + dialect.delimiter.encode()


def _blank(text: bytes, starts: Offsets, ends: Offsets, nothing: bytes) -> Mask:
    letters, empty = np.frombuffer(text, dtype=np.uint8), np.frombuffer(nothing, dtype=np.uint8)
    blank = np.isin(letters[starts], empty)
    blank[blank] = np.isin(letters[np.maximum(ends - 1, starts)[blank]], empty)  # a first field may be empty throughout
    for i in np.flatnonzero(blank):
        blank[i] = not text[starts[i] : ends[i]].strip(nothing)
    return blank


def _doubtful(piece: Chunk, dialect: Dialect, starts: Offsets, ends: Offsets, max_line: int) -> Mask:
    """Lines that the fast reader might take for something else than the scanner would."""
    doubtful: Mask = ends - starts > max_line
    for i in piece.undecoded:
        doubtful[i] = True
    if b"\0" in piece.text:
        nul = np.flatnonzero(np.frombuffer(piece.text, dtype=np.uint8) == 0)
        doubtful[np.searchsorted(ends, nul)] = True
    if not piece.text.isascii():
        doubtful |= _not_plain(piece.text, starts, ends)
    if dialect.quote and dialect.quote.encode() in piece.text:
        doubtful |= _badly_quoted(piece, dialect, starts, ends, doubtful)
    return doubtful


def _not_plain(text: bytes, starts: Offsets, ends: Offsets) -> Mask:
    """Lines that are not UTF-8, or that hold a byte order mark, of which the reader leaves out one that comes first."""
    found: Mask = np.zeros(len(starts), dtype=bool)
    for mark in re.finditer(_MARK, text):
        found[np.searchsorted(ends, mark.start())] = True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            found[i] |= not _is_utf8(text[start:end])
    return found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _badly_quoted(piece: Chunk, dialect: Dialect, starts: Offsets, ends: Offsets, skip: Mask) -> Mask:
    """Lines with a quote that does not open and close a whole field."""
    q, d = re.escape(dialect.quote or ""), re.escape(dialect.delimiter)
    field = f"(?:[^{q}{d}][^{d}]*|{q}(?:[^{q}]|{q}{q})*{q}|)"
    lines = piece.lines(starts, ends)
    suspect = pc.match_substring(lines, dialect.quote).to_numpy(zero_copy_only=False) & ~skip
    whole = pc.match_substring_regex(lines.filter(pa.array(suspect)), f"^{field}(?:{d}{field})*$")
    found: Mask = np.zeros(len(starts), dtype=bool)
    found[np.flatnonzero(suspect)] = ~whole.to_numpy(zero_copy_only=False)
    return found


def _read(text: bytes, starts: Offsets, plain: Mask, dialect: Dialect, layout: Layout) -> tuple[pa.Table, list[int]]:
    """The plain lines through Arrow's reader, and the numbers of those whose fields are too many or too few."""
    names = [f"f{place}" for place in range(layout.width)]
    wanted = [f"f{place}" for place in layout.places]
    ragged: list[int] = []

    def skip(found: arrow_csv.InvalidRow) -> str:
        ragged.append(int(found.number) - 1)
        return "skip"

    if not plain.any():
        empty = {f"c{i}": pa.array([], pa.string()) for i in range(len(wanted))}
        return pa.table(empty), []
    given = text if plain.all() else _only(text, starts, plain)
    table = arrow_csv.read_csv(
        pa.BufferReader(given),
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(given) + 1),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            double_quote=bool(dialect.quote),
            escape_char=False,
            newlines_in_values=False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=wanted,
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    numbers = np.flatnonzero(plain)
    return table.rename_columns([f"c{i}" for i in range(len(wanted))]), [int(numbers[i]) for i in ragged]


def _only(text: bytes, starts: Offsets, plain: Mask) -> pa.Buffer:
    """The plain lines, one behind the other."""
    offsets = np.append(starts, len(text)).astype(np.int32)
    whole = pa.Array.from_buffers(pa.binary(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    kept = whole.filter(pa.array(plain))
    first, last = np.frombuffer(kept.buffers()[1], dtype=np.int32)[[0, len(kept)]]
    return kept.buffers()[2].slice(int(first), int(last - first))


def _merged(
    piece: Chunk, read: pa.Table, starts: Offsets, ends: Offsets, plain: Mask, first: int, scanned: list[Row]
) -> pa.RecordBatch:
    numbers = np.flatnonzero(plain)
    lines = piece.lines(starts, ends)
    table = pa.table(
        {
            "line": pa.array((numbers + first).astype(np.int32)),
            "raw": (lines if plain.all() else lines.filter(pa.array(plain))).cast(pa.string(), safe=False),
            "fault": pa.nulls(len(numbers), pa.string()),
            **{name: read[name] for name in read.column_names},
        }
    )
    if scanned:
        faulty = pa.Table.from_batches([batch(scanned, read.num_columns)])
        table = pa.concat_tables([table, faulty]).sort_by("line")
    return table.combine_chunks().to_batches()[0] if table.num_rows else batch([], read.num_columns)


def batch(rows: list[Row], width: int) -> pa.RecordBatch:
    """Rows as one batch of `schema(width)`."""
    columns = {
        "line": [one.line for one in rows],
        "raw": [one.raw for one in rows],
        "fault": [one.fault for one in rows],
        **{f"c{i}": [one.fields[i] if one.fields else None for one in rows] for i in range(width)},
    }
    return pa.RecordBatch.from_pydict(columns, schema=schema(width))
