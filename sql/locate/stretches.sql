-- Result: what of each unit lies between two consecutive positions: on one unit, over a junction, or over one unit
--         between two junctions.
-- Grain: (n of the first position, step): the stretch from from_cm to to_cm of `unit`, passed from from_us to to_us.
-- Reads:  moves (n, actor, at_us, next_n, till, goes, sets_out), located (n, unit, cm, ...),
--         junctions (a, a_cm, b, b_cm)
-- Parameters: $metres (the longest way that is bridged), $tolerance (m), $fastest (m/s), $from_us, $to_us (the day)
-- A way that is half as long again as the straight line, with the tolerance at both ends, is no likely way; and of
-- two ways over different units that differ by less than the tolerances, neither is known to have been taken.
WITH legs AS MATERIALIZED (
    SELECT v.n, v.next_n, v.actor, v.at_us, v.till, f.unit AS f, f.cm AS f_cm, t.unit AS t, t.cm AS t_cm,
           least($metres, 1.5 * v.goes + 2 * $tolerance, $fastest * v.till + $tolerance) * 100 AS longest
    FROM moves v JOIN located f ON f.n = v.n JOIN located t ON t.n = v.next_n
    WHERE v.sets_out AND v.at_us >= $from_us AND v.at_us < $to_us
),
direct AS (
    SELECT l.*, arg_min({'a_cm': j.a_cm, 'b_cm': j.b_cm}, (abs(l.f_cm - j.a_cm) + abs(j.b_cm - l.t_cm), j.a_cm, j.b_cm)) AS way
    FROM legs l JOIN junctions j ON j.a = l.f AND j.b = l.t
    GROUP BY ALL
),
through AS (
    SELECT l.n, i.b AS via, abs(l.f_cm - i.a_cm) + abs(i.b_cm - o.a_cm) + abs(o.b_cm - l.t_cm) AS way_cm,
           i.a_cm AS f_out, i.b_cm AS via_in, o.a_cm AS via_out, o.b_cm AS t_in
    FROM legs l
    JOIN junctions i ON i.a = l.f
    JOIN junctions o ON o.a = i.b AND o.b = l.t
    WHERE l.f <> l.t AND i.b NOT IN (l.f, l.t) AND NOT EXISTS (FROM direct d WHERE d.n = l.n)
),
shortest AS (
    SELECT n, via, min({'way_cm': way_cm, 'f_out': f_out, 'via_in': via_in, 'via_out': via_out, 't_in': t_in}) AS way FROM through GROUP BY n, via
),
likeliest AS (
    SELECT n, arg_min({'via': via, 'way': way}, (way.way_cm, via)) AS chosen, min(way.way_cm, 2) AS ways FROM shortest GROUP BY n
),
steps AS (
    SELECT n, 0 AS step, actor, f AS unit, at_us, till, f_cm AS from_cm, t_cm AS to_cm, n AS first_n, next_n AS last_n,
           0 AS before_cm, abs(f_cm - t_cm) AS way_cm, longest
    FROM legs WHERE f = t
    UNION ALL
    SELECT n, step, actor, CASE step WHEN 0 THEN f ELSE t END, at_us, till,
           CASE step WHEN 0 THEN f_cm ELSE way.b_cm END, CASE step WHEN 0 THEN way.a_cm ELSE t_cm END,
           CASE step WHEN 0 THEN n END, CASE step WHEN 1 THEN next_n END,
           CASE step WHEN 0 THEN 0 ELSE abs(f_cm - way.a_cm) END, abs(f_cm - way.a_cm) + abs(way.b_cm - t_cm), longest
    FROM direct, (VALUES (0), (1)) AS s(step)
    UNION ALL
    SELECT n, step, actor, CASE step WHEN 0 THEN f WHEN 1 THEN chosen.via ELSE t END, at_us, till,
           CASE step WHEN 0 THEN f_cm WHEN 1 THEN chosen.way.via_in ELSE chosen.way.t_in END,
           CASE step WHEN 0 THEN chosen.way.f_out WHEN 1 THEN chosen.way.via_out ELSE t_cm END,
           CASE step WHEN 0 THEN n END, CASE step WHEN 2 THEN next_n END,
           CASE step WHEN 0 THEN 0 WHEN 1 THEN abs(f_cm - chosen.way.f_out)
               ELSE abs(f_cm - chosen.way.f_out) + abs(chosen.way.via_in - chosen.way.via_out) END,
           chosen.way.way_cm, longest
    FROM likeliest JOIN legs USING (n), (VALUES (0), (1), (2)) AS s(step)
    WHERE len(ways) = 1 OR ways[2] - ways[1] > 200 * $tolerance
)
SELECT n, step, actor, unit, from_cm, to_cm, first_n, last_n,
       at_us + (till * 1e6 * before_cm / way_cm)::BIGINT AS from_us,
       at_us + (till * 1e6 * (before_cm + abs(to_cm - from_cm)) / way_cm)::BIGINT AS to_us
FROM steps
WHERE from_cm <> to_cm AND way_cm <= longest
