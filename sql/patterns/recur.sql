-- Result: one row a duty of one `recur` obligation, judged as of $as_of.
-- Grain: duty (obligation x unit x period). Source: SEMANTICS sections 2, 5 and 6.
-- Reads:  duties      (duty, duty_id, unit, unit_class, clock, key, party, excused_by, excused_at)
--                     excused_at: when one person alone decided so, which excuses no lapse before that (docs/decisions/0045)
--         clocks      (clock, sheet, trigger, trigger_from, trigger_to, t0, due_at, risk_at)
--                     due_at NULL: the period lasts until its trigger ends, and was seen to last until trigger_to
--         parts       (clock, part, part_from, part_to)  the period; for $on_days, its local days
--         places      (bucket, and the same)             where to look a part up: bucket = epoch_us // $width
--         actions     (key, at, earlier, rank, party, ref)   none after $as_of; identical ones once
--         refutations (unit, at, later, rank, ref, sure)   none after $as_of; sure: by all readings of local times, of which
--                     `later` is the later one
--         gaps        (gap, unit, party, gap_from, gap_to, proof_due, proof_after, holder, missing, undelivered, row, other)
--                     gap: its number; unit, party: on duties on this unit, of this party alone; row: a row that nobody
--                     can read, which hides one act at most; other: of a known act whose local time has two readings,
--                     the other one
--         labels      (number, label)  of deliveries; a ref is number * 2^32 + line
-- Parameters: $as_of, $width, one of $times, $on_days and $max_gap (microseconds), $silence
WITH timed AS MATERIALIZED (
    SELECT d.duty, d.unit, d.key, d.party, d.excused_by, d.excused_at, d.clock, c.t0, c.due_at, c.risk_at,
           coalesce(c.due_at, c.trigger_to) AS horizon, coalesce($times, $on_days) AS need
    FROM duties d JOIN clocks c USING (clock)
),
-- what inspectors saw within the period
seen AS MATERIALIZED (
    SELECT t.duty, r.at, r.rank, r.ref, r.sure AND r.later < t.horizon AS sure
    FROM timed t JOIN refutations r ON r.unit = t.unit AND r.at >= t.t0 AND r.at < t.horizon
),
-- a doubtful time counts where both its readings lie within the period, or on the day, and nobody whom its log does not
-- outrank saw it undone between them
serving AS NOT MATERIALIZED (
    SELECT d.duty, p.part, a.at, a.earlier, a.rank, a.ref, a.party, a.party IS NULL OR a.party = d.party AS own
    FROM actions a
    JOIN places p ON p.bucket = epoch_us(a.at) // $width AND a.at >= p.part_from AND a.at < p.part_to
     AND coalesce(a.earlier >= p.part_from, true)
    JOIN duties d ON d.clock = p.clock AND d.key = a.key
    ANTI JOIN seen s ON s.duty = d.duty AND s.at >= a.earlier AND s.at < a.at AND s.rank >= a.rank
),
-- of a day no more than its first act; instant and ref are one number, of which the least is the first act
told AS MATERIALIZED (
    SELECT duty, part, "at", earlier, rank, ref, party, own, NULL::HUGEINT AS act FROM serving WHERE $on_days IS NULL
    UNION ALL
    SELECT duty, part, NULL, NULL, NULL, NULL, CASE WHEN NOT own THEN party END, own, min(epoch_us("at")::HUGEINT * 18446744073709551616 + ref)
    FROM serving WHERE $on_days IS NOT NULL GROUP BY ALL
),
-- side 0: the acts of the debtor; side 1: those of anybody, where others worked too
others AS MATERIALIZED (SELECT DISTINCT duty FROM told WHERE NOT own),
sided AS NOT MATERIALIZED (
    SELECT duty, 0 AS side, part, "at", earlier, rank, ref, act FROM told WHERE own
    UNION ALL
    SELECT duty, 1 AS side, part, "at", earlier, rank, ref, act FROM told SEMI JOIN others USING (duty)
),
foreign_acts AS (
    SELECT duty, string_agg(DISTINCT party, ', ' ORDER BY party) AS by_others FROM told WHERE NOT own GROUP BY duty
),
-- a refutation of higher rank undoes the acts before it; of equal rank, or one that is not sure, leaves them in dispute
against AS (
    SELECT a.duty, a.side, a.ref, max(CASE WHEN s.sure THEN s.rank ELSE least(s.rank, a.rank) END) AS against, any_value(a.rank) AS rank
    FROM sided a JOIN seen s ON s.duty = a.duty AND s.at >= a.at GROUP BY ALL
),
refuted AS (
    SELECT s.duty, max(s.at) AS refuted_at, arg_max(s.ref, (s.at, s.ref)) AS refuted_ref
    FROM seen s
    WHERE s.sure AND NOT EXISTS (FROM sided a WHERE a.duty = s.duty AND a.side = 0 AND a.at <= s.at AND a.rank >= s.rank)
    GROUP BY s.duty
),
disputing AS (
    SELECT a.duty, arg_max(s.ref, (s.at, s.ref)) AS disputing_ref
    FROM sided a JOIN seen s ON s.duty = a.duty AND s.at >= a.at AND (s.rank = a.rank OR s.rank > a.rank AND NOT s.sure)
    GROUP BY a.duty
),
-- what counts one: an act, or a day by its first act
counted AS NOT MATERIALIZED (
    SELECT s.duty, s.side, s.part, epoch_us(s.at)::HUGEINT * 18446744073709551616 + s.ref AS act,
           g.against IS NULL OR g.against < s.rank AS proven, g.against IS NULL OR g.against <= s.rank AS claimed
    FROM sided s LEFT JOIN against g ON g.duty = s.duty AND g.side = s.side AND g.ref = s.ref
    WHERE $times IS NOT NULL
    UNION ALL
    SELECT duty, side, part, act, true, true FROM sided WHERE $on_days IS NOT NULL AND side = 0
    UNION ALL
    SELECT duty, side, part, min(act), true, true FROM sided WHERE $on_days IS NOT NULL AND side = 1 GROUP BY duty, side, part
),
reached AS (
    SELECT duty, side, count(*) AS known, min(act) FILTER (proven) AS done, NULL::HUGEINT AS first, min(act) FILTER (claimed) AS claimed
    FROM counted WHERE coalesce($times, $on_days) = 1 GROUP BY duty, side
    UNION ALL
    SELECT duty, side, count(*), min(act) FILTER (nth = coalesce($times, $on_days)), min(act), NULL
    FROM (SELECT duty, side, act, row_number() OVER (PARTITION BY duty, side ORDER BY act) AS nth
          FROM counted WHERE coalesce($times, $on_days) > 1)
    GROUP BY duty, side
),
counts AS MATERIALIZED (
    SELECT duty, side, known, make_timestamptz((done >> 64)::BIGINT) AS done_at, (done & 18446744073709551615)::BIGINT AS done_ref,
           (first & 18446744073709551615)::BIGINT AS first_ref, (claimed & 18446744073709551615)::BIGINT AS claimed_ref
    FROM reached
),
sides AS (
    SELECT duty, 0 AS side FROM timed WHERE $times IS NULL
    UNION ALL SELECT duty, 1 FROM others WHERE $times IS NULL
),
-- the stretches between one act and the next, from the period's start and to its end; an act of two readings ends one at
-- the later and begins one at the earlier, or where the act before it lies: so long they may be
edges AS (
    SELECT s.duty, s.side, unnest([t.t0, t.horizon]) AS "at", unnest([0, 2]) AS place
    FROM sides s JOIN timed t USING (duty) WHERE $max_gap IS NOT NULL
),
strides AS MATERIALIZED (
    SELECT duty, side, step_from, from_ref, step_to, place = 2 AS ending
    FROM (SELECT duty, side, place, greatest(lag(since) OVER w, lag(since, 2) OVER w) AS step_from, lag(ref) OVER w AS from_ref, "at" AS step_to
          FROM (SELECT duty, side, "at", coalesce(earlier, "at") AS since, 1 AS place, ref FROM sided WHERE $max_gap IS NOT NULL
                UNION ALL SELECT duty, side, "at", "at", place, NULL FROM edges)
          WINDOW w AS (PARTITION BY duty, side ORDER BY "at", place, ref))
    WHERE place > 0
),
longest AS (
    SELECT duty, side, max(epoch_us(step_to) - epoch_us(step_from)) AS longest_us,
           max(epoch_us(step_to) - epoch_us(step_from)) FILTER (NOT ending) AS between_us
    FROM strides GROUP BY duty, side
),
fulfilled AS MATERIALIZED (
    SELECT t.*, c.known, c.done_at, c.done_ref, c.first_ref, coalesce(c.claimed_ref, o.claimed_ref) AS claimed_ref, l.longest_us, l.between_us,
           o.known AS known_of_all, o.done_at AS others_at, o.done_ref AS others_ref, w.by_others, r.refuted_at, r.refuted_ref, q.disputing_ref,
           coalesce(c.done_at IS NOT NULL OR (t.due_at <= $as_of AND l.longest_us <= $max_gap), false) AS is_met,
           coalesce(o.done_at IS NOT NULL OR (t.due_at <= $as_of AND m.longest_us <= $max_gap), false) AS by_others_met,
           -- by others too: if they did it, the debtor is excused
           coalesce(c.claimed_ref, o.claimed_ref) IS NOT NULL AND c.done_at IS NULL AS disputed
    FROM timed t
    LEFT JOIN (FROM counts WHERE side = 0) c USING (duty)
    LEFT JOIN (FROM counts WHERE side = 1) o USING (duty)
    LEFT JOIN (FROM longest WHERE side = 0) l USING (duty)
    LEFT JOIN (FROM longest WHERE side = 1) m USING (duty)
    LEFT JOIN foreign_acts w USING (duty)
    LEFT JOIN refuted r USING (duty)
    LEFT JOIN disputing q USING (duty)
),
-- what is not covered, of all sources together: on all units once a clock, else once a duty
whole_gaps AS MATERIALIZED (
    SELECT c.clock, greatest(g.gap_from, c.t0) AS cut_from, least(g.gap_to, coalesce(c.due_at, c.trigger_to)) AS cut_to
    FROM clocks c JOIN gaps g ON g.unit IS NULL AND g.party IS NULL AND g.gap_from < coalesce(c.due_at, c.trigger_to) AND g.gap_to > c.t0
     AND NOT coalesce(g.other >= c.t0 AND g.other < coalesce(c.due_at, c.trigger_to) AND $times IS NOT NULL, false)
),
own_gaps AS MATERIALIZED (
    SELECT t.clock, t.duty, greatest(g.gap_from, t.t0) AS cut_from, least(g.gap_to, t.horizon) AS cut_to
    FROM timed t JOIN gaps g ON g.unit = t.unit AND g.gap_from < t.horizon AND g.gap_to > t.t0
     AND NOT coalesce(g.other >= t.t0 AND g.other < t.horizon AND $times IS NOT NULL, false)
    UNION ALL
    SELECT t.clock, t.duty, greatest(g.gap_from, t.t0), least(g.gap_to, t.horizon)
    FROM timed t JOIN gaps g ON g.party = t.party AND g.gap_from < t.horizon AND g.gap_to > t.t0
),
cut AS (
    SELECT clock, NULL::INTEGER AS duty, cut_from, cut_to FROM whole_gaps
    UNION ALL
    FROM own_gaps
    UNION ALL
    SELECT clock, o.duty, w.cut_from, w.cut_to FROM (SELECT DISTINCT clock, duty FROM own_gaps) o JOIN whole_gaps w USING (clock)
),
uncovered AS MATERIALIZED (
    SELECT clock, duty, sum(greatest(0, epoch_us(cut_to) - epoch_us(greatest(cut_from, coalesce(laid_to, cut_from))))) AS uncovered_us
    FROM (SELECT *, max(cut_to) OVER (PARTITION BY clock, duty ORDER BY cut_from, cut_to
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS laid_to FROM cut)
    GROUP BY clock, duty
),
covering AS MATERIALIZED (
    SELECT f.*, u.duty IS NULL AND v.clock IS NULL AS gapless,
           coalesce(u.uncovered_us, v.uncovered_us, 0) AS uncovered_us
    FROM fulfilled f
    LEFT JOIN uncovered u ON u.duty = f.duty
    LEFT JOIN (FROM uncovered WHERE duty IS NULL) v ON v.clock = f.clock
),
-- where something more could be done: after the last refutation, on a day without act, in a stretch without act;
-- `wanting`: where it would have to be done. What is met and complete has no range, and needs none of it
lacking AS MATERIALIZED (
    SELECT duty, 0 AS side, 1 AS part, greatest(t0, coalesce(refuted_at + INTERVAL 1 MICROSECOND, t0)) AS lack_from,
           horizon AS lack_to, NULL::BIGINT AS from_ref, true AS wanting
    FROM covering WHERE $times IS NOT NULL AND NOT is_met
    UNION ALL
    SELECT f.duty, x.side, p.part, p.part_from, p.part_to, NULL, NOT f.is_met
    FROM covering f JOIN sides x USING (duty) JOIN parts p USING (clock)
    ANTI JOIN counted s ON s.duty = f.duty AND s.part = p.part AND s.side = x.side
    WHERE $on_days IS NOT NULL AND NOT (f.is_met AND f.gapless) AND p.part_from < $as_of
    UNION ALL
    SELECT s.duty, s.side, row_number() OVER (PARTITION BY s.duty, s.side ORDER BY s.step_from, s.step_to), s.step_from, s.step_to,
           s.from_ref, NOT f.is_met AND epoch_us(s.step_to) - epoch_us(s.step_from) > $max_gap AS wanting
    FROM strides s JOIN covering f USING (duty)
    WHERE s.step_from < s.step_to AND (NOT f.gapless OR wanting)
),
hiding AS MATERIALIZED (
    SELECT l.*, g.gap, g.gap_from, g.gap_to, g.proof_due, g.proof_after, g.holder, g.missing, g.undelivered, g.row
    FROM lacking l JOIN gaps g ON g.unit IS NULL AND g.party IS NULL AND g.gap_from < l.lack_to AND g.gap_to > l.lack_from
     AND NOT coalesce(g.other >= l.lack_from AND g.other < l.lack_to AND $max_gap IS NULL, false)
    UNION ALL
    SELECT l.*, g.gap, g.gap_from, g.gap_to, g.proof_due, g.proof_after, g.holder, g.missing, g.undelivered, g.row
    FROM lacking l JOIN timed t USING (duty) JOIN gaps g ON g.unit = t.unit AND g.gap_from < l.lack_to AND g.gap_to > l.lack_from
     AND NOT coalesce(g.other >= l.lack_from AND g.other < l.lack_to AND $max_gap IS NULL, false)
    UNION ALL
    SELECT l.*, g.gap, g.gap_from, g.gap_to, g.proof_due, g.proof_after, g.holder, g.missing, g.undelivered, g.row
    FROM lacking l JOIN timed t USING (duty) JOIN gaps g ON g.party = t.party AND g.gap_from < l.lack_to AND g.gap_to > l.lack_from
),
hidden AS MATERIALIZED (
    SELECT h.duty, max(coalesce(h.proof_due, t.horizon + to_microseconds(h.proof_after))) AS proof_due,
           list(DISTINCT holder ORDER BY holder) AS holding, bool_and(undelivered) AS all_undelivered,
           string_agg(DISTINCT missing, '; ' ORDER BY missing) AS missing,
           -- how many acts are hidden at most, where that can be said
           CASE WHEN $times IS NOT NULL AND bool_and("row") THEN count(DISTINCT gap) END AS unread
    FROM hiding h JOIN timed t USING (duty) WHERE h.wanting AND h.side = 0 AND t.due_at <= $as_of GROUP BY h.duty
),
-- days on which nothing was done and nothing can be hidden: the one with which too few are left
idle AS (
    SELECT l.duty, l.side, count(*) FILTER (l.lack_to <= $as_of) AS idle_days, list_sort(list(l.lack_to)) AS idle_to
    FROM lacking l ANTI JOIN hiding h ON h.duty = l.duty AND h.side = l.side AND h.part = l.part WHERE $on_days IS NOT NULL GROUP BY l.duty, l.side
),
days AS (SELECT clock, count(*) AS days FROM parts WHERE $on_days IS NOT NULL GROUP BY clock),
days_left AS MATERIALIZED (
    SELECT f.duty, x.side, d.days - coalesce(i.idle_days, 0) AS possible,
           CASE WHEN d.days < $on_days THEN f.t0 ELSE i.idle_to[d.days - $on_days + 1] END AS failed_at
    FROM covering f JOIN sides x USING (duty) LEFT JOIN days d USING (clock) LEFT JOIN idle i ON i.duty = f.duty AND i.side = x.side
    WHERE $on_days IS NOT NULL AND f.due_at IS NOT NULL AND NOT (f.is_met AND f.gapless)
),
-- stretches in which neither a known act nor a gap lies: from one instant that a gap may reach to the next
points AS (
    SELECT duty, side, part, lack_from AS point_from, lack_from AS point_to FROM lacking WHERE $max_gap IS NOT NULL
    UNION ALL
    SELECT duty, side, part, lack_to, lack_to FROM lacking WHERE $max_gap IS NOT NULL
    UNION ALL
    SELECT duty, side, part, greatest(gap_from, lack_from), least(gap_to, lack_to) FROM hiding WHERE $max_gap IS NOT NULL
),
holes AS (
    SELECT duty, side, part, laid_to AS hole_from, point_from AS hole_to
    FROM (SELECT *, max(point_to) OVER (PARTITION BY duty, side, part ORDER BY point_from, point_to
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS laid_to FROM points)
    WHERE point_from > laid_to
),
-- a hole is certain once more than the longest allowed time has passed in it; it may follow no act
certain AS MATERIALIZED (
    SELECT duty, side, min(too_long) FILTER (too_long < $as_of) AS failed_at, arg_min_null(from_ref, hole_from) FILTER (too_long < $as_of) AS failed_ref,
           min(too_long) FILTER (too_long >= $as_of) AS fails_at, max(epoch_us(hole_to) - epoch_us(hole_from)) FILTER (hole_to <= $as_of) AS certain_us
    FROM (SELECT h.duty, h.side, h.hole_from, h.hole_to, CASE WHEN l.lack_from = h.hole_from THEN l.from_ref END AS from_ref,
                 CASE WHEN epoch_us(h.hole_to) - epoch_us(h.hole_from) > $max_gap THEN h.hole_from + to_microseconds($max_gap) END AS too_long
          FROM holes h JOIN lacking l ON l.duty = h.duty AND l.side = h.side AND l.part = h.part)
    GROUP BY duty, side
),
-- decided before the period's end, or by it: too few days are left, or one stretch is too long
failing AS MATERIALIZED (
    SELECT duty, side, CASE WHEN possible < $on_days THEN failed_at END AS failed_at, NULL::BIGINT AS failed_ref,
           CASE WHEN failed_at > $as_of THEN failed_at END AS fails_at, NULL::BIGINT AS certain_us, possible
    FROM days_left
    UNION ALL
    SELECT duty, side, failed_at, failed_ref, fails_at + INTERVAL 1 MICROSECOND, certain_us, NULL FROM certain
),
-- the same where what is missing was never done
silent AS (
    SELECT duty, CASE WHEN $max_gap IS NOT NULL THEN min(lack_from) + to_microseconds($max_gap)
                      ELSE list_sort(list(lack_to))[any_value(days) - $on_days + 1] END AS failed_at
    FROM lacking SEMI JOIN hidden USING (duty) JOIN timed USING (duty) LEFT JOIN days USING (clock)
    WHERE $times IS NULL AND wanting AND side = 0 GROUP BY duty
),
-- when it may have been left undone for too long at the earliest: where nothing is hidden
soonest AS (
    SELECT duty, CASE WHEN $max_gap IS NOT NULL THEN min(lack_from) + to_microseconds($max_gap)
                      ELSE list_sort(list(lack_to))[any_value(days) - $on_days + 1] END AS failed_at
    FROM lacking JOIN timed USING (duty) LEFT JOIN days USING (clock)
    WHERE $times IS NULL AND wanting AND side = 0 AND excused_at IS NOT NULL AND ($max_gap IS NOT NULL OR due_at IS NOT NULL) GROUP BY duty
),
weighed AS (
    SELECT f.*, coalesce(f.excused_at >= least(e.failed_at, x.failed_at), false) AS too_late,
           coalesce(x.failed_at > f.excused_at, false) AS before, h.unread,
           h.duty IS NOT NULL AND NOT (f.is_met OR f.by_others_met)
               AND coalesce(greatest(f.known, f.known_of_all, 0) + h.unread >= $times, true) AS hides, h.proof_due,
           array_to_string(h.holding, ', ') AS holders, h.missing,
           coalesce(h.all_undelivered AND h.holding = [f.party], false) AS party_holds_all,
           CASE WHEN f.due_at > f.t0 THEN 1.0 - f.uncovered_us / (epoch_us(f.due_at) - epoch_us(f.t0))
                WHEN f.due_at IS NOT NULL THEN 1.0 END AS coverage,
           -- while others may still have done it, the debtor's own failure is no breach; nor is what came after an excuse that counts
           -- unless it lapsed before
           CASE WHEN (f.by_others IS NULL OR y.failed_at IS NOT NULL) AND NOT before THEN x.failed_at END AS failed_at, x.failed_ref,
           least(x.fails_at, y.fails_at) AS fails_at, x.certain_us, x.possible,
           -- while the period runs, its last stretch counts as far as the evidence goes: what is shown does not grow by itself
           CASE WHEN f.due_at <= $as_of THEN f.longest_us ELSE greatest(f.between_us, x.certain_us, 0) END AS so_far_us,
           s.failed_at AS silent_at
    FROM covering f
    LEFT JOIN hidden h USING (duty)
    LEFT JOIN (FROM failing WHERE side = 0) x ON x.duty = f.duty
    LEFT JOIN (FROM failing WHERE side = 1) y ON y.duty = f.duty
    LEFT JOIN silent s ON s.duty = f.duty
    LEFT JOIN soonest e ON e.duty = f.duty
),
standing AS MATERIALIZED (
    SELECT *, CASE
        WHEN due_at <= t0 THEN 'void.unassessed'
        WHEN is_met THEN 'met'
        WHEN excused_by IS NOT NULL AND NOT too_late OR by_others_met THEN 'excused'
        WHEN failed_at IS NOT NULL THEN 'breached.open'
        WHEN due_at IS NULL THEN 'pending.running'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN NOT (hides OR disputed) THEN 'breached.open'
        WHEN hides AND $as_of < proof_due THEN 'pending.overdue'
        WHEN disputed THEN 'unproven'
        WHEN $silence = 'breached' AND party_holds_all THEN 'breached.open'
        ELSE 'unproven' END AS standing
    FROM weighed
),
citing AS (
    SELECT *,
           CASE WHEN standing = 'met' THEN coalesce(first_ref, done_ref)
                WHEN standing = 'excused' THEN CASE WHEN excused_by IS NULL OR too_late THEN others_ref END
                WHEN standing = 'unproven' AND disputed THEN claimed_ref
                WHEN failed_at IS NOT NULL THEN failed_ref
                ELSE refuted_ref END AS cited_ref,
           CASE WHEN standing = 'met' THEN nullif(done_ref, coalesce(first_ref, done_ref))
                WHEN standing = 'unproven' AND disputed THEN disputing_ref END AS also_ref
    FROM standing
)
SELECT c.sheet, d.duty_id, d.unit, d.unit_class, c.trigger, d.party, c.trigger_from, c.trigger_to,
       s.t0 AS clock_start, s.due_at,
       CASE WHEN standing = 'met' THEN done_at WHEN standing = 'excused' AND by_others_met THEN others_at END AS fulfilled_at,
       CASE WHEN standing = 'breached.open' THEN coalesce(failed_at, silent_at, s.due_at) END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN standing = 'void.unassessed' THEN 'the trigger lasted no time'
           WHEN standing = 'met' AND $max_gap IS NOT NULL THEN 'never left undone for longer than allowed'
           WHEN standing = 'met' AND $on_days IS NOT NULL THEN 'done on enough days'
           WHEN standing = 'met' THEN 'done often enough'
           WHEN standing = 'excused' AND s.excused_by IS NOT NULL AND NOT too_late THEN 'excused by decision: ' || s.excused_by
           WHEN standing = 'excused' THEN 'done in time by another party, not to be paid: ' || by_others
           WHEN standing = 'breached.open' AND failed_at IS NOT NULL AND $max_gap IS NOT NULL
               THEN 'complete logs show that it was left undone for longer than allowed'
           WHEN standing = 'breached.open' AND failed_at IS NOT NULL THEN 'complete logs leave too few days on which it can have been done'
           WHEN s.due_at IS NULL THEN 'the trigger is still open'
           WHEN standing IN ('pending.running', 'pending.at_risk') THEN 'the period is running'
           WHEN standing = 'pending.overdue' THEN 'the period is over, no proof yet; awaited: ' || missing
           WHEN standing = 'unproven' AND disputed
               THEN 'log and inspection contradict each other' || coalesce(': ' || missing, '')
           WHEN standing = 'unproven' THEN 'the evidence is incomplete: ' || missing
           WHEN hides THEN 'no proof was delivered, and the contract counts silence as breach: ' || missing
           WHEN unread > 0 THEN 'too few acts in the period, whatever unreadable rows tell'
           WHEN refuted_at IS NOT NULL THEN 'seen undone, and complete logs show no later act in the period'
           WHEN coalesce(known, 0) = 0 THEN 'complete logs show no act in the period'
           ELSE 'complete logs show too few acts in the period'
       END AS reason,
       concat_ws('; ', one.label || ':' || (cited_ref % 4294967296), two.label || ':' || (also_ref % 4294967296)) AS evidence,
       round(coverage, 4) AS coverage,
       CASE WHEN standing IN ('pending.overdue', 'unproven') THEN coalesce(holders, '') ELSE '' END AS owed_by,
       CASE WHEN standing = 'pending.overdue' THEN proof_due END AS proof_due,
       CASE WHEN $max_gap IS NOT NULL THEN so_far_us / 1e6 ELSE coalesce(known, 0)::DOUBLE END AS measured,
       CASE WHEN $max_gap IS NULL THEN coalesce(known, 0)::DOUBLE WHEN gapless THEN so_far_us / 1e6
            ELSE greatest(coalesce(certain_us, 0), 0) / 1e6 END AS measured_low,
       CASE WHEN $max_gap IS NOT NULL THEN longest_us / 1e6
            WHEN s.due_at <= $as_of AND gapless THEN coalesce(known, 0)::DOUBLE
            WHEN $on_days IS NOT NULL THEN possible::DOUBLE ELSE (coalesce(known, 0) + unread)::DOUBLE END AS measured_high,
       NULL::BIGINT AS items,
       NULL::VARCHAR AS successor,
       CASE standing
           WHEN 'pending.running' THEN least(s.risk_at, s.due_at, fails_at)
           WHEN 'pending.at_risk' THEN least(s.due_at, fails_at)
           WHEN 'pending.overdue' THEN proof_due
           ELSE CASE WHEN $max_gap IS NOT NULL AND $as_of < s.due_at THEN s.due_at END  -- how long it was in the end
       END AS wake_at
FROM citing s JOIN duties d USING (duty) JOIN clocks c ON c.clock = d.clock
LEFT JOIN labels one ON one.number = s.cited_ref // 4294967296
LEFT JOIN labels two ON two.number = s.also_ref // 4294967296
