-- SPDX-License-Identifier: Apache-2.0
-- Bids.

-- name: bid_insert
-- params: bid_id uuid, event_id uuid, party text, group_id text, price bigint, min_activation_pct integer, state text, received_at timestamptz, raw bytea, raw_hash bytea
-- columns: none
INSERT INTO bid (bid_id, event_id, party, group_id, price_micros_per_kwh, min_activation_pct,
                 state, received_at, raw, raw_hash)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::bigint, $6::integer, $7::text,
        $8::timestamptz, $9::bytea, $10::bytea)
ON CONFLICT (event_id, party, raw_hash) DO NOTHING;

-- name: bid_interval_insert
-- params: bid_id uuid, start_at timestamptz, offered_w bigint
-- columns: none
INSERT INTO bid_interval (bid_id, start_at, offered_w)
VALUES ($1::uuid, $2::timestamptz, $3::bigint)
ON CONFLICT (bid_id, start_at) DO NOTHING;

-- name: bid_find
-- params: bid_id uuid
-- columns: bid_id uuid, event_id uuid, party text, group_id text, price_micros_per_kwh bigint, min_activation_pct integer, activation_pct integer, state text, reason text, received_at timestamptz, raw bytea, raw_hash bytea
SELECT * FROM bid WHERE bid_id = $1::uuid;

-- name: bid_find_same
-- params: event_id uuid, party text, raw_hash bytea
-- columns: bid_id uuid, event_id uuid, party text, group_id text, price_micros_per_kwh bigint, min_activation_pct integer, activation_pct integer, state text, reason text, received_at timestamptz, raw bytea, raw_hash bytea
SELECT * FROM bid WHERE event_id = $1::uuid AND party = $2::text AND raw_hash = $3::bytea;

-- name: bid_list
-- params: event_id uuid, party text, state text
-- columns: bid_id uuid, event_id uuid, party text, group_id text, price_micros_per_kwh bigint, min_activation_pct integer, activation_pct integer, state text, reason text, received_at timestamptz, raw bytea, raw_hash bytea
SELECT * FROM bid
 WHERE event_id = $1::uuid AND ($2::text IS NULL OR party = $2) AND ($3::text IS NULL OR state = $3)
 ORDER BY received_at, bid_id;

-- name: bid_interval_list
-- params: bid_id uuid
-- columns: start_at timestamptz, offered_w bigint
SELECT start_at, offered_w FROM bid_interval WHERE bid_id = $1::uuid ORDER BY start_at;

-- name: bid_set_state
-- params: bid_id uuid, from text, to text, reason text, activation_pct integer
-- columns: none
UPDATE bid SET state = $3::text, reason = $4::text, activation_pct = $5::integer
 WHERE bid_id = $1::uuid AND state = $2::text;

-- name: bid_offered_by_group
-- params: event_id uuid, group_id text
-- columns: bids bigint
-- What the group offers already in living bids of this event.
SELECT count(*)::bigint AS bids FROM bid
 WHERE event_id = $1::uuid AND group_id = $2::text AND state = 'VALID';
