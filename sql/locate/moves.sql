-- Result: how each actor moved from position to position.
-- Grain: position (n). fate NULL: it moves within the speeds of the activity, towards it or from it.
-- Reads:  places (n, actor, at_us, x, y, contradictory)   in metres
-- Parameters: $seconds (the longest gap between two positions that tells a movement), $jump, $slowest, $fastest (m/s)
-- A jump is a position that no speed below $jump joins to any of its two neighbours; its neighbours are then joined
-- past it. Everything depends on positions within three times $seconds, so that a day can be located by itself.
WITH sane AS (
    SELECT n, actor, at_us, x, y FROM places WHERE actor <> '' AND NOT contradictory AND isfinite(x) AND isfinite(y)
),
timed AS (
    SELECT *, (at_us - lag(at_us) OVER w) / 1e6 AS since, sqrt(pow(x - lag(x) OVER w, 2) + pow(y - lag(y) OVER w, 2)) AS came
    FROM sane WINDOW w AS (PARTITION BY actor ORDER BY at_us)
),
joined AS (
    SELECT *, CASE WHEN since <= $seconds THEN came / since <= $jump END AS from_last,
           CASE WHEN lead(since) OVER w <= $seconds THEN lead(came) OVER w / lead(since) OVER w <= $jump END AS to_next
    FROM timed WINDOW w AS (PARTITION BY actor ORDER BY at_us)
),
kept AS (
    SELECT n, actor, at_us, x, y,
           coalesce(NOT from_last AND NOT coalesce(to_next, false), NOT to_next, false) AS jumps
    FROM joined
),
stepped AS (
    SELECT n, actor, at_us, x, y,
           lag(n) OVER w AS last_n, lead(n) OVER w AS next_n,
           (at_us - lag(at_us) OVER w) / 1e6 AS since, (lead(at_us) OVER w - at_us) / 1e6 AS till,
           x - lag(x) OVER w AS came_x, y - lag(y) OVER w AS came_y,
           lead(x) OVER w - x AS goes_x, lead(y) OVER w - y AS goes_y
    FROM kept WHERE NOT jumps WINDOW w AS (PARTITION BY actor ORDER BY at_us)
),
measured AS (
    SELECT n, next_n, till, sqrt(goes_x * goes_x + goes_y * goes_y) AS goes,
           CASE WHEN since <= $seconds THEN sqrt(came_x * came_x + came_y * came_y) / since END AS came_at,
           CASE WHEN till <= $seconds THEN sqrt(goes_x * goes_x + goes_y * goes_y) / till END AS goes_at,
           CASE WHEN since <= $seconds THEN came_x ELSE 0 END + CASE WHEN till <= $seconds THEN goes_x ELSE 0 END AS hx,
           CASE WHEN since <= $seconds THEN came_y ELSE 0 END + CASE WHEN till <= $seconds THEN goes_y ELSE 0 END AS hy
    FROM stepped
)
SELECT p.n, p.actor, p.at_us, p.x, p.y, s.next_n, s.till, s.goes,
       coalesce(s.goes_at BETWEEN $slowest AND $fastest, false) AS sets_out,
       -- below a metre there is no direction in it
       CASE WHEN sqrt(s.hx * s.hx + s.hy * s.hy) >= 1 THEN s.hx / sqrt(s.hx * s.hx + s.hy * s.hy) END AS hx,
       CASE WHEN sqrt(s.hx * s.hx + s.hy * s.hy) >= 1 THEN s.hy / sqrt(s.hx * s.hx + s.hy * s.hy) END AS hy,
       CASE WHEN p.actor = '' THEN 'nobody'
            WHEN p.contradictory THEN 'contradictory'
            WHEN p.x IS NULL OR NOT isfinite(p.x) OR NOT isfinite(p.y) THEN 'no place'
            WHEN s.n IS NULL THEN 'jump'
            WHEN s.came_at IS NULL AND s.goes_at IS NULL THEN 'alone'
            WHEN coalesce(s.came_at BETWEEN $slowest AND $fastest, false)
                 OR coalesce(s.goes_at BETWEEN $slowest AND $fastest, false) THEN NULL
            WHEN greatest(s.came_at, s.goes_at) > $fastest THEN 'too fast'
            ELSE 'stationary' END AS fate
FROM places p LEFT JOIN measured s USING (n)
