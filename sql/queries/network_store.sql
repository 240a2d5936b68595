-- SPDX-License-Identifier: Apache-2.0
-- Networks, their versions, points and segments; server/db/network_store.c.

-- name: network_insert
-- params: network_id text, revision integer, name text, model text, format text, original bytea, original_hash bytea, document bytea, document_hash bytea, node_count integer, branch_count integer, transformer_count integer, point_count integer, warnings text, token_id text, recorded_at timestamptz
-- columns: none
INSERT INTO network (network_id, revision, name, model, format, original, original_hash, document, document_hash,
                     node_count, branch_count, transformer_count, point_count, warnings, token_id, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: network_version_insert
-- params: network_id text, version integer, revision integer, overlay text, network_hash bytea, cause text, token_id text, recorded_at timestamptz
-- columns: none
INSERT INTO network_version (network_id, version, revision, overlay, network_hash, cause, token_id, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: network_find
-- params: network_id text, version integer
-- columns: network_id text, version integer, revision integer, name text, model text, format text, original_hash bytea, document_hash bytea, node_count integer, branch_count integer, transformer_count integer, point_count integer, warnings text, overlay text, network_hash bytea, cause text, token_id text, recorded_at timestamptz, document_at timestamptz
-- The newest version up to the one asked for.
SELECT v.network_id, v.version, v.revision, n.name, n.model, n.format, n.original_hash, n.document_hash,
       n.node_count, n.branch_count, n.transformer_count, n.point_count, n.warnings,
       v.overlay, v.network_hash, v.cause, v.token_id, v.recorded_at, n.recorded_at AS document_at
FROM network_version AS v
INNER JOIN network AS n ON n.network_id = v.network_id AND n.revision = v.revision
WHERE v.network_id = $1 AND v.version <= $2
ORDER BY v.version DESC
LIMIT 1;

-- name: network_list
-- params: after text, limit bigint
-- columns: network_id text, version integer, revision integer, name text, model text, format text, original_hash bytea, document_hash bytea, node_count integer, branch_count integer, transformer_count integer, point_count integer, warnings text, overlay text, network_hash bytea, cause text, token_id text, recorded_at timestamptz, document_at timestamptz
SELECT v.network_id, v.version, v.revision, n.name, n.model, n.format, n.original_hash, n.document_hash,
       n.node_count, n.branch_count, n.transformer_count, n.point_count, n.warnings,
       v.overlay, v.network_hash, v.cause, v.token_id, v.recorded_at, n.recorded_at AS document_at
FROM network_version AS v
INNER JOIN network AS n ON n.network_id = v.network_id AND n.revision = v.revision
WHERE v.network_id > $1
      AND v.version = (SELECT max(other.version) FROM network_version AS other WHERE other.network_id = v.network_id)
ORDER BY v.network_id
LIMIT $2;

-- name: network_versions
-- params: network_id text, before integer, limit bigint
-- columns: version integer, revision integer, overlay text, network_hash bytea, cause text, token_id text, recorded_at timestamptz
SELECT version, revision, overlay, network_hash, cause, token_id, recorded_at
FROM network_version
WHERE network_id = $1 AND version < $2
ORDER BY version DESC
LIMIT $3;

-- name: network_document
-- params: network_id text, revision integer
-- columns: document bytea
SELECT document
FROM network
WHERE network_id = $1 AND revision = $2;

-- name: network_original
-- params: network_id text, revision integer
-- columns: original bytea
SELECT original
FROM network
WHERE network_id = $1 AND revision = $2;

-- name: network_point_insert
-- params: network_id text, point text, version integer, meter text, party text
-- columns: none
INSERT INTO network_point (network_id, point, version, meter, party)
VALUES ($1, $2, $3, $4, $5);

-- name: network_points
-- params: network_id text, version integer
-- columns: point text, meter text, party text
-- As of that version.
SELECT DISTINCT ON (point) point, meter, party
FROM network_point
WHERE network_id = $1 AND version <= $2
ORDER BY point, version DESC;

-- name: network_segment_insert
-- params: segment_id text, network_id text, element text, transformer text, head_meter text, recorded_at timestamptz
-- columns: none
INSERT INTO network_segment (segment_id, network_id, element, transformer, head_meter, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (segment_id) DO NOTHING;

-- name: network_segment_find
-- params: segment_id text
-- columns: segment_id text, network_id text, element text, transformer text, head_meter text
SELECT segment_id, network_id, element, transformer, head_meter
FROM network_segment
WHERE segment_id = $1;

-- name: network_segments
-- params: network_id text
-- columns: segment_id text, network_id text, element text, transformer text, head_meter text
SELECT segment_id, network_id, element, transformer, head_meter
FROM network_segment
WHERE network_id = $1
ORDER BY segment_id;

-- name: network_meters
-- params: meters text[], since timestamptz, until timestamptz
-- columns: meter text, interval_s integer, newest_start_at timestamptz
-- Newest interval with a measured import that has begun between the two.
SELECT m.id AS meter, m.interval_s, newest.start_at AS newest_start_at
FROM meter AS m
LEFT JOIN LATERAL (
    SELECT max(r.start_at) AS start_at
    FROM reading AS r
    WHERE r.meter = m.id AND r.channel = 0 AND r.quality = 'A' AND r.start_at >= $2 AND r.start_at < $3
) AS newest ON true
WHERE m.id = ANY ($1)
ORDER BY m.id;
