"""The units as relations on the plane: straight pieces, the grid in which they are found, and where units touch.

Lines are cut into pieces of at most 250 m, so that a long slanting one does not enter thousands of cells and
every number fits the packed candidates of sql/locate/nearest.sql.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dutywatch.errors import ContractFaults, Fault
from dutywatch.locate.geometry import Floats, Lines
from dutywatch.locate.plane import Plane
from dutywatch.terms import Terms
from dutywatch.terms.source import Locate

LONGEST_PIECE_M = 250.0
MOST_PIECES = 1 << 24
TOUCH_M = 1.0


@dataclass(frozen=True)
class Pieces:
    """Straight pieces in the order of their units: (x, y) to (x + dx, y + dy), beginning at `m` of the unit."""

    unit: NDArray[np.int64]
    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    length: Floats
    m: Floats

    def table(self) -> pa.Table:
        """The relation `pieces`."""
        columns = {name: getattr(self, name) for name in ("unit", "x", "y", "dx", "dy", "length", "m")}
        return pa.table({"piece": np.arange(len(self.x), dtype=np.int64), **columns})


def pieces(lines: Lines, plane: Plane) -> Pieces:
    """Cut lines into straight pieces; what has no length is left out."""
    x, y = plane.metres(lines.lon, lines.lat)
    starts = np.flatnonzero(lines.part[1:] == lines.part[:-1])
    starts = starts[np.argsort(lines.unit[starts], kind="stable")]
    dx, dy = x[starts + 1] - x[starts], y[starts + 1] - y[starts]
    length = np.hypot(dx, dy)
    kept = length > 0
    starts, dx, dy, length = starts[kept], dx[kept], dy[kept], length[kept]
    cuts = np.ceil(length / LONGEST_PIECE_M).astype(np.int64)
    which = np.repeat(np.arange(len(starts)), cuts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    dx, dy, length = (dx / cuts)[which], (dy / cuts)[which], (length / cuts)[which]
    unit = lines.unit[starts][which]
    from_start = np.cumsum(length) - length
    first = np.searchsorted(unit, unit, side="left")
    return Pieces(
        unit, x[starts][which] + nth * dx, y[starts][which] + nth * dy, dx, dy, length, from_start - from_start[first]
    )


def lay(
    duck: duckdb.DuckDBPyConnection,
    terms: Terms,
    lines: Lines,
    rows: Sequence[int],
    plane: Plane,
    locate: Locate,
    sql: Path,
) -> None:
    """Make the relations pieces, cells, extent and junctions of all these lines, and units, of the register's `rows`.

    Raises ContractFaults for too large a register.
    """
    cut = pieces(lines, plane)
    if len(cut.x) >= MOST_PIECES:
        message = f"its lines have {len(cut.x)} straight pieces; {MOST_PIECES} can be located on"
        raise ContractFaults(terms.id, (Fault(terms.contract.units.file, 0, "units", message),))
    table(duck, "pieces", "SELECT * FROM given ORDER BY piece", given=cut.table())
    sizes = {"cell": cell_m(locate), "tolerance": locate.tolerance_m}
    table(duck, "cells", statement(sql, "cells"), sizes)
    table(duck, "units", "SELECT * FROM given", given=_units(terms, cut, rows))
    table(duck, "extent", "SELECT * FROM given", given=_extent(cut, locate.tolerance_m))
    table(duck, "ends", "SELECT * FROM given", given=_ends(cut))
    touching = {"cell": sizes["cell"], "touch": min(TOUCH_M, locate.tolerance_m)}
    table(duck, "junctions", statement(sql, "junctions"), touching)


def cell_m(locate: Locate) -> float:
    """The side of the grid's cells: twice the tolerance was the fastest of those measured."""
    return max(2 * locate.tolerance_m, 20.0)


def statement(sql: Path, name: str) -> str:
    """The text of one statement of sql/locate."""
    return (sql / "locate" / f"{name}.sql").read_text(encoding="utf-8")


def table(
    duck: duckdb.DuckDBPyConnection,
    name: str,
    query: str,
    parameters: Mapping[str, object] | None = None,
    given: pa.Table | None = None,
) -> None:
    """Make the temporary table `name` of a query's rows; `given` is the relation of that name in it."""
    if given is not None:
        duck.register("given", given)
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", dict(parameters or {}))
    if given is not None:
        duck.unregister("given")


def _units(terms: Terms, cut: Pieces, rows: Sequence[int]) -> pa.Table:
    """The length of each of these units, how many declared metres a metre of its line is, and where that ends."""
    found, at = np.unique(cut.unit, return_index=True)
    mine = np.isin(found, rows)
    found, drawn = found[mine], np.add.reduceat(cut.length, at)[mine]
    stated = [terms.units.rows[row].length_m for row in found]
    length = np.array([one or round(float(line), 2) for one, line in zip(stated, drawn, strict=True)])
    names = pa.array([terms.units.rows[row].id for row in found], pa.string())
    ends = np.round(drawn * 100).astype(np.int64)
    return pa.table({"unit": found, "id": names, "scale": length / drawn, "length_m": length, "end_cm": ends})


def _extent(cut: Pieces, tolerance: float) -> pa.Table:
    xs, ys = np.concatenate([cut.x, cut.x + cut.dx]), np.concatenate([cut.y, cut.y + cut.dy])
    return pa.table(
        {
            "x0": [xs.min(initial=np.inf) - tolerance],
            "y0": [ys.min(initial=np.inf) - tolerance],
            "x1": [xs.max(initial=-np.inf) + tolerance],
            "y1": [ys.max(initial=-np.inf) + tolerance],
        }
    )


def _ends(cut: Pieces) -> pa.Table:
    """The two ends of every unit."""
    units, first, many = np.unique(cut.unit, return_index=True, return_counts=True)
    last = first + many - 1
    x = np.concatenate([cut.x[first], cut.x[last] + cut.dx[last]])
    y = np.concatenate([cut.y[first], cut.y[last] + cut.dy[last]])
    cm = np.concatenate([np.zeros(len(first)), np.round((cut.m[last] + cut.length[last]) * 100)]).astype(np.int64)
    return pa.table({"unit": np.concatenate([units, units]), "cm": cm, "x": x, "y": y})
