"""The pattern *respond* by the letter of SEMANTICS: what is so in all histories that the evidence allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dutywatch.clock import local_date, midnight
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.obligation import Action
from dutywatch.terms.patterns import Respond
from dutywatch.terms.trigger import Trigger
from dutywatch.terms.units import Unit
from tests.judge.oracle.clocks import Clock, clock, with_resets, words_on
from tests.judge.oracle.consume import Shared, Waiting, distinct
from tests.judge.oracle.evidence import DAY, Event, Evidence, Gap, covers, valid
from tests.judge.oracle.histories import Act, Histories, No, Outcome
from tests.judge.oracle.trace import DAWN, DUSK, TICK, Row, Trace
from tests.judge.oracle.triggers import Started, reaching, triggers


@dataclass(frozen=True)
class Found:
    """What the oracle says of one duty. `completions` are the known instants of completion, one for each reading of
    contradicted evidence (None: never). `disputed`: which stretches of a share a refutation leaves standing is beyond
    the oracle."""

    standing: str
    party: str
    t0: datetime | None
    d: datetime | None
    completions: frozenset[datetime | None] = frozenset()
    proof_due: datetime | None = None
    holders: frozenset[str] = frozenset()
    risky: datetime | None = None
    disputed: bool = False

    @property
    def name(self) -> str:
        """The verdict: the standing before its dot."""
        return self.standing.partition(".")[0]


Key = tuple[str, str, str]
Breaches = Sequence[tuple[str, str, datetime]]  # unit, key of the trigger, lapsed at


def judge(trace: Trace, as_of: datetime) -> dict[Key, Found]:
    """The verdict on every respond duty of the trace at `as_of`, by (obligation, unit, key of the trigger)."""
    evidence = Evidence(trace, as_of)
    found: dict[Key, Found] = {}
    for name, obligation in trace.contract.obligations.items():
        if isinstance(obligation, Respond):
            _judge(evidence, name, found)
    return found


def _judge(evidence: Evidence, name: str, found: dict[Key, Found]) -> None:
    obligation = evidence.trace.contract.obligations[name]
    assert isinstance(obligation, Respond)
    cause = obligation.trigger.breach
    if any(key[0] == name for key in found):
        return
    if cause is None:
        started = triggers(evidence, obligation.trigger)
    else:
        _judge(evidence, cause, found)
        started = [
            Started(f"{cause}~{key}", unit, None, verdict.d, verdict.d)
            for (owner, unit, key), verdict in found.items()
            if owner == cause and verdict.name == "breached" and verdict.d is not None
        ]
    for unit in sorted({unit.id for unit in evidence.trace.units}):
        clocks = list(_clocks(evidence, name, unit, started))
        for one in clocks:
            verdict = _verdict(evidence, name, one, started, clocks)
            if one.anew_until is not None and list(_perhaps(evidence, one, one.words.trigger, found)):
                # silence decides nothing then: what the party did not deliver is missing as well
                heard_out = replace(one, words=one.words.model_copy(update={"silence": "unproven"}))
                others = [heard_out if other is one else other for other in clocks]
                verdict = _unless_anew(evidence, one, _verdict(evidence, name, heard_out, started, others), found)
            found[name, unit, one.trigger.key] = verdict


def _clocks(evidence: Evidence, name: str, unit: str, started: Sequence[Started]) -> Iterator[Clock]:
    clocks = []
    for trigger in sorted(started, key=lambda t: (t.crossing, t.key)):
        if trigger.unit in (None, unit):
            one = _owed(evidence, name, unit, trigger)
            clocks += [one] if one else []
    contract = evidence.trace.contract
    yield from with_resets(clocks, midnight(contract.term.to + DAY, contract.zone))


def _owed(evidence: Evidence, name: str, unit_id: str, trigger: Started) -> Clock | None:
    """The clock of a trigger on a unit, by the words and the register of the day on which it starts."""
    contract = evidence.trace.contract
    base = contract.obligations[name]
    assert isinstance(base, Respond)
    stated = {"trigger.start": trigger.crossing, "trigger.end": trigger.end}
    anchor = stated.get(base.clock.from_) or (trigger.row and trigger.row.instant(base.clock.from_.split(".")[1]))
    if not isinstance(anchor, datetime):
        return None
    day = local_date(anchor, contract.zone)
    unit = next((u for u in evidence.trace.units if u.id == unit_id and valid(u, day)), None)
    words = words_on(evidence, name, anchor)
    assert isinstance(words, Respond)
    if unit is None or not contract.term.from_ <= day <= contract.term.to or not _in_scope(words, unit):
        return None
    if trigger.zone not in (None, unit.zone):
        return None
    return clock(evidence, name, words, unit, trigger)


def _in_scope(obligation: Respond, unit: Unit) -> bool:
    scope = obligation.scope
    return (scope.class_ is None or unit.class_ in scope.class_) and (scope.zone is None or unit.zone in scope.zone)


def _party(evidence: Evidence, name: str, one: Clock) -> str:
    """Who answers for a duty: by the assignment that holds on the day on which its clock starts."""
    contract = evidence.trace.contract
    day, today = local_date(one.anchor, contract.zone), local_date(evidence.as_of, contract.zone)
    for given in contract.assignments:
        if given.known(today) and given.valid(day) and covers(given, name, one.unit):
            return given.contractor
    return one.words.party


def _verdict(evidence: Evidence, name: str, one: Clock, started: Sequence[Started], clocks: Sequence[Clock]) -> Found:
    party = _party(evidence, name, one)
    base = Found("pending.running", party, one.t0, one.d, risky=one.risky)
    if one.t0 is None:
        return replace(base, standing="excused" if _excused(evidence, name, one) else base.standing)
    given = _heard(evidence, name, one)
    told = {c.trigger.key: _heard(evidence, name, c) for c in clocks if c.t0 is not None and one.words.action.consume}
    histories = _histories(given, one, party, started, clocks, told)
    ends = [histories.ends(real) for real in histories.readings()]
    base = replace(base, disputed=len(ends) > 1 and one.words.action.share is not None)
    outcomes = {outcome for outcome, _ in ends}
    base = replace(base, completions=frozenset(at for _, at in ends))
    if outcomes == {"met"}:
        return replace(base, standing="met")
    if "breached" not in outcomes or _excused(evidence, name, one):
        return replace(base, standing="excused")
    if one.d is None:
        return replace(base, standing="pending.suspended")
    gaps = _gaps(given, one, histories, one.d)
    owing = histories.matter(gaps)
    if one.reset_at is not None and outcomes == {"breached"} and not owing:
        return replace(base, standing="void.reset")
    if evidence.as_of < one.d:
        assert one.risky is not None
        return replace(base, standing="pending.at_risk" if evidence.as_of >= one.risky else "pending.running")
    return _after(evidence, base, one, histories, gaps, outcomes)


def _after(
    evidence: Evidence, base: Found, one: Clock, histories: Histories, gaps: Sequence[Gap], outcomes: set[Outcome]
) -> Found:
    """A duty that is due and neither met nor excused: breached where no history saves it."""
    assert one.d is not None
    owing = histories.matter(gaps)
    heard = [gap for gap in gaps if not _silenced(one, base.party, gap, evidence.as_of)]
    if outcomes == {"breached"} and not histories.matter(heard) and one.reset_at is None:
        cured = None not in base.completions
        return replace(base, standing="breached.cured" if cured else "breached.open")
    due = max((gap.owed(one.d) for gap in owing), default=DAWN)
    standing = "pending.overdue" if evidence.as_of < due else "unproven"
    holders = frozenset(gap.holder for gap in owing)
    return replace(base, standing=standing, proof_due=due if owing else None, holders=holders)


def _unless_anew(evidence: Evidence, one: Clock, verdict: Found, found: Mapping[Key, Found]) -> Found:
    """The verdict, where a new trigger that nobody knows of may have started the clock anew: it is no breach then."""
    unsettled = verdict.name in ("breached", "unproven") or verdict.standing == "pending.overdue"
    if one.anew_until is None or not unsettled:
        return verdict
    owing = list(_perhaps(evidence, one, one.words.trigger, found))
    if not owing:
        return verdict
    assert one.d is not None
    waited = [verdict.proof_due] if verdict.name != "breached" and verdict.proof_due else []
    due = max([*(due for _, due in owing), *waited])
    holders = (verdict.holders if verdict.name != "breached" else frozenset()) | {holder for holder, _ in owing}
    standing = "pending.overdue" if evidence.as_of < due else "unproven"
    return replace(verdict, standing=standing, proof_due=due, holders=holders)


def _perhaps(
    evidence: Evidence, one: Clock, trigger: Trigger, found: Mapping[Key, Found]
) -> Iterator[tuple[str, datetime]]:
    """Who owes what would tell of a new trigger, and since when."""
    assert one.anew_until is not None and one.d is not None
    since = one.trigger.end + (one.words.trigger.pause or TICK)
    if since >= one.anew_until:
        return
    if trigger.breach is not None:
        for (owner, unit, _), verdict in found.items():
            doubtful = owner == trigger.breach and unit == one.unit.id and verdict.d is not None
            if doubtful and verdict.standing in ("unproven", "pending.overdue") and since <= verdict.d < one.anew_until:
                yield from ((holder, verdict.proof_due or DAWN) for holder in verdict.holders)
        cause = evidence.trace.contract.obligations[trigger.breach]
        assert isinstance(cause, Respond)
        yield from _perhaps(evidence, one, cause.trigger, found)
        return
    assert trigger.stream is not None
    on = one.unit.id if trigger.quorum is not None or trigger.shape == "record" else None
    for gap in evidence.gaps(trigger.stream, trigger.kind, since, one.anew_until):
        promised, known = gap.row or gap.lag is not None or gap.end < DUSK, gap.row and not gap.refused
        here = gap.start < one.anew_until and gap.end > since and gap.on(on)
        here = here and _may_start(evidence, one, gap, max(gap.start, since), min(gap.end, one.anew_until))
        if here and promised and not known:
            yield gap.holder, gap.owed(one.d)


def _may_start(evidence: Evidence, one: Clock, gap: Gap, start: datetime, end: datetime) -> bool:
    """Whether what a gap hides from `start` to `end` may start a clock on the unit, as it is on some day of these."""
    zone = evidence.trace.contract.zone
    first, last = local_date(start, zone), local_date(end - TICK, zone)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    rows = [u for u in evidence.trace.units if u.id == one.unit.id and any(valid(u, day) for day in days)]
    return any(_in_scope(one.words, row) and gap.zone in (None, row.zone) for row in rows)


def _silenced(one: Clock, party: str, gap: Gap, as_of: datetime) -> bool:
    """Whether the contract counts this gap as absence: the duty's own party holds it, and owes it by now."""
    if one.words.silence != "breached" or gap.holder != party or one.d is None:
        return False
    return gap.missing and as_of >= gap.owed(one.d)


