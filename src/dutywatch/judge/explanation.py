"""Why a duty stands as it does, before any language: clause, clock, evidence or what is missing, decisions, flips.

Everything is read again from what the verdict was judged from: the row, the clock with its pauses, the cited events
with their columns, the gaps that the reason names. `explanation_en` and `explanation_zh` put it into words,
`explanation_json` into keys. Nothing is judged here but for the clock, which is computed as the pattern computes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dutywatch.clock import local_date
from dutywatch.errors import UnknownDuty
from dutywatch.judge import citations, demand, lacking, running
from dutywatch.judge.case import Case
from dutywatch.judge.citations import Cited
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.duties import Clock
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.known import Known
from dutywatch.judge.lacking import Lacking
from dutywatch.judge.obligations import PATTERNS
from dutywatch.judge.redelivery import arrival, received, unread
from dutywatch.judge.suspensions import Pause, holding, pauses
from dutywatch.judge.uncounted import Part, Uncounted, parts, uncounted
from dutywatch.lake import Lake, connect
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.verdicts import Standing
from dutywatch.terms import Terms, Unit
from dutywatch.terms.contract import Amendment
from dutywatch.terms.obligation import Owed
from dutywatch.terms.patterns import Attain, Recur, Respond, owed_per
from dutywatch.terms.units import course
from dutywatch.terms.words import Words


@dataclass(frozen=True)
class Flip:
    """A recorded change of standing, or of who owes it, of this duty or of a void one whose place it took."""

    duty_id: str
    decided_at: datetime
    from_standing: str
    to_standing: str
    reason: str
    lapsed_at: datetime | None = None
    party: str | None = None


@dataclass(frozen=True)
class Timing:
    """The clock of a duty: from when on acts count, what it allows, its calendar, pauses and reset.

    `early`: acts count before the clock begins, from `lower` on (None: from any time). `allowance`: in the
    contract's words. Evidence received after `proof_until` does not count. `reset_at`: a new trigger starts it anew, or
    would, were it known not to be done in time.
    `otherwise`: from when until when it runs by the other reading of the local time that starts it, where that has two;
    `lower_otherwise`: from when on acts count then, where that is another time.
    """

    lower: datetime | None
    early: bool
    allowance: str
    calendar: str
    pauses: tuple[Pause, ...] = ()
    proof_until: datetime | None = None
    reset_at: datetime | None = None
    otherwise: tuple[datetime, datetime | None] | None = None
    lower_otherwise: datetime | None = None


@dataclass(frozen=True)
class Explanation:
    """All that can be said of one duty's verdict. Instants are aware; `zone` is the contract's.

    `row`: the duty's verdict row, by the columns of `judge.sheets`. `recorded`: it stands in the ledger (otherwise it
    was judged as known at `known_at` to be explained). `terms_changed`: the contract's file is no longer the one that
    the recorded judgement was made under. `parties` name ids. `illustrative`: a third party's page gives the clause.
    `timing` is not known of a delivery, and of a duty that revised data no longer produce.
    `weighs`: the duty is a score, whose items are rates. `lasts`: what is measured is a time, in seconds.
    `amendments`: what gave the clause its words on the duty's day. `late`: deliveries about its time that came after
    `proof_until`. `asked`: the kinds of act that count.
    """

    duty_id: str
    obligation: str
    title: Words
    clause: str
    url: str | None
    supervisor: str
    parties: Mapping[str, Words]
    zone: ZoneInfo
    as_of: datetime
    known_at: datetime
    recorded: bool
    terms_changed: bool
    row: Mapping[str, Any]
    timing: Timing | None
    cited: tuple[Cited, ...]
    lacking: tuple[Lacking, ...]
    flips: tuple[Flip, ...]
    decisions: tuple[Decision, ...]
    predecessors: tuple[str, ...] = ()
    illustrative: bool = False
    weighs: bool = False
    lasts: bool = False
    uncounted: tuple[Uncounted, ...] = ()
    parts: tuple[Part, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    late: tuple[Accepted, ...] = ()
    asked: tuple[str, ...] = ()

    def measure(self, value: float) -> str:
        """What was measured, as it is told; a stretch that begins with a gap of an instant lacks a microsecond."""
        return demand.elapsed(timedelta(seconds=round(value))) if self.lasts else f"{value:g}"

    @property
    def admitted(self) -> bool:
        """Whether two persons let evidence count that came after `proof_until`."""
        return any(one.kind == "admit" and one.two for one in self.decisions)

    def unheeded(self, one: Decision) -> Literal["late", "open"] | None:
        """Why one person's excuse does not excuse the duty: it came when that had lapsed, or it may have (0045)."""
        if one.kind != "excuse" or one.two or self.row["verdict"] not in ("pending", "breached", "unproven"):
            return None
        lapses = self.row["lapsed_at"] or self.row["due_at"]
        return "late" if lapses is not None and one.recorded_at >= lapses else "open"

    @property
    def history(self) -> Iterator[tuple[Flip, str | None, datetime | None]]:
        """The flips, each with the party that owes the duty from then on, and when it lapsed as is known from then on,
        where these are others than before."""
        party: str | None = None
        lapsed: datetime | None = None
        for flip in self.flips:
            passed = flip.party if party and flip.party != party else None
            yield flip, passed, flip.lapsed_at if lapsed and flip.lapsed_at != lapsed else None
            party, lapsed = flip.party or party, flip.lapsed_at or lapsed


