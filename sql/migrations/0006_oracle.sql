-- SPDX-License-Identifier: Apache-2.0
-- Proposals to the oracle nodes, their votes and certificates, settlements with their lines and
-- double entry, and the outbox: what is promised to the chain and the broker in the transaction
-- that makes it true.

CREATE TABLE proposal (
    proposal_id     uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('COMMITMENT', 'SETTLEMENT')),
    event_id        uuid NOT NULL REFERENCES request,
    revision        integer NOT NULL CHECK (revision BETWEEN 1 AND 65535),
    epoch           bigint NOT NULL,
    signer_set      bigint NOT NULL,
    quorum          integer NOT NULL,
    nodes           integer NOT NULL,
    digest          bytea NOT NULL,
    data_hash       bytea NOT NULL,
    message         text NOT NULL,
    core            bytea NOT NULL,
    state           text NOT NULL CHECK (state IN ('OPEN', 'CERTIFIED', 'SPLIT', 'FAILED')),
    reason          text NOT NULL DEFAULT '',
    opened_at       timestamptz NOT NULL,
    decided_at      timestamptz,
    certificate     bytea,
    UNIQUE (event_id, kind, revision)
);
COMMENT ON TABLE proposal IS 'What the gateway asks the nodes to sign. It signs nothing itself.';
COMMENT ON COLUMN proposal.proposal_id IS 'UUIDv7, the id of the task.';
COMMENT ON COLUMN proposal.kind IS 'COMMITMENT before delivery, SETTLEMENT after it.';
COMMENT ON COLUMN proposal.event_id IS 'The event.';
COMMENT ON COLUMN proposal.revision IS 'Rises by one after a split and for each further run of the event.';
COMMENT ON COLUMN proposal.epoch IS 'Round epoch; 0 while the gateway proposes alone.';
COMMENT ON COLUMN proposal.signer_set IS 'The signer set on the chain whose members may sign.';
COMMENT ON COLUMN proposal.quorum IS 'Signatures needed.';
COMMENT ON COLUMN proposal.nodes IS 'Members of the signer set.';
COMMENT ON COLUMN proposal.digest IS 'EIP-712 digest that a node signs.';
COMMENT ON COLUMN proposal.data_hash IS 'Keccak-256 of core.';
COMMENT ON COLUMN proposal.message IS 'The typed message as canonical JSON: what the digest binds.';
COMMENT ON COLUMN proposal.core IS 'Canonical JSON from which everything can be recomputed.';
COMMENT ON COLUMN proposal.state IS 'OPEN, CERTIFIED (q signatures), SPLIT (another revision follows) or FAILED.';
COMMENT ON COLUMN proposal.reason IS 'Why it split or failed, in a sentence.';
COMMENT ON COLUMN proposal.opened_at IS 'When the nodes could first see it.';
COMMENT ON COLUMN proposal.decided_at IS 'When it left OPEN.';
COMMENT ON COLUMN proposal.certificate IS 'The q signatures of 65 bytes, ascending by signer, as the contract takes them; null before.';
CREATE INDEX proposal_open ON proposal (opened_at, proposal_id) WHERE state = 'OPEN';
COMMENT ON INDEX proposal_open IS 'For proposal_list and proposal_open_count.';

CREATE TABLE vote (
    proposal_id     uuid NOT NULL REFERENCES proposal,
    signer          bytea NOT NULL,
    node            text NOT NULL,
    verdict         text NOT NULL,
    detail          text NOT NULL,
    seen            text NOT NULL,
    signature       bytea,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, signer)
);
COMMENT ON TABLE vote IS 'One node''s answer to a proposal; a refusal is as much a fact as a signature.';
COMMENT ON COLUMN vote.proposal_id IS 'The proposal.';
COMMENT ON COLUMN vote.signer IS 'Address of the node, 20 bytes.';
COMMENT ON COLUMN vote.node IS 'Its name, from its token.';
COMMENT ON COLUMN vote.verdict IS 'Wire name from oracle/verdict.def, or SIGNED.';
COMMENT ON COLUMN vote.detail IS 'The node''s own sentence.';
COMMENT ON COLUMN vote.seen IS 'Counts of what the node saw itself, canonical JSON.';
COMMENT ON COLUMN vote.signature IS 'r, s, v: 65 bytes; null for a refusal.';
COMMENT ON COLUMN vote.received_at IS 'When it arrived, market time.';

