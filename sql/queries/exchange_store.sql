-- SPDX-License-Identifier: Apache-2.0
-- Exchanges between microgrids.

-- name: exchange_insert
-- params: exchange_id uuid, form text, balancing text, network text, start_at timestamptz, interval_s integer, interval_count integer, penalty bigint, stop_milliwatt bigint, answer_s integer, deadline_at timestamptz, warm_from uuid, created_at timestamptz, iteration integer, counter bigint, answer_by timestamptz, stored bytea
-- columns: none
INSERT INTO exchange (exchange_id, state, form, balancing, network, start_at, interval_s,
                      interval_count, penalty, stop_milliwatt, answer_s, deadline_at, warm_from,
                      created_at, iteration, counter, round_at, answer_by, stored)
VALUES ($1::uuid, 'OPEN', $2::text, $3::text, $4::text, $5::timestamptz, $6::integer, $7::integer,
        $8::bigint, $9::bigint, $10::integer, $11::timestamptz, $12::uuid, $13::timestamptz,
        $14::integer, $15::bigint, $13::timestamptz, $16::timestamptz, $17::bytea);

-- name: exchange_find
-- params: exchange_id uuid
-- columns: exchange_id uuid, state text, reason text, form text, balancing text, network text, start_at timestamptz, interval_s integer, interval_count integer, penalty bigint, stop_milliwatt bigint, answer_s integer, deadline_at timestamptz, warm_from uuid, created_at timestamptz, outcome text, run integer, iteration integer, counter bigint, round_at timestamptz, answer_by timestamptz, reminders integer, stored bytea, result text, result_hash bytea, ended_at timestamptz
SELECT * FROM exchange WHERE exchange_id = $1::uuid;

-- name: exchange_lock
-- params: exchange_id uuid
-- columns: exchange_id uuid, state text, reason text, form text, balancing text, network text, start_at timestamptz, interval_s integer, interval_count integer, penalty bigint, stop_milliwatt bigint, answer_s integer, deadline_at timestamptz, warm_from uuid, created_at timestamptz, outcome text, run integer, iteration integer, counter bigint, round_at timestamptz, answer_by timestamptz, reminders integer, stored bytea, result text, result_hash bytea, ended_at timestamptz
SELECT * FROM exchange WHERE exchange_id = $1::uuid FOR UPDATE;

-- name: exchange_list
-- params: state text, party text, after uuid, limit bigint
-- columns: exchange_id uuid, state text, reason text, form text, balancing text, network text, start_at timestamptz, interval_s integer, interval_count integer, penalty bigint, stop_milliwatt bigint, answer_s integer, deadline_at timestamptz, warm_from uuid, created_at timestamptz, outcome text, run integer, iteration integer, counter bigint, round_at timestamptz, answer_by timestamptz, reminders integer, stored bytea, result text, result_hash bytea, ended_at timestamptz
SELECT e.* FROM exchange e
 WHERE ($1::text IS NULL OR e.state = $1)
   AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM exchange_member m
                                     WHERE m.exchange_id = e.exchange_id AND m.party = $2))
   AND ($3::uuid IS NULL OR e.exchange_id > $3)
 ORDER BY e.exchange_id
 LIMIT $4::bigint;

-- name: exchange_live_list
-- params: none
-- columns: exchange_id uuid, state text, counter bigint, round_at timestamptz, answer_by timestamptz, deadline_at timestamptz, reminders integer
-- What the worker looks after.
SELECT exchange_id, state, counter, round_at, answer_by, deadline_at, reminders FROM exchange
 WHERE state IN ('OPEN', 'CHECKING') ORDER BY exchange_id;

