"""What attain and keep are owed `per`: a unit, or a zone, a class, the contract, which stand in for their units.

A group is laid out as if it were a unit, under its own name, on the days on which it has units. A unit that the
register gives no zone, or no class, belongs to no group of that kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from dutywatch.judge.case import Case
from dutywatch.judge.duties import Clock, in_scope
from dutywatch.terms import Unit
from dutywatch.terms.patterns import Per

_DAY = timedelta(days=1)
_Spell = tuple[str, date, date]


def groups(case: Case[Any], per: Per, of: Per = "unit") -> list[Unit]:
    """The groups of the units in scope, and the table `members` (unit, grp, since, until, spell).

    A member exists from `since` to `until`, both included; those of one group with the same days, whose events count in
    the same windows, share a `spell`. Where the scope names nothing, what states no unit is the contract's as a whole.
    `of`: what the duties are owed per that are counted; those of groups are members of the group that counts them.
    """
    whole, scope = case.terms.id, case.obligation.scope
    units = in_scope(scope, case.terms.units.rows)
    named = [(unit, unit.group(per, whole)) for unit in units]
    found = [(unit, name) for unit, name in named if name is not None]
    rows: list[tuple[str | None, _Spell]] = [(unit.id, (name, *_ever(unit))) for unit, name in found]
    unbounded = per == "contract" and scope.class_ is None and scope.zone is None
    if unbounded:
        rows += [(one, (whole, date.min, date.max)) for one in (None, whole)]
    if of != "unit":
        some = {unit.group(of, whole): name for unit, name in found}
        rows = [row for row in rows if row[0] not in some]
        rows += [(one, (name, date.min, date.max)) for one, name in some.items() if one is not None]
    spells = {spell: number for number, spell in enumerate(dict.fromkeys(spell for _, spell in rows))}
    table = {
        "unit": pa.array([unit for unit, _ in rows], pa.string()),
        "grp": pa.array([spell[0] for _, spell in rows], pa.string()),
        "since": pa.array([spell[1] for _, spell in rows], pa.date32()),
        "until": pa.array([spell[2] for _, spell in rows], pa.date32()),
        "spell": pa.array([spells[spell] for _, spell in rows], pa.int32()),
    }
    case.evidence.duck.register("members_given", pa.table(table))
    case.evidence.duck.execute("CREATE OR REPLACE TEMP TABLE members AS SELECT * FROM members_given")
    if per == "unit":
        return units
    if unbounded:
        return [Unit(whole, None, None, None)]
    spans: dict[str, list[Unit]] = {}
    for unit, name in found:
        spans.setdefault(name, []).append(unit)
    return [
        Unit(name, name if per == "class" else None, name if per == "zone" else None, None, since, until)
        for name in sorted(spans)
        for since, until in _days(spans[name])
    ]


def placed(found: Sequence[Clock], per: Per) -> list[Clock]:
    """The clocks of groups: a class or a contract lies in no one zone, and a trigger of any zone concerns it."""
    anywhere = per in ("class", "contract")
    return [replace(clock, zone=None) if anywhere and clock.zone else clock for clock in found]


def _ever(unit: Unit) -> tuple[date, date]:
    """The first and the last day on which a unit exists."""
    return unit.valid_from or date.min, unit.valid_to or date.max


def _days(units: Sequence[Unit]) -> list[tuple[date | None, date | None]]:
    """The days on which at least one of the units exists, as spans; None is open."""
    found: list[tuple[date, date]] = []
    for since, until in sorted(_ever(unit) for unit in units):
        if found and (found[-1][1] == date.max or since <= found[-1][1] + _DAY):
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return [(None if s == date.min else s, None if u == date.max else u) for s, u in found]
