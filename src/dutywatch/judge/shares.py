"""The act that completes each duty by a share of its unit's length, for the duties that nothing entangles.

Acts are read once, in order of time, in slices of bounded size. From slice to slice a waiting duty keeps only the
stretches that are done, so that memory follows the number of duties, not that of acts. All is exact: no cells, no
masks. Duties with refutations are not looked for here, and those that others or doubtful times are involved in are
left to sql/patterns/respond.sql, with all their acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dutywatch.judge.case import Case
from dutywatch.judge.evidence import Selection
from dutywatch.judge.firsts import KEPT
from dutywatch.judge.timeline import Interval
from dutywatch.terms.patterns import Respond

MOST_ACTS = 400_000  # in a slice, as the deliveries count their rows
_WAITING = """
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT d.duty, d.key, d.party, c.lower, d.length_m, $share * d.length_m * (1 - 1e-12) AS need
FROM duties d JOIN clocks c USING (clock) ANTI JOIN seen s ON s.duty = d.duty
"""
_LAID = """
CREATE OR REPLACE TEMP TABLE laid AS
SELECT w.duty, a.at, a.ref, greatest(least(a.from_m, a.to_m) * coalesce(w.length_m / a.out_of, 1), 0) AS low,
       least(greatest(a.from_m, a.to_m) * coalesce(w.length_m / a.out_of, 1), w.length_m) AS high,
       coalesce(a.party <> w.party, false) OR a.earlier IS NOT NULL AS involved
FROM ({query}) a JOIN (FROM waiting WHERE lower <= $to) w ON w.key = a.key AND a.at >= w.lower
WHERE involved OR a.from_m IS NOT NULL AND a.to_m IS NOT NULL AND low < high
"""
_INVOLVED = "INSERT INTO firsts SELECT DISTINCT duty, NULL::TIMESTAMPTZ, NULL::BIGINT, true FROM laid WHERE involved"
_SERVED = "DELETE FROM {table} WHERE duty IN (SELECT duty FROM firsts)"
# stretches done before this slice have no time: they stand before all of its acts
_UNION = "INSERT INTO laid SELECT duty, NULL, NULL, low, high, false FROM stretches"
# which sixtieths of its unit a stretch touches, and which it fills: these bound what exact lengths would say
_MASKED = """(
    SELECT duty, "at", length_m, need, (bit << ceil(last)::BIGINT) - (bit << floor(first)::BIGINT) AS touched,
           greatest(0, (bit << floor(last)::BIGINT) - (bit << ceil(first)::BIGINT)) AS filled
    FROM (SELECT *, low * 60 / length_m AS first, high * 60 / length_m AS last, 1::BIGINT AS bit
          FROM laid JOIN waiting USING (duty)))
