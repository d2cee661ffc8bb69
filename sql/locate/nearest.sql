-- Result: for each position the pieces within the tolerance, the nearest first.
-- Grain: one row a position that has a piece within the tolerance, whatever their headings.
-- Reads:  moving (n, x, y, hx, hy)   metres; (hx, hy): the heading, of length 1, NULL where it is not known
--         cells  (cell, piece, x, y, ux, uy, length)
-- Parameters: $cell (m), $tolerance (m), $cosine (of the greatest angle between heading and piece, either way)
-- Distances are exact. Each candidate is one integer, which orders by distance (mm), then by piece (pieces are
-- numbered in the order of the units' ids: ties by id): distance << 46 | piece << 22 | cm along the piece.
-- One integer aggregates twice as fast as a row of values. The eight nearest are kept, so that the second unit
-- can be told from further pieces of the first. `nearest` is NULL where no piece agrees with the heading.
SELECT n, min((round(sqrt(apart) * 1000)::BIGINT << 46) + (piece::BIGINT << 22) + round(along * 100)::BIGINT, 8)
              FILTER (agrees) AS nearest
FROM (
    SELECT n, piece, along, coalesce(abs(hx * ux + hy * uy) >= $cosine, true) AS agrees,
           (px - along * ux) * (px - along * ux) + (py - along * uy) * (py - along * uy) AS apart
    FROM (
        SELECT n, hx, hy, piece, ux, uy, m.x - c.x AS px, m.y - c.y AS py,
               least(greatest((m.x - c.x) * ux + (m.y - c.y) * uy, 0), length) AS along
        FROM moving m
        JOIN cells c ON c.cell = floor(m.x / $cell)::BIGINT * 67108864 + floor(m.y / $cell)::BIGINT
    )
)
WHERE apart <= $tolerance * $tolerance
GROUP BY n
