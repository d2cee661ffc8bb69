"""What is asked and what is answered, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from yarl import URL

WHOLE = frozenset({200, 203, 204})  # 206 is a part, 202 a promise
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # the server's state, not the request, is at fault
MISSING = frozenset({404, 410})
PACKINGS = {
    ".gz": ("application/gzip", "application/x-gzip"),
    ".zst": ("application/zstd",),
    ".zip": ("application/zip", "application/x-zip-compressed"),
}


@dataclass(frozen=True)
class Request:
    """A GET: an address and the query's parameters, in order; without the secret."""

    url: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The whole address as it may be shown and recorded."""
        return str(URL(self.url).extend_query(self.params)) if self.params else self.url


@dataclass(frozen=True)
class Answer:
    """A complete answer to `request`; `url` is where it came from after redirects, `headers` are lower-case."""

    request: Request
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def quiet(self) -> bool:
        """Whether the server says that there is nothing (204) or nothing new (304)."""
        return self.status in (204, 304)

    @property
    def packing(self) -> str:
        """How its content is packed as a file, by the address' ending (.gz, .zst, .zip); empty where it is not.

        Where the transfer itself was packed (Content-Encoding), it came unpacked.
        """
        ending = PurePosixPath(urlsplit(self.request.url).path).suffix.lower()
        return ending if ending in PACKINGS and "content-encoding" not in self.headers else ""

    @property
    def media_type(self) -> str:
        """Its declared media type in lower case, without parameters; empty where it declares none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()
