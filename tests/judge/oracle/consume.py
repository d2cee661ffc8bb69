"""`consume: once`: every act serves one duty, so that the duties of one key are judged together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.judge.oracle.evidence import Gap
from tests.judge.oracle.histories import UNHEARD, Act, Hidden, Histories, Outcome
from tests.judge.oracle.trace import DUSK, TICK, Row


@dataclass(frozen=True)
class Waiting:
    """A duty that an act may serve: a hidden one, or one of the rows that came in time to count for it."""

    key: str
    first: datetime
    d: datetime | None
    counts: frozenset[Row] = frozenset()

    def heeds(self, act: Act) -> bool:
        """Whether the act counts for the duty."""
        return act.row is None or act.row in self.counts


@dataclass(frozen=True)
class Shared(Histories):
    """The evidence on one duty (`me`) among all that wait for the same acts; `first` is the earliest of them all."""

    me: str = ""
    waiting: Sequence[Waiting] = ()

    def served(self, acts: Sequence[Act]) -> list[Act]:
        """The act that serves this duty, if one does.

        Acts in order: each serves the earliest due of the duties that wait and are not overdue, else the earliest
        overdue one; what is left over serves none, and what at its other reading would serve another, none for certain.
        """
        left = list(self.waiting)
        for act in sorted(acts, key=lambda a: (a.at, a.ref)):
            mine = [one for one in left if one.heeds(act)]
            chosen = _next(mine, act.at)
            if chosen is not None and (act.earlier is None or _next(mine, act.earlier) == chosen):
                left.remove(chosen)
                if chosen.key == self.me:
                    return [act]
        return []

    def outcome(self, acts: Sequence[Act]) -> Outcome:
        """How the duty ends where just these acts were done."""
        return super().outcome(self.served(acts))

    def ends(self, acts: Sequence[Act]) -> tuple[Outcome, datetime | None]:
        """The outcome, and when the duty was complete: by the act that serves it, which is served once."""
        mine = self.served(acts)
        return super().outcome(mine), self.completion(mine)

    def hidden(self, gaps: Sequence[Gap]) -> list[Hidden]:
        """Hidden acts may serve any: also one of another duty, which leaves a known act to this one."""
        found = super().hidden(gaps)
        turns = {one.first for one in self.waiting} | {act.at - TICK for act in self.acts}
        for gap in gaps:
            inside = [at for at in turns if max(gap.start, self.first) <= at < min(gap.end, self.d or DUSK)]
            found += [Hidden(gap, act) for at in sorted(inside) for act in self._any_act(gap, at)]
        return found

    @property
    def at_once(self) -> int:
        """How many hidden acts together may save the duty."""
        return 2  # gaps; each may hide any number

    def _saved(self, acts: Sequence[Act]) -> bool:
        """Whether so many acts as there are duties, at the hidden ones' instants, leave one for this duty."""
        hidden = [act for act in acts if act.rank == UNHEARD]
        return any(super(Shared, self)._saved([*acts, *hidden * more]) for more in range(len(self.waiting)))


def _next(left: Sequence[Waiting], at: datetime) -> Waiting | None:
    """Which of the duties that are left an act at that instant would serve."""
    waits = [one for one in left if one.first <= at]
    in_time = [one for one in waits if at <= (one.d or DUSK)]
    return min(in_time or waits, key=lambda one: (one.d or DUSK, one.key), default=None)


def distinct(acts: Sequence[tuple[object, Act]]) -> Iterator[Act]:
    """Identical rows are one event: the first of them in the order of references."""
    seen: set[object] = set()
    for row, act in sorted(acts, key=lambda pair: (pair[1].at, pair[1].ref)):
        if row not in seen:
            seen.add(row)
            yield act
