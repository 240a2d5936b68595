-- SPDX-License-Identifier: Apache-2.0
-- The loader and the receipts; server/db/ingest_store.c.

-- name: ingest_cursor_find
-- params: stream bigint
-- columns: lsn bigint
-- Locks the row, so that two loaders cannot load the same records.
SELECT lsn
FROM ingest_cursor
WHERE stream = $1
FOR UPDATE;

-- name: ingest_cursor_move
-- params: stream bigint, lsn bigint
-- columns: none
INSERT INTO ingest_cursor (stream, lsn)
VALUES ($1, $2)
ON CONFLICT (stream) DO UPDATE
SET lsn = excluded.lsn,
    changed_at = clock_timestamp()
WHERE ingest_cursor.lsn < excluded.lsn;

-- name: ingest_partition
-- params: day date
-- columns: made boolean
SELECT reading_partition($1) AS made;

-- name: ingest_partition_drop
-- params: oldest date
-- columns: dropped bigint
SELECT reading_partition_drop_before($1) AS dropped;

-- name: ingest_reading_copy
-- params: none
-- columns: none
COPY reading (start_at, meter, channel, version, wh, quality, boot, seq, lsn, received_at)
FROM STDIN (FORMAT binary);

-- name: ingest_reading_known
-- params: starts timestamptz[], meters text[], channels bigint[]
-- columns: item bigint, version integer, wh bigint, quality text, boot bigint, seq bigint
-- The current version of each asked key that exists; item counts from 1.
SELECT asked.item, known.version, known.wh, known.quality, known.boot, known.seq
FROM unnest($1::timestamptz[], $2::text[], $3::bigint[]) WITH ORDINALITY AS asked (start_at, meter, channel, item)
CROSS JOIN LATERAL (
    SELECT version, wh, quality, boot, seq
    FROM reading
    WHERE reading.start_at = asked.start_at
      AND reading.meter = asked.meter
      AND reading.channel = asked.channel
    ORDER BY version DESC
    LIMIT 1
) AS known
ORDER BY asked.item;

-- name: ingest_message_known
-- params: devices text[], boots bigint[], seqs bigint[]
-- columns: item bigint, digest bytea
SELECT asked.item, known.digest
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS asked (device, boot, seq, item)
JOIN device_message AS known USING (device, boot, seq)
ORDER BY asked.item;

-- name: ingest_message_copy
-- params: none
-- columns: none
COPY device_message (device, boot, seq, digest, lsn, received_at)
FROM STDIN (FORMAT binary);

-- name: ingest_message_forget
-- params: before timestamptz
-- columns: none
DELETE FROM device_message
WHERE received_at < $1;

-- name: ingest_dead_letter_insert
-- params: lsn bigint, part integer, received_at timestamptz, source text, topic text, device text, code text, subject text, detail text, raw bytea
-- columns: none
INSERT INTO dead_letter (lsn, part, received_at, source, topic, device, code, subject, detail, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (lsn, part) DO NOTHING;

-- name: ingest_dead_letter_forget
-- params: before timestamptz
-- columns: none
DELETE FROM dead_letter
WHERE received_at < $1;

-- name: ingest_boot_list
-- params: none
-- columns: device text, boot bigint, hwm bigint, ahead text
SELECT device, boot, hwm, ahead
FROM device_boot
ORDER BY device, boot;

-- name: ingest_boot_save
-- params: devices text[], boots bigint[], hwms bigint[], aheads text[]
-- columns: none
INSERT INTO device_boot (device, boot, hwm, ahead)
SELECT device, boot, hwm, ahead
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS seen (device, boot, hwm, ahead)
ON CONFLICT (device, boot) DO UPDATE
SET hwm = excluded.hwm,
    ahead = excluded.ahead;

-- name: ingest_device_seen
-- params: devices text[], seen timestamptz[], boots bigint[], online bigint[]
-- columns: none
INSERT INTO device_state (device, last_seen_at, boot, is_online)
SELECT device, seen_at, boot, online = 1
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[]) AS seen (device, seen_at, boot, online)
ON CONFLICT (device) DO UPDATE
SET last_seen_at = greatest(device_state.last_seen_at, excluded.last_seen_at),
    boot = greatest(device_state.boot, excluded.boot),
    is_online = excluded.is_online;

-- name: ingest_device_birth
-- params: device text, boot bigint, firmware text, interval_s integer
-- columns: none
UPDATE device_state
SET firmware = $3,
    interval_s = $4
WHERE device = $1
  AND boot <= $2;

-- name: ingest_opt_insert
-- params: device text, event_id uuid, lsn bigint, choice text, from_at timestamptz, to_at timestamptz, received_at timestamptz
-- columns: none
INSERT INTO device_opt (device, event_id, lsn, choice, from_at, to_at, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (device, event_id, lsn) DO NOTHING;

-- name: ingest_outage_open
-- params: from_at timestamptz, cause text
-- columns: none
-- One at a time: a second cause during an outage adds nothing.
INSERT INTO outage (from_at, cause)
SELECT $1, $2
WHERE NOT EXISTS (SELECT 1 FROM outage WHERE to_at IS NULL)
ON CONFLICT (from_at) DO UPDATE
SET to_at = NULL;

-- name: ingest_outage_close
-- params: to_at timestamptz
-- columns: none
UPDATE outage
SET to_at = $1
WHERE to_at IS NULL
  AND from_at < $1;

-- name: ingest_outage_cancel
-- params: to_at timestamptz
-- columns: none
-- An outage without length is none.
DELETE FROM outage
WHERE to_at IS NULL
  AND from_at >= $1;

-- name: outage_window
-- params: from_at timestamptz, to_at timestamptz
-- columns: from_at timestamptz, to_at timestamptz, cause text
-- Our own outages that touch the window; one that lasts ends with the window.
SELECT from_at, least(coalesce(to_at, $2), $2) AS to_at, cause
FROM outage
WHERE from_at < $2
  AND coalesce(to_at, $2) > $1
ORDER BY from_at;
