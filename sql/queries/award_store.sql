-- SPDX-License-Identifier: Apache-2.0
-- What the selection had to keep, and what the power flow said of its awards.

-- name: award_demand_insert
-- params: event_id uuid, position integer, limit_id text, interval_index integer, required_w bigint, effect_ppm bigint[]
-- columns: none
INSERT INTO award_demand (event_id, position, limit_id, interval_index, required_w, effect_ppm)
VALUES ($1::uuid, $2::integer, $3::text, $4::integer, $5::bigint, $6::bigint[])
ON CONFLICT (event_id, position) DO NOTHING;

-- name: award_demand_list
-- params: event_id uuid
-- columns: limit_id text, interval_index integer, required_w bigint, effect_ppm bigint[]
SELECT limit_id, interval_index, required_w, effect_ppm
  FROM award_demand WHERE event_id = $1::uuid ORDER BY position;

-- name: award_check_insert
-- params: event_id uuid, network_id text, network_version bigint, network_hash bytea, forecast_id text, verdict text, reason text, rounds integer, quantile_ppm bigint, worst_limit_id text, worst_before_ppm bigint, worst_after_ppm bigint, checked_at timestamptz
-- columns: none
INSERT INTO award_check (event_id, network_id, network_version, network_hash, forecast_id, verdict,
                         reason, rounds, quantile_ppm, worst_limit_id, worst_before_ppm,
                         worst_after_ppm, checked_at)
VALUES ($1::uuid, $2::text, $3::bigint, $4::bytea, $5::text, $6::text, $7::text, $8::integer,
        $9::bigint, $10::text, $11::bigint, $12::bigint, $13::timestamptz)
ON CONFLICT (event_id) DO NOTHING;

-- name: award_check_find
-- params: event_id uuid
-- columns: network_id text, network_version integer, network_hash bytea, forecast_id text, verdict text, reason text, rounds integer, quantile_ppm bigint, worst_limit_id text, worst_before_ppm bigint, worst_after_ppm bigint, checked_at timestamptz
SELECT network_id, network_version, network_hash, forecast_id, verdict, reason, rounds,
       quantile_ppm, worst_limit_id, worst_before_ppm, worst_after_ppm, checked_at
  FROM award_check WHERE event_id = $1::uuid;

-- name: award_network
-- params: transformer text
-- columns: network_id text
SELECT network_id FROM network_segment
 WHERE transformer = $1::text ORDER BY segment_id LIMIT 1;