CREATE TABLE settlement (
    settlement_id           uuid PRIMARY KEY,
    event_id                uuid NOT NULL REFERENCES request,
    run_type                text NOT NULL CHECK (run_type IN ('PRELIM', 'INITIAL', 'FINAL', 'LATE')),
    revision                integer NOT NULL,
    sequence                bigint NOT NULL,
    proposal_id             uuid REFERENCES proposal,
    as_of                   timestamptz NOT NULL,
    state                   text NOT NULL CHECK (state IN ('PROPOSED', 'CERTIFIED', 'POSTED', 'SPLIT', 'FAILED')),
    evidence_root           bytea NOT NULL,
    entitlement_root        bytea NOT NULL,
    previous_root           bytea NOT NULL,
    total_micros            bigint NOT NULL,
    paid_micros             bigint NOT NULL,
    shortfall_micros        bigint NOT NULL,
    data_hash               bytea NOT NULL,
    inputs_changed_at       timestamptz,
    difference_micros       bigint NOT NULL DEFAULT 0,
    difference_detail       text NOT NULL DEFAULT '',
    created_at              timestamptz NOT NULL,
    UNIQUE (event_id, revision)
);
COMMENT ON TABLE settlement IS 'A settlement run of one event. Runs post differences only, because entitlements are lifetime sums.';
COMMENT ON COLUMN settlement.settlement_id IS 'UUIDv7.';
COMMENT ON COLUMN settlement.event_id IS 'The event.';
COMMENT ON COLUMN settlement.run_type IS 'PRELIM, INITIAL, FINAL or LATE.';
COMMENT ON COLUMN settlement.revision IS 'Revision of the settlement proposal, rising over the runs of the event.';
COMMENT ON COLUMN settlement.sequence IS 'Place in the one chain of settlements of the ledger.';
COMMENT ON COLUMN settlement.proposal_id IS 'What the nodes were asked to sign.';
COMMENT ON COLUMN settlement.as_of IS 'Readings recorded up to this instant count.';
COMMENT ON COLUMN settlement.state IS 'PROPOSED, CERTIFIED, POSTED, SPLIT (replaced by a revision) or FAILED.';
COMMENT ON COLUMN settlement.evidence_root IS 'Merkle root of the salted lines.';
COMMENT ON COLUMN settlement.entitlement_root IS 'Merkle root of all payees'' lifetime entitlements after this run.';
COMMENT ON COLUMN settlement.previous_root IS 'Entitlement root of the sequence before, zero for the first.';
COMMENT ON COLUMN settlement.total_micros IS 'Sum of the lifetime entitlements in the tree.';
COMMENT ON COLUMN settlement.paid_micros IS 'Sum of the lines'' payments of this run (not the difference).';
COMMENT ON COLUMN settlement.shortfall_micros IS 'Sum of the lines'' shortfall charges of this run.';
COMMENT ON COLUMN settlement.data_hash IS 'Keccak-256 of the evidence core.';
COMMENT ON COLUMN settlement.inputs_changed_at IS 'When a reading of this run was found to have a newer version; null otherwise.';
COMMENT ON COLUMN settlement.difference_micros IS 'What a run with the newer readings would change in the sum of the nets.';
COMMENT ON COLUMN settlement.difference_detail IS 'The readings that changed, in a sentence.';
COMMENT ON COLUMN settlement.created_at IS 'When it was proposed.';
CREATE UNIQUE INDEX settlement_sequence ON settlement (sequence) WHERE state IN ('PROPOSED', 'CERTIFIED', 'POSTED');
COMMENT ON INDEX settlement_sequence IS 'One living settlement per place in the ledger; for settlement_last.';

