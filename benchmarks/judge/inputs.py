"""Writes a scene's inputs: the contract, the units, a lake with each day's log, and the same events as CSV for T."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import duckdb

from benchmarks.judge.scenes import BEGINS, DAY, STORMS, Reading, Scene
from dutywatch.lake import Lake
from dutywatch.lake.duck import copy
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Terms
from dutywatch.terms import load as load_terms

ZONES = 20
LENGTH = 300
_EVENT = {
    "line": "BIGINT",
    "at": "TIMESTAMPTZ",
    "until": "TIMESTAMPTZ",
    "seen_at": "TIMESTAMPTZ",
    **dict.fromkeys(("unit", "zone", "actor", "kind", "record", "note"), "VARCHAR"),
}


@dataclass(frozen=True)
class Inputs:
    """Where a scene's inputs lie."""

    root: Path
    events: int
    accepted: tuple[Accepted, ...]
    reading: Reading

    @property
    def lake(self) -> Lake:
        """The lake with the accepted rows."""
        return Lake(self.root / "lake")

    @cached_property
    def terms(self) -> Terms:
        """The scene's contract with its units."""
        return load_terms(next(self.root.glob("*/contract.yaml")).parent)

    @property
    def copied(self) -> Path:
        """The same events as CSV, from which DuckDB copies for T."""
        return self.root / "events.csv"


def make(scene: Scene, scale: float, root: Path) -> Inputs:
    """Write the inputs of `scene` at `scale` below `root`; both the number of events and that of units follow it."""
    units = max(4, round(scene.units * scale)) if scene.units > 1000 else scene.units
    a_day = max(4, round(scene.events * scale / scene.days))
    lake = Lake(root / "lake")
    folder = root / scene.contract_id
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(scene.contract(), encoding="utf-8")
    _units(folder / "units.csv", units)
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'; SET threads = 2; SET preserve_insertion_order = true")
        accepted = list(_logs(duck, scene, lake, units, a_day))
        if scene.storms:
            accepted += _snow(duck, scene, lake, len(accepted))
        files = tuple(str(lake.path(one.accepted_file)) for one in accepted if one.source == "log")
        shown = ", ".join(('"at"', "unit", *(f'"{name}"' for name in scene.columns)))
        duck.execute(f"COPY (SELECT {shown} FROM read_parquet($files)) TO '{root / 'events.csv'}'", {"files": files})
    inputs = Inputs(root, a_day * scene.days, tuple(accepted), Reading(files, units, min(ZONES, units)))
    (root / "inputs.pickle").write_bytes(pickle.dumps(inputs))
    return inputs


def load(root: Path) -> Inputs:
    """The inputs that `make` wrote below `root`, in another process of the same run; the contract is loaded."""
    found = pickle.loads((root / "inputs.pickle").read_bytes())  # noqa: S301 - our own file of this very run
    assert isinstance(found, Inputs) and found.terms.units
    return found


def _units(path: Path, units: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["unit", "class", "zone", "length_m"])
        rows.writerows([f"U{n:06}", "A", f"Z{n % ZONES:02}", LENGTH] for n in range(units))


def _logs(duck: duckdb.DuckDBPyConnection, scene: Scene, lake: Lake, units: int, a_day: int) -> Iterator[Accepted]:
    """Each day's log, in order of time as contractors write it."""
    for day in range(scene.days):
        begins = BEGINS + DAY * day
        events = (
            f"SELECT i, {day} AS day, 'U' || lpad((hash(i, {day}, 1) % {units})::VARCHAR, 6, '0') AS unit, "
            f'$begins::TIMESTAMPTZ + to_microseconds(i * 86400000000 // {a_day}) AS "at" FROM range({a_day}) t(i)'
        )
        yield _accepted(duck, lake, "log", day, events, {"line": "i + 2", **scene.columns}, begins, a_day)


def _snow(duck: duckdb.DuckDBPyConnection, scene: Scene, lake: Lake, number: int) -> list[Accepted]:
    """Each day's weather, hour by hour."""
    found = []
    for day in range(scene.days):
        begins = BEGINS + DAY * day
        events = f'SELECT i, {day} AS day, $begins::TIMESTAMPTZ + to_hours(i::INTEGER) AS "at" FROM range(24) t(i)'
        snows = "i IN (10, 11, 12)" if day in STORMS else "false"
        kind, depth = (f"CASE WHEN {snows} THEN {one} END" for one in (("'snowfall' ELSE 'dry'"), ("5.0 ELSE 0.0")))
        columns = {"line": "i + 2", "kind": kind, "depth_cm": depth}
        found.append(_accepted(duck, lake, "snow", day, events, columns, begins, 24, number))
    return found


def _accepted(
    duck: duckdb.DuckDBPyConnection,
    lake: Lake,
    source: str,
    day: int,
    events: str,
    columns: dict[str, str],
    begins: datetime,
    rows: int,
    number: int = 0,
) -> Accepted:
    """One accepted delivery, with the columns that the lake's files have, written as they are."""
    file = f"accepted/{source}-{day:03}.parquet"
    path = lake.path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    own = {"at": '"at"', "unit": "unit" if source == "log" else "NULL", **columns}
    shown = [f'({own.get(name, "NULL")})::{kind} AS "{name}"' for name, kind in _EVENT.items()]
    shown += [f'({value}) AS "{name}"' for name, value in columns.items() if name not in _EVENT]
    copy(duck, f'SELECT {", ".join(shown)} FROM ({events}) ORDER BY "at", line', path, {"begins": begins})
    return Accepted(
        id=number + day + 1,
        source=source,
        name=f"{source}/{begins:%Y-%m-%d}.csv",
        sha256=f"{number + day:064x}",
        service_date=begins.date(),
        received_at=begins + DAY + timedelta(hours=5),
        accepted=rows,
        quarantined=0,
        accepted_file=file,
        quarantine_file=f"quarantine/{source}-{day:03}.parquet",
        refused=None,
        covers_from=begins,
        covers_to=begins + DAY,
        first_at=begins,
        last_at=begins + DAY - timedelta(seconds=1),
        rules="generated",
    )
