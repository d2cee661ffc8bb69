"""The pattern *respond*: its clocks, and the relations that sql/patterns/respond.sql reads.

Clocks are computed here, once for each trigger, class and zone; which duties run on them and how these stand is the
statement's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dutywatch.clock import local_date
from dutywatch.judge import consumed, firsts, shares, triggers
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.duties import Clock, in_scope, lay_out, window
from dutywatch.judge.episodes import Episode
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.gaps import every_gap, gaps_table
from dutywatch.judge.suspensions import Pause, pauses, spans
from dutywatch.judge.timeline import Interval
from dutywatch.terms import Unit
from dutywatch.terms.obligation import Action, Refutation
from dutywatch.terms.patterns import Respond
from dutywatch.terms.trigger import Trigger


@dataclass(frozen=True)
class Breach:
    """A breach of another obligation, which may start a clock: on which unit, when it lapsed, by which trigger."""

    obligation: str
    unit: str
    trigger: str
    lapsed_at: datetime


Breaches = Sequence[Breach]
Started = tuple[Episode, str | None, str | None]  # a trigger, the class and the one unit that its clock is for


def streams(obligation: Respond) -> set[str]:
    """The streams that its verdicts depend on."""
    parts = (obligation.trigger, obligation.action, obligation.refuted_by, obligation.suspended_by)
    return {part.stream for part in parts if part is not None and part.stream is not None}


def ends(obligation: Respond, clock: Clock) -> datetime | None:
    """From when on no event can touch a duty that is met: refutations reach to the next trigger."""
    if clock.due is None:
        return None
    if obligation.refuted_by is None:
        return clock.due
    return max(clock.due, clock.until) if clock.until else None


def following(_case: Case[Respond]) -> datetime | None:
    """A trigger announces itself by its evidence: nothing begins by itself."""
    return None


def clocks(case: Case[Respond], breaches: Breaches = ()) -> list[Clock]:
    """The clocks that triggers start, for each class in scope that is owed something, in order of their triggers."""
    obligation = case.obligation
    units = in_scope(obligation.scope, case.terms.units.rows)
    found = _triggers(case, breaches)
    stops = pauses(case.evidence, obligation.suspended_by, granted=case.looks_back())
    if obligation.trigger.shape == "episode":
        classes: Sequence[str | None] = sorted({unit.class_ for unit in units}, key=str)
        started: list[Started] = [(episode, class_, None) for episode in found for class_ in classes]
    else:
        places = {unit.id: unit for unit in units}
        whole = obligation.scope.class_ is None and obligation.scope.zone is None
        placed = [(one, places.get(one.unit or "")) for one in found]
        started = [
            (one, unit.class_ if unit else None, unit.id if unit else case.terms.id)
            for one, unit in placed
            if unit is not None or whole
        ]
    after = _following(found)
    made = [
        clock
        for episode, class_, unit in started
        if (clock := _clock(case, episode, class_, unit, after.get(_place(episode), []), stops)) is not None
    ]
    return _resets(case, made)


def _triggers(case: Case[Respond], breaches: Breaches) -> list[Episode]:
    obligation = case.obligation
    if obligation.trigger.breach is not None:
        return [
            Episode(None, one.lapsed_at, one.lapsed_at, None, True, ("", ""), unit=one.unit, record=_caused(one))
            for one in breaches
            if one.obligation == obligation.trigger.breach
        ]
    return triggers.triggers(case.evidence, obligation.trigger, _times(obligation))


def _caused(one: Breach) -> str:
    return f"{one.obligation}~{one.trigger}"


def _times(obligation: Respond) -> tuple[str, ...]:
    """The times of the record that the clock needs."""
    asked = {obligation.clock.from_, obligation.within if isinstance(obligation.within, str) else "trigger.start"}
    return tuple(sorted(one.removeprefix("trigger.") for one in asked - {"trigger.start", "trigger.end"}))


def _place(episode: Episode) -> tuple[str | None, str | None]:
    """Where the next trigger would follow this one: triggers of other places, and single records, do not."""
    return (episode.zone, episode.unit)


def _following(found: Sequence[Episode]) -> dict[tuple[str | None, str | None], list[Episode]]:
    places: dict[tuple[str | None, str | None], list[Episode]] = {}
    for episode in found:
        if episode.record is None:
            places.setdefault(_place(episode), []).append(episode)
    return places


def _clock(
    case: Case[Respond],
    episode: Episode,
    unit_class: str | None,
    unit: str | None,
    same_place: Sequence[Episode],
    stops: Sequence[Pause],
) -> Clock | None:
    obligation, contract = case.obligation, case.terms.contract
    from_end = obligation.clock.from_ == "trigger.end"
    anchor = _instant(obligation.clock.from_, episode)
    if anchor is None:
        return None  # a record that does not state its start is owed nothing
    day = local_date(anchor, contract.zone)
    if not contract.term.from_ <= day <= contract.term.to:
        return None  # no duty starts outside the term
    start = anchor if episode.closed or not from_end else None
    within = spans(stops, episode.zone)
    calendar = case.calendar(obligation.clock.calendar)
    if isinstance(obligation.within, str):
        due = risk = _instant(obligation.within, episode)
        if due is None:
            return None  # no target is no duty, not a duty met
        risk = anchor + (due - anchor) * obligation.at_risk if due > anchor else due
    else:
        allowance = obligation.allowance(unit_class, episode.magnitude)
        if allowance is None:
            return None
        due = allowance.due(start, calendar, within) if start else None
        risk = allowance.share(start, due, obligation.at_risk, calendar, within) if start and due else None
    following = next((e.crossed_at for e in same_place if e.crossed_at > episode.crossed_at), None)
    early = obligation.clock.early
    return Clock(
        trigger=episode.key,
        sheet=local_date(episode.crossed_at, contract.zone),
        day=day,
        begins=episode.crossed_at,
        ends=episode.ended_at,
        start=start,
        lower=BEGINNING if early == "any" else anchor - (early or timedelta()),
        due=due,
        risk=risk,
        until=following,
        of_class=unit is None,
        unit_class=unit_class,
        zone=episode.zone if unit is None else None,
        unit=unit,
        key=_key(obligation.action, episode, unit),
        proof_until=due + obligation.proof_until if due and obligation.proof_until else None,
        suspended=start is not None and due is None,
    )


def _instant(word: str, episode: Episode) -> datetime | None:
    name = word.removeprefix("trigger.")
    return {"start": episode.crossed_at, "end": episode.ended_at}.get(name) or episode.times.get(name)


def _key(action: Action, episode: Episode, unit: str | None) -> str | None:
    """What joins acts to the duty; None: its unit does."""
    if action.match == ("unit",):
        return None
    parts = {"record": episode.record, "unit": unit, "zone": episode.zone}
    return chr(31).join(part for name in action.match if (part := parts.get(name)) is not None)


def _resets(case: Case[Respond], made: Sequence[Clock]) -> list[Clock]:
    """Where the contract declares it, a new trigger before the due time starts the clock anew.

    The chain is that of the triggers on a zone and class, not of a unit: `at_most` after its first clock start no
    later trigger resets, whatever single units had done by then, so that no winter is swallowed (decision 0011).
    """
    reset = case.obligation.reset
    if reset is None:
        return list(made)
    found: list[Clock] = []
    firsts: dict[tuple[str | None, str | None, str | None], datetime] = {}
    ordered = sorted(made, key=lambda c: (c.begins, c.trigger))
    for index, clock in enumerate(ordered):
        place = (clock.unit_class, clock.zone, clock.unit)
        chain = firsts.pop(place, clock.start or clock.begins)
        heir = next((c for c in ordered[index + 1 :] if (c.unit_class, c.zone, c.unit) == place), None)
        at = clock.until
        if at is None or heir is None or (clock.due is not None and at >= clock.due) or at > chain + reset.at_most:
            found.append(clock)
            continue
        firsts[place] = chain
        found.append(replace(clock, reset_at=at, successor=heir.trigger))
    return found


def run(case: Case[Respond], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties under the clocks `found` to the table `verdicts`."""
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    action = obligation.action
    asked = acts(action, obligation.trigger)
    lay_out(case, found, [*in_scope(obligation.scope, case.terms.units.rows), *_stand_in(case, found)])
    over = (min(c.lower for c in found), evidence.as_of)
    kind = "kind" if action.all_of > 1 else "NULL::VARCHAR AS kind"
    located = ("from_m", "to_m") if action.share is not None else ("NULL::DOUBLE AS from_m", "NULL::DOUBLE AS to_m")
    served = "NULL::INTEGER AS duty"
    refutations(evidence, obligation.refuted_by, over)
    firsts.see(case)
    (firsts if action.share is None else shares).find(case, asked, over)
    firsts.entangle(case, asked, over, ("key", kind, '"at"', "earlier", "rank", "party", "ref", *located, served))
    if action.consume is not None:
        consumed.assign(duck)
    else:
        consumed.forget(duck)
    first, last = window(found)
    if any(clock.suspended for clock in found):
        last = max(last, evidence.as_of)
    duck.register("gaps_given", gaps_table(every_gap(evidence, asked, (first, last), action.min_duration)))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    duck.execute(
        f"INSERT INTO verdicts BY NAME {case.statement}",
        {
            "contract": f"{case.terms.id}/{case.name}/",
            "as_of": evidence.as_of,
            "kinds": action.all_of,
            "share": action.share,
            "once": action.consume is not None,
            "own_record": asked.versions,
            "silence": obligation.silence,
        },
    )


