"""The clocks of rolling windows: they look back, but not to before the term, nor to before what they are of was there.

Tested is where a window lies in that time as a whole: what lies in the first one enters it as it ends
(docs/decisions/0049 and 0075). So what joined within a window's length has a clock of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dutywatch.clock import midnight
from dutywatch.judge.case import Case
from dutywatch.judge.duties import Clock
from dutywatch.judge.groups import existing
from dutywatch.terms.patterns import Per


def clocks(case: Case[Any], found: Sequence[Clock], length: timedelta, per: Per) -> Iterator[Clock]:
    """The clocks `found` of windows of `length`, with how far each looks back; without those in which none lies whole.

    Units, or the groups that the duties are owed `per`, that joined on one day share a clock.
    """
    first, joining = midnight(case.terms.contract.term.from_, case.terms.contract.zone), _joining(case, per)
    for clock in found:
        back = clock.begins - length
        fresh = {
            at: frozenset(name for name, until in some if clock.day <= until)
            for at, some in joining.items()
            if max(back, first) <= at <= clock.begins
        }
        cuts = [replace(clock, lower=at, opens=True, only=names) for at, names in fresh.items() if names]
        but = frozenset[str]().union(*fresh.values())
        whole = replace(clock, lower=max(back, first), opens=first >= back, but=but)
        yield from (one for one in (whole, *cuts) if not _falls_short(one, length))


def _falls_short(clock: Clock, length: timedelta) -> bool:
    """Whether its time is over before the first window is."""
    return clock.opens and clock.due is not None and clock.due <= clock.lower + length


def _joining(case: Case[Any], per: Per) -> dict[datetime, list[tuple[str, date]]]:
    """What joins within the term: from which instant on, and each with its last day."""
    term, zone = case.terms.contract.term, case.terms.contract.zone
    found: dict[datetime, list[tuple[str, date]]] = {}
    for name, spans in existing(case, per).items():
        for since, until in spans:
            if term.from_ < since <= term.to:
                found.setdefault(midnight(since, zone), []).append((name, until))
    return found
