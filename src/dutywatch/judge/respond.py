"""The pattern *respond*: what sql/patterns/respond.sql reads, and what two readings of a clock come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import duckdb
import pyarrow as pa

from dutywatch.judge import consumed, firsts, resets, running, shares
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.duties import Clock, in_scope, lay_out, window
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.gaps import DOUBTFUL, every_gap, gaps_table
from dutywatch.judge.running import Breaches, Running
from dutywatch.judge.timeline import Interval
from dutywatch.terms import Unit
from dutywatch.terms.obligation import Refutation
from dutywatch.terms.patterns import Recur, Respond
from dutywatch.terms.trigger import Quorum

_LOCATED = ("from_m", "to_m", "out_of")  # what is read of acts that do a share of a unit's length


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


def clocks(case: Case[Respond], breaches: Breaches = ()) -> list[Clock]:
    """The clocks that triggers start, for each class in scope that is owed something, in order of their triggers."""
    return resets.anew(case, running.clocks(case, breaches))


def run(case: Case[Respond], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties under the clocks `found` to the table `verdicts`."""
    _run(case, found, "verdicts")
    mine = [clock for clock in found if isinstance(clock, Running)]
    theirs = [clock for _, clocks in case.rivals for clock in clocks]
    rows = {clock.trigger: clock.stated_by for clock in (*mine, *theirs) if clock.other}
    if not rows:
        return
    if case.obligation.action.consume is None:  # else any clock's reading may tell which act serves whom
        mine = [clock for clock in mine if clock.other]
    otherwise = ((one, tuple(clock.other or clock for clock in clocks)) for one, clocks in case.rivals)
    by_the_other = replace(case, rivals=tuple(otherwise))
    case.evidence.duck.execute("CREATE OR REPLACE TEMP TABLE readings AS FROM verdicts LIMIT 0")
    _run(by_the_other, [clock.other or clock for clock in mine], "readings")
    _agree(case, rows)


def _agree(case: Case[Respond], rows: Mapping[str, str | None]) -> None:
    """Where clocks start at a doubtful time, what both readings come to; else pending, or unproven.

    `rows`: the rows that state these times, by triggers.
    """
    case.evidence.duck.execute(
        "UPDATE verdicts v SET wake_at = least(v.wake_at, r.wake_at) FROM readings r WHERE r.duty_id = v.duty_id"
    )
    case.evidence.duck.execute(
        "UPDATE verdicts v SET verdict = 'pending', standing = r.standing, at_risk = r.at_risk, reason = r.reason, "
        "evidence = r.evidence, owed_by = r.owed_by, proof_due = r.proof_due, fulfilled_at = NULL, lapsed_at = NULL, "
        "successor = NULL, due_at = coalesce(v.due_at, r.due_at) FROM readings r "
        "WHERE r.duty_id = v.duty_id AND v.verdict <> 'pending' AND r.verdict = 'pending'"
    )
    stated = [(trigger, row) for trigger, row in rows.items() if row is not None]
    given = {
        "trigger": pa.array([trigger for trigger, _ in stated], pa.string()),
        "doubt": pa.array([f"{row} {DOUBTFUL}" for _, row in stated], pa.string()),
        "holder": pa.array([case.evidence.holder(row) for _, row in stated], pa.string()),
    }
    case.evidence.duck.register("stated_given", pa.table(given))
    case.evidence.duck.execute(
        "UPDATE verdicts v SET verdict = 'unproven', standing = 'unproven', fulfilled_at = NULL, lapsed_at = NULL, "
        "successor = NULL, due_at = coalesce(v.due_at, r.due_at), owed_by = r.holders, "
        "reason = 'the evidence is incomplete: ' || r.doubts FROM ("
        "  SELECT r.duty_id, r.verdict, r.due_at, string_agg(DISTINCT s.doubt, '; ' ORDER BY s.doubt) AS doubts, "
        "  string_agg(DISTINCT s.holder, ', ' ORDER BY s.holder) AS holders FROM readings r JOIN stated_given s "
        "  ON s.trigger = r.trigger OR r.trigger NOT IN (SELECT trigger FROM stated_given) GROUP BY ALL"
        ") r WHERE r.duty_id = v.duty_id AND v.verdict <> 'pending' AND v.verdict <> r.verdict"
    )


