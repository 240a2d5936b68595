-- SPDX-License-Identifier: Apache-2.0
-- Who and what takes part, and the answers kept for Idempotency-Keys. Rows are appended and never
-- changed: a group's membership has a validity, its qualification and the calendars have versions.
-- Times are market time except where a column says otherwise.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE party (
    id          text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    kind        text        NOT NULL CHECK (kind IN ('DSO', 'AGGREGATOR', 'RETAILER')),
    payee       text        CHECK (payee ~ '^0x[0-9a-fA-F]{40}$'),
    recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE  party             IS 'Legal entities: the operator, aggregators, retailers';
COMMENT ON COLUMN party.id          IS 'Its name, also in tokens';
COMMENT ON COLUMN party.kind        IS 'DSO, AGGREGATOR or RETAILER';
COMMENT ON COLUMN party.payee       IS 'Address on the chain where its money goes, EIP-55; null: none yet';
COMMENT ON COLUMN party.recorded_at IS 'When it was registered';

CREATE TABLE transformer (
    id                         text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    rating_w                   bigint      NOT NULL CHECK (rating_w > 0),
    temperature_ppm_per_kelvin bigint      NOT NULL,
    reference_millic           bigint      NOT NULL,
    limit_pct                  integer     NOT NULL CHECK (limit_pct BETWEEN 1 AND 200),
    recorded_at                timestamptz NOT NULL
);
COMMENT ON TABLE  transformer                            IS 'Distribution transformers whose load is watched';
COMMENT ON COLUMN transformer.id                         IS 'Its name';
COMMENT ON COLUMN transformer.rating_w                   IS 'Continuous rating in W at unity power factor';
COMMENT ON COLUMN transformer.temperature_ppm_per_kelvin IS 'Change of the load per kelvin below the reference, millionths';
COMMENT ON COLUMN transformer.reference_millic           IS 'Reference temperature, thousandths of a degree Celsius';
COMMENT ON COLUMN transformer.limit_pct                  IS 'Share of the rating above which it is congested';
COMMENT ON COLUMN transformer.recorded_at                IS 'When it was registered';

CREATE TABLE meter (
    id           text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    transformer  text        NOT NULL REFERENCES transformer,
    connection_w bigint      NOT NULL CHECK (connection_w > 0),
    interval_s   integer     NOT NULL CHECK (interval_s > 0),
    zone         text        NOT NULL,
    recorded_at  timestamptz NOT NULL
);
COMMENT ON TABLE  meter              IS 'Accounting points';
COMMENT ON COLUMN meter.id           IS 'Its name or code';
COMMENT ON COLUMN meter.transformer  IS 'What feeds it';
COMMENT ON COLUMN meter.connection_w IS 'Most power of the connection in W; a reading above it is implausible';
COMMENT ON COLUMN meter.interval_s   IS 'Length of its metering interval in seconds';
COMMENT ON COLUMN meter.zone         IS 'IANA time zone of the place';
COMMENT ON COLUMN meter.recorded_at  IS 'When it was registered';
CREATE INDEX meter_by_transformer ON meter (transformer, id);
COMMENT ON INDEX meter_by_transformer IS 'For meter_list and the forecast of a transformer';

CREATE TABLE device (
    id          text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._-]{1,64}$'),
    meter       text        NOT NULL REFERENCES meter,
    aggregator  text        REFERENCES party,
    kind        text        NOT NULL CHECK (kind IN ('METER', 'HEAT_PUMP', 'CHARGER', 'BATTERY', 'PV')),
    recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE  device             IS 'What speaks on the broker';
COMMENT ON COLUMN device.id          IS 'Common name of its certificate';
COMMENT ON COLUMN device.meter       IS 'Meter whose readings it sends';
COMMENT ON COLUMN device.aggregator  IS 'The only party that may steer it; null: nobody';
COMMENT ON COLUMN device.kind        IS 'METER, HEAT_PUMP, CHARGER, BATTERY or PV';
COMMENT ON COLUMN device.recorded_at IS 'When it was registered';
CREATE INDEX device_by_meter ON device (meter, id);
COMMENT ON INDEX device_by_meter IS 'For device_list';

CREATE TABLE meter_group (
    id          text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._:-]{1,64}$'),
    party       text        NOT NULL REFERENCES party,
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (valid_from < valid_to)
);
COMMENT ON TABLE  meter_group             IS 'Meters that one aggregator offers together';
COMMENT ON COLUMN meter_group.id          IS 'Its name';
COMMENT ON COLUMN meter_group.party       IS 'The aggregator';
COMMENT ON COLUMN meter_group.valid_from  IS 'From when the meters belong to it';
COMMENT ON COLUMN meter_group.valid_to    IS 'Until when, exclusive; infinity: open';
COMMENT ON COLUMN meter_group.recorded_at IS 'When it was registered';
CREATE INDEX meter_group_by_party ON meter_group (party, id);
COMMENT ON INDEX meter_group_by_party IS 'For group_list';

