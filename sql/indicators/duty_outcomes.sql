-- Result: how the duties of a contract stand, by obligation and class of unit.
-- Grain: (obligation, unit_class). Level: performance. Source: SEMANTICS sections 1 and 6 (excused and void ones leave
-- the denominator, pending and unproven ones make the range).
-- Reads: $files, the sheets of one evaluation; column `obligation` is the second part of the duty's id.
-- duties: those that count. share: met of met + breached. share_low, share_high: if all open ones turn out breached, or
-- met. Nothing is rounded here: one breach of many thousands is no full share.
SELECT split_part(duty_id, '/', 2) AS obligation,
       unit_class,
       count(*) FILTER (verdict NOT IN ('excused', 'void')) AS duties,
       count(*) FILTER (verdict = 'pending') AS pending,
       count(*) FILTER (verdict = 'met') AS met,
       count(*) FILTER (verdict = 'breached') AS breached,
       count(*) FILTER (standing = 'breached.open') AS lapses_open,
       count(*) FILTER (verdict = 'unproven') AS unproven,
       count(*) FILTER (verdict = 'excused') AS excused,
       count(*) FILTER (verdict = 'void') AS void,
       CASE WHEN met + breached > 0 THEN met / (met + breached) END AS share,
       CASE WHEN duties > 0 THEN met / duties END AS share_low,
       CASE WHEN duties > 0 THEN (met + pending + unproven) / duties END AS share_high,
       avg(coverage) FILTER (verdict NOT IN ('excused', 'void')) AS coverage
FROM read_parquet($files)
GROUP BY ALL
ORDER BY obligation, unit_class
