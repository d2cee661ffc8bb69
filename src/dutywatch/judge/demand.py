"""What a clause asks of a duty, in the contract's own words: how long, how much, by which calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dutywatch.terms.obligation import Owed
from dutywatch.terms.patterns import Respond
from dutywatch.terms.terms import ALWAYS


def asked(owed: Owed, unit_class: str | None) -> str:
    """What is allowed to a unit of this class, and what several parts must come to; else the period, and its target."""
    if isinstance(owed, Respond):
        return ", ".join((_allowance(owed, unit_class), *_whole(owed)))
    return ", ".join((_period(owed), *_target(owed)))


def calendar(owed: Owed) -> str:
    """The calendar by which time is counted; a due time that the record states is put off by none."""
    if isinstance(owed, Respond):
        return ALWAYS if isinstance(owed.within, str) else owed.clock.calendar
    found = getattr(owed, "period", None) or getattr(owed, "window", None)
    return str(getattr(found, "calendar", ALWAYS))


def elapsed(length: timedelta) -> str:
    """A length that counts no days, as the contract must write it: PT24H and not P1D."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return "PT" + ("".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n) or "0S")


def _allowance(owed: Respond, unit_class: str | None) -> str:
    """What the contract allows: its table's rows for this class, by the trigger's magnitude where that matters."""
    if isinstance(owed.within, str):
        return owed.within
    words = owed.model_dump(mode="json", by_alias=True)["within"]
    rows: dict[float | None, str] = {}
    for given, rung in zip(owed.within, words, strict=True):
        if rung["class"] in (None, unit_class):  # of two rows from the same magnitude on the first one holds
            allowed = " ".join((rung["allow"], rung["days"])) if rung["days"] else elapsed(given.allow)
            least = f">= {rung['at_least']:g}: " if rung["at_least"] is not None else ""
            rows.setdefault(rung["at_least"], least + allowed)
    return ", ".join(rows.values())


def _whole(owed: Respond) -> Iterator[str]:
    """What several parts together must come to, by the contract's own words."""
    if owed.action.share is not None:
        yield f"share: {owed.action.share:g}"
    if owed.action.all_of > 1:
        yield f"all: {' '.join(owed.action.kinds or ())}"


def _period(owed: Owed) -> str:
    """The contract's own words for the period or window."""
    found: Any = getattr(owed, "period", None) or getattr(owed, "window", None)
    said = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if season := said.get("season"):
        said["season"] = f"{season['from']}..{season['to']}"
    if plan := said.get("plan"):
        said["plan"] = " ".join([*plan.get("weekdays", ()), *plan.get("dates", ())])
    if lasting := said.get("while"):
        tests = (("at_least", ">="), ("above", ">"))
        least = [f"{lasting['measure']} {sign} {lasting[word]:g}" for word, sign in tests if word in lasting]
        said["while"] = " ".join([lasting["stream"], *lasting.get("kind", ()), *least])
        said |= {word: lasting[word] for word in ("where", "merge_gap") if word in lasting}
    return ", ".join(f"{key}: {value}" for key, value in said.items())


def _target(owed: Owed) -> Iterator[str]:
    """What is asked within the period or window, by the contract's own words."""
    words = owed.model_dump(mode="json", by_alias=True)
    if rank := words.get("percentile"):
        yield f"percentile: {rank['of']} {rank['rank']:g}"
    for name in ("times", "on_days", "max_gap", "slot", "at_least", "at_most", "max_bad"):
        value = words.get(name)
        if value is not None:
            yield f"{name}: {value if isinstance(value, str) else f'{value:g}'}"
