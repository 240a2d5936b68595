-- SPDX-License-Identifier: Apache-2.0
-- Days, issues and scores of forecasts; server/db/forecast_store.c. In arrays a null was not
-- measured.

-- name: forecast_cursor_due
-- params: most bigint
-- columns: stream bigint, from_lsn bigint, to_lsn bigint
-- The next stretch of journal records that are loaded and not yet looked at.
SELECT loaded.stream, COALESCE(seen.lsn, 0) AS from_lsn,
       LEAST(loaded.lsn, COALESCE(seen.lsn, 0) + $1) AS to_lsn
FROM ingest_cursor AS loaded
LEFT JOIN forecast_cursor AS seen USING (stream)
WHERE loaded.lsn > COALESCE(seen.lsn, 0)
ORDER BY loaded.stream
LIMIT 1;

-- name: forecast_cursor_move
-- params: stream bigint, lsn bigint
-- columns: none
INSERT INTO forecast_cursor (stream, lsn)
VALUES ($1, $2)
ON CONFLICT (stream) DO UPDATE
SET lsn = GREATEST(forecast_cursor.lsn, excluded.lsn);

-- name: forecast_touched
-- params: from_lsn bigint, to_lsn bigint
-- columns: subject_kind text, subject text, zone text, interval_s integer, meters bigint, first_at timestamptz, last_at timestamptz
-- Meters with a reading of that stretch, and the transformers that feed them; meters: how many the
-- subject has. A transformer whose meters differ in interval or zone is left out.
WITH touched AS (
    SELECT meter, min(start_at) AS first_at, max(start_at) AS last_at
    FROM reading
    WHERE lsn > $1
      AND lsn <= $2
    GROUP BY meter
), fed AS (
    SELECT transformer, min(first_at) AS first_at, max(last_at) AS last_at
    FROM touched
    JOIN meter ON meter.id = touched.meter
    GROUP BY transformer
)
SELECT 'METER' AS subject_kind, id AS subject, zone, interval_s, 1::bigint AS meters, first_at, last_at
FROM touched
JOIN meter ON meter.id = touched.meter
UNION ALL
SELECT 'TRANSFORMER', fed.transformer, min(meter.zone), min(meter.interval_s), count(*), min(fed.first_at), min(fed.last_at)
FROM fed
JOIN meter USING (transformer)
GROUP BY fed.transformer
HAVING min(meter.zone) = max(meter.zone)
   AND min(meter.interval_s) = max(meter.interval_s)
ORDER BY subject_kind, subject;

-- name: forecast_measured
-- params: subject_kind text, subject text, from_at timestamptz, to_at timestamptz
-- columns: start_at timestamptz, meters bigint, drawn_wh bigint, fed_wh bigint
-- Measured values of the current versions; meters: how many have a measured import.
SELECT start_at,
       count(*) FILTER (WHERE channel = 0) AS meters,
       COALESCE(sum(wh) FILTER (WHERE channel = 0), 0)::bigint AS drawn_wh,
       COALESCE(sum(wh) FILTER (WHERE channel = 1), 0)::bigint AS fed_wh
FROM (
    SELECT DISTINCT ON (meter, channel, start_at) start_at, channel, wh, quality
    FROM reading
    WHERE meter = ANY (CASE $1
                       WHEN 'METER' THEN ARRAY[$2::text]
                       ELSE ARRAY (SELECT id FROM meter WHERE transformer = $2)
                       END)
      AND start_at >= $3
      AND start_at < $4
    ORDER BY meter, channel, start_at, version DESC
) AS current
WHERE quality = 'A'
GROUP BY start_at
ORDER BY start_at;

-- name: forecast_subject_touch
-- params: subject_kind text, subject text, zone text, interval_s integer, newest_at timestamptz, first_day text
-- columns: before_day text
-- While there is no level yet, older days may still come in front.
INSERT INTO forecast_subject AS known (subject_kind, subject, zone, interval_s, newest_at, before_day)
VALUES ($1, $2, $3, $4, $5, $6::text::date)
ON CONFLICT (subject_kind, subject) DO UPDATE
SET newest_at = GREATEST(known.newest_at, excluded.newest_at),
    before_day = CASE
        WHEN known.drawn_level_milliwatt = '{}' THEN LEAST(known.before_day, excluded.before_day)
        ELSE known.before_day
    END
RETURNING before_day::text AS before_day;