CREATE TABLE group_member (
    group_id    text      NOT NULL REFERENCES meter_group,
    meter       text      NOT NULL REFERENCES meter,
    qualified_w bigint    NOT NULL CHECK (qualified_w > 0),
    valid       tstzrange NOT NULL,
    PRIMARY KEY (group_id, meter),
    CONSTRAINT group_member_one_group EXCLUDE USING gist (meter WITH =, valid WITH &&)
);
COMMENT ON TABLE  group_member             IS 'Which meter belongs to which group; to one at a time';
COMMENT ON COLUMN group_member.group_id    IS 'The group';
COMMENT ON COLUMN group_member.meter       IS 'The meter';
COMMENT ON COLUMN group_member.qualified_w IS 'Turn-down that it can give, in W';
COMMENT ON COLUMN group_member.valid       IS 'The group''s validity, here for the exclusion';
COMMENT ON INDEX  group_member_one_group   IS 'For group_of_meter and the rule of one group at a time';

CREATE TABLE group_qualification (
    group_id   text        NOT NULL REFERENCES meter_group,
    number     integer     NOT NULL CHECK (number > 0),
    status     text        NOT NULL CHECK (status IN ('APPROVED', 'REJECTED')),
    reason     text        NOT NULL DEFAULT '',
    token_id   text        NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, number)
);
COMMENT ON TABLE  group_qualification            IS 'The operator''s decisions on a group; the highest number counts, none is pending';
COMMENT ON COLUMN group_qualification.group_id   IS 'The group';
COMMENT ON COLUMN group_qualification.number     IS '1, 2, ... per group';
COMMENT ON COLUMN group_qualification.status     IS 'APPROVED or REJECTED';
COMMENT ON COLUMN group_qualification.reason     IS 'Why, as the operator wrote it';
COMMENT ON COLUMN group_qualification.token_id   IS 'Token that decided';
COMMENT ON COLUMN group_qualification.decided_at IS 'When';

CREATE TABLE calendar (
    name        text        NOT NULL CHECK (name ~ '^[A-Za-z0-9._:-]{1,64}$'),
    version     integer     NOT NULL CHECK (version > 0),
    zone        text        NOT NULL,
    holidays    date[]      NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (name, version)
);
COMMENT ON TABLE  calendar             IS 'Holidays and zone of baselines; a version never changes';
COMMENT ON COLUMN calendar.name        IS 'Its name';
COMMENT ON COLUMN calendar.version     IS '1, 2, ...; a request freezes one';
COMMENT ON COLUMN calendar.zone        IS 'IANA time zone of its local days';
COMMENT ON COLUMN calendar.holidays    IS 'Local dates, ascending';
COMMENT ON COLUMN calendar.recorded_at IS 'When it was registered';

CREATE TABLE idempotency (
    owner        text        NOT NULL,
    operation    text        NOT NULL,
    key          text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body_hash    bytea       NOT NULL CHECK (octet_length(body_hash) = 32),
    http_status  integer     NOT NULL,
    content_type text        NOT NULL,
    body         bytea       NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner, operation, key)
);
COMMENT ON TABLE  idempotency              IS 'Successful answers to requests with an Idempotency-Key, for seven days';
COMMENT ON COLUMN idempotency.owner        IS 'Party of the token, or the token''s id';
COMMENT ON COLUMN idempotency.operation    IS 'operationId';
COMMENT ON COLUMN idempotency.key          IS 'The caller''s key';
COMMENT ON COLUMN idempotency.body_hash    IS 'SHA-256 over path and body';
COMMENT ON COLUMN idempotency.http_status  IS 'Status of the answer';
COMMENT ON COLUMN idempotency.content_type IS 'Content type of the answer';
COMMENT ON COLUMN idempotency.body         IS 'Bytes of the answer';
COMMENT ON COLUMN idempotency.kept_at      IS 'Real time';
CREATE INDEX idempotency_by_time ON idempotency (kept_at);
COMMENT ON INDEX idempotency_by_time IS 'For idempotency_forget';
