-- SPDX-License-Identifier: Apache-2.0
-- Meters; server/db/meter_store.c. A party sees the meters of its devices and of its groups.

-- name: meter_insert
-- params: id text, transformer text, connection_w bigint, interval_s integer, zone text, recorded_at timestamptz
-- columns: none
-- The zone is asked of PostgreSQL, which refuses one that it does not know.
INSERT INTO meter (id, transformer, connection_w, interval_s, zone, recorded_at)
SELECT $1, $2, $3, $4, $5, $6
WHERE ($6::timestamptz AT TIME ZONE $5::text) IS NOT NULL
ON CONFLICT (id) DO NOTHING;

-- name: meter_is_same
-- params: id text, transformer text, connection_w bigint, interval_s integer, zone text, recorded_at timestamptz
-- columns: same boolean
SELECT transformer = $2
       AND connection_w = $3
       AND interval_s = $4
       AND zone = $5
       AND $6::timestamptz IS NOT NULL AS same
FROM meter
WHERE id = $1;

-- name: meter_find
-- params: id text, party text, now timestamptz
-- columns: id text, transformer text, connection_w bigint, interval_s integer, zone text, group_id text, recorded_at timestamptz
SELECT meter.id, meter.transformer, meter.connection_w, meter.interval_s, meter.zone,
       member.group_id, meter.recorded_at
FROM meter
LEFT JOIN group_member AS member ON member.meter = meter.id AND member.valid @> $3::timestamptz
WHERE meter.id = $1
  AND ($2 = ''
       OR EXISTS (SELECT FROM device WHERE device.meter = meter.id AND device.aggregator = $2)
       OR EXISTS (SELECT FROM group_member AS mine
                  JOIN meter_group ON meter_group.id = mine.group_id
                  WHERE mine.meter = meter.id AND meter_group.party = $2));

-- name: meter_list
-- params: after text, limit bigint, party text, now timestamptz, transformer text
-- columns: id text, transformer text, connection_w bigint, interval_s integer, zone text, group_id text, recorded_at timestamptz
SELECT meter.id, meter.transformer, meter.connection_w, meter.interval_s, meter.zone,
       member.group_id, meter.recorded_at
FROM meter
LEFT JOIN group_member AS member ON member.meter = meter.id AND member.valid @> $4::timestamptz
WHERE meter.id > $1
  AND ($5 = '' OR meter.transformer = $5)
  AND ($3 = ''
       OR EXISTS (SELECT FROM device WHERE device.meter = meter.id AND device.aggregator = $3)
       OR EXISTS (SELECT FROM group_member AS mine
                  JOIN meter_group ON meter_group.id = mine.group_id
                  WHERE mine.meter = meter.id AND meter_group.party = $3))
ORDER BY meter.id
LIMIT $2;
