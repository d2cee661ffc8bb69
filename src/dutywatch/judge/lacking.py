"""What is missing to prove a duty, and who owes it: read again from the evidence, as the verdict names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dutywatch.clock import midnight
from dutywatch.judge import keep, respond, running, triggers
from dutywatch.judge.coverage import BEGINNING, END, Gap
from dutywatch.judge.duties import Clock, in_scope
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.gaps import DOUBTFUL, every_gap
from dutywatch.judge.read import starting
from dutywatch.judge.redelivery import arrival
from dutywatch.judge.timeline import touches
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Terms
from dutywatch.terms.obligation import Owed
from dutywatch.terms.patterns import Attain, Keep, Obligation, Recur, Respond, depends_on
from dutywatch.terms.trigger import Trigger

_SLOTS = re.compile(r"\d+ slots without measurement")


@dataclass(frozen=True)
class Lacking:
    """Evidence that is missing: what, for which time, who owes it, and since when it is due (None: it cannot come)."""

    missing: str
    start: datetime
    end: datetime
    holder: str
    due_at: datetime | None


def lacking(
    terms: Terms, evidence: Evidence, owed: Owed, clock: Clock | None, row: Mapping[str, Any]
) -> Iterator[Lacking]:
    """What the reason of the verdict row `row` says is missing, from the evidence that counts for its clock."""
    readings = list(_doubtful(evidence, owed, clock, row))
    yield from readings
    said = {one.missing for one in readings}
    yield from (one for one in _gaps(terms, evidence, owed, clock, row) if one.missing not in said)
    yield from _unmeasured(terms, owed, row)


def late(
    terms: Terms, counted: Evidence, owed: Owed, clock: Clock | None, row: Mapping[str, Any]
) -> Iterator[Accepted]:
    """Deliveries that came after `proof_until` and say anything of the time in which an act would have counted."""
    streams = {one.selection.stream for one in _asked(terms, owed)}
    streams |= {part.stream for part in (getattr(owed, "refuted_by", None),) if part is not None}
    sources = {name for stream in streams for name in terms.contract.sources_of(stream)}
    start, end = (clock.lower if clock else row["clock_start"]), row["due_at"]
    for one in sorted(counted.too_late, key=arrival):
        if one.source in sources and start is not None and touches(one, start, end):
            yield one


def _gaps(
    terms: Terms, evidence: Evidence, owed: Owed, clock: Clock | None, row: Mapping[str, Any]
) -> Iterator[Lacking]:
    """The gaps that the verdict's reason names, each once, cut to the time in which an act would have counted."""
    start = (clock.lower if clock else row["clock_start"]) or row["trigger_from"]
    start = keep.since(terms, owed, row["trigger_from"]) if isinstance(owed, Keep) else start
    end = min(END if _counts_duties(terms, owed) else row["due_at"] or END, evidence.as_of)
    if start >= end or row["verdict"] == "met":
        return
    since = midnight(terms.contract.term.from_, terms.contract.zone)
    said: set[tuple[str, str]] = set()
    spans = [(start, end)]
    if isinstance(owed, Respond) and owed.action.consume is not None:  # or it hangs on whose another act is
        spans.append((min(start, since), evidence.as_of))
    for begins, ends in spans:
        for (missing, holder), gaps in _named(terms, evidence, owed, row, (begins, ends)).items():
            first, last = min(gap.start for gap in gaps), max(gap.end for gap in gaps)
            first, last = max(first, begins), min(last, ends)
            if first <= BEGINNING:  # acts count whenever they were: since the term began, as far as that was before
                first = min(since, last)
            if (missing, holder) not in said:
                yield Lacking(missing, first, last, holder, _due(gaps, row["due_at"]))
                said.add((missing, holder))


def _named(
    terms: Terms, evidence: Evidence, owed: Owed, row: Mapping[str, Any], over: tuple[datetime, datetime]
) -> dict[tuple[str, str], list[Gap]]:
    """The gaps within `over` that the verdict's reason names, by what is missing and who owes that."""
    least = getattr(getattr(owed, "action", None), "min_duration", None)
    listed = f"; {row['reason'].partition(': ')[2]}; "
    found: dict[tuple[str, str], list[Gap]] = {}
    units = _units(terms, owed, row["unit"])
    for gap in (gap for one in _asked(terms, owed) for gap in one.gaps(evidence, over, least)):
        on_unit = units is None or gap.unit in units
        on_unit |= gap.key is not None  # of the duties that it joins, on whatever unit it was
        if on_unit and gap.start < over[1] and gap.end > over[0] and f"; {gap.missing}; " in listed:
            found.setdefault((gap.missing, gap.holder), []).append(gap)
    return found