def _excused(evidence: Evidence, name: str, one: Clock) -> bool:
    return excused(evidence, (name, one.unit.id, one.trigger.key), one.d or one.soonest)


def alone_at(evidence: Evidence, duty: Key) -> datetime | None:
    """When one person first decided to excuse the duty; None where two did."""
    found = _decided(evidence, "excuse", duty)
    return None if any(one.two for one in found) else min((one.recorded_at for one in found), default=None)


def excused(evidence: Evidence, duty: Key, d: datetime | None) -> bool:
    """Whether a decision excuses the duty: one recorded before d, or one of two persons."""
    return any(one.two or d is None or one.recorded_at < d for one in _decided(evidence, "excuse", duty))


def _decided(evidence: Evidence, kind: str, duty: Key) -> list[Decision]:
    name, unit, trigger = duty
    return [
        one
        for one in evidence.trace.decisions
        if one.kind == kind
        and one.obligation in (None, name)
        and one.unit in (None, unit)
        and one.trigger in (None, trigger)
    ]


def heard(evidence: Evidence, duty: Key, d: datetime | None, patience: timedelta | None) -> Evidence:
    """The evidence that counts for a duty: what came after `proof_until` only where two persons admit it."""
    if patience is None or d is None or evidence.as_of <= d + patience:
        return evidence
    admitted = any(one.two for one in _decided(evidence, "admit", duty))
    return evidence if admitted else evidence.arrived_by(d + patience)


