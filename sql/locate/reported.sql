-- Result: what each actor reported of its place at each instant, however often and in whatever order it was sent.
-- Grain: (actor, at). n numbers them in that order, so that it depends on nothing else.
-- Reads:  $paths, accepted positions (at, seen_at, actor, lat, lon)
-- Parameters: $paths, $from, $to (instants; the second excluded), $as_of (NULL: all), $tolerance (m)
-- `contradictory`: the places reported for one instant are further apart than the tolerance. 111320 m are a degree.
-- What has no place on Earth keeps NULL; who reported without a name is ''.
SELECT row_number() OVER (ORDER BY actor, at_us) - 1 AS n, actor, at_us, place.lat AS lat, place.lon AS lon, reports,
       coalesce(greatest(north - south, (east - west) * cos(radians(south))) * 111320 > $tolerance, false) AS contradictory
FROM (
    SELECT actor, at_us, count(*) AS reports, min(place) AS place, min(place.lat) AS south, max(place.lat) AS north,
           min(place.lon) AS west, max(place.lon) AS east
    FROM (SELECT coalesce(actor, '') AS actor, epoch_us("at") AS at_us,
                 CASE WHEN lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180
                      THEN {'lat': lat::DOUBLE, 'lon': lon::DOUBLE} END AS place
          FROM read_parquet($paths, union_by_name = true)
          WHERE "at" >= $from AND "at" < $to
            AND ($as_of IS NULL OR ("at" <= $as_of AND coalesce(seen_at <= $as_of, true))))
    GROUP BY actor, at_us
)
ORDER BY n
