"""Observations merged into episodes: the triggers that start clocks (SEMANTICS section 3).

An episode is made of observations of one zone that are less than `merge_gap` apart; a re-issued or
overlapping warning extends it. It exists from the instant at which its threshold is crossed, and it
stays open until `merge_gap` has passed since its last observation under complete coverage: an end that
was only forecast closes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dutywatch.clock import compact
from dutywatch.judge.coverage import Gap
from dutywatch.terms.trigger import Trigger

_TICK = timedelta(microseconds=1)  # what happens at the instant of the last observation does not prolong an episode


@dataclass(frozen=True)
class Observation:
    """One event of the trigger's stream and kinds; `until` is an end that it states, `value` its measure.

    `times` are further instants that it states, by the names of their columns; `earlier` is the other reading of a
    doubtful `at`, `times_or` those of the doubtful ones among `times`.
    """

    at: datetime
    until: datetime | None
    zone: str | None
    value: float | None
    ref: str
    unit: str | None = None
    actor: str | None = None
    record: str | None = None
    times: Mapping[str, datetime | None] = field(default_factory=dict)
    earlier: datetime | None = None
    times_or: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Episode:
    """A trigger: `crossed_at` is part of its key, `magnitude` the greatest value seen in it.

    `unit`: the one unit that it concerns; None: all units of its zone. `record`: the record's own key, if it is one;
    `row`: what tells it from other rows of that record. `crossed_or`, `ended_or` and `times_or`: the other readings of
    these instants, where the local time that tells them has two.
    """

    zone: str | None
    crossed_at: datetime
    ended_at: datetime
    magnitude: float | None
    closed: bool
    refs: tuple[str, str]
    unit: str | None = None
    record: str | None = None
    row: str | None = None
    times: Mapping[str, datetime | None] = field(default_factory=dict)
    times_or: Mapping[str, datetime] = field(default_factory=dict)
    crossed_or: datetime | None = None
    ended_or: datetime | None = None

    @property
    def key(self) -> str:
        """The trigger's key: that of its row or record, else instant of crossing and zone."""
        if self.record is not None:
            return self.row or self.record
        instant = compact(self.crossed_at)
        return f"{instant}@{self.zone}" if self.zone else instant


def closed(gaps: Iterable[Gap], ended_at: datetime, merge_gap: timedelta, as_of: datetime) -> bool:
    """Whether `merge_gap` has passed since the last event under complete coverage of the trigger's source."""
    quiet_until = ended_at + merge_gap
    covered = not any(gap.start < quiet_until and gap.end > ended_at + _TICK for gap in gaps)
    return covered and quiet_until <= as_of


def episodes(
    trigger: Trigger, observations: Iterable[Observation], gaps: Sequence[Gap], as_of: datetime
) -> list[Episode]:
    """The episodes among `observations` (none after `as_of`), sorted by crossing, then zone."""
    by_zone: dict[str | None, list[Observation]] = {}
    for one in sorted(observations, key=lambda o: (o.at, o.until or o.at, o.ref)):
        by_zone.setdefault(one.zone, []).append(one)
    found = [
        episode
        for zone in by_zone.values()
        for run in _runs(zone, _merge_gap(trigger))
        if (episode := _episode(run, trigger, gaps, as_of)) is not None
    ]
    return sorted(found, key=lambda e: (e.crossed_at, e.zone or ""))


def _merge_gap(trigger: Trigger) -> timedelta:
    assert trigger.merge_gap is not None  # noqa: S101 - the model asks it of every episode
    return trigger.merge_gap


def _runs(observations: list[Observation], merge_gap: timedelta) -> list[list[Observation]]:
    runs: list[list[Observation]] = []
    end: datetime | None = None
    for one in observations:
        if end is None or one.at - end >= merge_gap:
            runs.append([])
            end = None
        runs[-1].append(one)
        last = one.until or one.at
        end = last if end is None else max(end, last)
    return runs


def _reaches(value: float | None, threshold: float | None) -> bool:
    """Whether an observation crosses the threshold; a measure that is not known crosses none."""
    return threshold is None or (value is not None and value >= threshold)


def _episode(run: list[Observation], trigger: Trigger, gaps: Sequence[Gap], as_of: datetime) -> Episode | None:
    crossing = next((o for o in run if _reaches(o.value, trigger.threshold)), None)
    if crossing is None:
        return None
    ended_at = max(o.until or o.at for o in run)
    values = [o.value for o in run if o.value is not None]
    return Episode(
        zone=run[0].zone,
        crossed_at=crossing.at,
        ended_at=ended_at,
        magnitude=max(values) if values else None,
        closed=closed((gap for gap in gaps if gap.zone in (None, run[0].zone)), ended_at, _merge_gap(trigger), as_of),
        refs=(crossing.ref, run[-1].ref),
        crossed_or=crossing.earlier,
        ended_or=next((o.earlier for o in run if o.until is None and o.at == ended_at), None),
    )