-- name: exchange_update
-- params: exchange_id uuid, state text, reason text, form text, outcome text, run integer, iteration integer, counter bigint, round_at timestamptz, answer_by timestamptz, reminders integer, stored bytea, result text, result_hash bytea, ended_at timestamptz
-- columns: none
UPDATE exchange SET state = $2::text, reason = $3::text, form = $4::text, outcome = $5::text,
                    run = $6::integer, iteration = $7::integer, counter = $8::bigint,
                    round_at = $9::timestamptz, answer_by = $10::timestamptz,
                    reminders = $11::integer, stored = $12::bytea, result = $13::text,
                    result_hash = $14::bytea, ended_at = $15::timestamptz
 WHERE exchange_id = $1::uuid;

-- name: exchange_member_insert
-- params: exchange_id uuid, ordinal integer, party text, transport text, point text, least_w bigint, most_w bigint
-- columns: none
INSERT INTO exchange_member (exchange_id, ordinal, party, transport, point, least_w, most_w)
VALUES ($1::uuid, $2::integer, $3::text, $4::text, $5::text, $6::bigint, $7::bigint);

-- name: exchange_member_list
-- params: exchange_id uuid
-- columns: ordinal integer, party text, transport text, point text, least_w bigint, most_w bigint
SELECT ordinal, party, transport, point, least_w, most_w FROM exchange_member
 WHERE exchange_id = $1::uuid ORDER BY ordinal;

-- name: exchange_tie_insert
-- params: exchange_id uuid, ordinal integer, from_member integer, to_member integer, limit_w bigint
-- columns: none
INSERT INTO exchange_tie (exchange_id, ordinal, from_member, to_member, limit_w)
VALUES ($1::uuid, $2::integer, $3::integer, $4::integer, $5::bigint);

-- name: exchange_tie_list
-- params: exchange_id uuid
-- columns: ordinal integer, from_member integer, to_member integer, limit_w bigint
SELECT ordinal, from_member, to_member, limit_w FROM exchange_tie
 WHERE exchange_id = $1::uuid ORDER BY ordinal;

-- name: exchange_cut_insert
-- params: exchange_id uuid, run integer, interval_no integer, ordinal integer, least_w bigint, most_w bigint
-- columns: none
INSERT INTO exchange_cut (exchange_id, run, interval_no, ordinal, least_w, most_w)
VALUES ($1::uuid, $2::integer, $3::integer, $4::integer, $5::bigint, $6::bigint);

-- name: exchange_cut_list
-- params: exchange_id uuid
-- columns: run integer, interval_no integer, ordinal integer, least_w bigint, most_w bigint
SELECT run, interval_no, ordinal, least_w, most_w FROM exchange_cut
 WHERE exchange_id = $1::uuid ORDER BY run, interval_no, ordinal;

-- name: exchange_message_insert
-- params: exchange_id uuid, kind text, run integer, iteration integer, counter bigint, ordinal integer, transport text, verdict text, powers bytea, received_at timestamptz
-- columns: none
-- Under the lock of the exchange, so that the numbers have no gap.
INSERT INTO exchange_message (exchange_id, seq, kind, run, iteration, counter, ordinal, transport,
                              verdict, powers, received_at)
SELECT $1::uuid, coalesce(max(seq), 0) + 1, $2::text, $3::integer, $4::integer, $5::bigint,
       $6::integer, $7::text, $8::text, $9::bytea, $10::timestamptz
  FROM exchange_message WHERE exchange_id = $1::uuid;

-- name: exchange_message_list
-- params: exchange_id uuid
-- columns: exchange_id uuid, seq bigint, kind text, run integer, iteration integer, counter bigint, ordinal integer, transport text, verdict text, powers bytea, received_at timestamptz
SELECT * FROM exchange_message WHERE exchange_id = $1::uuid ORDER BY seq;

-- name: exchange_message_of_round
-- params: exchange_id uuid, counter bigint, kind text
-- columns: exchange_id uuid, seq bigint, kind text, run integer, iteration integer, counter bigint, ordinal integer, transport text, verdict text, powers bytea, received_at timestamptz
-- Of answers only those that count.
SELECT * FROM exchange_message
 WHERE exchange_id = $1::uuid AND counter = $2::bigint AND kind = $3::text
   AND (kind <> 'ANSWER' OR verdict = 'accepted')
 ORDER BY ordinal;

