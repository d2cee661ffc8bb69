"""Windows in which too little happens for a target to mean anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from dutywatch.terms.lint.finding import Remark, obligations
from dutywatch.terms.patterns import Attain, Window
from dutywatch.terms.terms import Terms

_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


def too_few_items(terms: Terms) -> Iterator[Remark]:
    """A window holds too few items to be assessed, or may be decided by a single one."""
    for path, obligation in obligations(terms):
        if not isinstance(obligation, Attain):
            continue
        usual, least = _usual(terms, obligation), obligation.min_items
        if usual is not None and usual < least:
            yield Remark(
                (*path, "min_items"),
                f"By what its sources usually state, a window holds about {usual:.3g} items, and fewer than {least} "
                "are not assessed: as a rule nothing is.",
                "Measure over a longer window, or over a zone, a class or the contract instead of single units.",
            )
            continue
        meant = _meaningful(obligation)
        if least < meant and (usual is None or usual < meant):
            held = f", and one usually holds about {usual:.3g}" if usual is not None else ""
            yield Remark(
                (*path, "min_items"),
                f"A window of {least} item{'s' if least > 1 else ''} is assessed{held}. With fewer than {meant} items "
                "the target allows no failure at all, so that a single item decides.",
                f"Write `min_items: {meant}` or more, over a window in which so many are usual"
                + (
                    "."
                    if held or obligation.items.duties
                    else "; where they are, say so with `daily_rows` of the source."
                ),
            )


def _usual(terms: Terms, obligation: Attain) -> float | None:
    """About how many items a window of one group holds at most; None where the contract does not say."""
    sources = [terms.contract.sources[name] for name in terms.contract.sources_of(obligation.items.stream or "")]
    rates = [source.daily_rows for source in sources]
    days = _days(obligation.window)
    if days is None or not rates or None in rates:
        return None
    groups = {
        "unit": {unit.id for unit in terms.units.rows},
        "zone": {unit.zone for unit in terms.units.rows if unit.zone},
        "class": {unit.class_ for unit in terms.units.rows if unit.class_},
        "contract": {terms.id},
    }[obligation.per]
    return sum(rate for rate in rates if rate is not None) * days / max(len(groups), 1)


def _days(window: Window) -> float | None:
    span = window.slice or window.rolling
    if span is not None:
        return span / timedelta(days=1)
    return _DAYS.get(window.each or "")


def _meaningful(obligation: Attain) -> int:
    """From how many items on the target allows one to fail; 0 where it is no share or allows none whatever happens."""
    if obligation.measure in ("count", "score"):
        return 0
    if obligation.percentile is not None:
        failing = 1 - obligation.percentile.rank
    elif obligation.at_least is not None:
        failing = 1 - obligation.at_least
    else:
        failing = obligation.at_most or 0
    return ceil(1 / failing - 1e-9) if failing > 1e-9 else 0
