"""A source's passes, day by day: each day a file whose name says what it was derived from.

A day's movements are those that begin on it (in the contract's time zone). What they depend on lies within
three times the bridge's seconds, so one late delivery derives only the days anew that it touches; all others
are found in the lake under the name that they had.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import cos, radians
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

import dutywatch
from dutywatch.clock import local_date, midnight
from dutywatch.errors import SettingsError
from dutywatch.lake import Lake
from dutywatch.lake.duck import copy
from dutywatch.ledger.deliveries import Accepted
from dutywatch.locate import geometry, network
from dutywatch.locate.geometry import Lines
from dutywatch.locate.network import statement, table
from dutywatch.locate.plane import Plane, geographic
from dutywatch.terms import Terms
from dutywatch.terms.source import Locate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_STATEMENTS = ("cells", "junctions", "reported", "moves", "nearest", "located", "stretches", "passes", "fates")
_KMH = 3.6
PASSES_ORDER = 'unit, "at", actor, from_m, to_m'


@dataclass(frozen=True)
class Located:
    """A day's passes and what became of its positions: names in the lake."""

    day: date
    passes: str
    fates: str


def passes(
    duck: duckdb.DuckDBPyConnection,
    lake: Lake,
    terms: Terms,
    source: str,
    accepted: Sequence[Accepted],
    sql: Path,
    *,
    as_of: datetime | None = None,
    over: tuple[datetime, datetime] | None = None,
) -> tuple[Located, ...]:
    """The passes of a position source with the word `locate`, one file a day that may have positions.

    `accepted`: the acceptances in force of `source`; `sql`: the folder that holds locate/; `as_of`: positions
    later than this are ignored; `over`: only days that meet this interval. Files have the columns

        source, ref          where a pass comes from; ref names actor, beginning and unit, not a line of a file,
                             because the same pass may stand in many deliveries
        unit, at, until, actor, kind
        from_m, to_m         the interval of the unit, from_m < to_m, metres from its line's beginning;
                             in proportion to the length that the register states
        length_m             what from_m and to_m are out of
        forward              whether it went in the line's direction
        speed_kmh            the mean
        distance_m           of its positions from the line, the greatest
        angle_deg            between heading and line, the greatest, 0 to 90
        positions, ambiguous how many lie on the unit, and how many of them another unit might as well have

    sorted by (unit, at, actor, from_m, to_m). The same positions give the same rows, in whatever order and
    however often they were sent. A day without positions is an empty file: whether positions are missing is
    what the source's coverage says, and never what this does.

    Raises ContractFaults where the units have no lines or `crs` is unknown, SettingsError for a source
    without `locate`.
    """
    locate = terms.contract.sources[source].locate
    if locate is None:
        raise SettingsError(f"contract {terms.id}, source {source}: it has no `locate`, so it has no passes")
    geographic(terms.id, f"sources.{source}.locate.crs", locate)
    given = [one for one in accepted if one.accepted and one.source == source]
    rules, turns, term = _rules(terms, locate, sql), geometry.turns(terms), terms.contract.term
    found: list[Located] = []
    workers: dict[int, _Worker] = {}  # the units are laid out as they are, one time after another
    for day in _days(terms, given, over, as_of):
        begins, ends = (midnight(each, terms.contract.zone) for each in (day, day + _DAY))
        margin = timedelta(seconds=3 * locate.bridge.seconds)
        window = (begins - margin, ends + margin)
        files = sorted({one.accepted_file for one in given if _meets(one, window)})
        cut = as_of if as_of is not None and any(_later(one, as_of) for one in given if _meets(one, window)) else None
        turned = bisect_right(turns, day)
        inputs = _digest(
            [rules, *files, str(cut and cut.astimezone(UTC)), *(["turned", f"{turned} {term}"] if turns else [])]
        )
        one = Located(day, lake.passes(terms.id, source, day, inputs), lake.fates(terms.id, source, day, inputs))
        if not (lake.path(one.passes).exists() and lake.path(one.fates).exists()):
            if turned not in workers:
                workers = {turned: _Worker.of(duck, lake, terms, source, locate, sql, day)}
            workers[turned].derive(one, [str(lake.path(name)) for name in files], window, (begins, ends), cut)
        found.append(one)
    return tuple(found)


def fates(duck: duckdb.DuckDBPyConnection, lake: Lake, located: Sequence[Located]) -> Mapping[str, int]:
    """How many positions were `located`, and how many were not, by reason (docs/locating.md), over some days."""
    if not located:
        return {}
    rows = duck.execute(
        "SELECT fate, sum(positions)::BIGINT FROM read_parquet($paths) GROUP BY fate ORDER BY fate",
        {"paths": [str(lake.path(one.fates)) for one in located]},
    ).fetchall()
    return dict(rows)


