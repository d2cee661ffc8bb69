"""The town whose contract the tables of recur, attain and keep are judged by, and how these tables are written.

An event reads `DDTHH:MM,name=value,...`: its time in January 2024 (UTC+8), what else it states; `unit` is U1 unless said.
A day's log arrives at 05:00 of the next day and is due at 06:00. A log reads `DD`, or `DD@DDTHH:MM` if it arrives at
another time. The 8th of January 2024 is a Monday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import Bench, set_up
from tests.judge.oracle import File, Row, Trace, Unreadable

ZONE = ZoneInfo("Asia/Shanghai")
UNITS = (Unit("U1", "A", "north", 100.0), Unit("U2", "B", "south", 100.0))
DUE = {"path": "{service_date}.csv", "due": "06:00 next day", "from": "2024-01-08"}
COLUMNS = {name: name for name in ("at", "until", "unit", "zone", "actor", "kind", "record", "wait", "level")}


def cases(*tables: str) -> list[Any]:
    """The lines of some tables as the parameters of a test, named by their first column."""
    rows = [[cell.strip() for cell in line.split("|")] for table in tables for line in table.strip().splitlines()]
    return [pytest.param(row[1:], id=row[0]) for row in rows]


def at(text: str) -> datetime:
    """An instant of January 2024."""
    day, clock = text.split("T")
    return datetime(2024, 1, int(day), *map(int, clock.split(":")), tzinfo=ZONE)


def sources(**changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sources of the town; `changes` are further words of some of them."""
    source = {"run_by": "firm", "owner": "desk", "encoding": "utf-8", "expects": "any", "columns": COLUMNS}
    columns = {"at": "at", "kind": "kind", "depth": "depth"}
    found = {
        "log": {**source, **DUE, "stream": "service", "rank": 1},
        "calls": {**source, **DUE, "stream": "call"},
        "weather": {**source, **DUE, "stream": "condition", "columns": columns, "run_by": "weather-service"},
        "seen": {**source, "stream": "inspection", "run_by": "city", "path": "{part}.csv", "rank": 2}
        | {"redelivery": "append"},
    }
    return {name: {**one, **changes.get(name, {})} for name, one in found.items()}


def contract(obligations: Mapping[str, Any], **words: Any) -> Contract:
    """A contract with these obligations; `words` are further words of it."""
    owed = {"title": {"en": "Owed"}, "clause": "§1", "party": "firm", "supervisor": "desk"}
    return Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [
                {"id": "firm", "name": {"en": "Firm"}},
                {"id": "other", "name": {"en": "Other"}, "actors": ["others"]},
            ],
            "term": {"from": "2024-01-02", "to": "2024-01-31"},
            "timezone": "Asia/Shanghai",
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id", "class": "class"},
            "sources": sources(),
            "obligations": {name: {**owed, **one} for name, one in obligations.items()},
        }
        | words
    )


def row(text: str) -> Row:
    """One event."""
    when, *rest = text.split(",")
    said = dict(part.split("=") for part in rest)
    until = said.pop("until", None)
    earlier = said.pop("earlier", None)
    named: dict[str, Any] = {name: said.pop(name, None) or None for name in ("zone", "actor", "record")}
    named["unit"] = said.pop("unit", "U1") or None
    kind = said.pop("kind", "sweep")
    numbers = tuple((name, float(value) if value else None) for name, value in said.items())
    return Row(
        at(when),
        kind=kind,
        until=at(until) if until else None,
        earlier=at(earlier) if earlier else None,
        numbers=numbers,
        **named,
    )


def daily(source: str, logs: str, rows: Sequence[Row], bad: Sequence[Unreadable] = ()) -> list[File]:
    """The daily files of a source: of the days of `logs`, `9-14` for several; each has the rows of its day."""
    files = []
    for log in logs.split():
        days, _, when = log.partition("@")
        first, _, last = days.partition("-")
        for day in range(int(first), int(last or first) + 1):
            received = at(when) if when else at(f"{day}T05:00") + timedelta(days=1)
            mine = tuple(one for one in rows if one.at.day == day)
            broken = tuple(one for one in bad if one.at is not None and one.at.day == day)
            name = f"{source}/{day}"
            files.append(File(source, name, f"{name}-{when}", date(2024, 1, day), received, mine, broken))
    return files


def seen(events: str) -> list[File]:
    """Inspections, each of which is known ten minutes later."""
    found = [row(one) for one in events.split()]
    return [
        File("seen", f"seen/{n}", f"seen-{n}", None, one.at + timedelta(minutes=10), (one,))
        for n, one in enumerate(found)
    ]


def bench(folder: Path, terms: Contract, files: Sequence[File], units: Sequence[Unit] = UNITS) -> Bench:
    """These files before the engine."""
    return set_up(folder, Trace(terms, tuple(units), tuple(files)))


def verdicts(one: Bench, as_of: str) -> dict[str, dict[str, Any]]:
    """The verdict rows by `unit/trigger`."""
    rows = one.rows(one.judge(at(as_of)))
    return {duty.split("/", 2)[2]: found for duty, found in rows.items()}
