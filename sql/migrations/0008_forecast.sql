-- SPDX-License-Identifier: Apache-2.0
-- Forecasts: what was measured per local day, the smoother's state before the first of these days,
-- what was issued, and how good it was. A subject is a meter or a transformer. Days are folded onto
-- the slots of the wall clock; a null in an array was not measured.

CREATE INDEX reading_by_lsn ON reading USING brin (lsn) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON INDEX reading_by_lsn IS 'For forecast_touched: what came in since the forecasts looked';

CREATE TABLE forecast_cursor (
    stream bigint PRIMARY KEY,
    lsn    bigint NOT NULL CHECK (lsn >= 0)
);
COMMENT ON TABLE  forecast_cursor        IS 'How far the forecasts know the journal; moves in the transaction that updates the days';
COMMENT ON COLUMN forecast_cursor.stream IS 'The journal''s life, as in ingest_cursor';
COMMENT ON COLUMN forecast_cursor.lsn    IS 'Last journal record whose readings are in forecast_day';

CREATE TABLE forecast_subject (
    subject_kind   text        NOT NULL CHECK (subject_kind IN ('METER', 'TRANSFORMER')),
    subject        text        NOT NULL,
    zone           text        NOT NULL,
    interval_s     integer     NOT NULL CHECK (interval_s > 0),
    newest_at      timestamptz NOT NULL,
    before_day     date        NOT NULL,
    drawn_level_milliwatt bigint[]    NOT NULL DEFAULT '{}',
    fed_level_milliwatt   bigint[]    NOT NULL DEFAULT '{}',
    day_ahead_at   timestamptz NOT NULL DEFAULT '-infinity',
    intraday_at    timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (subject_kind, subject)
);
COMMENT ON TABLE  forecast_subject                IS 'Who is forecast, and the smoother''s state before the oldest day kept';
COMMENT ON COLUMN forecast_subject.subject_kind   IS 'METER or TRANSFORMER';
COMMENT ON COLUMN forecast_subject.subject        IS 'Its name in the register';
COMMENT ON COLUMN forecast_subject.zone           IS 'IANA time zone of its local days';
COMMENT ON COLUMN forecast_subject.interval_s     IS 'Length of a slot in seconds';
COMMENT ON COLUMN forecast_subject.newest_at      IS 'Begin of the newest interval that was measured';
COMMENT ON COLUMN forecast_subject.before_day     IS 'First local day that forecast_day may hold; the levels stand before it';
COMMENT ON COLUMN forecast_subject.drawn_level_milliwatt IS 'Level per type of day and slot of what is drawn, thousandths of a W; empty: none yet';
COMMENT ON COLUMN forecast_subject.fed_level_milliwatt   IS 'The same of what is fed in';
COMMENT ON COLUMN forecast_subject.day_ahead_at   IS 'Due time of the last day-ahead turn that it had';
COMMENT ON COLUMN forecast_subject.intraday_at    IS 'Due time of the last intraday turn that it had';

CREATE INDEX forecast_subject_by_day_ahead ON forecast_subject (zone, day_ahead_at);
COMMENT ON INDEX forecast_subject_by_day_ahead IS 'For forecast_due_day_ahead and forecast_zones';
CREATE INDEX forecast_subject_by_intraday ON forecast_subject (zone, intraday_at) WHERE subject_kind = 'TRANSFORMER';
COMMENT ON INDEX forecast_subject_by_intraday IS 'For forecast_due_intraday';

CREATE TABLE forecast_day (
    subject_kind text     NOT NULL,
    subject      text     NOT NULL,
    day          date     NOT NULL,
    drawn_w      bigint[] NOT NULL,
    fed_w        bigint[] NOT NULL,
    PRIMARY KEY (subject_kind, subject, day),
    FOREIGN KEY (subject_kind, subject) REFERENCES forecast_subject
);
COMMENT ON TABLE  forecast_day              IS 'What was measured on a local day: mean power per slot of the wall clock; made again from the readings whenever one of them changes';
COMMENT ON COLUMN forecast_day.subject_kind IS 'METER or TRANSFORMER';
COMMENT ON COLUMN forecast_day.subject      IS 'Its name';
COMMENT ON COLUMN forecast_day.day          IS 'The local day';
COMMENT ON COLUMN forecast_day.drawn_w      IS 'Import in W; null: not measured';
COMMENT ON COLUMN forecast_day.fed_w        IS 'Export in W; null: not measured';

