-- SPDX-License-Identifier: Apache-2.0
-- What the market reads of register and readings. Order is bytewise, as in the evidence.

-- name: market_group
-- params: group text, from timestamptz, to timestamptz
-- columns: id text, party text, payee text, is_valid boolean, is_approved boolean
SELECT g.id, g.party, lower(coalesce(p.payee, '')) AS payee,
       (g.valid_from <= $2::timestamptz AND g.valid_to >= $3::timestamptz) AS is_valid,
       coalesce((SELECT q.status = 'APPROVED' FROM group_qualification q
                  WHERE q.group_id = g.id ORDER BY q.number DESC LIMIT 1), false) AS is_approved
  FROM meter_group g JOIN party p ON p.id = g.party
 WHERE g.id = $1::text;

-- name: market_group_meters
-- params: group text
-- columns: meter text, qualified_w bigint
SELECT meter, qualified_w FROM group_member
 WHERE group_id = $1::text ORDER BY meter COLLATE "C";

-- name: market_rating
-- params: transformer text
-- columns: rating_w bigint
SELECT rating_w * limit_pct / 100 AS rating_w FROM transformer WHERE id = $1::text;

-- name: market_calendar
-- params: name text, version integer
-- columns: name text, version bigint, zone text, holidays text
SELECT name, version::bigint, zone,
       ARRAY(SELECT to_char(day, 'YYYY-MM-DD') FROM unnest(holidays) AS day ORDER BY day)::text
           AS holidays
  FROM calendar
 WHERE name = $1::text AND ($2::integer = 0 OR version = $2)
 ORDER BY version DESC LIMIT 1;

-- name: market_payees
-- params: none
-- columns: payee text
SELECT DISTINCT lower(payee) COLLATE "C" AS payee FROM party
 WHERE payee IS NOT NULL ORDER BY 1;

-- name: market_devices
-- params: event_id uuid
-- columns: device text
SELECT DISTINCT d.id COLLATE "C" AS device
  FROM dr_order o
  JOIN dr_order_meter m ON m.order_id = o.order_id
  JOIN device d ON d.meter = m.meter
 WHERE o.event_id = $1::uuid
 ORDER BY 1;

-- name: market_readings
-- params: event_id uuid, from timestamptz, to timestamptz, as_of timestamptz
-- columns: meter text, start_at timestamptz, wh bigint, quality text, version bigint, boot bigint, seq bigint
SELECT DISTINCT ON (r.meter COLLATE "C", r.start_at)
       r.meter, r.start_at, r.wh, r.quality, r.version::bigint, r.boot, r.seq
  FROM reading r
 WHERE r.meter IN (SELECT m.meter FROM dr_order_meter m
                     JOIN dr_order o ON o.order_id = m.order_id
                    WHERE o.event_id = $1::uuid)
   AND r.channel = 0
   AND r.start_at >= $2::timestamptz AND r.start_at < $3::timestamptz
   AND r.received_at <= $4::timestamptz
 ORDER BY r.meter COLLATE "C", r.start_at, r.version DESC;

-- name: market_outages
-- params: from timestamptz, to timestamptz, as_of timestamptz
-- columns: from_at timestamptz, to_at timestamptz
SELECT from_at, least(coalesce(to_at, $3::timestamptz), $3::timestamptz) AS to_at FROM outage
 WHERE from_at < least($2::timestamptz, $3::timestamptz)
   AND coalesce(to_at, $3::timestamptz) > $1::timestamptz
 ORDER BY from_at;

-- name: market_newer
-- params: event_id uuid, from timestamptz, to timestamptz, as_of timestamptz
-- columns: newer bigint
SELECT count(*)::bigint AS newer
  FROM reading r
 WHERE r.meter IN (SELECT m.meter FROM dr_order_meter m
                     JOIN dr_order o ON o.order_id = m.order_id
                    WHERE o.event_id = $1::uuid)
   AND r.channel = 0
   AND r.start_at >= $2::timestamptz AND r.start_at < $3::timestamptz
   AND r.received_at > $4::timestamptz;
