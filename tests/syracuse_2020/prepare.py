"""Make the contract folder of Syracuse's plows in 2020: its terms, and units from the city's street lines.

The streets are in NAD27 State Plane feet; without the datum's grid they come out ten metres beside their place, which
the contract's `shift_m` makes good (tests/locate/test_syracuse.py). A street's name is its number in the file.

    python -m tests.syracuse_2020.prepare OUT_DIR [--data ../shared/data/syracuse_pings_2020]
"""

from __future__ import annotations

import argparse
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import shapefile
from pyproj import CRS, Transformer

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "syracuse_pings_2020"


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/syracuse-2020/{contract.yaml,units.geojson} and return that folder."""
    folder = out / "syracuse-2020"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
