-- SPDX-License-Identifier: Apache-2.0
-- Settlement runs, lines, double entry and entitlements.

-- name: settlement_insert
-- params: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, evidence_root bytea, entitlement_root bytea, previous_root bytea, total bigint, paid bigint, shortfall bigint, data_hash bytea, now timestamptz
-- columns: none
INSERT INTO settlement (settlement_id, event_id, run_type, revision, sequence, proposal_id, as_of,
                        state, evidence_root, entitlement_root, previous_root, total_micros,
                        paid_micros, shortfall_micros, data_hash, created_at)
VALUES ($1::uuid, $2::uuid, $3::text, $4::integer, $5::bigint, $6::uuid, $7::timestamptz,
        'PROPOSED', $8::bytea, $9::bytea, $10::bytea, $11::bigint, $12::bigint, $13::bigint,
        $14::bytea, $15::timestamptz);

-- name: settlement_line_insert
-- params: settlement_id uuid, position integer, order_id uuid, party text, start_at timestamptz, baseline_mwh bigint, metered_wh bigint, ordered_wh bigint, missing_meters bigint, missing_wh bigint, outage_wh bigint, delivered_mwh bigint, delivered_wh bigint, shortfall_wh bigint, charged_shortfall_wh bigint, price bigint, shortfall_price bigint, paid bigint, shortfall bigint
-- columns: none
INSERT INTO settlement_line (settlement_id, position, order_id, party, start_at, baseline_mwh,
                             metered_wh, ordered_wh, missing_meters, missing_wh, outage_wh,
                             delivered_mwh, delivered_wh, shortfall_wh, charged_shortfall_wh,
                             price_micros_per_kwh, shortfall_price_micros_per_kwh, paid_micros,
                             shortfall_micros)
VALUES ($1::uuid, $2::integer, $3::uuid, $4::text, $5::timestamptz, $6::bigint, $7::bigint,
        $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::bigint,
        $15::bigint, $16::bigint, $17::bigint, $18::bigint, $19::bigint);

-- name: journal_entry_insert
-- params: settlement_id uuid, position integer, account text, order_id uuid, component text, amount bigint
-- columns: none
INSERT INTO journal_entry (settlement_id, position, account, order_id, component, amount_micros)
VALUES ($1::uuid, $2::integer, $3::text, $4::uuid, $5::text, $6::bigint);

-- name: entitlement_insert
-- params: settlement_id uuid, payee text, previous bigint, change bigint, lifetime bigint, carried bigint, salt bytea
-- columns: none
INSERT INTO entitlement (settlement_id, payee, previous_micros, change_micros, lifetime_micros,
                         carried_micros, salt)
VALUES ($1::uuid, $2::text, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bytea);

-- name: settlement_find
-- params: settlement_id uuid
-- columns: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, state text, evidence_root bytea, entitlement_root bytea, previous_root bytea, total_micros bigint, paid_micros bigint, shortfall_micros bigint, data_hash bytea, inputs_changed_at timestamptz, difference_micros bigint, difference_detail text, created_at timestamptz, own_event_days text
SELECT s.*, r.own_event_days FROM settlement s JOIN request r ON r.event_id = s.event_id
 WHERE s.settlement_id = $1::uuid;

-- name: settlement_find_proposal
-- params: proposal_id uuid
-- columns: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, state text, evidence_root bytea, entitlement_root bytea, previous_root bytea, total_micros bigint, paid_micros bigint, shortfall_micros bigint, data_hash bytea, inputs_changed_at timestamptz, difference_micros bigint, difference_detail text, created_at timestamptz, own_event_days text
SELECT s.*, r.own_event_days FROM settlement s JOIN request r ON r.event_id = s.event_id
 WHERE s.proposal_id = $1::uuid;

-- name: settlement_last
-- params: none
-- columns: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, state text, evidence_root bytea, entitlement_root bytea, previous_root bytea, total_micros bigint, paid_micros bigint, shortfall_micros bigint, data_hash bytea, inputs_changed_at timestamptz, difference_micros bigint, difference_detail text, created_at timestamptz, own_event_days text
-- The head of the ledger.
SELECT s.*, r.own_event_days FROM settlement s JOIN request r ON r.event_id = s.event_id
 WHERE s.state IN ('PROPOSED', 'CERTIFIED', 'POSTED')
 ORDER BY s.sequence DESC LIMIT 1;