"""
_ENOUGH = "bit_count(filled) * length_m / 60 >= need"
_PERHAPS = "bit_count(touched) * length_m / 60 >= need * (1 - 1e-9)"  # room for rounding; what is left is looked at
_REACHED = f"""
CREATE OR REPLACE TEMP TABLE reached AS
WITH masks AS MATERIALIZED (
    SELECT duty, length_m, need, bit_or(touched) AS touched, bit_or(filled) AS filled
    FROM {_MASKED} GROUP BY duty, length_m, need
)
SELECT duty FROM masks WHERE {_ENOUGH}
UNION ALL
SELECT duty FROM (
    SELECT duty, low, high, max(high) OVER (
        PARTITION BY duty ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM laid SEMI JOIN (FROM masks WHERE {_PERHAPS} AND NOT {_ENOUGH}) m USING (duty))
JOIN waiting USING (duty) WHERE before IS NULL OR high > before
GROUP BY duty HAVING sum(high - greatest(low, coalesce(before, low))) >= any_value(need)
"""
_COMPLETED = f"""
INSERT INTO firsts
WITH bracket AS MATERIALIZED (
    SELECT duty, min("at") FILTER ({_PERHAPS}) AS since, min("at") FILTER ({_ENOUGH}) AS until
    FROM (SELECT duty, "at", length_m, need,
                 bit_or(touched) OVER so_far AS touched, bit_or(filled) OVER so_far AS filled
          FROM {_MASKED} SEMI JOIN reached USING (duty)
          WINDOW so_far AS (PARTITION BY duty ORDER BY "at" NULLS FIRST ROWS UNBOUNDED PRECEDING))
    GROUP BY duty
),
-- what the masks leave open, by exact lengths
mine AS MATERIALIZED (
    SELECT l.* FROM laid l JOIN bracket b USING (duty)
    WHERE b.since IS DISTINCT FROM b.until AND (b.until IS NULL OR l.at IS NULL OR l.at <= b.until)
),
ends AS (
    SELECT duty, m AS low, lead(m) OVER (PARTITION BY duty ORDER BY m) AS high
    FROM (SELECT DISTINCT duty, unnest([low, high]) AS m FROM mine)
),
parts AS (
    SELECT e.duty, e.high - e.low AS weight, min(coalesce(m.at, '-infinity'::TIMESTAMPTZ)) AS first_at
    FROM ends e JOIN mine m ON m.duty = e.duty AND m.low <= e.low AND m.high >= e.high
    GROUP BY e.duty, e.low, e.high
),
whole AS (
    SELECT duty, min(first_at) AS "at"
    FROM (SELECT duty, first_at, sum(weight) OVER (PARTITION BY duty ORDER BY first_at) AS done FROM parts)
    JOIN waiting USING (duty) WHERE done >= need GROUP BY duty
    UNION ALL
    SELECT duty, until FROM bracket WHERE since = until
)
SELECT w.duty, w.at, min(l.ref), false FROM whole w JOIN laid l ON l.duty = w.duty AND l.at = w.at GROUP BY ALL
"""
_STRETCHES = """
CREATE OR REPLACE TEMP TABLE stretches AS
SELECT duty, min(low) AS low, max(high) AS high
FROM (SELECT *, count(*) FILTER (before IS NULL OR low > before) OVER (
          PARTITION BY duty ORDER BY low, high ROWS UNBOUNDED PRECEDING) AS island
      FROM (SELECT duty, low, high, max(high) OVER (
                PARTITION BY duty ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM laid))
GROUP BY duty, island
"""


def find(case: Case[Respond], asked: Selection, over: Interval) -> None:
    """Fill `firsts` (duty, at, ref, involved): the act with which each duty's share is reached.

    `involved`: others acted too, or a time is doubtful, so that all acts must be weighed. Reads `duties`, `clocks`,
    `seen`.
    """
    duck = case.evidence.duck
    duck.execute(f"CREATE OR REPLACE TEMP TABLE firsts ({KEPT})")
    duck.execute(_WAITING, {"share": case.obligation.action.share})
    duck.execute("CREATE OR REPLACE TEMP TABLE stretches (duty INTEGER, low DOUBLE, high DOUBLE)")
    for within in _slices(case, asked, over):
        if not duck.execute("SELECT 1 FROM waiting WHERE lower <= $to LIMIT 1", {"to": within[1]}).fetchall():
            continue
        _slice(case, asked, within)


def _slice(case: Case[Respond], asked: Selection, within: Interval) -> None:
    duck = case.evidence.duck
    query, parameters = case.evidence.events(asked, within)
    duck.execute(_LAID.format(query=query), {**parameters, "to": within[1]})
    duck.execute(_INVOLVED)
    duck.execute(_SERVED.format(table="laid"))
    duck.execute(_UNION)
    duck.execute(_REACHED)
    duck.execute(_COMPLETED)
    for table in ("laid", "waiting"):
        duck.execute(_SERVED.format(table=table))
    duck.execute(_STRETCHES)


def _slices(case: Case[Respond], asked: Selection, over: Interval) -> Iterator[Interval]:
    """`over` cut where the deliveries that begin before hold so many rows; an act at a cut is read twice, and counts
    once."""
    cuts, rows = [over[0]], 0
    given = case.evidence.of(case.terms.contract.sources_of(asked.stream))
    for at, accepted in sorted((one.first_at, one.accepted) for one in given if one.first_at is not None):
        if rows and rows + accepted > MOST_ACTS and over[0] < at < over[1] and at > cuts[-1]:
            cuts.append(at)
            rows = 0
        rows += accepted
    yield from pairwise([*cuts, over[1]])
