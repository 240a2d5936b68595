-- SPDX-License-Identifier: Apache-2.0
-- Bearer tokens; server/db/token_store.c.

-- name: token_insert
-- params: id text, name text, digest bytea, scopes integer, party text, expires_at timestamptz
-- columns: none
INSERT INTO token (id, name, digest, scopes, party, expires_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: token_find
-- params: id text
-- columns: id text, name text, digest bytea, scopes integer, party text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz
SELECT id, name, digest, scopes, party, created_at, expires_at, revoked_at
FROM token
WHERE id = $1;

-- name: token_list
-- params: none
-- columns: id text, name text, digest bytea, scopes integer, party text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz
SELECT id, name, digest, scopes, party, created_at, expires_at, revoked_at
FROM token
ORDER BY created_at, id;

-- name: token_revoke
-- params: id text
-- columns: none
UPDATE token
SET revoked_at = clock_timestamp()
WHERE id = $1
  AND revoked_at IS NULL;