def explain(
    terms: Terms,
    lake: Lake,
    patterns: Path,
    inputs: Known,
    row: Mapping[str, Any],
    flips: Sequence[Flip],
    *,
    recorded: bool,
    terms_changed: bool = False,
) -> Explanation:
    """The explanation of the duty whose verdict row is `row`, from the inputs that it was judged from."""
    duty_id, name = row["duty_id"], row["duty_id"].split("/")[1]
    gone = row["standing"] == Standing.VOID  # nothing that came, or was agreed, after it was void concerns it
    void_at = max((one.decided_at for one in flips if one.duty_id == duty_id), default=None) if gone else None
    day, known_on = _day(terms, row), local_date(void_at or inputs.known_at, terms.contract.zone)
    owed = None if name.startswith(PREFIX) else terms.words_on(name, day, known_on)
    source = terms.contract.sources[name.removeprefix(PREFIX)] if owed is None else None
    predecessors = tuple(dict.fromkeys(one.duty_id for one in flips if one.duty_id != duty_id))
    with connect(lake) as duck:
        deliveries = received(terms.contract, inputs.accepted)
        lost = unread(terms.contract, inputs.accepted)
        evidence = Evidence(terms, lake, duck, deliveries, inputs.as_of, patterns.parent, known_on, unread=lost)
        evidence.label()
        case = Case(terms, name, owed, evidence, patterns, inputs.decisions, known_on) if owed else None
        clock = _clock(case, row) if case else None
        if isinstance(owed, Respond) and clock is not None and clock.day != day:  # by these words it starts otherwise
            day = local_date(row["trigger_from"], terms.contract.zone)
            owed = terms.words_on(name, day, known_on)
            case = replace(case, obligation=owed) if case else None
            clock = _clock(case, row) if case else None
        timing = _timing(case, clock, row) if case and not gone else None
        counted = _counted(evidence, clock, inputs, name, row)
        idle, done = uncounted(counted, owed, clock, row), parts(counted, owed, clock, row)
        missing = tuple(lacking.lacking(terms, counted, owed, clock, row)) if owed else ()
        labels = _labels(evidence, counted) if owed else _arrivals(inputs.accepted)
        cited = tuple(citations.cited(lake, duck, labels, row["evidence"] or ""))
    return Explanation(
        duty_id=duty_id,
        obligation=name,
        title=owed.title if owed else _delivery_title(source.title if source else None, name),
        clause=owed.clause.text if owed else f"sources.{name.removeprefix(PREFIX)}.due",
        url=owed.clause.url if owed else None,
        supervisor=owed.supervisor if owed else (source.owner if source else ""),
        parties=names(terms),
        zone=terms.contract.zone,
        as_of=inputs.as_of,
        known_at=inputs.known_at,
        recorded=recorded,
        terms_changed=terms_changed,
        row=_utc(row),
        timing=timing,
        cited=cited,
        lacking=missing,
        flips=tuple(flips),
        decisions=tuple(one for one in inputs.decisions if _about(one, name, row, flips)),
        predecessors=predecessors,
        illustrative=owed.clause.illustrative if owed else False,
        weighs=isinstance(owed, Attain) and owed.measure == "score",
        lasts=isinstance(owed, Recur) and owed.max_gap is not None,
        uncounted=idle,
        parts=done,
        amendments=terms.amendments_on(name, day, known_on),
        late=tuple(lacking.late(terms, counted, owed, clock, row)) if owed else (),
        asked=(owed.action.kinds or ()) if isinstance(owed, Respond) else (),
    )


