-- SPDX-License-Identifier: Apache-2.0
-- Requests, their need and their state.

-- name: request_insert
-- params: event_id uuid, state text, transformer text, source text, starts_at timestamptz, ends_at timestamptz, interval_s integer, price_cap bigint, shortfall_price bigint, budget bigint, method text, adjustment text, own_event_days text, calendar text, version integer, hash bytea, gate_at timestamptz, ack_by timestamptz, data_deadline timestamptz, now timestamptz
-- columns: none
INSERT INTO request (event_id, state, transformer, source, starts_at, ends_at, interval_s,
                     price_cap_micros_per_kwh, shortfall_price_micros_per_kwh, budget_micros,
                     method, adjustment, own_event_days, calendar, calendar_version, calendar_hash,
                     gate_at, ack_by, data_deadline_at, created_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::timestamptz, $6::timestamptz, $7::integer,
        $8::bigint, $9::bigint, $10::bigint, $11::text, $12::text, $13::text, $14::text,
        $15::integer, $16::bytea, $17::timestamptz, $18::timestamptz, $19::timestamptz,
        $20::timestamptz)
ON CONFLICT (event_id) DO NOTHING;

-- name: request_interval_insert
-- params: event_id uuid, start_at timestamptz, need_w bigint, forecast_w bigint
-- columns: none
INSERT INTO request_interval (event_id, start_at, need_w, forecast_w)
VALUES ($1::uuid, $2::timestamptz, $3::bigint, $4::bigint)
ON CONFLICT (event_id, start_at) DO NOTHING;

-- name: request_find
-- params: event_id uuid
-- columns: event_id uuid, state text, transformer text, source text, starts_at timestamptz, ends_at timestamptz, interval_s integer, price_cap_micros_per_kwh bigint, shortfall_price_micros_per_kwh bigint, budget_micros bigint, method text, adjustment text, own_event_days text, calendar text, calendar_version integer, calendar_hash bytea, gate_at timestamptz, ack_by timestamptz, data_deadline_at timestamptz, created_at timestamptz, published_at timestamptz, stopped_at timestamptz, reason text, commitment_root bytea, max_liability_micros bigint
SELECT * FROM request WHERE event_id = $1::uuid;

-- name: request_lock
-- params: event_id uuid
-- columns: event_id uuid, state text, transformer text, source text, starts_at timestamptz, ends_at timestamptz, interval_s integer, price_cap_micros_per_kwh bigint, shortfall_price_micros_per_kwh bigint, budget_micros bigint, method text, adjustment text, own_event_days text, calendar text, calendar_version integer, calendar_hash bytea, gate_at timestamptz, ack_by timestamptz, data_deadline_at timestamptz, created_at timestamptz, published_at timestamptz, stopped_at timestamptz, reason text, commitment_root bytea, max_liability_micros bigint
SELECT * FROM request WHERE event_id = $1::uuid FOR UPDATE;

-- name: request_list
-- params: state text, transformer text, after_event_id uuid, limit bigint
-- columns: event_id uuid, state text, transformer text, source text, starts_at timestamptz, ends_at timestamptz, interval_s integer, price_cap_micros_per_kwh bigint, shortfall_price_micros_per_kwh bigint, budget_micros bigint, method text, adjustment text, own_event_days text, calendar text, calendar_version integer, calendar_hash bytea, gate_at timestamptz, ack_by timestamptz, data_deadline_at timestamptz, created_at timestamptz, published_at timestamptz, stopped_at timestamptz, reason text, commitment_root bytea, max_liability_micros bigint
SELECT * FROM request
 WHERE ($1::text IS NULL OR state = $1)
   AND ($2::text IS NULL OR transformer = $2)
   AND ($3::uuid IS NULL OR event_id > $3)
 ORDER BY event_id
 LIMIT $4::bigint;

-- name: request_interval_list
-- params: event_id uuid
-- columns: start_at timestamptz, need_w bigint, forecast_w bigint
SELECT start_at, need_w, forecast_w FROM request_interval
 WHERE event_id = $1::uuid ORDER BY start_at;

-- name: request_set_state
-- params: event_id uuid, from text, to text, reason text
-- columns: none
UPDATE request SET state = $3::text, reason = $4::text
 WHERE event_id = $1::uuid AND state = $2::text;

-- name: request_set_published
-- params: event_id uuid, now timestamptz
-- columns: none
UPDATE request SET published_at = $2::timestamptz WHERE event_id = $1::uuid;

-- name: request_set_stopped
-- params: event_id uuid, now timestamptz
-- columns: none
UPDATE request SET stopped_at = $2::timestamptz
 WHERE event_id = $1::uuid AND stopped_at IS NULL;

-- name: request_set_commitment
-- params: event_id uuid, root bytea, max_liability bigint
-- columns: none
UPDATE request SET commitment_root = $2::bytea, max_liability_micros = $3::bigint
 WHERE event_id = $1::uuid;

-- name: request_reserved
-- params: event_id_that_asks uuid
-- columns: reserved_micros bigint
-- Budgets of requests whose liability the chain does not hold yet. The lock makes two publishers
-- wait for each other.
SELECT coalesce(sum(CASE WHEN r.commitment_root IS NULL THEN r.budget_micros
                         ELSE r.max_liability_micros END), 0)::bigint AS reserved_micros
  FROM request r
 WHERE r.event_id <> $1::uuid
   AND r.published_at IS NOT NULL
   AND r.state NOT IN ('CANCELLED', 'FAILED', 'NO_OFFERS')
   AND NOT EXISTS (SELECT 1 FROM outbox o
                    WHERE o.event_id = r.event_id AND o.kind = 'CHAIN_COMMIT'
                      AND o.done_at IS NOT NULL);

-- name: request_event_days
-- params: event_id uuid, from timestamptz, to timestamptz
-- columns: meter text, starts_at timestamptz, ends_at timestamptz
-- Windows of other events in which a meter of this event had an order: not like days.
SELECT DISTINCT m.meter, r.starts_at, coalesce(r.stopped_at, r.ends_at) AS ends_at
  FROM request r
  JOIN dr_order o ON o.event_id = r.event_id
  JOIN dr_order_meter m ON m.order_id = o.order_id
 WHERE r.event_id <> $1::uuid
   AND r.state NOT IN ('CANCELLED', 'FAILED')
   AND r.starts_at >= $2::timestamptz AND r.starts_at < $3::timestamptz
   AND m.meter IN (SELECT m2.meter FROM dr_order_meter m2
                     JOIN dr_order o2 ON o2.order_id = m2.order_id
                    WHERE o2.event_id = $1::uuid)
 ORDER BY m.meter, r.starts_at;
