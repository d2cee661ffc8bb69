"""One obligation judged: its clocks, the sheets that need it, the pattern's SQL over them, the rows recorded.

Each pattern is a module of one shape: `clocks` (when is what due), `streams` (what it reads), `run` (append the rows of
some clocks to the table `verdicts`). What is common to all stands here: amended words, evidence that came too late,
which sheets stand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import dutywatch
from dutywatch.clock import local_date, midnight
from dutywatch.judge import attain, keep, recur, resets, respond, running, succession
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.duties import Clock
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.groups import groups
from dutywatch.judge.located import reach
from dutywatch.judge.polled import polls as polls_of
from dutywatch.judge.polled import unread
from dutywatch.judge.read import read, starting
from dutywatch.judge.sheets import Judged, Plan, digest_of, judge_sheets, prepare, woken
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Attain, Obligation, depends_on, owed_per


class Pattern(Protocol):
    """What every pattern's module offers.

    `clocks`: the clocks of a case, known at the evidence's `as_of`. `streams`: which streams its rows depend on.
    `ends`: from when on later events can change nothing of a duty that is decided. `following`: when the next period
    begins, so that its duties are noticed. `run`: append the verdict rows of these clocks to the table `verdicts`.
    """

    def clocks(self, case: Case[Any], breaches: running.Breaches, /) -> list[Clock]: ...
    def streams(self, obligation: Any, /) -> set[str]: ...
    def ends(self, obligation: Any, clock: Clock, /) -> datetime | None: ...
    def following(self, case: Case[Any], /) -> datetime | None: ...
    def run(self, case: Case[Any], clocks: Sequence[Clock], /) -> None: ...


PATTERNS: Mapping[str, Pattern] = {"respond": respond, "recur": recur, "attain": attain, "keep": keep}
MOST_ROWS = 2_000_000  # events judged at once where sheets know nothing of one another: memory stays bounded
A_DUTY = 4  # how many events a duty weighs, whose row is that much wider
COUNTED = {"share": 8, "percentile": 3}  # so many events weigh as one where they are only counted, or that by value
MOST_TRIGGERED = 100_000  # duties of triggers judged at once, each of which lasts for days
CURED = frozenset({"respond"})  # a breach of the other patterns is not undone by later acts


@dataclass(frozen=True)
class Considered:
    """What was done for one obligation: sheets judged, how many stood, and the sheet files in force by date."""

    judged: tuple[Judged, ...]
    stood: int
    files: tuple[str, ...]


def judge(
    evidence: Evidence,
    terms: Terms,
    name: str,
    patterns: Path,
    recorded: Mapping[date, Sheet],
    decisions: Sequence[Decision] = (),
    breaches: running.Breaches = (),
    known_on: date = date.max,
    counted: Sequence[str] = (),
    causes: Sequence[str] = (),
) -> Considered:
    """Judge the sheets of obligation `name` that need it.

    `counted`: the sheet files whose duties are its items; `causes`: those of the duties whose breaches start these.
    """
    pattern = PATTERNS[terms.contract.obligations[name].pattern]
    items, doubted = read(evidence, counted), read(evidence, causes, "due_at")
    cases = [
        Case(
            terms,
            name,
            words,
            evidence,
            patterns,
            decisions,
            known_on,
            since,
            until,
            read=items,
            starting=starting(terms, words),
            causes=doubted,
        )
        for since, until, words in terms.words(name, known_on)
    ]
    found = resets.alike(_governed([(case, clock) for case in cases for clock in pattern.clocks(case, breaches)]))
    by_date: dict[date, list[tuple[Case[Any], Clock]]] = {}
    for case, clock in found:
        by_date.setdefault(clock.sheet, []).append((case, clock))
    stated = _stated(pattern, cases)
    turns = min((at for at in (stated, _turns(terms, known_on)) if at is not None), default=None)
    following = _following(pattern, cases)
    # before there is any duty, an empty sheet waits for an announced trigger, for other words, or for the first period
    first = min((at for at in (turns, following) if at is not None), default=None)
    days = sorted({*by_date, *recorded}) or ([local_date(first, terms.contract.zone)] if first else [])
    others = _others(terms, name)
    plans = [
        _plan(
            pattern, cases[-1], day, by_date.get(day, []), recorded.get(day), others, turns if day == days[-1] else None
        )
        for day in days
    ]
    due = [plan for plan in plans if not plan.stands(evidence.as_of)]
    if due and _competes(cases):
        due = plans
    files = {day: sheet.file for day, sheet in recorded.items()}
    zone = terms.contract.zone
    governed = {one.trigger: local_date(one.begins, zone) for case, one in found if not case.holds(one.day)}
    triggered = succession.started_by(terms.contract.obligations[name]) is not None
    crossed = partial(succession.crossed, cases, found, breaches) if triggered else None
    near = succession.reach(terms.contract, name)
    judged: list[Judged] = []
    for some in _batches(pattern, cases, due, by_date):
        prepare(evidence.duck)
        dates = {plan.date for plan in some}
        mine = {n: [c for other, c in found if other is case and c.sheet in dates] for n, case in enumerate(cases)}
        sides = [side for n, case in enumerate(cases) for side in _by_evidence(case, mine[n])]
        for case, clocks in sides:
            rivals = tuple((other, tuple(some)) for other, some in sides if other is not case)
            pattern.run(replace(case, rivals=rivals if _competes(cases) else ()), clocks)
        sheets = judge_sheets(evidence.duck, evidence.lake, terms.id, some, near, crossed)
        judged += [woken(one, stated) if stated and one.open_at(stated) else one for one in sheets]
    judged = [replace(one, governed=governed) for one in judged] if governed else judged
    if judged and judged[-1].date == plans[-1].date:
        judged[-1] = woken(woken(judged[-1], following), turns)
    files |= {sheet.date: sheet.file for sheet in judged}
    return Considered(tuple(judged), len(plans) - len(due), tuple(files[day] for day in sorted(files)))


def _governed(started: Sequence[tuple[Case[Any], Clock]]) -> list[tuple[Case[Any], Clock]]:
    """The clocks by the words that hold on the day on which they start.

    Where words differ in when a trigger's clock starts, it may start on a day of both, by each of them: the earlier
    ones govern. Or on a day of neither: those of the day on which the trigger was crossed do (docs/decisions/0044).
    """
    by_trigger: dict[str, list[tuple[Case[Any], Clock]]] = {}
    for case, clock in started:
        by_trigger.setdefault(clock.trigger, []).append((case, clock))
    governing = {trigger: _governing(some) for trigger, some in by_trigger.items()}
    return [(case, clock) for case, clock in started if case is governing[clock.trigger]]


def _governing(started: Sequence[tuple[Case[Any], Clock]]) -> Case[Any] | None:
    """Of the words that start clocks of one trigger, those that govern them, if any do."""
    holding = next((case for case, clock in started if case.holds(clock.day)), None)
    if holding is not None:
        return holding
    zone = started[0][0].terms.contract.zone
    crossed = ((case, clock) for case, clock in started if case.holds(local_date(clock.begins, zone)))
    return next((case for case, clock in crossed if any(other.holds(clock.day) for other, _ in started)), None)


def _by_evidence(case: Case[Any], clocks: Sequence[Clock]) -> list[tuple[Case[Any], list[Clock]]]:
    """The clocks by the evidence that counts for them: what came after a clock's `proof_until` does not.

    Two persons may admit it all the same, for all units or for some: then the clock stands twice, once for these.
    """
    whole: list[Clock] = []
    late: dict[datetime, list[Clock]] = {}
    for clock in clocks:
        until, admitted = clock.proof_until, case.admitted(clock.trigger)
        if until is None or until >= case.evidence.last or admitted is None:
            whole.append(clock)
            continue
        late.setdefault(until, []).append(clock.without(admitted))
        if admitted:
            whole.append(clock.on(admitted))
    found = [(replace(case, evidence=case.evidence.arrived_by(until)), mine) for until, mine in late.items()]
    return [(case, whole), *found] if whole else found


def _batches(
    pattern: Pattern,
    cases: Sequence[Case[Any]],
    due: Sequence[Plan],
    found: Mapping[date, Sequence[tuple[Case[Any], Clock]]],
) -> list[list[Plan]]:
    """The sheets that are judged together: those that know of one another at once, all others in turns.

    Sheets of triggers know of one another where acts are consumed, and where a duty of a recorded sheet may find its
    successor in another.
    """
    if not due:
        return []
    words = [getattr(case.obligation, "period", getattr(case.obligation, "window", None)) for case in cases]
    triggered = any(word is None or word.while_ is not None for word in words)
    if triggered and (_competes(cases) or any(plan.previous for plan in due)):
        return [list(due)]
    owing = max(1, len(groups(cases[-1], owed_per(cases[-1].obligation))))
    events = Arrivals.of(pattern, cases)
    share = min(_counted(case.obligation) for case in cases)
    batches: list[list[Plan]] = []
    left = 0
    for plan in due:
        clocks = [clock for _, clock in found.get(plan.date, ())]
        rows = sum(owing if clock.unit is None else 1 for clock in clocks) * (1 if triggered else A_DUTY)
        if not triggered and clocks:
            rows += events.between(min(c.begins for c in clocks), max(c.due or c.ends for c in clocks)) // share
        if not batches or rows > left:
            batches.append([])
            left = MOST_TRIGGERED if triggered else MOST_ROWS
        batches[-1].append(plan)
        left -= rows
    return batches


def _counted(obligation: Obligation) -> int:
    """How many events weigh as one: many where they are counted window by window, and none is looked at by itself."""
    if isinstance(obligation, Attain) and obligation.window.rolling is None:
        return COUNTED.get(obligation.measure, 1)
    return 1


@dataclass(frozen=True)
class Arrivals:
    """How many events deliveries hold, by the time of their first: about how many lie in a stretch of time."""

    times: Sequence[datetime]
    sums: Sequence[int]

    @classmethod
    def of(cls, pattern: Pattern, cases: Sequence[Case[Any]]) -> Arrivals:
        """Of the streams that these cases read."""
        streams = {stream for case in cases for stream in pattern.streams(case.obligation)}
        sources = {name for stream in streams for name in cases[-1].terms.contract.sources_of(stream)}
        given = sorted((one.first_at, one.accepted) for one in cases[-1].evidence.of(sources) if one.first_at)
        return cls([at for at, _ in given], list(accumulate((rows for _, rows in given), initial=0)))

    def between(self, begins: datetime, ends: datetime) -> int:
        """The events of the deliveries that begin in [begins, ends)."""
        return self.sums[bisect_left(self.times, ends)] - self.sums[bisect_left(self.times, begins)]


def _following(pattern: Pattern, cases: Sequence[Case[Any]]) -> datetime | None:
    """When the next period begins, in the words that hold by then."""
    zone = cases[-1].terms.contract.zone
    coming = ((case, pattern.following(case)) for case in cases)
    return min((at for case, at in coming if at is not None and case.holds(local_date(at, zone))), default=None)


def _stated(pattern: Pattern, cases: Sequence[Case[Any]]) -> datetime | None:
    """The next instant that a record has stated ahead of its time: it counts from then on, although nothing arrives."""
    found: list[datetime | None] = []
    for case in cases:
        columns = _columns(case.obligation)
        for stream in pattern.streams(case.obligation):
            found += [case.evidence.stated_next(name, columns) for name in case.terms.contract.sources_of(stream)]
    return min((at for at in found if at is not None), default=None)


def _turns(terms: Terms, known_on: date) -> datetime | None:
    """The midnight at which an amendment or an assignment is recorded next: it may hold from a day before."""
    day = terms.contract.next_recorded(known_on)
    return midnight(day, terms.contract.zone) if day else None


def _others(terms: Terms, name: str) -> list[str]:
    """The words of the obligations that it is judged from: they say what may start their duties, and when these may
    lapse, whether or not any duty shows it."""
    needed = depends_on(terms.contract.obligations[name])
    for one in needed:
        needed += [other for other in depends_on(terms.contract.obligations[one]) if other not in needed]
    return [words.model_dump_json() for one in needed for _, _, words in terms.words(one)]


def _competes(cases: Sequence[Case[Any]]) -> bool:
    """Whether duties of one sheet compete for acts with those of another, so that all are judged together."""
    actions = (getattr(case.obligation, "action", None) for case in cases)
    return any(action is not None and action.consume is not None for action in actions)


def _plan(
    pattern: Pattern,
    case: Case[Any],
    day: date,
    found: Sequence[tuple[Case[Any], Clock]],
    recorded: Sheet | None,
    others: Sequence[str],
    turns: datetime | None,
) -> Plan:
    clocks = [clock for _, clock in found]
    begins = min((c.earliest for c in clocks), default=recorded.window_from if recorded else case.evidence.as_of)
    said = [one.obligation for one, _ in found] or [case.obligation]
    streams = {stream for words in said for stream in pattern.streams(words)}
    streams |= {one.stream for one in case.starting if one.stream is not None}
    sources = sorted(s for stream in streams for s in case.terms.contract.sources_of(stream))
    by_actor = any(case.terms.contract.sources[source].by == "actor" for source in sources)
    # under whatever clause: a silent vehicle's party, and all that it answers for, say where it may serve
    owing = sorted(f"{name} {one.party}" for name, one in case.terms.contract.obligations.items()) if by_actor else []
    assigned = case.terms.contract.assigned(case.known_on) if by_actor else case.assignments
    declared = [
        dutywatch.__version__,
        *sorted({words.model_dump_json() for words in said}),
        *others,
        case.terms.units.digest,
        case.terms.calendars_digest,
        case.terms.contract.timezone,
        case.terms.contract.term.model_dump_json(),
        *(one.model_dump_json() for one in assigned),
        *(one.model_dump_json() for one in case.terms.contract.contractors),
        *(case.terms.contract.sources[source].reading for source in sources),
        *owing,
        *(case.terms.rosters[source].digest for source in sources if source in case.terms.rosters),
        *(one.line() for one in case.decisions if one.concerns(case.name) and one.kind != "waive"),
        *(clock.line() for clock in clocks),
        *([f"turns {turns}"] if turns else []),
    ]

    closes = max((clock.due or clock.ends for clock in clocks), default=begins)
    reads = begins if begins == BEGINNING else begins - max(map(_before, said))
    columns = tuple(sorted({column for words in said for column in _columns(words)}))
    declared += [one.file for one in (*case.read, *case.causes) if one.touches(begins, closes)]

    def inputs(window_to: datetime | None) -> str:
        read = [
            _key(one, case.evidence.cites(one))
            for source in dict.fromkeys(sources)
            for one in _concerning(case, source, reads, window_to, columns)
        ]
        asked = [_asked(case.evidence, source, window_to) for source in sources]
        return digest_of([*declared, *read, *asked])

    ends = [pattern.ends(one.obligation, clock) for one, clock in found]
    known = [end for end in ends if end is not None]
    settles_at = max(known) if known and len(known) == len(ends) else None
    return Plan(case.name, day, inputs, begins, settles_at, recorded, cures=case.pattern in CURED)


def _before(words: Any) -> timedelta:
    """How long before its clocks an obligation's verdicts look: a gap may be as long as an act, a quorum as wide."""
    action, refuted_by = getattr(words, "action", None), getattr(words, "refuted_by", None)
    quorum = refuted_by.quorum if refuted_by else None
    return max((action and action.min_duration) or timedelta(), quorum.within if quorum else timedelta())


