"""Clocks that triggers start: where, and until when.

A clock is one for each trigger, class and zone, or for the one unit that its trigger names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from dutywatch.clock import Allowance, Span, local_date, midnight
from dutywatch.judge import triggers
from dutywatch.judge.answering import breached_per
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING, Gap
from dutywatch.judge.duties import Clock, in_scope
from dutywatch.judge.episodes import Episode
from dutywatch.judge.suspensions import Pause, pauses, spans
from dutywatch.terms import Unit
from dutywatch.terms.patterns import Respond
from dutywatch.terms.units import Moves, by_id, course, moves, zone_on


@dataclass(frozen=True)
class Breach:
    """A breach of another obligation, which may start a clock: on which unit, when it lapsed, by which trigger."""

    obligation: str
    unit: str
    trigger: str
    lapsed_at: datetime


Breaches = Sequence[Breach]


@dataclass(frozen=True, kw_only=True)
class Running(Clock):
    """A clock that a trigger starts. `stopped_in`: the zone whose suspensions stop it. `heir_on`: the day of the clock
    that starts anew in its place, whose units and words are those of that day. `other`: as it runs by the other reading
    of the local time that starts it, where that has two; `stated_by` is the row that states it. `heirs`: where the new
    trigger starts clocks; elsewhere none takes the place of this one. `crossed_or`: the other reading of its own
    trigger's crossing, where that has two; `crossed_by` is the row that states the trigger. `perhaps`: what hides a new
    trigger that would have started it anew, if there was one."""

    stopped_in: str | None = None
    heir_on: date | None = None
    heirs: tuple[Place, ...] = ()
    other: Running | None = None
    stated_by: str | None = None
    crossed_or: datetime | None = None
    crossed_by: str = ""
    perhaps: tuple[Gap, ...] = ()

    @property
    def earliest(self) -> datetime:
        """From when on acts count by any reading."""
        return min(self.lower, self.other.lower) if self.other else self.lower

    @property
    def place(self) -> Place:
        """Where it runs."""
        return Place(self.unit_class, self.zone, self.unit, self.course)

    @property
    def heir(self) -> str | None:
        """The trigger that starts it anew, by any reading."""
        return self.successor or (self.other.successor if self.other else None)

    def without_reset(self) -> Self:
        """The clock, which no new trigger starts anew by any reading."""
        other = self.other.without_reset() if self.other else None
        return replace(super().without_reset(), heir_on=None, other=other)

    def reset_in(self, heirs: Collection[Place]) -> Self:
        """The clock, which the new trigger starts anew where it starts clocks itself, by any reading."""
        if not heirs:
            return self.without_reset()
        return replace(self, heirs=tuple(sorted(heirs, key=str)), other=self.other and self.other.reset_in(heirs))

    def line(self) -> str:
        """The clock as one line of text, for the digest of a sheet's inputs."""
        told = f"{super().line()} {self.heir_on} {self.heirs} {self.perhaps}"
        return told + (f" or {self.other.line()}" if self.other else "")


@dataclass(frozen=True)
class Place:
    """Whose clock a trigger starts: that of the units of a class and a zone (None: of all zones), or of one unit.

    `course`: of those that lie in the same zone on every day; empty: that never move to another.
    """

    unit_class: str | None
    zone: str | None
    unit: str | None = None
    course: str | None = None


def clocks(case: Case[Respond], breaches: Breaches = ()) -> list[Running]:
    """The clocks that triggers start, for each class in scope that is owed something (`resets`: which start anew)."""
    obligation = case.obligation
    found = _triggers(case, breaches)
    stops = pauses(case.evidence, obligation.suspended_by, granted=case.looks_back())
    zones = {one.zone for one in found} | {zone for one in stops for zone in (one.zone, *one.lifted)}
    followed = bool(obligation.refuted_by or obligation.reset)  # it matters which trigger is the next on a unit
    places = _Places.of(case, apart=bool(zones - {None}), followed=followed)
    crossings = _crossings(found) if followed else {}
    return [
        clock
        for episode in found
        for place in places.where(episode)
        if (clock := _either(case, episode, place, _next(places, crossings, episode, place), stops)) is not None
    ]


