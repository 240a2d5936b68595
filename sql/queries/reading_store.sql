-- SPDX-License-Identifier: Apache-2.0
-- Readings as rules and integrators ask for them; server/db/reading_store.c.

-- name: reading_window
-- params: meters text[], channel smallint, from_at timestamptz, to_at timestamptz
-- columns: meter text, start_at timestamptz, version integer, wh bigint, quality text, boot bigint, seq bigint, lsn bigint, received_at timestamptz
-- The current version of each.
SELECT DISTINCT ON (meter, start_at)
       meter, start_at, version, wh, quality, boot, seq, lsn, received_at
FROM reading
WHERE meter = ANY ($1)
  AND channel = $2
  AND start_at >= $3
  AND start_at < $4
ORDER BY meter, start_at, version DESC;

-- name: reading_page
-- params: meter text, from_at timestamptz, to_at timestamptz, after_start timestamptz, after_channel smallint, limit bigint
-- columns: start_at timestamptz, channel smallint, version integer, wh bigint, quality text, boot bigint, seq bigint, received_at timestamptz
-- The current version of each, behind (after_start, after_channel).
SELECT DISTINCT ON (start_at, channel)
       start_at, channel, version, wh, quality, boot, seq, received_at
FROM reading
WHERE meter = $1
  AND start_at >= $2
  AND start_at >= $4
  AND start_at < $3
  AND (start_at > $4 OR channel > $5)
ORDER BY start_at, channel, version DESC
LIMIT $6;

-- name: reading_versions
-- params: meter text, from_at timestamptz, to_at timestamptz, limit bigint
-- columns: start_at timestamptz, channel smallint, version integer, wh bigint, quality text, boot bigint, seq bigint, received_at timestamptz
SELECT start_at, channel, version, wh, quality, boot, seq, received_at
FROM reading
WHERE meter = $1
  AND start_at >= $2
  AND start_at < $3
ORDER BY start_at, channel, version
LIMIT $4;

-- name: reading_changed
-- params: meters text[], from_at timestamptz, to_at timestamptz, after_lsn bigint
-- columns: meter text, start_at timestamptz, channel smallint, version integer, wh bigint, lsn bigint
-- What came in after a settlement had read up to after_lsn: its inputs have changed.
SELECT meter, start_at, channel, version, wh, lsn
FROM reading
WHERE meter = ANY ($1)
  AND start_at >= $2
  AND start_at < $3
  AND lsn > $4
ORDER BY meter, start_at, channel, version;

-- name: reading_load
-- params: meters text[], from_at timestamptz, to_at timestamptz
-- columns: start_at timestamptz, net_wh bigint, meters bigint
-- Net import of some meters per interval, and how many of them have a measured import.
SELECT start_at,
       sum(CASE channel WHEN 0 THEN wh ELSE -wh END)::bigint AS net_wh,
       count(*) FILTER (WHERE channel = 0 AND quality = 'A') AS meters
FROM (
    SELECT DISTINCT ON (start_at, meter, channel) start_at, meter, channel, wh, quality
    FROM reading
    WHERE meter = ANY ($1)
      AND start_at >= $2
      AND start_at < $3
    ORDER BY start_at, meter, channel, version DESC
) AS current
GROUP BY start_at
ORDER BY start_at;

-- name: dead_letter_page
-- params: after_lsn bigint, after_part integer, device text, code text, limit bigint
-- columns: lsn bigint, part integer, received_at timestamptz, source text, topic text, device text, code text, subject text, detail text, raw bytea
SELECT lsn, part, received_at, source, topic, device, code, subject, detail, raw
FROM dead_letter
WHERE (lsn, part) > ($1, $2)
  AND ($3 = '' OR device = $3)
  AND ($4 = '' OR code = $4)
ORDER BY lsn, part
LIMIT $5;

-- name: weather_save
-- params: source text, variables text[], valid timestamptz[], amounts bigint[], issued_at timestamptz, received_at timestamptz, raw_hash bytea
-- columns: none
-- Only what differs from the last word of the source about that hour.
INSERT INTO weather_value (source, variable, valid_at, issued_at, received_at, amount, raw_hash)
SELECT $1, said.variable, said.valid_at, $5, $6, said.amount, $7
FROM unnest($2::text[], $3::timestamptz[], $4::bigint[]) AS said (variable, valid_at, amount)
WHERE said.amount IS DISTINCT FROM (
    SELECT amount
    FROM weather_value AS known
    WHERE known.source = $1
      AND known.variable = said.variable
      AND known.valid_at = said.valid_at
    ORDER BY known.issued_at DESC
    LIMIT 1
)
ON CONFLICT (source, variable, valid_at, issued_at) DO NOTHING;

-- name: weather_source_good
-- params: source text, fetched_at timestamptz
-- columns: none
INSERT INTO weather_source (source, fetched_at)
VALUES ($1, $2)
ON CONFLICT (source) DO UPDATE
SET fetched_at = excluded.fetched_at,
    detail = '';

-- name: weather_source_failed
-- params: source text, failed_at timestamptz, detail text
-- columns: none
INSERT INTO weather_source (source, failed_at, detail)
VALUES ($1, $2, $3)
ON CONFLICT (source) DO UPDATE
SET failed_at = excluded.failed_at,
    detail = excluded.detail;

-- name: weather_window
-- params: variable text, from_at timestamptz, to_at timestamptz, known_at timestamptz
-- columns: valid_at timestamptz, source text, amount bigint, issued_at timestamptz, received_at timestamptz
-- What each source had last said about each hour by known_at.
SELECT DISTINCT ON (valid_at, source) valid_at, source, amount, issued_at, received_at
FROM weather_value
WHERE variable = $1
  AND valid_at >= $2
  AND valid_at < $3
  AND received_at <= $4
ORDER BY valid_at, source, issued_at DESC;
