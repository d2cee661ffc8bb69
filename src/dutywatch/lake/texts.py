"""What stands on the lines of a delivery, found again in its kept bytes, which hold it once and for good.

Parsed rows are rarely asked for their text: only those that go to quarantine are. So the file of parsed rows does
not repeat it, and says in its own metadata which bytes it was read from, and how: what a contract says of its
source may have changed since.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dutywatch.lake.chunks import Bytes, Chunk, chunks
from dutywatch.lake.files import Lake
from dutywatch.lake.unwrap import unwrap

READ_FROM = "read_from"
SCHEMA = pa.schema([("line", pa.int64()), ("text", pa.string())])

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Origin:
    """The bytes that rows were read from; `name` is the delivery's, whose ending says how it is packed."""

    sha256: str
    name: str
    encoding: str

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def texts(lake: Lake, rows_file: str, lines: Lines) -> pa.RecordBatchReader:
    """(line, text) of `lines`, which rise, of the delivery whose parsed rows are `rows_file`; none where it keeps them.

    Raises OSError where the kept bytes are gone.
    """
    origin = _origin(lake.path(rows_file))
    if origin is None or not len(lines):
        return none()
    with lake.path(Lake.raw(origin.sha256)).open("rb") as file:
        raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.RecordBatchReader.from_batches(SCHEMA, _found(unwrap(origin.name, raw), origin.encoding, lines))


def none() -> pa.RecordBatchReader:
    """The text of no line."""
    return pa.RecordBatchReader.from_batches(SCHEMA, iter(()))


def _origin(rows: Path) -> Origin | None:
    told = (pq.read_metadata(rows).metadata or {}).get(READ_FROM.encode())
    return Origin(**json.loads(told)) if told else None


def _found(content: Bytes, encoding: str, lines: Lines) -> Iterator[pa.RecordBatch]:
    """Lines are counted as the parser counts them: an oversized one is one, and a blank one too."""
    first = 1
    for piece in chunks(content, encoding):
        after = first + (piece.count if isinstance(piece, Chunk) else 1)
        begin, end = np.searchsorted(lines, [first, after])
        if isinstance(piece, Chunk) and begin < end:
            starts, ends = piece.bounds()
            wanted = lines[begin:end]
            found = piece.lines(starts, ends).take(pa.array(wanted - first)).cast(pa.string())
            yield pa.record_batch([pa.array(wanted), found], schema=SCHEMA)
        first = after
