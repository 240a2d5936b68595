-- SPDX-License-Identifier: Apache-2.0
-- The market: requests (which are the DR events), their need, bids, orders, timers and recalls. A request and its event share one id. Times are market time. Register names (transformer,
-- grid group, party, meter) belong to the register and are checked by the flow, under its lock.

CREATE TABLE request (
    event_id                          uuid PRIMARY KEY,
    state                             text NOT NULL,
    transformer                       text NOT NULL,
    source                            text NOT NULL CHECK (source IN ('OPERATOR', 'FORECAST')),
    starts_at                         timestamptz NOT NULL,
    ends_at                           timestamptz NOT NULL CHECK (ends_at > starts_at),
    interval_s                        integer NOT NULL CHECK (interval_s > 0),
    price_cap_micros_per_kwh          bigint NOT NULL CHECK (price_cap_micros_per_kwh > 0),
    shortfall_price_micros_per_kwh    bigint NOT NULL CHECK (shortfall_price_micros_per_kwh >= 0),
    budget_micros                     bigint NOT NULL CHECK (budget_micros > 0),
    method                            text NOT NULL,
    adjustment                        text NOT NULL,
    own_event_days                    text NOT NULL CHECK (own_event_days IN ('EXCLUDED', 'KEPT')),
    calendar                          text NOT NULL,
    calendar_version                  integer NOT NULL,
    calendar_hash                     bytea NOT NULL,
    gate_at                           timestamptz NOT NULL,
    ack_by                            timestamptz NOT NULL,
    data_deadline_at                  timestamptz NOT NULL,
    created_at                        timestamptz NOT NULL,
    published_at                      timestamptz,
    stopped_at                        timestamptz,
    reason                            text NOT NULL DEFAULT '',
    commitment_root                   bytea,
    max_liability_micros              bigint NOT NULL DEFAULT 0,
    CHECK (gate_at <= starts_at AND ack_by <= starts_at AND data_deadline_at >= ends_at)
);
COMMENT ON TABLE request IS 'A flexibility request and the DR event that comes of it; state moves only through the table in dr/event.c.';
COMMENT ON COLUMN request.event_id IS 'UUIDv7, the public id of the request and of its event.';
COMMENT ON COLUMN request.state IS 'Wire name of the state in dr/event.h.';
COMMENT ON COLUMN request.transformer IS 'The congested transformer.';
COMMENT ON COLUMN request.source IS 'Whether the need was typed by the operator or came from the forecast.';
COMMENT ON COLUMN request.starts_at IS 'Start of delivery, inclusive.';
COMMENT ON COLUMN request.ends_at IS 'End of delivery, exclusive, as asked for; stopped_at may cut it.';
COMMENT ON COLUMN request.interval_s IS 'Length of a settlement interval in seconds.';
COMMENT ON COLUMN request.price_cap_micros_per_kwh IS 'Highest price a bid may ask.';
COMMENT ON COLUMN request.shortfall_price_micros_per_kwh IS 'What a provider owes per kWh not delivered.';
COMMENT ON COLUMN request.budget_micros IS 'Most that the orders together may cost; covered by free escrow when it is published.';
COMMENT ON COLUMN request.method IS 'Baseline method and version, frozen at creation.';
COMMENT ON COLUMN request.adjustment IS 'Same-day adjustment of the baseline, frozen at creation.';
COMMENT ON COLUMN request.own_event_days IS 'Whether earlier event days of a meter are kept as reference days of its baseline, frozen at creation.';
COMMENT ON COLUMN request.calendar IS 'Calendar that classes the days.';
COMMENT ON COLUMN request.calendar_version IS 'Version of the calendar, frozen at creation.';
COMMENT ON COLUMN request.calendar_hash IS 'Keccak-256 of the calendar version, frozen at creation.';
COMMENT ON COLUMN request.gate_at IS 'Bids count when received strictly before this instant.';
COMMENT ON COLUMN request.ack_by IS 'Orders not acknowledged before this instant are recorded as NO_ACK.';
COMMENT ON COLUMN request.data_deadline_at IS 'Readings known at this instant enter the first settlement.';
COMMENT ON COLUMN request.created_at IS 'When the draft was made.';
COMMENT ON COLUMN request.published_at IS 'When bids became possible; null for a draft.';
COMMENT ON COLUMN request.stopped_at IS 'When a recall or emergency stop cut the event; null otherwise.';
COMMENT ON COLUMN request.reason IS 'Why the event is in a state that is not the plain path, in a sentence.';
COMMENT ON COLUMN request.commitment_root IS 'Merkle root of the orders once certified.';
COMMENT ON COLUMN request.max_liability_micros IS 'What the certified orders can cost at most.';
CREATE INDEX request_by_start ON request (starts_at, event_id);
COMMENT ON INDEX request_by_start IS 'For request_list and dr_event_list.';
CREATE INDEX request_by_transformer ON request (transformer, starts_at);
COMMENT ON INDEX request_by_transformer IS 'For request_event_days: days with an earlier event are not like days.';

