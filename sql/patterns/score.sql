-- Result: one row a duty of one `attain` obligation that weighs the rates of others, judged as of $as_of.
-- Grain: duty (obligation x group x window). Source: SEMANTICS sections 1 and 6, docs/decisions/0023.
-- Reads:  duties   (duty, duty_id, unit, unit_class, clock, party, excused_by)   `unit` is the group
--         clocks   (clock, sheet, trigger, trigger_from, trigger_to, t0, due_at, risk_at)
--                  due_at NULL: the window lasts until its trigger ends
--         scores   (unit, trigger, rates, passes, fails, undecided, measured, low, high, coverage, owed_by, missing, evidence)
--                  rates: how many of them count; passes, fails: whether the whole range reaches the target, or misses
--                  it; undecided: a rate is pending; missing: what the unproven ones lack
-- Parameters: $as_of
WITH standing AS (
    SELECT d.*, c.* EXCLUDE (clock), s.* EXCLUDE (unit, trigger), due_at <= $as_of AND rates > 0 AS weighed, CASE
        WHEN due_at <= t0 THEN 'void.unassessed'
        WHEN weighed AND passes THEN 'met'
        WHEN excused_by IS NOT NULL THEN 'excused'
        WHEN due_at IS NULL THEN 'pending.running'
        WHEN $as_of < due_at THEN CASE WHEN $as_of >= risk_at THEN 'pending.at_risk' ELSE 'pending.running' END
        WHEN rates = 0 THEN 'void.unassessed'
        WHEN fails THEN 'breached.open'
        WHEN undecided THEN 'pending.running'
        ELSE 'unproven' END AS standing
    FROM duties d JOIN clocks c USING (clock) JOIN scores s ON s.unit = d.unit AND s.trigger = c.trigger
)
SELECT sheet, duty_id, unit, unit_class, trigger, party, trigger_from, trigger_to, t0 AS clock_start, due_at,
       NULL::TIMESTAMPTZ AS fulfilled_at,
       CASE WHEN standing = 'breached.open' THEN due_at END AS lapsed_at,
       split_part(standing, '.', 1) AS verdict,
       standing,
       standing = 'pending.at_risk' AS at_risk,
       CASE
           WHEN standing = 'met' THEN 'the target is reached'
           WHEN standing = 'excused' THEN 'excused by decision: ' || excused_by
           WHEN due_at <= t0 THEN 'the trigger lasted no time'
           WHEN standing = 'void.unassessed' THEN 'none of the rates that it weighs was assessed'
           WHEN due_at IS NULL THEN 'the trigger is still open'
           WHEN $as_of < due_at THEN 'the window is running'
           WHEN standing = 'pending.running' THEN 'some of its duties are not decided yet'
           WHEN standing = 'breached.open' THEN 'the target is missed'
           ELSE 'some of the rates that it weighs are not proven: ' || missing
       END AS reason,
       evidence,
       coverage,
       CASE WHEN standing = 'unproven' THEN owed_by ELSE '' END AS owed_by,
       NULL::TIMESTAMPTZ AS proof_due,
       measured,
       CASE WHEN weighed THEN low END AS measured_low,
       CASE WHEN weighed THEN high END AS measured_high,
       rates AS items,
       NULL::VARCHAR AS successor,
       CASE standing
           WHEN 'pending.running' THEN CASE WHEN $as_of < due_at THEN least(risk_at, due_at) END
           WHEN 'pending.at_risk' THEN due_at
       END AS wake_at
FROM standing
