-- SPDX-License-Identifier: Apache-2.0
-- Transformers; server/db/transformer_store.c.

-- name: transformer_insert
-- params: id text, rating_w bigint, temperature_ppm_per_kelvin bigint, reference_millic bigint, limit_pct integer, recorded_at timestamptz
-- columns: none
INSERT INTO transformer (id, rating_w, temperature_ppm_per_kelvin, reference_millic, limit_pct, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: transformer_is_same
-- params: id text, rating_w bigint, temperature_ppm_per_kelvin bigint, reference_millic bigint, limit_pct integer, recorded_at timestamptz
-- columns: same boolean
SELECT rating_w = $2
       AND temperature_ppm_per_kelvin = $3
       AND reference_millic = $4
       AND limit_pct = $5
       AND $6::timestamptz IS NOT NULL AS same
FROM transformer
WHERE id = $1;

-- name: transformer_find
-- params: id text
-- columns: id text, rating_w bigint, temperature_ppm_per_kelvin bigint, reference_millic bigint, limit_pct integer, recorded_at timestamptz
SELECT id, rating_w, temperature_ppm_per_kelvin, reference_millic, limit_pct, recorded_at
FROM transformer
WHERE id = $1;

-- name: transformer_list
-- params: after text, limit bigint
-- columns: id text, rating_w bigint, temperature_ppm_per_kelvin bigint, reference_millic bigint, limit_pct integer, recorded_at timestamptz
SELECT id, rating_w, temperature_ppm_per_kelvin, reference_millic, limit_pct, recorded_at
FROM transformer
WHERE id > $1
ORDER BY id
LIMIT $2;
