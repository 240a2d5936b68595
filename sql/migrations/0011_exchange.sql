-- SPDX-License-Identifier: Apache-2.0
-- Exchanges between microgrids: what was opened, every message in its order, every round, and what
-- was agreed. An exchange can be replayed from its definition and its messages.

CREATE TABLE exchange (
    exchange_id     uuid PRIMARY KEY,
    state           text NOT NULL CHECK (state IN ('OPEN', 'CHECKING', 'AGREED', 'FALLBACK', 'FAILED', 'CANCELLED')),
    reason          text NOT NULL DEFAULT '',
    form            text NOT NULL CHECK (form IN ('CONSENSUS', 'EXCHANGE')),
    balancing       text NOT NULL CHECK (balancing IN ('ON', 'OFF')),
    network         text,
    start_at        timestamptz NOT NULL,
    interval_s      integer NOT NULL CHECK (interval_s BETWEEN 60 AND 86400),
    interval_count  integer NOT NULL CHECK (interval_count BETWEEN 1 AND 96),
    penalty         bigint NOT NULL CHECK (penalty > 0),
    stop_milliwatt  bigint NOT NULL CHECK (stop_milliwatt > 0),
    answer_s        integer NOT NULL CHECK (answer_s BETWEEN 1 AND 3600),
    deadline_at     timestamptz NOT NULL,
    warm_from       uuid REFERENCES exchange,
    created_at      timestamptz NOT NULL,
    outcome         text NOT NULL DEFAULT '',
    run             integer NOT NULL DEFAULT 0,
    iteration       integer NOT NULL DEFAULT 0,
    counter         bigint NOT NULL DEFAULT 0,
    round_at        timestamptz NOT NULL,
    answer_by       timestamptz NOT NULL,
    reminders       integer NOT NULL DEFAULT 0,
    stored          bytea NOT NULL,
    result          text NOT NULL DEFAULT '',
    result_hash     bytea,
    ended_at        timestamptz
);
COMMENT ON TABLE exchange IS 'Energy that microgrids agree on among themselves, and how far they are.';
COMMENT ON COLUMN exchange.exchange_id IS 'UUIDv7.';
COMMENT ON COLUMN exchange.state IS 'OPEN (rounds), CHECKING (with the grid check), AGREED, FALLBACK (promised without agreement), FAILED, CANCELLED.';
COMMENT ON COLUMN exchange.reason IS 'Why it fell back or failed, in a sentence.';
COMMENT ON COLUMN exchange.form IS 'CONSENSUS (ties and connections have limits) or EXCHANGE (price only).';
COMMENT ON COLUMN exchange.balancing IS 'ON: the penalty follows the residuals.';
COMMENT ON COLUMN exchange.network IS 'Network in which the result is checked; null: none.';
COMMENT ON COLUMN exchange.start_at IS 'Start of the first interval.';
COMMENT ON COLUMN exchange.interval_s IS 'Length of an interval.';
COMMENT ON COLUMN exchange.interval_count IS 'Number of intervals.';
COMMENT ON COLUMN exchange.penalty IS 'Penalty of the first round: billionths of the currency per kWh and kW.';
COMMENT ON COLUMN exchange.stop_milliwatt IS 'Both residuals below it: agreed.';
COMMENT ON COLUMN exchange.answer_s IS 'Time for the answers of one round.';
COMMENT ON COLUMN exchange.deadline_at IS 'When it falls back whatever the round.';
COMMENT ON COLUMN exchange.warm_from IS 'Exchange whose result is the start; null: zeros.';
COMMENT ON COLUMN exchange.created_at IS 'When it was opened, market time.';
COMMENT ON COLUMN exchange.outcome IS 'How the rounds ended: CONVERGED, EXHAUSTED, TIMED_OUT, DIVERGED, CURTAILED; empty before.';
COMMENT ON COLUMN exchange.run IS '0; rises by one when the grid check cut connections and the rounds began again.';
COMMENT ON COLUMN exchange.iteration IS 'The round that answers are taken for, from 1 in each run.';
COMMENT ON COLUMN exchange.counter IS 'Rises by one with every round of every run: an answer repeats it.';
COMMENT ON COLUMN exchange.round_at IS 'When the round was opened.';
COMMENT ON COLUMN exchange.answer_by IS 'When the round is given up.';
COMMENT ON COLUMN exchange.reminders IS 'How often the members that had not answered this round were told again.';
COMMENT ON COLUMN exchange.stored IS 'State after the last whole round, the bytes of gw_exchange_write.';
COMMENT ON COLUMN exchange.result IS 'Canonical JSON of what was agreed; empty before.';
COMMENT ON COLUMN exchange.result_hash IS 'Keccak-256 of result.';
COMMENT ON COLUMN exchange.ended_at IS 'When it left OPEN and CHECKING.';
CREATE INDEX exchange_live ON exchange (exchange_id) WHERE state IN ('OPEN', 'CHECKING');
COMMENT ON INDEX exchange_live IS 'For exchange_live_list.';

