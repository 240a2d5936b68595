-- SPDX-License-Identifier: Apache-2.0
-- Studies of networks and traffic lights; server/db/congestion_store.c.

-- name: congestion_due
-- params: before timestamptz
-- columns: network_id text
-- Networks that were not looked at since.
SELECT DISTINCT v.network_id
FROM network_version AS v
WHERE NOT EXISTS (SELECT 1 FROM congestion_study AS s WHERE s.network_id = v.network_id AND s.made_at > $1)
ORDER BY v.network_id;

-- name: congestion_study_insert
-- params: study_id uuid, network_id text, version integer, forecast_id text, made_at timestamptz, from_at timestamptz, to_at timestamptz, interval_s integer, path_count integer, missing_points integer, collapsed_paths integer
-- columns: none
INSERT INTO congestion_study (study_id, network_id, version, forecast_id, made_at, from_at, to_at, interval_s,
                              path_count, missing_points, collapsed_paths)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: traffic_light_window
-- params: segment_id text, from_at timestamptz, to_at timestamptz
-- columns: start_at timestamptz, phase smallint, number integer, light text, study_id uuid, middle_ppm bigint, upper_ppm bigint, reasons text, forecast_id text, made_at timestamptz, interval_s integer
-- As it stands.
SELECT DISTINCT ON (t.start_at, t.phase)
       t.start_at, t.phase, t.number, t.light, t.study_id, t.middle_ppm, t.upper_ppm, t.reasons,
       s.forecast_id, s.made_at, s.interval_s
FROM traffic_light AS t
INNER JOIN congestion_study AS s ON s.study_id = t.study_id
WHERE t.segment_id = $1 AND t.start_at >= $2 AND t.start_at < $3
ORDER BY t.start_at, t.phase, t.number DESC;

-- name: traffic_light_insert
-- params: segment_id text, start_at timestamptz[], phase bigint[], number bigint[], light text[], study_id uuid, middle_ppm bigint[], upper_ppm bigint[], reasons text[]
-- columns: none
INSERT INTO traffic_light (segment_id, start_at, phase, number, light, study_id, middle_ppm, upper_ppm, reasons)
SELECT $1, said.start_at, said.phase, said.number, said.light, $6, said.middle_ppm, said.upper_ppm, said.reasons
FROM unnest($2::timestamptz[], $3::bigint[], $4::bigint[], $5::text[], $7::bigint[], $8::bigint[], $9::text[])
     AS said (start_at, phase, number, light, middle_ppm, upper_ppm, reasons);

-- name: network_party_sees
-- params: network_id text, party text
-- columns: sees boolean
-- Whether the party has a point there now.
SELECT EXISTS (
    SELECT 1
    FROM network_point AS p
    WHERE p.network_id = $1 AND p.party = $2
          AND NOT EXISTS (SELECT 1 FROM network_point AS later
                          WHERE later.network_id = p.network_id AND later.point = p.point AND later.version > p.version)
) AS sees;

-- name: network_flexibility
-- params: meters text[], at timestamptz
-- columns: meter text, qualified_w bigint
-- Turn-down that approved groups can give there.
SELECT m.meter, m.qualified_w
FROM group_member AS m
WHERE m.meter = ANY ($1) AND m.valid @> $2::timestamptz
      AND 'APPROVED' = (
          SELECT q.status
          FROM group_qualification AS q
          WHERE q.group_id = m.group_id
          ORDER BY q.number DESC
          LIMIT 1)
ORDER BY m.meter;

-- name: network_devices
-- params: meters text[]
-- columns: meter text, kind text
-- The steerable device of each meter that gives the most back.
SELECT DISTINCT ON (d.meter) d.meter, d.kind
FROM device AS d
WHERE d.meter = ANY ($1) AND d.kind <> 'METER'
ORDER BY d.meter, array_position(ARRAY['CHARGER', 'BATTERY', 'HEAT_PUMP', 'PV'], d.kind), d.id;
