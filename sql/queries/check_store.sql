-- SPDX-License-Identifier: Apache-2.0
-- Checks, what they hold and what they cut; server/db/check_store.c.

-- name: check_insert
-- params: check_id uuid, network_id text, version integer, network_hash bytea, starts_at timestamptz, ends_at timestamptz, mode text, policy text, party text, token_id text, request_hash bytea, quantiles text, margin_ppm integer, verdict text, hold_until timestamptz, forecast_id text, newest_at timestamptz, missing_count integer, rounds integer, iterations integer, residual_ppb bigint, loss_before_w bigint, loss_after_w bigint, limits text, created_at timestamptz
-- columns: none
INSERT INTO grid_check (check_id, network_id, version, network_hash, starts_at, ends_at, mode, policy, party,
                        token_id, request_hash, quantiles, margin_ppm, verdict, hold_until, forecast_id, newest_at,
                        missing_count, rounds, iterations, residual_ppb, loss_before_w, loss_after_w, limits,
                        created_at)
VALUES ($1::uuid, $2::text, $3::integer, $4::bytea, $5::timestamptz, $6::timestamptz, $7::text, $8::text, $9::text,
        $10::text, $11::bytea, $12::text, $13::integer, $14::text, $15::timestamptz, $16::text, $17::timestamptz,
        $18::integer, $19::integer, $20::integer, $21::bigint, $22::bigint, $23::bigint, $24::text, $25::timestamptz);

-- name: check_find
-- params: check_id uuid
-- columns: check_id uuid, network_id text, version integer, network_hash bytea, starts_at timestamptz, ends_at timestamptz, mode text, policy text, party text, token_id text, request_hash bytea, quantiles text, margin_ppm integer, verdict text, hold_until timestamptz, released_at timestamptz, forecast_id text, newest_at timestamptz, missing_count integer, rounds integer, iterations integer, residual_ppb bigint, loss_before_w bigint, loss_after_w bigint, limits text, created_at timestamptz, cleared_at timestamptz, digest bytea
SELECT c.*, CASE WHEN p.state = 'CERTIFIED' AND p.decided_at < c.hold_until THEN p.decided_at
       END AS cleared_at, p.digest
FROM grid_check AS c
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE c.check_id = $1::uuid;

-- name: check_find_same
-- params: request_hash bytea
-- columns: check_id uuid, network_id text, version integer, network_hash bytea, starts_at timestamptz, ends_at timestamptz, mode text, policy text, party text, token_id text, request_hash bytea, quantiles text, margin_ppm integer, verdict text, hold_until timestamptz, released_at timestamptz, forecast_id text, newest_at timestamptz, missing_count integer, rounds integer, iterations integer, residual_ppb bigint, loss_before_w bigint, loss_after_w bigint, limits text, created_at timestamptz, cleared_at timestamptz, digest bytea
SELECT c.*, CASE WHEN p.state = 'CERTIFIED' AND p.decided_at < c.hold_until THEN p.decided_at
       END AS cleared_at, p.digest
FROM grid_check AS c
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE c.request_hash = $1::bytea;

-- name: check_list
-- params: after uuid, party text, network_id text, limit bigint
-- columns: check_id uuid, network_id text, version integer, network_hash bytea, starts_at timestamptz, ends_at timestamptz, mode text, policy text, party text, token_id text, request_hash bytea, quantiles text, margin_ppm integer, verdict text, hold_until timestamptz, released_at timestamptz, forecast_id text, newest_at timestamptz, missing_count integer, rounds integer, iterations integer, residual_ppb bigint, loss_before_w bigint, loss_after_w bigint, limits text, created_at timestamptz, cleared_at timestamptz, digest bytea
-- Newest first; of one party: what it asked for and what holds an item of it.
SELECT c.*, CASE WHEN p.state = 'CERTIFIED' AND p.decided_at < c.hold_until THEN p.decided_at
       END AS cleared_at, p.digest
FROM grid_check AS c
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE ($1::uuid IS NULL OR c.check_id < $1)
      AND ($2::text IS NULL OR c.party = $2
           OR EXISTS (SELECT 1 FROM grid_check_item AS i
                      WHERE i.check_id = c.check_id AND (i.seller_party = $2 OR i.buyer_party = $2)))
      AND ($3::text IS NULL OR c.network_id = $3)