def _asked(evidence: Evidence, name: str, window_to: datetime | None) -> str:
    """From when until when source `name` was asked, as far as that tells of what was before `window_to`."""
    source, given = evidence.contract.sources[name], evidence.of([name])
    polls = source.polls
    if polls is None:
        return ""
    if source.asks:
        asked = [one.polled_at for one in given if one.polled_at is not None]
    else:
        stated = evidence.stated(name, "seen_at")
        asked = [at for one in given for at in stated.get(one.accepted_file, ())]
    lost = [
        f"{gap.start} {gap.end}"
        for gap in unread(evidence, name, polls_of(evidence, name))
        if window_to is None or gap.start < window_to
    ]
    if not asked:
        return "; ".join(lost)
    last = max(asked) if window_to is None else min(max(asked), window_to + polls.max_lag)
    return "; ".join([f"{name} asked {min(asked)} {last}", *lost])


def _columns(words: Any) -> set[str]:
    """The columns beside `at` that tell when an obligation's acts or items happened."""
    parts = (getattr(words, name, None) for name in ("action", "items"))
    return {part.at for part in parts if part is not None} - {"at"}


def _concerning(
    case: Case[Any], name: str, begins: datetime, window_to: datetime | None, columns: tuple[str, ...]
) -> Iterator[Accepted]:
    """What source `name` ever delivered that says anything about a window: what was replaced may speak again.

    Positions a little before or after the window may make its passes.
    """
    margin = reach(case.terms.contract.sources[name])
    start, end = begins if begins == BEGINNING else begins - margin, window_to + margin if window_to else None
    return case.evidence.concerning(name, columns, start, end)


def _key(one: Accepted, cited: str) -> str:
    received = one.received_at.isoformat() if one.received_at else "-"
    return " ".join([cited, one.sha256, one.rules, received])
