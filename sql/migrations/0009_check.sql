-- SPDX-License-Identifier: Apache-2.0
-- Checks of trades, bids and schedules; what they hold for an interval; what they cut. Times are market time.

CREATE TABLE grid_check (
    check_id      uuid NOT NULL,
    network_id    text NOT NULL,
    version       integer NOT NULL,
    network_hash  bytea NOT NULL CHECK (octet_length(network_hash) = 32),
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL CHECK (ends_at > starts_at),
    mode          text NOT NULL CHECK (mode IN ('dry_run', 'reserve')),
    policy        text NOT NULL,
    party         text REFERENCES party,
    token_id      text NOT NULL,
    request_hash  bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    quantiles     text NOT NULL,
    margin_ppm    integer NOT NULL CHECK (margin_ppm >= 0),
    verdict       text NOT NULL CHECK (verdict IN ('ok', 'curtailed', 'rejected', 'infeasible', 'stale')),
    hold_until    timestamptz NOT NULL,
    released_at   timestamptz,
    forecast_id   text NOT NULL,
    newest_at     timestamptz,
    missing_count integer NOT NULL CHECK (missing_count >= 0),
    rounds        integer NOT NULL,
    iterations    integer NOT NULL,
    residual_ppb  bigint NOT NULL,
    loss_before_w bigint NOT NULL,
    loss_after_w  bigint NOT NULL,
    limits        text NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (check_id),
    UNIQUE (request_hash),
    FOREIGN KEY (network_id, version) REFERENCES network_version
);
COMMENT ON TABLE grid_check IS 'Checks of trades, bids and schedules against a network: the question as it was counted and the answer. Appended; only released_at is set later, once. What the nodes made of it is in proposal.';
COMMENT ON COLUMN grid_check.check_id IS 'UUIDv7, the public id';
COMMENT ON COLUMN grid_check.network_id IS 'The network';
COMMENT ON COLUMN grid_check.version IS 'Its topology version';
COMMENT ON COLUMN grid_check.network_hash IS 'Its hash: document and overlay';
COMMENT ON COLUMN grid_check.starts_at IS 'Start of the interval, inclusive';
COMMENT ON COLUMN grid_check.ends_at IS 'End of the interval, exclusive';
COMMENT ON COLUMN grid_check.mode IS 'Whether it holds what it accepted';
COMMENT ON COLUMN grid_check.policy IS 'Rule by which it cut';
COMMENT ON COLUMN grid_check.party IS 'Who asked; null: the operator';
COMMENT ON COLUMN grid_check.token_id IS 'Token that asked';
COMMENT ON COLUMN grid_check.request_hash IS 'Keccak-256 of who asked, its key and its body: the same call again finds the same check';
COMMENT ON COLUMN grid_check.quantiles IS 'Bases that were kept, such as p5 p50 p95';
COMMENT ON COLUMN grid_check.margin_ppm IS 'Kept free before every limit';
COMMENT ON COLUMN grid_check.verdict IS 'What came of it';
COMMENT ON COLUMN grid_check.hold_until IS 'Until when it holds what it accepted, if nothing else happens';
COMMENT ON COLUMN grid_check.released_at IS 'When it was given back; null: it was not';
COMMENT ON COLUMN grid_check.forecast_id IS 'Forecast behind the base; empty: none';
COMMENT ON COLUMN grid_check.newest_at IS 'End of the newest reading behind the base; null: none';
COMMENT ON COLUMN grid_check.missing_count IS 'Points without a measurement or forecast of their own';
COMMENT ON COLUMN grid_check.rounds IS 'Rounds of cutting and solving again';
COMMENT ON COLUMN grid_check.iterations IS 'Sweeps of the last flow';
COMMENT ON COLUMN grid_check.residual_ppb IS 'Largest excess that was left; 0: none';
COMMENT ON COLUMN grid_check.loss_before_w IS 'Losses of the middle base';
COMMENT ON COLUMN grid_check.loss_after_w IS 'Losses with what was accepted';
COMMENT ON COLUMN grid_check.limits IS 'JSON list of the limits that counted';
COMMENT ON COLUMN grid_check.created_at IS 'When';
CREATE INDEX grid_check_by_interval ON grid_check (network_id, starts_at) WHERE mode = 'reserve';
COMMENT ON INDEX grid_check_by_interval IS 'For check_reserved and check_open_count: what is held in an interval';
CREATE INDEX grid_check_by_party ON grid_check (party, check_id);
COMMENT ON INDEX grid_check_by_party IS 'For check_list of one party';

