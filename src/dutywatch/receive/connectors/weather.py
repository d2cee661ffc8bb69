"""Connector `weather`: alerts of zones, or hourly observations of a station, as the US weather service gives them.

Source: https://www.weather.gov/documentation/services-web-api - GET /alerts and
/stations/{id}/observations answer with GeoJSON collections whose `pagination.next` is the next page's
address. A User-Agent that says whom to write to is demanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urljoin

from dutywatch.errors import SourceFailed
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.web.answer import Answer, Request
from dutywatch.receive.web.exchange import Exchange
from dutywatch.receive.web.media import mismatch
from dutywatch.receive.web.pages import Following, numbered, parsed, walk
from dutywatch.terms import Source
from dutywatch.terms.connector import Weather

_LARGEST = "500"  # the service's own limit of one page


def arrivals(source: Source, poll: Poll) -> Iterator[Arrival]:
    """Alerts or observations since the last complete poll, and again those of the hours before it."""
    web = source.weather
    assert web is not None  # noqa: S101 - terms.check: connector weather has its word
    exchange = Exchange(web.url, web, poll, {"User-Agent": web.agent, "Accept": "application/geo+json"})
    answers = walk(exchange, _request(web, poll.since - web.again, poll.at), _following(exchange))
    yield from numbered(poll, answers, lambda answer: mismatch(answer, source.format))


def _request(web: Weather, start: datetime, end: datetime) -> Request:
    base = web.url.rstrip("/")
    span = (("start", _iso(start)), ("end", _iso(end)), ("limit", _LARGEST))
    if web.observations:
        return Request(f"{base}/stations/{quote(web.observations, safe='')}/observations", span)
    return Request(f"{base}/alerts", (("zone", ",".join(web.alerts or ())), *span))


def _following(exchange: Exchange) -> Following:
    """The service names a next page even after the last: a page without features ends it."""

    def following(answer: Answer, _: int) -> Request | None:
        found = {} if answer.quiet else parsed(answer)
        features = found.get("features") if isinstance(found, dict) else None
        if not isinstance(features, list):
            if answer.quiet:
                return None
            raise SourceFailed(f"{answer.request.shown}: the answer is no collection of features")
        link = (found.get("pagination") or {}).get("next")
        if not features or not link:
            return None
        return Request(exchange.allowed(urljoin(answer.url, str(link)), f"{answer.request.shown} continues on"))

    return following


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
