"""What the oracles of recur, attain and keep share: their windows, whose duty each is, and the evidence in a window.

Like `oracle` it reads the contract model and the clock and nothing of the engine. It stops where a pattern begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from dutywatch.clock import Calendar, Season, local_date, periods, plan, seasons, share_of, slices
from dutywatch.clock import Period as Stretch
from dutywatch.terms.contract import Contract
from dutywatch.terms.obligation import Owed
from dutywatch.terms.patterns import Obligation, Period, owed_per
from dutywatch.terms.predicate import Predicate
from dutywatch.terms.trigger import Trigger
from dutywatch.terms.units import Unit
from tests.judge.oracle import DAWN, TICK, Evidence, Gap, Row, Trace
from tests.judge.oracle.clocks import words_on
from tests.judge.oracle.evidence import covers, valid
from tests.judge.oracle.respond import alone_at, excused, heard
from tests.judge.oracle.triggers import triggers

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Name = Literal["met", "excused", "breached", "void", "pending", "unproven"]
Key = tuple[str, str, str]  # obligation, unit or group, label of the window


@dataclass(frozen=True)
class Entry(Row):
    """A row whose `value` is the source's column `wait`."""

    def column(self, name: str) -> object:
        """What stands in a column, by the column's name in the contract."""
        return self.value if name == "wait" else super().column(name)


@dataclass(frozen=True)
class Window:
    """A window of time that duties are owed for; while `open`, `end` is only how far it is known to reach."""

    start: datetime
    end: datetime
    label: str
    zone: str | None = None
    open: bool = False


@dataclass(frozen=True)
class Group:
    """What a duty is owed on: a unit, or several under one name, and who owes it."""

    id: str
    units: frozenset[str]
    party: str
    unnamed: bool = False  # whether events that name no unit are its own


@dataclass(frozen=True)
class Said:
    """What an oracle says of one duty. In `silent` stand the fields of which it says nothing."""

    name: Name
    window: Window
    at_risk: bool = False
    lapsed_at: datetime | None = None
    fulfilled: frozenset[datetime | None] = frozenset([None])
    proof_due: datetime | None = None
    holders: frozenset[str] = frozenset()
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    silent: frozenset[str] = frozenset()


RANGE = frozenset({"measured", "low", "high"})


def waiting(obligation: Owed, window: Window, as_of: datetime, silent: frozenset[str] = RANGE) -> Said:
    """The verdict before a window's end."""
    risky = not window.open and as_of >= share_of(window.start, window.end, obligation.at_risk)
    return Said("pending", window, at_risk=risky, silent=silent)


def nothing(window: Window) -> Said:
    """As decided (0016): where a trigger was seen at one instant only, no time is left that anything is owed in."""
    return Said("void", window, silent=RANGE)


def undecided(window: Window, gaps: Sequence[Gap], as_of: datetime, **more: Any) -> Said:
    """The verdict after the end of a window while `gaps` keep it open: pending while one of them is not yet due."""
    due = max((gap.owed(window.end) for gap in gaps), default=DAWN)
    holders = frozenset(gap.holder for gap in gaps)
    name: Name = "pending" if as_of < due else "unproven"
    return Said(name, window, proof_due=due if name == "pending" else None, holders=holders, **more)


def silenced(obligation: Owed, group: Group, window: Window, gaps: Sequence[Gap], as_of: datetime) -> bool:
    """Whether silence counts as breach: the duty's own party holds all that is missing, and owes it by now."""
    return (
        obligation.silence == "breached"
        and bool(gaps)
        and all(gap.missing and gap.holder == group.party and as_of >= gap.owed(window.end) for gap in gaps)
    )


# --- duties -------------------------------------------------------------------------------------------------------


