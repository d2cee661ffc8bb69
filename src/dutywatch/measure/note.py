"""One line a manager reads in the contract's diary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dutywatch.measure.outcomes import ClassOutcome


def note(outcomes: Sequence[ClassOutcome], silent: Mapping[str, date]) -> str:
    """For example "3 lapses open (2 class A), 98.2 % met, 1 source silent since 14 Dec".

    `silent`: sources whose delivery is overdue, with the first service date that is missing.
    """
    parts = [_lapses(outcomes), _share(outcomes)]
    if unproven := sum(one.unproven for one in outcomes):
        parts.append(f"{unproven} unproven")
    if silent:
        first = min(silent.values())
        count = len(silent)
        parts.append(f"{count} source{'s' if count != 1 else ''} silent since {first.day} {first:%b}")
    return ", ".join(parts)


def _lapses(outcomes: Sequence[ClassOutcome]) -> str:
    total = sum(one.lapses_open for one in outcomes)
    if not total:
        return "no lapse open"
    by_class: dict[str, int] = {}
    for one in outcomes:
        if one.unit_class and one.lapses_open:
            by_class[one.unit_class] = by_class.get(one.unit_class, 0) + one.lapses_open
    detail = ", ".join(f"{count} class {name}" for name, count in sorted(by_class.items()))
    lapses = f"{total} lapse{'s' if total != 1 else ''} open"
    return f"{lapses} ({detail})" if detail else lapses


def _share(outcomes: Sequence[ClassOutcome]) -> str:
    met = sum(one.met for one in outcomes)
    decided = met + sum(one.breached for one in outcomes)
    return f"{100 * met / decided:.1f} % met" if decided else "nothing decided yet"
