-- Result: passes over units.
-- Grain: one actor that goes one way over one unit, without a longer pause than the bridge allows.
-- Reads:  stretches (n, step, actor, unit, from_cm, to_cm, first_n, last_n, from_us, to_us), located (n, ...),
--         units (unit, id, scale, length_m, end_cm)   scale: declared metres a metre of the line; end_cm: where it ends
-- Parameters: $source, $kind, $seconds, $tolerance (m), $shortest (m)
-- from_m and to_m are a united interval: stretches touch, or a halt of less than the tolerance lies between them. What
-- comes within 1 cm of the line's end, by which sums of whole centimetres may miss it, comes to the unit's end.
-- distance_m, angle_deg: the greatest of the positions on the unit, NULL where it was bridged between two others.
WITH ordered AS (
    SELECT s.*, to_cm > from_cm AS forward, f.apart_mm AS f_mm, t.apart_mm AS t_mm,
           f.angle AS f_angle, t.angle AS t_angle,
           CASE WHEN f.ambiguous THEN first_n END AS f_doubt, CASE WHEN t.ambiguous THEN last_n END AS t_doubt
    FROM stretches s
    LEFT JOIN located f ON f.n = s.first_n
    LEFT JOIN located t ON t.n = s.last_n
),
begun AS (
    SELECT *, coalesce(
        from_us - lag(to_us) OVER w > $seconds * 1e6
        OR forward <> lag(forward) OVER w
        OR abs(from_cm - lag(to_cm) OVER w) > 100 * $tolerance, true) AS begins
    FROM ordered WINDOW w AS (PARTITION BY actor, unit ORDER BY from_us, n, step)
),
numbered AS (
    SELECT *, count(*) FILTER (begins) OVER (PARTITION BY actor, unit ORDER BY from_us, n, step) AS pass FROM begun
),
passed AS (
    SELECT actor, unit, pass, forward, min(from_us) AS at_us, max(to_us) AS until_us,
           min(least(from_cm, to_cm)) AS low, max(greatest(from_cm, to_cm)) AS high,
           sum(abs(to_cm - from_cm))::BIGINT AS way_cm, sum(to_us - from_us)::BIGINT AS way_us,
           max(greatest(f_mm, t_mm)) AS apart_mm, max(greatest(f_angle, t_angle)) AS angle_deg,
           len(list_distinct(flatten(list([first_n, last_n])))) AS positions,
           len(list_distinct(flatten(list([f_doubt, t_doubt])))) AS ambiguous
    FROM numbered GROUP BY ALL
)
SELECT $source AS source,
       concat_ws(' ', $source, actor, strftime(make_timestamp(at_us), '%Y-%m-%dT%H:%M:%S.%fZ'), u.id) AS ref,
       u.id AS unit, make_timestamptz(at_us) AS "at", make_timestamptz(until_us) AS until, actor, $kind AS kind,
       round(low / 100 * u.scale, 2) AS from_m,
       CASE WHEN high + 1 < u.end_cm THEN round(high / 100 * u.scale, 2) ELSE u.length_m END AS to_m, u.length_m,
       forward, round(way_cm * 36000 / greatest(way_us, 1), 1) AS speed_kmh,
       apart_mm / 1000 AS distance_m, angle_deg, positions::INTEGER AS positions, ambiguous::INTEGER AS ambiguous
FROM passed JOIN units u USING (unit)
WHERE high - low >= least(100 * $shortest, 50 * u.length_m / u.scale)