def verdicts(
    trace: Trace,
    as_of: datetime,
    windows_of: Callable[[Evidence, Obligation], Iterable[Window]],
    said: Callable[[Evidence, Obligation, Group, Window], Said | None],
    lapsed: Callable[[Evidence, Obligation, Group, Window, datetime], tuple[bool, Sequence[Gap]]],
) -> dict[Key, Said]:
    """What `said` says of every duty, by the words of its day and the evidence that counts for it, or who excused it.

    It says None of what is no duty. `windows_of`: the windows of an obligation; none for one of another pattern.
    `lapsed`: whether a duty may have lapsed by an instant within its window, and the gaps that matter to it: one person
    excuses no lapse before (0045).
    """
    evidence = Evidence(trace, as_of)
    found: dict[Key, Said] = {}
    for name, base in trace.contract.obligations.items():
        for window in windows_of(evidence, base):
            words, d = words_on(evidence, name, window.start), None if window.open else window.end
            for group in groups(evidence, name, words, owed_per(words), window):
                duty = name, group.id, window.label
                told = heard(evidence, duty, d, words.proof_until)
                verdict = said(told, words, group, window)
                if verdict is None:
                    continue
                if verdict.name != "met" and _lasts(window) and excused(evidence, duty, window.end):
                    alone = alone_at(evidence, duty)
                    late, gaps = lapsed(told, words, group, window, alone) if alone else (False, ())
                    if not late:
                        verdict = Said("excused", window, silent=RANGE | {"fulfilled"})
                    elif alone and verdict.lapsed_at and verdict.lapsed_at > alone:  # it may have lapsed before, or not
                        open_ = RANGE | {"fulfilled", "holders", "proof_due"}
                        if window.open or as_of < window.end:
                            verdict = waiting(words, window, as_of, open_)
                        elif not silenced(words, group, window, gaps, as_of):
                            verdict = undecided(window, gaps, as_of, silent=open_)
                        else:  # it lapsed by what is missing, not by what came after
                            verdict = replace(verdict, silent=verdict.silent | {"lapsed_at", "proof_due"})
                found[duty] = verdict
    return found


def _lasts(window: Window) -> bool:
    return window.open or window.start < window.end


# --- windows ------------------------------------------------------------------------------------------------------


def windows(evidence: Evidence, word: Period, slice_: timedelta | None = None) -> list[Window]:
    """The windows of a period's word that begin within the term and have begun by then."""
    trace, as_of = evidence.trace, evidence.as_of
    if word.while_ is not None:
        lasting = [one for one in _lasting(evidence, word.while_) if one.start <= as_of]
        calendar = trace.calendar(word.calendar)  # as decided (0070): none of which all is closed
        return [one for one in lasting if works(calendar, Stretch(one.start, one.end, one.label, trace.contract.zone))]
    found = _stretches(trace, word)
    if slice_ is not None:
        calendar = trace.calendar(word.calendar)
        found = [part for one in found for part in slices(one, slice_) if works(calendar, part)]
    return [Window(one.start, one.end, one.label) for one in found if one.start <= as_of]


def works(calendar: Calendar, part: Stretch) -> bool:
    """Whether the office is open at some minute of a stretch (hours begin and end at whole minutes)."""
    hours = [one for day in _days(part, calendar) for one in calendar.opening(day)]
    minutes = max(1, int((part.end - part.start) / MINUTE))
    return any(since <= part.start + n * MINUTE < until for n in range(minutes) for since, until in hours)


def _days(part: Stretch, calendar: Calendar) -> set[date]:
    first, last = local_date(part.start, calendar.zone), local_date(max(part.start, part.end - TICK), calendar.zone)
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def _stretches(trace: Trace, word: Period) -> list[Stretch]:
    zone, term, calendar = trace.contract.zone, trace.contract.term, trace.calendar(word.calendar)
    if word.each is not None:
        return periods(word.each, term.from_, term.to, calendar)
    if word.season is not None:
        month_day = [tuple(int(part) for part in text.split("-")) for text in (word.season.from_, word.season.to)]
        return seasons(Season(*month_day), term.from_, term.to, zone)  # type: ignore[arg-type]  # two pairs
    assert word.plan is not None
    weekdays = frozenset(WEEKDAYS.index(day) for day in word.plan.weekdays)
    return plan(weekdays, frozenset(word.plan.dates), term.from_, term.to, calendar)


