"""The units' lines: read from the contract's GeoJSON when positions are to be located, and only then.

A register may be large and most steps need no lines, so `terms.units` leaves them in the file. What is not a
line (a collection point, a zone) cannot be passed over and is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dutywatch.errors import ContractFaults, Fault
from dutywatch.terms import Terms

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Vertices of the units' lines in degrees, WGS 84 as GeoJSON has it.

    `part` numbers the parts of lines, which are drawn without interruption; `unit` is the row of `Units.rows`.
    """

    lon: Floats
    lat: Floats
    part: NDArray[np.int64]
    unit: NDArray[np.int64]

    def on(self, terms: Terms, day: date) -> Lines:
        """Those of the units as they are on `day`."""
        kept = np.array([unit.exists(day) for unit in terms.units.rows])[self.unit]
        return Lines(self.lon[kept], self.lat[kept], self.part[kept], self.unit[kept])


def lines(terms: Terms) -> Lines:
    """The lines of all units that have one, of those that the register lists for several times each time's.

    Raises ContractFaults for coordinates that are none, and for no line.
    """
    file, dated = terms.contract.units.file, terms.contract.units.from_
    rows = {(unit.id, str(unit.valid_from or "")): row for row, unit in enumerate(terms.units.rows)}
    raw = (terms.folder / file).read_bytes()
    if hashlib.sha256(raw).hexdigest() != terms.units.digest:
        raise ContractFaults(terms.id, (Fault(file, 0, "units", "this file changed since the contract was loaded"),))
    features = json.loads(raw.decode("utf-8-sig"))["features"]
    points: list[Floats] = []
    owners: list[int] = []
    faults: list[Fault] = []
    for number, feature in enumerate(features, start=1):
        since = feature["properties"][dated] if dated else None
        name = str(feature["properties"][terms.contract.units.key])
        row = rows[name, str(date.fromisoformat(str(since))) if since else ""]
        try:
            parts = [_points(part) for part in _parts(feature.get("geometry"))]
        except (TypeError, ValueError, KeyError) as error:
            faults.append(Fault(file, number, "units", f"its line cannot be read: {error}"))
            continue
        points.extend(parts)
        owners.extend([row] * len(parts))
    if not faults and not points:
        faults.append(Fault(file, 0, "units", "no unit has a line, so that no position can be located on one"))
    if faults:
        raise ContractFaults(terms.id, tuple(faults))
    return _joined(points, owners)


def turns(terms: Terms) -> list[date]:
    """The days from which on the register has other units than before, or another row of one."""
    begun = {row.valid_from for row in terms.units.rows if row.valid_from}
    ended = {row.valid_to for row in terms.units.rows if row.valid_to and row.valid_to < date.max}
    return sorted(begun | {day + timedelta(days=1) for day in ended})


def states(terms: Terms, day: date) -> dict[date, list[int]]:
    """Which rows of the register the positions of `day` are located on as it was on which days, `day` last of them.

    What exists on `day` is, as on that day. A unit that does not is as on its own last day, or else on its first: a
    duty may run on after its unit ended, and acts may count that were early. No duty starts outside the term.
    """
    term, found = terms.contract.term, dict[date, list[int]]()
    for _, rows in groupby(enumerate(terms.units.rows), key=lambda one: one[1].id):
        listed = list(rows)
        row, unit = [one for one in listed if (one[1].valid_from or date.min) <= day or one == listed[0]][-1]
        on = min(max(day, unit.valid_from or date.min), unit.valid_to or date.max)
        if on == day or term.from_ <= on <= term.to:
            found.setdefault(on, []).append(row)
    standing = found.pop(day, [])
    return {**found, day: standing}


def _parts(geometry: dict[str, Any] | None) -> Iterator[Sequence[Sequence[float]]]:
    if geometry is None:
        return
    if geometry["type"] == "LineString":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiLineString":
        yield from geometry["coordinates"]


def _points(part: Sequence[Sequence[float]]) -> Floats:
    """The vertices (longitude, latitude) of one part; heights are left out."""
    found = np.array([vertex[:2] for vertex in part], dtype=np.float64)
    if found.ndim != 2 or len(found) < 2:
        raise ValueError("a line has two points at least, each of longitude and latitude")
    if not (np.isfinite(found).all() and (np.abs(found) <= (180, 90)).all()):
        raise ValueError("coordinates are degrees of longitude and latitude (WGS 84)")
    return found


def _joined(points: Sequence[Floats], owners: Sequence[int]) -> Lines:
    together = np.concatenate(points)
    part = np.repeat(np.arange(len(points), dtype=np.int64), [len(each) for each in points])
    return Lines(together[:, 0], together[:, 1], part, np.array(owners, dtype=np.int64)[part])
