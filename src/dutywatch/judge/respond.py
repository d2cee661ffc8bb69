"""The pattern *respond*: its clocks, and the relations that sql/patterns/respond.sql reads.

Clocks are computed here, once for each trigger, class and zone; which duties run on them and how these stand is the
statement's business.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa

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


@dataclass(frozen=True, kw_only=True)
class Running(Clock):
    """A clock that a trigger starts. `stopped_in`: the zone whose suspensions stop it. `heir_on`: the day of the clock
    that starts anew in its place, whose units and words are those of that day."""

    stopped_in: str | None = None
    heir_on: date | None = None

    def line(self) -> str:
        """The clock as one line of text, for the digest of a sheet's inputs."""
        return f"{super().line()} {self.heir_on}"


@dataclass(frozen=True)
class Place:
    """Whose clock a trigger starts: that of the units of a class and a zone (None: of all zones), or of one unit."""

    unit_class: str | None
    zone: str | None
    unit: str | None = None


def clocks(case: Case[Respond], breaches: Breaches = ()) -> list[Clock]:
    """The clocks that triggers start, for each class in scope that is owed something, in order of their triggers."""
    obligation = case.obligation
    found = _triggers(case, breaches)
    stops = pauses(case.evidence, obligation.suspended_by, granted=case.looks_back())
    zones = {one.zone for one in found} | {zone for one in stops for zone in (one.zone, *one.lifted)}
    places = _Places.of(case, apart=bool(zones - {None}))
    crossings = _crossings(found) if obligation.refuted_by or obligation.reset else {}
    made = [
        clock
        for episode in found
        for place in places.where(episode)
        if (clock := _clock(case, episode, place, _next(crossings, episode, place), stops)) is not None
    ]
    return _resets(case, made)


@dataclass(frozen=True)
class _Places:
    """Where triggers start clocks. `apart`: some concern a zone, so that what concerns all has a clock in each."""

    case: Case[Respond]
    units: Sequence[Unit]
    rows: Mapping[str, Sequence[Unit]]
    apart: bool

    @classmethod
    def of(cls, case: Case[Respond], *, apart: bool) -> _Places:
        units = in_scope(case.obligation.scope, case.terms.units.rows)
        rows: dict[str, list[Unit]] = {}
        for one in units:
            rows.setdefault(one.id, []).append(one)
        return cls(case, units, rows, apart)

    def where(self, episode: Episode) -> list[Place]:
        anchor = _instant(self.case.obligation.clock.from_, episode)
        day = local_date(anchor, self.case.terms.contract.zone) if anchor else None
        if day is None:
            return []  # a record that does not state its start is owed nothing
        if self.case.obligation.trigger.shape != "episode":
            return self._on_one_unit(episode, day)
        if episode.zone is not None or not self.apart:
            return [Place(class_, episode.zone) for class_ in sorted({unit.class_ for unit in self.units}, key=str)]
        zoned = {(unit.class_, unit.zone) for unit in self.units if unit.zone is not None}
        bare = (unit for unit in self.units if unit.zone is None and unit.exists(day))
        places = [Place(class_, zone) for class_, zone in sorted(zoned, key=str)]
        return [*places, *(Place(unit.class_, None, unit.id) for unit in bare)]

    def _on_one_unit(self, episode: Episode, day: date) -> list[Place]:
        """As the register knows it on that day; the contract as a whole stands in for one that it never knew."""
        rows, scope = self.rows.get(episode.unit or "", ()), self.case.obligation.scope
        if rows:
            return [Place(one.class_, one.zone or episode.zone, one.id) for one in rows if one.exists(day)]
        whole = scope.class_ is None and scope.zone is None
        return [Place(None, episode.zone, self.case.terms.id)] if whole else []


def _triggers(case: Case[Respond], breaches: Breaches) -> list[Episode]:
    obligation = case.obligation
    if obligation.trigger.breach is not None:
        own = {unit.id for unit in case.terms.units.rows} | {case.terms.id}
        return [
            Episode(None, one.lapsed_at, one.lapsed_at, None, True, ("", ""), unit=one.unit, record=_caused(one, own))
            for one in breaches
            if one.obligation == obligation.trigger.breach
        ]
    return triggers.triggers(case.evidence, obligation.trigger, _times(obligation))


