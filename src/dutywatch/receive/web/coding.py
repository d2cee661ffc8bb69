"""Content codings of HTTP (RFC 9110, section 8.4): unpacked as they come, and known to be whole at the end.

HTTP libraries take a compressed body that breaks off for a short one; a log may not end in silence.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

ACCEPTED = "gzip, deflate"
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's word for each wrapper
_PIECE = 1 << 20


class Coding(Protocol):
    """How the bytes of a body become its content."""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """The content of the next bytes, in pieces of bounded size. Raises ValueError where they are broken."""

    def whole(self) -> bool:
        """Whether what came so far is all."""


class _Plain:
    def unpack(self, data: bytes) -> Iterator[bytes]:
        yield data

    def whole(self) -> bool:
        return True


class _Packed:
    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._begun = False

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:  # gzip may have several members, one after the other
                self._stream = zlib.decompressobj(self._window)
            self._begun = True
            try:
                yield self._stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise ValueError(str(error)) from error
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def whole(self) -> bool:
        return self._stream.eof or not self._begun


def coding(name: str) -> Coding:
    """The coding `name` of a Content-Encoding header. Raises ValueError for one that was not asked for."""
    given = name.strip().lower()
    if given in ("", "identity"):
        return _Plain()
    if given not in _WINDOW:
        raise ValueError(f"packed as {name!r}, which was not asked for")
    return _Packed(_WINDOW[given])
