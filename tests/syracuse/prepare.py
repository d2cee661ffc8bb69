"""Make the Syracuse contract's folder: its terms, and units from what the city's own data say.

A segment's priority and length stand only in the plow events. A segment of the city's map that no event
names therefore has no priority: it is listed without a class, so that it is judged as neither and counted.

    python -m tests.syracuse.prepare OUT_DIR [--data ../shared/data/syracuse_snow_2025]

`--data` may name another folder, with the same files of other days: events of another winter make that one the term.
Where it has no map, the city's is that of the folder above. A file that is no such table is passed over here; `judge`
refuses it and says why.
"""

from __future__ import annotations

import argparse
import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from dutywatch.replay import Arrival, read_arrivals

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "syracuse_snow_2025"
EVENTS, SEGMENTS = "service_events*.parquet", "winter_ops_with_blocks.geojson"
METRES_PER_MILE = 1609.344


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/syracuse-snow-routes/{contract.yaml,units.csv} and return that folder."""
    folder = out / "syracuse-snow-routes"
    folder.mkdir(parents=True, exist_ok=True)
    words = (HERE / "contract.yaml").read_text(encoding="utf-8")
    events = [str(file) for file in sorted(data.glob(EVENTS)) if _is_table(file)]
    first, last = _winters(events, data)
    words = words.replace("term: {from: 2025-10-01, to: 2026-04-30}", f"term: {{from: {first}, to: {last}}}")
    (folder / "contract.yaml").write_text(words, encoding="utf-8")
    stated = _stated(events)
    streets = next(file for one in (data, DATA) if (file := one / SEGMENTS).exists())
    features = json.loads(streets.read_text(encoding="utf-8"))["features"]
    with (folder / "units.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["segment", "priority", "route", "length_m"])
        for segment in sorted({feature["properties"]["snowroutesegmentid"] for feature in features} | set(stated)):
            priority, route, miles = stated.get(segment, ("", "", None))
            writer.writerow([segment, priority, route, round(miles * METRES_PER_MILE, 1) if miles else ""])
    return folder


def _is_table(file: Path) -> bool:
    """Whether it is a Parquet file that tells when which segment was served, and of what priority it is."""
    needed = "serviced_at, snowroutesegmentid, routepriority, snowrouteid, segmentlength"
    try:
        duckdb.execute(f"SELECT {needed} FROM read_parquet($path) LIMIT 0", {"path": str(file)})
    except duckdb.Error:
        return False
    return True


def _winters(events: list[str], data: Path) -> tuple[date, date]:
    """From 1 October before the first service to 30 April after the last one, in the files `events` of `data`."""
    service = "TRY_CAST(serviced_at AS TIMESTAMPTZ)"
    query = f"SELECT epoch_us(min({service})), epoch_us(max({service})) FROM read_parquet($path, union_by_name = true)"
    (found,) = duckdb.execute(query, {"path": events}).fetchall() if events else ((None, None),)
    if None in found:
        raise SystemExit(f"no service in {data / EVENTS}: send files with events")
    zone = ZoneInfo("America/New_York")
    first, last = (datetime.fromtimestamp(micros // 1_000_000, zone).date() for micros in found)
    return date(first.year - (first.month < 10), 10, 1), date(last.year + (last.month > 4), 4, 30)


def _stated(events: list[str]) -> dict[str, tuple[str, str, float | None]]:
    """What the events say of each segment: priority (never contradictory), route, length in miles."""
    rows = duckdb.execute(
        "SELECT snowroutesegmentid, min(routepriority), min(snowrouteid), min(segmentlength) "
        "FROM read_parquet($path, union_by_name = true) WHERE snowroutesegmentid IS NOT NULL "
        "GROUP BY 1 HAVING count(DISTINCT routepriority) <= 1",
        {"path": events},
    ).fetchall()
    return {segment: (priority or "", route or "", miles) for segment, priority, route, miles in rows}


def deliveries(out: Path, until: datetime, data: Path = DATA, hours: int = 6) -> tuple[Arrival, ...]:
    """Cut the feed into deliveries of `hours` hours of polls, each arriving with its last poll; write arrivals.csv.

    The first warning of the storm of 27 December arrives when its second was issued, the others not at all: the
    storm that they re-issue is the same. Only what was seen by `until` is delivered.
    """
    (out / "files").mkdir(parents=True)
    alerts = (data / "nws_alerts_log.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    storm = [line for line in alerts if ",2025-12-27 00:29" in line]
    (out / "files" / "alerts.csv").write_text("".join([alerts[0], *storm]), encoding="utf-8")
    rows = [("2025-12-27T02:30:00+00:00", "files/alerts.csv", "nws_alerts_log-1.csv")]
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        duck.execute(
            "CREATE TABLE events AS SELECT *, epoch_us(observed_at::TIMESTAMPTZ) AS seen FROM read_parquet($path)",
            {"path": str(data / "service_events.parquet")},
        )
        width, last = hours * 3_600_000_000, int(until.timestamp() * 1_000_000)
        blocks = duck.execute(
            "SELECT seen // $width, max(seen) FROM events WHERE seen <= $last GROUP BY 1 ORDER BY 1",
            {"width": width, "last": last},
        ).fetchall()
        for block, seen in blocks:
            name = f"events-{block}.parquet"
            query = (
                f"SELECT * EXCLUDE (seen) FROM events WHERE seen // {width} = {block} AND seen <= {last} ORDER BY ALL"
            )
            duck.execute(f"COPY ({query}) TO '{out / 'files' / name}' (FORMAT parquet)")
            arrives = datetime.fromtimestamp(min(seen // 1_000_000 + 1, int(until.timestamp())), UTC)
            rows.append((arrives.isoformat(), f"files/{name}", f"service_events-{block}.parquet"))
    with (out / "arrivals.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("arrives_at", "file", "lands_as"), *sorted(rows)])
    return read_arrivals(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
