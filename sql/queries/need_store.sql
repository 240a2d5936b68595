-- SPDX-License-Identifier: Apache-2.0
-- Needs of networks; server/db/need_store.c.

-- name: need_insert
-- params: need_id uuid, study_id uuid, segment_id text, kind text, element text, phase smallint, starts_at timestamptz, ends_at timestamptz, reference_point text, is_reference_more boolean, is_confirmed boolean, rebounds text, made_at timestamptz
-- columns: none
INSERT INTO grid_need (need_id, study_id, segment_id, state, kind, element, phase, starts_at, ends_at,
                       reference_point, is_reference_more, is_confirmed, rebounds, made_at)
VALUES ($1, $2, $3, 'OPEN', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: need_interval_insert
-- params: need_id uuid, start_at timestamptz[], need_w bigint[], missing_w bigint[], before_ppm bigint[], after_ppm bigint[], verdict text[]
-- columns: none
INSERT INTO grid_need_interval (need_id, start_at, need_w, missing_w, before_ppm, after_ppm, verdict)
SELECT $1, said.start_at, said.need_w, said.missing_w, said.before_ppm, said.after_ppm, said.verdict
FROM unnest($2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[])
     AS said (start_at, need_w, missing_w, before_ppm, after_ppm, verdict);

-- name: need_effect_insert
-- params: need_id uuid, point text[], less_ppm bigint[], more_ppm bigint[]
-- columns: none
INSERT INTO grid_need_effect (need_id, point, less_ppm, more_ppm)
SELECT $1, said.point, said.less_ppm, said.more_ppm
FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS said (point, less_ppm, more_ppm);

-- name: need_supersede
-- params: segment_id text, study_id uuid
-- columns: none
-- What earlier studies found and nobody asked for.
UPDATE grid_need
SET state = 'SUPERSEDED'
WHERE segment_id = $1 AND state = 'OPEN' AND study_id <> $2;

-- name: need_list
-- params: segment_id text, state text, after uuid, limit bigint, party text
-- columns: need_id uuid, study_id uuid, segment_id text, network_id text, version integer, forecast_id text, state text, kind text, element text, phase smallint, starts_at timestamptz, ends_at timestamptz, interval_s integer, reference_point text, is_reference_more boolean, is_confirmed boolean, rebounds text, made_at timestamptz, transformer text
-- A party sees those of networks in which it has a point now.
SELECT n.need_id, n.study_id, n.segment_id, s.network_id, s.version, s.forecast_id, n.state, n.kind, n.element,
       n.phase, n.starts_at, n.ends_at, s.interval_s, n.reference_point, n.is_reference_more, n.is_confirmed,
       n.rebounds, n.made_at, coalesce(g.transformer, whole.transformer) AS transformer
FROM grid_need AS n
INNER JOIN congestion_study AS s ON s.study_id = n.study_id
INNER JOIN network_segment AS g ON g.segment_id = n.segment_id
LEFT JOIN network_segment AS whole ON whole.segment_id = s.network_id
WHERE ($1 = '' OR n.segment_id = $1)
      AND ($2 = '' OR n.state = $2)
      AND ($3::uuid IS NULL OR n.need_id > $3)
      AND ($5 = '' OR EXISTS (
          SELECT 1
          FROM network_point AS p
          WHERE p.party = $5 AND p.network_id = s.network_id
                AND NOT EXISTS (SELECT 1 FROM network_point AS later
                                WHERE later.network_id = p.network_id AND later.point = p.point AND later.version > p.version)))
ORDER BY n.need_id
LIMIT $4;

-- name: need_find
-- params: need_id uuid
-- columns: need_id uuid, study_id uuid, segment_id text, network_id text, version integer, forecast_id text, state text, kind text, element text, phase smallint, starts_at timestamptz, ends_at timestamptz, interval_s integer, reference_point text, is_reference_more boolean, is_confirmed boolean, rebounds text, made_at timestamptz, transformer text
SELECT n.need_id, n.study_id, n.segment_id, s.network_id, s.version, s.forecast_id, n.state, n.kind, n.element,
       n.phase, n.starts_at, n.ends_at, s.interval_s, n.reference_point, n.is_reference_more, n.is_confirmed,
       n.rebounds, n.made_at, coalesce(g.transformer, whole.transformer) AS transformer
FROM grid_need AS n
INNER JOIN congestion_study AS s ON s.study_id = n.study_id
INNER JOIN network_segment AS g ON g.segment_id = n.segment_id
LEFT JOIN network_segment AS whole ON whole.segment_id = s.network_id
WHERE n.need_id = $1;

-- name: need_intervals
-- params: need_id uuid
-- columns: start_at timestamptz, need_w bigint, missing_w bigint, before_ppm bigint, after_ppm bigint, verdict text
SELECT start_at, need_w, missing_w, before_ppm, after_ppm, verdict
FROM grid_need_interval
WHERE need_id = $1
ORDER BY start_at;

-- name: need_effects
-- params: need_id uuid, party text
-- columns: point text, less_ppm bigint, more_ppm bigint
-- A party sees its own points.
SELECT e.point, e.less_ppm, e.more_ppm
FROM grid_need_effect AS e
INNER JOIN grid_need AS n ON n.need_id = e.need_id
INNER JOIN congestion_study AS s ON s.study_id = n.study_id
WHERE e.need_id = $1
      AND ($2 = '' OR $2 = (
          SELECT p.party
          FROM network_point AS p
          WHERE p.network_id = s.network_id AND p.point = e.point
          ORDER BY p.version DESC
          LIMIT 1))
ORDER BY e.point;

-- name: need_requested
-- params: need_id uuid
-- columns: none
UPDATE grid_need
SET state = 'REQUESTED'
WHERE need_id = $1;

-- name: need_request_insert
-- params: need_id uuid, event_id uuid
-- columns: none
INSERT INTO grid_need_request (need_id, event_id)
VALUES ($1, $2)
ON CONFLICT (need_id, event_id) DO NOTHING;

-- name: need_requests
-- params: need_id uuid
-- columns: event_id uuid
SELECT event_id
FROM grid_need_request
WHERE need_id = $1
ORDER BY event_id;

-- name: need_of_request
-- params: event_id uuid
-- columns: need_id uuid
SELECT need_id
FROM grid_need_request
WHERE event_id = $1
ORDER BY need_id;
