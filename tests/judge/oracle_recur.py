"""A slow reading of `recur`: try the histories that the gaps and the future allow, and see how each of them ends.

A history is the known acts and some hidden ones. More acts never turn a fulfilled history into another, so where
there are too many hidden ones to try all sets, none and all of them stand for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, combinations, pairwise
from types import SimpleNamespace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dutywatch.clock import local_date, midnight
from dutywatch.terms.patterns import Obligation, Recur
from tests.judge.oracle import Evidence, Gap, Row, Trace
from tests.judge.oracle.histories import Act, Histories, No
from tests.judge.oracle.respond import hiding
from tests.judge.oracle_windows import (
    RANGE,
    Group,
    Key,
    Said,
    Window,
    entries,
    gaps_within,
    nothing,
    own,
    span,
    undecided,
    verdicts,
    waiting,
    windows,
)

MOST = 5  # so many hidden acts have all their sets tried
# Decided as C3 reads: an act may hide at the very end of a gap. Literally a gap ends before its end (SEMANTICS
# section 4, "intervals are half-open"), which matters where an act is missed by exactly `max_gap` from there.
LAST = timedelta(0)

Event = tuple[datetime, object]  # when, and what tells it from others at that time
Outcome = Literal["met", "excused", "breached"]


def judge(trace: Trace, as_of: datetime) -> dict[Key, Said]:
    """The verdicts on every recurring duty of the trace at `as_of`."""
    return verdicts(trace, as_of, _windows, _said, _late)


def _windows(evidence: Evidence, obligation: Obligation) -> list[Window]:
    return windows(evidence, obligation.period) if isinstance(obligation, Recur) else []


def _said(evidence: Evidence, obligation: Obligation, group: Group, window: Window) -> Said:
    assert isinstance(obligation, Recur)
    if window.start == window.end and not window.open:
        return nothing(window)
    action, contract = obligation.action, evidence.trace.contract
    acts = [one for one in entries(evidence, action.stream, action.kinds, action.where) if _within(one, group, window)]
    gaps = _hiding(evidence, obligation, group, window)
    if obligation.refuted_by is not None:
        return _refuted(evidence, obligation, group, window, gaps)
    mine: list[Event] = [(one.at, one) for one in acts if own(contract, one, group.party)]
    others: list[Event] = [(one.at, one) for one in acts if not own(contract, one, group.party)]
    case = _Case(obligation, window, contract.zone, mine, others)
    return _verdict(case, gaps, group, evidence.as_of)


def _late(
    evidence: Evidence, obligation: Obligation, group: Group, window: Window, by: datetime
) -> tuple[bool, Sequence[Gap]]:
    """Whether it may have been left undone too long, or on too many days, by an instant: where nothing is hidden."""
    assert isinstance(obligation, Recur)
    action, contract = obligation.action, evidence.trace.contract
    acts = [one for one in entries(evidence, action.stream, action.kinds, action.where) if _within(one, group, window)]
    mine: list[Event] = [(one.at, one) for one in acts if own(contract, one, group.party)]
    case, gaps = _Case(obligation, window, contract.zone, mine, []), _hiding(evidence, obligation, group, window)
    if obligation.max_gap is not None:
        return any(start + obligation.max_gap <= by for start, _ in case.holes(mine)), gaps
    if obligation.on_days is None or window.open or by < window.start:
        return False, gaps
    days = case.days(case.hidden(window.start, window.end))
    over = {day for day in days if min(midnight(day + timedelta(days=1), contract.zone), window.end) <= by}
    return len(over - case.days(mine)) > len(days) - obligation.on_days, gaps


def _hiding(evidence: Evidence, obligation: Recur, group: Group, window: Window) -> list[Gap]:
    action = obligation.action
    least = action.min_duration or timedelta()
    around = window.start - least, window.end + least
    mine = gaps_within(evidence, action.stream, action.kinds, group, *around, debtor=group.party)
    return hiding(mine, least, window.start, window.end)


# --- histories ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    obligation: Recur
    window: Window
    zone: ZoneInfo
    mine: Sequence[Event]
    others: Sequence[Event]

    def fulfils(self, events: Iterable[Event]) -> bool:
        """Whether acts fulfil the duty; the one place in which the pattern is told."""
        if self.obligation.times is not None:
            return len(set(events)) >= self.obligation.times
        if self.obligation.on_days is not None:
            return len(self.days(events)) >= self.obligation.on_days
        return not self.holes(events)

    def ends(self, hidden: Iterable[Event]) -> Outcome:
        """How a history ends in which these acts were hidden too."""
        mine = [*self.mine, *hidden]
        if self.fulfils(mine):
            return "met"
        return "excused" if self.others and self.fulfils([*mine, *self.others]) else "breached"

    def days(self, events: Iterable[Event]) -> set[date]:
        return {local_date(at, self.zone) for at, _ in events}

    def holes(self, events: Iterable[Event]) -> list[tuple[datetime, datetime]]:
        """The stretches longer than `max_gap` between neighbours of the acts, the start and the end."""
        longest = self.obligation.max_gap
        assert longest is not None
        return [(a, b) for a, b in pairwise(self.points(events)) if b - a > longest]

    def points(self, events: Iterable[Event]) -> list[datetime]:
        return sorted({self.window.start, *(at for at, _ in events), self.window.end})

    def of(self, gap: Gap) -> list[Event]:
        """Acts that a gap may hide: as decided (0036), a row one at most."""
        found = self.hidden(gap.start, gap.end)
        return [(found[0][0], gap)] if found and gap.row and self.obligation.times is not None else found

    def hidden(self, start: datetime, end: datetime) -> list[Event]:
        """Acts that [start, end) may hide, so many that more of them would change nothing."""
        low, high = max(start, self.window.start), min(end, self.window.end)
        if low >= high:
            return []
        if self.obligation.times is not None:
            return [(low, number) for number in range(self.obligation.times)]
        if self.obligation.on_days is not None:
            days, day = [], local_date(low, self.zone)
            while midnight(day, self.zone) < high:
                days.append((max(low, midnight(day, self.zone)), "hidden"))
                day += timedelta(days=1)
            return list(days)
        step = self.obligation.max_gap
        assert step is not None
        count = (high - low) // step
        return [*((low + n * step, "hidden") for n in range(count + 1)), (high - LAST, "hidden")]


def _histories(parts: Sequence[Sequence[Event]]) -> Iterator[list[Event]]:
    every = list(chain.from_iterable(parts))
    if len(every) > MOST:
        yield from ([], every, *(list(part) for part in parts))
        return
    for size in range(len(every) + 1):
        yield from (list(some) for some in combinations(every, size))


def _verdict(case: _Case, gaps: Sequence[Gap], group: Group, as_of: datetime) -> Said:
    window = case.window
    parts = [case.of(gap) for gap in gaps]
    running = window.open or as_of < window.end
    if running:
        # while a trigger lasts, the time that it is known to have lasted is past and the rest may fulfil everything
        parts.append(case.hidden(as_of, window.end))
    outcomes = {case.ends(hidden) for hidden in _histories(parts)}
    if window.open and case.obligation.max_gap is None and not outcomes <= {"met", "excused"}:
        outcomes.add("met")
    if running and case.obligation.max_gap is not None and "breached" not in outcomes:
        # As decided (C3): before the end nothing is met, not even where too little time is left for a hole.
        return waiting(case.obligation, window, as_of)
    if outcomes == {"met"}:
        return Said(
            "met", window, fulfilled=_fulfilled(case), silent=RANGE if running else frozenset(), **_range(case, gaps)
        )
    if outcomes <= {"met", "excused"}:
        return Said("excused", window, silent=RANGE | {"fulfilled", "holders"})
    if outcomes == {"breached"}:
        return _breached(case, gaps, running)
    if running:
        return waiting(case.obligation, window, as_of)
    matter = _matter(case, gaps)
    if all(_counts_as_absence(case.obligation, group, window, gap, as_of) for gap in matter):
        return _breached(case, [gap for gap in gaps if gap not in matter], False, RANGE)
    return undecided(window, matter, as_of, **_range(case, gaps))


def _counts_as_absence(obligation: Recur, group: Group, window: Window, gap: Gap, as_of: datetime) -> bool:
    """Whether the contract counts this gap as absence: the duty's own party holds it, and owes it by now.

    As decided (G5) all gaps that matter must be such; gap by gap, as the specification may be read, a hole that lies
    within the debtor's own overdue silence would be certain while another log is awaited.
    """
    mine = obligation.silence == "breached" and gap.missing and gap.holder == group.party
    return mine and as_of >= gap.owed(window.end)


def _matter(case: _Case, gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps in which an act would count: any, one on another day, one within a hole."""
    if case.obligation.times is not None:
        return list(gaps)
    if case.obligation.on_days is not None:
        known = case.days(case.mine)
        return [gap for gap in gaps if case.days(case.hidden(gap.start, gap.end)) - known]
    holes = case.holes(case.mine)
    return [gap for gap in gaps if any(gap.start < b and gap.end > a for a, b in holes)]


