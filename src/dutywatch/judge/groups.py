"""What attain and keep are owed `per`: a unit, or a zone, a class, the contract, which stand in for their units.

A group is laid out as if it were a unit, under its own name, on the days on which it has units. A unit that the
register gives no zone, or no class, belongs to no group of that kind. What came before a unit was in a group is none of
that group's (docs/decisions/0075).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from dutywatch.clock import midnight
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.duties import INSTANT, Clock, in_scope
from dutywatch.terms import Unit
from dutywatch.terms.patterns import Per

Span = tuple[date, date]
"""A first and a last day."""

_DAY = timedelta(days=1)
_EVER = date.min, date.max
_Spell = tuple[str, date, date]


def groups(case: Case[Any], per: Per) -> list[Unit]:
    """The groups of the units in scope; per unit these themselves."""
    if per == "unit":
        return in_scope(case.obligation.scope, case.terms.units.rows)
    return [
        Unit(name, name if per == "class" else None, name if per == "zone" else None, None, *map(_open, span))
        for name, spans in sorted(existing(case, per).items())
        for span in spans
    ]


def existing(case: Case[Any], per: Per) -> dict[str, list[Span]]:
    """The days on which each group has units, or on which each unit is in scope, in order; of the contract as a whole
    all."""
    if _unbounded(case, per):
        return {case.terms.id: [_EVER]}
    found: dict[str, list[Span]] = {}
    for (_, name), spans in _memberships(case, per).items():
        found.setdefault(name, []).extend(spans)
    return {name: _joined(spans) for name, spans in found.items()}


def lay_members(case: Case[Any], per: Per, of: Per = "unit") -> None:
    """Make the table `members` (unit, grp, since, until, spell, joined): of which group each unit is, and when.

    It is from `since` to `until`, both included, and `joined` is the first instant of that; those of one group with the
    same days, whose events count in the same windows, share a `spell`. Where the scope names nothing, what states no
    unit is the contract's as a whole. `of`: what the duties are owed per that are counted; those of groups are members
    of the group that counts them.
    """
    whole, zone, duck = case.terms.id, case.terms.contract.zone, case.evidence.duck
    found = _memberships(case, per)
    rows: list[tuple[str | None, _Spell]] = [
        (unit, (name, *span)) for (unit, name), some in found.items() for span in some
    ]
    if _unbounded(case, per):
        rows += [(one, (whole, *_EVER)) for one in (None, whole)]
    if of != "unit":
        units = in_scope(case.obligation.scope, case.terms.units.rows)
        some = {unit.group(of, whole): name for unit in units if (name := unit.group(per, whole)) is not None}
        rows = [row for row in rows if row[0] not in some]
        rows += [(one, (name, *_EVER)) for one, name in some.items() if one is not None]
    spells = {spell: number for number, spell in enumerate(dict.fromkeys(spell for _, spell in rows))}
    joined = {since: midnight(since, zone) for _, since, _ in spells if since != date.min}
    table = {
        "unit": pa.array([unit for unit, _ in rows], pa.string()),
        "grp": pa.array([spell[0] for _, spell in rows], pa.string()),
        "since": pa.array([spell[1] for _, spell in rows], pa.date32()),
        "until": pa.array([spell[2] for _, spell in rows], pa.date32()),
        "spell": pa.array([spells[spell] for _, spell in rows], pa.int32()),
        "joined": pa.array([joined.get(spell[1], BEGINNING) for _, spell in rows], INSTANT),
    }
    duck.register("members_given", pa.table(table))
    duck.execute("CREATE OR REPLACE TEMP TABLE members AS SELECT * FROM members_given")


def placed(found: Sequence[Clock], per: Per) -> list[Clock]:
    """The clocks of groups: a class or a contract lies in no one zone, and a trigger of any zone concerns it."""
    anywhere = per in ("class", "contract")
    return [replace(clock, zone=None) if anywhere and clock.zone else clock for clock in found]


def _unbounded(case: Case[Any], per: Per) -> bool:
    """Whether a duty is the contract's as a whole, with or without units."""
    scope = case.obligation.scope
    return per == "contract" and scope.class_ is None and scope.zone is None


def _memberships(case: Case[Any], per: Per) -> dict[tuple[str, str], list[Span]]:
    """On which days each unit in scope belongs to which group."""
    found: dict[tuple[str, str], list[Span]] = {}
    for unit in in_scope(case.obligation.scope, case.terms.units.rows):
        name = unit.group(per, case.terms.id)
        if name is not None:
            found.setdefault((unit.id, name), []).append((unit.valid_from or date.min, unit.valid_to or date.max))
    return {pair: _joined(spans) if len(spans) > 1 else spans for pair, spans in found.items()}


def _joined(spans: Sequence[Span]) -> list[Span]:
    """The same days in as few spans as there can be, in order."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and (found[-1][1] == date.max or since <= found[-1][1] + _DAY):
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return found


def _open(day: date) -> date | None:
    """A first or last day as the register writes it: None, where there is none."""
    return None if day in _EVER else day