-- name: forecast_subject_find
-- params: subject_kind text, subject text
-- columns: subject_kind text, subject text, zone text, interval_s integer, newest_at timestamptz, before_day text, drawn_level_milliwatt bigint[], fed_level_milliwatt bigint[]
SELECT subject_kind, subject, zone, interval_s, newest_at, before_day::text AS before_day,
       drawn_level_milliwatt, fed_level_milliwatt
FROM forecast_subject
WHERE subject_kind = $1
  AND subject = $2;

-- name: forecast_due_day_ahead
-- params: zone text, due_at timestamptz, limit bigint
-- columns: subject_kind text, subject text, zone text, interval_s integer, newest_at timestamptz, before_day text, drawn_level_milliwatt bigint[], fed_level_milliwatt bigint[]
-- Who has not had this turn yet.
SELECT subject_kind, subject, zone, interval_s, newest_at, before_day::text AS before_day,
       drawn_level_milliwatt, fed_level_milliwatt
FROM forecast_subject
WHERE zone = $1
  AND day_ahead_at < $2
LIMIT $3;

-- name: forecast_due_intraday
-- params: zone text, due_at timestamptz, limit bigint
-- columns: subject_kind text, subject text, zone text, interval_s integer, newest_at timestamptz, before_day text, drawn_level_milliwatt bigint[], fed_level_milliwatt bigint[]
-- Only transformers are forecast within the day.
SELECT subject_kind, subject, zone, interval_s, newest_at, before_day::text AS before_day,
       drawn_level_milliwatt, fed_level_milliwatt
FROM forecast_subject
WHERE zone = $1
  AND intraday_at < $2
  AND subject_kind = 'TRANSFORMER'
LIMIT $3;

-- name: forecast_subject_turned
-- params: purpose text, due_at timestamptz, subject_kinds text[], subjects text[]
-- columns: none
UPDATE forecast_subject AS known
SET day_ahead_at = CASE $1 WHEN 'DAY_AHEAD' THEN $2 ELSE known.day_ahead_at END,
    intraday_at = CASE $1 WHEN 'INTRADAY' THEN $2 ELSE known.intraday_at END
FROM unnest($3::text[], $4::text[]) AS had (subject_kind, subject)
WHERE known.subject_kind = had.subject_kind
  AND known.subject = had.subject;

-- name: forecast_zones
-- params: none
-- columns: zone text
SELECT DISTINCT zone
FROM forecast_subject
ORDER BY zone;

-- name: forecast_subject_advance
-- params: subject_kind text, subject text, before_day text, drawn_level_milliwatt bigint[], fed_level_milliwatt bigint[]
-- columns: none
UPDATE forecast_subject
SET before_day = $3::text::date,
    drawn_level_milliwatt = $4,
    fed_level_milliwatt = $5
WHERE subject_kind = $1
  AND subject = $2;

-- name: forecast_day_save
-- params: subject_kind text, subject text, day text, drawn_w bigint[], fed_w bigint[]
-- columns: none
INSERT INTO forecast_day (subject_kind, subject, day, drawn_w, fed_w)
VALUES ($1, $2, $3::text::date, $4, $5)
ON CONFLICT (subject_kind, subject, day) DO UPDATE
SET drawn_w = excluded.drawn_w,
    fed_w = excluded.fed_w
WHERE forecast_day.drawn_w IS DISTINCT FROM excluded.drawn_w
   OR forecast_day.fed_w IS DISTINCT FROM excluded.fed_w;

-- name: forecast_day_window
-- params: subject_kind text, subject text, from_day text, to_day text
-- columns: day text, drawn_w bigint[], fed_w bigint[]
-- to_day is not part of it.
SELECT day::text AS day, drawn_w, fed_w
FROM forecast_day
WHERE subject_kind = $1
  AND subject = $2
  AND day >= $3::text::date
  AND day < $4::text::date
ORDER BY forecast_day.day;

-- name: forecast_day_drop
-- params: subject_kind text, subject text, before_day text
-- columns: none
DELETE FROM forecast_day
WHERE subject_kind = $1
  AND subject = $2
  AND day < $3::text::date;

-- name: forecast_issue_save
-- params: subject_kind text, subject text, issued_at timestamptz, purpose text, method text, start_at timestamptz, end_at timestamptz, interval_s integer, point_w bigint[], quantile_w bigint[], threshold_w bigint
-- columns: none
INSERT INTO forecast_issue (subject_kind, subject, issued_at, purpose, method, start_at, end_at, interval_s, point_w, quantile_w, threshold_w)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (subject_kind, subject, issued_at, purpose) DO NOTHING;