def _lasting(evidence: Evidence, trigger: Trigger) -> Iterator[Window]:
    """The time that each trigger lasts, from where its threshold is crossed."""
    term, local = evidence.trace.contract.term, evidence.trace.contract.zone
    for one in triggers(evidence, trigger):
        if term.from_ <= local_date(one.crossing, local) <= term.to:
            yield Window(one.crossing, one.end, one.key, one.zone, one.open)


# --- whose duty ---------------------------------------------------------------------------------------------------


def in_scope(obligation: Owed, unit: Unit) -> bool:
    """Whether an obligation is owed on a unit."""
    scope = obligation.scope
    return (scope.class_ is None or unit.class_ in scope.class_) and (scope.zone is None or unit.zone in scope.zone)


def groups(evidence: Evidence, name: str, obligation: Owed, per: str, window: Window) -> list[Group]:
    """What the duties of a window are owed on, by `per`, in the register of the day on which it starts."""
    contract = evidence.trace.contract
    day = local_date(window.start, contract.zone)
    there = [unit for unit in evidence.trace.units if valid(unit, day)]
    units = [u for u in there if in_scope(obligation, u) and window.zone in (None, u.zone)]
    if per == "unit":
        return [Group(u.id, frozenset([u.id]), party(evidence, name, obligation, u, day)) for u in units]
    if per == "contract":
        everything = obligation.scope.class_ is None and obligation.scope.zone is None
        ids = frozenset(unit.id for unit in units) or frozenset([contract.contract])  # it is owed without units, too
        debtor = _of_all(evidence, name, obligation, units or [Unit(contract.contract, None, None, None)], day)
        return [Group(contract.contract, ids, debtor, everything)] if units or everything else []
    found: dict[str, list[Unit]] = {}
    for unit in units:
        group = unit.zone if per == "zone" else unit.class_
        if group is not None:
            found.setdefault(group, []).append(unit)
    return [
        Group(group, frozenset(u.id for u in mine), _of_all(evidence, name, obligation, mine, day))
        for group, mine in sorted(found.items())
    ]


def _of_all(evidence: Evidence, name: str, obligation: Owed, units: Sequence[Unit], day: date) -> str:
    """As decided (0047): the one party that owes it on all of these units, else the obligation's own."""
    owing = {party(evidence, name, obligation, unit, day) for unit in units}
    return owing.pop() if len(owing) == 1 else obligation.party


def party(evidence: Evidence, name: str, obligation: Owed, unit: Unit, day: date) -> str:
    """Who owes an obligation on a unit on a day."""
    for one in evidence.trace.contract.assignments:
        if covers(one, name, unit) and one.valid(day):
            return one.contractor
    return obligation.party


def own(contract: Contract, entry: Row, debtor: str) -> bool:
    """Whether an act is the debtor's own: nobody says whose it is, or it is said to be the debtor's."""
    actors = {actor: one.id for one in contract.contractors for actor in one.actors}
    return actors.get(entry.actor or "", debtor) == debtor


# --- evidence -----------------------------------------------------------------------------------------------------


def entries(evidence: Evidence, stream: str, kinds: Sequence[str] | None, where: Predicate | None) -> list[Row]:
    """The known events of a stream, in order of time; identical rows are one event."""
    known = evidence.events(stream, kinds, where)
    return sorted({replace(one.row, seen_at=None) for one in known}, key=lambda one: (one.at, repr(one)))


def gaps_within(
    evidence: Evidence,
    stream: str,
    kinds: Sequence[str] | None,
    group: Group,
    start: datetime,
    end: datetime,
    debtor: str | None = None,
) -> list[Gap]:
    """The gaps of a stream that touch [start, end) on a group, with those on what `debtor` alone has to do."""
    units = group.units | ({group.id} if group.unnamed else set())  # what names no unit is the contract's
    return [
        one
        for one in evidence.gaps(stream, kinds, start, end)
        if one.start < end
        and one.end > start
        and (one.unit is None or one.unit in units)
        and one.debtor in (None, debtor)
    ]


def span(gap: Gap, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The part of a gap within [start, end)."""
    return max(gap.start, start), min(gap.end, end)
