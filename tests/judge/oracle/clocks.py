"""Pauses, due times and resets of the clocks that a respond obligation starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dutywatch.clock import Allowance, Span, local_date, midnight
from dutywatch.terms.patterns import Obligation, Respond
from dutywatch.terms.terms import amended
from dutywatch.terms.units import Unit
from tests.judge.oracle.evidence import DAY, Evidence
from tests.judge.oracle.trace import DAWN, TICK
from tests.judge.oracle.triggers import Started


@dataclass(frozen=True)
class Clock:
    """One clock on one unit. `t0` None: its trigger is open; `d` None: not known yet, but not before `soonest`."""

    trigger: Started
    words: Respond
    unit: Unit
    anchor: datetime
    t0: datetime | None
    first: datetime
    d: datetime | None
    risky: datetime | None
    pauses: tuple[Span, ...] = ()
    reset_at: datetime | None = None
    anew_until: datetime | None = None  # before then a trigger that nobody knows of would have reset it
    soonest: datetime | None = None


def pauses(evidence: Evidence, name: str, words: Respond, zone: str | None) -> tuple[Span, ...]:
    """When the clocks of units in `zone` stand still."""
    asked = words.suspended_by
    if asked is None:
        return ()
    assert asked.stream is not None
    backdated = asked.retroactive and any(
        one.kind == "suspend" and one.two and one.obligation in (None, name) for one in evidence.trace.decisions
    )
    lifts = [e.row for e in evidence.events(asked.stream, asked.lifted_by, None)] if asked.lifted_by else []
    lifts = [row for row in lifts if row.zone in (None, zone)]
    found: list[Span] = []
    for event in evidence.events(asked.stream, asked.kind, asked.where):
        row = event.row
        if row.zone not in (None, zone):
            continue
        start = row.at if backdated else max(row.at, row.published_at or row.at)
        lifted = [max(lift.at, lift.published_at or lift.at) for lift in lifts if lift.at >= row.at]
        ends = [at for at in (row.until, min(lifted, default=None)) if at is not None]
        if not ends or start < min(ends):
            found.append((start, min(ends, default=None)))
    return tuple(found)


def clock(evidence: Evidence, name: str, words: Respond, unit: Unit, trigger: Started) -> Clock | None:
    """The clock that a trigger starts on a unit; None where nothing is owed."""
    stated = words.clock.from_.removeprefix("trigger.")
    open_ = stated == "end" and trigger.open
    anchor = _anchor(stated, trigger)
    if anchor is None:
        return None
    early = words.clock.early
    first = DAWN if early == "any" else anchor - (early or timedelta())
    if isinstance(words.within, str):
        assert trigger.row is not None
        target = trigger.row.instant(words.within.removeprefix("trigger."))
        if target is None:
            return None
        if target < anchor:
            return Clock(trigger, words, unit, anchor, anchor, first, target, target)
        always, stops = evidence.trace.calendar("always"), pauses(evidence, name, words, unit.zone)
        d = Allowance(target - anchor).due(anchor, always, stops)
        risky = Allowance(target - anchor).share(anchor, d, words.at_risk, always, stops) if d else None
        return Clock(trigger, words, unit, anchor, anchor, first, d, risky, stops)
    allowance = words.allowance(unit.class_, trigger.magnitude)
    if allowance is None:
        return None
    calendar = evidence.trace.calendar(words.clock.calendar)
    spans = pauses(evidence, name, words, unit.zone)
    if open_:
        soonest = min(_dues(evidence, name, unit, trigger, spans), default=None)
        return Clock(trigger, words, unit, anchor, None, first, None, None, soonest=soonest)
    d = allowance.due(anchor, calendar, spans)
    risky = allowance.share(anchor, d, words.at_risk, calendar, spans) if d else None
    return Clock(trigger, words, unit, anchor, anchor, first, d, risky, spans)


def _dues(evidence: Evidence, name: str, unit: Unit, trigger: Started, spans: Sequence[Span]) -> Iterator[datetime]:
    """When a duty falls due if its trigger ends as it was last seen, or grows, or when other words hold (0038)."""
    zone = evidence.trace.contract.zone
    turns = [day for one in evidence.trace.contract.amendments for day in (one.from_, one.to and one.to + DAY) if day]
    for end in (trigger.end, *(at for day in turns if (at := midnight(day, zone)) > trigger.end)):
        words = words_on(evidence, name, end)
        assert isinstance(words, Respond) and not isinstance(words.within, str)
        higher = [rung.at_least for rung in words.within if (rung.at_least or 0) > (trigger.magnitude or 0)]
        for magnitude in (trigger.magnitude, *higher):
            allowance = words.allowance(unit.class_, magnitude)
            d = allowance.due(end, evidence.trace.calendar(words.clock.calendar), spans) if allowance else None
            if d is not None:
                yield d


def _anchor(stated: str, trigger: Started) -> datetime | None:
    if stated in ("start", "end"):
        return trigger.crossing if stated == "start" else trigger.end
    assert trigger.row is not None
    return trigger.row.instant(stated)


def with_resets(clocks: Sequence[Clock], ends: datetime) -> list[Clock]:
    """The clocks of one unit and zone, by crossing, with the crossings that reset them; `ends`: the term's end."""
    found: list[Clock] = []
    chain: datetime | None = None
    for number, one in enumerate(clocks):
        start = chain or one.t0 or one.trigger.crossing
        later = [c.trigger.crossing for c in clocks[number + 1 :] if c.trigger.crossing > one.trigger.crossing]
        again = min(later, default=None)
        reset = one.words.reset
        happens = reset is not None and again is not None and (one.d is None or again < one.d)
        happens = happens and again <= start + reset.at_most  # type: ignore[operator, union-attr]
        bounds = [one.d, start + reset.at_most + TICK, ends] if reset is not None and one.d and not happens else []
        found.append(replace(one, reset_at=again if happens else None, anew_until=min(bounds, default=None)))
        chain = start if happens else None
    return found


def words_on(evidence: Evidence, name: str, anchor: datetime) -> Obligation:
    """The obligation as it reads for a clock that starts at `anchor`, by the amendments known."""
    contract = evidence.trace.contract
    day, today = local_date(anchor, contract.zone), local_date(evidence.as_of, contract.zone)
    changes = [a for a in contract.amendments if a.obligation == name and a.known(today) and a.valid(day)]
    return amended(contract.obligations[name], changes)
