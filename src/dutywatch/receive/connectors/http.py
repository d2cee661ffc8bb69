"""Connector `http`: files over HTTP, one that is asked for again and again or one for each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from requests.utils import parse_header_links

from dutywatch.clock import local_date
from dutywatch.errors import DeliveryRefused, SourceFailed
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.web.answer import MISSING, Answer, Request
from dutywatch.receive.web.exchange import Exchange
from dutywatch.receive.web.media import mismatch
from dutywatch.receive.web.pages import Following, arrival, numbered, parsed, walk
from dutywatch.terms import Source
from dutywatch.terms.connector import Http, Pages


def arrivals(source: Source, poll: Poll) -> Iterator[Arrival]:
    """What the address gives now: the files of the last days, or one poll with all its pages."""
    web = source.http
    assert web is not None  # noqa: S101 - terms.check: connector http has its word
    exchange = Exchange(web.url, web, poll, web.headers)
    if source.dated:
        yield from _days(source, web, exchange)
    elif web.pages:
        answers = walk(exchange, _first(web, web.pages), _following(exchange, source, web.pages))
        yield from numbered(poll, answers, lambda answer: mismatch(answer, source.format, web.content_type))
    else:
        yield from numbered(
            poll, _once(exchange), lambda answer: mismatch(answer, source.format, web.content_type), conditional=True
        )


def _once(exchange: Exchange) -> Iterator[Answer]:
    request = Request(exchange.home)
    answer = exchange.get(request, exchange.poll.answers.get(request.shown))
    if answer.status in MISSING:
        raise SourceFailed(f"{request.shown}: answers {answer.status}: nothing lies there")
    yield answer


def _days(source: Source, web: Http, exchange: Exchange) -> Iterator[Arrival]:
    """The files of the last `days` days, the oldest first; a day without a file, or a fault, stops no other.

    Raises the first fault at the end.
    """
    poll, faults = exchange.poll, []
    today = local_date(poll.at, poll.zone)
    begins = local_date(poll.since, poll.zone)
    for back in range(web.days - 1, -1, -1):
        day = today - timedelta(days=back)
        if day < begins:
            continue
        request = Request(web.url.replace("{service_date}", day.isoformat()))
        try:
            answer = exchange.get(request, poll.answers.get(request.shown))
        except (SourceFailed, DeliveryRefused) as error:
            faults.append(error)
            continue
        if answer.status in MISSING or answer.status == 304:
            continue  # not there yet: its due time asks for it; or as it was received before
        name = request.url.split("/", 3)[-1]
        refused = mismatch(answer, source.format, web.content_type)
        yield replace(arrival(name, answer, conditional=True), service_date=day, refused=refused)
    if faults:
        raise faults[0]


def _first(web: Http, pages: Pages) -> Request:
    if pages.by == "number" and pages.parameter:
        return Request(web.url, ((pages.parameter, str(pages.first)),))
    return Request(web.url)


def _following(exchange: Exchange, source: Source, pages: Pages) -> Following:
    def by_link(answer: Answer, _: int) -> Request | None:
        links = parse_header_links(answer.headers.get("link", ""))
        found = next((link["url"] for link in links if "next" in link.get("rel", "").split()), None)
        return _elsewhere(exchange, answer, found) if found else None

    def by_number(answer: Answer, number: int) -> Request | None:
        if _empty(source, answer):
            return None
        return Request(exchange.home, ((str(pages.parameter), str(pages.first + number)),))

    def by_cursor(answer: Answer, _: int) -> Request | None:
        cursor = _at(parsed(answer), str(pages.next))
        if cursor in (None, "", False):
            return None
        if pages.parameter is None:
            return _elsewhere(exchange, answer, str(cursor))
        return Request(exchange.home, ((pages.parameter, str(cursor)),))

    return {"link": by_link, "number": by_number, "cursor": by_cursor}[pages.by]


def _elsewhere(exchange: Exchange, answer: Answer, link: str) -> Request:
    return Request(exchange.allowed(urljoin(answer.url, link), f"{answer.request.shown} continues on"))


def _empty(source: Source, answer: Answer) -> bool:
    """Whether a page holds no row: no list with an item, or no line but the header."""
    if answer.quiet:
        return True
    form: str = source.format
    if form in ("json", "geojson"):
        found = parsed(answer)
        lists = [found] if isinstance(found, list) else [v for v in found.values() if isinstance(v, list)]
        return not any(lists)
    lines = sum(1 for line in answer.body.splitlines() if line.strip())
    return lines <= (0 if form == "ndjson" else 1)


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path of a JSON value; None where nothing does."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