-- name: settlement_of_event
-- params: event_id uuid
-- columns: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, state text, evidence_root bytea, entitlement_root bytea, previous_root bytea, total_micros bigint, paid_micros bigint, shortfall_micros bigint, data_hash bytea, inputs_changed_at timestamptz, difference_micros bigint, difference_detail text, created_at timestamptz, own_event_days text
-- The newest living run of an event.
SELECT s.*, r.own_event_days FROM settlement s JOIN request r ON r.event_id = s.event_id
 WHERE s.event_id = $1::uuid AND s.state IN ('PROPOSED', 'CERTIFIED', 'POSTED')
 ORDER BY s.revision DESC LIMIT 1;

-- name: settlement_list
-- params: event_id uuid, state text, after uuid, limit bigint
-- columns: settlement_id uuid, event_id uuid, run_type text, revision integer, sequence bigint, proposal_id uuid, as_of timestamptz, state text, evidence_root bytea, entitlement_root bytea, previous_root bytea, total_micros bigint, paid_micros bigint, shortfall_micros bigint, data_hash bytea, inputs_changed_at timestamptz, difference_micros bigint, difference_detail text, created_at timestamptz, own_event_days text
SELECT s.*, r.own_event_days FROM settlement s JOIN request r ON r.event_id = s.event_id
 WHERE ($1::uuid IS NULL OR s.event_id = $1)
   AND ($2::text IS NULL OR s.state = $2)
   AND ($3::uuid IS NULL OR s.settlement_id > $3)
 ORDER BY s.settlement_id
 LIMIT $4::bigint;

-- name: settlement_line_list
-- params: settlement_id uuid, party text
-- columns: settlement_id uuid, position integer, order_id uuid, party text, start_at timestamptz, baseline_mwh bigint, metered_wh bigint, ordered_wh bigint, missing_meters bigint, missing_wh bigint, outage_wh bigint, delivered_mwh bigint, delivered_wh bigint, shortfall_wh bigint, charged_shortfall_wh bigint, price_micros_per_kwh bigint, shortfall_price_micros_per_kwh bigint, paid_micros bigint, shortfall_micros bigint, group_id text
SELECT l.*, o.group_id FROM settlement_line l JOIN dr_order o ON o.order_id = l.order_id
 WHERE l.settlement_id = $1::uuid AND ($2::text IS NULL OR l.party = $2)
 ORDER BY l.position;

-- name: journal_entry_list
-- params: settlement_id uuid
-- columns: settlement_id uuid, position integer, account text, order_id uuid, component text, amount_micros bigint
SELECT * FROM journal_entry WHERE settlement_id = $1::uuid ORDER BY position;

-- name: settlement_order_totals
-- params: settlement_id uuid
-- columns: order_id uuid, paid_micros bigint, shortfall_micros bigint
-- Totals per order of a run, ascending by order.
SELECT order_id, sum(paid_micros)::bigint AS paid_micros,
       sum(shortfall_micros)::bigint AS shortfall_micros
  FROM settlement_line WHERE settlement_id = $1::uuid
 GROUP BY order_id ORDER BY order_id;

-- name: entitlement_list
-- params: settlement_id uuid
-- columns: settlement_id uuid, payee text, previous_micros bigint, change_micros bigint, lifetime_micros bigint, carried_micros bigint, salt bytea
SELECT * FROM entitlement WHERE settlement_id = $1::uuid ORDER BY payee;

-- name: settlement_set_state
-- params: settlement_id uuid, from text, to text
-- columns: none
UPDATE settlement SET state = $3::text
 WHERE settlement_id = $1::uuid AND state = $2::text;

-- name: settlement_set_changed
-- params: settlement_id uuid, now timestamptz, difference bigint, detail text
-- columns: none
UPDATE settlement SET inputs_changed_at = $2::timestamptz, difference_micros = $3::bigint,
                      difference_detail = $4::text
 WHERE settlement_id = $1::uuid;
