"""Clocks, and the duties that they run on: obligation x unit x (trigger or period).

A clock is one (trigger, class, zone or unit): its due time is computed once, not once per unit. The sheet of a duty is
the local date on which its trigger was crossed or its period starts: that date is known from the first instant on and
never moves, whereas a clock that runs from a trigger's end does not yet run while the trigger is open
(docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

import duckdb
import pyarrow as pa

from dutywatch.clock import compact
from dutywatch.judge.answering import answering
from dutywatch.judge.case import Case
from dutywatch.terms import Unit
from dutywatch.terms.obligation import Scope
from dutywatch.terms.units import by_id, course

INSTANT = pa.timestamp("us", tz="UTC")
DUTIES = (
    "CREATE OR REPLACE TEMP TABLE duties (duty INTEGER, duty_id VARCHAR, unit VARCHAR, unit_class VARCHAR, "
    "length_m DOUBLE, clock INTEGER, key VARCHAR, party VARCHAR, excused_by VARCHAR, excused_at TIMESTAMPTZ)"
)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One clock. Acts count from `lower` on; `due` None: it is not known yet (the trigger is open, or a suspension is).

    It runs on the units of `unit_class` (where `of_class`), of `zone`, of `course`, or on `unit` alone; None: on all.
    Of these it is about those of `only` (None: all), but for those of `but`. `sheet` is its sheet, `day` the local date
    whose units, assignments and words hold. `begins` and `ends` are the trigger's. `key` joins acts to its duties where
    the unit does not; `named` is the unit that the record names, where the contract as a whole stands in for it;
    `until` is the next trigger's crossing, after which refutations belong to that; `reset_at` the crossing that starts
    it anew, `successor` that trigger. Evidence that came after `proof_until` does not count. `soonest`: while its
    trigger is open, when it may fall due at the earliest. `opens`: of a rolling window, whether it is the first that is
    owed.
    """

    trigger: str
    sheet: date
    day: date
    begins: datetime
    ends: datetime
    start: datetime | None
    lower: datetime
    due: datetime | None
    soonest: datetime | None = None
    risk: datetime | None = None
    until: datetime | None = None
    of_class: bool = False
    unit_class: str | None = None
    zone: str | None = None
    course: str | None = None
    unit: str | None = None
    key: str | None = None
    named: str | None = None
    reset_at: datetime | None = None
    successor: str | None = None
    proof_until: datetime | None = None
    suspended: bool = False
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()
    opens: bool = False

    def on(self, units: frozenset[str]) -> Self:
        """The clock, on some units alone."""
        return replace(self, only=units if self.only is None else self.only & units)

    def without(self, units: frozenset[str]) -> Self:
        """The clock, on all but some units."""
        return replace(self, but=self.but | units)

    @property
    def earliest(self) -> datetime:
        """From when on acts may count."""
        return self.lower

    def without_reset(self) -> Self:
        """The clock, which no new trigger starts anew."""
        return replace(self, reset_at=None, successor=None)

    def line(self) -> str:
        """The clock as one line of text, for the digest of a sheet's inputs."""
        known = (
            *(self.begins, self.ends, self.start, self.lower, self.due, self.soonest, self.risk, self.until),
            self.reset_at,
        )
        instants = [compact(one) if one else "-" for one in known]
        places = (self.unit_class, self.zone, self.course, self.unit, self.key, self.named)
        some = [f"{sign}{unit}" for sign, units in (("=", self.only or ()), ("-", self.but)) for unit in sorted(units)]
        told = (self.trigger, *places, self.day, self.successor, *instants, self.proof_until, self.suspended, *some)
        return " ".join(map(str, told))


def in_scope(scope: Scope, units: Sequence[Unit]) -> list[Unit]:
    """The units that an obligation is owed on. A unit without a class is in no scope that names classes."""
    return [unit for unit in units if unit.within(scope)]


