-- SPDX-License-Identifier: Apache-2.0
-- Runs, proposals and acceptances of phases; server/db/phase_store.c.

-- name: phase_run_insert
-- params: network_id text, version integer, from_at timestamptz, interval_s integer, intervals integer, points integer, certain_ppm integer, token_id text, recorded_at timestamptz
-- columns: run integer
INSERT INTO phase_run (network_id, run, version, from_at, interval_s, intervals, points, certain_ppm, token_id, recorded_at)
SELECT $1, COALESCE(max(run), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
FROM phase_run
WHERE network_id = $1
RETURNING run;

-- name: phase_proposal_insert
-- params: network_id text, run integer, points text[], phases text[], bests text[], doubts text[], confidences_ppm bigint[], correlations_a_ppm bigint[], correlations_b_ppm bigint[], correlations_c_ppm bigint[], steps bigint[]
-- columns: none
INSERT INTO phase_proposal (network_id, run, point, phase, best, doubt, confidence_ppm,
                            correlation_a_ppm, correlation_b_ppm, correlation_c_ppm, steps)
SELECT $1, $2, point, phase, best, doubt, confidence_ppm, a_ppm, b_ppm, c_ppm, steps
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
     AS row (point, phase, best, doubt, confidence_ppm, a_ppm, b_ppm, c_ppm, steps);

-- name: phase_proposal_find
-- params: network_id text, point text
-- columns: run integer, point text, phase text, best text, doubt text, confidence_ppm integer, correlation_a_ppm integer, correlation_b_ppm integer, correlation_c_ppm integer, steps integer, recorded_at timestamptz, accepted_phase text, accepted_version integer, accepted_at timestamptz
-- Of the newest run that has the point.
SELECT p.run, p.point, p.phase, p.best, p.doubt, p.confidence_ppm, p.correlation_a_ppm, p.correlation_b_ppm, p.correlation_c_ppm, p.steps,
       r.recorded_at, a.phase AS accepted_phase, a.version AS accepted_version, a.recorded_at AS accepted_at
FROM phase_proposal AS p
INNER JOIN phase_run AS r ON r.network_id = p.network_id AND r.run = p.run
LEFT JOIN phase_acceptance AS a ON a.network_id = p.network_id AND a.point = p.point AND a.run = p.run
WHERE p.network_id = $1 AND p.point = $2
ORDER BY p.run DESC
LIMIT 1;

-- name: phase_proposal_list
-- params: network_id text, after text, limit bigint
-- columns: run integer, point text, phase text, best text, doubt text, confidence_ppm integer, correlation_a_ppm integer, correlation_b_ppm integer, correlation_c_ppm integer, steps integer, recorded_at timestamptz, accepted_phase text, accepted_version integer, accepted_at timestamptz
-- Of each point the newest.
SELECT DISTINCT ON (p.point) p.run, p.point, p.phase, p.best, p.doubt, p.confidence_ppm, p.correlation_a_ppm, p.correlation_b_ppm,
       p.correlation_c_ppm, p.steps, r.recorded_at, a.phase AS accepted_phase, a.version AS accepted_version, a.recorded_at AS accepted_at
FROM phase_proposal AS p
INNER JOIN phase_run AS r ON r.network_id = p.network_id AND r.run = p.run
LEFT JOIN phase_acceptance AS a ON a.network_id = p.network_id AND a.point = p.point AND a.run = p.run
WHERE p.network_id = $1 AND p.point > $2
ORDER BY p.point, p.run DESC
LIMIT $3;

-- name: phase_acceptance_insert
-- params: network_id text, run integer, point text, phase text, version integer, token_id text, recorded_at timestamptz
-- columns: none
INSERT INTO phase_acceptance (network_id, run, point, phase, version, token_id, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (network_id, point, run) DO NOTHING;