def _run(case: Case[Respond], found: Sequence[Clock], into: str) -> None:
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    action = obligation.action
    asked = acts(obligation, "later" if into == "verdicts" else "earlier")
    own, sides = len(found), [(case, found), *case.rivals]
    found = [clock for _, clocks in sides for clock in clocks]
    units = [*in_scope(obligation.scope, case.terms.units.rows), *_stand_in(case, found)]
    lay_out(case, sides[0][1], units, case.rivals)
    resets.lay_heirs(duck, found)
    resets.lay_perhaps(case, found[:own])
    over = (min(c.lower for c in found), evidence.as_of)
    kind = "kind" if action.all_of > 1 else "NULL::VARCHAR AS kind"
    located = [one if action.share is not None else f"NULL::DOUBLE AS {one}" for one in _LOCATED]
    served = "NULL::INTEGER AS duty"
    refutations(evidence, obligation.refuted_by, over)
    firsts.see(case)
    (firsts if action.share is None else shares).find(case, asked, over)
    firsts.entangle(case, asked, over, ("key", kind, '"at"', "earlier", "rank", "party", "ref", *located, served))
    if action.consume is not None:
        heard = {n: consumed.told(one.evidence, asked, over[0]) for n, (one, _) in enumerate(sides)}
        consumed.assign(duck, [n for n, (_, clocks) in enumerate(sides) for _ in clocks], heard)
    else:
        consumed.forget(duck)
    first, last = window(found)
    if any(clock.suspended for clock in found):
        last = max(last, evidence.as_of)
    duck.register("gaps_given", gaps_table(every_gap(evidence, asked, (first, last), action.min_duration)))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    mine = "WHERE duty_id IN (SELECT duty_id FROM duties WHERE clock < $own)" if own < len(found) else ""
    duck.execute(
        f"INSERT INTO {into} BY NAME FROM ({case.statement}\n) {mine}",
        {
            **({"own": own} if mine else {}),
            "contract": f"{case.terms.id}/{case.name}/",
            "as_of": evidence.as_of,
            "kinds": action.all_of,
            "share": action.share,
            "once": action.consume is not None,
            "own_record": asked.versions,
            "compared": isinstance(obligation.within, str),
            "silence": obligation.silence,
        },
    )


def acts(owed: Respond | Recur, reading: Literal["later", "earlier"] = "later") -> Selection:
    """The events that an action asks for; where records of the same stream start the clocks, they state them.

    `reading`: by which of two such a record is read, its acts and its clock alike.
    """
    action = owed.action
    more = _LOCATED if action.share is not None else ()
    key = owed.joined_by if isinstance(owed, Respond) else tuple(action.match)
    asked = Selection(action.stream, action.kinds, action.where, action.at, key, more, owed=True)
    own = isinstance(owed, Respond) and owed.of_its_record
    return replace(asked, versions=True, reading=reading) if own else asked


def refutations(evidence: Evidence, refuted_by: Refutation | None, over: Interval) -> None:
    """The table `refutations` (unit, at, later, rank, ref, sure): observations that a unit is not done.

    Of a local time with two readings the earlier is sure: who saw it undone at the later one saw that it was before. By
    the later one (`later`) more may be excluded: that row is not `sure`. Where a quorum of citizens is asked for, the
    reports by which enough households have reported; nobody's are none. What is sure is reached by all readings of
    their times; by some of them, it may be (docs/decisions/0051).
    """
    duck = evidence.duck
    if refuted_by is None:
        duck.execute(
            'CREATE OR REPLACE TEMP TABLE refutations (unit VARCHAR, "at" TIMESTAMPTZ, later TIMESTAMPTZ, '
            "rank INTEGER, ref BIGINT, sure BOOLEAN)"
        )
        return
    asked = Selection(refuted_by.stream, refuted_by.kind, refuted_by.where)
    if refuted_by.quorum is not None and over[0] > BEGINNING + refuted_by.quorum.within:
        over = over[0] - refuted_by.quorum.within, over[1]  # the first of its reports may lie before acts count
    evidence.select(
        "told", asked, over, "unit", "actor", 'coalesce(earlier, "at") AS "at"', '"at" AS later', "rank", "ref"
    )
    duck.execute('CREATE OR REPLACE TEMP TABLE perhaps AS SELECT unit, later, rank, ref FROM told WHERE later > "at"')
    if refuted_by.quorum is not None:
        _quorate(duck, refuted_by.quorum)
    duck.execute(
        'CREATE OR REPLACE TEMP TABLE refutations AS SELECT unit, "at", later, rank, ref, true AS sure FROM told '
        "UNION ALL SELECT unit, later, later, rank, ref, false FROM perhaps p "
        'WHERE NOT EXISTS (FROM told t WHERE t.ref = p.ref AND t."at" = p.later)'
    )


def _quorate(duck: duckdb.DuckDBPyConnection, quorum: Quorum) -> None:
    """Leave in `told` the reports by which enough households reported, by all readings; those by some: `perhaps`."""
    given = {"within": int(quorum.within / timedelta(microseconds=1)), "households": quorum.households}
    duck.execute("DELETE FROM told WHERE actor IS NULL")
    duck.execute(
        'CREATE OR REPLACE TEMP TABLE perhaps AS SELECT r.unit, r."at" AS later, r.rank, r.ref '
        'FROM (SELECT * FROM told UNION SELECT * REPLACE (later AS "at") FROM told) r '
        'JOIN told o ON o.unit = r.unit AND (o."at" <= r."at" AND epoch_us(o."at") >= epoch_us(r."at") - $within '
        '  OR o.later <= r."at" AND epoch_us(o.later) >= epoch_us(r."at") - $within) '
        "GROUP BY ALL HAVING count(DISTINCT o.actor) >= $households",
        given,
    )
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE told AS "
        'SELECT r.unit, max(o."at") AS "at", r.later, r.rank, r.ref FROM told r JOIN told o ON o.unit = r.unit '
        'AND o.later <= r.later AND epoch_us(o."at") >= epoch_us(r.later) - $within '
        "GROUP BY r.unit, r.later, r.rank, r.ref HAVING count(DISTINCT o.actor) >= $households",
        given,
    )


def _stand_in(case: Case[Respond], found: Sequence[Clock]) -> list[Unit]:
    """The contract as a whole stands in for units that a record does not state or the register does not know."""
    whole = case.terms.id
    return [Unit(whole, None, None, None)] if any(clock.unit == whole for clock in found) else []
