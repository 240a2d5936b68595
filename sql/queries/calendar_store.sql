-- SPDX-License-Identifier: Apache-2.0
-- Calendars; server/db/calendar_store.c. Holidays travel as "2026-01-01,2026-12-25", ascending.

-- name: calendar_insert
-- params: name text, version integer, zone text, holidays text[], recorded_at timestamptz
-- columns: none
-- The zone is asked of PostgreSQL, which refuses one that it does not know.
INSERT INTO calendar (name, version, zone, holidays, recorded_at)
SELECT $1, $2, $3, ARRAY (SELECT day::date FROM unnest($4::text[]) AS day ORDER BY day::date), $5
WHERE ($5::timestamptz AT TIME ZONE $3::text) IS NOT NULL
ON CONFLICT (name, version) DO NOTHING;

-- name: calendar_is_same
-- params: name text, version integer, zone text, holidays text[], recorded_at timestamptz
-- columns: same boolean
SELECT zone = $3
       AND holidays = ARRAY (SELECT day::date FROM unnest($4::text[]) AS day ORDER BY day::date)
       AND $5::timestamptz IS NOT NULL AS same
FROM calendar
WHERE name = $1
  AND version = $2;

-- name: calendar_find
-- params: name text, version integer
-- columns: name text, version integer, zone text, holidays text, recorded_at timestamptz
-- Version 0 asks for the newest.
SELECT name, version, zone,
       (SELECT COALESCE(string_agg(day::text, ',' ORDER BY day), '') FROM unnest(calendar.holidays) AS day) AS holidays,
       recorded_at
FROM calendar
WHERE name = $1
  AND ($2 = 0 OR version = $2)
ORDER BY version DESC
LIMIT 1;

-- name: calendar_list
-- params: after text, limit bigint
-- columns: name text, version integer, zone text, holidays text, recorded_at timestamptz
SELECT DISTINCT ON (name) name, version, zone,
       (SELECT COALESCE(string_agg(day::text, ',' ORDER BY day), '') FROM unnest(calendar.holidays) AS day) AS holidays,
       recorded_at
FROM calendar
WHERE name > $1
ORDER BY name, version DESC
LIMIT $2;
