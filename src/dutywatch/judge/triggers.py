"""The triggers of an obligation, read out of the evidence: what starts its clocks (SEMANTICS section 3).

Episodes are merged in `judge.episodes`; here are also the other shapes: single records, quorums of citizens
and the breaches of another obligation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dutywatch.clock import compact
from dutywatch.judge.episodes import Episode, Observation, episodes
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.gaps import gaps, row_gaps
from dutywatch.terms.trigger import Quorum, Trigger


def triggers(evidence: Evidence, trigger: Trigger, times: Sequence[str] = ()) -> list[Episode]:
    """The triggers known at `as_of`, sorted by crossing; `times` are columns of the record that clocks need.

    Not for `breach`: those come from verdicts, not from events.
    """
    seen = observations(evidence, trigger, times)
    if not seen:
        return []
    if trigger.shape == "record":
        return records(seen)
    if trigger.quorum is not None:
        return quorums(seen, trigger.quorum, trigger.merge_gap or trigger.quorum.within)
    asked = selection(trigger)
    over = (seen[0].at, evidence.as_of)
    return episodes(trigger, seen, [*gaps(evidence, asked, over), *row_gaps(evidence, asked)], evidence.as_of)


def selection(trigger: Trigger, times: Sequence[str] = ()) -> Selection:
    """The events that the trigger asks for."""
    more = (*((trigger.measure,) if trigger.measure else ()), *(t for t in times if t not in ("at", "until")))
    key = ("record",) if trigger.shape == "record" else ("unit",)
    return Selection(trigger.stream or "", trigger.kind, trigger.where, key=key, more=more)


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
        )
        for row in rows
    ]


def records(seen: Iterable[Observation]) -> list[Episode]:
    """Every record by itself; of several rows of one record the last stands for it."""
    latest: dict[str, Observation] = {}
    for one in seen:
        latest[one.record or f"{compact(one.at)}@{one.unit or one.zone or ''}"] = one
    found = [
        Episode(
            zone=one.zone,
            crossed_at=one.at,
            ended_at=one.until or one.at,
            magnitude=None,
            closed=True,
            refs=(one.ref, one.ref),
            unit=one.unit,
            record=name,
            times=one.times,
        )
        for name, one in latest.items()
    ]
    return sorted(found, key=lambda e: (e.crossed_at, e.key))


def quorums(seen: Iterable[Observation], quorum: Quorum, merge_gap: timedelta) -> list[Episode]:
    """One trigger for each run of reports on a unit in which enough distinct households report soon enough.

    The crossing is the report of the n-th household; those who give no name are not counted.
    """
    by_unit: dict[str, list[Observation]] = {}
    for one in seen:
        if one.unit is not None:
            by_unit.setdefault(one.unit, []).append(one)
    found = []
    for unit, reports in by_unit.items():
        for run in _runs(reports, merge_gap):
            crossing = reached(run, quorum)
            if crossing is not None:
                last = run[-1]
                refs = (crossing.ref, last.ref)
                found.append(Episode(crossing.zone, crossing.at, last.at, None, True, refs, unit=unit))
    return sorted(found, key=lambda e: (e.crossed_at, e.unit or ""))


def reached(run: Sequence[Observation], quorum: Quorum) -> Observation | None:
    """The report with which the quorum is there, if it ever is."""
    for one in run:
        within = {o.actor for o in run if o.actor and o.at <= one.at and one.at - o.at <= quorum.within}
        if len(within) >= quorum.households:
            return one
    return None


def _runs(reports: Sequence[Observation], merge_gap: timedelta) -> list[list[Observation]]:
    runs: list[list[Observation]] = []
    last: datetime | None = None
    for one in reports:
        if last is None or one.at - last >= merge_gap:
            runs.append([])
        runs[-1].append(one)
        last = one.at
    return runs
