"""Open311 and weather answers from the wire to accepted rows, their bytes kept, their empty days on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dutywatch import pipeline
from tests.receive.place import CONTRACT, FILE, SNOW, WORK, place
from tests.receive.site import Asked, serving
from tests.receive.test_open311 import City
from tests.receive.test_polls import accepted
from tests.receive.test_weather import AGENT

NOW = datetime(2025, 1, 10, 12, tzinfo=UTC)
POLLS = {"max_lag": "PT10M", "shows": "all"}


def test_requests_become_reports(tmp_path: Path, database: Callable[[], str]) -> None:
    opened = [NOW - timedelta(hours=n) for n in (1, 2, 3)]
    city = City(tuple((f"c{n}", at, at) for n, at in enumerate(opened)), most=2)
    with serving(city.answer) as site:
        reports = {
            **FILE,
            "stream": "report",
            "connector": "open311",
            "open311": {"url": f"{site.address}/v2", "jurisdiction": "city.example", "again": "PT0S"},
            "format": "json",
            "polls": POLLS,
            "columns": {"at": "requested_datetime", "kind": "service_code", "note": "service_request_id"},
            "values": {"kind": {"snow": "snow_covered"}},
            "expects": "condition_log",
        }
        settings = place(tmp_path, database(), {"reports": reports, "snow": SNOW, "work": WORK})
        pipeline.migrate(settings, "replay", NOW)
        said = str(pipeline.receive(settings, CONTRACT, "reports"))
        pipeline.advance(settings, NOW + timedelta(hours=1))
        pipeline.receive(settings, CONTRACT, "reports")
    assert said == "reports: 3 new, 0 already known, 3 rows, 1 of them without a row"
    found = accepted(settings)
    assert [one.accepted for one in found] == [2, 1, 0, 0] and sum(one.quarantined for one in found) == 0
    assert [one.polled_at for one in found] == [None, None, NOW, NOW + timedelta(hours=1)]


def test_alerts_become_conditions(tmp_path: Path, database: Callable[[], str]) -> None:
    def answer(asked: Asked) -> None:
        span = {"onset": "2025-01-10T02:00:00-05:00", "ends": "2025-01-11T02:00:00Z"}
        properties = {"event": "Winter Storm Warning", **span}
        features = [{"type": "Feature", "geometry": None, "properties": properties}] if asked.number == 1 else []
        body = {"type": "FeatureCollection", "features": features}
        asked.reply(json.dumps(body).encode(), Content_Type="application/geo+json")

    with serving(answer) as site:
        alerts = {
            **SNOW,
            "path": "",
            "connector": "weather",
            "weather": {"url": site.address, "agent": AGENT, "alerts": ["NYZ018"]},
            "format": "geojson",
            "polls": POLLS,
            "columns": {"at": "onset", "until": "ends", "kind": "event"},
            "values": {"kind": {"Winter Storm Warning": "snowfall"}},
        }
        settings = place(tmp_path, database(), {"snow": alerts, "work": WORK})
        pipeline.migrate(settings, "replay", NOW)
        for hours in (0, 1):
            pipeline.advance(settings, NOW + timedelta(hours=hours))
            pipeline.receive(settings, CONTRACT, "snow")
    found = accepted(settings)
    assert [(one.accepted, one.quarantined) for one in found] == [(1, 0), (0, 0)]
    assert found[0].first_at == datetime(2025, 1, 10, 7, tzinfo=UTC)
