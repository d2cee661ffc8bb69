"""What the chapters' clauses leave out: the town, its people, and the sources that their streams come from.

A log of the contractor arrives daily at 05:00 and is due at 06:00; the weather service, the hotline and the desk of
cases deliver daily; inspections, reports of citizens and notices come one by one, whenever they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_OWN = {"at": "at", "until": "until", "unit": "unit", "zone": "zone", "actor": "actor", "kind": "kind"}
_DAILY = {"path": "{service_date}.csv", "due": "06:00 next day"}
_SINGLY = {"path": "{part}.csv", "redelivery": "append"}
SOURCES: dict[str, dict[str, Any]] = {
    "log": {"stream": "service", "run_by": "firm", "rank": 1, **_DAILY},
    "weather": {"stream": "condition", "run_by": "weather-service", **_DAILY, "columns": {**_OWN, "depth": "depth"}},
    "seen": {"stream": "inspection", "run_by": "city", "rank": 2, **_SINGLY},
    "reports": {"stream": "report", "run_by": "city", "rank": 2, **_SINGLY},
    "notices": {
        "stream": "notice",
        "run_by": "city",
        **_SINGLY,
        "columns": {**_OWN, "published_at": "published_at"},
    },
    "cases": {"stream": "case", "run_by": "city", **_DAILY},
    "calls": {"stream": "call", "run_by": "firm", **_DAILY},
    "meter": {"stream": "position", "run_by": "firm", **_DAILY},
}


def world(said: Mapping[str, Any], zone: str, first: date) -> dict[str, Any]:
    """The whole contract around the clauses `said`."""
    asked = set(_streams(said["obligations"]))
    given: dict[str, dict[str, Any]] = dict(said.get("sources", {}))
    names = {name for name, source in SOURCES.items() if source["stream"] in asked} | set(given)
    return {
        "contract": "town",
        "title": {"en": "Town"},
        "authority": {"id": "city", "name": {"en": "City"}},
        "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
        "term": {"from": "2024-01-01", "to": "2024-12-31"},
        "timezone": zone,
        "people": {"desk": {"name": {"en": "Desk"}}},
        "units": {"file": "units.csv", "key": "id"},
        **said,
        "sources": {
            name: _source(SOURCES.get(name, SOURCES["log"]), given.get(name, {}), first) for name in sorted(names)
        },
        "obligations": {name: _obligation(name, words) for name, words in said["obligations"].items()},
    }


def _source(usual: Mapping[str, Any], given: Mapping[str, Any], first: date) -> dict[str, Any]:
    columns = {**_OWN, **usual.get("columns", {}), **given.get("columns", {})}
    rest = {"owner": "desk", "encoding": "utf-8", "expects": "any", "from": first}
    found = {**rest, **usual, **given, "columns": columns}
    return {word: value for word, value in found.items() if value is not None}


def _obligation(name: str, words: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": {"en": name}, "clause": "§1", "party": "firm", "supervisor": "desk", **words}


def _streams(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("stream"), str):
            yield value["stream"]
        for part in value.values():
            yield from _streams(part)
