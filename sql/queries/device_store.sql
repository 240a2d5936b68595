-- SPDX-License-Identifier: Apache-2.0
-- Devices; server/db/device_store.c. A party sees its own.

-- name: device_insert
-- params: id text, meter text, aggregator text, kind text, recorded_at timestamptz
-- columns: none
INSERT INTO device (id, meter, aggregator, kind, recorded_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING;

-- name: device_is_same
-- params: id text, meter text, aggregator text, kind text, recorded_at timestamptz
-- columns: same boolean
SELECT meter = $2
       AND aggregator IS NOT DISTINCT FROM $3
       AND kind = $4
       AND $5::timestamptz IS NOT NULL AS same
FROM device
WHERE id = $1;

-- name: device_find
-- params: id text, party text
-- columns: id text, meter text, aggregator text, kind text, recorded_at timestamptz, last_seen_at timestamptz, boot bigint, hwm bigint, ahead text
SELECT device.id, device.meter, device.aggregator, device.kind, device.recorded_at,
       state.last_seen_at, state.boot, counted.hwm, counted.ahead
FROM device
LEFT JOIN device_state AS state ON state.device = device.id
LEFT JOIN device_boot AS counted ON counted.device = device.id AND counted.boot = state.boot
WHERE device.id = $1
  AND ($2 = '' OR device.aggregator = $2);

-- name: device_list
-- params: after text, limit bigint, party text, meter text
-- columns: id text, meter text, aggregator text, kind text, recorded_at timestamptz, last_seen_at timestamptz, boot bigint, hwm bigint, ahead text
SELECT device.id, device.meter, device.aggregator, device.kind, device.recorded_at,
       state.last_seen_at, state.boot, counted.hwm, counted.ahead
FROM device
LEFT JOIN device_state AS state ON state.device = device.id
LEFT JOIN device_boot AS counted ON counted.device = device.id AND counted.boot = state.boot
WHERE device.id > $1
  AND ($3 = '' OR device.aggregator = $3)
  AND ($4 = '' OR device.meter = $4)
ORDER BY device.id
LIMIT $2;
