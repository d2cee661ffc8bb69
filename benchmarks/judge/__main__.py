"""Measure how fast duties are judged, beside pandas and polars.

    python -m benchmarks.judge                          # every scene at full size, medians of five (an hour)
    python -m benchmarks.judge --only respond,share     # some scenes
    python -m benchmarks.judge --scale 0.1 --runs 3     # a tenth of the events and units
    python -m benchmarks.judge --small                  # every way once on a handful of events: do all agree?
    python -m benchmarks.judge --growth respond         # one scene at 1, 2, 4 and 8 times a quarter of its size
    python -m benchmarks.judge --late                   # a late day in a season of 150, against an ordinary day
    python -m benchmarks.judge --json figures.json      # the figures as JSON too, written anew after every scene

T is the time that DuckDB alone needs to copy the same events from CSV to Parquet (zstd), with the engine's settings.
Every figure is taken in a fresh process, in turn with the others of its scene; the import of libraries and the loading
of the contract are not counted; processor time stands beside it, for a machine that has other work. Targets are those
of full size, and of the bare query: beside the whole stands what of it is spent in the patterns' `run`, which read the
events and query them; the rest is what T and the rivals do not do, clocks, rows compared and digested, and a file for
each sheet. At a tenth T is a third of a second, and what the engine spends on each of 300 to 700 sheets, however
small, weighs ten times as much. Beside the scene's duties the engine judges those of its sources: a delivery each day.
The peak of memory is that of the whole process, of which Python, DuckDB, Arrow and pandas take 200 MB before anything
is read. All ways must count the same duties met and breached.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.judge import inputs
from benchmarks.judge.scenes import BEGINS, DAY, SCENES, Counts, Scene
from benchmarks.memory import peak_mb
from dutywatch.judge import Judgement, judge, obligations
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet

PATTERNS = Path(__file__).resolve().parents[2] / "sql" / "patterns"
WAYS = ("T", "dutywatch", "pandas", "polars")
SMALL = 0.0005
LATE = 1.5  # how many times an ordinary day's judgement one that came late may cost
Timed = dict[str, Any]


def copied(scene: Scene, given: inputs.Inputs) -> Counts:
    """T: what DuckDB alone does with the same events."""
    with duckdb.connect() as duck:
        duck.execute("SET threads = 2; SET memory_limit = '2GB'; SET preserve_insertion_order = false")
        target = given.root / "copied.parquet"
        duck.execute(f"COPY (SELECT * FROM read_csv('{given.copied}')) TO '{target}' (COMPRESSION zstd)")
    return {}


def judged(scene: Scene, given: inputs.Inputs) -> Counts:
    """All duties of the scene judged by the engine, their sheets written; counted by verdict outside the clock."""
    judgement = _judge(scene, given, given.accepted, scene.days)
    paths = [str(given.lake.path(one.file)) for one in judgement.judged if one.obligation == "owed"]
    return {"paths": paths}  # type: ignore[dict-item] - counted by `counted` once the clock has stopped


def counted(paths: list[str]) -> Counts:
    """How many duties of these sheets stand how."""
    query = "SELECT split_part(standing, '.', 1), count(*) FROM read_parquet($paths) GROUP BY 1"
    return dict(duckdb.execute(query, {"paths": paths}).fetchall())


def _judge(
    scene: Scene, given: inputs.Inputs, accepted: Iterable[Accepted], day: int, recorded: Iterable[Sheet] = ()
) -> Judgement:
    """The judgement two days after `day`."""
    as_of = BEGINS + DAY * (day + 2)
    return judge(given.terms, tuple(accepted), given.lake, PATTERNS, as_of, tuple(recorded))


def _way(name: str, scene: Scene) -> Callable[[Scene, inputs.Inputs], Any]:
    if name == "T":
        return copied
    if name == "dutywatch":
        import pandas  # noqa: F401 - which DuckDB loads at the first relation given to it

        return judged
    from benchmarks.judge.rivals import rival  # imported in the rivals' own processes only

    way = rival(name, scene)
    return lambda scene, given: way(scene, given.reading)


def child(way: str, scene: Scene, root: Path) -> None:
    """One way, once, in this process; prints seconds, peak memory and counts as JSON."""
    given, run = inputs.load(root), _way(way, scene)
    query = _queried() if way == "dutywatch" else {}
    began, worked = time.perf_counter(), time.process_time()
    found = run(scene, given)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    peak = peak_mb()
    if way == "dutywatch":
        found = counted(found["paths"])
    counts = {verdict: found[verdict] for verdict in ("met", "breached") if found.get(verdict)}
    taken = {"seconds": seconds, "processor": processor, "peak_mb": peak, **query}
    print(json.dumps({**taken, "counts": counts}))


def _queried() -> dict[str, float]:
    """What the patterns' reading and querying takes from now on; the rest makes clocks, digests, sheets and flips."""
    taken = {"query_seconds": 0.0, "query_processor": 0.0}
    for pattern in obligations.PATTERNS.values():
        pattern.run = _counting(pattern.run, taken)  # type: ignore[method-assign]
    return taken


