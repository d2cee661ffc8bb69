"""Make the Syracuse contract's folder: its terms, and units from what the city's own data say.

A segment's priority and length stand only in the plow events. A segment of the city's map that no event
names therefore has no priority: it is listed without a class, so that it is judged as neither and counted.

    python tests/syracuse/prepare.py OUT_DIR [--data ../shared/data/syracuse_snow_2025]
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "syracuse_snow_2025"
METRES_PER_MILE = 1609.344


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/syracuse-snow-routes/{contract.yaml,units.csv} and return that folder."""
    folder = out / "syracuse-snow-routes"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    stated = _stated(data / "service_events.parquet")
    features = json.loads((data / "winter_ops_with_blocks.geojson").read_text(encoding="utf-8"))["features"]
    with (folder / "units.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["segment", "priority", "route", "length_m"])
        for segment in sorted({feature["properties"]["snowroutesegmentid"] for feature in features} | set(stated)):
            priority, route, miles = stated.get(segment, ("", "", None))
            writer.writerow([segment, priority, route, round(miles * METRES_PER_MILE, 1) if miles else ""])
    return folder


def _stated(events: Path) -> dict[str, tuple[str, str, float | None]]:
    """What the events say of each segment: priority (never contradictory), route, length in miles."""
    rows = duckdb.execute(
        "SELECT snowroutesegmentid, min(routepriority), min(snowrouteid), min(segmentlength) "
        "FROM read_parquet($path) GROUP BY 1 HAVING count(DISTINCT routepriority) <= 1",
        {"path": str(events)},
    ).fetchall()
    return {segment: (priority or "", route or "", miles) for segment, priority, route, miles in rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
