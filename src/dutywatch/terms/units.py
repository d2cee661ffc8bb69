"""The units of a contract: what its duties are owed on.

A unit whose class the register does not state keeps `class_` None: no obligation with a class in its
scope is owed on it, and reports count it, so that it does not vanish.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dutywatch.errors import Fault
from dutywatch.terms.contract import Assignment, UnitsFile, UnitsGiven
from dutywatch.terms.obligation import Scope
from dutywatch.terms.patterns import Per


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as it is on the days `valid_from` to `valid_to` (None: always); `length_m` in metres where given."""

    id: str
    class_: str | None
    zone: str | None
    length_m: float | None
    valid_from: date | None = None
    valid_to: date | None = None

    def overlaps(self, other: Unit) -> bool:
        """Whether both rows speak of the same unit on the same day."""
        begins = max(self.valid_from or date.min, other.valid_from or date.min)
        return self.id == other.id and begins <= min(self.valid_to or date.max, other.valid_to or date.max)

    def exists(self, day: date) -> bool:
        """Whether this row says how the unit is on `day`."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    def group(self, per: Per, whole: str) -> str | None:
        """What stands in for it where duties are owed `per` zone, class or contract; `whole` is the contract."""
        return {"unit": self.id, "zone": self.zone, "class": self.class_, "contract": whole}[per]

    def among(self, given: UnitsGiven) -> bool:
        """Whether it is one of the units given. Without a class, it is in no class that is named."""
        return self.within(given) and (given.id is None or self.id in given.id)

    def party(self, assignments: Iterable[Assignment], otherwise: str) -> str:
        """Who answers for it: by the first of these assignments, all of which hold, that names it, else `otherwise`."""
        return next((one.contractor for one in assignments if self.among(one.units)), otherwise)

    def within(self, named: Scope | UnitsGiven) -> bool:
        """Whether it is of a class and in a zone that is named; without a class, it is in no class that is."""
        return (named.class_ is None or self.class_ in named.class_) and (named.zone is None or self.zone in named.zone)


Moves = tuple[tuple[date, str | None], ...]
"""From which day on a unit lies in which zone; the first of them also before that day."""


def moves(rows: Iterable[Unit]) -> Moves:
    """Where a unit lies, `rows` being all of it by their first day; empty where that never changes."""
    found: list[tuple[date, str | None]] = []
    for one in rows:
        if not found or found[-1][1] != one.zone:
            found.append((one.valid_from or date.min, one.zone))
    return tuple(found) if len(found) > 1 else ()


def zone_on(turns: Moves, day: date) -> str | None:
    """Where a unit that moves so lies on a day."""
    return next((zone for since, zone in reversed(turns) if since <= day), turns[0][1])


def course(rows: Iterable[Unit]) -> str:
    """The moves of a unit as one text: those of one course lie in one zone on any day. Empty where it never moves."""
    return "; ".join(f"{zone!r} from {since}" for since, zone in moves(rows))


def by_id(rows: Iterable[Unit]) -> dict[str, list[Unit]]:
    """The rows of each unit of a register, by its id."""
    found: dict[str, list[Unit]] = {}
    for one in rows:
        found.setdefault(one.id, []).append(one)
    return found


def parties(
    units: Iterable[Unit], per: Per, whole: str, assignments: Sequence[Assignment], otherwise: str
) -> dict[str, set[str]]:
    """Who answers for the units of each group that something is owed `per`, on one day.

    All of the `units` exist then, and all of these `assignments` hold; `whole` is the contract.
    """
    found: dict[str, set[str]] = {}
    for unit in units:
        group = unit.group(per, whole)
        if group is not None:
            found.setdefault(group, set()).add(unit.party(assignments, otherwise))
    return found


@dataclass(frozen=True)
class Units:
    """All units of a contract, sorted by id and first day, and the digest of the file that they stand in."""

    rows: tuple[Unit, ...]
    digest: str

    def unclassified(self) -> int:
        """How many units have no class."""
        return sum(1 for unit in self.rows if unit.class_ is None)


def read(path: Path, declared: UnitsFile) -> tuple[Units, tuple[Fault, ...]]:
    """Read a GeoJSON or CSV register. Faults name the feature or line; nothing is dropped silently."""
    if not path.is_file():
        return Units((), ""), (Fault(path.name, 0, "units", "this file does not exist: put it beside the contract"),)
    raw = path.read_bytes()
    faults: list[Fault] = []
    units: dict[str, list[Unit]] = {}
    try:
        records = list(_records(path, raw, declared))
    except UnicodeDecodeError as error:
        what = f"it is not {declared.encoding}: say how it is written, such as `encoding: gb18030`, under `units`"
        return Units((), ""), (Fault(path.name, 1 + raw.count(b"\n", 0, error.start), "units", what),)
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        what = "it has no `features`" if isinstance(error, KeyError) else str(error)
        return Units((), ""), (Fault(path.name, 0, "units", f"this file cannot be read: {what}"),)
    named = (declared.key, declared.class_, declared.zone, declared.length, declared.from_, declared.to)
    wanted = [name for name in named if name]
    lacking = sorted({name for _, properties in records for name in wanted if name not in properties})
    for name in lacking:
        place = next(place for place, properties in records if name not in properties)
        has = ", ".join(str(one) for one in dict(records)[place] if one is not None)
        message = f"no property `{name}`, which the contract names: it has {has[:200] or 'none'}"
        faults.append(Fault(path.name, place, "units", message))
    for place, properties in records if not lacking else ():
        unit = _unit(properties, declared, path.name, place, faults)
        if unit is None:
            continue
        if any(unit.overlaps(other) for other in units.get(unit.id, ())):
            faults.append(Fault(path.name, place, "units", f"unit {unit.id} is listed twice"))
        units.setdefault(unit.id, []).append(unit)
    if not units and not faults:
        faults.append(Fault(path.name, 0, "units", "this file lists no unit"))
    rows = tuple(unit for key in sorted(units) for unit in sorted(units[key], key=lambda u: u.valid_from or date.min))
    return Units(rows, hashlib.sha256(raw).hexdigest()), tuple(faults)


def _records(path: Path, raw: bytes, declared: UnitsFile) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.suffix == ".csv":
        text = raw.decode(declared.encoding).removeprefix("\ufeff")
        lines = csv.DictReader(text.splitlines(), delimiter=declared.delimiter)
        for row in lines:
            if any(field and str(field).strip() for field in row.values()):  # else the empty rest of a spreadsheet
                yield lines.line_num, row
        return
    for number, feature in enumerate(json.loads(raw.decode("utf-8-sig"))["features"], start=1):
        yield number, feature["properties"]


def _unit(properties: dict[str, Any], declared: UnitsFile, file: str, place: int, faults: list[Fault]) -> Unit | None:
    key = properties[declared.key]
    if key in (None, ""):
        faults.append(Fault(file, place, "units", f"`{declared.key}` is empty: every unit needs its id"))
        return None
    length = properties[declared.length] if declared.length else None
    try:
        length_m = float(length) if length not in (None, "") else None
    except (TypeError, ValueError):
        faults.append(Fault(file, place, "units", f"`{declared.length}` is {length!r}, not a number of metres"))
        return None
    days: list[date | None] = []
    for name in (declared.from_, declared.to):
        text = _text(properties, name)
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            faults.append(Fault(file, place, "units", f"`{name}` is {text!r}, not a day such as 2024-01-31"))
            return None
    return Unit(str(key), _text(properties, declared.class_), _text(properties, declared.zone), length_m, *days)


def _text(properties: dict[str, Any], name: str | None) -> str | None:
    value = properties[name] if name else None
    return str(value) if value not in (None, "") else None
