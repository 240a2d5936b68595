-- SPDX-License-Identifier: Apache-2.0
-- Proposals, votes, certificates.

-- name: proposal_insert
-- params: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, now timestamptz, closes_at timestamptz
-- columns: none
INSERT INTO proposal (proposal_id, kind, event_id, check_id, revision, epoch, signer_set, quorum,
                      nodes, digest, data_hash, message, core, state, opened_at, closes_at)
VALUES ($1::uuid, $2::text, CASE WHEN $2::text <> 'CLEARANCE' THEN $3::uuid END,
        CASE WHEN $2::text = 'CLEARANCE' THEN $3::uuid END, $4::integer, $5::bigint, $6::bigint, $7::integer,
        $8::integer, $9::bytea, $10::bytea, $11::text, $12::bytea, 'OPEN', $13::timestamptz,
        $14::timestamptz)
ON CONFLICT (subject_id, kind, revision) DO NOTHING;

-- name: proposal_find
-- params: proposal_id uuid
-- columns: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, state text, reason text, opened_at timestamptz, decided_at timestamptz, certificate bytea, closes_at timestamptz
SELECT proposal_id, kind, subject_id, revision, epoch, signer_set, quorum, nodes, digest, data_hash,
       message, core, state, reason, opened_at, decided_at, certificate, closes_at
  FROM proposal WHERE proposal_id = $1::uuid;

-- name: proposal_lock
-- params: proposal_id uuid
-- columns: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, state text, reason text, opened_at timestamptz, decided_at timestamptz, certificate bytea, closes_at timestamptz
SELECT proposal_id, kind, subject_id, revision, epoch, signer_set, quorum, nodes, digest, data_hash,
       message, core, state, reason, opened_at, decided_at, certificate, closes_at
  FROM proposal WHERE proposal_id = $1::uuid FOR UPDATE;

-- name: proposal_last
-- params: subject_id uuid, kind text
-- columns: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, state text, reason text, opened_at timestamptz, decided_at timestamptz, certificate bytea, closes_at timestamptz
SELECT proposal_id, kind, subject_id, revision, epoch, signer_set, quorum, nodes, digest, data_hash,
       message, core, state, reason, opened_at, decided_at, certificate, closes_at
  FROM proposal
 WHERE subject_id = $1::uuid AND kind = $2::text ORDER BY revision DESC LIMIT 1;

-- name: proposal_certified
-- params: subject_id uuid, kind text
-- columns: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, state text, reason text, opened_at timestamptz, decided_at timestamptz, certificate bytea, closes_at timestamptz
SELECT proposal_id, kind, subject_id, revision, epoch, signer_set, quorum, nodes, digest, data_hash,
       message, core, state, reason, opened_at, decided_at, certificate, closes_at
  FROM proposal
 WHERE subject_id = $1::uuid AND kind = $2::text AND state = 'CERTIFIED'
 ORDER BY revision DESC LIMIT 1;

-- name: proposal_list
-- params: state text, signer_to_leave_out_what_it_voted_on text, after uuid, limit bigint
-- columns: proposal_id uuid, kind text, subject_id uuid, revision integer, epoch bigint, signer_set bigint, quorum integer, nodes integer, digest bytea, data_hash bytea, message text, core bytea, state text, reason text, opened_at timestamptz, decided_at timestamptz, certificate bytea, closes_at timestamptz
SELECT p.proposal_id, kind, subject_id, revision, epoch, signer_set, quorum, nodes, digest, data_hash,
       message, core, state, reason, opened_at, decided_at, certificate, closes_at
  FROM proposal p
 WHERE ($1::text IS NULL OR p.state = $1)
   AND ($2::text IS NULL OR p.state = 'OPEN' OR p.state = 'CERTIFIED')
   AND ($2::text IS NULL OR NOT EXISTS (SELECT 1 FROM vote v
                                         WHERE v.proposal_id = p.proposal_id AND v.node = $2))
   AND ($3::uuid IS NULL OR p.proposal_id > $3)
 ORDER BY p.opened_at, p.proposal_id
 LIMIT $4::bigint;

-- name: proposal_waiting
-- params: none
-- columns: undecided bigint, unanswered bigint
-- Open proposals, and certified ones that a node has not answered yet.
SELECT count(*) FILTER (WHERE p.state = 'OPEN')::bigint AS undecided,
       count(*) FILTER (WHERE p.state = 'CERTIFIED' AND p.nodes >
             (SELECT count(*) FROM vote v WHERE v.proposal_id = p.proposal_id))::bigint AS unanswered
  FROM proposal p
 WHERE p.state IN ('OPEN', 'CERTIFIED');

-- name: proposal_closing
-- params: now timestamptz
-- columns: proposal_id uuid
-- Open ones for which no signature counts any more.
SELECT proposal_id FROM proposal
 WHERE state = 'OPEN' AND closes_at <= $1::timestamptz ORDER BY opened_at, proposal_id LIMIT 100;

-- name: proposal_decide
-- params: proposal_id uuid, state text, reason text, certificate bytea, now timestamptz
-- columns: none
UPDATE proposal SET state = $2::text, reason = $3::text, certificate = $4::bytea,
                    decided_at = $5::timestamptz
 WHERE proposal_id = $1::uuid AND state = 'OPEN';

-- name: vote_insert
-- params: proposal_id uuid, signer bytea, node text, verdict text, detail text, seen text, signature bytea, now timestamptz
-- columns: none
-- A signature stands for ever; a refusal may be followed by a signature.
INSERT INTO vote (proposal_id, signer, node, verdict, detail, seen, signature, received_at)
VALUES ($1::uuid, $2::bytea, $3::text, $4::text, $5::text, $6::text, $7::bytea, $8::timestamptz)
ON CONFLICT (proposal_id, signer) DO UPDATE
   SET verdict = excluded.verdict, detail = excluded.detail, seen = excluded.seen,
       signature = excluded.signature, received_at = excluded.received_at
 WHERE vote.signature IS NULL AND excluded.signature IS NOT NULL;

-- name: vote_list
-- params: proposal_id uuid
-- columns: proposal_id uuid, signer bytea, node text, verdict text, detail text, seen text, signature bytea, received_at timestamptz
SELECT * FROM vote WHERE proposal_id = $1::uuid ORDER BY signer;

-- name: vote_count_by_node
-- params: none
-- columns: node text, signer bytea, last_seen_at timestamptz, signed bigint, refused bigint
-- How each node has answered so far.
SELECT node, signer, max(received_at) AS last_seen_at,
       count(*) FILTER (WHERE signature IS NOT NULL)::bigint AS signed,
       count(*) FILTER (WHERE signature IS NULL)::bigint AS refused
  FROM vote GROUP BY node, signer ORDER BY node;