CREATE TABLE grid_check_item (
    check_id             uuid NOT NULL REFERENCES grid_check,
    item_id              text NOT NULL,
    seq                  integer NOT NULL,
    kind                 text NOT NULL CHECK (kind IN ('trade', 'bid', 'schedule')),
    effect               text NOT NULL CHECK (effect IN ('incremental', 'within_schedule')),
    claimed              text NOT NULL CHECK (claimed IN ('incremental', 'within_schedule')),
    note                 text NOT NULL,
    seller_point         text,
    buyer_point          text,
    seller_party         text,
    buyer_party          text,
    seller_schedule      uuid,
    seller_schedule_item text,
    buyer_schedule       uuid,
    buyer_schedule_item  text,
    requested_w          bigint NOT NULL CHECK (requested_w > 0),
    accepted_w           bigint NOT NULL CHECK (accepted_w BETWEEN 0 AND requested_w),
    price_micros_per_kwh bigint NOT NULL,
    accepted_at          timestamptz NOT NULL,
    loss_factor_ppm      bigint NOT NULL,
    loss_share_ppm       bigint NOT NULL,
    distance             text NOT NULL,
    fee_loss_micros      bigint NOT NULL,
    fee_shadow_micros    bigint NOT NULL,
    fee_distance_micros  bigint NOT NULL,
    network_fee_micros   bigint NOT NULL,
    reasons              text NOT NULL,
    PRIMARY KEY (check_id, item_id)
);
COMMENT ON TABLE grid_check_item IS 'What was asked for and what was accepted, item by item.';
COMMENT ON COLUMN grid_check_item.check_id IS 'The check';
COMMENT ON COLUMN grid_check_item.item_id IS 'Name that the caller gave it';
COMMENT ON COLUMN grid_check_item.seq IS 'Its place in the call, from 0';
COMMENT ON COLUMN grid_check_item.kind IS 'What it is';
COMMENT ON COLUMN grid_check_item.effect IS 'How it was counted';
COMMENT ON COLUMN grid_check_item.claimed IS 'What the caller called it';
COMMENT ON COLUMN grid_check_item.note IS 'Why it was counted otherwise than claimed; empty: it was not';
COMMENT ON COLUMN grid_check_item.seller_point IS 'Point that injects more; null: outside';
COMMENT ON COLUMN grid_check_item.buyer_point IS 'Point that takes more; null: outside';
COMMENT ON COLUMN grid_check_item.seller_party IS 'Who stood behind the point of the seller; null: nobody known';
COMMENT ON COLUMN grid_check_item.buyer_party IS 'Who stood behind the point of the buyer; null: nobody known';
COMMENT ON COLUMN grid_check_item.seller_schedule IS 'Check of the schedule that the side of the seller is within; null: none';
COMMENT ON COLUMN grid_check_item.seller_schedule_item IS 'Its item';
COMMENT ON COLUMN grid_check_item.buyer_schedule IS 'Check of the schedule that the side of the buyer is within; null: none';
COMMENT ON COLUMN grid_check_item.buyer_schedule_item IS 'Its item';
COMMENT ON COLUMN grid_check_item.requested_w IS 'Power asked for';
COMMENT ON COLUMN grid_check_item.accepted_w IS 'Power accepted';
COMMENT ON COLUMN grid_check_item.price_micros_per_kwh IS 'Its price, for the economic rule';
COMMENT ON COLUMN grid_check_item.accepted_at IS 'When the parties agreed, for the rules of arrival';
COMMENT ON COLUMN grid_check_item.loss_factor_ppm IS 'Marginal losses';
COMMENT ON COLUMN grid_check_item.loss_share_ppm IS 'Average losses, which are charged';
COMMENT ON COLUMN grid_check_item.distance IS 'Class of the fixed tariff';
COMMENT ON COLUMN grid_check_item.fee_loss_micros IS 'Fee for losses; below 0: a credit';
COMMENT ON COLUMN grid_check_item.fee_shadow_micros IS 'Fee for scarce limits; below 0: a credit';
COMMENT ON COLUMN grid_check_item.fee_distance_micros IS 'Fixed fee';
COMMENT ON COLUMN grid_check_item.network_fee_micros IS 'The sum of the three';
COMMENT ON COLUMN grid_check_item.reasons IS 'JSON list: limit, effect and share of each limit that cut it';
CREATE INDEX grid_check_item_by_seller ON grid_check_item (seller_party, check_id);
COMMENT ON INDEX grid_check_item_by_seller IS 'For check_list and check_item_list: what a party may see';
CREATE INDEX grid_check_item_by_buyer ON grid_check_item (buyer_party, check_id);
COMMENT ON INDEX grid_check_item_by_buyer IS 'For check_list and check_item_list: what a party may see';
CREATE INDEX grid_check_item_by_seller_schedule ON grid_check_item (seller_schedule, seller_schedule_item);
COMMENT ON INDEX grid_check_item_by_seller_schedule IS 'For check_schedule_find: how much of a schedule is used';
CREATE INDEX grid_check_item_by_buyer_schedule ON grid_check_item (buyer_schedule, buyer_schedule_item);
COMMENT ON INDEX grid_check_item_by_buyer_schedule IS 'For check_schedule_find: how much of a schedule is used';