CREATE TABLE settlement_line (
    settlement_id               uuid NOT NULL REFERENCES settlement,
    position                    integer NOT NULL,
    order_id                    uuid NOT NULL REFERENCES dr_order,
    party                       text NOT NULL,
    start_at                    timestamptz NOT NULL,
    baseline_mwh                bigint NOT NULL,
    metered_wh                  bigint NOT NULL,
    ordered_wh                  bigint NOT NULL,
    missing_meters              bigint NOT NULL,
    missing_wh                  bigint NOT NULL,
    outage_wh                   bigint NOT NULL,
    delivered_mwh               bigint NOT NULL,
    delivered_wh                bigint NOT NULL,
    shortfall_wh                bigint NOT NULL,
    charged_shortfall_wh        bigint NOT NULL,
    price_micros_per_kwh        bigint NOT NULL,
    shortfall_price_micros_per_kwh bigint NOT NULL,
    paid_micros                 bigint NOT NULL,
    shortfall_micros            bigint NOT NULL,
    PRIMARY KEY (settlement_id, position)
);
COMMENT ON TABLE settlement_line IS 'Why this amount: one row per order and interval.';
COMMENT ON COLUMN settlement_line.settlement_id IS 'The run.';
COMMENT ON COLUMN settlement_line.position IS 'Place of the line in the evidence, from 0.';
COMMENT ON COLUMN settlement_line.order_id IS 'The order.';
COMMENT ON COLUMN settlement_line.party IS 'The aggregator.';
COMMENT ON COLUMN settlement_line.start_at IS 'Start of the interval.';
COMMENT ON COLUMN settlement_line.baseline_mwh IS 'Sum of the meters'' baselines, thousandths of a Wh, missing meters left out.';
COMMENT ON COLUMN settlement_line.metered_wh IS 'Sum of the meters'' readings, missing meters left out.';
COMMENT ON COLUMN settlement_line.ordered_wh IS 'Energy ordered.';
COMMENT ON COLUMN settlement_line.missing_wh IS 'Share of the order of the missing meters.';
COMMENT ON COLUMN settlement_line.outage_wh IS 'The part of missing_wh that was our own outage and is not charged.';
COMMENT ON COLUMN settlement_line.delivered_mwh IS 'Baseline less metered, before the clamp.';
COMMENT ON COLUMN settlement_line.delivered_wh IS 'Energy delivered, clamped to 0 and the order, floored.';
COMMENT ON COLUMN settlement_line.shortfall_wh IS 'Ordered less delivered.';
COMMENT ON COLUMN settlement_line.charged_shortfall_wh IS 'The part of the shortfall that is charged: not what our own outage hid.';
COMMENT ON COLUMN settlement_line.missing_meters IS 'Meters without a usable reading or baseline.';
COMMENT ON COLUMN settlement_line.price_micros_per_kwh IS 'Price as bid.';
COMMENT ON COLUMN settlement_line.shortfall_price_micros_per_kwh IS 'Price of the shortfall.';
COMMENT ON COLUMN settlement_line.paid_micros IS 'Paid for delivery.';
COMMENT ON COLUMN settlement_line.shortfall_micros IS 'Charged for shortfall.';

CREATE TABLE journal_entry (
    settlement_id   uuid NOT NULL REFERENCES settlement,
    position        integer NOT NULL,
    account         text NOT NULL,
    order_id        uuid NOT NULL REFERENCES dr_order,
    component       text NOT NULL,
    amount_micros   bigint NOT NULL,
    PRIMARY KEY (settlement_id, position)
);
COMMENT ON TABLE journal_entry IS 'Double entry: the differences that a run books. The sum over a run is 0.';
COMMENT ON COLUMN journal_entry.settlement_id IS 'The run.';
COMMENT ON COLUMN journal_entry.position IS 'Place in the run, from 0.';
COMMENT ON COLUMN journal_entry.account IS 'dso:utilisation, dso:shortfall or payee:<address>.';
COMMENT ON COLUMN journal_entry.order_id IS 'The order that it is about.';
COMMENT ON COLUMN journal_entry.component IS 'UTILISATION or SHORTFALL.';
COMMENT ON COLUMN journal_entry.amount_micros IS 'Added to the account; may be negative.';

