"""A slow reading of `keep`: every slot is good, bad or in doubt, by trying what its gaps may hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dutywatch.clock import Period as Stretch
from dutywatch.clock import midnight, slices, stretches
from dutywatch.terms.contract import Contract
from dutywatch.terms.patterns import Keep, Obligation
from tests.judge.oracle import Evidence, Gap, Row, Trace
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
    silenced,
    undecided,
    verdicts,
    waiting,
    windows,
    works,
)


def judge(trace: Trace, as_of: datetime) -> dict[Key, Said]:
    """The verdicts on every keep duty of the trace at `as_of`."""
    return verdicts(trace, as_of, _windows, _said, _late)


def _windows(evidence: Evidence, obligation: Obligation) -> list[Window]:
    return windows(evidence, obligation.window) if isinstance(obligation, Keep) else []


def _said(evidence: Evidence, obligation: Obligation, group: Group, window: Window) -> Said:
    assert isinstance(obligation, Keep)
    as_of = evidence.as_of
    if window.start == window.end and not window.open:
        return nothing(window)
    every, gaps = _judged(evidence, obligation, group, window)
    if not every and not window.open and window.end <= as_of:
        return nothing(window)
    judged = [(slot, good) for slot, good in every if _last(obligation, slot) <= as_of]
    bad = [_last(obligation, slot) for slot, good in judged if good is False]
    doubtful = [slot for slot, good in judged if good is None]
    running = window.open or as_of < window.end
    figures: dict[str, Any] = {
        "measured": float(len(bad)),
        "low": float(len(bad)),
        "high": float(len(bad) + len(doubtful)),
        "silent": RANGE | {"fulfilled"} if running else frozenset({"low", "fulfilled"}),
    }
    if len(bad) > obligation.max_bad:
        return Said("breached", window, lapsed_at=bad[obligation.max_bad], **figures)
    if running:
        return waiting(obligation, window, as_of)
    if len(bad) + len(doubtful) <= obligation.max_bad:
        return Said("met", window, **figures)
    owing = [gap for gap in gaps if any(_touching([gap], slot) for slot in doubtful)]
    if any(not _touching(gaps, slot) for slot in doubtful):  # nothing was measured, and nobody owes more
        figures["silent"] = frozenset({"low", "fulfilled", "holders", "proof_due"})
    elif silenced(obligation, group, window, owing, as_of):
        return Said("breached", window, lapsed_at=window.end, **figures)
    return undecided(window, owing, as_of, **figures)


def _judged(
    evidence: Evidence, obligation: Keep, group: Group, window: Window
) -> tuple[list[tuple[Window, bool | None]], list[Gap]]:
    """The slots of a window, each good, bad or in doubt, and the gaps of its stream."""
    asked, contract = obligation.level, evidence.trace.contract
    events = [
        one
        for one in entries(evidence, asked.stream, asked.kind, asked.where)
        if one.unit in group.units or (one.unit is None and group.unnamed)
    ]
    if asked.value is None:  # a level that was measured is what it is, whoever measured it
        events = [one for one in events if own(contract, one, group.party)]
    since = _since(contract, obligation, window)
    gaps = gaps_within(evidence, asked.stream, asked.kind, group, since, window.end)
    if asked.open:  # as decided (0034): what began in a gap may be open ever since
        gaps = [replace(gap, end=max(gap.end, window.end)) for gap in gaps]
    cut = slices if obligation.window.while_ is None else stretches
    parts = cut(_stretch(contract, window), obligation.slot) if window.start < window.end else []
    calendar = evidence.trace.calendar(obligation.window.calendar)
    slots = [  # as decided (0061): those in which the calendar is open at all
        Window(one.start, one.end, one.label, open=window.open and one.end - one.start < obligation.slot)
        for one in parts
        if works(calendar, one)
    ]
    return [(slot, _slot(obligation, slot, events, _touching(gaps, slot))) for slot in slots], gaps


def _late(
    evidence: Evidence, obligation: Obligation, group: Group, window: Window, by: datetime
) -> tuple[bool, Sequence[Gap]]:
    """Whether there may have been one bad slot too many by an instant; what may still grow may also be over."""
    assert isinstance(obligation, Keep)
    judged, gaps = _judged(evidence, obligation, group, window)
    doubtful = [slot for slot, good in judged if not good and (slot.start if slot.open else slot.end) <= by]
    return len(doubtful) > obligation.max_bad, gaps


def _since(contract: Contract, obligation: Keep, window: Window) -> datetime:
    """From when on gaps matter: of what is open, since all logs of the stream are owed."""
    if not obligation.level.open:
        return window.start
    sources = (contract.sources[name] for name in contract.sources_of(obligation.level.stream))
    first = max(one.from_ or contract.term.from_ for one in sources)
    return min(window.start, midnight(first, contract.zone))


def _last(obligation: Keep, slot: Window) -> datetime:
    """The end of a slot; of one that may still grow, the last instant at which it can end."""
    return slot.start + obligation.slot if slot.open else slot.end


def _stretch(contract: Contract, window: Window) -> Stretch:
    return Stretch(window.start, window.end, window.label, contract.zone)


def _touching(gaps: Sequence[Gap], slot: Window) -> list[Gap]:
    return [gap for gap in gaps if gap.start < slot.end and gap.end > slot.start]


def _slot(obligation: Keep, slot: Window, events: Sequence[Row], gaps: Sequence[Gap]) -> bool | None:
    """Whether the level kept within bounds in a slot; None where histories differ, as in what it may still grow by."""
    good = _kept(obligation, slot, events, gaps)
    return None if slot.open and good else good


def _kept(obligation: Keep, slot: Window, events: Sequence[Row], gaps: Sequence[Gap]) -> bool | None:
    asked = obligation.level
    if asked.open:
        low, high = _open(slot, events)
        return _bounded(obligation, low, high, bool(gaps))
    inside = [one for one in events if slot.start <= one.at < slot.end]
    if asked.count is not None:
        seen = len({getattr(one, asked.count) for one in inside} - {None})
        return _bounded(obligation, seen, seen, bool(gaps) or slot.open)
    values = [one.value for one in inside]
    if any(value is not None and not _within(obligation, value) for value in values):
        return False
    # a row whose value is empty was measured, and may have been anything
    return None if gaps or not values or None in values else True


def _open(slot: Window, events: Sequence[Row]) -> tuple[int, int]:
    """The fewest and the most intervals open at an instant of the slot; it changes only where one begins or ends."""
    turns = {slot.start, *(at for one in events for at in (one.at, one.until) if at is not None)}
    counts = [
        sum(1 for one in events if one.at <= at and (one.until is None or at < one.until))
        for at in turns
        if slot.start <= at < slot.end
    ]
    return min(counts), max(counts)


def _bounded(obligation: Keep, low: int, high: int, more: bool) -> bool | None:
    """The verdict on counts which, where a gap may hide `more`, are only lower bounds."""
    least, most = obligation.at_least, obligation.at_most
    too_many = most is not None and high > most
    too_few = least is not None and low < least
    if too_many or (too_few and not more):
        return False
    in_doubt = more and (too_few or most is not None)
    return None if in_doubt else True


def _within(obligation: Keep, value: float) -> bool:
    least, most = obligation.at_least, obligation.at_most
    return (least is None or value >= least) and (most is None or value <= most)
