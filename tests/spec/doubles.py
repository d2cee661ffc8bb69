"""Doubles of the cases' units: "-" without the events that its verdict cites, "+" with events that must not matter.

They stand in the same city as the units themselves, under the same snow and the same notices, so that a single judgement
tells what the deleted and the added events change (SEMANTICS section 8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dutywatch.clock import local_date
from dutywatch.terms.patterns import Attain, Keep, Respond
from tests.judge.oracle import File, Row, Trace
from tests.spec.stage import WIDE, Scene

Rows = Mapping[int, Sequence[dict[str, Any]]]
LESS, MORE = "-", "+"


def doubled(scene: Scene, judged: Rows) -> Trace:
    """The scene's trace with both doubles of every unit; `judged` are the verdicts of the units themselves."""
    trace = scene.trace
    units = {unit.id for unit in trace.units}
    gone = [row for rows in judged.values() for one in rows for row in one["cited"]]
    files = [_doubled(scene, file, units, gone) for file in trace.files]
    for number, rows in judged.items():
        files = _early(scene, files, f"{scene.unit_of(number)}{MORE}", rows)
    return replace(
        trace,
        units=(*trace.units, *(replace(u, id=u.id + mark) for mark in (LESS, MORE) for u in trace.units)),
        files=tuple(files),
        decisions=(
            *trace.decisions,
            *(replace(d, unit=d.unit + mark) for mark in (LESS, MORE) for d in trace.decisions if d.unit),
        ),
    )


def _doubled(scene: Scene, file: File, units: set[str], gone: Sequence[Row]) -> File:
    if scene.contract.sources[file.source].stream in WIDE:
        return file
    own = [row for row in file.rows if row.unit in units or row.record]
    less = [_as(row, LESS, units) for row in own if row not in gone]
    more = [_as(row, MORE, units) for row in own]
    elsewhere = [replace(row, unit="elsewhere", record=row.record and f"{row.record}?") for row in own]
    if any(row.record for row in own):
        elsewhere = []  # a record that names no unit of the register is the contract's own: a duty, and not out of scope
    other = (
        []
        if _any_kind(scene) or file.day is None
        else [replace(row, kind="whistle", record=row.record and f"{row.record}!") for row in more]
    )
    refused = [replace(row, unit=row.unit + mark) for mark in (LESS, MORE) for row in file.unreadable if row.unit]
    return replace(file, rows=(*file.rows, *less, *more, *elsewhere, *other), unreadable=(*file.unreadable, *refused))


def _as(row: Row, mark: str, units: set[str]) -> Row:
    unit = f"{row.unit}{mark}" if row.unit in units else row.unit
    return replace(row, unit=unit, record=row.record and row.record + mark)


def _any_kind(scene: Scene) -> bool:
    """Whether events of whatever kind count, so that none is of another."""
    for one in scene.contract.obligations.values():
        asked = one.items if isinstance(one, Attain) else one.level if isinstance(one, Keep) else None
        if asked.kind is None if asked else one.action.kinds is None:  # type: ignore[union-attr]  # the other two act
            return True
    return False


def _early(scene: Scene, files: list[File], unit: str, rows: Sequence[dict[str, Any]]) -> list[File]:
    """`files` with an act on `unit` an hour before acts count, where there is one clock and a log of that time.

    Not in a log kept by unit: there it says that the unit was heeded that day, which is evidence (decision 0017).
    """
    said = scene.obligation
    if len(rows) != 1 or not isinstance(said, Respond) or said.clock.early == "any" or not said.action.kinds:
        return files
    if rows[0]["clock_start"] is None or said.action.match != ("unit",):
        return files
    early = said.clock.early if isinstance(said.clock.early, timedelta) else timedelta()
    at = rows[0]["clock_start"] - early - timedelta(hours=1)
    acts = [Row(at, unit, kind, from_m=0.0, to_m=9e9) for kind in said.action.kinds]
    sources = scene.contract.sources
    return [
        replace(file, rows=(*file.rows, *acts))
        if sources[file.source].stream == said.action.stream
        and sources[file.source].by != "unit"
        and file.day == local_date(at, scene.contract.zone)
        else file
        for file in files
    ]