CREATE TABLE exchange_member (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    ordinal         integer NOT NULL,
    party           text NOT NULL REFERENCES party,
    transport       text NOT NULL CHECK (transport IN ('MQTT', 'REST')),
    point           text,
    least_w         bigint NOT NULL CHECK (least_w <= 0),
    most_w          bigint NOT NULL CHECK (most_w >= 0),
    PRIMARY KEY (exchange_id, ordinal),
    UNIQUE (exchange_id, party)
);
COMMENT ON TABLE exchange_member IS 'Who takes part. What it costs a member is nowhere here.';
COMMENT ON COLUMN exchange_member.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_member.ordinal IS 'Place among the members, by name, from 0.';
COMMENT ON COLUMN exchange_member.party IS 'The party that answers; over MQTT the name of its certificate.';
COMMENT ON COLUMN exchange_member.transport IS 'How it is told about rounds: MQTT, or it asks over REST.';
COMMENT ON COLUMN exchange_member.point IS 'Its connection point in the network; null: not checked.';
COMMENT ON COLUMN exchange_member.least_w IS 'What the connection can take in, as a negative export.';
COMMENT ON COLUMN exchange_member.most_w IS 'What the connection can give out.';
CREATE INDEX exchange_member_party ON exchange_member (party, exchange_id);
COMMENT ON INDEX exchange_member_party IS 'For exchange_list of one party.';

CREATE TABLE exchange_tie (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    ordinal         integer NOT NULL,
    from_member     integer NOT NULL,
    to_member       integer NOT NULL,
    limit_w         bigint CHECK (limit_w >= 0),
    PRIMARY KEY (exchange_id, ordinal)
);
COMMENT ON TABLE exchange_tie IS 'Lines between the members; together a tree.';
COMMENT ON COLUMN exchange_tie.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_tie.ordinal IS 'Place among the ties, by names of the ends, from 0.';
COMMENT ON COLUMN exchange_tie.from_member IS 'Ordinal of one end; a flow away from it is positive.';
COMMENT ON COLUMN exchange_tie.to_member IS 'Ordinal of the other end.';
COMMENT ON COLUMN exchange_tie.limit_w IS 'What it carries in either direction; null: no limit.';

CREATE TABLE exchange_cut (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    run             integer NOT NULL,
    interval_no     integer NOT NULL,
    ordinal         integer NOT NULL,
    least_w         bigint NOT NULL,
    most_w          bigint NOT NULL,
    PRIMARY KEY (exchange_id, run, interval_no, ordinal)
);
COMMENT ON TABLE exchange_cut IS 'Connections that a failed grid check narrowed for this run and the later ones.';
COMMENT ON COLUMN exchange_cut.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_cut.run IS 'The first run that it holds for.';
COMMENT ON COLUMN exchange_cut.interval_no IS 'The interval, from 0.';
COMMENT ON COLUMN exchange_cut.ordinal IS 'The member.';
COMMENT ON COLUMN exchange_cut.least_w IS 'Narrowed export, lower end.';
COMMENT ON COLUMN exchange_cut.most_w IS 'Narrowed export, upper end.';

CREATE TABLE exchange_message (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    seq             bigint NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('ROUND', 'ANSWER', 'TIMEOUT', 'CUT')),
    run             integer NOT NULL,
    iteration       integer NOT NULL,
    counter         bigint NOT NULL,
    ordinal         integer NOT NULL,
    transport       text NOT NULL,
    verdict         text NOT NULL,
    powers          bytea NOT NULL,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (exchange_id, seq)
);
COMMENT ON TABLE exchange_message IS 'Everything that moved an exchange, and every answer that did not, in its order. Nothing is ever changed.';
COMMENT ON COLUMN exchange_message.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_message.seq IS 'Order within the exchange, from 1.';
COMMENT ON COLUMN exchange_message.kind IS 'ROUND to the members, ANSWER of one, TIMEOUT of the round, CUT after a grid check.';
COMMENT ON COLUMN exchange_message.run IS 'Run that was open when it came.';
COMMENT ON COLUMN exchange_message.iteration IS 'Round that the message is for.';
COMMENT ON COLUMN exchange_message.counter IS 'Counter that the message repeats.';
COMMENT ON COLUMN exchange_message.ordinal IS 'The member; -1 for no member.';
COMMENT ON COLUMN exchange_message.transport IS 'MQTT or REST; empty for what is not an ANSWER.';
COMMENT ON COLUMN exchange_message.verdict IS 'Word from grid/exchange_verdict.def; empty for what is not an ANSWER.';
COMMENT ON COLUMN exchange_message.powers IS 'Milliwatt of each interval, 8 bytes little endian each; of a ROUND the penalty, then the targets by interval and member.';
COMMENT ON COLUMN exchange_message.received_at IS 'When it was taken, market time.';
CREATE INDEX exchange_message_counter ON exchange_message (exchange_id, counter);
COMMENT ON INDEX exchange_message_counter IS 'For exchange_message_of_round.';