def _breached(case: _Case, gaps: Sequence[Gap], running: bool, silent: frozenset[str] = frozenset()) -> Said:
    hidden = [event for gap in gaps for event in case.of(gap)]
    return Said(
        "breached",
        case.window,
        lapsed_at=_lapsed(case, hidden),
        silent=RANGE if running else silent,
        **_range(case, gaps),
    )


def _lapsed(case: _Case, hidden: Sequence[Event]) -> datetime:
    """The first instant from which nothing that could still be done would have helped."""
    every = [*case.mine, *hidden]
    if case.obligation.max_gap is not None:
        return min(a for a, _ in case.holes(every)) + case.obligation.max_gap
    if case.obligation.on_days is not None:
        start, end = case.window.start, case.window.end
        day = local_date(start, case.zone)
        while (over := max(start, midnight(day, case.zone))) < end:
            if not case.fulfils([*(one for one in every if one[0] < over), *case.hidden(over, end)]):
                return over
            day += timedelta(days=1)
    return case.window.end


def _fulfilled(case: _Case) -> frozenset[datetime | None]:
    if case.obligation.max_gap is not None:
        return frozenset([None])
    for number, (at, _) in enumerate(sorted(case.mine, key=lambda one: one[0]), 1):
        if case.fulfils(sorted(case.mine, key=lambda one: one[0])[:number]):
            return frozenset([at])
    raise AssertionError("what is met has an instant")


