"""What a compressed delivery holds: one file, of bounded size, never written anywhere under its own name.

The limits are against bombs: a delivery may grow to LARGEST bytes, and beyond SMALL bytes not to more
than RATIO times its size. Real logs shrink 5 to 20 times.
"""

from __future__ import annotations

import gzip
import io
import mmap
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, TypeVar

import pyarrow as pa

from dutywatch.errors import DeliveryRefused

LARGEST = 1 << 30
SMALL = 10 << 20
RATIO = 200
_STEP = 1 << 20


Raw = TypeVar("Raw", bytes, mmap.mmap)

Content = IO[bytes] | gzip.GzipFile


def unwrap(name: str, raw: Raw) -> Raw | bytes:
    """The content of a `.gz`, `.zst` or `.zip`; other names are their own content. Raises DeliveryRefused."""
    opening = _OPENINGS.get(name.rpartition(".")[2].lower())
    if opening is None:
        return raw
    try:
        with opening(raw[:]) as content:
            return _bounded(content, len(raw))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DeliveryRefused(f"this {name.rpartition('.')[2]} file cannot be unpacked to its end: {error}") from error


def _bounded(content: Content, packed: int) -> bytes:
    limit = min(LARGEST, max(SMALL, packed * RATIO))
    found = io.BytesIO()
    while step := content.read(_STEP):
        found.write(step)
        if found.tell() > limit:
            raise DeliveryRefused(
                f"it unpacks to more than {limit} bytes out of {packed}: that is a bomb or a mistake; send it in parts"
            )
    return found.getvalue()


def _gzip(raw: bytes) -> Content:
    return gzip.GzipFile(fileobj=io.BytesIO(raw))  # raises EOFError where the end is missing


def _zstd(raw: bytes) -> Content:
    stream: IO[bytes] = pa.CompressedInputStream(pa.BufferReader(raw), "zstd")
    return stream


def _zip(raw: bytes) -> Content:
    archive = zipfile.ZipFile(io.BytesIO(raw))
    members = [each for each in archive.infolist() if not each.is_dir()]
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if member.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise DeliveryRefused(f"the archive's member {member.filename!r} points out of it; nothing was unpacked")
    if len(members) != 1:
        named = ", ".join(repr(each.filename) for each in members[:5]) or "none"
        raise DeliveryRefused(f"the archive holds {len(members)} files ({named}): send one file in each")
    if members[0].flag_bits & 0x1:
        raise DeliveryRefused(f"the archive's member {members[0].filename!r} is encrypted")
    return archive.open(members[0])


_OPENINGS: dict[str, Callable[[bytes], Content]] = {"gz": _gzip, "zst": _zstd, "zip": _zip}


def check_package(raw: bytes) -> None:
    """Refuse an office file, which is an archive, whose members would unpack beyond the limits."""
    try:
        size = sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(raw)).infolist())
    except zipfile.BadZipFile as error:
        raise DeliveryRefused(f"this is not a readable workbook: {error}") from error
    if size > min(LARGEST, max(SMALL, len(raw) * RATIO)):
        raise DeliveryRefused(f"this workbook unpacks to {size} bytes out of {len(raw)}: that is a bomb or a mistake")