def lay_out(
    case: Case[Any],
    clocks: Sequence[Clock],
    units: Sequence[Unit],
    rivals: Sequence[tuple[Case[Any], Sequence[Clock]]] = (),
) -> None:
    """Make the tables `clocks` and `duties`: every unit under every clock of its class and zone, on its day.

    The clocks of `rivals` are laid out after those of the case itself, each on the units that its case is about.

    `units` are those in scope (or what stands for them, see `judge.groups`). A duty's `party` is the one that the
    assignments of the clock's day name; `excused_by` is the decision that excuses it: of two persons, or taken before
    the duty can have been due (docs/decisions/0038); `excused_at` is when one person alone took it, by which it must
    not have lapsed either (docs/decisions/0045).
    """
    duck = case.evidence.duck
    laid = [*clocks, *(clock for _, some in rivals for clock in some)]
    duck.register("clocks_given", clocks_table(laid))
    duck.execute("CREATE OR REPLACE TEMP TABLE clocks AS SELECT * FROM clocks_given")
    apart = any(clock.course is not None for clock in laid)
    duck.register("units_given", units_table(units, case.terms.units.rows if apart else ()))
    _table(duck, "only_given", [(n, unit) for n, clock in enumerate(laid) for unit in clock.only or ()], _ON)
    _table(duck, "but_given", [(n, unit) for n, clock in enumerate(laid) for unit in clock.but], _ON)
    _table(duck, "assigned_given", answering(case), _ASSIGNED)
    _excusing(case)
    duck.execute(DUTIES)
    duck.execute(
        "INSERT INTO duties WITH owed AS ("
        "  SELECT u.*, c.* FROM units_given u JOIN clocks c ON c.clock_unit = u.unit"
        "  UNION ALL"
        "  SELECT u.*, c.* FROM units_given u JOIN clocks c ON c.clock_unit IS NULL"
        "  AND (NOT c.of_class OR c.clock_class IS NOT DISTINCT FROM u.unit_class)"
        "  AND (c.clock_zone IS NULL OR c.clock_zone = u.zone)"
        "  AND (c.clock_course IS NULL OR c.clock_course = u.course)"
        "), valid AS ("
        "  SELECT *, $prefix || unit || '/' || trigger AS duty_id FROM owed"
        "  WHERE coalesce(valid_from <= day, true) AND coalesce(day <= valid_to, true)"
        "  AND (clock, unit) NOT IN (FROM but_given)"
        "  AND (NOT limited OR (clock, unit) IN (FROM only_given))"
        "), assigned AS ("
        "  SELECT v.duty_id, min(a.party) AS party FROM valid v JOIN assigned_given a"
        "  ON (a.unit_class IS NULL OR coalesce(a.unit_class = v.unit_class, false))"
        "  AND (a.zone IS NULL OR coalesce(a.zone = v.zone, false))"
        "  AND coalesce(a.unit = coalesce(v.named, v.unit), true)"
        "  AND a.since <= v.day AND coalesce(v.day <= a.until, true) GROUP BY 1"
        "), excused AS ("
        "  SELECT v.duty_id, arg_min(e.grounds, (NOT e.two, e.recorded_at, e.grounds)) AS grounds,"
        "  CASE WHEN NOT bool_or(e.two) THEN min(e.recorded_at) END AS recorded_at FROM valid v JOIN excusing_given e"
        "  ON coalesce(e.unit = v.unit, true) AND coalesce(e.trigger = v.trigger, true)"
        "  AND (e.two OR coalesce(e.recorded_at < coalesce(v.due_at, v.soonest), true)) GROUP BY 1"
        ") SELECT row_number() OVER (ORDER BY duty_id), duty_id, unit, unit_class, length_m, clock,"
        "  coalesce(key, unit), coalesce(a.party, $party), e.grounds, e.recorded_at"
        " FROM valid LEFT JOIN assigned a USING (duty_id) LEFT JOIN excused e USING (duty_id)",
        {"prefix": f"{case.terms.id}/{case.name}/", "party": case.obligation.party},
    )


def clocks_table(found: Sequence[Clock]) -> pa.Table:
    """The relation `clocks`, with the class, zone and unit that each clock is for."""
    texts = {
        name: pa.array([getattr(c, field) for c in found], pa.string())
        for name, field in {
            "trigger": "trigger",
            "clock_class": "unit_class",
            "clock_zone": "zone",
            "clock_course": "course",
            "clock_unit": "unit",
            "key": "key",
            "named": "named",
            "successor": "successor",
        }.items()
    }
    instants = {
        name: pa.array([getattr(c, field) for c in found], INSTANT)
        for name, field in {
            "trigger_from": "begins",
            "trigger_to": "ends",
            "t0": "start",
            "lower": "lower",
            "due_at": "due",
            "soonest": "soonest",
            "risk_at": "risk",
            "until_at": "until",
            "reset_at": "reset_at",
        }.items()
    }
    dates = {name: pa.array([getattr(c, name) for c in found], pa.date32()) for name in ("sheet", "day")}
    told = ("of_class", "suspended", "opens")
    flags = {name: pa.array([getattr(c, name) for c in found], pa.bool_()) for name in told}
    flags["limited"] = pa.array([c.only is not None for c in found], pa.bool_())
    return pa.table({"clock": pa.array(range(len(found)), pa.int32()), **texts, **instants, **dates, **flags})


def units_table(units: Sequence[Unit], register: Sequence[Unit] = ()) -> pa.Table:
    """Units as a relation (unit, unit_class, zone, course, length_m, valid_from, valid_to).

    `register`: all rows of all units, where their courses matter.
    """
    courses = {name: course(rows) for name, rows in by_id(register).items()}
    return pa.table(
        {
            "unit": pa.array([u.id for u in units], pa.string()),
            "unit_class": pa.array([u.class_ for u in units], pa.string()),
            "zone": pa.array([u.zone for u in units], pa.string()),
            "course": pa.array([courses.get(u.id, "") for u in units], pa.string()),
            "length_m": pa.array([u.length_m for u in units], pa.float64()),
            "valid_from": pa.array([u.valid_from for u in units], pa.date32()),
            "valid_to": pa.array([u.valid_to for u in units], pa.date32()),
        }
    )


def window(found: Sequence[Clock]) -> tuple[datetime, datetime]:
    """The interval in which gaps can matter to these clocks: until the last due time that is known."""
    return min(c.lower for c in found), max(c.due or c.lower for c in found)


def _excusing(case: Case[Any]) -> None:
    """`excusing_given` (unit, trigger, grounds, recorded_at, two): the decisions that may excuse duties."""
    rows = [(one.unit, one.trigger, one.grounds, one.recorded_at, one.two) for one in case.excuses]
    _table(case.evidence.duck, "excusing_given", rows, _EXCUSING)


_ASSIGNED = {
    "party": pa.string(),
    "unit_class": pa.string(),
    "zone": pa.string(),
    "unit": pa.string(),
    "since": pa.date32(),
    "until": pa.date32(),
}
_ON = {"clock": pa.int32(), "unit": pa.string()}
_EXCUSING = {
    "unit": pa.string(),
    "trigger": pa.string(),
    "grounds": pa.string(),
    "recorded_at": INSTANT,
    "two": pa.bool_(),
}


def _table(
    duck: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]], columns: dict[str, pa.DataType]
) -> None:
    given = {
        column: pa.array([row[index] for row in rows], kind) for index, (column, kind) in enumerate(columns.items())
    }
    duck.register(name, pa.table(given))
