-- Result: the grid in which positions find the pieces near them.
-- Grain: (cell, piece): a piece enters every cell that its box, widened by the tolerance, touches. So a position,
--        which lies in one cell only, meets there every piece that is within the tolerance.
-- Reads:  pieces (piece, unit, x, y, dx, dy, length, m)
-- Parameters: $cell (the cells' side, m), $tolerance (m)
-- A cell's number is column * 2^26 + row: unique within 2^25 cells of the origin, further than the Earth is round.
SELECT column_ * 67108864 + row_ AS cell, piece, x, y, dx / length AS ux, dy / length AS uy, length
FROM pieces,
     unnest(range(floor((least(x, x + dx) - $tolerance) / $cell)::BIGINT,
                  floor((greatest(x, x + dx) + $tolerance) / $cell)::BIGINT + 1)) AS columns_(column_),
     unnest(range(floor((least(y, y + dy) - $tolerance) / $cell)::BIGINT,
                  floor((greatest(y, y + dy) + $tolerance) / $cell)::BIGINT + 1)) AS rows_(row_)
ORDER BY cell, piece