def _about(one: Decision, name: str, row: Mapping[str, Any], flips: Sequence[Flip]) -> bool:
    """Whether a decision is about the duty; a waiver moves to it with the place of another (SEMANTICS section 3).

    A waiver that names no trigger is of what had lapsed by then (docs/decisions/0058).
    """
    if one.kind != "waive":
        return one.about(name, row["unit"], row["trigger"])
    last = {flip.duty_id: flip.to_standing for flip in flips}  # one that came back keeps its waiver to itself
    gone = {duty for duty, standing in last.items() if standing == Standing.VOID}
    if one.trigger is None:
        lapsed = [row["lapsed_at"], *(flip.lapsed_at for flip in flips if flip.duty_id in {row["duty_id"], *gone})]
        if not any(at is not None and at <= one.recorded_at for at in lapsed):
            return False
    stem = row["duty_id"].removesuffix(row["trigger"])
    triggers = [duty.removeprefix(stem) for duty in sorted(gone)]
    return any(one.about(name, row["unit"], trigger) for trigger in (row["trigger"], *triggers))


def unknown(duty_id: str, ids: Iterable[str]) -> UnknownDuty:
    """The error for an id that is not there; `ids` are the nearest ones."""
    nearest = ", ".join(ids)
    hint = f"; the nearest are {nearest}" if nearest else ""
    return UnknownDuty(f"no duty {duty_id} is known; ids read contract/obligation/unit/trigger{hint}")


def names(terms: Terms) -> dict[str, Words]:
    """What the contract calls its parties and people, by id."""
    contract = terms.contract
    parties = {one.id: one.name for one in (contract.authority, *contract.contractors)}
    return {**{person: one.name for person, one in contract.people.items()}, **parties}


def _delivery_title(title: Words | None, name: str) -> Words:
    source = name.removeprefix(PREFIX)
    zh = f"每日报送：{title.zh or title.en}" if title else f"每日报送：{source}"
    return Words(en=f"The daily delivery of {title.en if title else source}", zh=zh)


def _day(terms: Terms, row: Mapping[str, Any]) -> date:
    """The day whose words hold for the duty: that of its clock's start, as far as it is known."""
    return local_date(row["clock_start"] or row["trigger_to"], terms.contract.zone)


def _clock(case: Case[Any], row: Mapping[str, Any]) -> Clock | None:
    """The clock that the duty runs on, computed anew; None where revised data know its trigger no more."""
    breaches: list[running.Breach] = []
    if isinstance(case.obligation, Respond) and case.obligation.trigger.breach:
        cause, _, trigger = row["trigger"].partition("~")
        breaches.append(running.Breach(cause, row["unit"], trigger, row["trigger_from"]))
    of_group = owed_per(case.obligation) != "unit"  # which may have the name of a unit
    rows = [one for one in case.terms.units.rows if one.id == row["unit"] and not of_group]
    for clock in PATTERNS[case.pattern].clocks(case, breaches):
        if clock.trigger == row["trigger"] and _on(clock, row["unit"], row["unit_class"], rows, course(rows)):
            return clock
    return None