@dataclass(frozen=True)
class _Places:
    """Where triggers start clocks.

    `rows`: of each unit in scope what the register says of it, by days. `everywhere`: where one that concerns all units
    starts clocks: a class each, or, where some concern a zone alone, a class and zone each; `bare` units lie in none.
    `moving`: the courses of units that move to another zone, by name, where it matters which trigger is their next;
    `classes_moving`: of which classes these are.
    """

    case: Case[Respond]
    rows: Mapping[str, Sequence[Unit]]
    classes: Sequence[str | None]
    everywhere: Sequence[Place]
    bare: Sequence[Unit]
    moving: Mapping[str, Moves]
    classes_moving: Sequence[str | None]

    @classmethod
    def of(cls, case: Case[Respond], *, apart: bool, followed: bool) -> _Places:
        units = in_scope(case.obligation.scope, case.terms.units.rows)
        rows, register = by_id(units), by_id(case.terms.units.rows) if followed else {}
        courses = {name: found for name, some in register.items() if (found := course(some))}
        moving = {found: moves(register[name]) for name, found in courses.items()}
        staying, stays = [unit for unit in units if unit.id not in courses], "" if moving else None
        classes = sorted({unit.class_ for unit in staying}, key=str)
        others = sorted({unit.class_ for unit in units if unit.id in courses}, key=str)
        if not apart:
            everywhere = [Place(class_, None, course=stays) for class_ in classes]
            return cls(case, rows, classes, everywhere, [], moving, others)
        zoned = {(unit.class_, unit.zone) for unit in staying if unit.zone is not None}
        places = [Place(class_, zone, course=stays) for class_, zone in sorted(zoned, key=str)]
        bare = [unit for unit in staying if unit.zone is None]
        return cls(case, rows, classes, places, bare, moving, others)

    def where(self, episode: Episode) -> list[Place]:
        day = self.day(episode)
        if day is None:
            return []  # a record that does not state its start is owed nothing
        if self.case.obligation.trigger.shape != "episode":
            return self._on_one_unit(episode, day)
        moving = list(self._moving(episode, day))
        if episode.zone is not None:
            stays = "" if self.moving else None
            return [*(Place(class_, episode.zone, course=stays) for class_ in self.classes), *moving]
        bare = (Place(one.class_, None, one.id) for one in self.bare if one.exists(day))
        return [*self.everywhere, *bare, *moving]

    def day(self, episode: Episode) -> date | None:
        """The day on which the clock of a trigger starts, if that is stated."""
        anchor = _instant(self.case.obligation.clock.from_, episode)
        return local_date(anchor, self.case.terms.contract.zone) if anchor else None

    def first_after(self, episode: Episode, some: Sequence[Episode], course: str | None) -> Episode | None:
        """The first of some triggers, in order, that is crossed later and concerns the units of a course, if any is."""
        first = bisect_right(some, episode.crossed_at, key=_crossed)
        later = (some[number] for number in range(first, len(some)))
        return next((one for one in later if not course or self._falls(one, course)), None)

    def _falls(self, episode: Episode, course: str) -> bool:
        """Whether a trigger concerns the units of a course, by where they lie on the day on which its clock starts."""
        day = self.day(episode)
        return episode.zone is None or (day is not None and zone_on(self.moving[course], day) == episode.zone)

    def _moving(self, episode: Episode, day: date) -> Iterator[Place]:
        scope = self.case.obligation.scope
        for name, turns in self.moving.items():
            zone = zone_on(turns, day)
            if episode.zone in (None, zone) and (scope.zone is None or zone in scope.zone):
                yield from (Place(class_, zone, course=name) for class_ in self.classes_moving)

    def _on_one_unit(self, episode: Episode, day: date) -> list[Place]:
        """As the register knows it on that day; the contract as a whole stands in for one that it never knew."""
        rows, scope = self.rows.get(episode.unit or "", ()), self.case.obligation.scope
        if rows:
            return [Place(one.class_, one.zone or episode.zone, one.id) for one in rows if one.exists(day)]
        per, group = breached_per(self.case), episode.unit
        # a class, or a zone, in breach lies in a scope that names it
        classes = scope.class_ is None or (per == "class" and group in scope.class_)
        zones = scope.zone is None or (per == "zone" and group in scope.zone)
        return [Place(None, episode.zone, self.case.terms.id)] if classes and zones else []


