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

CREATE TABLE congestion_study (
    study_id        uuid        PRIMARY KEY,
    network_id      text        NOT NULL,
    version         integer     NOT NULL,
    forecast_id     text        NOT NULL DEFAULT '',
    made_at         timestamptz NOT NULL,
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL CHECK (to_at > from_at),
    interval_s      integer     NOT NULL CHECK (interval_s > 0),
    path_count      integer     NOT NULL CHECK (path_count >= 0),
    missing_points  integer     NOT NULL CHECK (missing_points >= 0),
    collapsed_paths integer     NOT NULL CHECK (collapsed_paths >= 0),
    FOREIGN KEY (network_id, version) REFERENCES network_version
);
COMMENT ON TABLE  congestion_study                 IS 'Looks ahead: every limit of a network under every scenario path, interval by interval';
COMMENT ON COLUMN congestion_study.study_id        IS 'UUIDv7';
COMMENT ON COLUMN congestion_study.network_id      IS 'The network';
COMMENT ON COLUMN congestion_study.version         IS 'Its topology version';
COMMENT ON COLUMN congestion_study.forecast_id     IS 'Forecast that the paths came from; empty: none, the document''s power';
COMMENT ON COLUMN congestion_study.made_at         IS 'When';
COMMENT ON COLUMN congestion_study.from_at         IS 'First interval';
COMMENT ON COLUMN congestion_study.to_at           IS 'End of the last interval';
COMMENT ON COLUMN congestion_study.interval_s      IS 'Length of an interval in seconds';
COMMENT ON COLUMN congestion_study.path_count      IS 'Scenario paths per interval; 0: the middle only';
COMMENT ON COLUMN congestion_study.missing_points  IS 'Points without a forecast of their own';
COMMENT ON COLUMN congestion_study.collapsed_paths IS 'Paths of all intervals that the network cannot carry at all';
CREATE INDEX congestion_study_by_network ON congestion_study (network_id, made_at DESC);
COMMENT ON INDEX congestion_study_by_network IS 'For congestion_due: when a network was last looked at';

CREATE TABLE traffic_light (
    segment_id text     NOT NULL REFERENCES network_segment,
    start_at   timestamptz NOT NULL,
    phase      smallint NOT NULL CHECK (phase BETWEEN 0 AND 3),
    number     integer  NOT NULL CHECK (number > 0),
    light      text     NOT NULL CHECK (light IN ('GREEN', 'YELLOW', 'RED')),
    study_id   uuid     NOT NULL REFERENCES congestion_study,
    middle_ppm bigint   NOT NULL,
    upper_ppm  bigint   NOT NULL,
    reasons    text     NOT NULL,
    PRIMARY KEY (segment_id, start_at, phase, number)
);
COMMENT ON TABLE  traffic_light            IS 'Transitions of the traffic light of a segment, per interval and phase; the highest number stands';
COMMENT ON COLUMN traffic_light.segment_id IS 'The segment';
COMMENT ON COLUMN traffic_light.start_at   IS 'Start of the interval';
COMMENT ON COLUMN traffic_light.phase      IS '0, 1, 2: A, B, C; 3: all together';
COMMENT ON COLUMN traffic_light.number     IS '1, 2, ... per interval and phase';
COMMENT ON COLUMN traffic_light.light      IS 'GREEN, YELLOW or RED';
COMMENT ON COLUMN traffic_light.study_id   IS 'Study that found it';
COMMENT ON COLUMN traffic_light.middle_ppm IS 'Share of the worst limit that is used in the middle path, millionths';
COMMENT ON COLUMN traffic_light.upper_ppm  IS 'The same in the unfavourable quantile';
COMMENT ON COLUMN traffic_light.reasons    IS 'JSON list of the limits that made it, the worst first';

