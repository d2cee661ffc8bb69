"""Make the contract folder of Syracuse's plows in 2020: its terms, and units from the city's street lines.

The streets are in NAD27 State Plane feet; without the datum's grid they come out ten metres beside their place, which
the contract's `shift_m` makes good (tests/locate/test_syracuse.py). A street's name is its number in the file.

    python -m tests.syracuse_2020.prepare OUT_DIR [--data ../shared/data/syracuse_pings_2020]

`--data` may name another folder, with `pings*.parquet` of other days: the contract's term and what its files cover are
then read from these, as they were for February 2020. Where it has no streets, they are those of the folder above.
"""

from __future__ import annotations

import argparse
import json
import shutil
import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import shapefile
import yaml
from pyproj import CRS, Transformer

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "syracuse_pings_2020"


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/syracuse-2020/{contract.yaml,units.geojson} and return that folder."""
    folder = out / "syracuse-2020"
    folder.mkdir(parents=True, exist_ok=True)
    words = yaml.safe_load((HERE / "contract.yaml").read_text(encoding="utf-8"))
    covers = [one for pings in sorted(data.glob("pings*.parquet")) for one in covered(pings)]
    if words["sources"]["plow-gps"]["covers"] == covers:
        shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    else:
        words |= {"title": {"en": "Syracuse's streets (illustrative)"}, "term": _term(data)}
        words["sources"]["plow-gps"]["covers"] = covers
        (folder / "contract.yaml").write_text(yaml.safe_dump(words, sort_keys=False), encoding="utf-8")
    if not (data / "streets.shp").exists():
        data = DATA
    with warnings.catch_warnings():  # that the grid is missing is known
        warnings.simplefilter("ignore")
        to_degrees = Transformer.from_crs(CRS.from_wkt((data / "streets.prj").read_text()), "EPSG:4326", always_xy=True)
    with (data / "streets.shp").open("rb") as shp, (data / "streets.shx").open("rb") as shx:
        lines = [np.array(shape.points) for shape in shapefile.Reader(shp=shp, shx=shx).shapes()]
    features = []
    for number, points in enumerate(lines):
        places = np.c_[to_degrees.transform(points[:, 0], points[:, 1])].tolist()
        geometry = {"type": "LineString", "coordinates": places}
        features.append({"type": "Feature", "properties": {"street": f"{number:05}"}, "geometry": geometry})
    register = {"type": "FeatureCollection", "features": features}
    (folder / "units.geojson").write_text(json.dumps(register), encoding="utf-8")
    return folder


def covered(pings: Path) -> list[dict[str, Any]]:
    """The spans of which a file of positions is complete, one for each filling of the feed.

    Positions that were last seen at one look, the last before the feed was emptied, are one filling: complete from its
    first position until, before that look, as long as the latest position of all took to come, in whole minutes.
    """
    rows = duckdb.execute(
        "SELECT epoch_us(min(ts)), epoch_us(last_seen_commit_time), "
        "max(epoch_us(first_seen_commit_time) - epoch_us(ts)) "
        "FROM read_parquet($path) GROUP BY last_seen_commit_time ORDER BY 1",
        {"path": str(pings)},
    ).fetchall()
    latest = timedelta(minutes=max((late for *_, late in rows), default=0) // 60_000_000 + 1)
    spans = ((_instant(first), _instant(last) - latest) for first, last, _ in rows)
    return [{"file": pings.name, "from": first, "to": last} for first, last in spans if first < last]


def _term(data: Path) -> dict[str, date]:
    """The local days from the first position to the last."""
    query = "SELECT epoch_us(min(ts)), epoch_us(max(ts)) FROM read_parquet($path)"
    (found,) = duckdb.execute(query, {"path": str(data / "pings*.parquet")}).fetchall()
    if None in found:
        raise SystemExit(f"no position in {data}: send files with positions")
    first, last = (_instant(micros).astimezone(ZoneInfo("America/New_York")).date() for micros in found)
    return {"from": first, "to": last}


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
