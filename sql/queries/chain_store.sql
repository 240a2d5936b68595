-- SPDX-License-Identifier: Apache-2.0
-- The nonce journal; server/db/chain_store.c.

-- name: chain_find
-- params: chain_id bigint, sender bytea, purpose text
-- columns: nonce bigint, purpose text, receiver bytea, calldata bytea, topic bytea, gas_limit bigint, state text, mined_hash bytea, block_number bigint, block_hash bytea, gas_used bigint, detail text, attempts bigint, newest_hash bytea
SELECT t.nonce, t.purpose, t.receiver, t.calldata, t.topic, t.gas_limit, t.state, t.mined_hash,
       t.block_number, t.block_hash, t.gas_used, t.detail,
       (SELECT count(*) FROM chain_attempt a
         WHERE a.chain_id = t.chain_id AND a.sender = t.sender AND a.nonce = t.nonce) AS attempts,
       (SELECT a.hash FROM chain_attempt a
         WHERE a.chain_id = t.chain_id AND a.sender = t.sender AND a.nonce = t.nonce
         ORDER BY a.number DESC LIMIT 1) AS newest_hash
FROM chain_transaction t
WHERE t.chain_id = $1 AND t.sender = $2 AND t.purpose = $3;

-- name: chain_next_nonce
-- params: chain_id bigint, sender bytea
-- columns: nonce bigint
SELECT coalesce(max(nonce) + 1, 0) AS nonce
FROM chain_transaction
WHERE chain_id = $1 AND sender = $2;

-- name: chain_reserve
-- params: chain_id bigint, sender bytea, nonce bigint, purpose text, receiver bytea, calldata bytea, topic bytea, gas_limit bigint
-- columns: none
INSERT INTO chain_transaction (chain_id, sender, nonce, purpose, receiver, calldata, topic, gas_limit, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'RESERVED');

-- name: chain_watch
-- params: chain_id bigint, sender bytea, mined bigint, limit bigint
-- columns: nonce bigint, purpose text, receiver bytea, calldata bytea, topic bytea, gas_limit bigint, state text, mined_hash bytea, block_number bigint, block_hash bytea, gas_used bigint, detail text, attempts bigint, newest_hash bytea
SELECT t.nonce, t.purpose, t.receiver, t.calldata, t.topic, t.gas_limit, t.state, t.mined_hash,
       t.block_number, t.block_hash, t.gas_used, t.detail,
       (SELECT count(*) FROM chain_attempt a
         WHERE a.chain_id = t.chain_id AND a.sender = t.sender AND a.nonce = t.nonce) AS attempts,
       (SELECT a.hash FROM chain_attempt a
         WHERE a.chain_id = t.chain_id AND a.sender = t.sender AND a.nonce = t.nonce
         ORDER BY a.number DESC LIMIT 1) AS newest_hash
FROM chain_transaction t
WHERE t.chain_id = $1 AND t.sender = $2
  AND (t.state IN ('RESERVED', 'SIGNED', 'SENT', 'MINED') OR t.nonce >= $3)
ORDER BY t.nonce
LIMIT $4;

-- name: chain_open_count
-- params: chain_id bigint, sender bytea
-- columns: open bigint
SELECT count(*) AS open
FROM chain_transaction
WHERE chain_id = $1 AND sender = $2 AND state IN ('RESERVED', 'SIGNED', 'SENT', 'MINED');

-- name: chain_attempts
-- params: chain_id bigint, sender bytea, nonce bigint
-- columns: number bigint, tip_wei bigint, cap_wei bigint, raw bytea, hash bytea
SELECT number::bigint AS number, tip_wei, cap_wei, raw, hash
FROM chain_attempt
WHERE chain_id = $1 AND sender = $2 AND nonce = $3
ORDER BY number;

-- name: chain_attempt_save
-- params: chain_id bigint, sender bytea, nonce bigint, number integer, tip_wei bigint, cap_wei bigint, raw bytea, hash bytea
-- columns: none
INSERT INTO chain_attempt (chain_id, sender, nonce, number, tip_wei, cap_wei, raw, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: chain_attempt_sent
-- params: chain_id bigint, sender bytea, nonce bigint, number integer, answer text
-- columns: none
UPDATE chain_attempt
SET sent_at = clock_timestamp(), sends = sends + 1, answer = $5
WHERE chain_id = $1 AND sender = $2 AND nonce = $3 AND number = $4;

-- name: chain_move
-- params: chain_id bigint, sender bytea, nonce bigint, state text, mined_hash bytea, block_number bigint, block_hash bytea, gas_used bigint, detail text, finished_at timestamptz
-- columns: none
UPDATE chain_transaction
SET state = $4, mined_hash = $5, block_number = $6, block_hash = $7, gas_used = $8, detail = $9,
    finished_at = $10
WHERE chain_id = $1 AND sender = $2 AND nonce = $3;
