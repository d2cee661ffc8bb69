"""Connector `open311`: citizens' requests by Open311 GeoReport v2, asked for as JSON.

Source: https://wiki.open311.org/GeoReport_v2/ - GET /requests.json takes `start_date` and `end_date` (at most
90 days apart), `service_code`, `jurisdiction_id`; many cities add `page`, some `updated_after` and
`updated_before`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dutywatch.errors import SourceFailed
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.web.answer import Answer, Request
from dutywatch.receive.web.exchange import Exchange
from dutywatch.receive.web.media import mismatch
from dutywatch.receive.web.pages import Following, numbered, parsed, walk
from dutywatch.terms import Source
from dutywatch.terms.connector import Open311

WINDOW = timedelta(days=90)  # the standard's longest span of one request
_LEAST = timedelta(seconds=1)


def arrivals(source: Source, poll: Poll) -> Iterator[Arrival]:
    """The requests opened or updated since the last complete poll, window by window."""
    web = source.open311
    assert web is not None  # noqa: S101 - terms.check: connector open311 has its word
    exchange = Exchange(web.url, web, poll)
    again = source.polls.max_lag if web.updated and source.polls else web.again
    yield from numbered(
        poll, _windows(exchange, web, poll.since - again, poll.at), lambda answer: mismatch(answer, source.format)
    )


def _windows(exchange: Exchange, web: Open311, start: datetime, end: datetime) -> Iterator[Answer]:
    at = start
    while at < end:
        until = min(at + WINDOW, end)
        if web.pages:
            yield from walk(exchange, _request(web, at, until, page=1), _paged(web, at, until))
        else:
            yield from _whole(exchange, web, at, until)
        at = until


def _paged(web: Open311, start: datetime, end: datetime) -> Following:
    def following(answer: Answer, number: int) -> Request | None:
        return _request(web, start, end, page=number + 1) if _requests(answer) else None

    return following


def _whole(exchange: Exchange, web: Open311, start: datetime, end: datetime) -> Iterator[Answer]:
    """A window's answer; where that is as long as an answer may be, and so perhaps cut, its two halves too."""
    answer = next(walk(exchange, _request(web, start, end), lambda *_: None))
    yield answer
    if len(_requests(answer)) < web.most:
        return
    if end - start <= _LEAST:
        raise SourceFailed(f"{answer.request.shown}: {web.most} requests within a second: the answer may be cut")
    middle = start + timedelta(seconds=(end - start) // timedelta(seconds=2))
    yield from _whole(exchange, web, start, middle)
    yield from _whole(exchange, web, middle, end)


def _request(web: Open311, start: datetime, end: datetime, page: int | None = None) -> Request:
    after, before = ("updated_after", "updated_before") if web.updated else ("start_date", "end_date")
    params = [(after, _w3c(start)), (before, _w3c(end))]
    if web.jurisdiction:
        params.append(("jurisdiction_id", web.jurisdiction))
    if web.services:
        params.append(("service_code", ",".join(web.services)))
    if page is not None:
        params.append(("page", str(page)))
    return Request(f"{web.url.rstrip('/')}/requests.json", tuple(params))


def _requests(answer: Answer) -> list[object]:
    """The requests of an answer. Raises SourceFailed for what is no list: the standard's errors are objects."""
    found = [] if answer.quiet else parsed(answer)
    if not isinstance(found, list):
        raise SourceFailed(f"{answer.request.shown}: the answer is no list of requests")
    return found


def _w3c(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
