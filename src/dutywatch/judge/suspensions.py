"""Suspensions: notices that stop the clocks of a zone (SEMANTICS section 4).

A suspension runs from max(start, published) to min(planned end, announced lift). It exists by its announcement: one
that no record announces stops no clock, so that a gap in the notices leaves no verdict open (docs/decisions/0010). Its
lift does too: nobody's time runs on before it is announced (docs/decisions/0031).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dutywatch.clock import Span, union
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.terms.obligation import Suspension


@dataclass(frozen=True)
class Pause:
    """A suspension on a zone (None: everywhere); `end` None: nobody has lifted it yet.

    `lifted`: where one that holds everywhere was lifted in single zones, and when.
    """

    start: datetime
    end: datetime | None
    zone: str | None
    ref: str
    lifted: Mapping[str, datetime] = field(default_factory=dict)


def pauses(evidence: Evidence, declared: Suspension | None, *, granted: bool = False) -> list[Pause]:
    """The suspensions announced by `as_of`, in order of start.

    `granted`: two persons decided that it counts from its start, although it was published later.
    """
    if declared is None:
        return []
    lifts = _notices(evidence, declared, declared.lifted_by) if declared.lifted_by else []
    found: list[Pause] = []
    for notice in _notices(evidence, declared, declared.kind):
        start = notice["at"] if granted and declared.retroactive else _announced(notice)
        later = [(_announced(lift), lift["zone"]) for lift in lifts if lift["at"] >= notice["at"]]
        end = _first(notice["until"], *(at for at, zone in later if zone in (None, notice["zone"])))
        apart = [(at, zone) for at, zone in later if zone is not None] if notice["zone"] is None else []
        lifted = {zone: at for at, zone in sorted(apart, reverse=True)}  # of several in a zone the first
        found.append(Pause(start, end, notice["zone"], notice["label"], lifted))
    return sorted(found, key=lambda p: (p.start, p.ref))


def holding(found: Sequence[Pause], zone: str | None) -> list[Pause]:
    """The suspensions as they hold in `zone`: those of everywhere end there where they were lifted there."""
    mine = [one for one in found if one.zone is None or one.zone == zone]
    ended = [replace(one, end=_first(one.end, one.lifted.get(zone or ""))) for one in mine]
    return [one for one in ended if one.end is None or one.end > one.start]


def spans(found: Sequence[Pause], zone: str | None) -> list[Span]:
    """The union of the suspensions that hold in `zone`: overlapping ones count once."""
    return union((one.start, one.end) for one in holding(found, zone))


def _first(*instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def _announced(notice: Mapping[str, Any]) -> datetime:
    at: datetime = notice["at"]
    return max(at, notice["published_at"] or at)


def _notices(evidence: Evidence, declared: Suspension, kinds: tuple[str, ...] | None) -> list[dict[str, Any]]:
    asked = Selection(declared.stream, kinds, declared.where, more=("published_at",))
    query, parameters = evidence.events(asked)
    return evidence.rows(f'SELECT *, cited(ref) AS label FROM ({query}) ORDER BY "at", ref', parameters)