CREATE TABLE curtailment (
    curtailment_id bigint GENERATED ALWAYS AS IDENTITY,
    network_id     text NOT NULL,
    point          text NOT NULL,
    party          text,
    check_id       uuid NOT NULL,
    item_id        text NOT NULL,
    policy         text NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    requested_w    bigint NOT NULL,
    cut_w          bigint NOT NULL CHECK (cut_w > 0),
    cut_wh         bigint NOT NULL CHECK (cut_wh >= 0),
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (curtailment_id),
    FOREIGN KEY (check_id, item_id) REFERENCES grid_check_item
);
COMMENT ON TABLE curtailment IS 'What was cut at whose point and by which rule, in reserving checks: the log that fairness is judged by. Appended only.';
COMMENT ON COLUMN curtailment.curtailment_id IS 'Order of the log';
COMMENT ON COLUMN curtailment.network_id IS 'The network';
COMMENT ON COLUMN curtailment.point IS 'The connection point';
COMMENT ON COLUMN curtailment.party IS 'Who stood behind it; null: nobody known';
COMMENT ON COLUMN curtailment.check_id IS 'The check';
COMMENT ON COLUMN curtailment.item_id IS 'The item';
COMMENT ON COLUMN curtailment.policy IS 'Rule by which it was cut';
COMMENT ON COLUMN curtailment.starts_at IS 'Start of the interval';
COMMENT ON COLUMN curtailment.ends_at IS 'End of the interval';
COMMENT ON COLUMN curtailment.requested_w IS 'Power asked for';
COMMENT ON COLUMN curtailment.cut_w IS 'Power not accepted';
COMMENT ON COLUMN curtailment.cut_wh IS 'The same as energy, floored';
COMMENT ON COLUMN curtailment.recorded_at IS 'When';
CREATE INDEX curtailment_by_point ON curtailment (network_id, point, starts_at);
COMMENT ON INDEX curtailment_by_point IS 'For curtailment_list, curtailment_total and curtailment_by_points';
CREATE INDEX curtailment_by_party ON curtailment (party, starts_at);
COMMENT ON INDEX curtailment_by_party IS 'For curtailment_list of one party';
