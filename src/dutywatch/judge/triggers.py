"""The triggers of an obligation, read out of the evidence: what starts its clocks (SEMANTICS section 3).

Episodes are merged in `judge.episodes`; here are also the other shapes: single records, quorums of citizens
and the breaches of another obligation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dutywatch.clock import compact
from dutywatch.judge.coverage import Gap
from dutywatch.judge.episodes import Episode, Observation, closed, episodes
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.gaps import gaps, row_gaps
from dutywatch.terms.source import earlier
from dutywatch.terms.trigger import Quorum, Trigger


def triggers(evidence: Evidence, trigger: Trigger, times: Sequence[str] = ()) -> list[Episode]:
    """The triggers known at `as_of`, sorted by crossing; `times` are columns of the record that clocks need.

    Not for `breach`: those come from verdicts, not from events.
    """
    seen = observations(evidence, trigger, times)
    if not seen:
        return []
    if trigger.shape == "record":
        return records(seen, each=trigger.each == "event")
    asked = selection(trigger)
    over = (seen[0].at, evidence.as_of)
    missing = [*gaps(evidence, asked, over), *row_gaps(evidence, asked)]
    if trigger.quorum is not None:
        return quorums(seen, trigger.quorum, trigger.pause or trigger.quorum.within, missing, evidence.as_of)
    return episodes(trigger, seen, missing, evidence.as_of)


def selection(trigger: Trigger, times: Sequence[str] = ()) -> Selection:
    """The events that the trigger asks for."""
    stated = (name for t in times if t not in ("at", "until") for name in (t, earlier(t)))
    more = (*((trigger.measure,) if trigger.measure else ()), *stated)
    versions = trigger.each == "record"
    return Selection(trigger.stream or "", trigger.kind, trigger.where, more=more, versions=versions)


def anywhere(trigger: Trigger, found: Iterable[Gap]) -> Iterator[Gap]:
    """Gaps, with whom they concern: an episode is of a zone, and the unit on which it was seen says nothing."""
    return (replace(gap, unit=None) if trigger.shape == "episode" else gap for gap in found)


def observations(evidence: Evidence, trigger: Trigger, times: Sequence[str]) -> list[Observation]:
    """The trigger's events up to `as_of`, in order of time."""
    asked = selection(trigger, times)
    query, parameters = evidence.events(asked)
    rows = evidence.rows(f'SELECT *, cited(ref) AS label FROM ({query}) ORDER BY "at", ref', parameters)
    return [
        Observation(
            at=row["at"],
            until=row["until"],
            zone=row["zone"],
            value=row[trigger.measure] if trigger.measure else None,
            ref=row["label"],
            unit=row["unit"],
            actor=row["actor"],
            record=row["record"],
            times={name: row[name] for name in times},
            earlier=row["earlier"],
            times_or={name: row[earlier(name)] for name in times if row.get(earlier(name)) is not None},
        )
        for row in rows
    ]


def records(seen: Iterable[Observation], *, each: bool = False) -> list[Episode]:
    """Every record by itself; of several rows of one record the last stands for it, unless `each` is asked for.

    Then rows of one record on several units are as many triggers, also where they state the same instant.
    """
    latest: dict[tuple[str, str | None], Observation] = {}
    for one in seen:
        latest[_name(one, each=each), one.unit if each else None] = one
    found = [
        Episode(
            zone=one.zone,
            crossed_at=one.at,
            ended_at=one.until or one.at,
            magnitude=None,
            closed=True,
            refs=(one.ref, one.ref),
            unit=one.unit,
            record=one.record or name,
            row=name,
            times=one.times,
            times_or=one.times_or,
            crossed_or=one.earlier,
            ended_or=one.earlier if one.until is None else None,
        )
        for (name, _), one in latest.items()
    ]
    return sorted(found, key=lambda e: (e.crossed_at, e.key))


def _name(one: Observation, *, each: bool) -> str:
    """What tells one trigger from another: its record, and where every row is one, when that was."""
    if one.record is None:
        return f"{compact(one.at)}@{one.unit or one.zone or ''}"
    return f"{one.record}@{compact(one.at)}" if each else one.record


def quorums(
    seen: Iterable[Observation], quorum: Quorum, merge_gap: timedelta, gaps: Sequence[Gap], as_of: datetime
) -> list[Episode]:
    """One trigger for each run of reports on a unit in which enough distinct households have reported soon enough.

    The crossing is the report of the n-th household; those who give no name are not counted, nor make a run longer.
    A report at one of two times counts where it does by both; by one of them the n-th may have reported before
    (docs/decisions/0051).
    """
    by_unit: dict[str, list[Observation]] = {}
    for one in seen:
        if one.unit is not None and one.actor is not None:
            by_unit.setdefault(one.unit, []).append(one)
    found = []
    for unit, reports in by_unit.items():
        mine = [gap for gap in gaps if gap.unit in (None, unit)]
        for run in _runs(reports, merge_gap):
            crossing = next((one for one in run if _reached(reports, one.at, quorum)), None)
            if crossing is not None:
                last, doubtful = run[-1], next((one for one in [crossing, *run] if one.earlier is not None), crossing)
                refs, ended = (doubtful.ref, last.ref), closed(mine, last.at, merge_gap, as_of)
                quorate = Episode(crossing.zone, crossing.at, last.at, None, ended, refs, unit=unit)
                soonest = _soonest(reports, run, quorum)
                or_at = soonest if soonest < crossing.at else None
                found.append(replace(quorate, crossed_or=or_at, ended_or=last.earlier))
    return sorted(found, key=lambda e: (e.crossed_at, e.unit or ""))


def _reached(reports: Sequence[Observation], at: datetime, quorum: Quorum) -> bool:
    """Whether enough households have reported in the time up to `at`, both of its ends included, by all readings."""
    since = at - quorum.within
    return len({one.actor for one in reports if since <= (one.earlier or one.at) and one.at <= at}) >= quorum.households


def _soonest(reports: Sequence[Observation], run: Sequence[Observation], quorum: Quorum) -> datetime:
    """When, of a run in which enough households reported, enough may have, by any reading of their reports."""

    def perhaps(at: datetime) -> bool:
        since = at - quorum.within
        told = {one.actor for one in reports if any(since <= x <= at for x in _readings(one))}
        return len(told) >= quorum.households

    return min(at for one in run for at in _readings(one) if perhaps(at))


def _readings(one: Observation) -> tuple[datetime, ...]:
    return (one.at,) if one.earlier is None else (one.earlier, one.at)


def _runs(reports: Sequence[Observation], merge_gap: timedelta) -> list[list[Observation]]:
    runs: list[list[Observation]] = []
    last: datetime | None = None
    for one in reports:
        if last is None or one.at - last >= merge_gap:
            runs.append([])
        runs[-1].append(one)
        last = one.at
    return runs