def _caused(one: Breach, own: Collection[str]) -> str:
    """The key of a breach; the contract stands in for a zone or a class, of which several may be in breach at once."""
    group = "" if one.unit in own else f"@{one.unit}"
    return f"{one.obligation}~{one.trigger}{group}"


def _times(obligation: Respond) -> tuple[str, ...]:
    """The times of the record that the clock needs."""
    asked = {obligation.clock.from_, obligation.within if isinstance(obligation.within, str) else "trigger.start"}
    return tuple(sorted(one.removeprefix("trigger.") for one in asked - {"trigger.start", "trigger.end"}))


_Concerned = tuple[str, str | None]  # ("unit", its name) or ("zone", its name, None: all)


def _crossings(found: Sequence[Episode]) -> dict[_Concerned, list[datetime]]:
    """When triggers crossed, in order, by what they concern; a record that names no unit concerns none."""
    crossings: dict[_Concerned, list[datetime]] = {}
    for one in sorted(found, key=lambda episode: episode.crossed_at):
        if one.unit is not None or one.record is None:
            crossings.setdefault(("zone", one.zone) if one.unit is None else ("unit", one.unit), []).append(
                one.crossed_at
            )
    return crossings


def _next(crossings: Mapping[_Concerned, Sequence[datetime]], episode: Episode, place: Place) -> datetime | None:
    """When the next trigger crossed that concerns the same units."""
    concerned: set[_Concerned] = {("zone", None), ("zone", place.zone)}
    if episode.unit is not None:
        concerned = {("unit", episode.unit)}
    elif episode.record is not None:
        concerned = set()
    later = [(times, bisect_right(times, episode.crossed_at)) for one in concerned if (times := crossings.get(one))]
    return min((times[at] for times, at in later if at < len(times)), default=None)


def _clock(
    case: Case[Respond],
    episode: Episode,
    place: Place,
    until: datetime | None,
    stops: Sequence[Pause],
) -> Running | None:
    obligation, contract = case.obligation, case.terms.contract
    from_end = obligation.clock.from_ == "trigger.end"
    anchor = _instant(obligation.clock.from_, episode)
    if anchor is None:
        return None
    day = local_date(anchor, contract.zone)
    if not contract.term.from_ <= day <= contract.term.to:
        return None  # no duty starts outside the term
    start = anchor if episode.closed or not from_end else None
    within = spans(stops, place.zone)
    calendar = case.calendar(obligation.clock.calendar)
    if isinstance(obligation.within, str):
        due = risk = _instant(obligation.within, episode)
        if due is None:
            return None  # no target is no duty, not a duty met
        risk = anchor + (due - anchor) * obligation.at_risk if due > anchor else due
    else:
        allowance = obligation.allowance(place.unit_class, episode.magnitude)
        if allowance is None:
            return None
        due = allowance.due(start, calendar, within) if start else None
        risk = allowance.share(start, due, obligation.at_risk, calendar, within) if start and due else None
    early = obligation.clock.early
    return Running(
        trigger=episode.key,
        sheet=local_date(episode.crossed_at, contract.zone),
        day=day,
        begins=episode.crossed_at,
        ends=episode.ended_at,
        start=start,
        lower=BEGINNING if early == "any" else anchor - (early or timedelta()),
        due=due,
        risk=risk,
        until=until,
        of_class=place.unit is None,
        unit_class=place.unit_class,
        zone=place.zone if place.unit is None else None,
        unit=place.unit,
        key=_key(obligation.action, episode),
        proof_until=due + obligation.proof_until if due and obligation.proof_until else None,
        suspended=start is not None and due is None,
        stopped_in=place.zone,
    )


def _instant(word: str, episode: Episode) -> datetime | None:
    name = word.removeprefix("trigger.")
    return {"start": episode.crossed_at, "end": episode.ended_at}.get(name) or episode.times.get(name)


def _key(action: Action, episode: Episode) -> str | None:
    """What joins acts to the duty; None: its unit does. One that the register does not know has a name all the same."""
    parts = {"record": episode.record, "unit": episode.unit, "zone": episode.zone}
    known = [part for name in action.match if (part := parts.get(name)) is not None]
    return chr(31).join(known) if known or action.match != ("unit",) else None


