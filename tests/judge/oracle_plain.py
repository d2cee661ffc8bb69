"""A second, slow reading of the `respond` pattern, so that the engine can be held against something that is not itself.

It follows SEMANTICS section 1 literally: enumerate the histories that the evidence allows (which of the contradicted
acts were real, and which acts may hide in the gaps) and ask whether the duty is met in all, in none or in some.
No SQL, nothing from `judge` or `lake`; it shares only the contract model and the calendar arithmetic with the
engine. It is exponential in the number of acts, so traces must be small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Literal

from dutywatch.clock import Calendar, local_date, midnight, share_of
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from dutywatch.terms.patterns import Obligation
from dutywatch.terms.source import Source
from dutywatch.terms.trigger import Trigger
from dutywatch.terms.units import Unit

UNHEARD, UNDENIED = -1, 99  # ranks of hidden acts: a log that did not come contradicts nothing (decision 0003)
TICK = timedelta(microseconds=1)
DAWN = datetime(1900, 1, 1, tzinfo=UTC)
DUSK = datetime(2200, 1, 1, tzinfo=UTC)

Name = Literal["met", "breached", "pending", "unproven"]


@dataclass(frozen=True)
class Row:
    """One accepted row of a file."""

    at: datetime
    unit: str | None = None
    kind: str | None = None
    zone: str | None = None
    value: float | None = None
    seen_at: datetime | None = None
    actor: str | None = None
    until: datetime | None = None
    record: str | None = None
    earlier: datetime | None = None
    numbers: tuple[tuple[str, float | None], ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """One quarantined row: what of it can still be read."""

    unit: str | None = None
    at: datetime | None = None
    kind: str | None = None


@dataclass(frozen=True)
class File:
    """One delivery; `received_at` None is an archive's file, which arrived when its day was long over."""

    source: str
    name: str
    sha256: str
    day: date | None
    received_at: datetime | None
    rows: tuple[Row, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    refused: bool = False


@dataclass(frozen=True)
class Gap:
    """Where acts may hide: [start, end) on `unit` (None: on every unit), owed by `holder`."""

    source: str
    unit: str | None
    start: datetime
    end: datetime
    holder: str
    due: datetime | None
    lag: timedelta | None = None
    missing: bool = False  # a delivery did not come; otherwise one came and left this open, or none was ever owed
    row: bool = False  # one row in quarantine: it hides one event, or none

    def on(self, unit: str) -> bool:
        """Whether an act on `unit` may hide here."""
        return self.unit in (None, unit)

    def owed(self, d: datetime) -> datetime:
        """When the missing evidence is due for a duty due at `d`; what nobody owes was due long ago."""
        return d + self.lag if self.lag is not None else self.due or DAWN


@dataclass(frozen=True, order=True)
class Act:
    """A known or a hidden action on the duty's unit."""

    at: datetime
    kind: str
    rank: int


@dataclass(frozen=True, order=True)
class No:
    """A refutation: at this time somebody of this rank saw that the unit was not done."""

    at: datetime
    rank: int


@dataclass(frozen=True)
class Episode:
    """A trigger: crossing and last event, how strong, and whether it may still go on."""

    zone: str | None
    crossing: datetime
    end: datetime
    magnitude: float | None
    open: bool


@dataclass(frozen=True)
class Found:
    """What the oracle says of one duty. `completions` are the known instants of completion, one for each reading of
    contradicted evidence (None: never)."""

    name: Name
    t0: datetime
    d: datetime
    completions: frozenset[datetime | None] = frozenset()
    at_risk: bool = False
    proof_due: datetime | None = None
    holders: frozenset[str] = frozenset()
    open: bool = False


Key = tuple[str, str, str | None, datetime]


@dataclass(frozen=True)
class Trace:
    """All that a judgement may know. `calendars`: the contract's calendars, as frozen tables."""

    contract: Contract
    units: tuple[Unit, ...]
    files: tuple[File, ...] = ()
    decisions: tuple[Decision, ...] = ()  # none so far is about these patterns
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def calendar(self, name: str) -> Calendar:
        """A calendar by its name; "always" never closes."""
        return self.calendars.get(name) or Calendar.always(self.contract.zone)


def judge(trace: Trace, as_of: datetime) -> dict[Key, Found]:
    """The verdict on every duty of the trace at `as_of`, by (obligation, unit, zone of the trigger, crossing)."""
    found: dict[Key, Found] = {}
    for name, obligation in trace.contract.obligations.items():
        episodes = _episodes(trace, obligation, as_of)
        for unit in trace.units:
            if not _in_scope(obligation, unit):
                continue
            for episode in episodes:
                verdict = _duty(trace, obligation, unit, episode, episodes, as_of)
                if verdict is not None:
                    found[name, unit.id, episode.zone, episode.crossing] = verdict
    return found


# --- evidence -----------------------------------------------------------------------------------------------------


def _standing(trace: Trace, source: str) -> list[File]:
    """The files of a source that count: with `replace`, one for each covered interval (day, or name)."""
    files = [file for file in trace.files if file.source == source and not file.refused]
    if trace.contract.sources[source].redelivery == "append":
        return files
    best: dict[object, File] = {}
    for file in sorted(files, key=lambda f: (f.received_at or DAWN, f.sha256)):
        best[file.day or file.name] = file
    return list(best.values())


def _rows(trace: Trace, stream: str, as_of: datetime) -> Iterator[tuple[Source, Row]]:
    for name in trace.contract.sources_of(stream):
        for file in _standing(trace, name):
            for row in file.rows:
                if row.at <= as_of:
                    yield trace.contract.sources[name], row


def _gaps(trace: Trace, stream: str, kinds: Sequence[str], first: date, last: date) -> list[Gap]:
    """Where the sources of `stream` may hide events of `kinds`, for the local days `first` to `last`."""
    gaps: list[Gap] = []
    for name in trace.contract.sources_of(stream):
        source = trace.contract.sources[name]
        gaps += _quarantined(trace, name, source, kinds)
        if source.polls is not None:
            gaps += _polled(trace, name, source)
        elif source.dated:
            gaps += _dated(trace, name, source, first, last)
        else:
            gaps.append(_gap(name, source, None, DAWN, DUSK, None))
    return gaps


def _gap(name: str, source: Source, unit: str | None, start: datetime, end: datetime, due: datetime | None) -> Gap:
    return Gap(name, unit, start, end, source.run_by, due)


def _dated(trace: Trace, name: str, source: Source, first: date, last: date) -> Iterator[Gap]:
    """A file covers its day, as far as the day had gone when it came; with no due time, due when the day ends."""
    zone = trace.contract.zone
    standing = _standing(trace, name)
    day = first
    while day <= last:
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        due = source.delivery_due.due(day, zone) if source.delivery_due else None
        files = [file for file in standing if file.day == day]
        covered = max((min(file.received_at or end, end) for file in files), default=start)
        if covered < end:
            hole, term = (max(start, covered), end), trace.contract.term.from_
            owed = day >= max(source.from_ or term, term)  # as decided (0036): what nobody owes is never overdue
            yield Gap(name, None, *hole, source.run_by, (due or end) if owed else None, missing=owed)
        day += timedelta(days=1)


def _quarantined(trace: Trace, name: str, source: Source, kinds: Sequence[str]) -> Iterator[Gap]:
    """A row in quarantine hides an act at its unit and time; what is unreadable of these may be any."""
    zone = trace.contract.zone
    for file in _standing(trace, name):
        start, end, due = DAWN, DUSK, None
        if file.day is not None:
            start, end = midnight(file.day, zone), midnight(file.day + timedelta(days=1), zone)
            end = min(end, file.received_at) if file.received_at and file.received_at > start else end
            due = source.delivery_due.due(file.day, zone) if source.delivery_due else None
        for row in file.unreadable:
            if not _other_act(source, row.kind, kinds):
                low, high = (row.at, row.at + TICK) if row.at else (start, end)
                yield replace(_gap(name, source, row.unit, low, high, due), row=True)


def _other_act(source: Source, kind: str | None, kinds: Sequence[str]) -> bool:
    """Whether a quarantined row is known to speak of something else."""
    known = source.values.get("kind", {}).values()
    return kind is not None and kind not in kinds and (not known or kind in known)


def _polled(trace: Trace, name: str, source: Source) -> Iterator[Gap]:
    """A poll covers up to itself minus `max_lag`; `shows: last` hides what lay before the shown event."""
    polls = source.polls
    assert polls is not None
    rows = [row for file in _standing(trace, name) for row in file.rows if row.seen_at is not None]
    asked = sorted({row.seen_at for row in rows if row.seen_at is not None})
    if asked:
        yield _gap(name, source, None, DAWN, asked[0] - polls.max_lag, None)
    covered = asked[-1] - polls.max_lag if asked else DAWN
    yield Gap(name, None, covered, DUSK, source.run_by, None, lag=polls.max_lag, missing=True)
    if polls.shows == "last":
        for unit in sorted({row.unit for row in rows if row.unit}):
            yield from _unshown(name, source, unit, [row for row in rows if row.unit == unit], asked)


def _unshown(name: str, source: Source, unit: str, rows: Sequence[Row], asked: Sequence[datetime]) -> Iterator[Gap]:
    assert source.polls is not None
    shown = DAWN
    for index, poll in enumerate(asked):
        events = [row.at for row in rows if row.seen_at == poll]
        if not events:
            continue
        before = asked[index - 1] - source.polls.max_lag if index else DAWN
        low = max(shown + TICK, before)
        if low < max(events):
            yield _gap(name, source, unit, low, max(events), None)
        shown = max(events)


# --- triggers -----------------------------------------------------------------------------------------------------


def _episodes(trace: Trace, obligation: Obligation, as_of: datetime) -> list[Episode]:
    """Observations less than `merge_gap` apart, by zone; a trigger where the threshold is crossed."""
    trigger = obligation.trigger
    by_zone: dict[str | None, list[Row]] = {}
    for _, row in _rows(trace, trigger.stream, as_of):
        if row.kind in trigger.kind:
            by_zone.setdefault(row.zone, []).append(row)
    episodes: list[Episode] = []
    for zone, rows in by_zone.items():
        rows.sort(key=lambda row: row.at)
        for group in _merged(rows, trigger.merge_gap):
            reached = [row for row in group if _crosses(trigger, row)]
            if not reached:
                continue
            end = group[-1].at
            strength = max((row.value for row in group if row.value is not None), default=None)
            open_ = _still_open(trace, obligation, end, as_of)
            episodes.append(Episode(zone, reached[0].at, end, strength, open_))
    return sorted(episodes, key=lambda e: (e.crossing, e.zone or ""))


def _crosses(trigger: Trigger, row: Row) -> bool:
    return trigger.threshold is None or (row.value is not None and row.value >= trigger.threshold)


def _merged(rows: Sequence[Row], gap: timedelta) -> Iterator[list[Row]]:
    group = list(rows[:1])
    for before, row in pairwise(rows):
        if row.at - before.at >= gap:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _still_open(trace: Trace, obligation: Obligation, end: datetime, as_of: datetime) -> bool:
    """Open until `merge_gap` has passed since the last event under complete coverage of the trigger's source."""
    trigger = obligation.trigger
    quiet = end + trigger.merge_gap
    if as_of < quiet:
        return True
    zone = trace.contract.zone
    gaps = _gaps(trace, trigger.stream, trigger.kind, local_date(end, zone), local_date(quiet, zone))
    return any(gap.start < quiet and end + TICK < gap.end for gap in gaps)


# --- duties -------------------------------------------------------------------------------------------------------


def _in_scope(obligation: Obligation, unit: Unit) -> bool:
    scope = obligation.scope
    return (scope.class_ is None or unit.class_ in scope.class_) and (scope.zone is None or unit.zone in scope.zone)


def _duty(
    trace: Trace, obligation: Obligation, unit: Unit, episode: Episode, episodes: Sequence[Episode], as_of: datetime
) -> Found | None:
    if episode.zone not in (None, unit.zone):
        return None
    allowance = obligation.allowance(unit.class_, episode.magnitude)
    from_end = obligation.clock.from_ == "trigger.end"
    t0 = episode.end if from_end else episode.crossing
    term, zone = trace.contract.term, trace.contract.zone
    if allowance is None or not term.from_ <= local_date(t0, zone) <= term.to:
        return None
    d = allowance.due(t0, Calendar.always(zone))
    assert d is not None  # nothing pauses it
    if from_end and episode.open:
        return Found("pending", t0, d, open=True)
    first = t0 - (obligation.clock.early or timedelta())
    acts = sorted(
        {
            Act(row.at, row.kind, source.rank)
            for source, row in _rows(trace, obligation.action.stream, as_of)
            if row.unit == unit.id and row.kind in obligation.action.kind.names and row.at >= first
        }
    )
    refutations = _refutations(trace, obligation, unit, first, _next(episode, episodes), as_of)
    days = local_date(first, zone), local_date(d, zone)
    gaps = [
        gap
        for gap in _gaps(trace, obligation.action.stream, obligation.action.kind.names, *days)
        if gap.on(unit.id) and gap.start < d and gap.end > first
    ]
    case = _Case(obligation, first, d, acts, refutations)
    return _verdict(obligation, case, gaps, t0, as_of)


def _next(episode: Episode, episodes: Sequence[Episode]) -> datetime:
    later = [e.crossing for e in episodes if e.zone == episode.zone and e.crossing > episode.crossing]
    return min(later, default=DUSK)


def _refutations(
    trace: Trace, obligation: Obligation, unit: Unit, first: datetime, until: datetime, as_of: datetime
) -> list[No]:
    wanted = obligation.refuted_by
    if wanted is None:
        return []
    rows = _rows(trace, wanted.stream, as_of)
    return sorted(
        {
            No(row.at, source.rank)
            for source, row in rows
            if row.unit == unit.id and row.kind in wanted.kind and first <= row.at < until
        }
    )


# --- histories ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """One duty's evidence, and which histories it allows."""

    obligation: Obligation
    first: datetime
    d: datetime
    acts: Sequence[Act]
    refutations: Sequence[No]

    def completion(self, acts: Sequence[Act]) -> datetime | None:
        """The first instant at which `acts` complete the duty."""
        kinds = self.obligation.action.kind
        if kinds.any is not None:
            return min((act.at for act in acts), default=None)
        firsts = [min((act.at for act in acts if act.kind == kind), default=None) for kind in kinds.names]
        known = [at for at in firsts if at is not None]
        return max(known) if len(known) == len(firsts) else None

    def complete_at(self, acts: Sequence[Act], at: datetime) -> bool:
        return self.completion([act for act in acts if act.at <= at]) is not None

    def consistent(self, acts: Sequence[Act]) -> bool:
        """No refutation is contradicted, save by acts that its rank does not exceed."""
        return not any(
            self.complete_at(acts, no.at) and not self.complete_at([a for a in acts if a.rank >= no.rank], no.at)
            for no in self.refutations
        )

    def justified(self, real: Sequence[Act]) -> bool:
        """A known act is set aside only where a refutation that it does not outrank would be contradicted by it."""
        return all(
            any(
                no.at >= act.at and no.rank >= act.rank and self.complete_at([*real, act], no.at)
                for no in self.refutations
            )
            for act in self.acts
            if act not in real
        )

    def readings(self) -> list[tuple[Act, ...]]:
        """Which of the known acts were real: one set where nothing is contradicted, several where ranks are equal."""
        return [
            real
            for size in range(len(self.acts), -1, -1)
            for real in combinations(self.acts, size)
            if self.consistent(real) and self.justified(real)
        ]

    def met(self, acts: Sequence[Act]) -> bool:
        at = self.completion(acts)
        return at is not None and at <= self.d


@dataclass(frozen=True)
class _Hidden:
    gap: Gap
    act: Act


def _hidden(case: _Case, gaps: Sequence[Gap]) -> list[_Hidden]:
    """Representative acts that the gaps may hide: later is less refuted, so the end of each stretch stands for it."""
    found = []
    for gap in gaps:
        low, high = max(gap.start, case.first), min(gap.end, case.d) - TICK
        if low > high:
            continue
        instants = {low, high, *(no.at for no in case.refutations if low <= no.at <= high)}
        for kind in case.obligation.action.kind.names:
            found += [_Hidden(gap, Act(at, kind, UNHEARD)) for at in sorted(instants)]
    return found


def _could_meet(case: _Case, gaps: Sequence[Gap]) -> frozenset[Gap]:
    """The gaps that keep a duty open which the known events alone do not meet in every reading."""
    matter: set[Gap] = set()
    minimal: list[frozenset[_Hidden]] = []
    candidates = _hidden(case, gaps)
    kinds = case.obligation.action.kind
    most = 1 if kinds.any is not None else len(kinds.names)
    for size in range(1, most + 1):
        for extra in combinations(candidates, size):
            if any(fewer <= set(extra) for fewer in minimal):
                continue
            acts = [hidden.act for hidden in extra]
            for real in case.readings():
                if not case.met(real) and case.consistent([*real, *acts]) and case.met([*real, *acts]):
                    minimal.append(frozenset(extra))
                    matter |= {hidden.gap for hidden in extra}
                    break
    return frozenset(matter)


def _verdict(obligation: Obligation, case: _Case, gaps: Sequence[Gap], t0: datetime, as_of: datetime) -> Found:
    readings = case.readings()
    completions = frozenset(case.completion(real) for real in readings)
    outcomes = {case.met(real) for real in readings}
    if outcomes == {True}:
        return Found("met", t0, case.d, completions)
    if as_of < case.d:
        risky = as_of >= share_of(t0, case.d, obligation.at_risk)
        return Found("pending", t0, case.d, completions, at_risk=risky)
    owing = _could_meet(case, gaps)
    holders = frozenset(gap.holder for gap in owing)
    if outcomes == {False} and not _could_meet(case, [gap for gap in gaps if not _silenced(case, gap, as_of)]):
        return Found("breached", t0, case.d, completions)
    due = max((gap.owed(case.d) for gap in owing), default=DAWN)
    name: Name = "pending" if as_of < due else "unproven"
    return Found(name, t0, case.d, completions, proof_due=due if owing else None, holders=holders)


def _silenced(case: _Case, gap: Gap, as_of: datetime) -> bool:
    """Whether the contract counts this gap as absence: the duty's own party holds it, and owes it by now."""
    if case.obligation.silence != "breached" or gap.holder != case.obligation.party:
        return False
    return gap.missing and as_of >= gap.owed(case.d)