def acts(action: Action, starts: Trigger | None = None) -> Selection:
    """The events that an action asks for; where records of the same stream start the clocks, they state them."""
    more = ("from_m", "to_m") if action.share is not None else ()
    records = starts is not None and starts.each == "record" and starts.stream == action.stream
    own = records and "record" in action.match
    return Selection(action.stream, action.kinds, action.where, action.at, tuple(action.match), more, versions=own)


def refutations(evidence: Evidence, refuted_by: Refutation | None, over: Interval) -> None:
    """The table `refutations` (unit, at, rank, ref): observations that a unit is not done.

    Where a quorum of citizens is asked for, the report with which it is reached, of the households' own rank.
    """
    if refuted_by is None:
        evidence.duck.execute(
            'CREATE OR REPLACE TEMP TABLE refutations (unit VARCHAR, "at" TIMESTAMPTZ, rank INTEGER, ref BIGINT)'
        )
        return
    asked = Selection(refuted_by.stream, refuted_by.kind, refuted_by.where)
    if refuted_by.quorum is not None and over[0] > BEGINNING + refuted_by.quorum.within:
        over = over[0] - refuted_by.quorum.within, over[1]  # the first of its reports may lie before acts count
    evidence.select("refutations", asked, over, "unit", "actor", '"at"', "rank", "ref")
    if refuted_by.quorum is not None:
        households, within = refuted_by.quorum.households, int(refuted_by.quorum.within / timedelta(microseconds=1))
        evidence.duck.execute(
            "CREATE OR REPLACE TEMP TABLE refutations AS SELECT r.* FROM refutations r WHERE ("
            "SELECT count(DISTINCT o.actor) FROM refutations o WHERE o.unit = r.unit AND o.actor IS NOT NULL "
            "AND o.at <= r.at AND epoch_us(o.at) >= epoch_us(r.at) - $within) >= $households",
            {"within": within, "households": households},
        )


def _stand_in(case: Case[Respond], found: Sequence[Clock]) -> list[Unit]:
    """The contract as a whole stands in for units that a record does not state or the register does not know."""
    whole = case.terms.id
    return [Unit(whole, None, None, None)] if any(clock.unit == whole for clock in found) else []