CREATE TABLE entitlement (
    settlement_id           uuid NOT NULL REFERENCES settlement,
    payee                   text NOT NULL,
    previous_micros         bigint NOT NULL,
    change_micros           bigint NOT NULL,
    lifetime_micros         bigint NOT NULL CHECK (lifetime_micros >= 0),
    carried_micros          bigint NOT NULL CHECK (carried_micros >= 0),
    salt                    bytea NOT NULL,
    PRIMARY KEY (settlement_id, payee)
);
COMMENT ON TABLE entitlement IS 'The entitlement tree of a run: all payees of the realm with what they may have claimed in their life.';
COMMENT ON COLUMN entitlement.settlement_id IS 'The run.';
COMMENT ON COLUMN entitlement.payee IS 'Address on the chain, 0x and 40 lower-case hex digits.';
COMMENT ON COLUMN entitlement.previous_micros IS 'Lifetime entitlement in the tree before.';
COMMENT ON COLUMN entitlement.change_micros IS 'Sum of this run''s entries of the payee.';
COMMENT ON COLUMN entitlement.lifetime_micros IS 'What the tree says; never below previous_micros, which may have been claimed at any moment.';
COMMENT ON COLUMN entitlement.carried_micros IS 'Receivable carried to the next run.';
COMMENT ON COLUMN entitlement.salt IS '32 bytes, so that the leaf tells nothing.';

CREATE TABLE outbox (
    outbox_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('CHAIN_COMMIT', 'CHAIN_SETTLE', 'MQTT_PUBLISH')),
    purpose         text NOT NULL UNIQUE,
    event_id        uuid REFERENCES request,
    topic           text NOT NULL DEFAULT '',
    retained        boolean NOT NULL DEFAULT false,
    payload         bytea NOT NULL,
    promised_at     timestamptz NOT NULL,
    done_at         timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    outcome         text NOT NULL DEFAULT '',
    tx_hash         bytea,
    block_number    bigint
);
COMMENT ON TABLE outbox IS 'Effects promised in the transaction of the fact, delivered afterwards, at least once; each is idempotent at its far end.';
COMMENT ON COLUMN outbox.outbox_id IS 'Order of delivery.';
COMMENT ON COLUMN outbox.kind IS 'Where it goes.';
COMMENT ON COLUMN outbox.purpose IS 'Names the effect; promised twice it is one row, and the chain sender''s nonce journal uses it too.';
COMMENT ON COLUMN outbox.event_id IS 'The event that it belongs to, if any.';
COMMENT ON COLUMN outbox.topic IS 'MQTT topic; empty for the chain.';
COMMENT ON COLUMN outbox.retained IS 'Whether the broker keeps the message.';
COMMENT ON COLUMN outbox.payload IS 'MQTT payload or the call data of the transaction.';
COMMENT ON COLUMN outbox.promised_at IS 'When it was promised, market time.';
COMMENT ON COLUMN outbox.done_at IS 'When it was delivered (chain: confirmed), market time; null while it waits.';
COMMENT ON COLUMN outbox.attempts IS 'How often it was tried.';
COMMENT ON COLUMN outbox.outcome IS 'Last outcome in a sentence.';
COMMENT ON COLUMN outbox.tx_hash IS 'Transaction that carried it.';
COMMENT ON COLUMN outbox.block_number IS 'Block that holds the transaction.';
CREATE INDEX outbox_waiting ON outbox (outbox_id) WHERE done_at IS NULL;
COMMENT ON INDEX outbox_waiting IS 'For outbox_due.';
CREATE INDEX outbox_by_event ON outbox (event_id, outbox_id);
COMMENT ON INDEX outbox_by_event IS 'For outbox_of_event: the chain part of the evidence.';
