-- SPDX-License-Identifier: Apache-2.0
-- What the loader asks the register.

-- name: ingest_registered_devices
-- params: devices text[]
-- columns: device text, meter text
SELECT id AS device, meter
FROM device
WHERE id = ANY ($1);

-- name: ingest_registered_meters
-- params: meters text[]
-- columns: meter text, interval_s integer, connection_w bigint
SELECT id AS meter, interval_s, connection_w
FROM meter
WHERE id = ANY ($1);
