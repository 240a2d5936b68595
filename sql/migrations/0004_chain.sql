-- SPDX-License-Identifier: Apache-2.0
-- The nonce journal: what each sending key was asked for, and every signed transaction that ever
-- left for it. Written before anything is sent, so that a restart sends the same bytes again.

CREATE TABLE chain_transaction (
    chain_id     bigint      NOT NULL CHECK (chain_id > 0),
    sender       bytea       NOT NULL CHECK (octet_length(sender) = 20),
    nonce        bigint      NOT NULL CHECK (nonce >= 0),
    purpose      text        NOT NULL CHECK (length(purpose) BETWEEN 1 AND 128),
    receiver     bytea       NOT NULL CHECK (octet_length(receiver) = 20),
    calldata     bytea       NOT NULL,
    topic        bytea       NOT NULL CHECK (octet_length(topic) = 32),
    gas_limit    bigint      NOT NULL CHECK (gas_limit > 0),
    state        text        NOT NULL
                 CHECK (state IN ('RESERVED', 'SIGNED', 'SENT', 'MINED', 'FINAL', 'FAILED', 'REPLACED')),
    mined_hash   bytea       CHECK (octet_length(mined_hash) = 32),
    block_number bigint,
    block_hash   bytea       CHECK (octet_length(block_hash) = 32),
    gas_used     bigint,
    detail       text        NOT NULL DEFAULT '',
    reserved_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at  timestamptz,
    PRIMARY KEY (chain_id, sender, nonce),
    UNIQUE (chain_id, sender, purpose)
);
COMMENT ON TABLE  chain_transaction              IS 'One row per nonce of a sending key and what it is for';
COMMENT ON COLUMN chain_transaction.chain_id     IS 'EIP-155 number of the chain';
COMMENT ON COLUMN chain_transaction.sender       IS 'Address of the sending key';
COMMENT ON COLUMN chain_transaction.nonce        IS 'Nonce that this purpose owns for ever';
COMMENT ON COLUMN chain_transaction.purpose      IS 'Idempotency key, as settle/7';
COMMENT ON COLUMN chain_transaction.receiver     IS 'Contract that is called';
COMMENT ON COLUMN chain_transaction.calldata     IS 'Selector and arguments';
COMMENT ON COLUMN chain_transaction.topic        IS 'First topic of the log that must appear; zeros: none';
COMMENT ON COLUMN chain_transaction.gas_limit    IS 'Gas limit of every attempt';
COMMENT ON COLUMN chain_transaction.state        IS 'RESERVED, SIGNED, SENT, MINED, FINAL, FAILED or REPLACED; server/chain/sender.h';
COMMENT ON COLUMN chain_transaction.mined_hash   IS 'Hash of the attempt that is in a block; null: none is';
COMMENT ON COLUMN chain_transaction.block_number IS 'Block of that attempt';
COMMENT ON COLUMN chain_transaction.block_hash   IS 'Hash of that block, to notice a reorganisation';
COMMENT ON COLUMN chain_transaction.gas_used     IS 'Gas of that attempt';
COMMENT ON COLUMN chain_transaction.detail       IS 'Why it failed or why it waits; empty: nothing to say';
COMMENT ON COLUMN chain_transaction.reserved_at  IS 'Real time at which the nonce was taken';
COMMENT ON COLUMN chain_transaction.finished_at  IS 'Market time at which it became FINAL, FAILED or REPLACED';

CREATE INDEX chain_transaction_open ON chain_transaction (chain_id, sender, nonce)
    WHERE state IN ('RESERVED', 'SIGNED', 'SENT', 'MINED');
COMMENT ON INDEX chain_transaction_open IS 'chain_watch: the few rows that are not finished';

CREATE TABLE chain_attempt (
    chain_id  bigint      NOT NULL,
    sender    bytea       NOT NULL,
    nonce     bigint      NOT NULL,
    number    integer     NOT NULL CHECK (number > 0),
    tip_wei   bigint      NOT NULL CHECK (tip_wei >= 0),
    cap_wei   bigint      NOT NULL CHECK (cap_wei >= tip_wei),
    raw       bytea       NOT NULL,
    hash      bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at   timestamptz,
    sends     integer     NOT NULL DEFAULT 0,
    answer    text        NOT NULL DEFAULT '',
    PRIMARY KEY (chain_id, sender, nonce, number),
    FOREIGN KEY (chain_id, sender, nonce) REFERENCES chain_transaction
);
COMMENT ON TABLE  chain_attempt           IS 'Every signed transaction of a nonce, kept for ever';
COMMENT ON COLUMN chain_attempt.chain_id  IS 'As in chain_transaction';
COMMENT ON COLUMN chain_attempt.sender    IS 'As in chain_transaction';
COMMENT ON COLUMN chain_attempt.nonce     IS 'As in chain_transaction';
COMMENT ON COLUMN chain_attempt.number    IS '1 for the first, then one more per replacement';
COMMENT ON COLUMN chain_attempt.tip_wei   IS 'Tip per gas';
COMMENT ON COLUMN chain_attempt.cap_wei   IS 'Fee cap per gas';
COMMENT ON COLUMN chain_attempt.raw       IS 'The bytes that are sent, the same after every restart';
COMMENT ON COLUMN chain_attempt.hash      IS 'Keccak of raw';
COMMENT ON COLUMN chain_attempt.signed_at IS 'Real time of signing';
COMMENT ON COLUMN chain_attempt.sent_at   IS 'Real time of the newest sending; null: never left';
COMMENT ON COLUMN chain_attempt.sends     IS 'How often it was handed to a node';
COMMENT ON COLUMN chain_attempt.answer    IS 'What the node said at the newest sending; empty: accepted';
