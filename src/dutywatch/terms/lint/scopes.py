"""Scopes that meet, and units that no scope reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from dutywatch.terms.lint.finding import Remark, listed, obligations
from dutywatch.terms.obligation import Rung, Scope
from dutywatch.terms.patterns import Attain, Keep, Obligation, Per, Recur, Respond
from dutywatch.terms.terms import Terms
from dutywatch.terms.units import Unit, parties

# what two obligations must have in common for one event to lapse under both
_ALIKE = {
    Respond: {"trigger", "action"},
    Recur: {"period", "action"},
    Attain: {"window", "items", "good", "percentile", "per"},
    Keep: {"window", "level", "per"},
}


def overlap(terms: Terms) -> Iterator[Remark]:
    """Two obligations ask the same of the same unit."""
    named = terms.contract.obligations.items()
    for (earlier, one), (later, other) in combinations(named, 2):
        if type(one) is not type(other) or _asked(one) != _asked(other):
            continue
        both = sorted({unit.id for unit in terms.units.rows if _owed(one, unit) and _owed(other, unit)})
        if both:
            more = f" and {len(both) - 1} more" if len(both) > 1 else ""
            yield Remark(
                ("obligations", later, "scope"),
                f"On `{both[0]}`{more}, `{earlier}` asks the same of the same event: one lapse is counted and charged "
                "twice, and where the two differ nobody knows which of them holds.",
                f"Keep the units apart by class or zone, or make the two obligations one; `{earlier}` came first.",
            )


def _asked(obligation: Obligation) -> list[object]:
    begins = [obligation.clock.from_] if isinstance(obligation, Respond) else []  # during and after are two duties
    return [*(getattr(obligation, name) for name in sorted(_ALIKE[type(obligation)])), *begins]


def split_group(terms: Terms) -> Iterator[Remark]:
    """What is owed per zone, class or contract is held against one party, and several answer for its units."""
    for path, obligation in obligations(terms):
        per: Per = getattr(obligation, "per", "unit")
        split = next(_split(terms, str(path[1]), obligation, per), None) if per != "unit" else None
        if split is None:
            continue
        day, group, some = split
        yield Remark(
            (*path, "per"),
            f"From {day} on {listed(some)} answer for units of `{group}`, and what is owed per {per} is held against "
            f"`{obligation.party}`, whoever left its part undone.",
            f"Give all units of one {per} to one contractor, or owe the duty on each unit (`per: unit`).",
        )


def _split(terms: Terms, name: str, obligation: Obligation, per: Per) -> Iterator[tuple[date, str, list[str]]]:
    """From when on which groups are answered for by whom, where these are several."""
    assigned = [one for one in terms.contract.assignments if one.obligations is None or name in one.obligations]
    scoped = [unit for unit in terms.units.rows if unit.within(obligation.scope)]
    for day in sorted({one.from_ for one in assigned}):
        valid, there = [one for one in assigned if one.valid(day)], [unit for unit in scoped if unit.exists(day)]
        for group, some in parties(there, per, terms.id, valid, obligation.party).items():
            if len(some) > 1:
                yield day, group, sorted(some)


def class_without_duty(terms: Terms) -> Iterator[Remark]:
    """A class of units on which nothing is owed."""
    owed = terms.contract.obligations.values()
    units = {unit.id: unit for unit in terms.units.rows}
    left = [unit for unit in units.values() if not any(_owed(obligation, unit) for obligation in owed)]
    for name, count in sorted(Counter(unit.class_ or "" for unit in left).items()):
        total = sum((unit.class_ or "") == name for unit in units.values())
        some = f"{count} of the {total} units" if count < total else "1 unit" if count == 1 else f"all {count} units"
        which = f"of class `{name}`" if name else "whose class the register does not state"
        yield Remark(
            ("units",),
            f"On {some} {which} nothing is owed: whatever is left undone there is nobody's breach.",
            "Name the class in the scope of an obligation, or take the units out of the register."
            if name
            else "State their class in the register, or write an obligation that names no class.",
        )


def _owed(obligation: Obligation, unit: Unit) -> bool:
    """Whether the obligation can be owed on the unit."""
    if not _within(obligation.scope, unit):
        return False
    rungs = [one for one in obligation.within if isinstance(one, Rung)] if isinstance(obligation, Respond) else []
    return not rungs or any(rung.class_ in (None, unit.class_) for rung in rungs)


def _within(scope: Scope, unit: Unit) -> bool:
    return (scope.class_ is None or unit.class_ in scope.class_) and (scope.zone is None or unit.zone in scope.zone)
