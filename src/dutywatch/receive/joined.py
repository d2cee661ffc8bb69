"""From a file's columns to the canonical ones, as text: without spaces around it, and made of several where the file
splits it, a date here, the time of day there.

Between the reader, which knows the file's columns, and `columns.typed`, which knows the event relation's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dutywatch.lake.duck import literal
from dutywatch.terms import Source

SPACES = (
    " \t\n\v\f\r\ufeff\u200b"
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
"""Unicode's space separators (general category Zs), which are those that DuckDB's trim() takes away, and what else
nobody sees: tabs (exports put one beside a long number, so that Excel leaves it alone), line breaks, marks of no width.
"""
_IN_ASCII = "".join(filter(str.isascii, SPACES))
_BYTES = np.arange(256)
_OPENING, _CLOSING = (np.isin(_BYTES, [space.encode()[place] for space in SPACES]) for place in (0, -1))
"""By byte: whether a space of those begins with it, and whether one ends with it."""


def trimmed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of the reader with its fields, c0 and on, trimmed. Here, since trim() in DuckDB looks at every letter."""
    fields = {name: _trimmed(batch[name]) for name in batch.schema.names if name not in ("line", "raw", "fault")}
    return pa.record_batch([fields.get(name, batch[name]) for name in batch.schema.names], schema=batch.schema)


def _trimmed(texts: pa.Array) -> pa.Array:
    """To look for all of them takes four times longer, so that texts in ASCII are only asked for theirs."""
    if not _spaced(texts):
        return texts
    ascii_only = pc.all(pc.string_is_ascii(texts)).as_py()
    return pc.utf8_trim(texts, characters=_IN_ASCII if ascii_only else SPACES)


def _spaced(texts: pa.Array) -> bool:
    """Might any text begin or end with a space? Its outer bytes tell, for a tenth of what trimming takes."""
    _, offsets, data = texts.buffers()
    if data is None or not data.size:
        return False
    letters = np.frombuffer(data, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return _any_of(_OPENING, letters, bounds[:-1]) or _any_of(_CLOSING, letters, bounds[1:] - 1)


def _any_of(sought: npt.NDArray[np.bool_], letters: npt.NDArray[np.uint8], places: npt.NDArray[np.int32]) -> bool:
    """Whether a byte at one of `places` is sought; for an empty text its neighbour is asked, for no harm."""
    return bool(sought[letters.take(places, mode="wrap")].any())


def canonical(source: Source, shown: Mapping[str, str]) -> str:
    """The SELECT list of one VARCHAR a canonical column; `shown`: SQL of each of the file's columns, as trimmed text.

    A text made of several columns is not stated (NULL) where all of these are empty. Where only some are, it is
    what the others make of it, so that a time without its date is unreadable and not overlooked.
    """
    return ", ".join(f'{_made(source.made_of(column), shown)} AS "{column}"' for column in source.columns)


def _made(parts: tuple[str, ...], shown: Mapping[str, str]) -> str:
    if len(parts) == 3 and not parts[0] and not parts[2]:
        return shown[parts[1]]
    trimmed = [f"coalesce({shown[name]}, '')" for name in parts[1::2]]
    pieces = [
        piece
        for text, value in zip(parts[0::2], [*trimmed, None], strict=True)
        for piece in (literal(text) if text else None, value)
        if piece is not None
    ]
    return f"CASE WHEN concat({', '.join(trimmed)}) <> '' THEN trim(concat({', '.join(pieces)})) END"
