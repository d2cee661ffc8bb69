-- Result: where one unit touches another: an end of the one lies on the other.
-- Grain: (a, a_cm, b, b_cm); each touching stands there in both directions. cm count from each unit's beginning.
-- Reads:  ends   (unit, cm, x, y)
--         cells  (cell, piece, x, y, ux, uy, length)
--         pieces (piece, unit, m)
-- Parameters: $cell (m), $touch (m, not more than the tolerance of the cells)
WITH touching AS (
    SELECT unit AS a, cm AS a_cm, piece, x_ * x_ + y_ * y_ - 2 * along * (x_ * ux + y_ * uy) + along * along AS apart, along
    FROM (
        SELECT e.unit, e.cm, piece, ux, uy, e.x - c.x AS x_, e.y - c.y AS y_,
               least(greatest((e.x - c.x) * ux + (e.y - c.y) * uy, 0), length) AS along
        FROM ends e JOIN cells c ON c.cell = floor(e.x / $cell)::BIGINT * 67108864 + floor(e.y / $cell)::BIGINT
    )
),
found AS (
    SELECT a, a_cm, p.unit AS b, round((p.m + along) * 100)::BIGINT AS b_cm
    FROM touching JOIN pieces p USING (piece)
    WHERE apart <= $touch * $touch AND p.unit <> a
)
SELECT a, a_cm, b, b_cm FROM found
UNION
SELECT b, b_cm, a, a_cm FROM found