def _range(case: _Case, gaps: Sequence[Gap]) -> dict[str, Any]:
    """What was measured, and between which figures it may lie."""
    hidden = [event for gap in gaps for event in case.of(gap)]
    if case.obligation.times is not None:
        known = float(len(case.mine))
        counted = all(gap.row for gap in gaps) and not case.fulfils(case.mine)  # of what is met nobody counts the rest
        most = known + len(hidden) if counted or not hidden else None
        return {"measured": known, "low": known, "high": most}
    if case.obligation.on_days is not None:
        days = float(len(case.days(case.mine)))
        return {"measured": days, "low": days, "high": float(len(case.days([*case.mine, *hidden])))}
    spans = [span(gap, case.window.start, case.window.end) for gap in gaps]
    edges: list[Event] = [(at, "edge") for both in spans for at in both]
    longest = max((b - a for a, b in pairwise(case.points(case.mine))), default=timedelta()).total_seconds()
    certain = [
        (b - a).total_seconds()
        for a, b in pairwise(case.points([*case.mine, *edges]))
        if not any(low <= a and b <= high for low, high in spans)
    ]
    return {"measured": longest, "low": max(certain, default=0.0), "high": longest}


# --- refutations --------------------------------------------------------------------------------------------------


def _refuted(evidence: Evidence, obligation: Recur, group: Group, window: Window, gaps: list[Gap]) -> Said:
    """One act that somebody may deny: the histories of a duty from the period's start to its end."""
    words: Any = SimpleNamespace(share=None, kind=None, all_of=1)  # the words that the histories read
    acts, denials = _ranked(evidence, obligation, group, window), _denials(evidence, obligation, group, window)
    histories = Histories(words, group.party, None, window.start, window.end, acts, denials)
    ends = [histories.ends(real) for real in histories.readings()]
    outcomes = {outcome for outcome, _ in ends}
    if outcomes == {"met"}:
        return Said("met", window, fulfilled=frozenset(at for _, at in ends), silent=RANGE)
    if "breached" not in outcomes:
        return Said("excused", window, silent=RANGE | {"fulfilled"})
    as_of = evidence.as_of
    if window.open or as_of < window.end:
        return waiting(obligation, window, as_of)
    owing = sorted(histories.matter(gaps), key=repr)
    left = [gap for gap in gaps if not _counts_as_absence(obligation, group, window, gap, as_of)]
    if outcomes == {"breached"} and not histories.matter(left):
        return Said("breached", window, lapsed_at=window.end, silent=RANGE)
    return undecided(window, owing, as_of, silent=RANGE if owing else RANGE | {"holders"})


def _ranked(evidence: Evidence, obligation: Recur, group: Group, window: Window) -> list[Act]:
    action, contract = obligation.action, evidence.trace.contract
    return [
        Act(one.row.at, one.row.kind, one.rank, own(contract, one.row, group.party))
        for one in evidence.events(action.stream, action.kinds, action.where)
        if _within(one.row, group, window)
    ]


def _denials(evidence: Evidence, obligation: Recur, group: Group, window: Window) -> list[No]:
    wanted = obligation.refuted_by
    assert wanted is not None and wanted.quorum is None
    found = evidence.events(wanted.stream, wanted.kind, wanted.where)
    return [No(one.row.at, one.rank) for one in found if _within(one.row, group, window)]


def _within(row: Row, group: Group, window: Window) -> bool:
    return row.unit in group.units and window.start <= row.at < window.end
