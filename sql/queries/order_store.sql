-- SPDX-License-Identifier: Apache-2.0
-- Orders.

-- name: order_insert
-- params: order_id uuid, event_id uuid, bid_id uuid, party text, payee text, group_id text, price bigint, activation_pct integer, salt bytea, state text, ordered_at timestamptz
-- columns: none
INSERT INTO dr_order (order_id, event_id, bid_id, party, payee, group_id, price_micros_per_kwh,
                      activation_pct, salt, state, ordered_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::bigint, $8::integer,
        $9::bytea, $10::text, $11::timestamptz)
ON CONFLICT (bid_id) DO NOTHING;

-- name: order_interval_insert
-- params: order_id uuid, start_at timestamptz, order_w bigint
-- columns: none
INSERT INTO dr_order_interval (order_id, start_at, order_w)
VALUES ($1::uuid, $2::timestamptz, $3::bigint)
ON CONFLICT (order_id, start_at) DO NOTHING;

-- name: order_meter_insert
-- params: order_id uuid, meter text, qualified_w bigint
-- columns: none
INSERT INTO dr_order_meter (order_id, meter, qualified_w)
VALUES ($1::uuid, $2::text, $3::bigint)
ON CONFLICT (order_id, meter) DO NOTHING;

-- name: order_find
-- params: order_id uuid
-- columns: order_id uuid, event_id uuid, bid_id uuid, party text, payee text, group_id text, price_micros_per_kwh bigint, activation_pct integer, salt bytea, state text, ordered_at timestamptz, acked_at timestamptz, reason text
SELECT * FROM dr_order WHERE order_id = $1::uuid;

-- name: order_list
-- params: event_id uuid, party text, state text, after_order_id uuid, limit bigint
-- columns: order_id uuid, event_id uuid, bid_id uuid, party text, payee text, group_id text, price_micros_per_kwh bigint, activation_pct integer, salt bytea, state text, ordered_at timestamptz, acked_at timestamptz, reason text
SELECT * FROM dr_order
 WHERE ($1::uuid IS NULL OR event_id = $1)
   AND ($2::text IS NULL OR party = $2)
   AND ($3::text IS NULL OR state = $3)
   AND ($4::uuid IS NULL OR order_id > $4)
 ORDER BY order_id
 LIMIT $5::bigint;

-- name: order_interval_list
-- params: order_id uuid
-- columns: start_at timestamptz, order_w bigint
SELECT start_at, order_w FROM dr_order_interval WHERE order_id = $1::uuid ORDER BY start_at;

-- name: order_meter_list
-- params: order_id uuid
-- columns: meter text, qualified_w bigint
SELECT meter, qualified_w FROM dr_order_meter
 WHERE order_id = $1::uuid ORDER BY meter COLLATE "C";

-- name: order_set_state
-- params: order_id uuid, from text, to text, acked_at timestamptz, reason text
-- columns: none
UPDATE dr_order SET state = $3::text, acked_at = $4::timestamptz, reason = $5::text
 WHERE order_id = $1::uuid AND state = $2::text;
