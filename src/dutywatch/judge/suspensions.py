"""Suspensions: notices that stop the clocks of a zone (SEMANTICS section 4).

A suspension runs from max(start, published) to min(planned end, announced lift). It exists by its announcement: one
that no record announces stops no clock, so that a gap in the notices leaves no verdict open (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dutywatch.clock import Span, union
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.terms.obligation import Suspension


@dataclass(frozen=True)
class Pause:
    """A suspension on a zone (None: everywhere); `end` None: nobody has lifted it yet."""

    start: datetime
    end: datetime | None
    zone: str | None
    ref: str


def pauses(evidence: Evidence, declared: Suspension | None, *, granted: bool = False) -> list[Pause]:
    """The suspensions announced by `as_of`, in order of start.

    `granted`: two persons decided that it counts from its start, although it was published later.
    """
    if declared is None:
        return []
    lifts = _notices(evidence, declared, declared.lifted_by) if declared.lifted_by else []
    found: list[Pause] = []
    for notice in _notices(evidence, declared, declared.kind):
        published = notice["published_at"] or notice["at"]
        start = notice["at"] if granted and declared.retroactive else max(notice["at"], published)
        lifted = (lift["at"] for lift in lifts if lift["at"] >= notice["at"] and lift["zone"] in (None, notice["zone"]))
        ends = [end for end in (notice["until"], min(lifted, default=None)) if end is not None]
        end = min(ends, default=None)
        if end is None or end > start:
            found.append(Pause(start, end, notice["zone"], notice["label"]))
    return sorted(found, key=lambda p: (p.start, p.ref))


def spans(found: Sequence[Pause], zone: str | None) -> list[Span]:
    """The union of the suspensions that hold in `zone`: overlapping ones count once."""
    return union((one.start, one.end) for one in found if one.zone is None or one.zone == zone)


def _notices(evidence: Evidence, declared: Suspension, kinds: tuple[str, ...] | None) -> list[dict[str, Any]]:
    asked = Selection(declared.stream, kinds, declared.where, more=("published_at",))
    query, parameters = evidence.events(asked)
    return evidence.rows(f'SELECT *, cited(ref) AS label FROM ({query}) ORDER BY "at", ref', parameters)
