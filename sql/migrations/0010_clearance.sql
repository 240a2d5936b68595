-- SPDX-License-Identifier: Apache-2.0
-- Grid clearances as proposals: what the nodes are asked to sign of a grid check. A proposal is about
-- one subject, the event of a commitment or settlement or the check of a clearance.

ALTER TABLE proposal ALTER COLUMN event_id DROP NOT NULL;
ALTER TABLE proposal ADD COLUMN check_id uuid;
ALTER TABLE proposal ADD COLUMN subject_id uuid NOT NULL
    GENERATED ALWAYS AS (coalesce(event_id, check_id)) STORED;
ALTER TABLE proposal ADD COLUMN closes_at timestamptz;
ALTER TABLE proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_kind_check
    CHECK (kind IN ('COMMITMENT', 'SETTLEMENT', 'CLEARANCE'));
ALTER TABLE proposal ADD CONSTRAINT proposal_subject_check
    CHECK ((kind = 'CLEARANCE') = (check_id IS NOT NULL) AND (event_id IS NULL) = (check_id IS NOT NULL));
ALTER TABLE proposal DROP CONSTRAINT proposal_event_id_kind_revision_key;
ALTER TABLE proposal ADD CONSTRAINT proposal_subject_id_kind_revision_key
    UNIQUE (subject_id, kind, revision);
COMMENT ON COLUMN proposal.kind IS 'COMMITMENT before delivery, SETTLEMENT after it, CLEARANCE of a grid check.';
COMMENT ON COLUMN proposal.event_id IS 'The event; null for a clearance.';
COMMENT ON COLUMN proposal.check_id IS 'The grid check of a clearance; null otherwise.';
COMMENT ON COLUMN proposal.closes_at IS 'From here on no signature counts, because the grid may give the place away; null: never.';
COMMENT ON COLUMN proposal.subject_id IS 'Event or check: what a node signs for once per revision and epoch.';
