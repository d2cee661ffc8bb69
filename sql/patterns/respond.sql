-- Result: one row a duty of one `respond` obligation, judged as of $as_of.
-- Grain: duty (obligation x unit x trigger). Source: SEMANTICS sections 2, 4 and 6.
-- Reads:  duties      (duty_id, unit, unit_class, clock)
--         clocks      (clock, trigger, t0, lower, due_at, risk_at, until_at)   t0 NULL: the trigger is open
--         actions     (unit, kind, at, rank, ref)       of the kinds asked, none after $as_of
--         refutations (unit, at, rank, ref)             none after $as_of
--         gaps        (unit, gap_from, gap_to, proof_due, proof_after, holder, missing, undelivered)
--                     unit NULL: every unit; undelivered: it should have been delivered
-- Parameters: $as_of, $kinds (how many kinds complete a duty: 1 = any of them), $party, $silence
WITH timed AS MATERIALIZED (
    SELECT d.duty_id, d.unit, d.unit_class, c.trigger, c.t0, c.lower, c.due_at, c.risk_at, c.until_at
    FROM duties d JOIN clocks c USING (clock)
),
-- what inspectors saw, between the earliest act that counts and the next trigger
seen AS MATERIALIZED (
    SELECT t.duty_id, r.at, r.rank, r.ref
    FROM timed t JOIN refutations r ON r.unit = t.unit
    WHERE r.at >= t.lower AND (t.until_at IS NULL OR r.at < t.until_at)
),
done AS MATERIALIZED (
    SELECT t.duty_id, a.kind, a.at, a.rank, a.ref, max(s.rank) AS against
    FROM timed t
    JOIN actions a ON a.unit = t.unit AND a.at >= t.lower
    LEFT JOIN seen s ON s.duty_id = t.duty_id AND s.at >= a.at
    GROUP BY ALL
),
-- from here on the duty can be complete: the first act, or the first instant at which all kinds asked are there
whole AS (
    SELECT duty_id, CASE WHEN $kinds = 1 THEN min(first_at) WHEN count(*) = $kinds THEN max(first_at) END AS whole_at
    FROM (SELECT duty_id, kind, min("at") AS first_at FROM done GROUP BY duty_id, kind) GROUP BY duty_id
),
ending AS MATERIALIZED (
    SELECT d.* FROM done d JOIN whole w USING (duty_id) WHERE d.at >= w.whole_at
),
-- acts of several kinds together are believed as far as the least believed of the kinds
together AS (
    SELECT duty_id, "at", min(best) AS rank
    FROM (SELECT e.duty_id, e.at, d.kind, max(d.rank) AS best
          FROM ending e JOIN done d ON d.duty_id = e.duty_id AND d.at <= e.at
          WHERE $kinds > 1 GROUP BY ALL)
    GROUP BY ALL
),
completing AS MATERIALIZED (
    SELECT e.duty_id, e.at, e.ref, e.against, coalesce(g.rank, e.rank) AS rank
    FROM ending e LEFT JOIN together g ON g.duty_id = e.duty_id AND g.at = e.at
),
-- a refuted completion by several kinds leaves open which of them was not done: all must be done anew
doubt AS (
    SELECT s.duty_id, max(s.at) AS doubted_at
    FROM seen s
    WHERE $kinds > 1 AND EXISTS (FROM completing c WHERE c.duty_id = s.duty_id AND c.at <= s.at AND c.rank < s.rank)
    GROUP BY s.duty_id
),
anew AS (
    SELECT duty_id, doubted_at, CASE WHEN count(kind) = $kinds THEN max(first_at) END AS anew_at
    FROM (SELECT q.duty_id, q.doubted_at, d.kind, min(d.at) AS first_at
          FROM doubt q LEFT JOIN done d ON d.duty_id = q.duty_id AND d.at > q.doubted_at GROUP BY ALL)
    GROUP BY ALL
),
-- a refutation of higher rank undoes a completion before it; of equal rank, leaves it in dispute
completed AS (
    SELECT c.duty_id,
           min(c.at) FILTER (proven) AS fulfilled_at,
           arg_min(c.ref, (c.at, c.ref)) FILTER (proven) AS fulfilled_ref,
           min(c.at) FILTER (against IS NULL OR against <= rank) AS claimed_at,
           arg_min(c.ref, (c.at, c.ref)) FILTER (against IS NULL OR against <= rank) AS claimed_ref
    FROM (SELECT c.*, (c.against IS NULL OR c.against < c.rank)
                      AND (n.doubted_at IS NULL OR coalesce(c.at >= n.anew_at, false)) AS proven
          FROM completing c LEFT JOIN anew n USING (duty_id)) c
    GROUP BY c.duty_id
),
-- a refutation that a completion of equal or higher rank contradicts excludes nothing
refuted AS (
    SELECT s.duty_id, max(s.at) AS refuted_at, arg_max(s.ref, (s.at, s.ref)) AS refuted_ref
    FROM seen s
    WHERE NOT EXISTS (FROM completing c WHERE c.duty_id = s.duty_id AND c.at <= s.at AND c.rank >= s.rank)
    GROUP BY s.duty_id
),
-- the refutation that a disputed completion is in dispute with
disputing AS (
    SELECT c.duty_id, arg_max(s.ref, (s.at, s.ref)) AS disputing_ref
    FROM completing c JOIN seen s ON s.duty_id = c.duty_id AND s.at >= c.at AND s.rank = c.rank
    GROUP BY c.duty_id
),
known AS MATERIALIZED (
    SELECT t.*, c.fulfilled_at, c.fulfilled_ref, c.claimed_at, c.claimed_ref, r.refuted_at, r.refuted_ref, p.disputing_ref,
           -- one of several kinds may lie before a refutation, where another follows it
           $kinds > 1 AND EXISTS (
               FROM done a WHERE a.duty_id = t.duty_id AND a.at > r.refuted_at AND a.at <= t.due_at) AS half_done
    FROM timed t
    LEFT JOIN completed c USING (duty_id)
    LEFT JOIN refuted r USING (duty_id)
    LEFT JOIN disputing p USING (duty_id)
),
-- gaps that may hide a completion: after the last refutation, before the due time
hiding AS MATERIALIZED (
    SELECT k.duty_id, g.holder, g.missing, g.undelivered,
           coalesce(g.proof_due, k.due_at + to_microseconds(g.proof_after)) AS proof_due,
           greatest(g.gap_from, k.lower) AS cut_from, least(g.gap_to, k.due_at) AS cut_to,
           k.refuted_at IS NULL OR g.gap_to > k.refuted_at + INTERVAL 1 MICROSECOND OR k.half_done AS matters
    FROM known k JOIN gaps g ON g.unit IS NULL AND g.gap_from < k.due_at AND g.gap_to > k.lower
    UNION ALL
    SELECT k.duty_id, g.holder, g.missing, g.undelivered,
           coalesce(g.proof_due, k.due_at + to_microseconds(g.proof_after)),
           greatest(g.gap_from, k.lower), least(g.gap_to, k.due_at),
           k.refuted_at IS NULL OR g.gap_to > k.refuted_at + INTERVAL 1 MICROSECOND OR k.half_done
    FROM known k JOIN gaps g ON g.unit = k.unit AND g.gap_from < k.due_at AND g.gap_to > k.lower
),
-- what several sources leave uncovered at the same time counts once
laid_out AS (
    SELECT *, max(cut_to) OVER (
        PARTITION BY duty_id ORDER BY cut_from, cut_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS laid_to
    FROM hiding
),
uncovered AS (
    SELECT duty_id,
           sum(greatest(0, epoch_us(cut_to) - epoch_us(greatest(cut_from, coalesce(laid_to, cut_from))))) AS uncovered_us,
           bool_or(matters) AS hides,
           max(proof_due) FILTER (matters) AS proof_due,
           bool_and(holder = $party AND undelivered) FILTER (matters) AS party_holds_all,
           string_agg(DISTINCT holder, ', ' ORDER BY holder) FILTER (matters) AS holders,
           string_agg(DISTINCT missing, '; ' ORDER BY missing) FILTER (matters) AS missing
    FROM laid_out GROUP BY duty_id
),
weighed AS (
    SELECT k.*, coalesce(u.hides, false) AS hides, u.proof_due, u.holders, u.missing, u.party_holds_all,
           -- of the whole time until it is due, so that it does not depend on when one judged
           CASE WHEN k.due_at > k.lower
                THEN 1.0 - coalesce(u.uncovered_us, 0) / (epoch_us(k.due_at) - epoch_us(k.lower))
                WHEN k.due_at IS NOT NULL THEN 1.0 END AS coverage,
           coalesce(k.claimed_at <= k.due_at AND (k.fulfilled_at IS NULL OR k.fulfilled_at > k.due_at), false) AS disputed
    FROM known k LEFT JOIN uncovered u USING (duty_id)
),
standing AS (
    SELECT *, CASE
        WHEN t0 IS NULL THEN 'pending.running'
        WHEN fulfilled_at <= due_at THEN 'met'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN refuted_at >= due_at OR NOT (hides OR disputed)
            THEN CASE WHEN fulfilled_at IS NULL THEN 'breached.open' ELSE 'breached.cured' END
        WHEN hides AND $as_of < proof_due THEN 'pending.overdue'
        WHEN disputed THEN 'unproven'
        WHEN $silence = 'breached' AND party_holds_all
            THEN CASE WHEN fulfilled_at IS NULL THEN 'breached.open' ELSE 'breached.cured' END
        ELSE 'unproven' END AS standing
    FROM weighed
)
SELECT duty_id, unit, unit_class, trigger, t0 AS clock_start, due_at,
       -- where a gap may hide an earlier one, the first act known is not the instant of completion
       CASE WHEN standing IN ('met', 'breached.cured') THEN fulfilled_at END AS fulfilled_at,
       CASE WHEN standing LIKE 'breached%' THEN due_at END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN t0 IS NULL THEN 'the trigger is still open'
           WHEN standing = 'met' THEN 'done in time'
           WHEN standing IN ('pending.running', 'pending.at_risk') THEN 'the clock is running'
           WHEN standing = 'pending.overdue' THEN 'deadline passed, no proof yet; awaited: ' || missing
           WHEN standing = 'unproven' AND disputed
               THEN 'log and inspection contradict each other' || coalesce(': ' || missing, '')
           WHEN standing = 'unproven' THEN 'the evidence is incomplete: ' || missing
           WHEN refuted_at >= due_at THEN 'seen undone at or after the deadline'
           WHEN NOT hides AND refuted_at IS NOT NULL THEN 'seen undone, and complete logs show no act until the deadline'
           WHEN NOT hides THEN 'complete logs show no act until the deadline'
           ELSE 'no proof was delivered, and the contract counts silence as breach: ' || missing
       END || CASE WHEN standing = 'breached.cured' THEN '; done late' ELSE '' END AS reason,
       CASE
           WHEN standing = 'met' THEN fulfilled_ref
           WHEN standing = 'unproven' AND disputed THEN concat_ws('; ', claimed_ref, disputing_ref)
           WHEN standing LIKE 'breached%' THEN concat_ws('; ', refuted_ref, fulfilled_ref)
           ELSE concat_ws('; ', refuted_ref, fulfilled_ref)
       END AS evidence,
       round(coverage, 4) AS coverage,
       CASE WHEN standing IN ('pending.overdue', 'unproven') THEN coalesce(holders, '') ELSE '' END AS owed_by,
       CASE WHEN standing = 'pending.overdue' THEN proof_due END AS proof_due,
       CASE standing
           WHEN 'pending.running' THEN CASE WHEN t0 IS NOT NULL THEN risk_at END
           WHEN 'pending.at_risk' THEN due_at
           WHEN 'pending.overdue' THEN proof_due
       END AS wake_at
FROM standing
ORDER BY duty_id
