-- SPDX-License-Identifier: Apache-2.0
-- The outbox.

-- name: outbox_insert
-- params: kind text, purpose text, event_id uuid, topic text, retained boolean, payload bytea, now timestamptz
-- columns: none
INSERT INTO outbox (kind, purpose, event_id, topic, retained, payload, promised_at)
VALUES ($1::text, $2::text, $3::uuid, $4::text, $5::boolean, $6::bytea, $7::timestamptz)
ON CONFLICT (purpose) DO NOTHING;

-- name: outbox_due
-- params: limit bigint
-- columns: outbox_id bigint, kind text, purpose text, event_id uuid, topic text, retained boolean, payload bytea, promised_at timestamptz, done_at timestamptz, attempts integer, outcome text, tx_hash bytea, block_number bigint
SELECT * FROM outbox WHERE done_at IS NULL ORDER BY outbox_id LIMIT $1::bigint;

-- name: outbox_waiting
-- params: none
-- columns: waiting bigint
SELECT count(*)::bigint AS waiting FROM outbox WHERE done_at IS NULL;

-- name: outbox_attempt
-- params: outbox_id bigint, outcome text, tx_hash bytea
-- columns: none
UPDATE outbox SET attempts = attempts + 1, outcome = $2::text,
                  tx_hash = coalesce($3::bytea, tx_hash)
 WHERE outbox_id = $1::bigint AND done_at IS NULL;

-- name: outbox_done
-- params: outbox_id bigint, now timestamptz, outcome text, tx_hash bytea, block bigint
-- columns: none
UPDATE outbox SET done_at = $2::timestamptz, outcome = $3::text,
                  tx_hash = coalesce($4::bytea, tx_hash), block_number = $5::bigint
 WHERE outbox_id = $1::bigint AND done_at IS NULL;

-- name: outbox_of_event
-- params: event_id uuid
-- columns: outbox_id bigint, kind text, purpose text, event_id uuid, topic text, retained boolean, payload bytea, promised_at timestamptz, done_at timestamptz, attempts integer, outcome text, tx_hash bytea, block_number bigint
-- The chain's part of an event.
SELECT * FROM outbox
 WHERE event_id = $1::uuid AND kind IN ('CHAIN_COMMIT', 'CHAIN_SETTLE') ORDER BY outbox_id;

-- name: outbox_list
-- params: event_id uuid, after bigint, limit bigint
-- columns: outbox_id bigint, kind text, purpose text, event_id uuid, topic text, retained boolean, payload bytea, promised_at timestamptz, done_at timestamptz, attempts integer, outcome text, tx_hash bytea, block_number bigint
-- Promises to the chain; the broker's are many and short-lived.
SELECT * FROM outbox
 WHERE kind IN ('CHAIN_COMMIT', 'CHAIN_SETTLE')
   AND ($1::uuid IS NULL OR event_id = $1)
   AND outbox_id > $2::bigint
 ORDER BY outbox_id
 LIMIT $3::bigint;