ORDER BY c.check_id DESC
LIMIT $4::bigint;

-- name: check_item_insert
-- params: check_id uuid, item_id text, seq integer, kind text, effect text, claimed text, note text, seller_point text, buyer_point text, seller_party text, buyer_party text, seller_schedule uuid, seller_schedule_item text, buyer_schedule uuid, buyer_schedule_item text, requested_w bigint, accepted_w bigint, price_micros_per_kwh bigint, accepted_at timestamptz, loss_factor_ppm bigint, loss_share_ppm bigint, distance text, fee_loss_micros bigint, fee_shadow_micros bigint, fee_distance_micros bigint, network_fee_micros bigint, reasons text
-- columns: none
INSERT INTO grid_check_item (check_id, item_id, seq, kind, effect, claimed, note, seller_point, buyer_point,
                             seller_party, buyer_party, seller_schedule, seller_schedule_item, buyer_schedule,
                             buyer_schedule_item, requested_w, accepted_w, price_micros_per_kwh, accepted_at,
                             loss_factor_ppm, loss_share_ppm, distance, fee_loss_micros, fee_shadow_micros,
                             fee_distance_micros, network_fee_micros, reasons)
VALUES ($1::uuid, $2::text, $3::integer, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
        $11::text, $12::uuid, $13::text, $14::uuid, $15::text, $16::bigint, $17::bigint, $18::bigint,
        $19::timestamptz, $20::bigint, $21::bigint, $22::text, $23::bigint, $24::bigint, $25::bigint, $26::bigint,
        $27::text);

-- name: check_item_list
-- params: check_id uuid, party text
-- columns: check_id uuid, item_id text, seq integer, kind text, effect text, claimed text, note text, seller_point text, buyer_point text, seller_party text, buyer_party text, seller_schedule uuid, seller_schedule_item text, buyer_schedule uuid, buyer_schedule_item text, requested_w bigint, accepted_w bigint, price_micros_per_kwh bigint, accepted_at timestamptz, loss_factor_ppm bigint, loss_share_ppm bigint, distance text, fee_loss_micros bigint, fee_shadow_micros bigint, fee_distance_micros bigint, network_fee_micros bigint, reasons text
SELECT * FROM grid_check_item
WHERE check_id = $1::uuid AND ($2::text IS NULL OR seller_party = $2 OR buyer_party = $2)
ORDER BY seq;

-- name: check_reserved
-- params: network_id text, starts_at timestamptz, now timestamptz
-- columns: seller_point text, buyer_point text, accepted_w bigint
-- What living checks hold in an interval. What is within a schedule is held by the schedule.
SELECT i.seller_point, i.buyer_point, i.accepted_w
FROM grid_check AS c
INNER JOIN grid_check_item AS i ON i.check_id = c.check_id
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE c.network_id = $1::text AND c.starts_at = $2::timestamptz AND c.mode = 'reserve'
      AND c.released_at IS NULL
      AND (c.hold_until > $3::timestamptz OR (p.state = 'CERTIFIED' AND p.decided_at < c.hold_until))
      AND i.effect = 'incremental' AND i.accepted_w > 0
ORDER BY c.check_id, i.seq;

-- name: check_open_total
-- params: network_id text, starts_at timestamptz, now timestamptz, party text
-- columns: checks bigint, accepted_w bigint
-- What one party holds in an interval: checks that it asked for.
SELECT count(DISTINCT c.check_id)::bigint AS checks, coalesce(sum(i.accepted_w), 0)::bigint AS accepted_w
FROM grid_check AS c
INNER JOIN grid_check_item AS i ON i.check_id = c.check_id
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE c.network_id = $1::text AND c.starts_at = $2::timestamptz AND c.mode = 'reserve' AND c.party = $4::text
      AND c.released_at IS NULL
      AND (c.hold_until > $3::timestamptz OR (p.state = 'CERTIFIED' AND p.decided_at < c.hold_until))
      AND i.effect = 'incremental' AND i.accepted_w > 0;

-- name: check_release
-- params: check_id uuid, now timestamptz
-- columns: none
-- What nodes have signed or may be signing stays; so does what has begun.
UPDATE grid_check SET released_at = $2::timestamptz
WHERE check_id = $1::uuid AND mode = 'reserve' AND released_at IS NULL AND starts_at > $2
      AND NOT EXISTS (SELECT 1 FROM proposal AS p
                      WHERE p.subject_id = $1 AND p.kind = 'CLEARANCE' AND p.state IN ('OPEN', 'CERTIFIED'));