def _units(terms: Terms, owed: Owed, unit: str) -> set[str | None] | None:
    """The units whose gaps concern a duty: its own, or those of the group that it is owed on; None: any."""
    if isinstance(owed, Attain | Keep) and owed.per in ("zone", "class"):
        mine = in_scope(owed.scope, terms.units.rows)
        return {None, unit, *(one.id for one in mine if one.group(owed.per, terms.id) == unit)}
    return {None, unit} if any(one.id == unit for one in terms.units.rows) else None


def _doubtful(evidence: Evidence, owed: Owed, clock: Clock | None, row: Mapping[str, Any]) -> Iterator[Lacking]:
    """Which of two readings is the right one of the local time that starts the clock, or the next trigger, or at which
    a record says that it was done, where the verdict hangs on it."""
    if not isinstance(clock, running.Running) or clock.other is None:
        return
    missing, begins, ends = f"{clock.stated_by} {DOUBTFUL}", clock.other.start, clock.start
    if begins is None or ends is None or missing not in row["reason"]:
        return
    if begins == ends and clock.other.until and clock.until:
        begins, ends = clock.other.until, clock.until
    if begins == ends and isinstance(owed, Respond) and owed.of_its_record:
        begins, ends = next(_done(evidence, owed, clock.stated_by), (begins, ends))
    yield Lacking(missing, begins, ends, row["owed_by"], None)


def _done(evidence: Evidence, owed: Respond, cited: str | None) -> Iterator[tuple[datetime, datetime]]:
    """The two readings of the time at which a record says that it was done."""
    query, given = evidence.events(replace(respond.acts(owed), reading="both"))
    asked = f'SELECT earlier, "at" FROM ({query}) WHERE cited(ref) = $cited AND earlier IS NOT NULL'
    yield from ((one["earlier"], one["at"]) for one in evidence.rows(asked, {**given, "cited": cited}))


def _unmeasured(terms: Terms, owed: Owed, row: Mapping[str, Any]) -> Iterator[Lacking]:
    """Slots of which nobody measured anything, although all came that was to come."""
    if not isinstance(owed, Keep) or row["due_at"] is None:
        return
    holders = {terms.contract.sources[name].run_by for name in terms.contract.sources_of(owed.level.stream)}
    for found in _SLOTS.findall(row["reason"]):
        yield from (Lacking(found, row["clock_start"], row["due_at"], holder, None) for holder in sorted(holders))


def _due(gaps: Sequence[Gap], duty_due: datetime | None) -> datetime | None:
    dues = [
        gap.proof_due or (duty_due + gap.proof_after if duty_due and gap.proof_after is not None else None)
        for gap in gaps
    ]
    return max((due for due in dues if due is not None and due > BEGINNING), default=None)


@dataclass(frozen=True)
class _Asked:
    """Events that a duty is judged from; `trigger`: as what starts it, or a duty that it counts."""

    selection: Selection
    trigger: Trigger | None = None

    def gaps(self, evidence: Evidence, over: tuple[datetime, datetime], least: timedelta | None) -> Iterable[Gap]:
        found = every_gap(evidence, self.selection, over, least)
        return found if self.trigger is None else triggers.anywhere(self.trigger, found)


def _started(terms: Terms, owed: Obligation) -> list[_Asked]:
    return [_Asked(triggers.selection(one), one) for one in starting(terms, owed)]


def _asked(terms: Terms, owed: Owed) -> list[_Asked]:
    """The events that it, or the duties and rates that it counts, are judged from, in all wordings of these."""
    if isinstance(owed, Respond | Recur):
        return [_Asked(respond.acts(owed)), *_started(terms, owed)]
    if isinstance(owed, Attain) and owed.items.stream is not None:
        return [_Asked(Selection(owed.items.stream, owed.items.kind, owed.items.where, owed.items.at))]
    if isinstance(owed, Attain) and owed.items.duties is not None:
        return list(dict.fromkeys((*_started(terms, owed), *_of_others(terms, owed))))
    if isinstance(owed, Attain):
        return list(dict.fromkeys(_of_others(terms, owed)))
    assert isinstance(owed, Keep)  # noqa: S101 - the fourth of four patterns
    return [_Asked(Selection(owed.level.stream, owed.level.kind, owed.level.where))]


def _of_others(terms: Terms, owed: Attain) -> Iterator[_Asked]:
    for name in depends_on(owed):
        for _, _, words in terms.words(name):
            yield from _asked(terms, words)


def _counts_duties(terms: Terms, owed: Owed) -> bool:
    """Whether it, or a rate that it weighs, counts duties, which may run on after its window."""
    if not isinstance(owed, Attain):
        return False
    rates = (terms.contract.obligations[name] for name in owed.items.rates or ())
    return owed.items.duties is not None or any(_counts_duties(terms, rate) for rate in rates)
