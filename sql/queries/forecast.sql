-- SPDX-License-Identifier: Apache-2.0
-- What a forecast of a transformer needs of the register; server/flow/forecast.c.

-- name: forecast_meters
-- params: transformer text
-- columns: meter text, interval_s integer, zone text
SELECT id AS meter, interval_s, zone
FROM meter
WHERE transformer = $1
ORDER BY id;

-- name: forecast_holidays
-- params: zone text
-- columns: holiday text
-- Of the newest calendar of that zone.
SELECT holiday::text AS holiday
FROM (
    SELECT holidays
    FROM calendar
    WHERE zone = $1
    ORDER BY recorded_at DESC, name, version DESC
    LIMIT 1
) AS newest
CROSS JOIN LATERAL unnest(newest.holidays) AS holiday
ORDER BY holiday;
