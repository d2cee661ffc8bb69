-- Result: one row a duty of one `keep` obligation, judged as of $as_of.
-- Grain: duty (obligation x group x window). Source: SEMANTICS sections 2 and 6.
-- Reads:  duties   (duty, duty_id, unit, unit_class, clock, party, excused_by, excused_at)   `unit` is the group;
--                  excused_at: when one person alone decided so, which excuses no lapse before that (docs/decisions/0045)
--         clocks   (clock, sheet, day, trigger, trigger_from, trigger_to, t0, due_at, risk_at)
--                  due_at NULL: the window lasts until its trigger ends
--         members  (unit, grp, since, until, spell)      which units a group has, by day; those with the same days share a spell
--         parts    (clock, part, part_from, part_to)     the slots of each window
--         resting  (clock, part)                         those that are not owed: the calendar is closed throughout
--         places   (bucket, and the same)                where to look a slot up: bucket = epoch_us // $width
--         events   (key, at, earlier, until, value, who, party, ref)   none after $as_of; `who`: what is counted
--         gaps     (unit, gap_from, gap_to, proof_due, proof_after, holder, missing, undelivered, other)
--                  other: of a known event whose local time has two readings, the other one
--         labels   (number, label)  of deliveries; a ref is number * 2^32 + line
-- Parameters: $as_of, $width, $stride (of buckets between the beginnings of windows), $slot (microseconds), $bin (a part of a slot, of any length: the verdicts are the same),
--             $level (value: of a column; count: of distinct ones; open: of intervals at one instant),
--             $at_least, $at_most, $max_bad, $run_by (who runs the sources), $silence
WITH timed AS MATERIALIZED (
    SELECT d.duty, d.unit, d.party, d.excused_by, d.excused_at, d.clock, c.day, c.t0, c.due_at, c.risk_at
    FROM duties d JOIN clocks c USING (clock)
),
spells AS MATERIALIZED (
    SELECT DISTINCT spell, grp, since, until FROM members
),
owing AS MATERIALIZED (
    SELECT t.duty, t.clock, t.t0, t.party, s.spell FROM timed t JOIN spells s ON t.unit = s.grp AND t.day BETWEEN s.since AND s.until
),
-- the last slot of an open trigger may still grow to its whole length, and is over for certain by then (docs/decisions/0027)
slots AS MATERIALIZED (
    SELECT t.duty, p.part, p.part_from, t.due_at IS NULL AND epoch_us(p.part_to) - epoch_us(p.part_from) < $slot AS growing,
           CASE WHEN growing THEN p.part_from + to_microseconds($slot) ELSE p.part_to END AS part_to
    FROM timed t JOIN parts p USING (clock)
),
-- each event beside its slot, once and for all: joined to the duties first, it would meet those of every day. A doubtful
-- time counts where both its readings lie in the slot; a value out of bounds also where one bad slot is one too many
placed AS NOT MATERIALIZED (
    SELECT p.clock, p.part, m.spell, e.value, e.who, e.party, e.ref
    FROM events e JOIN places p ON p.bucket = epoch_us(e.at) // $width AND e.at >= p.part_from AND e.at < p.part_to
    JOIN members m ON m.unit IS NOT DISTINCT FROM e.key
    WHERE $level <> 'open'
      AND coalesce(e.earlier >= CASE WHEN $level = 'value' AND $max_bad = 0 THEN p.window_from ELSE p.part_from END, true)
),
-- level: the values measured in a slot
valued AS (
    SELECT clock, part, spell, min(value) AS least, max(value) AS most, count(value) AS n, count(*) - count(value) AS unread,
           min(ref) FILTER (value < $at_least OR value > $at_most) AS bad_ref
    FROM placed WHERE $level = 'value' GROUP BY ALL
),
-- level: distinct ones that were there
present AS (
    SELECT DISTINCT w.duty, e.part, e.who
    FROM placed e JOIN owing w ON w.clock = e.clock AND w.spell = e.spell AND coalesce(e.party = w.party, true)
    WHERE $level = 'count' AND e.who IS NOT NULL
),
-- level: how many are open, from one change to the next; party '': nobody else's, so the debtor's
changes AS MATERIALIZED (
    SELECT m.spell, coalesce(c.party, '') AS party, epoch_us(c.at) AS change_us, c.change
    FROM (SELECT key, party, "at", 1.0::DOUBLE AS change FROM events WHERE coalesce("until" > "at", true)
          UNION ALL SELECT key, party, "until", -1.0 FROM events WHERE "until" > "at") c
    JOIN members m ON m.unit IS NOT DISTINCT FROM c.key
    WHERE $level = 'open'
),
-- what is open when a window begins: all changes until then, each looked up by its bucket, but for those before the first
starts AS MATERIALIZED (
    SELECT epoch_us(t0) AS t0_us, lag(epoch_us(t0)) OVER (ORDER BY t0) AS last_us FROM (SELECT DISTINCT t0 FROM timed WHERE $level = 'open')
),
ahead AS (
    SELECT unnest(range(last_us // $stride, t0_us // $stride + 1)) AS bucket, t0_us, last_us FROM starts WHERE last_us IS NOT NULL
),
by_start AS (
    SELECT c.spell, c.party, a.t0_us, sum(c.change) AS change
    FROM changes c JOIN ahead a ON a.bucket = c.change_us // $stride AND c.change_us > a.last_us AND c.change_us <= a.t0_us GROUP BY ALL
    UNION ALL
    SELECT spell, party, (SELECT min(t0_us) FROM starts), sum(change) FROM changes WHERE change_us <= (SELECT min(t0_us) FROM starts) GROUP BY ALL
),
by_spell AS (
    SELECT spell, party, t0_us, sum(sum(change)) OVER (PARTITION BY spell, party ORDER BY t0_us) AS open_now FROM by_start GROUP BY spell, party, t0_us
),
standing_open AS MATERIALIZED (
    SELECT w.duty, sum(b.open_now) AS open_now
    FROM (SELECT duty, t0, spell, unnest(['', party]) AS party FROM owing) w
    ASOF JOIN by_spell b ON b.spell = w.spell AND b.party = w.party AND epoch_us(w.t0) >= b.t0_us GROUP BY w.duty
),
-- each change beside its slot, and the stretch of the slot ($bin) in which it lies
clocked AS MATERIALIZED (
    SELECT c.spell, c.party, c.change_us, c.change, p.clock, p.part, (c.change_us - epoch_us(p.part_from)) // $bin AS bin
    FROM changes c JOIN places p ON p.bucket = c.change_us // $width AND c.change_us >= epoch_us(p.part_from) AND c.change_us < epoch_us(p.part_to)
),
stepped AS (
    SELECT duty, part, 0 AS bin, 0.0::DOUBLE AS change FROM slots WHERE $level = 'open'
    UNION ALL
    SELECT w.duty, c.part, c.bin, c.change
    FROM clocked c JOIN owing w ON w.clock = c.clock AND w.spell = c.spell AND c.party IN ('', w.party) AND c.change_us > epoch_us(w.t0)
),
-- what was open as a bin began, and all that opens and closes within it, bound how many can be open in it
bounded AS MATERIALIZED (
    SELECT duty, part, bin, moved + coalesce(open_now, 0) AS begun, begun - closing AS least, begun + opening AS most,
           coalesce(begun - closing < $at_least, false) OR coalesce(begun + opening > $at_most, false) AS doubtful
    FROM (SELECT duty, part, bin, opening, closing,
                 coalesce(sum((opening - closing)::DOUBLE) OVER (PARTITION BY duty ORDER BY part, bin ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS moved
          FROM (SELECT duty, part, bin, count(*) FILTER (change > 0) AS opening, count(*) FILTER (change < 0) AS closing FROM stepped GROUP BY ALL))
    LEFT JOIN standing_open USING (duty)
),
-- only where that may be out of bounds, changes are looked at one by one
looked_at AS MATERIALIZED (
    SELECT b.duty, b.part, b.bin, w.clock, w.spell, w.party, w.t0 FROM bounded b JOIN owing w USING (duty) WHERE b.doubtful
),
moves AS (
    SELECT b.duty, b.part, b.bin, epoch_us(s.part_from) AS change_us, b.begun AS change
    FROM bounded b JOIN slots s USING (duty, part) WHERE b.doubtful
    UNION ALL
    SELECT l.duty, c.part, c.bin, c.change_us, c.change
    FROM clocked c JOIN looked_at l ON l.clock = c.clock AND l.spell = c.spell AND l.part = c.part AND l.bin = c.bin
     AND c.party IN ('', l.party) AND c.change_us > epoch_us(l.t0)
),
heights AS (
    SELECT duty, part, height AS least, height AS most
    FROM (SELECT duty, part, sum(change) OVER (PARTITION BY duty, part, bin ORDER BY change_us RANGE UNBOUNDED PRECEDING) AS height FROM moves)
    UNION ALL
    SELECT duty, part, least, most FROM bounded WHERE NOT doubtful
),
levels AS MATERIALIZED (
    SELECT w.duty, v.part, min(v.least) AS least, max(v.most) AS most, sum(v.n) AS n, sum(v.unread) AS unread, min(v.bad_ref) AS bad_ref
    FROM valued v JOIN owing w USING (clock, spell) GROUP BY ALL
    UNION ALL
    SELECT duty, part, count(*), count(*), count(*), 0, NULL FROM present GROUP BY ALL
    UNION ALL
    SELECT duty, part, min(least), max(most), 1, 0, NULL FROM heights GROUP BY ALL
),
-- gaps that touch a slot: those on all units once a window, the others once a duty
over_all AS (
    SELECT p.clock, p.part, g.holder, g.missing, g.undelivered, coalesce(g.proof_due, c.due_at + to_microseconds(g.proof_after)) AS proof_due
    FROM gaps g JOIN clocks c ON g.gap_from < coalesce(c.due_at, c.trigger_to) AND g.gap_to > c.t0
    JOIN parts p ON p.clock = c.clock AND g.gap_from < p.part_to AND g.gap_to > p.part_from
     AND NOT coalesce(g.other >= p.part_from AND g.other < p.part_to AND $level <> 'open', false)
    WHERE g.unit IS NULL
),
over_one AS (
    SELECT t.duty, p.part, g.holder, g.missing, g.undelivered, coalesce(g.proof_due, t.due_at + to_microseconds(g.proof_after)) AS proof_due
    FROM gaps g JOIN members m ON m.unit = g.unit JOIN timed t ON t.unit = m.grp AND t.day BETWEEN m.since AND m.until
    JOIN parts p ON p.clock = t.clock AND g.gap_from < p.part_to AND g.gap_to > p.part_from
     AND NOT coalesce(g.other >= p.part_from AND g.other < p.part_to AND $level <> 'open', false)
),
hiding_all AS MATERIALIZED (
    SELECT clock, part, list({'holder': holder, 'missing': missing, 'undelivered': undelivered, 'proof_due': proof_due}) AS hidden
    FROM over_all GROUP BY clock, part
),
hiding_one AS MATERIALIZED (
    SELECT duty, part, list({'holder': holder, 'missing': missing, 'undelivered': undelivered, 'proof_due': proof_due}) AS hidden
    FROM over_one GROUP BY duty, part
),
judged AS MATERIALIZED (
    -- low, high: the level as far as it is proven; nobody there is a level too
    SELECT s.duty, s.part, s.part_from, s.part_to, s.growing, l.bad_ref, t.clock,
           a.part IS NOT NULL OR o.part IS NOT NULL AS touched,
           CASE WHEN $level = 'value' THEN l.least WHEN NOT touched THEN coalesce(l.least, 0) END AS low,
           CASE WHEN $level = 'value' THEN l.most ELSE coalesce(l.most, 0) END AS high,
           CASE WHEN $level = 'value' THEN coalesce(l.least < $at_least, false) OR coalesce(l.most > $at_most, false)
                ELSE coalesce(coalesce(l.least, 0) < $at_least AND NOT touched AND NOT (s.growing AND $level = 'count'), false)
                     OR coalesce(coalesce(l.most, 0) > $at_most, false) END AS bad,
           NOT s.growing AND CASE WHEN $level = 'value' THEN coalesce(l.n > 0 AND l.unread = 0 AND NOT touched, false)
                ELSE coalesce(coalesce(l.least, 0) >= $at_least, true) AND ($at_most IS NULL OR coalesce(l.most, 0) <= $at_most AND NOT touched) END AS good
    FROM slots s JOIN timed t USING (duty) ANTI JOIN resting r ON r.clock = t.clock AND r.part = s.part
    LEFT JOIN levels l ON l.duty = s.duty AND l.part = s.part
    LEFT JOIN hiding_all a ON a.clock = t.clock AND a.part = s.part
    LEFT JOIN hiding_one o ON o.duty = s.duty AND o.part = s.part
),
failing AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY duty ORDER BY part) AS nth,
           greatest(coalesce($at_least - low, 0), coalesce(high - $at_most, 0)) AS far,
           CASE WHEN coalesce($at_least - low = far, false) THEN low ELSE high END AS shown
    FROM judged WHERE bad
),
runs AS (
    SELECT duty, max(run_slots) AS longest, arg_max(run_from, (run_slots, -epoch_us(run_from))) AS longest_from
    FROM (SELECT duty, part - nth AS run, count(*) AS run_slots, min(part_from) AS run_from FROM failing WHERE part_to <= $as_of GROUP BY ALL)
    GROUP BY duty
),
failed AS (
    SELECT duty, min(part_to) FILTER (nth = $max_bad + 1) AS fails_at, min(bad_ref) FILTER (nth = $max_bad + 1) AS failed_ref,
           arg_max(shown, (far, -part)) FILTER (part_to <= $as_of) AS worst,
           min(part_to) FILTER (part_to > $as_of) AS next_bad
    FROM failing GROUP BY duty
),
summed AS (
    SELECT duty, count(*) AS slots, count(*) FILTER (bad AND part_to <= $as_of) AS bad,
           count(*) FILTER (NOT good AND NOT (bad AND part_to <= $as_of)) AS unsure,
           count(*) FILTER (NOT (bad OR good) AND NOT touched) AS unmeasured,
           count(*) FILTER (NOT touched) AS untouched,
           -- when there may have been one bad slot too many at the earliest; one that may still grow may also be over
           list_sort(list(CASE WHEN growing THEN part_from ELSE part_to END) FILTER (bad OR NOT good))[$max_bad + 1] AS soonest
    FROM judged GROUP BY duty
),
hidden AS (
    SELECT duty, max(h.proof_due) AS proof_due, list(DISTINCT h.holder ORDER BY h.holder) AS holding,
           bool_and(h.undelivered) AS all_undelivered, string_agg(DISTINCT h.missing, '; ' ORDER BY h.missing) AS missing
    FROM (
        SELECT j.duty, unnest(a.hidden) AS h FROM judged j JOIN hiding_all a ON a.clock = j.clock AND a.part = j.part WHERE NOT (j.bad OR j.good)
        UNION ALL
        SELECT j.duty, unnest(o.hidden) FROM judged j JOIN hiding_one o ON o.duty = j.duty AND o.part = j.part WHERE NOT (j.bad OR j.good))
    GROUP BY duty
),
weighed AS (
    SELECT t.*, coalesce(s.slots, 0) AS slots, coalesce(s.bad, 0) AS bad, coalesce(s.unsure, 0) AS unsure,
           coalesce(s.unmeasured, 0) AS unmeasured, f.fails_at, f.failed_ref, f.worst, f.next_bad, r.longest, r.longest_from,
           h.proof_due, array_to_string(h.holding, ', ') AS holders,
           concat_ws('; ', h.missing, CASE WHEN s.unmeasured > 0 THEN s.unmeasured || ' slots without measurement' END) AS missing,
           coalesce(h.all_undelivered AND h.holding = [t.party], false) AND coalesce(s.unmeasured, 0) = 0 AS party_holds_all,
           coalesce(s.untouched / s.slots, 1.0) AS coverage,
           coalesce(t.excused_at >= s.soonest, false) AS too_late, coalesce(f.fails_at > t.excused_at, false) AS before,
           -- what came after an excuse that counts unless it lapsed before decides nothing
           coalesce(s.bad, 0) > $max_bad AND NOT before AS fails
    FROM timed t
    LEFT JOIN summed s USING (duty)
    LEFT JOIN failed f USING (duty)
    LEFT JOIN runs r USING (duty)
    LEFT JOIN hidden h USING (duty)
),
standing AS MATERIALIZED (
    SELECT *, CASE
        WHEN due_at <= t0 THEN 'void.unassessed'
        WHEN due_at <= $as_of AND slots > 0 AND bad + unsure <= $max_bad THEN 'met'
        WHEN excused_by IS NOT NULL AND NOT too_late THEN 'excused'
        WHEN due_at <= $as_of AND slots = 0 THEN 'void.unassessed'
        WHEN fails THEN 'breached.open'
        WHEN due_at IS NULL THEN 'pending.running'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN coalesce($as_of < proof_due, false) THEN 'pending.overdue'
        WHEN $silence = 'breached' AND party_holds_all THEN 'breached.open'
        ELSE 'unproven' END AS standing
    FROM weighed
)
SELECT c.sheet, d.duty_id, d.unit, d.unit_class, c.trigger, d.party, c.trigger_from, c.trigger_to,
       s.t0 AS clock_start, s.due_at,
       NULL::TIMESTAMPTZ AS fulfilled_at,
       CASE WHEN standing = 'breached.open' THEN CASE WHEN fails THEN fails_at ELSE s.due_at END END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN standing = 'void.unassessed' AND s.due_at > s.t0 THEN 'the calendar was closed throughout'
           WHEN standing = 'void.unassessed' THEN 'the trigger lasted no time'
           WHEN standing = 'met' THEN 'kept within bounds'
           WHEN standing = 'excused' THEN 'excused by decision: ' || s.excused_by
           WHEN standing = 'breached.open' AND fails
               THEN 'out of bounds: ' || bad || ' slots, at most ' || longest || ' without a break from ' || strftime(longest_from, '%Y-%m-%dT%H:%M:%SZ')
                    || ', worst ' || coalesce(worst, 0)
           WHEN standing = 'breached.open' THEN 'no proof was delivered, and the contract counts silence as breach: ' || missing
           WHEN s.due_at IS NULL THEN 'the trigger is still open'
           WHEN standing IN ('pending.running', 'pending.at_risk') THEN 'the window is running'
           WHEN standing = 'pending.overdue' THEN 'the window is over, its evidence is incomplete; awaited: ' || missing
           ELSE 'the evidence is incomplete: ' || missing
       END AS reason,
       CASE WHEN standing = 'breached.open' AND fails THEN coalesce(one.label || ':' || (failed_ref % 4294967296), '') ELSE '' END AS evidence,
       round(coverage, 4) AS coverage,
       CASE WHEN standing IN ('pending.overdue', 'unproven') THEN coalesce(holders, $run_by) ELSE '' END AS owed_by,
       CASE WHEN standing = 'pending.overdue' THEN proof_due END AS proof_due,
       bad::DOUBLE AS measured, bad::DOUBLE AS measured_low, (bad + unsure)::DOUBLE AS measured_high,
       slots AS items,
       NULL::VARCHAR AS successor,
       CASE standing
           WHEN 'pending.running' THEN least(s.risk_at, s.due_at, next_bad)
           WHEN 'pending.at_risk' THEN least(s.due_at, next_bad)
           WHEN 'pending.overdue' THEN proof_due
           -- decided before the window is over, it still counts the bad slots that end; what is excused may be met in the end
           ELSE least(next_bad, CASE WHEN standing = 'excused' AND $as_of < s.due_at THEN s.due_at END)
       END AS wake_at
FROM standing s JOIN duties d USING (duty) JOIN clocks c ON c.clock = d.clock
LEFT JOIN labels one ON one.number = s.failed_ref // 4294967296
