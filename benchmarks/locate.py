"""How fast a million positions find their street among 50,000, against three ways of shapely and scipy.

    python -m benchmarks.locate [--positions 1000000] [--segments 50000] [--runs 5] [--json FILE]

Each way finds, for the same positions on the same generated straight segments, the nearest segment within 25 m,
in a process of its own, on one core; ours also compares headings and keeps the second nearest. Printed are the
medians of millions of positions a minute, the process's peak memory, and for how many positions the nearest
segment or its distance (to the millimetre) is another one than ours finds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import shapely
from scipy.spatial import cKDTree

from benchmarks.memory import peak_mb
from dutywatch.locate.network import Pieces, cell_m, statement, table
from dutywatch.locate.passes import nearest_parameters
from dutywatch.locate.plane import Plane
from dutywatch.terms.source import Locate

SQL = Path(__file__).resolve().parents[1] / "sql"
TOLERANCE = 25.0
Found = tuple[np.ndarray, np.ndarray]
"""(segment, mm) of each position; segment -1: none."""


class Scene:
    """Straight segments of 40 to 250 m strewn over a square, and positions 7 m beside them."""

    def __init__(self, segments: int, positions: int) -> None:
        random = np.random.default_rng(2020)
        side = 20_000 * (segments / 50_000) ** 0.5
        x, y = random.uniform(0, side, (2, segments))
        self.angle = random.uniform(0, np.pi, segments)
        self.length = random.uniform(40, 250, segments)
        self.dx, self.dy = np.cos(self.angle) * self.length, np.sin(self.angle) * self.length
        self.x, self.y = x - self.dx / 2, y - self.dy / 2
        on = random.integers(0, segments, positions)
        share = random.uniform(0, 1, positions)
        self.heading = self.angle[on] + random.normal(0, 0.2, positions)
        self.px = self.x[on] + self.dx[on] * share + random.normal(0, 7, positions)
        self.py = self.y[on] + self.dy[on] * share + random.normal(0, 7, positions)

    def lines(self) -> np.ndarray:
        ends = np.stack([np.c_[self.x, self.y], np.c_[self.x + self.dx, self.y + self.dy]], axis=1)
        return np.asarray(shapely.linestrings(ends))


def ours(scene: Scene, heading: bool) -> Callable[[], Found]:
    """The grid in DuckDB; positions already stand in a table, as they do when passes are made."""
    duck = duckdb.connect()
    duck.execute("SET threads = 1; SET memory_limit = '2GB'; SET preserve_insertion_order = false")
    zero, unit = np.zeros(len(scene.x)), np.arange(len(scene.x))
    pieces = Pieces(unit, scene.x, scene.y, scene.dx, scene.dy, scene.length, zero)
    locate = Locate(kind="passed", tolerance_m=TOLERANCE)
    sizes = {"cell": cell_m(locate), "tolerance": TOLERANCE}
    table(duck, "pieces", "SELECT * FROM given", given=pieces.table())
    table(duck, "cells", statement(SQL, "cells"), sizes)
    hx, hy = np.cos(scene.heading), np.sin(scene.heading)
    if not heading:
        hx = hy = pa.nulls(len(scene.px), pa.float64())
    places = pa.table({"n": np.arange(len(scene.px)), "x": scene.px, "y": scene.py, "hx": hx, "hy": hy})
    table(duck, "moving", "SELECT * FROM given ORDER BY n", given=places)

    def run() -> Found:
        table(duck, "nearest", statement(SQL, "nearest"), nearest_parameters(locate))
        got = duck.execute("SELECT n, nearest[1] AS best FROM nearest WHERE nearest IS NOT NULL").fetchnumpy()
        segment, apart = np.full(len(scene.px), -1), np.full(len(scene.px), -1)
        best = np.asarray(got["best"])
        segment[got["n"]], apart[got["n"]] = (best >> 22) & 16777215, best >> 46
        return segment, apart

    return run


def dwithin(scene: Scene) -> Callable[[], Found]:
    """shapely: all segments within the tolerance by STRtree, their distances, the least of each position."""
    lines = scene.lines()
    tree = shapely.STRtree(lines)

    def run() -> Found:
        points = shapely.points(scene.px, scene.py)
        place, segment = tree.query(points, predicate="dwithin", distance=TOLERANCE)
        return _least(len(scene.px), place, segment, shapely.distance(points[place], lines[segment]))

    return run


def nearest(scene: Scene) -> Callable[[], Found]:
    """shapely: STRtree.query_nearest."""
    tree = shapely.STRtree(scene.lines())

    def run() -> Found:
        points = shapely.points(scene.px, scene.py)
        (place, segment), apart = tree.query_nearest(points, max_distance=TOLERANCE, return_distance=True)
        return _least(len(scene.px), place, segment, apart)

    return run


def kdtree(scene: Scene) -> Callable[[], Found]:
    """scipy: points every 10 m of the segments, the 12 nearest of each position, their segments exactly."""
    counts = np.ceil(scene.length / 10).astype(int) + 1
    owner = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)) / (counts[owner] - 1)
    tree = cKDTree(np.c_[scene.x[owner] + share * scene.dx[owner], scene.y[owner] + share * scene.dy[owner]])

    def run() -> Found:
        _, found = tree.query(np.c_[scene.px, scene.py], k=12, distance_upper_bound=TOLERANCE + 5.1)
        place, column = np.nonzero(found < len(owner))
        segment = owner[found[place, column]]
        x, y = scene.px[place] - scene.x[segment], scene.py[place] - scene.y[segment]
        ux, uy = scene.dx[segment] / scene.length[segment], scene.dy[segment] / scene.length[segment]
        along = np.clip(x * ux + y * uy, 0, scene.length[segment])
        return _least(len(scene.px), place, segment, np.hypot(x - along * ux, y - along * uy))

    return run


def _least(positions: int, place: np.ndarray, segment: np.ndarray, apart: np.ndarray) -> Found:
    kept = apart <= TOLERANCE
    place, segment, apart = place[kept], segment[kept], np.rint(apart[kept] * 1000).astype(int)
    order = np.lexsort((segment, apart, place))
    place, first = np.unique(place[order], return_index=True)
    found, distance = np.full(positions, -1), np.full(positions, -1)
    found[place], distance[place] = segment[order][first], apart[order][first]
    return found, distance


WAYS: dict[str, Callable[[Scene], Callable[[], Found]]] = {
    "grid in DuckDB": lambda scene: ours(scene, False),
    "grid in DuckDB, with headings": lambda scene: ours(scene, True),
    "shapely STRtree dwithin": dwithin,
    "shapely STRtree nearest": nearest,
    "scipy cKDTree": kdtree,
}


def measure(way: str, segments: int, positions: int, runs: int, out: Path) -> None:
    """One way in this process: its seconds and peak memory, printed as JSON; what it found, to a file."""
    scene = Scene(segments, positions)
    run = WAYS[way](scene)
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        segment, apart = run()
        seconds.append(time.process_time() - began)
    np.savez(out, segment=segment, apart=apart)
    peak = peak_mb()
    print(json.dumps({"way": way, "seconds": seconds, "peak_mb": peak}))


def projecting(positions: int, runs: int) -> float:
    """Seconds (median) that pyproj takes to make metres of so many degrees."""
    random = np.random.default_rng(1)
    lon, lat = random.uniform(-76.3, -76.0, positions), random.uniform(42.9, 43.1, positions)
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        Plane(43.0, -76.15).metres(lon, lat)
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


def main() -> None:
    """Measure every way in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--segments", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--way", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.segments, given.positions, given.runs, given.out)
        return
    figures = []
    print(f"{given.positions:,} positions, {given.segments:,} segments, one core, median of {given.runs}")
    print(f"{'way':32} {'M a minute':>10} {'peak MB':>8} {'other than the grid':>20}")
    with tempfile.TemporaryDirectory(prefix="dutywatch-locate-") as scratch:
        for nth, way in enumerate(WAYS):
            out = Path(scratch) / f"{nth}.npz"
            sizes = ["--positions", given.positions, "--segments", given.segments, "--runs", given.runs]
            command = [sys.executable, "-m", "benchmarks.locate", *map(str, sizes), "--way", way, "--out", str(out)]
            one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=one_core)  # noqa: S603 - ours
            figure = json.loads(done.stdout.splitlines()[-1])
            figure["millions_a_minute"] = given.positions * 60e-6 / statistics.median(figure["seconds"])
            found, grid = np.load(out), np.load(Path(scratch) / "0.npz")
            differ = (found["segment"] != grid["segment"]) | (found["apart"] != grid["apart"])
            figure["differ"] = None if "headings" in way else int(differ.sum())
            told = "" if figure["differ"] is None else f"{figure['differ']:,}"
            print(f"{way:32} {figure['millions_a_minute']:10.1f} {figure['peak_mb']:8} {told:>20}", flush=True)
            figures.append(figure)
    seconds = projecting(given.positions, given.runs)
    print(f"{'degrees to metres (pyproj)':32} {given.positions * 60e-6 / seconds:10.1f}")
    if given.json:
        record = {"positions": given.positions, "segments": given.segments, "ways": figures, "projecting": seconds}
        given.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