-- name: check_schedule_find
-- params: check_id uuid, item_id text, now timestamptz
-- columns: network_id text, starts_at timestamptz, ends_at timestamptz, cleared_at timestamptz, digest bytea, kind text, seller_point text, buyer_point text, seller_party text, buyer_party text, accepted_w bigint, used_w bigint
-- A schedule and how much of it living checks use already.
SELECT c.network_id, c.starts_at, c.ends_at, CASE WHEN p.state = 'CERTIFIED' AND p.decided_at < c.hold_until THEN p.decided_at
       END AS cleared_at, p.digest, s.kind, s.seller_point, s.buyer_point,
       s.seller_party, s.buyer_party, s.accepted_w,
       (SELECT coalesce(sum(u.accepted_w), 0)
        FROM grid_check_item AS u
        INNER JOIN grid_check AS o ON o.check_id = u.check_id
        LEFT JOIN proposal AS q ON q.subject_id = o.check_id AND q.kind = 'CLEARANCE'
        WHERE ((u.seller_schedule = s.check_id AND u.seller_schedule_item = s.item_id)
               OR (u.buyer_schedule = s.check_id AND u.buyer_schedule_item = s.item_id))
              AND u.effect = 'within_schedule' AND o.mode = 'reserve' AND o.released_at IS NULL
              AND (o.hold_until > $3::timestamptz
                   OR (q.state = 'CERTIFIED' AND q.decided_at < o.hold_until)))::bigint AS used_w
FROM grid_check_item AS s
INNER JOIN grid_check AS c ON c.check_id = s.check_id
LEFT JOIN proposal AS p ON p.subject_id = c.check_id AND p.kind = 'CLEARANCE'
WHERE s.check_id = $1::uuid AND s.item_id = $2::text;

-- name: curtailment_insert
-- params: network_id text, point text, party text, check_id uuid, item_id text, policy text, starts_at timestamptz, ends_at timestamptz, requested_w bigint, cut_w bigint, cut_wh bigint, recorded_at timestamptz
-- columns: none
INSERT INTO curtailment (network_id, point, party, check_id, item_id, policy, starts_at, ends_at, requested_w, cut_w,
                         cut_wh, recorded_at)
VALUES ($1::text, $2::text, $3::text, $4::uuid, $5::text, $6::text, $7::timestamptz, $8::timestamptz, $9::bigint,
        $10::bigint, $11::bigint, $12::timestamptz);

-- name: curtailment_list
-- params: network_id text, point text, party text, from timestamptz, to timestamptz, after bigint, limit bigint
-- columns: curtailment_id bigint, network_id text, point text, party text, check_id uuid, item_id text, policy text, starts_at timestamptz, ends_at timestamptz, requested_w bigint, cut_w bigint, cut_wh bigint, recorded_at timestamptz
SELECT * FROM curtailment
WHERE ($1::text IS NULL OR network_id = $1) AND ($2::text IS NULL OR point = $2) AND ($3::text IS NULL OR party = $3)
      AND starts_at >= $4::timestamptz AND starts_at < $5::timestamptz AND curtailment_id > $6::bigint
ORDER BY curtailment_id
LIMIT $7::bigint;

-- name: curtailment_total
-- params: network_id text, point text, party text, from timestamptz, to timestamptz
-- columns: policy text, cuts bigint, cut_wh bigint
SELECT policy, count(*)::bigint AS cuts, coalesce(sum(cut_wh), 0)::bigint AS cut_wh
FROM curtailment
WHERE ($1::text IS NULL OR network_id = $1) AND ($2::text IS NULL OR point = $2) AND ($3::text IS NULL OR party = $3)
      AND starts_at >= $4::timestamptz AND starts_at < $5::timestamptz
GROUP BY policy
ORDER BY policy;

-- name: curtailment_by_points
-- params: network_id text, points text[], from timestamptz, to timestamptz
-- columns: point text, cut_wh bigint
SELECT point, coalesce(sum(cut_wh), 0)::bigint AS cut_wh
FROM curtailment
WHERE network_id = $1::text AND point = ANY ($2::text[]) AND starts_at >= $3::timestamptz AND starts_at < $4::timestamptz
GROUP BY point
ORDER BY point;
