"""Which clocks start anew: where the contract declares it, a new trigger puts another duty in the place of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from dutywatch.clock import local_date, midnight
from dutywatch.judge import triggers
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING, TICK, Gap
from dutywatch.judge.duties import Clock
from dutywatch.judge.gaps import gaps, gaps_table, row_gaps
from dutywatch.judge.read import breaches_in_doubt
from dutywatch.judge.running import Place, Running
from dutywatch.terms.patterns import Respond


def anew(case: Case[Respond], made: Sequence[Running]) -> list[Clock]:
    """Where the contract declares it, a new trigger before the due time starts the clock anew.

    The chain is that of the triggers on a zone and class, or on the units of a course, not of a unit: `at_most` after
    its first clock start no later trigger resets, whatever single units had done by then, so that no winter is
    swallowed (decision 0011).
    """
    reset = case.obligation.reset
    if reset is None:
        return list(made)
    found: list[Clock] = []
    hidden = _hidden(case, made)
    places: dict[Place, list[Running]] = {}
    for clock in sorted(made, key=lambda c: (c.begins, c.trigger)):
        on_one = clock.named or clock.unit  # whatever the register says of it by then
        place = replace(clock.place, zone=None) if clock.course else clock.place  # wherever its units lie by then
        places.setdefault(Place(None, None, on_one) if on_one else place, []).append(clock)
    for some in places.values():
        chain: datetime | None = None
        for index, clock in enumerate(some):
            first = chain or clock.start or clock.begins
            # a trigger that owes nothing here starts no clock anew
            heir = next((c for c in some[index + 1 :] if c.begins > clock.begins), None) if clock.until else None
            started = _by_either(clock, heir, first + reset.at_most) if heir else clock
            chain = first if started.reset_at else None
            found.append(_perhaps(case, started, first + reset.at_most, hidden))
    return sorted(found, key=lambda c: (c.begins, c.trigger))


def _hidden(case: Case[Respond], made: Sequence[Running]) -> list[Gap]:
    """Where triggers may be that nobody knows of: what would tell of them, or of the breach that is one, is missing.

    Of a source that promises no complete record, what nobody recorded starts nothing anew.
    """
    over = min((c.begins for c in made), default=BEGINNING), max((c.due for c in made if c.due), default=BEGINNING)
    if over[0] >= over[1]:
        return []
    found: list[Gap] = []
    for one in case.starting:
        asked = triggers.selection(one)
        some = [*gaps(case.evidence, asked, over, promised=True), *row_gaps(case.evidence, asked)]
        found += triggers.anywhere(one, some)
    return [*found, *breaches_in_doubt(case.evidence, case.causes, over)]


def _perhaps(case: Case[Respond], clock: Running, at_most: datetime, hidden: Sequence[Gap]) -> Running:
    """The clock, with what hides a new trigger that would have started it anew, by any reading (docs/decisions/0054).

    What is less than `merge_gap` after the last event of its own trigger is part of that.
    """
    if clock.due is None:
        return clock
    term = case.terms.contract.term.to + timedelta(days=1)
    last = min(clock.due, at_most + TICK, midnight(term, case.terms.contract.zone))
    since = clock.ends + (case.obligation.trigger.pause or TICK)
    some = tuple(
        replace(gap, start=max(gap.start, since), end=min(gap.end, last))
        for gap in hidden
        if gap.start < last and gap.end > since < last
    )
    other = _perhaps(case, clock.other, at_most, hidden) if clock.other else None
    return replace(clock, perhaps=some, other=other)


def _by_either(clock: Running, heir: Running, at_most: datetime) -> Running:
    """The clock, which a new trigger starts anew if it comes in time: before the due time, and not after `at_most`.

    Where that trigger's own time has two readings, by the other one it may, or may not.
    """
    found = _at(clock, heir, heir.begins, at_most)
    if clock.other is None and heir.crossed_or is None:
        return found
    other = _at(clock.other or clock, heir, heir.crossed_or or heir.begins, at_most)
    if clock.other is None and (other.reset_at is None) == (found.reset_at is None):
        return found
    return replace(found, other=other, stated_by=clock.stated_by or heir.crossed_by)


def _at(clock: Running, heir: Running, crossing: datetime, at_most: datetime) -> Running:
    if (clock.due and crossing >= clock.due) or crossing > at_most:
        return clock
    return replace(clock, reset_at=crossing, successor=heir.trigger, heir_on=heir.day)


def alike(found: Sequence[tuple[Case[Any], Clock]]) -> list[tuple[Case[Any], Clock]]:
    """The clocks; none is reset in favour of one that the words of its own day do not start."""
    started: dict[str, set[Place]] = {}
    for _, clock in found:
        if isinstance(clock, Running):
            started.setdefault(clock.trigger, set()).add(clock.place)
    return [
        (case, clock.reset_in(started.get(clock.heir, ())))
        if isinstance(clock, Running) and clock.heir is not None
        else (case, clock)
        for case, clock in found
    ]


def lay_heirs(duck: duckdb.DuckDBPyConnection, found: Sequence[Clock]) -> None:
    """The table `heirs` (duty): duties in whose place a new trigger puts another, on the same unit."""
    days = [
        (number, clock.heir_on, place)
        for number, clock in enumerate(found)
        if isinstance(clock, Running) and clock.heir_on  # most obligations reset nothing
        for place in clock.heirs
    ]
    given = {
        "clock": pa.array([number for number, _, _ in days], pa.int32()),
        "heir_on": pa.array([day for _, day, _ in days], pa.date32()),
        "heir_class": pa.array([place.unit_class for _, _, place in days], pa.string()),
        "heir_zone": pa.array([place.zone for _, _, place in days], pa.string()),
        "heir_unit": pa.array([place.unit for _, _, place in days], pa.string()),
    }
    duck.register("heirs_given", pa.table(given))
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE heirs AS WITH known AS ("
        "  SELECT h.*, u.unit, u.zone FROM heirs_given h JOIN units_given u ON h.heir_unit IS NULL "
        "  AND h.heir_class IS NOT DISTINCT FROM u.unit_class AND coalesce(u.valid_from <= h.heir_on, true) "
        "  AND coalesce(h.heir_on <= u.valid_to, true)"
        "), places AS ("
        "  SELECT clock, unit FROM known WHERE heir_zone IS NULL OR heir_zone = zone"
        "  UNION SELECT clock, heir_unit FROM heirs_given WHERE heir_unit IS NOT NULL"
        ") SELECT d.duty FROM duties d SEMI JOIN places p ON p.clock = d.clock AND p.unit = d.unit"
    )


def lay_perhaps(case: Case[Respond], found: Sequence[Clock]) -> None:
    """The table `perhaps_anew` (duty, ...): what hides a new trigger that would put another in the place of a duty.

    It would have started a clock on the unit only where the unit existed then.
    """
    duck, zone = case.evidence.duck, case.terms.contract.zone
    some = [(n, gap) for n, clock in enumerate(found) if isinstance(clock, Running) for gap in clock.perhaps]
    days = {
        "clock": pa.array([number for number, _ in some], pa.int32()),
        "first_day": pa.array([local_date(gap.start, zone) for _, gap in some], pa.date32()),
        "last_day": pa.array([local_date(gap.end - TICK, zone) for _, gap in some], pa.date32()),
        "only_zone": pa.array([gap.zone for _, gap in some], pa.string()),
    }
    table = gaps_table([gap for _, gap in some])
    for name, values in days.items():
        table = table.append_column(name, values)
    duck.register("perhaps_given", table)
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE perhaps_anew AS SELECT DISTINCT d.duty, g.holder, g.missing, g.proof_due, "
        "g.proof_after, g.undelivered, g.undecided FROM perhaps_given g JOIN duties d USING (clock) "
        "JOIN clocks c USING (clock) JOIN units_given u ON u.unit = d.unit "
        "WHERE coalesce(g.unit = coalesce(c.named, d.unit), true) "
        "AND (g.only_zone IS NULL OR coalesce(g.only_zone = u.zone, false)) "
        "AND coalesce(u.valid_from <= g.last_day, true) AND coalesce(g.first_day <= u.valid_to, true)"
    )
