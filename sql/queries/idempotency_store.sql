-- SPDX-License-Identifier: Apache-2.0
-- Answers kept for Idempotency-Keys; server/db/idempotency_store.c.

-- name: idempotency_find
-- params: owner text, operation text, key text, days integer
-- columns: body_hash bytea, http_status integer, content_type text, body bytea
SELECT body_hash, http_status, content_type, body
FROM idempotency
WHERE owner = $1
  AND operation = $2
  AND key = $3
  AND kept_at > clock_timestamp() - make_interval(days => $4);

-- name: idempotency_save
-- params: owner text, operation text, key text, body_hash bytea, http_status integer, content_type text, body bytea, days integer
-- columns: none
-- Takes the place of an answer that is over its time.
INSERT INTO idempotency (owner, operation, key, body_hash, http_status, content_type, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (owner, operation, key) DO UPDATE
SET body_hash = excluded.body_hash,
    http_status = excluded.http_status,
    content_type = excluded.content_type,
    body = excluded.body,
    kept_at = excluded.kept_at
WHERE idempotency.kept_at <= clock_timestamp() - make_interval(days => $8);

-- name: idempotency_forget
-- params: days integer
-- columns: none
DELETE FROM idempotency
WHERE kept_at <= clock_timestamp() - make_interval(days => $1);