CREATE TABLE exchange_round (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    counter         bigint NOT NULL,
    run             integer NOT NULL,
    iteration       integer NOT NULL,
    penalty         bigint NOT NULL,
    primal_milliwatt bigint NOT NULL,
    dual_milliwatt  bigint NOT NULL,
    state_hash      bytea NOT NULL,
    closed_at       timestamptz NOT NULL,
    PRIMARY KEY (exchange_id, counter)
);
COMMENT ON TABLE exchange_round IS 'Rounds that all members answered.';
COMMENT ON COLUMN exchange_round.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_round.counter IS 'Counter of the round.';
COMMENT ON COLUMN exchange_round.run IS 'Its run.';
COMMENT ON COLUMN exchange_round.iteration IS 'Its number in the run, from 1.';
COMMENT ON COLUMN exchange_round.penalty IS 'Penalty after it.';
COMMENT ON COLUMN exchange_round.primal_milliwatt IS 'How far the answers are from what was agreed.';
COMMENT ON COLUMN exchange_round.dual_milliwatt IS 'How far what was agreed moved.';
COMMENT ON COLUMN exchange_round.state_hash IS 'Keccak-256 of the state after it.';
COMMENT ON COLUMN exchange_round.closed_at IS 'When the last answer was taken.';

CREATE TABLE exchange_share (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    interval_no     integer NOT NULL,
    ordinal         integer NOT NULL,
    export_w        bigint NOT NULL,
    price_nanos_per_kwh bigint NOT NULL,
    PRIMARY KEY (exchange_id, interval_no, ordinal)
);
COMMENT ON TABLE exchange_share IS 'What a member exports and at which price: the result, or what is with the grid check.';
COMMENT ON COLUMN exchange_share.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_share.interval_no IS 'The interval, from 0.';
COMMENT ON COLUMN exchange_share.ordinal IS 'The member.';
COMMENT ON COLUMN exchange_share.export_w IS 'Mean power; imports are negative.';
COMMENT ON COLUMN exchange_share.price_nanos_per_kwh IS 'Its local price, billionths of the currency.';

CREATE TABLE exchange_check (
    exchange_id     uuid NOT NULL REFERENCES exchange,
    run             integer NOT NULL,
    interval_no     integer NOT NULL,
    check_id        uuid,
    verdict         text NOT NULL,
    digest          bytea,
    PRIMARY KEY (exchange_id, run, interval_no)
);
COMMENT ON TABLE exchange_check IS 'What the grid check said about one interval of a run.';
COMMENT ON COLUMN exchange_check.exchange_id IS 'The exchange.';
COMMENT ON COLUMN exchange_check.run IS 'The run.';
COMMENT ON COLUMN exchange_check.interval_no IS 'The interval, from 0.';
COMMENT ON COLUMN exchange_check.check_id IS 'The stored check; null when nothing was asked for.';
COMMENT ON COLUMN exchange_check.verdict IS 'ok, curtailed, rejected, infeasible or stale.';
COMMENT ON COLUMN exchange_check.digest IS 'Digest of the stored check: what the nodes sign.';

CREATE TABLE exchange_inbox (
    inbox_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member          text NOT NULL,
    exchange_id     uuid NOT NULL,
    iteration       bigint NOT NULL,
    counter         bigint NOT NULL,
    powers          bytea NOT NULL,
    received_at     timestamptz NOT NULL
);
COMMENT ON TABLE exchange_inbox IS 'Answers that came over MQTT and wait for their exchange; they are judged there.';
COMMENT ON COLUMN exchange_inbox.inbox_id IS 'Order of arrival.';
COMMENT ON COLUMN exchange_inbox.member IS 'Name in the topic, which the broker holds against the certificate.';
COMMENT ON COLUMN exchange_inbox.exchange_id IS 'What the message says; there may be no such exchange.';
COMMENT ON COLUMN exchange_inbox.iteration IS 'What the message says.';
COMMENT ON COLUMN exchange_inbox.counter IS 'What the message says.';
COMMENT ON COLUMN exchange_inbox.powers IS 'Milliwatt of each interval, 8 bytes little endian each.';
COMMENT ON COLUMN exchange_inbox.received_at IS 'When the broker''s message arrived.';