def _resets(case: Case[Respond], made: Sequence[Running]) -> list[Clock]:
    """Where the contract declares it, a new trigger before the due time starts the clock anew.

    The chain is that of the triggers on a zone and class, not of a unit: `at_most` after its first clock start no
    later trigger resets, whatever single units had done by then, so that no winter is swallowed (decision 0011).
    """
    reset = case.obligation.reset
    if reset is None:
        return list(made)
    found: list[Clock] = []
    places: dict[Place, list[Running]] = {}
    for clock in sorted(made, key=lambda c: (c.begins, c.trigger)):
        places.setdefault(Place(clock.unit_class, clock.zone, clock.unit), []).append(clock)
    for some in places.values():
        chain: datetime | None = None
        for index, clock in enumerate(some):
            first = chain or clock.start or clock.begins
            # a trigger that owes nothing here starts no clock anew
            heir = next((c for c in some[index + 1 :] if c.begins > clock.begins), None) if clock.until else None
            if heir is None or (clock.due and heir.begins >= clock.due) or heir.begins > first + reset.at_most:
                chain = None
                found.append(clock)
                continue
            chain = first
            found.append(replace(clock, reset_at=heir.begins, successor=heir.trigger, heir_on=heir.day))
    return sorted(found, key=lambda c: (c.begins, c.trigger))


def run(case: Case[Respond], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties under the clocks `found` to the table `verdicts`."""
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    action = obligation.action
    asked = acts(action, obligation.trigger)
    rivals = [clock for clock in case.rivals if isinstance(clock, Running)]
    found = [*found, *rivals]
    lay_out(case, found, [*in_scope(obligation.scope, case.terms.units.rows), *_stand_in(case, found)])
    _heirs(duck, found)
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
        f"INSERT INTO verdicts BY NAME FROM ({case.statement}\n) WHERE NOT list_contains($rivals, trigger)",
        {
            "rivals": [clock.trigger for clock in rivals],
            "contract": f"{case.terms.id}/{case.name}/",
            "as_of": evidence.as_of,
            "kinds": action.all_of,
            "share": action.share,
            "once": action.consume is not None,
            "own_record": asked.versions,
            "silence": obligation.silence,
        },
    )


def _heirs(duck: duckdb.DuckDBPyConnection, found: Sequence[Clock]) -> None:
    """The table `heirs` (duty): duties in whose place a new trigger puts another, on the same unit."""
    days = [(number, clock.heir_on) for number, clock in enumerate(found) if isinstance(clock, Running)]
    given = {
        "clock": pa.array([number for number, _ in days], pa.int32()),
        "heir_on": pa.array([day for _, day in days], pa.date32()),
    }
    duck.register("heirs_given", pa.table(given))
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE heirs AS SELECT d.duty FROM duties d JOIN heirs_given h USING (clock) "
        "SEMI JOIN units_given u ON u.unit = d.unit "
        "AND h.heir_on BETWEEN coalesce(u.valid_from, '-infinity'::DATE) AND coalesce(u.valid_to, 'infinity'::DATE)"
    )


def acts(action: Action, starts: Trigger | None = None) -> Selection:
    """The events that an action asks for; where records of the same stream start the clocks, they state them."""
    more = ("from_m", "to_m") if action.share is not None else ()
    records = starts is not None and starts.each == "record" and starts.stream == action.stream
    own = records and "record" in action.match
    return Selection(action.stream, action.kinds, action.where, action.at, tuple(action.match), more, versions=own)


def refutations(evidence: Evidence, refuted_by: Refutation | None, over: Interval) -> None:
    """The table `refutations` (unit, at, earlier, rank, ref): observations that a unit is not done.

    Where a quorum of citizens is asked for, the report with which it is reached, of the households' own rank.
    """
    if refuted_by is None:
        evidence.duck.execute(
            'CREATE OR REPLACE TEMP TABLE refutations (unit VARCHAR, "at" TIMESTAMPTZ, earlier TIMESTAMPTZ, '
            "rank INTEGER, ref BIGINT)"
        )
        return
    asked = Selection(refuted_by.stream, refuted_by.kind, refuted_by.where)
    if refuted_by.quorum is not None and over[0] > BEGINNING + refuted_by.quorum.within:
        over = over[0] - refuted_by.quorum.within, over[1]  # the first of its reports may lie before acts count
    evidence.select("refutations", asked, over, "unit", "actor", '"at"', "earlier", "rank", "ref")
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
