-- SPDX-License-Identifier: Apache-2.0
-- Networks: documents, their versions, what is connected where; and what studies of them found: lights, needs. Rows are appended; a version never changes. Times are market time.

CREATE TABLE network (
    network_id        text        NOT NULL CHECK (network_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    revision          integer     NOT NULL CHECK (revision > 0),
    name              text        NOT NULL,
    model             text        NOT NULL CHECK (model IN ('balanced', 'three_phase')),
    format            text        NOT NULL,
    original          bytea       NOT NULL,
    original_hash     bytea       NOT NULL CHECK (octet_length(original_hash) = 32),
    document          bytea       NOT NULL,
    document_hash     bytea       NOT NULL CHECK (octet_length(document_hash) = 32),
    node_count        integer     NOT NULL CHECK (node_count > 0),
    branch_count      integer     NOT NULL CHECK (branch_count >= 0),
    transformer_count integer     NOT NULL CHECK (transformer_count >= 0),
    point_count       integer     NOT NULL CHECK (point_count >= 0),
    warnings          text        NOT NULL,
    token_id          text        NOT NULL,
    recorded_at       timestamptz NOT NULL,
    PRIMARY KEY (network_id, revision)
);
COMMENT ON TABLE  network                   IS 'Documents of networks as they came in and as they are used';
COMMENT ON COLUMN network.network_id        IS 'Its name';
COMMENT ON COLUMN network.revision          IS '1, 2, ...: documents under the same name';
COMMENT ON COLUMN network.name              IS 'What the document calls itself';
COMMENT ON COLUMN network.model             IS 'balanced or three_phase';
COMMENT ON COLUMN network.format            IS 'Format in which it came in';
COMMENT ON COLUMN network.original          IS 'The bytes that came in';
COMMENT ON COLUMN network.original_hash     IS 'Keccak-256 of original: the same bytes again are no new revision';
COMMENT ON COLUMN network.document          IS 'The same as gw-net JSON; what everything is calculated from';
COMMENT ON COLUMN network.document_hash     IS 'Keccak-256 of document';
COMMENT ON COLUMN network.node_count        IS 'Number of nodes';
COMMENT ON COLUMN network.branch_count      IS 'Number of lines, cables and switches';
COMMENT ON COLUMN network.transformer_count IS 'Number of transformers';
COMMENT ON COLUMN network.point_count       IS 'Number of connection points';
COMMENT ON COLUMN network.warnings          IS 'JSON list of what was found odd: pointer and detail';
COMMENT ON COLUMN network.token_id          IS 'Token that handed it in';
COMMENT ON COLUMN network.recorded_at       IS 'When';

CREATE TABLE network_version (
    network_id   text        NOT NULL,
    version      integer     NOT NULL CHECK (version > 0),
    revision     integer     NOT NULL,
    overlay      text        NOT NULL,
    network_hash bytea       NOT NULL CHECK (octet_length(network_hash) = 32),
    cause        text        NOT NULL CHECK (cause IN ('DOCUMENT', 'SWITCHES', 'POINT')),
    token_id     text        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (network_id, version),
    FOREIGN KEY (network_id, revision) REFERENCES network
);
COMMENT ON TABLE  network_version              IS 'States of a network: a document and what stands otherwise than it says; the highest version counts';
COMMENT ON COLUMN network_version.network_id   IS 'The network';
COMMENT ON COLUMN network_version.version      IS 'Topology version, 1, 2, ...';
COMMENT ON COLUMN network_version.revision     IS 'Of the document';
COMMENT ON COLUMN network_version.overlay      IS 'Canonical JSON of moved switches and phases that became known';
COMMENT ON COLUMN network_version.network_hash IS 'Keccak-256 of the document followed by the overlay';
COMMENT ON COLUMN network_version.cause        IS 'What changed: DOCUMENT, SWITCHES or POINT';
COMMENT ON COLUMN network_version.token_id     IS 'Token that changed it';
COMMENT ON COLUMN network_version.recorded_at  IS 'When';

CREATE TABLE network_point (
    network_id text    NOT NULL,
    point      text    NOT NULL,
    version    integer NOT NULL,
    meter      text    REFERENCES meter,
    party      text    REFERENCES party,
    PRIMARY KEY (network_id, point, version),
    FOREIGN KEY (network_id, version) REFERENCES network_version
);
COMMENT ON TABLE  network_point            IS 'Who stands behind a connection point; the highest version counts';
COMMENT ON COLUMN network_point.network_id IS 'The network';
COMMENT ON COLUMN network_point.point      IS 'Id of the point in the document';
COMMENT ON COLUMN network_point.version    IS 'Topology version that it came with';
COMMENT ON COLUMN network_point.meter      IS 'Its meter; null: none is known';
COMMENT ON COLUMN network_point.party      IS 'Who may trade there; null: nobody';
CREATE INDEX network_point_by_party ON network_point (party, network_id);
COMMENT ON INDEX network_point_by_party IS 'For network_party_sees: what an aggregator may read';

CREATE TABLE network_segment (
    segment_id  text        PRIMARY KEY CHECK (segment_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    network_id  text        NOT NULL CHECK (network_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    element     text        NOT NULL DEFAULT '',
    transformer text        REFERENCES transformer,
    head_meter  text        REFERENCES meter,
    recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE  network_segment             IS 'Parts of networks that are congested or not as a whole';
COMMENT ON COLUMN network_segment.segment_id  IS 'Its name, unique among all networks';
COMMENT ON COLUMN network_segment.network_id  IS 'The network';
COMMENT ON COLUMN network_segment.element     IS 'Branch or transformer whose far side it is; empty: the whole network';
COMMENT ON COLUMN network_segment.transformer IS 'Of the register, for requests; null: none';
COMMENT ON COLUMN network_segment.head_meter  IS 'Meter of what flows into it; null: none';
COMMENT ON COLUMN network_segment.recorded_at IS 'When it was registered';
CREATE INDEX network_segment_by_network ON network_segment (network_id, segment_id);
COMMENT ON INDEX network_segment_by_network IS 'For network_segments';
