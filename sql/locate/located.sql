-- Result: the unit that each moving position is on, and how sure that is.
-- Grain: position (n), of those that have a piece within the tolerance and their heading.
-- Reads:  nearest (n, nearest), pieces (piece, unit, m, dx, dy, length), moves (n, hx, hy)
-- Parameters: $ambiguous (m: another unit that is further away by no more than this is as likely)
WITH ranked AS (
    SELECT q.n, q.nearest, p.unit, p.m, p.dx / p.length AS ux, p.dy / p.length AS uy, q.nearest[1] AS best
    FROM nearest q JOIN pieces p ON p.piece = (q.nearest[1] >> 22) & 16777215
    WHERE q.nearest IS NOT NULL
),
others AS (
    SELECT r.n, min(r.candidate >> 46) AS second_mm
    FROM (SELECT n, unit, unnest(nearest[2:]) AS candidate FROM ranked WHERE len(nearest) > 1) r
    JOIN pieces p ON p.piece = (r.candidate >> 22) & 16777215
    WHERE p.unit <> r.unit
    GROUP BY r.n
)
SELECT r.n, r.unit, round(r.m * 100)::BIGINT + (r.best & 4194303) AS cm, r.best >> 46 AS apart_mm,
       coalesce(o.second_mm - (r.best >> 46) <= $ambiguous * 1000, false) AS ambiguous,
       round(degrees(acos(least(abs(v.hx * r.ux + v.hy * r.uy), 1))))::INTEGER AS angle
FROM ranked r JOIN moves v USING (n) LEFT JOIN others o USING (n)
