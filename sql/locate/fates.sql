-- Result: what became of every position of a day.
-- Grain: (actor, fate). `positions` are different ones; `reports` is how often they were sent.
-- Reads:  places (n, actor, at_us, reports), moves (n, x, y, fate), nearest (n, nearest), located (n, ambiguous),
--         extent (x0, y0, x1, y1)   of all units, widened by the tolerance
-- Parameters: $source, $from_us, $to_us (the day)
SELECT $source AS source, p.actor,
       CASE WHEN v.fate IS NOT NULL THEN v.fate
            WHEN l.n IS NOT NULL THEN 'located'
            WHEN q.n IS NOT NULL THEN 'askew'
            WHEN v.x BETWEEN e.x0 AND e.x1 AND v.y BETWEEN e.y0 AND e.y1 THEN 'off the units'
            ELSE 'outside' END AS fate,
       count(*) AS positions, count(*) FILTER (l.ambiguous) AS ambiguous, sum(p.reports)::BIGINT AS reports
FROM places p JOIN moves v USING (n) CROSS JOIN extent e
LEFT JOIN nearest q USING (n) LEFT JOIN located l USING (n)
WHERE p.at_us >= $from_us AND p.at_us < $to_us
GROUP BY ALL
