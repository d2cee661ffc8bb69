"""A web server of our own on loopback: it speaks HTTP/1.1 as RFC 9112 writes it, faults and all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came, and the line to answer on."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    line: BinaryIO
    number: int  # of all requests to this site, from 1
    stopped: threading.Event

    def reply(self, body: bytes = b"", status: int = 200, **headers: str | None) -> None:
        """A whole answer. Headers are named with underscores; None leaves one out."""
        given = {"Content_Type": "text/csv", "Content_Length": str(len(body)), "Date": stamp(datetime.now(UTC))}
        self.head(status, **{**given, **headers})
        if self.method != "HEAD":
            self.line.write(body)

    def head(self, status: int, **headers: str | None) -> None:
        """The status and the headers alone."""
        lines = [f"HTTP/1.1 {status} as asked"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
        self.line.write("\r\n".join([*lines, "", ""]).encode())

    def drip(self, text: bytes, every: float) -> None:
        """Send `text` again and again, a piece at a time, until nobody listens."""
        with suppress(OSError):
            while not self.stopped.wait(every):
                self.line.write(text)
                self.line.flush()


@dataclass
class Site:
    """A running server: its address and all that it was asked."""

    address: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[Asked], None]) -> Iterator[Site]:
    """A site that answers as `answer` says, for as long as the block lasts."""
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            asked = Asked(self.command, parts.path, query, headers, self.wfile, len(site.asked) + 1, stopped)
            site.asked.append(asked)
            with suppress(OSError):
                answer(asked)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def stamp(instant: datetime) -> str:
    """An instant as HTTP writes it."""
    return format_datetime(instant, usegmt=True)