def _heard(evidence: Evidence, name: str, one: Clock) -> Evidence:
    return heard(evidence, (name, one.unit.id, one.trigger.key), one.d, one.words.proof_until)


def _histories(
    given: Evidence,
    one: Clock,
    party: str,
    started: Sequence[Started],
    clocks: Sequence[Clock],
    told: Mapping[str, Evidence],
) -> Histories:
    action = one.words.action
    refutations = _refutations(given, one, started)
    rivals = [c for c in clocks if c.t0 is not None] if action.consume else [one]
    first = min(c.first for c in rivals)
    own = "record" in action.match and action.stream == one.words.trigger.stream  # versions of one record, not acts

    def known(by: Evidence) -> list[tuple[Row, Act]]:
        return [
            (event.row, _act(event, instant, action, party))
            for event in by.events(action.stream, action.kinds, action.where, action.at, own)
            if (instant := event.row.instant(action.at)) is not None
            and _joins(event, one)
            and instant >= first
            and (action.at != "at" or _certain(event, first, refutations))
            and not (own and by.torn(action.stream, event))
        ]

    acts = known(given)
    if action.consume:
        heard_by = {key: known(by) for key, by in told.items()}
        counts = {key: frozenset(row for row, _ in some) for key, some in heard_by.items()}
        each_once = distinct([pair for some in heard_by.values() for pair in some])
        waiting = [Waiting(c.trigger.key, c.first, c.d, counts[c.trigger.key]) for c in rivals]
        common = (action, party, one.unit.length_m, first, one.d, list(each_once), refutations)
        return Shared(*common, one.trigger.key, waiting)
    each = sorted({act for _, act in acts}, key=lambda a: (a.at, a.kind or "", a.rank, a.own, a.metres or ()))
    return Histories(action, party, one.unit.length_m, first, one.d, each, refutations)


