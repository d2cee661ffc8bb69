"""A contract with one position source, and deliveries of positions as validation would have accepted them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dutywatch.lake import Lake
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Terms, load

NOON = datetime(2020, 2, 20, 12, tzinfo=UTC)
LAT, LON = 43.0, -76.0
METRE_NORTH = 1 / 111_110.0  # degrees, at this latitude
METRE_EAST = 1 / 81_541.0

CONTRACT = """
contract: town
title: {{en: A town}}
authority: {{id: city, name: {{en: City}}}}
contractors: [{{id: plows, name: {{en: Plows}}}}]
term: {{from: 2020-01-01, to: 2020-12-31}}
timezone: {zone}
people: {{desk: {{name: {{en: Desk}}}}}}
units: {{file: units.geojson, key: id{named}}}
sources:
  gps: {{stream: position, run_by: plows, owner: desk, path: "pings{{part}}.parquet", format: parquet,
        redelivery: append, columns: {{at: ts, actor: truck, lat: lat, lon: lon}}, expects: position_log,
        locate: {locate}}}
  log: {{stream: service, run_by: plows, owner: desk, path: "log{{part}}.csv", encoding: utf-8,
        columns: {{at: ts, kind: kind}}, expects: service_log}}
  weather: {{stream: condition, run_by: city, owner: desk, path: "weather{{part}}.csv", encoding: utf-8,
        columns: {{at: ts, kind: kind}}, expects: condition_log}}
obligations:
  plow: {{title: {{en: Plowed}}, clause: ours, party: plows, pattern: respond, within: PT8H, supervisor: desk,
         trigger: {{stream: condition, kind: snow, merge_gap: PT6H}}, clock: {{from: trigger.start}},
         action: {{stream: service, kind: plowed}}}}
"""


def degrees(x: float, y: float) -> tuple[float, float]:
    """(longitude, latitude) of a place `x` metres east and `y` metres north of the town's middle."""
    return LON + x * METRE_EAST, LAT + y * METRE_NORTH


def contract(
    base: Path,
    lines: Mapping[str, Any],
    locate: str = "{kind: plowed}",
    zone: str = "UTC",
    lengths: Mapping[str, float] | None = None,
    days: Mapping[str, tuple[str | None, str | None]] | None = None,
) -> Terms:
    """A contract on units whose lines are GeoJSON coordinates: one line, or a list of the parts of one.

    `days`: the first and the last on which units exist.
    """
    folder = base / "town"
    folder.mkdir(parents=True, exist_ok=True)
    features = [_feature(key, line, (lengths or {}).get(key)) for key, line in lines.items()]
    for one in features if days else ():
        since, until = (days or {}).get(one["properties"]["id"], (None, None))
        one["properties"] |= {"since": since, "until": until}
    (folder / "units.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    named = (", length: length_m" if lengths else "") + (", from: since, to: until" if days else "")
    (folder / "contract.yaml").write_text(CONTRACT.format(zone=zone, named=named, locate=locate))
    return load(folder)


def _feature(key: str, line: Any, length: float | None) -> dict[str, Any]:
    many = not isinstance(line[0][0], float)
    geometry = {"type": "MultiLineString" if many else "LineString", "coordinates": line}
    return {"type": "Feature", "properties": {"id": key, "length_m": length}, "geometry": geometry}


def track(
    places: Sequence[tuple[float, float]], every: float = 15, since: datetime = NOON, actor: str = "a"
) -> list[dict[str, Any]]:
    """Positions (metres) of one actor, `every` so many seconds."""
    found = []
    for nth, (x, y) in enumerate(places):
        lon, lat = degrees(x, y)
        found.append({"at": since + timedelta(seconds=nth * every), "actor": actor, "lat": lat, "lon": lon})
    return found


def deliver(lake: Lake, rows: Sequence[Mapping[str, Any]] | pa.Table, name: str = "pings") -> Accepted:
    """An accepted delivery of these positions."""
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist([dict(row) for row in rows])
    table = table.set_column(table.column_names.index("at"), "at", table["at"].cast(pa.timestamp("us", tz="UTC")))
    if "seen_at" not in table.column_names:
        table = table.append_column("seen_at", pa.nulls(len(table), pa.timestamp("us", tz="UTC")))
    file = f"accepted/town/position/{name}.parquet"
    lake.path(file).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, lake.path(file))
    first, last = min(table["at"].to_pylist()), max(table["at"].to_pylist())
    sha256 = hashlib.sha256(lake.path(file).read_bytes()).hexdigest()
    return Accepted(
        1, "gps", name, sha256, None, None, len(table), 0, file, "", None, None, None,
        first.astimezone(UTC), last.astimezone(UTC), "rules",
    )  # fmt: skip