-- name: forecast_issue_ended
-- params: subject_kind text, subject text, from_at timestamptz, to_at timestamptz, now timestamptz
-- columns: issued_at timestamptz, purpose text, start_at timestamptz, end_at timestamptz, interval_s integer, point_w bigint[], quantile_w bigint[], threshold_w bigint
-- Those whose last interval is over and that overlap the window.
SELECT issued_at, purpose, start_at, end_at, interval_s, point_w, quantile_w, threshold_w
FROM forecast_issue
WHERE subject_kind = $1
  AND subject = $2
  AND start_at < $4
  AND end_at > $3
  AND end_at <= $5
ORDER BY issued_at, purpose;

-- name: forecast_issue_forget
-- params: before timestamptz
-- columns: none
-- Takes the scores along.
DELETE FROM forecast_issue
WHERE end_at < $1;

-- name: forecast_score_save
-- params: subject_kind text, subject text, issued_at timestamptz, purpose text, horizon_h integer, pairs bigint, error_w bigint, absolute_w bigint, squared_w2 bigint, measured_w bigint, yesterday_pairs bigint, yesterday_w bigint, yesterday_own_w bigint, last_week_pairs bigint, last_week_w bigint, last_week_own_w bigint, band_pairs bigint, pinball_milliwatt bigint[], below bigint[], events bigint, warned bigint[], hit bigint[]
-- columns: none
INSERT INTO forecast_score (subject_kind, subject, issued_at, purpose, horizon_h, pairs, error_w, absolute_w, squared_w2, measured_w, yesterday_pairs, yesterday_w, yesterday_own_w, last_week_pairs, last_week_w, last_week_own_w, band_pairs, pinball_milliwatt, below, events, warned, hit)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT (subject_kind, subject, issued_at, purpose, horizon_h) DO UPDATE
SET pairs = excluded.pairs,
    error_w = excluded.error_w,
    absolute_w = excluded.absolute_w,
    squared_w2 = excluded.squared_w2,
    measured_w = excluded.measured_w,
    yesterday_pairs = excluded.yesterday_pairs,
    yesterday_w = excluded.yesterday_w,
    yesterday_own_w = excluded.yesterday_own_w,
    last_week_pairs = excluded.last_week_pairs,
    last_week_w = excluded.last_week_w,
    last_week_own_w = excluded.last_week_own_w,
    band_pairs = excluded.band_pairs,
    pinball_milliwatt = excluded.pinball_milliwatt,
    below = excluded.below,
    events = excluded.events,
    warned = excluded.warned,
    hit = excluded.hit;

-- name: forecast_score_list
-- params: subject text, subject_kind text, purpose text, horizon_h integer, from_at timestamptz, to_at timestamptz
-- columns: subject_kind text, purpose text, horizon_h integer, pairs bigint, error_w bigint, absolute_w bigint, squared_w2 bigint, measured_w bigint, yesterday_pairs bigint, yesterday_w bigint, yesterday_own_w bigint, last_week_pairs bigint, last_week_w bigint, last_week_own_w bigint, band_pairs bigint, pinball_milliwatt bigint[], below bigint[], events bigint, warned bigint[], hit bigint[]
-- Of the forecasts issued in the window. An empty text or a horizon of -1 asks for all.
SELECT subject_kind, purpose, horizon_h, pairs, error_w, absolute_w, squared_w2, measured_w, yesterday_pairs, yesterday_w, yesterday_own_w, last_week_pairs, last_week_w, last_week_own_w, band_pairs, pinball_milliwatt, below, events, warned, hit
FROM forecast_score
WHERE subject = $1
  AND ($2 = '' OR subject_kind = $2)
  AND ($3 = '' OR purpose = $3)
  AND ($4 = -1 OR horizon_h = $4)
  AND issued_at >= $5
  AND issued_at < $6
ORDER BY subject_kind, purpose, horizon_h, issued_at;

-- name: forecast_registered
-- params: meters text[]
-- columns: zone text, interval_s integer, meters bigint
-- One row when all the meters have one zone and one interval.
SELECT zone, interval_s, count(*) AS meters
FROM meter
WHERE id = ANY ($1)
GROUP BY zone, interval_s;
