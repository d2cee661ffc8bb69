-- Result: one row a delivery duty of one source, judged as of $as_of.
-- Grain: duty (source x service date). Source: SEMANTICS sections 2 and 6: a delivery that a source owes is a duty.
-- Reads:  periods (duty_id, unit, unit_class, trigger, t0, due_at, holder, refused)
--         acts    (unit, trigger, at, ref)   what happened in a period; at NULL: it happened, but not known when
-- Parameters: $as_of
-- The evidence of a delivery duty is the ledger's own record of arrivals, which has no gaps.
WITH counted AS (
    SELECT unit, trigger, ref, "at", count(*) OVER w AS nth,
           count(*) FILTER ("at" IS NULL) OVER (PARTITION BY unit, trigger) AS undated
    FROM acts WHERE "at" IS NULL OR "at" <= $as_of
    WINDOW w AS (PARTITION BY unit, trigger ORDER BY "at" NULLS LAST, ref
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
reached AS (
    SELECT unit, trigger, "at" AS fulfilled_at, ref, undated FROM counted WHERE nth = 1
),
standing AS (
    SELECT p.*, r.fulfilled_at, r.ref, CASE
        WHEN r.fulfilled_at <= p.due_at THEN 'met'
        WHEN $as_of < p.due_at THEN 'pending.running'
        WHEN r.ref IS NOT NULL AND r.undated > 0 THEN 'unproven'
        WHEN r.fulfilled_at IS NOT NULL THEN 'breached.cured'
        ELSE 'breached.open' END AS standing
    FROM periods p LEFT JOIN reached r USING (unit, trigger)
)
SELECT trigger::DATE AS sheet, duty_id, unit, unit_class, trigger, holder AS party, t0 AS trigger_from, t0 AS trigger_to,
       t0 AS clock_start, due_at, fulfilled_at,
       CASE WHEN standing LIKE 'breached%' THEN due_at END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       false AS at_risk,
       CASE standing
           WHEN 'met' THEN 'delivered in time'
           WHEN 'pending.running' THEN 'not due yet'
           WHEN 'unproven' THEN 'delivered, but it is not known when'
           WHEN 'breached.cured' THEN 'delivered late'
           ELSE CASE WHEN refused THEN 'delivered, but it could not be read' ELSE 'not delivered' END
       END AS reason,
       coalesce(ref, '') AS evidence,
       1.0::DOUBLE AS coverage,
       CASE WHEN standing = 'breached.open' THEN holder ELSE '' END AS owed_by,
       NULL::TIMESTAMPTZ AS proof_due,
       CASE WHEN standing = 'pending.running' THEN due_at END AS wake_at
FROM standing