def _counting(run: Callable[..., None], taken: dict[str, float]) -> Callable[..., None]:
    def counted(*given: Any) -> None:
        began, worked = time.perf_counter(), time.process_time()
        run(*given)
        taken["query_seconds"] += time.perf_counter() - began
        taken["query_processor"] += time.process_time() - worked

    return counted


def measure(way: str, scene: Scene, root: Path) -> Timed:
    """One way, once, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.judge", "--child", way, scene.name, str(root)]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - ours
    if done.returncode:
        raise SystemExit(f"{way} on {scene.name} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


@dataclass(frozen=True)
class Row:
    """One scene's figures: ratios to T, peaks and counts by way."""

    scene: Scene
    events: int
    t_seconds: float
    ratios: dict[str, float]
    spreads: dict[str, tuple[float, float]]
    processor: dict[str, float]
    query: dict[str, float]
    peaks: dict[str, int]
    counts: Counts

    @property
    def kept(self) -> bool:
        """Whether the targets of speed and memory are kept."""
        mine = self.ratios["dutywatch"] <= self.scene.target, self.peaks["dutywatch"] <= self.scene.target_mb
        return all(mine)

    @property
    def result(self) -> str:
        """Which targets are kept, in words."""
        if self.kept:
            return "kept"
        slow = self.ratios["dutywatch"] > self.scene.target
        large = self.peaks["dutywatch"] > self.scene.target_mb
        return "missed: " + " and ".join(["time"] * slow + ["memory"] * large)

    def record(self) -> Timed:
        """The figures as JSON."""
        return {
            "scene": self.scene.name, "title": self.scene.title, "events": self.events, "t_seconds": self.t_seconds,
            "target": self.scene.target, "target_mb": self.scene.target_mb, "ratios": self.ratios,
            "spreads": self.spreads, "processor_ratios": self.processor,
            "query_ratios": self.query, "peaks_mb": self.peaks,
            "counts": self.counts, "kept": self.kept,
        }  # fmt: skip


def run(scene: Scene, scale: float, runs: int, ways: tuple[str, ...] = WAYS) -> Row:
    """Every way in turn, `runs` times; all must count the same."""
    with tempfile.TemporaryDirectory(prefix="dutywatch-judge-") as scratch:
        root = Path(scratch)
        _say(f"{scene.name}: writing {round(scene.events * scale):,} events")
        given = inputs.make(scene, scale, root)
        taken: dict[str, list[Timed]] = {way: [] for way in ways}
        for turn in range(1, runs + 1):
            for way in ways:
                taken[way].append(measure(way, scene, root))
                _say(f"{scene.name}: run {turn} of {runs}, {way} {taken[way][-1]['seconds']:.2f} s")
    counts = {way: each[0]["counts"] for way, each in taken.items() if way != "T"}
    if len({json.dumps(one, sort_keys=True) for one in counts.values()}) > 1:
        raise SystemExit(f"{scene.name}: the ways do not agree: {counts}")
    yardstick = statistics.median(one["seconds"] for one in taken["T"])
    ratios = {way: statistics.median(o["seconds"] for o in each) / yardstick for way, each in taken.items()}
    spreads = {
        way: (min(o["seconds"] for o in each) / yardstick, max(o["seconds"] for o in each) / yardstick)
        for way, each in taken.items()
    }
    processor = {way: statistics.median(one["processor"] for one in each) for way, each in taken.items()}
    mine = taken["dutywatch"]
    query = {
        "seconds": statistics.median(one["query_seconds"] for one in mine) / yardstick,
        "processor": statistics.median(one["query_processor"] for one in mine) / processor["T"],
    }
    processor = {way: seconds / processor["T"] for way, seconds in processor.items()}
    peaks = {way: max(o["peak_mb"] for o in each) for way, each in taken.items()}
    return Row(scene, given.events, yardstick, ratios, spreads, processor, query, peaks, next(iter(counts.values())))