def _on(clock: Clock, unit: str, unit_class: str | None, rows: Sequence[Unit], way: str) -> bool:
    """Whether a clock runs on a unit of a class, whose course is `way`.

    `rows`: what the register says of it (none: it stands for units).
    """
    if clock.unit is not None:
        return clock.unit == unit
    if clock.course not in (None, way):
        return False
    if unit in clock.but or (clock.only is not None and unit not in clock.only):
        return False
    in_zone = not rows or clock.zone in (None, *(one.zone for one in rows if one.exists(clock.day)))
    return in_zone and (not clock.of_class or clock.unit_class == unit_class)


def _timing(case: Case[Owed], clock: Clock | None, row: Mapping[str, Any]) -> Timing:
    owed = case.obligation
    start, due = row["clock_start"], row["due_at"]
    lower = clock.lower if clock else start
    early = lower is not None and start is not None and lower < start
    proof_until = clock.proof_until if clock else None
    lower = None if lower is None or lower <= BEGINNING else lower
    wanted, calendar = demand.asked(owed, row["unit_class"]), demand.calendar(owed)
    if not isinstance(owed, Respond):
        return Timing(lower, early, wanted, calendar, proof_until=proof_until)
    runs = clock if isinstance(clock, running.Running) else None
    zone, other = (runs.stopped_in, runs.other) if runs else (None, None)
    stops = holding(pauses(case.evidence, owed.suspended_by, granted=case.looks_back()), zone)
    return Timing(
        lower=lower,
        early=early,
        allowance=wanted,
        calendar=calendar,
        pauses=tuple(one for one in stops if _meets(one, start, due)),
        proof_until=proof_until,
        reset_at=runs.reset_at if runs and _resets(case, runs, row) else None,
        otherwise=(other.start, other.due)
        if other and other.start and (other.start, other.due) != (start, due)
        else None,
        lower_otherwise=other.lower if other and clock and early and other.lower != clock.lower else None,
    )


def _resets(case: Case[Owed], clock: running.Running, row: Mapping[str, Any]) -> bool:
    """Whether a new trigger starts the duty anew; one that may have been done in time, unless that is so."""
    if row["standing"] == "void.reset" or clock.heir_on is None:
        return bool(row["standing"] == "void.reset")
    if row["verdict"] not in ("pending", "unproven"):
        return False  # met, excused, or breached all the same
    words = replace(case, obligation=case.terms.words_on(case.name, clock.heir_on, case.known_on))
    heirs = [one for one in PATTERNS[case.pattern].clocks(words, ()) if one.trigger == clock.successor]
    rows = [one for one in case.terms.units.rows if one.id == row["unit"]]
    by_then = [one for one in rows if one.exists(clock.heir_on) and one.within(case.obligation.scope)]
    classes = {one.class_ for one in by_then} if rows else {None}
    return any(_on(heir, row["unit"], class_, by_then, course(rows)) for heir in heirs for class_ in classes)


def _meets(pause: Pause, start: datetime | None, due: datetime | None) -> bool:
    if start is None:
        return False
    return (due is None or pause.start < due) and (pause.end is None or pause.end > start)


def _labels(evidence: Evidence, counted: Evidence) -> dict[str, Accepted]:
    """What a verdict may cite, as it names it: the deliveries in force, and the passes that follow from them."""
    passes = {one.label: one for some in counted.passes.values() for one in some}
    return {evidence.cites(one): one for one in counted.in_force} | passes


def _arrivals(accepted: Sequence[Accepted]) -> dict[str, Accepted]:
    """What the verdict on a delivery duty may cite: of several arrivals of one name, the first."""
    came = sorted((one for one in accepted if not one.refused), key=arrival, reverse=True)
    return {one.label: one for one in came}


def _counted(evidence: Evidence, clock: Clock | None, inputs: Known, name: str, row: Mapping[str, Any]) -> Evidence:
    """The evidence that counts for the clock: what came after its `proof_until` does not, unless it was admitted."""
    until = clock.proof_until if clock else None
    if clock is None or until is None or until >= evidence.last:
        return evidence
    admitted = any(
        one.kind == "admit" and one.two and one.about(name, row["unit"], clock.trigger) for one in inputs.decisions
    )
    return evidence if admitted else evidence.arrived_by(until)


def _utc(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in row.items()}
