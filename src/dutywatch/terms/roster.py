"""Who should report through a source, and when: vehicles, crews, stations, as a table beside the contract.

A row belongs to the roster from `from` to `to`, both days included; an empty day is open. The same actor may
stand there several times, for periods that do not overlap.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from dutywatch.errors import Fault
from dutywatch.terms.words import Word


class RosterFile(Word):
    """Where the roster is (a CSV file in UTF-8 beside the contract), and which of its columns means what."""

    file: str = Field(pattern=r"^[^/\\][^/\\]*\.csv$")
    actor: str
    zone: str | None = None
    class_: str | None = Field(default=None, alias="class")
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the file must have."""
        return tuple(name for name in (self.actor, self.zone, self.class_, self.from_, self.to) if name)


@dataclass(frozen=True, slots=True, order=True)
class Rostered:
    """One actor in one period; `zone` and `class_` say which units it may serve, None: all."""

    actor: str
    from_: date
    to: date
    zone: str | None
    class_: str | None

    def on(self, day: date) -> bool:
        """Whether `day` belongs to the period."""
        return self.from_ <= day <= self.to


@dataclass(frozen=True)
class Roster:
    """All of a source's roster, sorted by actor and period, and the digest of the file that it stands in."""

    rows: tuple[Rostered, ...]
    digest: str

    def on(self, day: date) -> tuple[Rostered, ...]:
        """Who should report on `day`."""
        return tuple(row for row in self.rows if row.on(day))


def read(path: Path, declared: RosterFile) -> tuple[Roster, tuple[Fault, ...]]:
    """Read a roster. Faults name the line; nothing is dropped silently."""
    if not path.is_file():
        return Roster((), ""), (Fault(path.name, 0, "roster", "this file does not exist: put it beside the contract"),)
    raw = path.read_bytes()
    try:
        lines = csv.DictReader(raw.decode("utf-8-sig").splitlines(), strict=True)
        records = [(lines.line_num, record) for record in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        return Roster((), ""), (Fault(path.name, 0, "roster", f"this file cannot be read: {error}"),)
    lacking = [name for name in declared.columns if name not in (lines.fieldnames or ())]
    faults = [Fault(path.name, 1, "roster", f"no column `{name}`, which the contract names") for name in lacking]
    rows: list[tuple[int, Rostered]] = []
    for line, record in records if not lacking else ():
        found = _row(record, declared)
        if isinstance(found, str):
            faults.append(Fault(path.name, line, "roster", found))
        else:
            rows.append((line, found))
    faults.extend(Fault(path.name, line, "roster", message) for line, message in _twice(rows))
    if not rows and not faults:
        faults.append(Fault(path.name, 0, "roster", "this file lists nobody"))
    return Roster(tuple(sorted((row for _, row in rows), key=_order)), hashlib.sha256(raw).hexdigest()), tuple(faults)


def _row(record: dict[str, str | None], declared: RosterFile) -> Rostered | str:
    """A row of the roster, or what is wrong with it."""
    if None in record or None in record.values():
        return "this line has more or fewer fields than the header"
    actor = (record[declared.actor] or "").strip()
    if not actor:
        return f"`{declared.actor}` is empty: say who should report"
    try:
        begins = _day(record, declared.from_, date.min)
        ends = _day(record, declared.to, date.max)
    except ValueError as error:
        return str(error)
    if ends < begins:
        return f"{actor} leaves the roster ({ends}) before it joins ({begins})"
    return Rostered(actor, begins, ends, _text(record, declared.zone), _text(record, declared.class_))


def _day(record: dict[str, str | None], name: str | None, open_: date) -> date:
    value = _text(record, name)
    try:
        return date.fromisoformat(value) if value else open_
    except ValueError:
        raise ValueError(f"`{name}` is {value!r}, not a day such as 2025-11-01") from None


def _text(record: dict[str, str | None], name: str | None) -> str | None:
    return ((record[name] or "").strip() or None) if name else None


def _twice(rows: Sequence[tuple[int, Rostered]]) -> Iterator[tuple[int, str]]:
    """The lines on which an actor stands again for days that it stands for already."""
    for (_, one), (line, other) in pairwise(sorted(rows, key=lambda numbered: _order(numbered[1]))):
        if one.actor == other.actor and other.from_ <= one.to:
            yield line, f"{other.actor} is listed twice for {other.from_}"


def _order(row: Rostered) -> tuple[str, date, date]:
    return row.actor, row.from_, row.to