-- name: exchange_message_counts
-- params: exchange_id uuid
-- columns: answers bigint, accepted bigint
SELECT count(*) FILTER (WHERE kind = 'ANSWER')::bigint AS answers,
       count(*) FILTER (WHERE verdict = 'accepted')::bigint AS accepted
  FROM exchange_message WHERE exchange_id = $1::uuid;

-- name: exchange_round_insert
-- params: exchange_id uuid, counter bigint, run integer, iteration integer, penalty bigint, primal_milliwatt bigint, dual_milliwatt bigint, state_hash bytea, closed_at timestamptz
-- columns: none
INSERT INTO exchange_round (exchange_id, counter, run, iteration, penalty, primal_milliwatt,
                            dual_milliwatt, state_hash, closed_at)
VALUES ($1::uuid, $2::bigint, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint,
        $8::bytea, $9::timestamptz);

-- name: exchange_round_list
-- params: exchange_id uuid
-- columns: counter bigint, run integer, iteration integer, penalty bigint, primal_milliwatt bigint, dual_milliwatt bigint, state_hash bytea, closed_at timestamptz
SELECT counter, run, iteration, penalty, primal_milliwatt, dual_milliwatt, state_hash, closed_at
  FROM exchange_round WHERE exchange_id = $1::uuid ORDER BY counter;

-- name: exchange_share_save
-- params: exchange_id uuid, interval_no integer, ordinal integer, export_w bigint, price_nanos_per_kwh bigint
-- columns: none
INSERT INTO exchange_share (exchange_id, interval_no, ordinal, export_w, price_nanos_per_kwh)
VALUES ($1::uuid, $2::integer, $3::integer, $4::bigint, $5::bigint)
ON CONFLICT (exchange_id, interval_no, ordinal) DO UPDATE
   SET export_w = excluded.export_w, price_nanos_per_kwh = excluded.price_nanos_per_kwh;

-- name: exchange_share_list
-- params: exchange_id uuid
-- columns: interval_no integer, ordinal integer, export_w bigint, price_nanos_per_kwh bigint
SELECT interval_no, ordinal, export_w, price_nanos_per_kwh FROM exchange_share
 WHERE exchange_id = $1::uuid ORDER BY interval_no, ordinal;

-- name: exchange_check_insert
-- params: exchange_id uuid, run integer, interval_no integer, check_id uuid, verdict text, digest bytea
-- columns: none
INSERT INTO exchange_check (exchange_id, run, interval_no, check_id, verdict, digest)
VALUES ($1::uuid, $2::integer, $3::integer, $4::uuid, $5::text, $6::bytea)
ON CONFLICT (exchange_id, run, interval_no) DO NOTHING;

-- name: exchange_check_list
-- params: exchange_id uuid
-- columns: run integer, interval_no integer, check_id uuid, verdict text, digest bytea
SELECT run, interval_no, check_id, verdict, digest FROM exchange_check
 WHERE exchange_id = $1::uuid ORDER BY run, interval_no;

-- name: exchange_inbox_insert
-- params: member text, exchange_id uuid, iteration bigint, counter bigint, powers bytea, received_at timestamptz
-- columns: none
INSERT INTO exchange_inbox (member, exchange_id, iteration, counter, powers, received_at)
VALUES ($1::text, $2::uuid, $3::bigint, $4::bigint, $5::bytea, $6::timestamptz);

-- name: exchange_inbox_list
-- params: limit bigint
-- columns: inbox_id bigint, member text, exchange_id uuid, iteration bigint, counter bigint, powers bytea, received_at timestamptz
SELECT inbox_id, member, exchange_id, iteration, counter, powers, received_at
  FROM exchange_inbox ORDER BY inbox_id LIMIT $1::bigint;

-- name: exchange_inbox_delete
-- params: inbox_id bigint
-- columns: none
DELETE FROM exchange_inbox WHERE inbox_id = $1::bigint;
