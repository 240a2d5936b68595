-- SPDX-License-Identifier: Apache-2.0
-- What the pool itself needs.

-- name: session_begin_read_committed
-- params: none
-- columns: none
BEGIN ISOLATION LEVEL READ COMMITTED;

-- name: session_begin_repeatable_read
-- params: none
-- columns: none
BEGIN ISOLATION LEVEL REPEATABLE READ;

-- name: session_begin_serializable
-- params: none
-- columns: none
BEGIN ISOLATION LEVEL SERIALIZABLE;

-- name: session_commit
-- params: none
-- columns: none
COMMIT;

-- name: session_rollback
-- params: none
-- columns: none
ROLLBACK;

-- name: session_savepoint
-- params: none
-- columns: none
SAVEPOINT gw_attempt;

-- name: session_savepoint_release
-- params: none
-- columns: none
RELEASE SAVEPOINT gw_attempt;

-- name: session_savepoint_rollback
-- params: none
-- columns: none
ROLLBACK TO SAVEPOINT gw_attempt;

-- name: session_lock
-- params: class integer, key integer
-- columns: held boolean
SELECT pg_advisory_xact_lock($1, $2) IS NOT NULL AS held;

-- name: session_now
-- params: none
-- columns: now timestamptz
SELECT clock_timestamp() AS now;
