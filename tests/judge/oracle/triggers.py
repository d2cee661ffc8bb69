"""What starts clocks: episodes of a zone, records, quorums on a unit, breaches of another obligation on a unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dutywatch.clock import compact
from dutywatch.terms.trigger import Quorum, Trigger
from tests.judge.oracle.evidence import Event, Evidence
from tests.judge.oracle.trace import TICK, Row


@dataclass(frozen=True)
class Started:
    """A trigger: its key, on which unit or zone (None: all), its crossing and last event, and how strong it was."""

    key: str
    unit: str | None
    zone: str | None
    crossing: datetime
    end: datetime
    magnitude: float | None = None
    open: bool = False
    row: Row | None = None


def triggers(evidence: Evidence, trigger: Trigger) -> list[Started]:
    """The triggers that evidence shows, but for breaches, by crossing."""
    assert trigger.stream is not None
    events = evidence.events(trigger.stream, trigger.kind, trigger.where, records=trigger.shape == "record")
    if trigger.shape == "record":
        found = [
            Started(e.row.record, e.row.unit, None, e.row.at, e.row.at, row=e.row)
            for e in events
            if e.row.record is not None and e.row.unit is not None
        ]
    elif trigger.quorum is not None:
        found = list(_quorums(evidence, trigger, trigger.quorum, events))
    else:
        found = list(_episodes(evidence, trigger, events))
    return sorted(found, key=lambda t: (t.crossing, t.key))


def _episodes(evidence: Evidence, trigger: Trigger, events: Sequence[Event]) -> Iterator[Started]:
    """Observations, to the ends that they state, less than `merge_gap` apart, by zone; a trigger where one crosses."""
    assert trigger.merge_gap is not None
    for zone in {event.row.zone for event in events}:
        rows = sorted((e.row for e in events if e.row.zone == zone), key=lambda row: row.at)
        for run in _runs(rows, trigger.merge_gap):
            reached = [row for row in run if _crosses(trigger, row)]
            if reached:
                strength = max((row.value for row in run if row.value is not None), default=None)
                crossing, end = reached[0].at, max(row.until or row.at for row in run)
                key = compact(crossing) + (f"@{zone}" if zone else "")
                open_ = _open(evidence, trigger, trigger.merge_gap, end, None, zone)
                yield Started(key, None, zone, crossing, end, strength, open_)


def _quorums(evidence: Evidence, trigger: Trigger, quorum: Quorum, events: Sequence[Event]) -> Iterator[Started]:
    """Reports on one unit; a run of them has one trigger, where the n-th household reports in time."""
    gap = trigger.merge_gap or quorum.within
    for unit in {event.row.unit for event in events if event.row.unit is not None}:
        rows = sorted((e.row for e in events if e.row.unit == unit and e.row.actor), key=lambda row: row.at)
        reached = reaching(rows, quorum)
        for run in _runs(rows, gap):
            crossings = [row.at for row in run if row.at in reached]
            if crossings:
                open_ = _open(evidence, trigger, gap, run[-1].at, unit)
                yield Started(compact(crossings[0]), unit, None, crossings[0], run[-1].at, None, open_)


def reaching(rows: Sequence[Row], quorum: Quorum) -> set[datetime]:
    """The instants of reports by which enough households have reported within the time before."""
    return {
        row.at
        for row in rows
        if row.actor
        and len({other.actor for other in rows if other.actor and row.at - quorum.within <= other.at <= row.at})
        >= quorum.households
    }


def _crosses(trigger: Trigger, row: Row) -> bool:
    return trigger.threshold is None or (row.value is not None and row.value >= trigger.threshold)


def _runs(rows: Sequence[Row], gap: timedelta) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        if run and row.at - max(one.until or one.at for one in run) >= gap:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _open(
    evidence: Evidence,
    trigger: Trigger,
    merge_gap: timedelta,
    end: datetime,
    unit: str | None,
    zone: str | None = None,
) -> bool:
    """Open until `merge_gap` has passed since the last event under complete coverage of the trigger's source."""
    quiet = end + merge_gap
    if evidence.as_of < quiet:
        return True
    assert trigger.stream is not None
    gaps = evidence.gaps(trigger.stream, trigger.kind, end, quiet)
    gaps = [gap for gap in gaps if gap.debtor is None and (unit is not None or gap.zone in (None, zone))]
    return any(gap.on(unit) and gap.start < quiet and end + TICK < gap.end for gap in gaps)
