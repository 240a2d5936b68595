-- SPDX-License-Identifier: Apache-2.0
-- Phases of connection points as voltages tell them: runs of the job, what they propose, what an operator accepted. Rows are appended. Times are market time.

CREATE TABLE phase_run (
    network_id   text        NOT NULL CHECK (network_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    run          integer     NOT NULL CHECK (run > 0),
    version      integer     NOT NULL CHECK (version > 0),
    from_at      timestamptz NOT NULL,
    interval_s   integer     NOT NULL CHECK (interval_s > 0),
    intervals    integer     NOT NULL CHECK (intervals >= 0),
    points       integer     NOT NULL CHECK (points >= 0),
    certain_ppm  integer     NOT NULL CHECK (certain_ppm BETWEEN 1 AND 1000000),
    token_id     text        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (network_id, run),
    FOREIGN KEY (network_id, version) REFERENCES network_version
);
COMMENT ON TABLE  phase_run             IS 'Runs of the job that proposes phases';
COMMENT ON COLUMN phase_run.network_id  IS 'The network';
COMMENT ON COLUMN phase_run.run         IS '1, 2, ... of the network';
COMMENT ON COLUMN phase_run.version     IS 'Topology version whose known phases were trusted';
COMMENT ON COLUMN phase_run.from_at     IS 'Start of the first interval';
COMMENT ON COLUMN phase_run.interval_s  IS 'Length of an interval';
COMMENT ON COLUMN phase_run.intervals   IS 'Number of intervals';
COMMENT ON COLUMN phase_run.points      IS 'Number of points whose voltages were given';
COMMENT ON COLUMN phase_run.certain_ppm IS 'Confidence from which on a phase is proposed';
COMMENT ON COLUMN phase_run.token_id    IS 'Token that asked';
COMMENT ON COLUMN phase_run.recorded_at IS 'When';

CREATE TABLE phase_proposal (
    network_id        text    NOT NULL,
    run               integer NOT NULL,
    point             text    NOT NULL,
    phase             text    NOT NULL CHECK (phase IN ('', 'A', 'B', 'C')),
    best              text    NOT NULL CHECK (best IN ('', 'A', 'B', 'C')),
    doubt             text    NOT NULL CHECK (doubt IN ('CERTAIN', 'CLOSE', 'FLAT', 'FEW', 'NO_REFERENCE', 'KNOWN', 'DISPUTED')),
    confidence_ppm    integer NOT NULL CHECK (confidence_ppm BETWEEN 0 AND 1000000),
    correlation_a_ppm integer NOT NULL CHECK (correlation_a_ppm BETWEEN -1000000 AND 1000000),
    correlation_b_ppm integer NOT NULL CHECK (correlation_b_ppm BETWEEN -1000000 AND 1000000),
    correlation_c_ppm integer NOT NULL CHECK (correlation_c_ppm BETWEEN -1000000 AND 1000000),
    steps             integer NOT NULL CHECK (steps >= 0),
    PRIMARY KEY (network_id, point, run),
    FOREIGN KEY (network_id, run) REFERENCES phase_run
);
COMMENT ON TABLE  phase_proposal                   IS 'What a run says of a point';
COMMENT ON COLUMN phase_proposal.network_id        IS 'The network';
COMMENT ON COLUMN phase_proposal.run               IS 'The run; the newest counts';
COMMENT ON COLUMN phase_proposal.point             IS 'Id of the point in the document';
COMMENT ON COLUMN phase_proposal.phase             IS 'Proposed; empty: none';
COMMENT ON COLUMN phase_proposal.best              IS 'What fits best, certain or not; empty: nothing could be compared';
COMMENT ON COLUMN phase_proposal.doubt             IS 'CERTAIN, or why not; KNOWN and DISPUTED: the network says a phase';
COMMENT ON COLUMN phase_proposal.confidence_ppm    IS 'That the best is better than the second';
COMMENT ON COLUMN phase_proposal.correlation_a_ppm IS 'Of the steps of its voltage with those of phase A';
COMMENT ON COLUMN phase_proposal.correlation_b_ppm IS 'With those of phase B';
COMMENT ON COLUMN phase_proposal.correlation_c_ppm IS 'With those of phase C';
COMMENT ON COLUMN phase_proposal.steps             IS 'How many steps were common';

CREATE TABLE phase_acceptance (
    network_id  text        NOT NULL,
    run         integer     NOT NULL,
    point       text        NOT NULL,
    phase       text        NOT NULL CHECK (phase IN ('A', 'B', 'C')),
    version     integer     NOT NULL,
    token_id    text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (network_id, point, run),
    FOREIGN KEY (network_id, point, run) REFERENCES phase_proposal,
    FOREIGN KEY (network_id, version) REFERENCES network_version
);
COMMENT ON TABLE  phase_acceptance             IS 'Proposals that an operator took over into the network';
COMMENT ON COLUMN phase_acceptance.network_id  IS 'The network';
COMMENT ON COLUMN phase_acceptance.run         IS 'The run of the proposal';
COMMENT ON COLUMN phase_acceptance.point       IS 'Id of the point';
COMMENT ON COLUMN phase_acceptance.phase       IS 'What was accepted: the proposed one, or the operator''s own';
COMMENT ON COLUMN phase_acceptance.version     IS 'Topology version from which on it stands';
COMMENT ON COLUMN phase_acceptance.token_id    IS 'Token that accepted';
COMMENT ON COLUMN phase_acceptance.recorded_at IS 'When';