CREATE TABLE forecast_issue (
    subject_kind text        NOT NULL,
    subject      text        NOT NULL,
    issued_at    timestamptz NOT NULL,
    purpose      text        NOT NULL CHECK (purpose IN ('DAY_AHEAD', 'INTRADAY')),
    method       text        NOT NULL,
    start_at     timestamptz NOT NULL,
    end_at       timestamptz NOT NULL CHECK (end_at > start_at),
    interval_s   integer     NOT NULL CHECK (interval_s > 0),
    point_w      bigint[]    NOT NULL,
    quantile_w   bigint[]    NOT NULL,
    threshold_w  bigint      NOT NULL,
    PRIMARY KEY (subject_kind, subject, issued_at, purpose),
    FOREIGN KEY (subject_kind, subject) REFERENCES forecast_subject
);
COMMENT ON TABLE  forecast_issue              IS 'Forecasts as they were issued; never changed';
COMMENT ON COLUMN forecast_issue.subject_kind IS 'METER or TRANSFORMER';
COMMENT ON COLUMN forecast_issue.subject      IS 'Its name';
COMMENT ON COLUMN forecast_issue.issued_at    IS 'Market time of the turn it belongs to';
COMMENT ON COLUMN forecast_issue.purpose      IS 'DAY_AHEAD or INTRADAY';
COMMENT ON COLUMN forecast_issue.method       IS 'How it was made, as smoother+temperature';
COMMENT ON COLUMN forecast_issue.start_at     IS 'Begin of the first interval';
COMMENT ON COLUMN forecast_issue.end_at       IS 'End of the last interval';
COMMENT ON COLUMN forecast_issue.interval_s   IS 'Length of an interval in seconds';
COMMENT ON COLUMN forecast_issue.point_w      IS 'Net import per interval, W';
COMMENT ON COLUMN forecast_issue.quantile_w   IS '5, 10, 25, 50, 75, 90, 95 % of the first interval, then of the next; empty: too little was known';
COMMENT ON COLUMN forecast_issue.threshold_w  IS 'Above it an interval is an event of the accuracy: a transformer''s limit, the 97 % quantile of a meter';

CREATE INDEX forecast_issue_by_end ON forecast_issue (end_at);
COMMENT ON INDEX forecast_issue_by_end IS 'For forecast_issue_forget: retention';

CREATE TABLE forecast_score (
    subject_kind      text        NOT NULL,
    subject           text        NOT NULL,
    issued_at         timestamptz NOT NULL,
    purpose           text        NOT NULL,
    horizon_h         integer     NOT NULL CHECK (horizon_h >= 0),
    pairs             bigint      NOT NULL,
    error_w           bigint      NOT NULL,
    absolute_w        bigint      NOT NULL,
    squared_w2        bigint      NOT NULL,
    measured_w        bigint      NOT NULL,
    yesterday_pairs   bigint      NOT NULL,
    yesterday_w       bigint      NOT NULL,
    yesterday_own_w   bigint      NOT NULL,
    last_week_pairs   bigint      NOT NULL,
    last_week_w       bigint      NOT NULL,
    last_week_own_w   bigint      NOT NULL,
    band_pairs        bigint      NOT NULL,
    pinball_milliwatt        bigint[]    NOT NULL,
    below             bigint[]    NOT NULL,
    events            bigint      NOT NULL,
    warned            bigint[]    NOT NULL,
    hit               bigint[]    NOT NULL,
    PRIMARY KEY (subject_kind, subject, issued_at, purpose, horizon_h),
    FOREIGN KEY (subject_kind, subject, issued_at, purpose) REFERENCES forecast_issue ON DELETE CASCADE
);
COMMENT ON TABLE  forecast_score                 IS 'Sums over the intervals of one issued forecast and horizon; made again from forecast_issue and forecast_day whenever a reading changes';
COMMENT ON COLUMN forecast_score.subject_kind    IS 'METER or TRANSFORMER';
COMMENT ON COLUMN forecast_score.subject         IS 'Its name';
COMMENT ON COLUMN forecast_score.issued_at       IS 'The forecast';
COMMENT ON COLUMN forecast_score.purpose         IS 'Its purpose';
COMMENT ON COLUMN forecast_score.horizon_h       IS 'Whole hours from its issue to the begin of the interval';
COMMENT ON COLUMN forecast_score.pairs           IS 'Intervals that were forecast and measured';
COMMENT ON COLUMN forecast_score.error_w         IS 'Sum of forecast - measured';
COMMENT ON COLUMN forecast_score.absolute_w      IS 'Sum of the absolute errors';
COMMENT ON COLUMN forecast_score.squared_w2      IS 'Sum of the squared errors';
COMMENT ON COLUMN forecast_score.measured_w      IS 'Sum of the absolute measured values';
COMMENT ON COLUMN forecast_score.yesterday_pairs IS 'Pairs with a value of the day before';
COMMENT ON COLUMN forecast_score.yesterday_w     IS 'Absolute errors of "same time yesterday" on them';
COMMENT ON COLUMN forecast_score.yesterday_own_w IS 'Our absolute errors on them';
COMMENT ON COLUMN forecast_score.last_week_pairs IS 'Pairs with a value of the week before';
COMMENT ON COLUMN forecast_score.last_week_w     IS 'Absolute errors of "same weekday last week" on them';
COMMENT ON COLUMN forecast_score.last_week_own_w IS 'Our absolute errors on them';
COMMENT ON COLUMN forecast_score.band_pairs      IS 'Pairs with quantiles';
COMMENT ON COLUMN forecast_score.pinball_milliwatt      IS 'Pinball loss per quantile, thousandths of a W';
COMMENT ON COLUMN forecast_score.below           IS 'How often the measured value was at or below each quantile';
COMMENT ON COLUMN forecast_score.events          IS 'Measured values above the threshold';
COMMENT ON COLUMN forecast_score.warned          IS 'Forecasts above it: point, 75, 90, 95 %';
COMMENT ON COLUMN forecast_score.hit             IS 'Those of them that were events';
