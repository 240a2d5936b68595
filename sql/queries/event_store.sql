-- SPDX-License-Identifier: Apache-2.0
-- Timers of events and what devices said about them.

-- name: timer_insert
-- params: event_id uuid, kind text, due_at timestamptz
-- columns: none
INSERT INTO timer (event_id, kind, due_at)
VALUES ($1::uuid, $2::text, $3::timestamptz)
ON CONFLICT (event_id, kind) DO NOTHING;

-- name: timer_arm
-- params: event_id uuid, kind text, due_at timestamptz
-- columns: none
-- Arms it again, as after a split.
INSERT INTO timer (event_id, kind, due_at)
VALUES ($1::uuid, $2::text, $3::timestamptz)
ON CONFLICT (event_id, kind) DO UPDATE
   SET due_at = excluded.due_at, fired_at = NULL, outcome = '';

-- name: timer_due
-- params: now timestamptz, limit bigint
-- columns: event_id uuid, kind text, due_at timestamptz
SELECT event_id, kind, due_at FROM timer
 WHERE fired_at IS NULL AND due_at <= $1::timestamptz
 ORDER BY due_at, event_id, kind
 LIMIT $2::bigint;

-- name: timer_next
-- params: none
-- columns: due_at timestamptz
SELECT due_at FROM timer WHERE fired_at IS NULL ORDER BY due_at LIMIT 1;

-- name: timer_fire
-- params: event_id uuid, kind text, now timestamptz, outcome text
-- columns: none
UPDATE timer SET fired_at = $3::timestamptz, outcome = $4::text
 WHERE event_id = $1::uuid AND kind = $2::text AND fired_at IS NULL;

-- name: timer_drop
-- params: event_id uuid, now timestamptz, outcome text
-- columns: none
-- The waiting timers of an event that ended early.
UPDATE timer SET fired_at = $2::timestamptz, outcome = $3::text
 WHERE event_id = $1::uuid AND fired_at IS NULL;

-- name: timer_list
-- params: event_id uuid
-- columns: kind text, due_at timestamptz, fired_at timestamptz, outcome text
SELECT kind, due_at, fired_at, outcome FROM timer WHERE event_id = $1::uuid ORDER BY due_at, kind;

-- name: opt_list
-- params: event_id uuid
-- columns: device text, opt text, from_at timestamptz, to_at timestamptz, received_at timestamptz
SELECT device, choice AS opt, from_at, to_at, received_at FROM device_opt
 WHERE event_id = $1::uuid ORDER BY lsn, device;
