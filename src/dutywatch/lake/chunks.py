"""A text file in chunks of whole lines, as UTF-8: bounded memory, whatever the encoding and the line ends.

Encodings that keep ASCII bytes for ASCII are cut at line ends first and decoded chunk by chunk, so that
bytes that do not decode cost their own line only. UTF-16 is decoded first and cut then.
"""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dutywatch.errors import DeliveryRefused

Offsets = npt.NDArray[np.int64]
Bytes = bytes | mmap.mmap

CHUNK = 1 << 21  # bytes; larger ones cost twice the time, as the system hands out their memory anew each time
MAX_LINE = 1 << 20  # bytes; a longer line is a fault, and is not held in memory beside the file


@dataclass(frozen=True)
class Chunk:
    """Whole lines in UTF-8, each with its `\\n`; `undecoded` are the lines (counted from 0) that had other bytes."""

    text: bytes
    undecoded: frozenset[int] = field(default_factory=frozenset)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return int(np.count_nonzero(np.frombuffer(self.text, dtype=np.uint8) == 10))

    def bounds(self) -> tuple[Offsets, Offsets]:
        """Where each line begins, and where its `\n` stands."""
        ends: Offsets = np.flatnonzero(np.frombuffer(self.text, dtype=np.uint8) == 10).astype(np.int64)
        return np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)), ends

    def lines(self, starts: Offsets, ends: Offsets) -> pa.Array:
        """The lines between these bounds without their ends, as bytes; of the text itself no copy is made."""
        offsets = np.append(starts, ends[-1] + 1).astype(np.int32)
        whole = pa.Array.from_buffers(pa.binary(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(self.text)])
        return pc.binary_slice(whole, 0, -1)


@dataclass(frozen=True)
class Oversized:
    """One line that is too long to be a row: its first bytes and its length."""

    head: bytes
    size: int


def chunks(raw: Bytes, encoding: str, *, size: int = CHUNK, max_line: int = MAX_LINE) -> Iterator[Chunk | Oversized]:
    """`raw` in order; the last line may lack its end in the file, but has one here. No byte is left out."""
    name = codecs.lookup(encoding).name
    if name.startswith("utf-16"):
        for text in _decoded(raw, name, size):
            yield from (_utf8(piece, "utf-8") for piece in _cut(text, size, max_line))
        return
    yield from (_utf8(piece, name) for piece in _cut(raw, size, max_line))


def _cut(raw: Bytes, size: int, max_line: int) -> Iterator[bytes | Oversized]:
    """Pieces of whole lines: about `size` bytes each, line ends normalised."""
    at, end = 0, len(raw)
    lone = _only_carriage_returns(raw)
    newline = b"\r" if lone else b"\n"
    while at < end:
        stop = end if end - at <= size else raw.rfind(newline, at, at + size) + 1
        if stop <= at or (stop == end and end - at > max_line and raw.find(newline, at, at + max_line) < 0):
            found = raw.find(newline, at)
            stop = end if found < 0 else found + 1
            if stop - at > max_line:
                ends = len(raw[stop - 2 : stop]) - len(raw[stop - 2 : stop].rstrip(b"\r\n"))
                yield Oversized(raw[at : at + 200], stop - at - ends)
                at = stop
                continue
        yield _normal(raw[at:stop])
        at = stop


def _only_carriage_returns(raw: Bytes) -> bool:
    return raw.find(b"\n") < 0 and raw.find(b"\r") >= 0


def _normal(piece: bytes) -> bytes:
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return piece if piece.endswith(b"\n") else piece + b"\n"


def _utf8(piece: bytes | Oversized, name: str) -> Chunk | Oversized:
    if isinstance(piece, Oversized) or name == "utf-8":
        return Chunk(piece) if isinstance(piece, bytes) else piece
    try:
        return Chunk(piece.decode(name).encode("utf-8"))
    except UnicodeDecodeError:
        return _line_by_line(piece, name)


def _line_by_line(piece: bytes, name: str) -> Chunk:
    lines: list[bytes] = []
    undecoded: set[int] = set()
    for number, line in enumerate(piece.split(b"\n")[:-1]):
        try:
            lines.append(line.decode(name).encode("utf-8"))
        except UnicodeDecodeError:
            undecoded.add(number)
            lines.append(line.decode("ascii", "backslashreplace").encode("ascii"))
    return Chunk(b"\n".join([*lines, b""]), frozenset(undecoded))


def _decoded(raw: Bytes, name: str, size: int) -> Iterator[bytes]:
    """UTF-16 as UTF-8, cut at line ends; half a character becomes bytes that are no UTF-8, so its line is a fault."""
    name, start = _byte_order(raw, name)
    decoder = codecs.getincrementaldecoder(name)("surrogatepass")
    rest = b""
    for at in range(start, len(raw), size):
        try:
            text = decoder.decode(raw[at : at + size], final=at + size >= len(raw))
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode(name, "surrogatepass") + "\udcff"
        rest += text.encode("utf-8", "surrogatepass")
        cut = rest.rfind(b"\n", 0, -1) + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _byte_order(raw: Bytes, name: str) -> tuple[str, int]:
    """UTF-16 by its byte order mark, and where the text begins. Raises DeliveryRefused where neither says it."""
    marks = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    if name != "utf-16":
        return name, 0
    if raw and raw[:2] not in marks:
        raise DeliveryRefused("the file is not utf-16: it has no byte order mark; declare utf-16-le or utf-16-be")
    return marks.get(raw[:2], "utf-16-le"), 2