def _act(event: Event, at: datetime, action: Action, party: str) -> Act:
    earlier = event.row.earlier if action.at == "at" else None
    own = event.party in (None, party)
    return Act(at, event.row.kind, event.rank, own, _metres(event), earlier, event.ref, event.row)


def _joins(event: Event, one: Clock) -> bool:
    return (
        event.row.unit == one.unit.id if "record" not in one.words.action.match else event.row.record == one.trigger.key
    )


def _metres(event: Event) -> tuple[float, float] | None:
    row = event.row
    return None if row.from_m is None or row.to_m is None else (row.from_m, row.to_m)


def _certain(event: Event, first: datetime, refutations: Sequence[No]) -> bool:
    """Whether both readings of a doubtful local time come to the same for the duty."""
    earlier = event.row.earlier
    if earlier is None:
        return True
    return earlier >= first and not any(earlier <= no.at < event.row.at for no in refutations)


def _gaps(given: Evidence, one: Clock, histories: Histories, until: datetime) -> list[Gap]:
    action, first = one.words.action, histories.first
    own = action.stream == one.words.trigger.stream and "record" in action.match
    if own:
        if histories.completion(histories.acts):
            return []  # the record states its own end
        first = max(first, min(one.trigger.crossing, one.anchor))  # and is told of only after it began
    least = action.min_duration or timedelta()
    found = given.gaps(action.stream, action.kinds, first - least, until + least, action.at, action.where, own)
    mine = [gap for gap in found if _may_join(gap, one) and gap.debtor in (None, histories.party)]
    return hiding(mine, least, first, until)


def _may_join(gap: Gap, one: Clock) -> bool:
    """Whether what hides there may be an act for the duty: of a row in quarantine what joins acts to duties decides."""
    if gap.refused and "record" in one.words.action.match:
        return gap.record in (None, one.trigger.key)
    return gap.on(one.unit.id)


def hiding(mine: Sequence[Gap], least: timedelta, start: datetime, end: datetime) -> list[Gap]:
    """Those of a duty's gaps in which an act between `start` and `end` may hide: in a run of adjoining ones that is as
    long as it takes, or in a row that nobody can read, which may be the act itself."""
    apart = [gap for gap in mine if gap.debtor is None], [gap for gap in mine if gap.debtor or gap.unit is None]
    long = {gap for some in apart for run, over in _runs(some) if over - run[0].start >= least for gap in run}
    return [gap for gap in mine if gap.start < end and gap.end > start and (gap.row or gap in long)]


def _runs(gaps: Sequence[Gap]) -> Iterator[tuple[list[Gap], datetime]]:
    """The gaps that adjoin one another in one source's record, and where they end; rows are no stretches of time."""
    run: list[Gap] = []
    end = DAWN
    for gap in sorted((gap for gap in gaps if not gap.row), key=lambda gap: (gap.source, gap.start)):
        if run and (gap.source != run[0].source or gap.start > end):
            yield run, end
            run = []
        end = max(end, gap.end) if run else gap.end
        run.append(gap)
    if run:
        yield run, end


def _refutations(given: Evidence, one: Clock, started: Sequence[Started]) -> list[No]:
    wanted = one.words.refuted_by
    if wanted is None:
        return []
    same = [t for t in started if t.unit == one.trigger.unit and t.zone in (None, _zone(given, one, t))]
    until = min((t.crossing for t in same if t.crossing > one.trigger.crossing), default=DUSK)
    events = [e for e in given.events(wanted.stream, wanted.kind, wanted.where) if e.row.unit == one.unit.id]
    if wanted.quorum is not None:
        counted = reaching([event.row for event in events], wanted.quorum)
        events = [event for event in events if event.row.actor and event.row.at in counted]
    found = {No(event.row.at, event.rank) for event in events if one.first <= event.row.at < until}
    return sorted(found, key=lambda no: (no.at, no.rank))


def _zone(given: Evidence, one: Clock, by: Started) -> str | None:
    """Where the unit lies on the day on which the clock of another trigger starts; what the register says last."""
    contract = given.trace.contract
    from_ = one.words.clock.from_
    anchor = by.end if from_ == "trigger.end" else by.crossing
    day = local_date(anchor, contract.zone)
    return next((u.zone for u in given.trace.units if u.id == one.unit.id and valid(u, day)), one.unit.zone)