def _triggers(case: Case[Respond], breaches: Breaches) -> list[Episode]:
    obligation = case.obligation
    if obligation.trigger.breach is not None:
        own = {unit.id for unit in case.terms.units.rows} | {case.terms.id}
        return [_lapse(case, one, own) for one in breaches if one.obligation == obligation.trigger.breach]
    return triggers.triggers(case.evidence, obligation.trigger, _times(obligation))


def _lapse(case: Case[Respond], one: Breach, own: Collection[str]) -> Episode:
    """A breach as the trigger that it is."""
    at, refs = one.lapsed_at, ("", "")
    return Episode(None, at, at, None, True, refs, unit=_on(case, one), record=_caused(one, own))


def _on(case: Case[Respond], one: Breach) -> str:
    """The unit or group in breach, which a duty that stands for a group names at the end of its key."""
    stands_in = one.unit == case.terms.id and breached_per(case) in ("zone", "class")
    return one.trigger.rpartition("@")[2] if stands_in else one.unit


def _caused(one: Breach, own: Collection[str]) -> str:
    """The key of a breach; the contract stands in for a zone or a class, of which several may be in breach at once."""
    group = "" if one.unit in own else f"@{one.unit}"
    return f"{one.obligation}~{one.trigger}{group}"


def _times(obligation: Respond) -> tuple[str, ...]:
    """The times of the record that the clock needs; where its acts are the record's own, when they were, too."""
    asked = {obligation.clock.from_, obligation.within if isinstance(obligation.within, str) else "trigger.start"}
    acts = {obligation.action.at} - {"at", "until"} if obligation.of_its_record else set()
    return tuple(sorted({one.removeprefix("trigger.") for one in asked - {"trigger.start", "trigger.end"}} | acts))


_Concerned = tuple[str, str | None]  # ("unit", its name) or ("zone", its name, None: all)


def _crossings(found: Sequence[Episode]) -> dict[_Concerned, list[Episode]]:
    """The triggers in order of their crossings, by what they concern; a record that names no unit concerns none."""
    crossings: dict[_Concerned, list[Episode]] = {}
    for one in sorted(found, key=_crossed):
        if one.unit is not None or one.record is None:
            crossings.setdefault(("zone", one.zone) if one.unit is None else ("unit", one.unit), []).append(one)
    return crossings


def _crossed(episode: Episode) -> datetime:
    return episode.crossed_at


def _next(
    places: _Places, crossings: Mapping[_Concerned, Sequence[Episode]], episode: Episode, place: Place
) -> Episode | None:
    """The next trigger that concerns the same units, where they lie by then (docs/decisions/0076)."""
    concerned: set[_Concerned] = {("zone", None), ("zone", place.zone)}
    if episode.unit is not None:
        concerned = {("unit", episode.unit)}
    elif episode.record is not None:
        concerned = set()
    elif place.course:
        concerned = {("zone", None), *(("zone", zone) for _, zone in places.moving[place.course])}
    known = (crossings[one] for one in concerned if one in crossings)
    found = (places.first_after(episode, some, place.course) for some in known)
    return min((one for one in found if one is not None), key=_crossed, default=None)


def _either(
    case: Case[Respond], episode: Episode, place: Place, following: Episode | None, stops: Sequence[Pause]
) -> Running | None:
    """The clock of a trigger, with the one that runs by the other readings of the local times that it hangs on, and of
    that of the next trigger."""
    until = following.crossed_at if following else None
    until_or = (following.crossed_or if following else None) or until
    clock = _clock(case, episode, place, until, stops)
    if clock is None:
        return None
    by = _read_otherwise(case.obligation, episode)
    if by is None and following is not None and following.crossed_or is not None:
        return replace(clock, other=replace(clock, until=until_or), stated_by=following.refs[0])
    if by is None:
        return clock
    from_end = case.obligation.clock.from_ == "trigger.end"
    other = _clock(case, by, place, until_or, stops)
    if other is None:
        return None  # by that reading it starts outside the term: what is owed by one alone is not owed
    told = replace(other, trigger=clock.trigger, sheet=clock.sheet, day=clock.day, begins=clock.begins, ends=clock.ends)
    stated_by = episode.refs[1] if from_end else episode.refs[0]
    return replace(clock, other=replace(told, proof_until=clock.proof_until), stated_by=stated_by)


