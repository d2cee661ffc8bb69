"""Duties of a `respond` obligation: its clocks, and the units that each clock runs on.

A clock is one (trigger, class, zone): the due time is computed once for it, not once per unit.
The sheet of a duty is the local date on which its trigger was crossed: that date is known from the
first instant on and never moves, whereas a clock that runs from a trigger's end does not yet run
while the trigger is open (docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from dutywatch.clock import compact, local_date, share_of
from dutywatch.judge.coverage import END
from dutywatch.judge.episodes import Episode
from dutywatch.terms import Contract, Obligation, Unit

INSTANT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Clock:
    """One clock: acts count from `lower` on; `until` is the next trigger's crossing on the same zone."""

    trigger: str
    unit_class: str | None
    zone: str | None
    date: date
    start: datetime | None
    lower: datetime
    due: datetime | None
    risk: datetime | None
    until: datetime | None

    def line(self) -> str:
        """The clock as one line of text, for the digest of a sheet's inputs."""
        instants = [compact(one) if one else "-" for one in (self.start, self.lower, self.due, self.until)]
        return " ".join([self.trigger, str(self.unit_class), str(self.zone), *instants])


def clocks(
    contract: Contract, obligation: Obligation, classes: Sequence[str | None], episodes: Sequence[Episode]
) -> list[Clock]:
    """The clocks that `episodes` start, for each class in scope that is owed something."""
    found: list[Clock] = []
    for index, episode in enumerate(episodes):
        until = next((e.crossed_at for e in episodes[index + 1 :] if e.zone == episode.zone), None)
        for unit_class in classes:
            clock = _clock(contract, obligation, unit_class, episode, until)
            if clock is not None:
                found.append(clock)
    return found


def _clock(
    contract: Contract,
    obligation: Obligation,
    unit_class: str | None,
    episode: Episode,
    until: datetime | None,
) -> Clock | None:
    allowance = obligation.allowance(unit_class, episode.magnitude)
    if allowance is None:
        return None
    early = obligation.clock.early or timedelta()
    from_end = obligation.clock.from_ == "trigger.end"
    anchor = episode.ended_at if from_end else episode.crossed_at
    crossed_on = local_date(episode.crossed_at, contract.zone)
    if not contract.term.from_ <= local_date(anchor, contract.zone) <= contract.term.to:
        return None  # no duty starts outside the term
    start = None if from_end and not episode.closed else anchor
    due = allowance.due(start, contract.zone) if start else None
    return Clock(
        trigger=episode.key,
        unit_class=unit_class,
        zone=episode.zone,
        date=crossed_on,
        start=start,
        lower=anchor - early,
        due=due,
        risk=share_of(start, due, obligation.at_risk) if start and due else None,
        until=until,
    )


def in_scope(obligation: Obligation, units: Sequence[Unit]) -> list[Unit]:
    """The units that the obligation is owed on. A unit without a class is in no scope that names classes."""
    scope = obligation.scope
    return [
        unit
        for unit in units
        if (scope.class_ is None or unit.class_ in scope.class_) and (scope.zone is None or unit.zone in scope.zone)
    ]


def clocks_table(found: Sequence[Clock]) -> pa.Table:
    """The relation `clocks` of sql/patterns/respond.sql, with the class and zone that each clock is for."""
    return pa.table(
        {
            "clock": pa.array(range(len(found)), pa.int32()),
            "trigger": pa.array([c.trigger for c in found], pa.string()),
            "clock_class": pa.array([c.unit_class for c in found], pa.string()),
            "clock_zone": pa.array([c.zone for c in found], pa.string()),
            "t0": pa.array([c.start for c in found], INSTANT),
            "lower": pa.array([c.lower for c in found], INSTANT),
            "due_at": pa.array([c.due for c in found], INSTANT),
            "risk_at": pa.array([c.risk for c in found], INSTANT),
            "until_at": pa.array([c.until for c in found], INSTANT),
        }
    )


def units_table(units: Sequence[Unit]) -> pa.Table:
    """Units as a relation (unit, unit_class, zone)."""
    return pa.table(
        {
            "unit": pa.array([u.id for u in units], pa.string()),
            "unit_class": pa.array([u.class_ for u in units], pa.string()),
            "zone": pa.array([u.zone for u in units], pa.string()),
        }
    )


def duties_query() -> str:
    """The relation `duties`: every unit in scope under every clock of its class and zone."""
    return (
        "SELECT $prefix || unit || '/' || trigger AS duty_id, unit, unit_class, clock "
        "FROM scope_units JOIN clocks ON unit_class IS NOT DISTINCT FROM clock_class "
        "AND (clock_zone IS NULL OR clock_zone = zone)"
    )


def window(found: Sequence[Clock]) -> tuple[datetime, datetime]:
    """The interval in which gaps can matter to these clocks."""
    return min(c.lower for c in found), max((c.due or c.lower for c in found), default=END)