CREATE TABLE request_interval (
    event_id    uuid NOT NULL REFERENCES request,
    start_at    timestamptz NOT NULL,
    need_w      bigint NOT NULL CHECK (need_w >= 0),
    forecast_w  bigint NOT NULL,
    PRIMARY KEY (event_id, start_at)
);
COMMENT ON TABLE request_interval IS 'The need of a request per settlement interval.';
COMMENT ON COLUMN request_interval.event_id IS 'The request.';
COMMENT ON COLUMN request_interval.start_at IS 'Start of the interval.';
COMMENT ON COLUMN request_interval.need_w IS 'Turn-down asked for, in watts.';
COMMENT ON COLUMN request_interval.forecast_w IS 'Forecast load of the transformer when the request was made; 0 when not known.';

CREATE TABLE bid (
    bid_id                  uuid PRIMARY KEY,
    event_id                uuid NOT NULL REFERENCES request,
    party                   text NOT NULL,
    group_id                text NOT NULL,
    price_micros_per_kwh    bigint NOT NULL CHECK (price_micros_per_kwh >= 0),
    min_activation_pct      integer NOT NULL CHECK (min_activation_pct BETWEEN 1 AND 100),
    activation_pct          integer NOT NULL DEFAULT 0,
    state                   text NOT NULL,
    reason                  text NOT NULL DEFAULT '',
    received_at             timestamptz NOT NULL,
    raw                     bytea NOT NULL,
    raw_hash                bytea NOT NULL,
    UNIQUE (event_id, party, raw_hash)
);
COMMENT ON TABLE bid IS 'What an aggregator offers; the raw bytes are the evidence.';
COMMENT ON COLUMN bid.bid_id IS 'UUIDv7.';
COMMENT ON COLUMN bid.event_id IS 'The request that it answers.';
COMMENT ON COLUMN bid.party IS 'The aggregator, from its token.';
COMMENT ON COLUMN bid.group_id IS 'The group that would deliver.';
COMMENT ON COLUMN bid.price_micros_per_kwh IS 'Price asked, millionths of the currency per kWh.';
COMMENT ON COLUMN bid.min_activation_pct IS 'Least part of the bid that may be taken; 100 is all or nothing.';
COMMENT ON COLUMN bid.activation_pct IS 'Part taken by the selection, 0 when none.';
COMMENT ON COLUMN bid.state IS 'VALID, WITHDRAWN, AWARDED, STANDBY or NOT_SELECTED.';
COMMENT ON COLUMN bid.reason IS 'Why it was not selected.';
COMMENT ON COLUMN bid.received_at IS 'Market time of arrival; ties go to the earlier.';
COMMENT ON COLUMN bid.raw IS 'The body as received.';
COMMENT ON COLUMN bid.raw_hash IS 'Keccak-256 of raw; the same body of the same party again is the same bid.';
CREATE INDEX bid_by_event ON bid (event_id, received_at, bid_id);
COMMENT ON INDEX bid_by_event IS 'For bid_list and bid_sealed.';

CREATE TABLE bid_interval (
    bid_id      uuid NOT NULL REFERENCES bid,
    start_at    timestamptz NOT NULL,
    offered_w   bigint NOT NULL CHECK (offered_w >= 0),
    PRIMARY KEY (bid_id, start_at)
);
COMMENT ON TABLE bid_interval IS 'Offered turn-down per interval.';
COMMENT ON COLUMN bid_interval.bid_id IS 'The bid.';
COMMENT ON COLUMN bid_interval.start_at IS 'Start of the interval, one of the request''s.';
COMMENT ON COLUMN bid_interval.offered_w IS 'Turn-down offered, in watts.';

