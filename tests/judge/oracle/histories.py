"""Which histories the evidence on one duty allows, and how the duty ends in each.

A history says which of the contradicted acts were real, and which acts the gaps hide. Their number grows
exponentially with the contradicted acts, so traces must be small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Literal

from dutywatch.terms.obligation import Action
from tests.judge.oracle.evidence import Gap
from tests.judge.oracle.trace import DUSK, TICK, Row

UNHEARD = -1  # rank of hidden acts: a log that did not come contradicts nothing (decision 0003)
Outcome = Literal["met", "excused", "breached"]


@dataclass(frozen=True)
class Act:
    """A known or a hidden act for the duty: when, what, of which rank, by whom, and on which metres (None: nowhere).

    `earlier`: the other reading of a doubtful time. `row`: what states it; None: it is hidden.
    """

    at: datetime
    kind: str | None
    rank: int
    own: bool = True
    metres: tuple[float, float] | None = None
    earlier: datetime | None = field(default=None, compare=False)
    ref: tuple[str, str, str, int] = field(default=("", "", "", 0), compare=False)
    row: Row | None = field(default=None, compare=False)


@dataclass(frozen=True)
class No:
    """A refutation: at this time somebody of this rank saw that the unit was not done."""

    at: datetime
    rank: int


@dataclass(frozen=True)
class Hidden:
    """An act that a gap may hide."""

    gap: Gap
    act: Act


@dataclass(frozen=True)
class Histories:
    """One duty's evidence: acts count from `first` on; `d` None: nobody knows yet when it falls due."""

    action: Action
    party: str
    length: float | None
    first: datetime
    d: datetime | None
    acts: Sequence[Act]
    refutations: Sequence[No]

    def completion(self, acts: Sequence[Act]) -> datetime | None:
        """The first instant at which `acts` complete the duty."""
        if self.action.share is not None:
            return self._covered(acts, self.action.share)
        if self.action.kind is None or self.action.kind.all is None:
            return min((act.at for act in acts), default=None)
        firsts = [min((act.at for act in acts if act.kind == kind), default=None) for kind in self.action.kind.all]
        known = [at for at in firsts if at is not None]
        return max(known) if len(known) == len(firsts) else None

    def _covered(self, acts: Sequence[Act], share: float) -> datetime | None:
        """The first instant at which the located acts cover the share of the unit's length."""
        if self.length is None:
            return None
        for at in sorted({act.at for act in acts}):
            parts = sorted(act.metres for act in acts if act.at <= at and act.metres is not None)
            covered = reach = 0.0
            for start, end in parts:
                start, end = max(start, reach), min(end, self.length)
                covered += max(end - start, 0.0)
                reach = max(reach, end)
            if covered >= share * self.length:
                return at
        return None

    def outcome(self, acts: Sequence[Act]) -> Outcome:
        """How the duty ends where just these acts were done."""
        own, any_ = self.completion([act for act in acts if act.own]), self.completion(acts)
        d = self.d or DUSK
        if own is not None and own <= d:
            return "met"
        return "excused" if any_ is not None and any_ <= d else "breached"

    def ends(self, acts: Sequence[Act]) -> tuple[Outcome, datetime | None]:
        """The outcome, and when the duty was complete: by own acts where these meet it, else by anybody's."""
        outcome = self.outcome(acts)
        return outcome, self.completion([a for a in acts if a.own] if outcome == "met" else acts)

    def consistent(self, acts: Sequence[Act]) -> bool:
        """No refutation is contradicted, save by acts that its rank does not exceed."""
        return not any(
            self._complete_at(acts, no.at) and not self._complete_at([a for a in acts if a.rank >= no.rank], no.at)
            for no in self.refutations
        )

    def _complete_at(self, acts: Sequence[Act], at: datetime) -> bool:
        return self.completion([act for act in acts if act.at <= at]) is not None

    def _justified(self, real: Sequence[Act], doubted: Sequence[Act]) -> bool:
        """A known act is set aside only where a refutation that it does not outrank would be contradicted by it."""
        return all(
            any(
                no.at >= act.at and no.rank >= act.rank and self._complete_at([*real, act], no.at)
                for no in self.refutations
            )
            for act in doubted
            if act not in real
        )

    def readings(self) -> list[tuple[Act, ...]]:
        """Which of the known acts were real: one set where nothing is contradicted, several where ranks are equal."""
        last = max((no.at for no in self.refutations), default=None)
        doubted = [act for act in self.acts if last is not None and act.at <= last]
        sure = [act for act in self.acts if act not in doubted]
        return [
            (*real, *sure)
            for size in range(len(doubted), -1, -1)
            for real in combinations(doubted, size)
            if self.consistent(real) and self._justified(real, doubted)
        ]

    def hidden(self, gaps: Sequence[Gap]) -> list[Hidden]:
        """Representative acts that the gaps may hide: later is less refuted, so the end of each stretch stands."""
        found = []
        for gap in gaps:
            low, high = max(gap.start, self.first), min(gap.end, self.d or DUSK) - TICK
            if low > high:
                continue
            instants = {low, high, *(no.at for no in self.refutations if low <= no.at <= high)}
            found += [Hidden(gap, act) for at in sorted(instants) for act in self._any_act(gap, at)]
        return found

    def _any_act(self, gap: Gap, at: datetime) -> Iterator[Act]:
        kinds = self.action.kind.all if self.action.kind and self.action.kind.all else (None,)
        for kind in (gap.kind,) if gap.kind in kinds else kinds:
            for metres in self._any_part(gap):
                yield Act(at, kind, UNHEARD, gap.party in (None, self.party), metres)

    def _any_part(self, gap: Gap) -> Iterator[tuple[float, float] | None]:
        """The whole length; where a refutation would contradict that, also what known parts may leave to be done."""
        if gap.metres is not None:
            low, high = gap.metres
            yield None if low is None or high is None else (low, high)
        elif self.length is None:
            yield None
        else:
            yield 0.0, self.length
            if self.action.share is not None and self.refutations:
                for cut in sorted({cut for act in self.acts for cut in act.metres or () if 0 < cut < self.length}):
                    yield from ((0.0, cut), (cut, self.length))

    def matter(self, gaps: Sequence[Gap]) -> frozenset[Gap]:
        """The gaps that keep a duty open which the known events alone do not meet or excuse in every reading."""
        matter: set[Gap] = set()
        minimal: list[frozenset[Hidden]] = []
        candidates = self.hidden(gaps)
        failed = [real for real in self.readings() if self.outcome(real) == "breached"]
        for size in range(1, self.at_once + 1):
            for extra in combinations(candidates, size):
                rows = [one.gap for one in extra if one.gap.row]
                if any(fewer <= set(extra) for fewer in minimal) or self.action.all_of > len(set(rows)) < len(rows):
                    continue  # a row is one act
                acts = [one.act for one in extra]
                if any(self._saved([*real, *acts]) for real in failed):
                    minimal.append(frozenset(extra))
                    matter |= {one.gap for one in extra}
        return frozenset(matter)

    @property
    def at_once(self) -> int:
        """How many hidden acts together may save the duty."""
        return 2 if self.action.share is not None else self.action.all_of

    def _saved(self, acts: Sequence[Act]) -> bool:
        return self.outcome(acts) != "breached" and self.consistent(acts)
