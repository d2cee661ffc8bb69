"""One line a manager reads in the contract's diary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dutywatch.measure.outcomes import ClassOutcome, percent


def note(outcomes: Sequence[ClassOutcome], silent: Mapping[str, date]) -> str:
    """For example "3 lapses open (2 class A), 98.2 % met, 1 source silent since 14 Dec".

    Lapses and shares are of the contract's own obligations; of delivery duties it says how many deliveries
    are missing. `silent`: sources whose latest due delivery is missing, with the first missing service date.
    """
    owed = [one for one in outcomes if not one.is_delivery]
    parts = [_lapses(owed), _share(owed)]
    if unproven := sum(one.unproven for one in owed):
        parts.append(f"{unproven} unproven")
    if silent:
        first = min(silent.values())
        parts.append(f"{_count(len(silent), 'source')} silent since {first.day} {first:%b}")
    elif missing := sum(one.lapses_open for one in outcomes if one.is_delivery):
        parts.append(f"{_count(missing, 'delivery', 'deliveries')} missing")
    return ", ".join(parts)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _lapses(owed: Sequence[ClassOutcome]) -> str:
    total = sum(one.lapses_open for one in owed)
    if not total:
        return "no lapse open"
    by_class: dict[str, int] = {}
    for one in owed:
        if one.unit_class and one.lapses_open:
            by_class[one.unit_class] = by_class.get(one.unit_class, 0) + one.lapses_open
    detail = ", ".join(f"{count} class {name}" for name, count in sorted(by_class.items()))
    lapses = f"{_count(total, 'lapse')} open"
    return f"{lapses} ({detail})" if detail else lapses


def _share(owed: Sequence[ClassOutcome]) -> str:
    met = sum(one.met for one in owed)
    decided = met + sum(one.breached for one in owed)
    return f"{percent(met / decided)} % met" if decided else "nothing decided yet"
