-- Result: one row a duty of one `respond` obligation, judged as of $as_of.
-- Grain: duty (obligation x unit x trigger). Source: SEMANTICS sections 2 to 7.
-- Reads:  duties      (duty, duty_id, unit, unit_class, length_m, clock, key, party, excused_by)
--         clocks      (clock, sheet, trigger, trigger_from, trigger_to, t0, lower, due_at, risk_at, until_at,
--                      reset_at, successor, suspended, named)
--                     t0 NULL: the trigger is open; due_at NULL beside t0: a suspension is; named: the unit that the
--                     record names, where the contract stands in for it
--         heirs       (duty)                             duties in whose place a reset puts another; of others none is
--         perhaps_anew (duty, holder, missing, proof_due, proof_after, undelivered, undecided)  what hides a new trigger
--                     that would have put another duty in the place of this one; undecided: another duty is pending
--         firsts      (duty, at, ref)                    the first act of each duty, which settles those not entangled
--         entangled   (duty)                             duties of which all acts must be weighed
--         actions     (key, kind, at, earlier, rank, party, ref, from_m, to_m, out_of, duty)  of entangled duties; `earlier`:
--                     the other reading of a doubtful time; (from_m, to_m): the stretch worked on, of a length of out_of,
--                     where that is not NULL; duty: the one it serves
--         seen        (duty, at, rank, ref, sure)        what inspectors saw, until the next trigger; not sure: the
--                     later reading of a doubtful time, which excludes nothing that the earlier one does not
--         gaps        (gap, unit, party, gap_from, gap_to, proof_due, proof_after, holder, missing, undelivered, row,
--                     kind, other, key)
--                     unit NULL: every unit; party NULL: the duties of every party; undelivered: it should have been
--                     delivered; row: one row, which is one act at most, of that kind (NULL: of any); other: the other
--                     reading of a known act; key: it is of those duties alone that this joins
--         hopes       (duty, other, hope_from, hope_to)  windows of other duties in which one more act would free one
--         labels      (number, label)  of deliveries; a ref is number * 2^32 + line
-- Parameters: $contract (prefix of duty ids), $as_of, $kinds (how many kinds complete a duty: 1 = any of them), $share
--             (of the unit's length, NULL: one act completes), $once (an act serves one duty), $own_record (the act is
--             stated by the trigger's own record, so that no other can be hidden), $compared (the record states the due
--             time too: two times of one record compare as the clock showed them), $silence
WITH timed AS MATERIALIZED (
    SELECT d.duty, coalesce(c.named, d.unit) AS unit, d.key, d.party, d.length_m, d.excused_by,
           c.t0, c.lower, c.due_at, c.risk_at, c.until_at, c.suspended,
           CASE WHEN h.duty IS NOT NULL THEN c.reset_at END AS reset_at,
           -- a record is told after it began, and states its own end: what nobody told before hides none (docs/decisions/0081)
           CASE WHEN $own_record THEN greatest(c.lower, least(c.trigger_from, c.t0)) ELSE c.lower END AS hidden_from,
           -- until then a gap may hide an act that would be in time; while a suspension stands open, until now
           coalesce(c.due_at, CASE WHEN c.suspended THEN $as_of END) AS hidden_to
    FROM duties d JOIN clocks c USING (clock) LEFT JOIN heirs h USING (duty)
),
-- the acts of entangled duties in full. Side 0: those of the debtor; side 1: those of anybody, where others worked too
acts AS MATERIALIZED (
    SELECT t.duty, a.kind, a.at, a.rank, a.ref, a.party AS by_party, a.party IS NULL OR a.party = t.party AS own,
           -- what lies beyond the unit's ends is none of it; NULL stays NULL. A pass is in metres of its own day's length
           coalesce(t.length_m / a.out_of, 1) AS scale,
           CASE WHEN a.from_m IS NOT NULL THEN greatest(0, least(a.from_m * scale, t.length_m)) END AS from_m,
           CASE WHEN a.to_m IS NOT NULL THEN greatest(0, least(a.to_m * scale, t.length_m)) END AS to_m
    FROM timed t SEMI JOIN entangled e ON e.duty = t.duty
    JOIN actions a ON a.key = t.key AND a.at >= t.lower
    WHERE coalesce(a.earlier >= t.lower, true) AND (NOT $once OR a.duty = t.duty)
      -- between the two readings of a doubtful time it was seen undone: which of them is true decides
      AND NOT EXISTS (FROM seen s WHERE s.duty = t.duty AND s.at >= a.earlier AND s.at < a.at)
),
sided AS MATERIALIZED (
    SELECT *, 0 AS side FROM acts WHERE own
    UNION ALL
    SELECT *, 1 AS side FROM acts SEMI JOIN (SELECT DISTINCT duty FROM acts WHERE NOT own) o USING (duty)
),
-- a duty has parts: one, one a kind, or one a stretch between two ends of located intervals, which weighs its length
ends AS (
    SELECT duty, side, m AS low, lead(m) OVER (PARTITION BY duty, side ORDER BY m) AS high
    FROM (SELECT DISTINCT duty, side, unnest([least(from_m, to_m), greatest(from_m, to_m)]) AS m FROM sided
          WHERE $share IS NOT NULL AND from_m IS NOT NULL AND to_m IS NOT NULL)
),
done AS MATERIALIZED (
    SELECT duty, side, CASE WHEN $kinds > 1 THEN kind ELSE '' END AS part, 1.0::DOUBLE AS weight, "at", rank, ref
    FROM sided WHERE $share IS NULL
    UNION ALL
    SELECT s.duty, s.side, e.low::VARCHAR, e.high - e.low, s.at, s.rank, s.ref
    FROM sided s JOIN ends e ON e.duty = s.duty AND e.side = s.side AND e.high IS NOT NULL
    AND least(s.from_m, s.to_m) <= e.low AND greatest(s.from_m, s.to_m) >= e.high
    WHERE $share IS NOT NULL
),
need AS (
    SELECT duty, CASE WHEN $share IS NULL THEN $kinds::DOUBLE ELSE $share * length_m END AS weight FROM timed
),
-- from here on the duty can be complete: the instant at which its parts together reach what is needed
whole AS (
    SELECT duty, side, min(first_at) AS whole_at
    FROM (SELECT duty, side, first_at, sum(weight) OVER (PARTITION BY duty, side ORDER BY first_at) AS reached
          FROM (SELECT duty, side, part, weight, min("at") AS first_at FROM done GROUP BY ALL))
    JOIN need USING (duty) WHERE reached >= need.weight * (1 - 1e-12) GROUP BY duty, side
),
ending AS MATERIALIZED (
    SELECT DISTINCT d.duty, d.side, d.at, d.rank, d.ref
    FROM done d JOIN whole w ON w.duty = d.duty AND w.side = d.side AND d.at >= w.whole_at
),
-- acts that complete together are believed as far as the least believed of their parts
together AS (
    SELECT duty, side, "at", min(best) AS rank
    FROM (SELECT e.duty, e.side, e.at, d.part, max(d.rank) AS best
          FROM ending e JOIN done d ON d.duty = e.duty AND d.side = e.side AND d.at <= e.at
          WHERE $kinds > 1 OR $share IS NOT NULL GROUP BY ALL)
    GROUP BY ALL
),
completing AS MATERIALIZED (
    SELECT e.duty, e.side, e.at, e.ref, coalesce(g.rank, e.rank) AS rank,
           max(s.rank) AS against, max(s.rank) FILTER (s.sure) AS denied
    FROM ending e
    LEFT JOIN together g ON g.duty = e.duty AND g.side = e.side AND g.at = e.at
    LEFT JOIN seen s ON s.duty = e.duty AND s.at >= e.at
    GROUP BY ALL
),
-- a completion by several parts, whoever did them, that a refutation undoes or disputes leaves open which was not done
doubting AS (
    SELECT DISTINCT s.duty, s.at, s.rank, s.ref
    FROM seen s JOIN completing c ON c.duty = s.duty AND c.at <= s.at AND c.rank <= s.rank
    WHERE $kinds > 1 OR $share IS NOT NULL
),
doubt AS (
    SELECT duty, arg_max(ref, ("at", ref)) AS doubted_ref FROM doubting GROUP BY duty
),
-- what no such refutation is of: it was done afterwards, or told by one who is believed more. All else must be done anew
believed AS MATERIALIZED (
    SELECT d.* FROM done d
    ANTI JOIN doubting s ON s.duty = d.duty AND s.at >= d.at AND s.rank >= d.rank
    WHERE $kinds > 1 OR $share IS NOT NULL
),
anew AS (
    SELECT duty, side, min(first_at) FILTER (reached >= need.weight * (1 - 1e-12)) AS anew_at
    FROM (SELECT duty, side, first_at, sum(weight) OVER (PARTITION BY duty, side ORDER BY first_at) AS reached
          FROM (SELECT c.duty, c.side, b.part, b.weight, min(b.at) AS first_at
                FROM (SELECT DISTINCT duty, side FROM completing) c SEMI JOIN doubt USING (duty)
                LEFT JOIN believed b USING (duty, side)
                GROUP BY ALL))
    JOIN need USING (duty) GROUP BY duty, side
),
-- a refutation of higher rank undoes a completion before it; of equal rank, leaves it in dispute
completed AS (
    SELECT c.duty, c.side,
           min(c.at) FILTER (proven) AS fulfilled_at,
           arg_min(c.ref, (c.at, c.ref)) FILTER (proven) AS fulfilled_ref,
           min(c.at) FILTER (denied IS NULL OR denied <= rank) AS claimed_at,
           arg_min(c.ref, (c.at, c.ref)) FILTER (denied IS NULL OR denied <= rank) AS claimed_ref
    FROM (SELECT c.*, (c.against IS NULL OR c.against < c.rank)
                      AND (n.duty IS NULL OR coalesce(c.at >= n.anew_at, false)) AS proven
          FROM completing c LEFT JOIN anew n USING (duty, side)) c
    GROUP BY c.duty, c.side
),
-- a refutation that a completion of equal or higher rank contradicts, whoever completed it, excludes nothing
refuted AS (
    SELECT s.duty, max(s.at) AS refuted_at, arg_max(s.ref, (s.at, s.ref)) AS refuted_ref
    FROM seen s
    WHERE s.sure AND NOT EXISTS (
        FROM completing c WHERE c.duty = s.duty AND c.at <= s.at AND c.rank >= s.rank)
    GROUP BY s.duty
),
-- what was hidden before a refutation is excluded with it, unless a completion of higher rank overrules that, or one of
-- equal rank that came too late anyway: where it is true, the refutation is not
excluding AS (
    SELECT s.duty, max(s.at) AS seen_at
    FROM seen s JOIN timed t USING (duty)
    WHERE s.sure AND NOT EXISTS (
        FROM completing c WHERE c.duty = s.duty AND c.at <= s.at AND (c.rank > s.rank OR c.rank = s.rank AND c.at > t.due_at))
    GROUP BY s.duty
),
-- the refutation that a disputed completion is in dispute with, or that leaves open which part was not done
disputing AS (
    SELECT duty, coalesce(any_value(disputing_ref), max(doubted_ref)) AS disputing_ref
    FROM (SELECT c.duty, arg_max(s.ref, (s.at, s.ref)) AS disputing_ref, NULL::BIGINT AS doubted_ref
          FROM completing c JOIN seen s ON s.duty = c.duty AND s.at >= c.at
              AND (s.rank = c.rank OR s.rank > c.rank AND NOT s.sure)
          GROUP BY c.duty
          UNION ALL
          SELECT duty, NULL, doubted_ref FROM doubt)
    GROUP BY duty
),
-- what others did: who completed the duty, up to then, the debtor's own acts apart
foreign_acts AS (
    SELECT a.duty, string_agg(DISTINCT a.by_party, ', ' ORDER BY a.by_party) AS by_others
    FROM acts a JOIN completed c ON c.duty = a.duty AND c.side = 1 AND a.at <= c.fulfilled_at
    WHERE NOT a.own GROUP BY a.duty
),
-- one of several parts may lie before a refutation, where another follows it that is not known from before, whoever did that
half AS (
    SELECT DISTINCT d.duty
    FROM done d JOIN excluding v USING (duty) JOIN timed t USING (duty)
    WHERE ($kinds > 1 OR $share IS NOT NULL) AND d.at > v.seen_at AND d.at <= t.hidden_to
      AND NOT EXISTS (
          FROM believed b WHERE b.duty = d.duty AND b.side >= d.side AND b.part = d.part AND b.at <= v.seen_at)
      -- one kind that is hidden before it would be all of them again
      AND ($share IS NOT NULL OR NOT EXISTS (FROM doubt q WHERE q.duty = d.duty))
),
-- a kind that was done for certain need not be done again
plain AS MATERIALIZED (
    SELECT DISTINCT duty, b.part AS kind FROM believed b JOIN timed t USING (duty) WHERE $kinds > 1 AND b.at <= t.hidden_to
),
known AS MATERIALIZED (
    SELECT t.*, f.fulfilled_at, f.fulfilled_ref, f.claimed_at, f.claimed_ref,
           o.fulfilled_at AS others_at, o.fulfilled_ref AS others_ref, o.claimed_at AS others_claimed_at,
           o.claimed_ref AS others_claimed_ref, w.by_others,
           r.refuted_at, r.refuted_ref, p.disputing_ref, v.seen_at,
           h.duty IS NOT NULL AS half_done
    FROM timed t
    LEFT JOIN (
        SELECT duty, fulfilled_at, fulfilled_ref, claimed_at, claimed_ref FROM completed WHERE side = 0
        UNION ALL
        SELECT duty, "at", ref, "at", ref FROM firsts ANTI JOIN entangled USING (duty)
    ) f USING (duty)
    LEFT JOIN (SELECT * FROM completed WHERE side = 1) o USING (duty)
    LEFT JOIN foreign_acts w USING (duty)
    LEFT JOIN refuted r USING (duty)
    LEFT JOIN excluding v USING (duty)
    LEFT JOIN disputing p USING (duty)
    LEFT JOIN half h USING (duty)
),
-- gaps that may hide a completion before the due time; `later`: after the last refutation
may_hide AS MATERIALIZED (
    SELECT * EXCLUDE (seen_at, hidden_to),
           seen_at IS NULL OR least(gap_to, hidden_to) > seen_at + INTERVAL 1 MICROSECOND AS later
    FROM (
    SELECT k.duty, k.seen_at, k.hidden_to, g.*
    FROM known k JOIN gaps g ON g.unit IS NULL AND g.gap_from < k.hidden_to AND g.gap_to > k.hidden_from
    WHERE g.other IS NULL AND g.key IS NULL AND coalesce(g.party = k.party, true)
    UNION ALL
    SELECT k.duty, k.seen_at, k.hidden_to, g.*
    FROM known k JOIN gaps g ON g.unit = k.unit AND g.gap_from < k.hidden_to AND g.gap_to > k.hidden_from
    WHERE g.other IS NULL AND g.key IS NULL
    UNION ALL
    SELECT k.duty, k.seen_at, k.hidden_to, g.*
    FROM known k JOIN gaps g ON g.key = k.key AND g.gap_from < k.hidden_to AND g.gap_to > k.hidden_from)
),
-- one row may be one part of several: what the known acts, each at either of its readings, come to with all such rows
either AS (
    SELECT t.duty, a.kind, least(a.from_m, a.to_m) * coalesce(t.length_m / a.out_of, 1) AS low,
           greatest(a.from_m, a.to_m) * coalesce(t.length_m / a.out_of, 1) AS high, t.length_m
    FROM timed t SEMI JOIN entangled e ON e.duty = t.duty SEMI JOIN may_hide g ON g.duty = t.duty AND g.row
    JOIN actions a ON a.key = t.key
    WHERE ($kinds > 1 OR $share IS NOT NULL)
      AND ($share IS NULL OR a.from_m IS NOT NULL AND a.to_m IS NOT NULL)
      AND (a.at BETWEEN t.lower AND t.hidden_to OR a.earlier BETWEEN t.lower AND t.hidden_to)
),
-- heard: also where the debtor's own silence counts as breach
reachable AS MATERIALIZED (
    SELECT duty, bool_or(heard) AS heard FROM (
    SELECT duty, true AS heard FROM (
        SELECT duty, kind FROM either WHERE $kinds > 1
        UNION ALL
        SELECT duty, coalesce(kind, '#' || gap) FROM may_hide WHERE $kinds > 1 AND "row" AND other IS NULL)
    GROUP BY duty HAVING count(DISTINCT kind) >= $kinds
    UNION ALL
    -- beside what hides any number, each may be one of them
    SELECT duty, NOT (g.undelivered AND g.holder = k.party) FROM may_hide g JOIN known k USING (duty) WHERE $kinds > 1 AND NOT g.row
    UNION ALL
    SELECT duty, true FROM (
        SELECT duty, greatest(low, 0) AS low, least(high, length_m) AS high, max(least(high, length_m)) OVER (
            PARTITION BY duty ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM either WHERE $share IS NOT NULL AND greatest(low, 0) < least(high, length_m))
    JOIN need USING (duty) WHERE before IS NULL OR high > before
    GROUP BY duty HAVING sum(high - greatest(low, coalesce(before, low))) >= any_value(weight) * (1 - 1e-12)
    ) GROUP BY duty
),
-- of several kinds one may be hidden before it was seen undone, where another is after it: which (any: ''), and which of them
-- also where the debtor's own silence counts as breach
parted AS (
    SELECT duty, list(DISTINCT coalesce(kind, '')) AS kinds,
           list(DISTINCT coalesce(kind, '')) FILTER (NOT (g.undelivered AND g.holder = k.party)) AS kinds_heard
    FROM may_hide g JOIN known k USING (duty) ANTI JOIN plain USING (duty, kind) ANTI JOIN doubt USING (duty)
    LEFT JOIN (SELECT duty, count(*) AS kinds FROM plain GROUP BY duty) p USING (duty)
    WHERE g.later AND k.seen_at IS NOT NULL AND $kinds > 1 + coalesce(p.kinds, 0)
    GROUP BY duty
),
hiding AS MATERIALIZED (
    SELECT duty, g.holder, g.missing,
           coalesce(g.proof_due, k.due_at + to_microseconds(g.proof_after)) AS proof_due,
           greatest(g.gap_from, k.hidden_from) AS cut_from, least(g.gap_to, k.hidden_to) AS cut_to,
           (g.later OR k.half_done OR coalesce(b.kinds <> [g.kind], false))
           -- where the record tells when it was done, nothing hides that but the other reading of its time
           AND NOT ($own_record AND k.claimed_at IS NOT NULL AND (g.other IS NULL OR $compared))
           AND (r.duty IS NOT NULL OR NOT CASE WHEN $share IS NULL THEN $kinds > 1 AND g.row ELSE g.other IS NOT NULL END)
           AND p.duty IS NULL AS matters, NOT (g.undelivered AND g.holder = k.party) AND (NOT g.row OR coalesce(r.heard, true))
           AND (g.later OR k.half_done OR coalesce(b.kinds_heard <> [g.kind], false)) AS heard, false AS anew, false AS undecided
    FROM known k JOIN may_hide g USING (duty) LEFT JOIN reachable r USING (duty)
    LEFT JOIN plain p ON p.duty = g.duty AND p.kind = g.kind AND g.row
    LEFT JOIN parted b ON b.duty = g.duty
    UNION ALL
    SELECT duty, g.holder, g.missing, coalesce(g.proof_due, k.due_at + to_microseconds(g.proof_after)),
           k.due_at, k.due_at, true, NOT (g.undelivered AND g.holder = k.party), true, g.undecided
    FROM known k JOIN perhaps_anew g USING (duty) WHERE k.reset_at IS NULL
    UNION ALL
    SELECT k.duty, g.holder, g.missing,
           coalesce(g.proof_due, k.due_at + to_microseconds(g.proof_after)), k.due_at, k.due_at,
           o.seen_at IS NULL OR least(g.gap_to, h.hope_to) > o.seen_at + INTERVAL 1 MICROSECOND,
           NOT (g.undelivered AND g.holder = k.party), false, false
    FROM known k JOIN hopes h USING (duty) JOIN known o ON o.duty = h.other
    JOIN gaps g ON CASE WHEN g.other IS NULL AND g.key IS NULL THEN coalesce(g.unit = k.unit, true) AND coalesce(g.party = k.party, true) ELSE coalesce(g.key = k.key, false) END
         AND g.gap_from < h.hope_to AND g.gap_to > h.hope_from
),
-- what several sources leave uncovered at the same time counts once
laid_out AS (
    SELECT *, max(cut_to) OVER (
        PARTITION BY duty ORDER BY cut_from, cut_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS laid_to
    FROM hiding
),
uncovered AS (
    SELECT duty,
           sum(greatest(0, epoch_us(cut_to) - epoch_us(greatest(cut_from, coalesce(laid_to, cut_from))))) AS uncovered_us,
           bool_or(matters) AS hides, bool_or(anew) AS anew, bool_or(undecided) AS undecided,
           max(proof_due) FILTER (matters) AS proof_due,
           list(DISTINCT holder ORDER BY holder) FILTER (matters) AS holding,
           bool_or(heard) FILTER (matters) AS heard,
           string_agg(DISTINCT missing, '; ' ORDER BY missing) FILTER (matters) AS missing
    FROM laid_out GROUP BY duty
),
weighed AS (
    SELECT k.*, coalesce(u.hides, false) AS hides, coalesce(u.anew, false) AS anew, coalesce(u.undecided, false) AS undecided,
           u.proof_due, array_to_string(u.holding, ', ') AS holders, u.missing,
           coalesce(NOT u.heard, false) AS silent,
           -- of the whole time until it is due, so that it does not depend on when one judged
           CASE WHEN k.due_at > k.hidden_from
                THEN 1.0 - coalesce(u.uncovered_us, 0) / (epoch_us(k.due_at) - epoch_us(k.hidden_from))
                WHEN k.due_at IS NOT NULL THEN 1.0 END AS coverage,
           coalesce(least(k.claimed_at, k.others_claimed_at) <= k.due_at
                    AND (k.fulfilled_at IS NULL OR k.fulfilled_at > k.due_at), false) AS disputed,
           -- while a suspension stands open, what is done is done in time
           coalesce(k.fulfilled_at <= k.due_at, k.suspended AND k.fulfilled_at IS NOT NULL, false) AS in_time,
           coalesce(k.others_at <= k.due_at, k.suspended AND k.others_at IS NOT NULL, false) AS by_others_in_time,
           least(k.fulfilled_at, k.others_at) AS cured_at
    FROM known k LEFT JOIN uncovered u USING (duty)
),
standing AS (
    SELECT *, CASE
        WHEN in_time AND t0 IS NOT NULL THEN 'met'
        WHEN excused_by IS NOT NULL OR by_others_in_time AND t0 IS NOT NULL THEN 'excused'
        WHEN t0 IS NULL THEN 'pending.running'
        WHEN suspended THEN 'pending.suspended'
        WHEN reset_at <= $as_of AND NOT (hides OR disputed) THEN 'void.reset'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN reset_at IS NULL AND (refuted_at >= due_at AND NOT anew OR NOT (hides OR disputed))
            THEN CASE WHEN cured_at IS NULL THEN 'breached.open' ELSE 'breached.cured' END
        WHEN hides AND ($as_of < proof_due OR undecided) THEN 'pending.overdue'
        WHEN disputed THEN 'unproven'
        WHEN $silence = 'breached' AND silent AND reset_at IS NULL
            THEN CASE WHEN cured_at IS NULL THEN 'breached.open' ELSE 'breached.cured' END
        ELSE 'unproven' END AS standing
    FROM weighed
),
-- the one or two events that force the verdict
citing AS (
    SELECT *,
           CASE WHEN standing = 'met' THEN fulfilled_ref
                WHEN standing = 'excused' THEN CASE WHEN excused_by IS NULL THEN others_ref END
                WHEN standing = 'unproven' AND disputed
                    THEN CASE WHEN claimed_at <= due_at THEN claimed_ref ELSE others_claimed_ref END
                ELSE refuted_ref END AS first_ref,
           -- what was done after a new trigger is that one's
           CASE WHEN standing IN ('met', 'excused', 'void.reset') THEN NULL
                WHEN standing = 'unproven' AND disputed THEN disputing_ref
                WHEN standing LIKE 'breached%' AND others_at < coalesce(fulfilled_at, 'infinity'::TIMESTAMPTZ)
                    THEN others_ref
                ELSE fulfilled_ref END AS second_ref
    FROM standing
)
SELECT c.sheet, d.duty_id, d.unit, d.unit_class, c.trigger, d.party, c.trigger_from, c.trigger_to,
       s.t0 AS clock_start, s.due_at,
       -- where a gap may hide an earlier one, the first act known is not the instant of completion
       CASE WHEN standing = 'met' THEN fulfilled_at WHEN standing = 'breached.cured' THEN cured_at
            WHEN standing = 'excused' THEN CASE WHEN by_others_in_time THEN others_at END END AS fulfilled_at,
       CASE WHEN standing LIKE 'breached%' THEN s.due_at END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN standing = 'met' AND fulfilled_at < s.t0 AND $own_record THEN 'done before its clock began'
           WHEN standing = 'met' THEN 'done in time'
           WHEN standing = 'excused' AND s.excused_by IS NOT NULL THEN 'excused by decision: ' || s.excused_by
           WHEN standing = 'excused' THEN 'done in time by another party, not to be paid: ' || by_others
           WHEN standing = 'void.reset' THEN 'a new trigger started the clock anew'
           WHEN standing = 'pending.suspended' THEN 'the clock is suspended, and nobody has lifted that yet'
           WHEN s.t0 IS NULL THEN 'the trigger is still open'
           WHEN standing IN ('pending.running', 'pending.at_risk') THEN 'the clock is running'
           WHEN standing = 'pending.overdue' THEN 'deadline passed, no proof yet; awaited: ' || missing
           WHEN standing = 'unproven' AND disputed
               THEN 'log and inspection contradict each other' || coalesce(': ' || missing, '')
           WHEN standing = 'unproven' THEN 'the evidence is incomplete: ' || missing
           WHEN refuted_at >= s.due_at THEN 'seen undone at or after the deadline'
           -- of several parts some may have been done; where an act serves one duty, another may have it
           WHEN NOT hides AND refuted_at IS NOT NULL AND ($kinds > 1 OR $share IS NOT NULL)
               THEN 'seen undone, and complete logs show that it was not done whole in time'
           WHEN NOT hides AND refuted_at IS NOT NULL AND $once
               THEN 'seen undone, and complete logs show no later act in time that serves no other duty'
           WHEN NOT hides AND refuted_at IS NOT NULL THEN 'seen undone, and complete logs show no later act in time'
           WHEN NOT hides AND $own_record THEN 'the record itself shows no act until the deadline'
           WHEN NOT hides AND ($kinds > 1 OR $share IS NOT NULL)
               THEN 'complete logs show that it was not done whole until the deadline'
           WHEN NOT hides AND $once THEN 'complete logs show no act until the deadline that serves no other duty'
           WHEN NOT hides THEN 'complete logs show no act until the deadline'
           ELSE 'no proof was delivered, and the contract counts silence as breach: ' || missing
       END || CASE WHEN standing = 'breached.cured' AND fulfilled_at IS NOT NULL AND fulfilled_at <= cured_at
                   THEN '; done late'
                   WHEN standing = 'breached.cured' THEN '; done late by another party, its cost is to be recovered'
                   ELSE '' END AS reason,
       concat_ws('; ', one.label || ':' || (first_ref % 4294967296), two.label || ':' || (second_ref % 4294967296)) AS evidence,
       round(coverage, 4) AS coverage,
       CASE WHEN standing IN ('pending.overdue', 'unproven') THEN coalesce(holders, '') ELSE '' END AS owed_by,
       CASE WHEN standing = 'pending.overdue' AND $as_of < proof_due THEN proof_due END AS proof_due,
       NULL::DOUBLE AS measured, NULL::DOUBLE AS measured_low, NULL::DOUBLE AS measured_high, NULL::BIGINT AS items,
       CASE WHEN standing = 'void.reset' THEN $contract || d.unit || '/' || c.successor END AS successor,
       CASE standing
           WHEN 'pending.running' THEN CASE WHEN s.t0 IS NOT NULL THEN least(s.risk_at, s.due_at) END
           WHEN 'pending.at_risk' THEN s.due_at
           WHEN 'pending.overdue' THEN CASE WHEN $as_of < proof_due THEN proof_due END
       END AS wake_at
FROM citing s JOIN duties d USING (duty) JOIN clocks c USING (clock)
LEFT JOIN labels one ON one.number = s.first_ref // 4294967296
LEFT JOIN labels two ON two.number = s.second_ref // 4294967296
