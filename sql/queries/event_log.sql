-- SPDX-License-Identifier: Apache-2.0
-- The append-only log; server/db/event_log.c.

-- name: event_log_last
-- params: none
-- columns: seq bigint, hash bytea
SELECT seq, hash
FROM event_log
ORDER BY seq DESC
LIMIT 1;

-- name: event_log_append
-- params: seq bigint, at timestamptz, entity text, type text, subject text, party text, body text, prev_hash bytea, hash bytea
-- columns: none
INSERT INTO event_log (seq, at, entity, type, subject, party, body, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: event_log_page
-- params: after bigint, limit bigint, party text, entity text
-- columns: seq bigint, at timestamptz, entity text, type text, subject text, party text, body text, prev_hash bytea, hash bytea
SELECT seq, at, entity, type, subject, party, body, prev_hash, hash
FROM event_log
WHERE seq > $1
  AND ($3 = '' OR party = $3 OR party = '')
  AND ($4 = '' OR entity = $4)
ORDER BY seq
LIMIT $2;