def late(scale: float, runs: int) -> Timed:
    """A season of 150 days is recorded; then an ordinary next day comes, or one that is fifty days late.

    Printed is the ratio of both judgements' medians: a late day must not cost more than half as much again.
    """
    scene = SCENES["respond"]
    last, missing = 120, 70
    with tempfile.TemporaryDirectory(prefix="dutywatch-late-") as scratch:
        given = inputs.make(scene, scale, Path(scratch))

        def logs(days: Iterable[int]) -> list[Accepted]:
            wanted = {(BEGINS + DAY * day).date() for day in days}
            return [one for one in given.accepted if one.service_date in wanted]

        known = [day for day in range(last) if day != missing]
        recorded = _sheets(_judge(scene, given, logs(known), last - 1))
        ordinary, belated = [], []
        for _ in range(runs):
            began = time.perf_counter()
            _judge(scene, given, logs([*known, last]), last, recorded)
            ordinary.append(time.perf_counter() - began)
            came = [_received(one, last) if _day(one) == missing else one for one in logs(range(last))]
            began = time.perf_counter()
            _judge(scene, given, came, last - 1, recorded)
            belated.append(time.perf_counter() - began)
    day, after = statistics.median(ordinary), statistics.median(belated)
    return {"day_seconds": day, "late_seconds": after, "ratio": after / day}


def _day(one: Accepted) -> int:
    assert one.service_date is not None
    return (one.service_date - BEGINS.date()).days


def _received(one: Accepted, day: int) -> Accepted:
    from dataclasses import replace

    return replace(one, received_at=BEGINS + DAY * day + timedelta(hours=7))


def _sheets(found: Judgement) -> list[Sheet]:
    names = Sheet.__dataclass_fields__
    return [Sheet(**{name: getattr(one, name) for name in names}) for one in found.judged]


def table(rows: Iterable[Row]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| scene | events | T | dutywatch / T | query / T | processor | query | target | MB | target "
        "| pandas / T | MB | polars / T | MB | met / breached | |",
        "| --- |" + " ---: |" * 14 + " --- |",
    ]
    for row in rows:
        rivals = [
            f"{row.ratios[way]:.2f} | {row.peaks[way]}" if way in row.ratios else "- | -"
            for way in ("pandas", "polars")
        ]
        low, high = row.spreads["dutywatch"]
        lines.append(
            f"| {row.scene.name}: {row.scene.title} | {row.events:,} | {row.t_seconds:.1f} s "
            f"| **{row.ratios['dutywatch']:.2f}** ({low:.2f}-{high:.2f}) | {row.query['seconds']:.2f} "
            f"| {row.processor['dutywatch']:.2f} | {row.query['processor']:.2f} "
            f"| {row.scene.target} "
            f"| {row.peaks['dutywatch']} | {row.scene.target_mb} | {' | '.join(rivals)} "
            f"| {row.counts.get('met', 0):,} / {row.counts.get('breached', 0):,} | {row.result} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """The machine's size, which stands beside every table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, DuckDB {duckdb.__version__}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="scenes, separated by commas: " + ", ".join(SCENES))
    parser.add_argument("--scale", type=float, default=1.0, help="how many times the full number of events and units")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="one run on a handful of events")
    parser.add_argument("--growth", metavar="SCENE", choices=sorted(SCENES), help="at 1, 2, 4 and 8 times a quarter")
    parser.add_argument("--late", action="store_true", help="a late day against an ordinary one")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--child", nargs=3, metavar=("WAY", "SCENE", "ROOT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        way, scene, root = asked.child
        child(way, SCENES[scene], Path(root))
        return
    scale, runs = (SMALL, 1) if asked.small else (asked.scale, asked.runs)
    figures: Timed = {"machine": machine(), "runs": runs, "scale": scale}
    print(f"{figures['machine']}; scale {scale:g}; medians of {runs}")
    if asked.late:
        figures["late"] = found = late(scale, runs)
        _keep(asked.json, figures)
        result = "kept" if found["ratio"] <= LATE else "missed"
        print("one ordinary day {day_seconds:.2f} s, one late day {late_seconds:.2f} s: ".format(**found), end="")
        print(f"{found['ratio']:.2f}, target {LATE}: {result}")
        return
    if asked.growth:
        wanted = [(SCENES[asked.growth], scale * times / 4) for times in (1, 2, 4, 8)]
    else:
        wanted = [(SCENES[name], scale) for name in (asked.only.split(",") if asked.only else SCENES)]
    rows: list[Row] = []
    for scene, size in wanted:
        rows.append(run(scene, size, runs, ("T", "dutywatch") if asked.growth else WAYS))
        figures["growth" if asked.growth else "scenes"] = [row.record() for row in rows]
        _keep(asked.json, figures)
    print(table(rows))


def _keep(path: Path | None, figures: Timed) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
