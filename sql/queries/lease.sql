-- SPDX-License-Identifier: Apache-2.0
-- Leases with fencing epochs; server/db/lease.c.

-- name: lease_take
-- params: name text, holder text, seconds integer
-- columns: epoch bigint
-- No row: somebody else holds it.
INSERT INTO lease AS held (name, holder, epoch, expires_at)
VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3::integer))
ON CONFLICT (name) DO UPDATE
SET holder     = excluded.holder,
    epoch      = held.epoch + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END,
    expires_at = excluded.expires_at
WHERE held.holder = excluded.holder
   OR held.expires_at <= clock_timestamp()
RETURNING epoch;

-- name: lease_prove
-- params: name text, holder text, epoch bigint
-- columns: epoch bigint
-- The row stays locked until the end of the transaction, so a take-over waits for it.
SELECT epoch
FROM lease
WHERE name = $1
  AND holder = $2
  AND epoch = $3
FOR SHARE;

-- name: lease_drop
-- params: name text, holder text, epoch bigint
-- columns: none
UPDATE lease
SET expires_at = clock_timestamp(),
    holder = '',
    epoch = epoch + 1
WHERE name = $1
  AND holder = $2
  AND epoch = $3;
