"""A weather service of our own with the interface of api.weather.gov: alerts, observations, pages, its demands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dutywatch.errors import SourceFailed, SourceUnreachable
from tests.receive.polls import arrived, poll, source, stopped_by
from tests.receive.site import Asked, serving

NOW = datetime(2025, 12, 14, 12, tzinfo=UTC)
AGENT = "dutywatch (snow-desk@city.example)"
SIZE = 2


def feature(at: datetime) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": None,
        "properties": {"event": "Winter Storm Warning", "sent": at.isoformat()},
    }


class Service:
    """Answers as the documentation says: 403 without a User-Agent of one's own, pages by a cursor in `pagination`."""

    def __init__(self, count: int, elsewhere: str | None = None) -> None:
        self.features = [feature(NOW - timedelta(hours=n)) for n in range(count)]
        self.elsewhere = elsewhere

    def answer(self, asked: Asked) -> None:
        if "@" not in asked.headers.get("user-agent", ""):
            asked.reply(b"{}", 403, Content_Type="application/problem+json")
            return
        begin = int(asked.query.get("cursor", "0"))
        start = datetime.fromisoformat(asked.query.get("start", "0001-01-01T00:00Z"))
        known = [one for one in self.features if datetime.fromisoformat(one["properties"]["sent"]) >= start]
        shown = known[begin : begin + SIZE]
        host = self.elsewhere or f"http://{asked.headers['host']}"
        following = f"{host}{asked.path}?cursor={begin + SIZE}"
        body = {"type": "FeatureCollection", "features": shown, "pagination": {"next": following}}
        asked.reply(json.dumps(body).encode(), Content_Type="application/geo+json")


def given(address: str, **word: Any) -> Any:
    return source("weather", {"url": address, "agent": AGENT, **word}, "geojson")


def test_alerts_of_zones_come_page_by_page_until_one_is_empty() -> None:
    with serving(Service(5).answer) as site:
        told = poll(at=NOW, since=NOW - timedelta(days=1), simulated=True)
        found = arrived(given(site.address, alerts=["NYZ018", "NYZ006"]), told)
    assert site.asked[0].path == "/alerts" and site.asked[0].query["zone"] == "NYZ018,NYZ006"
    assert site.asked[0].query["start"] == "2025-12-13T06:00:00Z" and site.asked[0].headers["user-agent"] == AGENT
    assert sum(len(json.loads(one.read())["features"]) for one in found) == 5
    assert [one.polled_at for one in found] == [None, None, None, NOW]


def test_observations_of_a_station_are_asked_for_since_the_last_poll() -> None:
    with serving(Service(1).answer) as site:
        told = poll(at=NOW, since=NOW - timedelta(hours=1), simulated=True)
        found = arrived(given(site.address, observations="KSYR", again=timedelta(hours=2)), told)
    assert site.asked[0].path == "/stations/KSYR/observations"
    query = site.asked[0].query
    assert (query["start"], query["end"]) == ("2025-12-14T09:00:00Z", "2025-12-14T12:00:00Z")
    assert found[-1].polled_at == NOW


def test_no_alert_is_an_empty_success_and_a_poll() -> None:
    with serving(Service(0).answer) as site:
        [one] = arrived(given(site.address, alerts="NYZ018"), poll(at=NOW, simulated=True))
    assert one.polled_at == NOW and json.loads(one.read())["features"] == []


def test_a_next_page_on_another_host_is_refused() -> None:
    with serving(Service(5, elsewhere="https://elsewhere.example").answer) as site:
        feed = given(site.address, alerts="NYZ018")
        with stopped_by(feed, SourceUnreachable, poll(at=NOW, simulated=True)) as found:
            assert "continues on another host" in found[-1] and found[0].polled_at is None


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nothing", b'{"features": null}'])
def test_a_success_that_is_no_collection_is_kept_and_named(body: bytes) -> None:
    with serving(lambda asked: asked.reply(body, Content_Type="application/geo+json")) as site:
        feed = given(site.address, alerts="NYZ018")
        with stopped_by(feed, SourceFailed) as found:
            assert [one.read() for one in found[:-1]] == [body] and found[0].polled_at is None


@pytest.mark.parametrize("agent", ["", "dutywatch"])
def test_an_agent_that_does_not_say_whom_to_write_to_is_a_fault_of_the_contract(agent: str) -> None:
    with pytest.raises(ValidationError):
        source("weather", {"agent": agent, "alerts": "NYZ018"})


def test_alerts_and_observations_are_two_sources() -> None:
    with pytest.raises(ValidationError, match="either `alerts`"):
        source("weather", {"agent": AGENT, "alerts": "NYZ018", "observations": "KSYR"})