CREATE TABLE grid_need (
    need_id           uuid     PRIMARY KEY,
    study_id          uuid     NOT NULL REFERENCES congestion_study,
    segment_id        text     NOT NULL REFERENCES network_segment,
    state             text     NOT NULL CHECK (state IN ('OPEN', 'REQUESTED', 'SUPERSEDED')),
    kind              text     NOT NULL,
    element           text     NOT NULL,
    phase             smallint NOT NULL CHECK (phase BETWEEN 0 AND 3),
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL CHECK (ends_at > starts_at),
    reference_point   text     NOT NULL,
    is_reference_more boolean  NOT NULL,
    is_confirmed      boolean  NOT NULL,
    rebounds          text     NOT NULL,
    made_at           timestamptz NOT NULL
);
COMMENT ON TABLE  grid_need                   IS 'Limits that will be violated, and what would relieve them';
COMMENT ON COLUMN grid_need.need_id           IS 'UUIDv7';
COMMENT ON COLUMN grid_need.study_id          IS 'Study that found it';
COMMENT ON COLUMN grid_need.segment_id        IS 'The segment';
COMMENT ON COLUMN grid_need.state             IS 'OPEN, REQUESTED (a request was made of it) or SUPERSEDED by a later study';
COMMENT ON COLUMN grid_need.kind              IS 'Kind of the limit';
COMMENT ON COLUMN grid_need.element           IS 'Node, branch or transformer of the network';
COMMENT ON COLUMN grid_need.phase             IS '0, 1, 2: A, B, C; 3: all together';
COMMENT ON COLUMN grid_need.starts_at         IS 'Start of the first interval with a need';
COMMENT ON COLUMN grid_need.ends_at           IS 'End of the last one';
COMMENT ON COLUMN grid_need.reference_point   IS 'The point with the most relief per watt; empty: none has any';
COMMENT ON COLUMN grid_need.is_reference_more IS 'Whether the reference relieves by consuming more';
COMMENT ON COLUMN grid_need.is_confirmed      IS 'Whether the power flow keeps every limit with the changes found, in every interval';
COMMENT ON COLUMN grid_need.rebounds          IS 'JSON list of intervals in which what comes back of the study''s shifts makes a second need';
COMMENT ON COLUMN grid_need.made_at           IS 'When';
CREATE INDEX grid_need_by_segment ON grid_need (segment_id, state, need_id);
COMMENT ON INDEX grid_need_by_segment IS 'For need_list and need_supersede';

CREATE TABLE grid_need_interval (
    need_id    uuid        NOT NULL REFERENCES grid_need,
    start_at   timestamptz NOT NULL,
    need_w     bigint      NOT NULL CHECK (need_w >= 0),
    missing_w  bigint      NOT NULL CHECK (missing_w >= 0),
    before_ppm bigint      NOT NULL,
    after_ppm  bigint      NOT NULL,
    verdict    text        NOT NULL,
    PRIMARY KEY (need_id, start_at)
);
COMMENT ON TABLE  grid_need_interval            IS 'A need per interval';
COMMENT ON COLUMN grid_need_interval.need_id    IS 'The need';
COMMENT ON COLUMN grid_need_interval.start_at   IS 'Start of the interval';
COMMENT ON COLUMN grid_need_interval.need_w     IS 'What would do at the reference point alone, in W';
COMMENT ON COLUMN grid_need_interval.missing_w  IS 'Of that, what the points cannot give, in W';
COMMENT ON COLUMN grid_need_interval.before_ppm IS 'Share of the limit in the unfavourable quantile, millionths';
COMMENT ON COLUMN grid_need_interval.after_ppm  IS 'The same with the changes found';
COMMENT ON COLUMN grid_need_interval.verdict    IS 'Wire word of the verdict of grid/flow_need.h';

CREATE TABLE grid_need_effect (
    need_id  uuid   NOT NULL REFERENCES grid_need,
    point    text   NOT NULL,
    less_ppm bigint NOT NULL,
    more_ppm bigint NOT NULL,
    PRIMARY KEY (need_id, point)
);
COMMENT ON TABLE  grid_need_effect          IS 'What a watt at a point is worth against the need, in its interval with the largest need';
COMMENT ON COLUMN grid_need_effect.need_id  IS 'The need';
COMMENT ON COLUMN grid_need_effect.point    IS 'Point of the network';
COMMENT ON COLUMN grid_need_effect.less_ppm IS 'Consuming less, in millionths of the reference; below zero it does harm';
COMMENT ON COLUMN grid_need_effect.more_ppm IS 'Consuming more';

CREATE TABLE grid_need_request (
    need_id  uuid NOT NULL REFERENCES grid_need,
    event_id uuid NOT NULL REFERENCES request,
    PRIMARY KEY (need_id, event_id)
);
COMMENT ON TABLE  grid_need_request          IS 'Which request was made of which need';
COMMENT ON COLUMN grid_need_request.need_id  IS 'The need';
COMMENT ON COLUMN grid_need_request.event_id IS 'The request';
CREATE INDEX grid_need_request_by_event ON grid_need_request (event_id);
COMMENT ON INDEX grid_need_request_by_event IS 'For need_of_request';

ALTER TABLE request DROP CONSTRAINT request_source_check;
ALTER TABLE request ADD CONSTRAINT request_source_check CHECK (source IN ('OPERATOR', 'FORECAST', 'NEED'));
COMMENT ON COLUMN request.source IS 'Whether the need was typed by the operator, came from the forecast, or from a study of the network.';
