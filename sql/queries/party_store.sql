-- SPDX-License-Identifier: Apache-2.0
-- Parties; server/db/party_store.c.

-- name: party_insert
-- params: id text, kind text, payee text, recorded_at timestamptz
-- columns: none
INSERT INTO party (id, kind, payee, recorded_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO NOTHING;

-- name: party_is_same
-- params: id text, kind text, payee text, recorded_at timestamptz
-- columns: same boolean
SELECT kind = $2 AND payee IS NOT DISTINCT FROM $3 AND $4::timestamptz IS NOT NULL AS same
FROM party
WHERE id = $1;

-- name: party_find
-- params: id text
-- columns: id text, kind text, payee text, recorded_at timestamptz
SELECT id, kind, payee, recorded_at
FROM party
WHERE id = $1;

-- name: party_list
-- params: after text, limit bigint, party text
-- columns: id text, kind text, payee text, recorded_at timestamptz
SELECT id, kind, payee, recorded_at
FROM party
WHERE id > $1
  AND ($3 = '' OR id = $3)
ORDER BY id
LIMIT $2;
