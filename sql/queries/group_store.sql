-- SPDX-License-Identifier: Apache-2.0
-- Groups of meters; server/db/group_store.c. A party sees its own.

-- name: group_insert
-- params: id text, party text, valid_from timestamptz, valid_to timestamptz, recorded_at timestamptz, meters text[], qualified_w bigint[]
-- columns: none
-- Group and members in one statement; a meter of another group at the same time breaks
-- group_member_one_group. valid_to null: open.
WITH made AS (
    INSERT INTO meter_group (id, party, valid_from, valid_to, recorded_at)
    VALUES ($1, $2, COALESCE($3::timestamptz, $5::timestamptz), COALESCE($4::timestamptz, 'infinity'), $5)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, valid_from, valid_to
)
INSERT INTO group_member (group_id, meter, qualified_w, valid)
SELECT made.id, member.meter, member.qualified_w, tstzrange(made.valid_from, made.valid_to)
FROM made
CROSS JOIN unnest($6::text[], $7::bigint[]) AS member (meter, qualified_w);

-- name: group_is_same
-- params: id text, party text, valid_from timestamptz, valid_to timestamptz, recorded_at timestamptz, meters text[], qualified_w bigint[]
-- columns: same boolean
-- A valid_from that was left out is null here and matches any.
SELECT party = $2
       AND valid_from = COALESCE($3::timestamptz, valid_from)
       AND valid_to = COALESCE($4::timestamptz, 'infinity')
       AND $5::timestamptz IS NOT NULL
       AND (SELECT array_agg(ROW (meter, member.qualified_w)::text ORDER BY meter)
            FROM group_member AS member WHERE group_id = $1)
         = (SELECT array_agg(ROW (meter, given.qualified_w)::text ORDER BY meter)
            FROM unnest($6::text[], $7::bigint[]) AS given (meter, qualified_w)) AS same
FROM meter_group
WHERE id = $1;

-- name: group_find
-- params: id text, party text
-- columns: id text, party text, valid_from timestamptz, valid_to timestamptz, recorded_at timestamptz, status text, reason text, qualified_w bigint
SELECT meter_group.id, meter_group.party, meter_group.valid_from,
       NULLIF(meter_group.valid_to, 'infinity') AS valid_to, meter_group.recorded_at,
       COALESCE(decision.status, 'PENDING') AS status, COALESCE(decision.reason, '') AS reason,
       (SELECT sum(qualified_w)::bigint FROM group_member WHERE group_id = meter_group.id) AS qualified_w
FROM meter_group
LEFT JOIN LATERAL (
    SELECT status, reason FROM group_qualification
    WHERE group_id = meter_group.id ORDER BY number DESC LIMIT 1
) AS decision ON true
WHERE meter_group.id = $1
  AND ($2 = '' OR meter_group.party = $2);

-- name: group_list
-- params: after text, limit bigint, party text
-- columns: id text, party text, valid_from timestamptz, valid_to timestamptz, recorded_at timestamptz, status text, reason text, qualified_w bigint
SELECT meter_group.id, meter_group.party, meter_group.valid_from,
       NULLIF(meter_group.valid_to, 'infinity') AS valid_to, meter_group.recorded_at,
       COALESCE(decision.status, 'PENDING') AS status, COALESCE(decision.reason, '') AS reason,
       (SELECT sum(qualified_w)::bigint FROM group_member WHERE group_id = meter_group.id) AS qualified_w
FROM meter_group
LEFT JOIN LATERAL (
    SELECT status, reason FROM group_qualification
    WHERE group_id = meter_group.id ORDER BY number DESC LIMIT 1
) AS decision ON true
WHERE meter_group.id > $1
  AND ($3 = '' OR meter_group.party = $3)
ORDER BY meter_group.id
LIMIT $2;

-- name: group_members
-- params: ids text[]
-- columns: group_id text, meter text, qualified_w bigint
SELECT group_id, meter, qualified_w
FROM group_member
WHERE group_id = ANY ($1)
ORDER BY group_id, meter;

-- name: group_qualify
-- params: group_id text, status text, reason text, token_id text, decided_at timestamptz
-- columns: none
-- Nothing happens when the last decision is the same.
INSERT INTO group_qualification (group_id, number, status, reason, token_id, decided_at)
SELECT meter_group.id, COALESCE(last.number, 0) + 1, $2, $3, $4, $5
FROM meter_group
LEFT JOIN LATERAL (
    SELECT number, status, reason FROM group_qualification
    WHERE group_id = meter_group.id ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE meter_group.id = $1
  AND (last.status, last.reason) IS DISTINCT FROM ($2::text, $3::text);