def _read_otherwise(obligation: Respond, episode: Episode) -> Episode | None:
    """The trigger by the other reading of what starts the clock, and of what its record states; None: all have one."""
    from_, of_its_own = obligation.clock.from_, obligation.of_its_record and obligation.action.at == "at"
    crossed = episode.crossed_or if from_ == "trigger.start" or of_its_own else None
    ended = episode.ended_or if from_ == "trigger.end" else None
    if crossed is None and ended is None and not episode.times_or:
        return None
    return replace(
        episode,
        crossed_at=crossed or episode.crossed_at,
        ended_at=ended or episode.ended_at,
        times={**episode.times, **episode.times_or},
    )


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
    assert anchor is not None  # noqa: S101 - a record that does not state it has no place
    day = local_date(anchor, contract.zone)
    if not contract.term.from_ <= day <= contract.term.to:
        return None  # no duty starts outside the term
    start = anchor if episode.closed or not from_end else None
    within = spans(stops, place.zone)
    calendar = case.calendar(obligation.clock.calendar)
    if isinstance(obligation.within, str):
        target = _instant(obligation.within, episode)
        if target is None:
            return None  # no target is no duty, not a duty met
        # the time up to it is the allowance: what stops the clock puts the target off (docs/decisions/0037)
        allowance, calendar = Allowance(max(target - anchor, timedelta())), case.calendar("always")
    else:
        allowed, target = obligation.allowance(place.unit_class, episode.magnitude), None
        if allowed is None:
            return None
        allowance = allowed
    due = allowance.due(start, calendar, within) if start else None
    soonest = None if start else _soonest(case, place, episode, within)
    if target is not None and target < anchor:
        due = target
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
        soonest=soonest,
        risk=risk,
        until=until,
        of_class=place.unit is None,
        unit_class=place.unit_class,
        zone=place.zone if place.unit is None else None,
        course=place.course,
        unit=place.unit,
        key=_key(obligation.joined_by, episode),
        named=episode.unit if place.unit == case.terms.id else None,
        proof_until=due + obligation.proof_until if due and obligation.proof_until else None,
        suspended=start is not None and due is None,
        stopped_in=place.zone,
        crossed_or=episode.crossed_or,
        crossed_by=episode.refs[0],
    )


def _soonest(case: Case[Respond], place: Place, episode: Episode, within: Sequence[Span]) -> datetime | None:
    """When a duty whose trigger is open may fall due at the earliest: that ends now, or grows and allows less, or goes
    on until a day from which on other words hold.

    None: a suspension stands open, which ends later than now.
    """
    zone, dues = case.terms.contract.zone, []
    for since, until, words in case.terms.words(case.name, case.known_on):
        ended = max(episode.ended_at, midnight(since, zone)) if since else episode.ended_at
        if (
            not isinstance(words, Respond)
            or isinstance(words.within, str)
            or (until and until < local_date(ended, zone))
        ):
            continue
        higher = (rung.at_least for rung in words.within if rung.at_least and rung.at_least > (episode.magnitude or 0))
        allowed = (words.allowance(place.unit_class, one) for one in (episode.magnitude, *higher))
        calendar = case.calendar(words.clock.calendar)
        dues += [one.due(ended, calendar, within) for one in allowed if one is not None]
    return min((due for due in dues if due is not None), default=None)


def _instant(word: str, episode: Episode) -> datetime | None:
    name = word.removeprefix("trigger.")
    return {"start": episode.crossed_at, "end": episode.ended_at}.get(name) or episode.times.get(name)


def _key(joined_by: Sequence[str], episode: Episode) -> str | None:
    """What joins acts to the duty; None: its unit does. One that the register does not know has a name all the same."""
    parts = {"record": episode.record, "unit": episode.unit, "zone": episode.zone}
    known = [part for name in joined_by if (part := parts.get(name)) is not None]
    return chr(31).join(known) if known or joined_by != ("unit",) else None