CREATE TABLE dr_order (
    order_id                uuid PRIMARY KEY,
    event_id                uuid NOT NULL REFERENCES request,
    bid_id                  uuid NOT NULL UNIQUE REFERENCES bid,
    party                   text NOT NULL,
    payee                   text NOT NULL,
    group_id                text NOT NULL,
    price_micros_per_kwh    bigint NOT NULL,
    activation_pct          integer NOT NULL,
    salt                    bytea NOT NULL,
    state                   text NOT NULL,
    ordered_at              timestamptz NOT NULL,
    acked_at                timestamptz,
    reason                  text NOT NULL DEFAULT ''
);
COMMENT ON TABLE dr_order IS 'An accepted bid. Orders are what the commitment certificate promises.';
COMMENT ON COLUMN dr_order.order_id IS 'UUIDv7, derived from the bid so that a repeated clearing finds the same.';
COMMENT ON COLUMN dr_order.event_id IS 'The event.';
COMMENT ON COLUMN dr_order.bid_id IS 'The bid accepted.';
COMMENT ON COLUMN dr_order.party IS 'The aggregator that must deliver and is paid.';
COMMENT ON COLUMN dr_order.payee IS 'Chain address that is paid, as registered when the order was given.';
COMMENT ON COLUMN dr_order.group_id IS 'The group that delivers.';
COMMENT ON COLUMN dr_order.price_micros_per_kwh IS 'Paid as bid.';
COMMENT ON COLUMN dr_order.activation_pct IS 'Part of the bid that was taken.';
COMMENT ON COLUMN dr_order.salt IS '32 bytes of the commitment leaf, so that the root tells nothing.';
COMMENT ON COLUMN dr_order.state IS 'ORDERED, ACKED, REFUSED or NO_ACK.';
COMMENT ON COLUMN dr_order.ordered_at IS 'When the order was given.';
COMMENT ON COLUMN dr_order.acked_at IS 'When the aggregator acknowledged it; null if it did not.';
COMMENT ON COLUMN dr_order.reason IS 'A remark in a sentence, as after a missed deadline.';
CREATE INDEX dr_order_by_event ON dr_order (event_id, order_id);
COMMENT ON INDEX dr_order_by_event IS 'For order_list and order_of_event.';

CREATE TABLE dr_order_interval (
    order_id    uuid NOT NULL REFERENCES dr_order,
    start_at    timestamptz NOT NULL,
    order_w     bigint NOT NULL CHECK (order_w >= 0),
    PRIMARY KEY (order_id, start_at)
);
COMMENT ON TABLE dr_order_interval IS 'Ordered turn-down per interval.';
COMMENT ON COLUMN dr_order_interval.order_id IS 'The order.';
COMMENT ON COLUMN dr_order_interval.start_at IS 'Start of the interval.';
COMMENT ON COLUMN dr_order_interval.order_w IS 'Turn-down ordered, in watts.';

CREATE TABLE dr_order_meter (
    order_id        uuid NOT NULL REFERENCES dr_order,
    meter           text NOT NULL,
    qualified_w     bigint NOT NULL CHECK (qualified_w >= 0),
    PRIMARY KEY (order_id, meter)
);
COMMENT ON TABLE dr_order_meter IS 'The group''s members when the order was given; later changes of the group do not touch the order.';
COMMENT ON COLUMN dr_order_meter.order_id IS 'The order.';
COMMENT ON COLUMN dr_order_meter.meter IS 'A meter whose readings decide the payment.';
COMMENT ON COLUMN dr_order_meter.qualified_w IS 'Its qualified power, the weight of its share.';

CREATE TABLE timer (
    event_id    uuid NOT NULL REFERENCES request,
    kind        text NOT NULL,
    due_at      timestamptz NOT NULL,
    fired_at    timestamptz,
    outcome     text NOT NULL DEFAULT '',
    PRIMARY KEY (event_id, kind)
);
COMMENT ON TABLE timer IS 'Deadlines as rows, so that a restart finds them and a replay uses their recorded times.';
COMMENT ON COLUMN timer.event_id IS 'The event.';
COMMENT ON COLUMN timer.kind IS 'GATE, CLEAR, ORDER, COMMIT, ACK, START, END, DATA or SETTLE: the step that server/flow/schedule.c runs.';
COMMENT ON COLUMN timer.due_at IS 'Market time at which it is due.';
COMMENT ON COLUMN timer.fired_at IS 'When its step was done; null while it waits.';
COMMENT ON COLUMN timer.outcome IS 'State that the step left the event in, or why it waits.';
CREATE INDEX timer_waiting ON timer (due_at, event_id) WHERE fired_at IS NULL;
COMMENT ON INDEX timer_waiting IS 'For timer_due and timer_next.';
