-- Result: one row a duty of one `attain` obligation, judged as of $as_of.
-- Grain: duty (obligation x group x window). Source: SEMANTICS sections 2 and 6.
-- Reads:  duties   (duty, duty_id, unit, unit_class, clock, party, excused_by, excused_at)   `unit` is the group;
--                  excused_at: when one person alone decided so, which excuses no lapse before that (docs/decisions/0045)
--         clocks   (clock, sheet, day, trigger, trigger_from, trigger_to, t0, lower, due_at, risk_at, opens)
--                  due_at NULL: the window lasts until its trigger ends; lower: how far its items reach back; opens: of a
--                  rolling window, whether none lies before the first that begins there
--         members  (unit, grp, since, until, spell, joined)   which units a group has, by day, and from which instant on; those with
--                  the same days share a spell
--         places   (bucket, clock, part, part_from, part_to)   where to look a window up: bucket = epoch_us // $width
--         items    (key, at, earlier, good, value, ref, pending, turned, missing, holders)   key: the unit; none after
--                  $as_of, identical ones once; good: counts for the share, NULL: not known; of a percentile, whether its
--                  value is within the target; turned: when it turned out so; missing, holders: lists, what is missing of
--                  an item that is an unproven duty, and who owes it
--         gaps     (gap, unit, gap_from, gap_to, proof_due, proof_after, holder, missing, undelivered, undecided, row, other)
--                  gap: its number; undecided: nothing is missing, other duties that would tell are pending; row: a row
--                  that nobody can read, which hides one item at most; other: of a known item whose local time has two
--                  readings, the other one: where both lie in a window it is counted there
--         labels   (number, label)  of deliveries; a ref is number * 2^32 + line
-- Parameters: $as_of, $width, $measure (share, percentile, count), $test (how good / items is compared with the share
--             $part / $whole: ge, le, lt; of a count, ge and le compare the items with it), $rank / $ranks (of the
--             percentile), $strict (all must be good, or none: one item spoils it, docs/decisions/0040), $min_items,
--             $enough / $enough_of (the coverage that decides), $rolling (microseconds; NULL: the whole window), $bins (of a
--             rolling window, a divisor of $rolling), $silence, $duties (the items are duties: one of which it is not
--             known whether it is good may turn out excused or void, and no item)
WITH timed AS MATERIALIZED (
    SELECT d.duty, d.unit, d.party, d.excused_by, d.excused_at, d.clock, c.day, c.t0, c.lower, c.due_at, c.risk_at, c.opens
    FROM duties d JOIN clocks c USING (clock)
),
spells AS MATERIALIZED (
    SELECT DISTINCT spell, grp, since, until FROM members
),
-- items beside the windows in which they lie; a doubtful time counts where both its readings lie within
placed AS NOT MATERIALIZED (
    SELECT p.clock, m.spell, i.at, i.good, i.value, i.pending, i.ref, i.turned, i.missing, i.holders
    FROM items i JOIN places p ON p.bucket = epoch_us(i.at) // $width AND i.at >= p.part_from AND i.at < p.part_to
    JOIN members m ON m.unit IS NOT DISTINCT FROM i.key AND i.at >= m.joined
    WHERE coalesce(i.earlier >= p.part_from, true)
),
-- buckets in which a part begins or ends: there it matters when
cut_through AS (
    SELECT DISTINCT edge_us // $width AS bucket FROM (SELECT unnest([epoch_us(part_from), epoch_us(part_to)]) AS edge_us FROM places)
    WHERE edge_us % $width <> 0
),
-- how many are alike, before their window is looked up: told apart by no more than that and what is asked of single ones
by_bucket AS (
    SELECT m.spell, epoch_us(i.at) // $width AS bucket, i.earlier, i.good, CASE WHEN $measure = 'percentile' THEN i.value END AS value,
           CASE WHEN t.bucket IS NOT NULL OR $measure = 'count' AND $test = 'le' THEN i.at END AS "at",
           count(*) AS n, count(*) FILTER (i.pending) AS undecided, min(i.ref) AS ref,
           min(CASE WHEN $strict THEN epoch_us(i.turned)::HUGEINT * 18446744073709551616 + coalesce(i.ref, 0) END) AS turn
    FROM items i JOIN members m ON m.unit IS NOT DISTINCT FROM i.key AND i.at >= m.joined
    LEFT JOIN cut_through t ON t.bucket = epoch_us(i.at) // $width
    WHERE $rolling IS NULL GROUP BY ALL
),
tallied AS (
    SELECT p.clock, b.spell, b.good, b.value, b.at, b.n, b.undecided, b.ref, b.turn
    FROM by_bucket b JOIN places p ON p.bucket = b.bucket AND coalesce(b.at >= p.part_from AND b.at < p.part_to, true)
     AND coalesce(b.earlier >= p.part_from, true)
    UNION ALL
    SELECT clock, spell, good, NULL, "at", 1, pending::INTEGER, ref, NULL FROM placed WHERE $rolling IS NOT NULL
),
lying AS MATERIALIZED (
    SELECT t.duty, l.good, l.value, l.at, l.n, l.undecided, l.ref, l.turn, epoch_us(l.at) AS at_us,
           (at_us - epoch_us(t.lower)) // ($rolling // $bins) AS bin
    FROM tallied l JOIN spells s USING (spell) JOIN timed t ON t.clock = l.clock AND t.unit = s.grp AND t.day BETWEEN s.since AND s.until
),
by_duty AS MATERIALIZED (
    SELECT duty, sum(n)::BIGINT AS n, coalesce(sum(n) FILTER (good), 0)::BIGINT AS good, coalesce(sum(n) FILTER (good IS NULL), 0)::BIGINT AS unsure,
           sum(undecided)::BIGINT AS undecided, min(ref) FILTER (NOT good) AS bad_ref, min(ref) FILTER (good) AS good_ref,
           -- what spoils it first: instant and ref are one number
           min(turn) FILTER (CASE WHEN $test = 'ge' THEN NOT good ELSE good END) AS spoilt,
           min(turn) FILTER (good IS NULL) AS doubted
    FROM lying GROUP BY duty
),
-- what unproven duties lack
lacking AS (
    SELECT t.duty, list_distinct(flatten(list(l.missing))) AS missing, list_distinct(flatten(list(l.holders))) AS holders
    FROM placed l JOIN spells s USING (spell) JOIN timed t ON t.clock = l.clock AND t.unit = s.grp AND t.day BETWEEN s.since AND s.until
    WHERE $duties AND l.missing IS NOT NULL GROUP BY t.duty
),
-- a percentile's own value, its unknown values once as the smallest and once as the greatest
histogram AS (
    SELECT duty, value, sum(n) AS n FROM lying
    WHERE $measure = 'percentile' AND $rolling IS NULL AND value IS NOT NULL GROUP BY ALL
),
-- a count of at most so many: when there was one too many
exceeded AS (
    SELECT duty, min("at") FILTER (upto::HUGEINT * $whole > $part) AS exceeded_at
    FROM (SELECT duty, "at", sum(n) OVER (PARTITION BY duty ORDER BY "at") AS upto FROM lying
          WHERE $measure = 'count' AND $test = 'le' AND $rolling IS NULL)
    GROUP BY duty
),
-- what is not covered: on all units once a window, else once a duty
whole_gaps AS MATERIALIZED (
    SELECT c.clock, g.gap, g.gap_from, g.gap_to, g.holder, g.missing, g.undelivered, g.undecided, g.row,
           coalesce(g.proof_due, c.due_at + to_microseconds(g.proof_after)) AS proof_due
    FROM clocks c JOIN gaps g ON g.unit IS NULL AND g.gap_from < c.due_at AND g.gap_to > c.lower
),
-- what states no unit is the contract's as a whole, and its gap one on all that make it up
parts_of AS MATERIALIZED (
    SELECT grp, unit, since, until FROM members WHERE unit <> grp
),
unit_gaps AS MATERIALIZED (
    SELECT DISTINCT t.duty, t.clock, coalesce(o.unit, m.unit) AS unit, g.gap, greatest(g.gap_from, m.joined) AS gap_from, g.gap_to,
           g.holder, g.missing, g.undelivered, g.undecided, g.row,
           coalesce(g.proof_due, t.due_at + to_microseconds(g.proof_after)) AS proof_due
    FROM gaps g JOIN members m ON m.unit = g.unit
    JOIN timed t ON t.unit = m.grp AND t.day BETWEEN m.since AND m.until
     AND g.gap_from < t.due_at AND g.gap_to > greatest(t.lower, m.joined)
     AND NOT coalesce($rolling IS NULL AND g.other >= t.lower AND g.other < t.due_at, false)
    LEFT JOIN parts_of o ON m.unit = m.grp AND o.grp = m.grp AND t.day BETWEEN o.since AND o.until
),
gapped AS MATERIALIZED (
    SELECT clock, NULL::INTEGER AS duty, gap, gap_from, gap_to, holder, missing, undelivered, undecided, "row", proof_due FROM whole_gaps
    UNION ALL
    SELECT NULL, duty, gap, gap_from, gap_to, holder, missing, undelivered, undecided, "row", proof_due FROM unit_gaps
    UNION ALL
    SELECT NULL, t.duty, g.gap, g.gap_from, g.gap_to, g.holder, g.missing, g.undelivered, g.undecided, g.row, g.proof_due
    FROM (SELECT DISTINCT duty FROM unit_gaps) u JOIN timed t USING (duty) JOIN whole_gaps g ON g.clock = t.clock
),
missed AS MATERIALIZED (
    SELECT clock, duty, max(proof_due) AS proof_due, list(DISTINCT holder ORDER BY holder) AS holding,
           min(gap_from) AS first_gap, min(gap_from) FILTER (NOT "row") AS first_stretch,
           bool_and(undelivered) AS all_undelivered, bool_or(undecided) AS undecided,
           string_agg(DISTINCT missing, '; ' ORDER BY missing) AS missing,
           -- rows of two deliveries that go by one name read alike
           CASE WHEN bool_and("row") THEN count(DISTINCT gap) END AS unread
    FROM gapped GROUP BY clock, duty
),
-- a row hides an item and takes no time; what several sources leave uncovered on a unit counts once
stretches AS (
    SELECT clock, NULL::INTEGER AS duty, NULL::VARCHAR AS unit, gap_from, gap_to FROM whole_gaps WHERE NOT "row"
    UNION ALL
    SELECT clock, duty, unit, gap_from, gap_to FROM unit_gaps WHERE NOT "row"
    UNION ALL
    SELECT u.clock, u.duty, u.unit, g.gap_from, g.gap_to
    FROM (SELECT DISTINCT clock, duty, unit FROM unit_gaps WHERE NOT "row") u JOIN whole_gaps g ON g.clock = u.clock AND NOT g.row
),
pieces AS MATERIALIZED (
    SELECT clock, duty, unit, greatest(cut_from, coalesce(laid_to, cut_from)) AS cut_from, cut_to
    FROM (SELECT g.clock, g.duty, g.unit, greatest(g.gap_from, c.lower) AS cut_from, least(g.gap_to, c.due_at) AS cut_to,
                 max(least(g.gap_to, c.due_at)) OVER (PARTITION BY g.clock, g.duty, g.unit ORDER BY greatest(g.gap_from, c.lower), g.gap_to
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS laid_to
          FROM stretches g JOIN clocks c USING (clock) WHERE g.gap_to - g.gap_from > INTERVAL 1 MICROSECOND)
    WHERE cut_to > greatest(cut_from, coalesce(laid_to, cut_from))
),
-- a group is covered as far as its units are, on average (docs/decisions/0036): how many there are, and how many have gaps of their own
sized AS MATERIALIZED (
    SELECT t.duty, t.clock, greatest(1, count(DISTINCT m.unit) FILTER (m.unit <> m.grp)) AS units, any_value(o.lone) AS lone
    FROM (SELECT duty, count(DISTINCT unit) FILTER (NOT "row") AS lone FROM unit_gaps GROUP BY duty) o JOIN timed t USING (duty)
    JOIN members m ON m.grp = t.unit AND t.day BETWEEN m.since AND m.until
    GROUP BY t.duty, t.clock
),
cut AS MATERIALIZED (
    SELECT clock, NULL::INTEGER AS duty, cut_from, cut_to, 1 AS weight, 1 AS units FROM pieces WHERE duty IS NULL
    UNION ALL
    SELECT NULL, p.duty, p.cut_from, p.cut_to, 1, s.units FROM pieces p JOIN sized s USING (duty)
    UNION ALL
    SELECT NULL, s.duty, p.cut_from, p.cut_to, s.units - s.lone, s.units
    FROM sized s JOIN pieces p ON p.clock = s.clock AND p.duty IS NULL WHERE s.units > s.lone
),
uncovered AS (
    SELECT clock, duty, sum((epoch_us(cut_to) - epoch_us(cut_from)) * weight)::HUGEINT AS lost_us, any_value(units) AS units FROM cut GROUP BY clock, duty
),
covered AS MATERIALIZED (
    SELECT t.*, m.duty IS NOT NULL AS by_itself, (m.duty IS NOT NULL OR w.clock IS NOT NULL) AS gaps,
           coalesce(m.proof_due, w.proof_due) AS proof_due, coalesce(m.holding, w.holding) AS holding,
           coalesce(m.all_undelivered, w.all_undelivered) AS all_undelivered,
           coalesce(m.undecided, w.undecided, false) AS awaiting, coalesce(m.missing, w.missing) AS missing,
           -- from when on so much may be missing that it lapsed: of a count, not with a row, which is one item at most
           CASE WHEN $measure = 'count' THEN CASE WHEN m.duty IS NOT NULL THEN m.first_stretch ELSE w.first_stretch END
                ELSE coalesce(m.first_gap, w.first_gap) END AS missing_from,
           CASE WHEN missing_from IS NOT NULL THEN greatest(missing_from, t.t0) END AS first_gap,
           coalesce(CASE WHEN m.duty IS NOT NULL THEN u.lost_us ELSE v.lost_us END, 0) AS missing_us,
           (epoch_us(t.due_at) - epoch_us(t.lower))::HUGEINT * coalesce(CASE WHEN m.duty IS NOT NULL THEN u.units ELSE v.units END, 1) AS all_us,
           CASE WHEN t.due_at > t.lower THEN 1.0 - missing_us / all_us WHEN t.due_at IS NOT NULL THEN 1.0 END AS coverage,
           NOT gaps OR $enough < $enough_of AND CASE WHEN t.due_at > t.lower THEN (all_us - missing_us) * $enough_of >= $enough * all_us
                                              WHEN t.due_at IS NOT NULL THEN true END AS whole,
           -- how many items are hidden at most, where that can be said and is not let go: they make the range
           CASE WHEN NOT whole AND $rolling IS NULL THEN CASE WHEN m.duty IS NULL THEN w.unread ELSE m.unread END END AS at_most,
           coalesce(at_most, 0) AS hidden, whole OR at_most IS NOT NULL AS decides
    FROM timed t
    LEFT JOIN (FROM missed WHERE duty IS NOT NULL) m ON m.duty = t.duty
    LEFT JOIN (FROM missed WHERE duty IS NULL) w ON w.clock = t.clock
    LEFT JOIN (FROM uncovered WHERE duty IS NOT NULL) u ON u.duty = t.duty
    LEFT JOIN (FROM uncovered WHERE duty IS NULL) v ON v.clock = t.clock
),
-- rows that nobody can read, where one person's excuse asks whether it may have lapsed before
torn AS MATERIALIZED (
    SELECT DISTINCT t.duty, greatest(g.gap_from, t.t0) AS "at", 1 AS n, g.gap
    FROM covered t JOIN gapped g ON g.row AND CASE WHEN t.by_itself THEN g.duty = t.duty ELSE g.clock = t.clock END
    WHERE t.excused_at IS NOT NULL AND NOT t.whole AND $measure = 'count' AND $test = 'le' AND $rolling IS NULL
),
-- when there may have been one too many then: each row is one, as early as it may be
exceeding AS (
    SELECT duty, min("at") FILTER (upto::HUGEINT * $whole > $part) AS exceeding_at
    FROM (SELECT duty, "at", sum(n) OVER (PARTITION BY duty ORDER BY "at") AS upto
          FROM (SELECT duty, "at", n FROM lying SEMI JOIN torn USING (duty) UNION ALL SELECT duty, "at", n FROM torn))
    GROUP BY duty
),
ranked AS (
    SELECT duty, min(value) FILTER (upto >= known) AS known_value,
           min(value) FILTER (upto >= wanted - unsure) AS low_value, min(value) FILTER (upto >= wanted) AS high_value,
           any_value(wanted <= unsure) AS no_floor
    FROM (SELECT h.duty, h.value, b.unsure + c.hidden AS unsure, sum(h.n) OVER (PARTITION BY h.duty ORDER BY h.value) AS upto,
                 ($rank * (b.n + c.hidden)::HUGEINT + $ranks - 1) // $ranks AS wanted,
                 ($rank * (b.n - b.unsure)::HUGEINT + $ranks - 1) // $ranks AS known
          FROM histogram h JOIN by_duty b USING (duty) JOIN covered c USING (duty))
    GROUP BY duty
),
-- rolling windows end wherever an item enters or has left. Time is laid out in bins, $bins to a window
binned AS MATERIALIZED (
    SELECT duty, bin, count(*) AS n, count(*) FILTER (good) AS good, count(*) FILTER (good IS NULL) AS unsure, max(at_us) AS last_us
    FROM lying JOIN timed USING (duty) WHERE $rolling IS NOT NULL AND due_at <= $as_of GROUP BY duty, bin
),
-- what lies in the first window of all enters it as it ends, from when on it is tested (docs/decisions/0049 and 0075)
opening AS (
    SELECT DISTINCT duty, epoch_us(lower) + $rolling AS test_us FROM binned JOIN timed USING (duty)
    WHERE opens AND bin < $bins
),
turning AS (
    SELECT duty, bin, n AS in_n, good AS in_good, unsure AS in_unsure, 0 AS out_n, 0 AS out_good, 0 AS out_unsure, last_us FROM binned
    UNION ALL
    SELECT duty, bin + $bins, 0, 0, 0, n, good, unsure, last_us + $rolling FROM binned JOIN timed USING (duty)
    WHERE epoch_us(lower) + $rolling + bin * ($rolling // $bins) < epoch_us(due_at)
    UNION ALL
    SELECT duty, $bins, 0, 0, 0, 0, 0, 0, test_us FROM opening
),
-- what lies in the window as a bin begins, and what enters and leaves it within the bin
begun AS (
    SELECT duty, bin, sum(in_n)::BIGINT AS in_n, sum(in_good)::BIGINT AS in_good, sum(in_unsure)::BIGINT AS in_unsure,
           sum(out_n)::BIGINT AS out_n, sum(out_good)::BIGINT AS out_good, max(last_us) AS last_us,
           coalesce(sum(sum(in_n) - sum(out_n)) OVER before, 0)::BIGINT AS n, coalesce(sum(sum(in_good) - sum(out_good)) OVER before, 0)::BIGINT AS good,
           coalesce(sum(sum(in_unsure) - sum(out_unsure)) OVER before, 0)::BIGINT AS unsure
    FROM turning GROUP BY duty, bin
    WINDOW before AS (PARTITION BY duty ORDER BY bin ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
-- that bounds all windows that end in the bin
bounded AS MATERIALIZED (
    SELECT *, CASE WHEN $measure = 'count' THEN least_n ELSE least_good / nullif(least_good + most_bad, 0) END AS lowest,
           CASE WHEN $measure = 'count' THEN most_n ELSE most_good / nullif(most_good + least_bad, 0) END AS highest,
           CASE WHEN $test = 'ge' THEN lowest ELSE -highest END AS worst, CASE WHEN $test = 'ge' THEN highest ELSE -lowest END AS best,
           bounds_hold AND coalesce(CASE
               WHEN $measure = 'count' AND $test = 'ge' THEN least_n::HUGEINT * $whole >= $part
               WHEN $measure = 'count' THEN most_n::HUGEINT * $whole <= $part
               WHEN $test = 'ge' THEN least_good::HUGEINT * $whole >= $part * (least_good::HUGEINT + most_bad)
               WHEN $test = 'le' THEN most_good::HUGEINT * $whole <= $part * (most_good::HUGEINT + least_bad)
               ELSE most_good::HUGEINT * $whole < $part * (most_good::HUGEINT + least_bad) END, false) AS passes
    FROM (SELECT b.*, b.n - out_n AS least_n, b.n + in_n AS most_n, b.good - out_good AS least_good, b.good + in_good AS most_good,
                 b.n - b.good - (out_n - out_good) AS least_bad, b.n - b.good + in_n - in_good AS most_bad,
                 NOT c.gaps AND b.unsure + in_unsure = 0 AND least_n >= $min_items
                 AND epoch_us(c.lower) + (bin + 1) * ($rolling // $bins) <= epoch_us(c.due_at) AS bounds_hold
          FROM begun b JOIN covered c USING (duty) WHERE bin >= $bins)
),
-- where all of them pass for certain, and none can be the worst, only the last one is looked at
tried AS MATERIALIZED (
    SELECT b.*, coalesce(passes AND worst > w.best_worst, false) AS skipped
    FROM bounded b LEFT JOIN (SELECT duty, min(best) AS best_worst FROM bounded WHERE bounds_hold GROUP BY duty) w USING (duty)
),
-- three sums in one integer, 40 bits each: what is within a window is never negative
entered AS (
    SELECT duty, bin, at_us, (1::HUGEINT << 80) + CASE WHEN good THEN 1099511627776 WHEN good IS NULL THEN 1 ELSE 0 END AS item FROM lying
    WHERE $rolling IS NOT NULL
),
moves AS (
    SELECT t.duty, t.bin, e.at_us AS test_us, e.item FROM tried t JOIN entered e USING (duty, bin) WHERE NOT t.skipped
    UNION ALL
    SELECT t.duty, t.bin, e.at_us + $rolling, -e.item FROM tried t JOIN entered e ON e.duty = t.duty AND e.bin = t.bin - $bins WHERE NOT t.skipped
    UNION ALL
    SELECT o.duty, t.bin, o.test_us, 0 FROM opening o JOIN tried t ON t.duty = o.duty AND t.bin = $bins WHERE NOT t.skipped
    UNION ALL
    SELECT duty, bin, NULL, (n::HUGEINT << 80) + (good::HUGEINT << 40) + unsure FROM tried WHERE NOT skipped
),
rolled AS (
    SELECT duty, test_us, sums >> 80 AS n, (sums >> 40) & 1099511627775 AS good, sums & 1099511627775 AS unsure
    FROM (SELECT duty, test_us, sum(item) OVER (PARTITION BY duty, bin ORDER BY test_us NULLS FIRST RANGE UNBOUNDED PRECEDING) AS sums FROM moves)
),
tested AS MATERIALIZED (
    SELECT r.duty, r.test_us, r.n::BIGINT AS n, r.good::BIGINT AS good, r.unsure::BIGINT AS unsure
    FROM rolled r JOIN timed t USING (duty) WHERE r.test_us < epoch_us(t.due_at) AND r.n >= $min_items
    UNION ALL
    SELECT duty, last_us, n + in_n - out_n, good + in_good - out_good, 0 FROM tried WHERE skipped
),
own_gaps AS (
    SELECT t.duty, g.gap_from, g.gap_to FROM covered t JOIN gapped g ON g.duty = t.duty WHERE t.by_itself AND $rolling IS NOT NULL
    UNION ALL
    SELECT t.duty, g.gap_from, g.gap_to FROM covered t JOIN gapped g ON g.clock = t.clock WHERE NOT t.by_itself AND $rolling IS NOT NULL
),
own_cuts AS (
    SELECT t.duty, g.cut_from, g.cut_to, g.weight, g.units FROM covered t JOIN cut g ON g.duty = t.duty WHERE t.by_itself AND $rolling IS NOT NULL
    UNION ALL
    SELECT t.duty, g.cut_from, g.cut_to, g.weight, g.units FROM covered t JOIN cut g ON g.clock = t.clock WHERE NOT t.by_itself AND $rolling IS NOT NULL
),
open_tests AS MATERIALIZED (
    SELECT DISTINCT t.duty, t.test_us
    FROM tested t JOIN own_gaps g ON g.duty = t.duty AND epoch_us(g.gap_from) <= t.test_us AND epoch_us(g.gap_to) - 1 > t.test_us - $rolling
),
lost AS (
    SELECT o.duty, o.test_us, sum((least(epoch_us(x.cut_to), o.test_us) - greatest(epoch_us(x.cut_from), o.test_us - $rolling)) * x.weight)::HUGEINT AS lost_us,
           any_value(x.units) * $rolling::HUGEINT AS all_us
    FROM open_tests o JOIN own_cuts x ON x.duty = o.duty AND epoch_us(x.cut_from) < o.test_us AND epoch_us(x.cut_to) > o.test_us - $rolling
    GROUP BY o.duty, o.test_us
),
counted AS MATERIALIZED (
    -- the whole window, or each rolling one
    SELECT c.duty, NULL::BIGINT AS test_us, coalesce(b.n, 0) AS n, coalesce(b.good, 0) AS good, coalesce(b.unsure, 0) AS unsure, c.hidden,
           c.decides AS complete
    FROM covered c LEFT JOIN by_duty b USING (duty) WHERE $rolling IS NULL
    UNION ALL
    SELECT t.duty, t.test_us, t.n, t.good, t.unsure, 0,
           o.duty IS NULL OR $enough < $enough_of AND coalesce((l.all_us - l.lost_us) * $enough_of >= $enough * l.all_us, true)
    FROM tested t LEFT JOIN open_tests o ON o.duty = t.duty AND o.test_us = t.test_us
    LEFT JOIN lost l ON l.duty = t.duty AND l.test_us = t.test_us
),
compared AS MATERIALIZED (
    SELECT *, sure >= $min_items AS assessed,
              CASE WHEN $measure = 'count' AND $test = 'ge' THEN n::HUGEINT * $whole >= $part
                   WHEN $measure = 'count' THEN complete AND most * $whole <= $part
                   WHEN NOT complete THEN false
                   WHEN $test = 'ge' THEN good::HUGEINT * $whole >= $part * most
                   WHEN $test = 'le' THEN best * $whole <= $part * most
                   ELSE best * $whole < $part * most END AS passes,
              CASE WHEN NOT assessed THEN false
                   WHEN $measure = 'count' AND $test = 'ge' THEN complete AND most * $whole < $part
                   WHEN $measure = 'count' THEN n::HUGEINT * $whole > $part
                   WHEN NOT complete THEN $strict AND CASE WHEN $test = 'ge' THEN good + unsure < n ELSE good > 0 END
                   WHEN $test = 'ge' THEN best * $whole < $part * most
                   WHEN $test = 'le' THEN good::HUGEINT * $whole > $part * most
                   ELSE good::HUGEINT * $whole >= $part * most END AS fails
    FROM (SELECT *, n::HUGEINT + hidden AS most, good::HUGEINT + unsure + hidden AS best,
                 n - CASE WHEN $duties THEN unsure ELSE 0 END AS sure FROM counted)
),
-- the duty: its window, or all its rolling windows, the worst of which is shown: of the failing ones, else of all
ranked_tests AS MATERIALIZED (
    SELECT *, CASE WHEN $measure = 'count' THEN n::DOUBLE ELSE good / n END * CASE WHEN $test = 'ge' THEN 1 ELSE -1 END AS far
    FROM compared
),
summed AS MATERIALIZED (
    SELECT duty, bool_or(fails) AS fails, bool_and(passes) AS passes, bool_or(assessed) AS assessed, make_timestamptz(min(test_us) FILTER (fails)) AS failed_at,
           bool_and(complete) AS complete, min(far) FILTER (fails) AS worst_failing, min(far) AS worst_of_all
    FROM ranked_tests GROUP BY duty
),
-- how often a duty began to fail
runs AS (
    SELECT duty, count(*) AS lapses FROM (
        SELECT duty, c.fails, lag(c.fails, 1, false) OVER (PARTITION BY duty ORDER BY test_us) AS failed
        FROM compared c SEMI JOIN (FROM summed WHERE fails) USING (duty) WHERE $rolling IS NOT NULL)
    WHERE fails AND NOT failed GROUP BY duty
),
worsts AS (
    SELECT r.duty, min(r.test_us) AS test_us
    FROM ranked_tests r JOIN summed s ON s.duty = r.duty AND s.fails = r.fails
     AND r.far IS NOT DISTINCT FROM CASE WHEN s.fails THEN s.worst_failing ELSE s.worst_of_all END
    GROUP BY r.duty
),
-- what makes the first rolling window fail lies in it
failed_by AS (
    SELECT l.duty, min(l.ref) FILTER (NOT l.good) AS bad_ref, min(l.ref) FILTER (l.good) AS good_ref
    FROM lying l JOIN summed s ON s.duty = l.duty AND s.fails AND l.at_us <= epoch_us(s.failed_at) AND l.at_us > epoch_us(s.failed_at) - $rolling
    WHERE $rolling IS NOT NULL GROUP BY l.duty
),
shown AS (
    SELECT DISTINCT r.duty, r.n, r.good, r.unsure, r.complete
    FROM worsts w JOIN compared r ON r.duty = w.duty AND r.test_us IS NOT DISTINCT FROM w.test_us
),
weighed AS (
    SELECT c.*, s.fails, s.passes, s.assessed, s.failed_at, coalesce(s.complete, false) AS complete, coalesce(x.complete, false) AS shown_complete, r.lapses,
           coalesce(x.n, 0) AS n, coalesce(x.good, 0) AS good, coalesce(x.unsure, 0) AS unsure,
           q.known_value, q.low_value, q.high_value, q.no_floor, CASE WHEN $rolling IS NULL THEN b.bad_ref ELSE z.bad_ref END AS bad_ref,
           CASE WHEN $rolling IS NULL THEN b.good_ref ELSE z.good_ref END AS good_ref, coalesce(b.undecided, 0) AS undecided,
           -- with more than one item asked for, it is not known to be assessed before the window is over
           CASE WHEN $min_items = 1 THEN b.spoilt END AS first_spoilt, make_timestamptz((first_spoilt >> 64)::BIGINT) AS spoilt_at,
           nullif((first_spoilt & 18446744073709551615)::BIGINT, 0) AS spoilt_ref,
           s.duty IS NULL AS untested, e.exceeded_at, array_to_string(c.holding, ', ') AS awaited_of,
           array_to_string(list_sort(list_distinct(list_concat(c.holding, k.holders))), ', ') AS holders,
           nullif(array_to_string(list_sort(list_distinct(list_concat(string_split(c.missing, '; '), k.missing))), '; '), '') AS lacks,
           coalesce(c.all_undelivered AND c.holding = [c.party], false) AS party_holds_all,
           -- before its window is over one item too many lapses it, or the first bad one of all
           $rolling IS NULL AND ($measure = 'count' AND $test = 'le' OR $strict AND $min_items = 1) AS lapses_early,
           coalesce(CASE WHEN $measure <> 'count' THEN spoilt_at WHEN s.fails THEN e.exceeded_at END > c.excused_at AND lapses_early, false) AS before,
           coalesce(c.excused_at >= least(e.exceeded_at, o.exceeding_at, spoilt_at, CASE WHEN NOT (c.whole OR s.passes) THEN c.first_gap END,
                                          make_timestamptz((b.doubted >> 64)::BIGINT)) AND lapses_early, false) AS too_late
    FROM covered c
    LEFT JOIN summed s USING (duty)
    LEFT JOIN shown x USING (duty)
    LEFT JOIN runs r USING (duty)
    LEFT JOIN ranked q USING (duty)
    LEFT JOIN exceeded e USING (duty)
    LEFT JOIN exceeding o USING (duty)
    LEFT JOIN by_duty b USING (duty)
    LEFT JOIN failed_by z USING (duty)
    LEFT JOIN lacking k USING (duty)
),
standing AS MATERIALIZED (
    SELECT *, CASE
        WHEN due_at <= t0 THEN 'void.unassessed'
        WHEN $measure = 'count' AND $test = 'ge' AND $rolling IS NULL AND passes AND assessed THEN 'met'
        -- what is missing might have rolling windows of its own
        WHEN due_at <= $as_of AND passes AND assessed AND ($rolling IS NULL OR whole) THEN 'met'
        WHEN excused_by IS NOT NULL AND NOT too_late THEN 'excused'
        WHEN $measure = 'count' AND $test = 'le' AND $rolling IS NULL AND fails AND NOT before THEN 'breached.open'
        WHEN spoilt_at IS NOT NULL AND NOT before THEN 'breached.open'
        WHEN due_at IS NULL THEN 'pending.running'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN decides AND (untested OR $rolling IS NULL AND n + hidden < $min_items) THEN 'void.unassessed'
        WHEN fails AND NOT before THEN 'breached.open'
        WHEN undecided > 0 OR awaiting THEN 'pending.running'
        WHEN gaps AND $as_of < proof_due THEN 'pending.overdue'
        WHEN gaps AND NOT (complete AND whole) AND $silence = 'breached' AND party_holds_all THEN 'breached.open'
        ELSE 'unproven' END AS standing
    FROM weighed
)
SELECT c.sheet, d.duty_id, d.unit, d.unit_class, c.trigger, d.party, c.trigger_from, c.trigger_to,
       s.t0 AS clock_start, s.due_at,
       NULL::TIMESTAMPTZ AS fulfilled_at,
       CASE WHEN standing = 'breached.open' THEN coalesce(failed_at, CASE WHEN fails THEN exceeded_at END, least(spoilt_at, s.due_at)) END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN standing = 'met' THEN 'the target is reached'
           WHEN standing = 'excused' THEN 'excused by decision: ' || s.excused_by
           WHEN s.due_at <= s.t0 THEN 'the trigger lasted no time'
           WHEN standing = 'void.unassessed' THEN 'too few items to be assessed: ' || n || ' of ' || $min_items
           WHEN s.due_at IS NULL THEN 'the trigger is still open'
           WHEN standing IN ('pending.running', 'pending.at_risk') AND $as_of >= s.due_at THEN 'some of its duties are not decided yet'
           WHEN standing IN ('pending.running', 'pending.at_risk') THEN 'the window is running'
           WHEN standing = 'pending.overdue' THEN 'the window is over, its evidence is incomplete; awaited: ' || missing
           WHEN standing = 'breached.open' AND fails AND $rolling IS NOT NULL
               THEN 'the target was missed in rolling windows: ' || 'spells ' || lapses || ', the first from ' || strftime(failed_at, '%Y-%m-%dT%H:%M:%SZ')
           WHEN standing = 'breached.open' AND fails AND (complete OR $measure = 'count') THEN 'the target is missed'
           WHEN standing = 'breached.open' AND fails
               THEN 'the target is missed, whatever is missing' || CASE WHEN unranged THEN ': ' || missing ELSE '' END
           WHEN standing = 'breached.open' THEN 'no proof was delivered, and the contract counts silence as breach: ' || missing
           WHEN gaps AND NOT (complete AND whole) THEN 'the evidence is incomplete: ' || lacks
           ELSE concat_ws('; ', 'of some items it is not known whether they are good: ' || unsure || ' of ' || n, lacks)
       END AS reason,
       coalesce(one.label || ':' || (cited_ref % 4294967296), '') AS evidence,
       round(coverage, 4) AS coverage,
       CASE standing WHEN 'pending.overdue' THEN awaited_of WHEN 'unproven' THEN coalesce(holders, '') ELSE '' END AS owed_by,
       CASE WHEN standing = 'pending.overdue' OR unranged AND $as_of < proof_due THEN proof_due END AS proof_due,
       CASE WHEN $measure = 'count' THEN n::DOUBLE WHEN $measure = 'percentile' THEN known_value WHEN n > unsure THEN good / (n - unsure) END AS measured,
       CASE WHEN $measure = 'count' THEN n::DOUBLE WHEN NOT coalesce(shown_complete AND decides AND s.due_at <= $as_of, false) OR n = 0 THEN NULL
            WHEN $measure = 'percentile' THEN CASE WHEN no_floor THEN NULL ELSE low_value END ELSE good / (n + hidden) END AS measured_low,
       CASE WHEN NOT coalesce(shown_complete AND decides AND s.due_at <= $as_of, false) OR n = 0 AND $measure <> 'count' THEN NULL WHEN $measure = 'count' THEN (n + hidden)::DOUBLE
            WHEN $measure = 'percentile' THEN high_value ELSE (good + unsure + hidden) / (n + hidden) END AS measured_high,
       n AS items,
       NULL::VARCHAR AS successor,
       CASE standing
           WHEN 'pending.running' THEN CASE WHEN s.due_at IS NULL OR $as_of < s.due_at THEN least(s.risk_at, s.due_at) END
           WHEN 'pending.at_risk' THEN s.due_at
           WHEN 'pending.overdue' THEN proof_due
           -- decided before its window is over, it has its range then; what leaves it none may still be awaited
           ELSE CASE WHEN $as_of < s.due_at THEN s.due_at WHEN unranged AND $as_of < proof_due THEN proof_due END
       END AS wake_at
FROM (SELECT *, CASE WHEN standing <> 'breached.open' OR NOT fails OR $measure = 'count' THEN NULL
                     WHEN spoilt_at IS NOT NULL THEN spoilt_ref WHEN $test = 'ge' THEN bad_ref ELSE good_ref END AS cited_ref,
                     -- one item decided it, what is missing leaves no range
                     coalesce(standing = 'breached.open' AND fails AND $strict AND NOT complete AND $rolling IS NULL AND due_at <= $as_of, false) AS unranged
      -- what came after an excuse that counts unless it lapsed before decides nothing
      FROM (SELECT * REPLACE (fails AND NOT before AS fails, CASE WHEN NOT before THEN spoilt_at END AS spoilt_at) FROM standing)) s
JOIN duties d USING (duty) JOIN clocks c ON c.clock = d.clock
LEFT JOIN labels one ON one.number = s.cited_ref // 4294967296