@dataclass(frozen=True)
class _Worker:
    """The units ready to locate one day after another, in each state of the register that these days are located on."""

    duck: duckdb.DuckDBPyConnection
    lake: Lake
    terms: Terms
    source: str
    locate: Locate
    sql: Path
    plane: Plane
    states: Sequence[tuple[Lines, Sequence[int]]]

    @staticmethod
    def of(
        duck: duckdb.DuckDBPyConnection, lake: Lake, terms: Terms, source: str, locate: Locate, sql: Path, day: date
    ) -> _Worker:
        lines = geometry.lines(terms)
        states = [(lines.on(terms, on), rows) for on, rows in geometry.states(terms, day).items()]
        worker = _Worker(duck, lake, terms, source, locate, sql, Plane.about(lines), states)
        worker.lay(*states[-1])
        return worker

    def lay(self, lines: Lines, rows: Sequence[int]) -> None:
        """Lay a state of the register out in DuckDB, for the passes of these of its rows."""
        network.lay(self.duck, self.terms, lines, rows, self.plane, self.locate, self.sql)

    def derive(
        self,
        target: Located,
        paths: Sequence[str],
        window: tuple[datetime, datetime],
        day: tuple[datetime, datetime],
        as_of: datetime | None,
    ) -> None:
        """Locate the positions of `window` and write the passes that begin within `day`."""
        locate, bounds = self.locate, {"from_us": _micros(day[0]), "to_us": _micros(day[1])}
        self.place(paths, window, as_of)
        self.move()
        bridge = {
            "metres": locate.bridge.metres,
            "tolerance": locate.tolerance_m,
            "fastest": locate.speed_kmh[1] / _KMH,
        }
        kept = {"seconds": locate.bridge.seconds, "tolerance": locate.tolerance_m, "shortest": locate.shortest_m}
        moved = self.duck.execute("SELECT 1 FROM moving LIMIT 1").fetchall()
        states = self.states if moved else self.states[-1:]
        for nth, state in enumerate(states):  # the day's own is the last: by it the fates are told
            if len(states) > 1:
                self.lay(*state)
            self.make("nearest", nearest_parameters(locate))
            self.make("located", {"ambiguous": locate.ambiguous_m})
            self.make("stretches", {**bridge, **bounds})
            self.make("passes", {"source": self.source, "kind": locate.kind, **kept})
            self.duck.execute(
                "INSERT INTO told FROM passes" if nth else "CREATE OR REPLACE TEMP TABLE told AS FROM passes"
            )
        self.make("fates", {"source": self.source, **bounds})
        self.write(target.passes, "told", PASSES_ORDER)
        self.write(target.fates, "fates", "actor, fate")

    def place(self, paths: Sequence[str], window: tuple[datetime, datetime], as_of: datetime | None) -> None:
        """The relation `places`: what was reported, in metres, shifted as the source declares."""
        given = {"paths": list(paths), "from": window[0], "to": window[1], "as_of": as_of}
        self.make("reported", {**given, "tolerance": self.locate.tolerance_m})
        degrees = self.duck.execute("SELECT n, lon, lat FROM reported ORDER BY n").fetchnumpy()
        lon, lat = (np.ma.filled(degrees[name].astype(np.float64), np.nan) for name in ("lon", "lat"))
        x, y = self.plane.metres(lon, lat, self.locate.crs)
        east, north = self.locate.shift_m
        columns = {"n": np.asarray(degrees["n"]), "x": x + east, "y": y + north}
        joined = "SELECT * EXCLUDE (lat, lon) FROM reported JOIN given USING (n) ORDER BY n"
        table(self.duck, "places", joined, given=pa.table(columns))

    def move(self) -> None:
        """From the relation `places`, `moves`, and `moving`: those to be located."""
        slowest, fastest = (kmh / _KMH for kmh in self.locate.speed_kmh)
        speeds = {"slowest": slowest, "fastest": fastest, "jump": self.locate.jump_kmh / _KMH}
        self.make("moves", {"seconds": self.locate.bridge.seconds, **speeds})
        table(self.duck, "moving", "SELECT n, x, y, hx, hy FROM moves WHERE fate IS NULL")

    def make(self, name: str, parameters: Mapping[str, object]) -> None:
        table(self.duck, name, statement(self.sql, name), parameters)

    def write(self, name: str, relation: str, order: str) -> None:
        """Write the rows of a relation, in their total order, to the lake's file `name`."""
        with self.lake.writing(name) as partial:
            copy(self.duck, f"SELECT * FROM {relation} ORDER BY {order}", partial)


def nearest_parameters(locate: Locate) -> dict[str, object]:
    """The parameters of sql/locate/nearest.sql."""
    cosine = cos(radians(locate.heading_deg))
    return {"cell": network.cell_m(locate), "tolerance": locate.tolerance_m, "cosine": cosine}


def _rules(terms: Terms, locate: Locate, sql: Path) -> str:
    """The digest of all that passes depend on but the positions: the units, the parameters, the statements."""
    units = terms.contract.units.model_dump_json()
    texts = [statement(sql, name) for name in _STATEMENTS]
    parts = [dutywatch.__version__, terms.units.digest, units, terms.contract.timezone, locate.model_dump_json()]
    return _digest([*parts, *texts])


def _days(
    terms: Terms, given: Sequence[Accepted], over: tuple[datetime, datetime] | None, as_of: datetime | None
) -> Iterator[date]:
    """The civil days between the first and the last readable time of the deliveries, or those of them in `over`."""
    firsts = [one.first_at for one in given if one.first_at is not None]
    lasts = [one.last_at for one in given if one.last_at is not None]
    if not firsts or not lasts:
        return
    begins, ends = min(firsts), max(lasts) + timedelta(microseconds=1)
    if as_of is not None:
        ends = min(ends, as_of + timedelta(microseconds=1))
    if over is not None:
        begins, ends = max(begins, over[0]), min(ends, over[1])
    day = local_date(begins, terms.contract.zone)
    while begins < ends and midnight(day, terms.contract.zone) < ends:
        yield day
        day += _DAY


def _meets(one: Accepted, window: tuple[datetime, datetime]) -> bool:
    return (one.first_at is None or one.first_at < window[1]) and (one.last_at is None or one.last_at >= window[0])


def _later(one: Accepted, as_of: datetime) -> bool:
    """Whether a delivery may hold what lies after `as_of`."""
    return one.last_at is None or one.last_at > as_of


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
