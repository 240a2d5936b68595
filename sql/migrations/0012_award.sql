-- SPDX-License-Identifier: Apache-2.0
-- Awards and the grid: what the selection had to keep besides the need, and what the power flow said of its awards.

CREATE TABLE award_demand (
    event_id       uuid     NOT NULL REFERENCES request,
    position       integer  NOT NULL CHECK (position >= 0),
    limit_id       text     NOT NULL,
    interval_index integer  NOT NULL CHECK (interval_index >= 0),
    required_w     bigint   NOT NULL,
    effect_ppm     bigint[] NOT NULL,
    PRIMARY KEY (event_id, position)
);
COMMENT ON TABLE award_demand IS 'Limits of the grid as demands of the selection of an event.';
COMMENT ON COLUMN award_demand.event_id IS 'The request.';
COMMENT ON COLUMN award_demand.position IS 'Place in the list, from 0.';
COMMENT ON COLUMN award_demand.limit_id IS 'The limit: kind, element and phase, separated by colons.';
COMMENT ON COLUMN award_demand.interval_index IS 'Interval of the request, from 0.';
COMMENT ON COLUMN award_demand.required_w IS 'Turn-down wanted at the reference point of the limit, in watts; below zero: room that awards may use up.';
COMMENT ON COLUMN award_demand.effect_ppm IS 'What a watt of each bid counts there, in millionths, one value per bid of the sealed set in the order of arrival and id.';

CREATE TABLE award_check (
    event_id         uuid        PRIMARY KEY REFERENCES request,
    network_id       text,
    network_version  integer,
    network_hash     bytea       CHECK (octet_length(network_hash) = 32),
    forecast_id      text        NOT NULL,
    verdict          text        NOT NULL CHECK (verdict IN ('CONFIRMED', 'SHORT', 'UNCONFIRMED', 'COLLAPSED', 'RATING_ONLY')),
    reason           text        NOT NULL,
    rounds           integer     NOT NULL CHECK (rounds >= 0),
    quantile_ppm     bigint      NOT NULL,
    worst_limit_id   text        NOT NULL,
    worst_before_ppm bigint      NOT NULL,
    worst_after_ppm  bigint      NOT NULL,
    checked_at       timestamptz NOT NULL
);
COMMENT ON TABLE award_check IS 'What the power flow with the awards said.';
COMMENT ON COLUMN award_check.event_id IS 'The request.';
COMMENT ON COLUMN award_check.network_id IS 'The network that feeds the transformer; null: none is known.';
COMMENT ON COLUMN award_check.network_version IS 'Its topology version.';
COMMENT ON COLUMN award_check.network_hash IS 'Its hash at that version.';
COMMENT ON COLUMN award_check.forecast_id IS 'The forecast behind the base load; empty: none.';
COMMENT ON COLUMN award_check.verdict IS 'CONFIRMED: every limit is kept; SHORT: the bids cannot reach all; UNCONFIRMED: the linear answer did not hold within its rounds; COLLAPSED: no solution to start from; RATING_ONLY: no network or no forecast, the transformer''s rating was kept by sum.';
COMMENT ON COLUMN award_check.reason IS 'For a person.';
COMMENT ON COLUMN award_check.rounds IS 'How often was selected.';
COMMENT ON COLUMN award_check.quantile_ppm IS 'Quantile of the scenario paths in millionths; 500000 is the middle forecast alone.';
COMMENT ON COLUMN award_check.worst_limit_id IS 'The limit with the largest share in use after the awards.';
COMMENT ON COLUMN award_check.worst_before_ppm IS 'Largest share of any limit in use before the awards, in millionths.';
COMMENT ON COLUMN award_check.worst_after_ppm IS 'The same with the awards.';
COMMENT ON COLUMN award_check.checked_at IS 'When, in market time.';
