"""Who answers for the duties of an obligation, and when: its assignments as rows that `judge.duties` joins them with.

A group that a duty is owed per (a zone, a class, the contract) is answered for by the one party that answers for all
of its units on that day, however the contract names them, else by the obligation's own (docs/decisions/0047). So is
what its breach starts, for which the contract stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dutywatch.judge.case import Case
from dutywatch.terms import Unit
from dutywatch.terms.patterns import Per, owed_per
from dutywatch.terms.units import parties

_DAY = timedelta(days=1)
Row = tuple[str, str | None, str | None, str | None, date, date | None]
"""A party, on which class, zone and unit or group (None: on all) it answers, from when until when (None: for good)."""


def answering(case: Case[Any]) -> list[Row]:
    """Who answers for the units of the obligation, or for the groups that it is owed per; for others, its own party."""
    per: Per = getattr(case.obligation, "per", "unit")
    if not case.assignments:
        return []
    if per != "unit":
        return list(_of_groups(case, per))
    caused_per = breached_per(case)
    return [*_of_units(case), *(_of_groups(case, caused_per) if caused_per != "unit" else ())]


def breached_per(case: Case[Any]) -> Per:
    """What the duties are owed per whose breaches start those of the obligation, or those that start these in turn."""
    obligations, owed = case.terms.contract.obligations, case.obligation
    while (trigger := getattr(owed, "trigger", None)) and trigger.breach in obligations:
        owed = obligations[trigger.breach]
    return owed_per(owed)


def _of_units(case: Case[Any]) -> Iterator[Row]:
    for one in case.assignments:
        for class_ in one.units.class_ or (None,):
            for zone in one.units.zone or (None,):
                for unit in one.units.id or (None,):
                    yield one.contractor, class_, zone, unit, one.from_, one.to


def _of_groups(case: Case[Any], per: Per) -> Iterator[Row]:
    whole, scope = case.terms.id, case.obligation.scope
    members, unnamed = _alike(case), Unit(whole, None, None, None)
    unbounded = per == "contract" and scope.class_ is None and scope.zone is None
    turns = [day for one in (*case.assignments, *members) for day in _turns(one)]
    starts = sorted({date.min, *turns})
    for since, next_ in zip(starts, [*starts[1:], None], strict=True):
        valid = [one for one in case.assignments if one.valid(since)]
        there = [unit for unit in members if unit.exists(since)]
        if unbounded and not there:  # it is owed without units, too
            there = [unnamed]
        answer = parties(there, per, whole, valid, case.obligation.party)
        until = next_ - _DAY if next_ else None
        yield from ((some.pop(), None, None, group, since, until) for group, some in answer.items() if len(some) == 1)


def _alike(case: Case[Any]) -> set[Unit]:
    """The units in scope, one for all that no assignment tells apart."""
    named = {unit for one in case.assignments for unit in one.units.id or ()}
    units = (unit for unit in case.terms.units.rows if unit.within(case.obligation.scope))
    return {replace(unit, id=unit.id if unit.id in named else "", length_m=None) for unit in units}


def _turns(one: Any) -> Iterator[date]:
    """The days on which an assignment or a unit begins, and on which it is no more."""
    begins, ends = (one.valid_from, one.valid_to) if isinstance(one, Unit) else (one.from_, one.to)
    if begins is not None:
        yield begins
    if ends is not None and ends < date.max:
        yield ends + _DAY
