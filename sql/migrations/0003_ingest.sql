-- SPDX-License-Identifier: Apache-2.0
-- What comes in: readings, device messages, dead letters, weather, our own outages. No foreign keys
-- to the register: a reading is a fact also when the register changes. Keys contain the time and
-- the meter, so that Citus or Timescale can take them over.

CREATE TABLE reading (
    start_at    timestamptz NOT NULL,
    meter       text        NOT NULL,
    channel     smallint    NOT NULL CHECK (channel IN (0, 1)),
    version     integer     NOT NULL CHECK (version > 0),
    wh          bigint      NOT NULL CHECK (wh >= 0),
    quality     text        NOT NULL CHECK (quality IN ('A', 'E', 'S', 'N', 'F')),
    boot        bigint      NOT NULL CHECK (boot >= 0),
    seq         bigint      NOT NULL CHECK (seq >= 0),
    lsn         bigint      NOT NULL CHECK (lsn > 0),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (start_at, meter, channel, version)
) PARTITION BY RANGE (start_at);
COMMENT ON TABLE  reading             IS 'Energy of one meter, channel and interval, every version of it; one partition per UTC day, made by reading_partition';
COMMENT ON COLUMN reading.start_at    IS 'Begin of the interval; its length is the meter''s';
COMMENT ON COLUMN reading.meter       IS 'The meter''s name in the register';
COMMENT ON COLUMN reading.channel     IS '0 import, 1 export';
COMMENT ON COLUMN reading.version     IS '1, 2, ... per meter, channel and interval; the highest one counts';
COMMENT ON COLUMN reading.wh          IS 'Energy of the interval in Wh, never negative';
COMMENT ON COLUMN reading.quality     IS 'A actual, E estimated, S substituted, F finally substituted, N no value';
COMMENT ON COLUMN reading.boot        IS 'Boot counter of the device message; 0 over HTTP';
COMMENT ON COLUMN reading.seq         IS 'Number of the device message; 0 over HTTP';
COMMENT ON COLUMN reading.lsn         IS 'Journal record it came in';
COMMENT ON COLUMN reading.received_at IS 'Market time of its arrival';

CREATE INDEX reading_by_meter ON reading (meter, channel, start_at);
COMMENT ON INDEX reading_by_meter IS 'For reading_window: the readings of some meters in a window';

CREATE VIEW reading_current AS
SELECT DISTINCT ON (start_at, meter, channel)
       start_at, meter, channel, version, wh, quality, boot, seq, lsn, received_at
FROM reading
ORDER BY start_at, meter, channel, version DESC;
COMMENT ON VIEW reading_current IS 'The version that counts of every reading';

CREATE FUNCTION reading_partition(day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    made text := format('reading_%s', to_char(day, 'YYYYMMDD'));
BEGIN
    PERFORM pg_advisory_xact_lock(5, 0);
    IF to_regclass(made) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- LIKE and ATTACH, because PARTITION OF would lock out every reader for the moment
    EXECUTE format('CREATE TABLE %I (LIKE reading INCLUDING ALL)', made);
    EXECUTE format('COMMENT ON TABLE %I IS %L', made, format('Readings of the UTC day %s', day));
    EXECUTE format('ALTER TABLE reading ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', made,
                   day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END;
$$;
COMMENT ON FUNCTION reading_partition(date) IS 'Makes the partition of a UTC day; false when it is there';

CREATE FUNCTION reading_partition_drop_before(oldest date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    dropped bigint := 0;
    old     record;
BEGIN
    FOR old IN
        SELECT child.relname AS name
        FROM pg_inherits AS link
        JOIN pg_class AS child ON child.oid = link.inhrelid
        WHERE link.inhparent = 'reading'::regclass
          AND child.relname < format('reading_%s', to_char(oldest, 'YYYYMMDD'))
    LOOP
        EXECUTE format('DROP TABLE %I', old.name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END;
$$;
COMMENT ON FUNCTION reading_partition_drop_before(date) IS 'Retention: drops the partitions of the days before the given one';

CREATE TABLE device_message (
    device      text        NOT NULL,
    boot        bigint      NOT NULL CHECK (boot > 0),
    seq         bigint      NOT NULL CHECK (seq > 0),
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    lsn         bigint      NOT NULL CHECK (lsn > 0),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device, boot, seq)
);
COMMENT ON TABLE  device_message             IS 'Numbered messages of devices, to tell a repetition from a conflict';
COMMENT ON COLUMN device_message.device      IS 'The device, CN of its certificate';
COMMENT ON COLUMN device_message.boot        IS 'Boot counter of the device';
COMMENT ON COLUMN device_message.seq         IS 'Number within the boot';
COMMENT ON COLUMN device_message.digest      IS 'SHA-256 of the payload';
COMMENT ON COLUMN device_message.lsn         IS 'Journal record of the first arrival';
COMMENT ON COLUMN device_message.received_at IS 'Market time of the first arrival';

CREATE INDEX device_message_by_time ON device_message (received_at);
COMMENT ON INDEX device_message_by_time IS 'For ingest_message_forget: retention';

CREATE TABLE device_boot (
    device text   NOT NULL,
    boot   bigint NOT NULL CHECK (boot > 0),
    hwm    bigint NOT NULL CHECK (hwm >= 0),
    ahead  text   NOT NULL DEFAULT '',
    PRIMARY KEY (device, boot)
);
COMMENT ON TABLE  device_boot        IS 'Which messages of a boot have come in';
COMMENT ON COLUMN device_boot.device IS 'The device';
COMMENT ON COLUMN device_boot.boot   IS 'Its boot counter';
COMMENT ON COLUMN device_boot.hwm    IS 'Every message up to this number is in or will never come';
COMMENT ON COLUMN device_boot.ahead  IS 'Ranges beyond hwm that are in, as 9-12,15-15';

CREATE TABLE device_state (
    device       text        PRIMARY KEY,
    last_seen_at timestamptz NOT NULL,
    boot         bigint      NOT NULL DEFAULT 0,
    firmware     text        NOT NULL DEFAULT '',
    interval_s   integer     NOT NULL DEFAULT 0,
    is_online    boolean     NOT NULL DEFAULT true
);
COMMENT ON TABLE  device_state              IS 'What a device last said about itself';
COMMENT ON COLUMN device_state.device       IS 'The device';
COMMENT ON COLUMN device_state.last_seen_at IS 'Market time of its last message';
COMMENT ON COLUMN device_state.boot         IS 'Highest boot counter seen';
COMMENT ON COLUMN device_state.firmware     IS 'From its last birth message';
COMMENT ON COLUMN device_state.interval_s   IS 'Metering interval it announced; 0: none yet';
COMMENT ON COLUMN device_state.is_online    IS 'False after its last will, until its next message';

CREATE TABLE device_opt (
    device      text        NOT NULL,
    event_id    uuid        NOT NULL,
    lsn         bigint      NOT NULL CHECK (lsn > 0),
    choice      text        NOT NULL CHECK (choice IN ('OUT', 'IN')),
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL CHECK (to_at > from_at),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device, event_id, lsn)
);
COMMENT ON TABLE  device_opt             IS 'Opt-outs and opt-ins as devices sent them; the last one counts';
COMMENT ON COLUMN device_opt.device      IS 'The device';
COMMENT ON COLUMN device_opt.event_id    IS 'The event it speaks about';
COMMENT ON COLUMN device_opt.lsn         IS 'Journal record; orders the choices';
COMMENT ON COLUMN device_opt.choice      IS 'OUT or IN';
COMMENT ON COLUMN device_opt.from_at     IS 'Begin of the window';
COMMENT ON COLUMN device_opt.to_at       IS 'End of the window';
COMMENT ON COLUMN device_opt.received_at IS 'Market time of its arrival';

CREATE TABLE dead_letter (
    lsn         bigint      NOT NULL CHECK (lsn > 0),
    part        integer     NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL,
    source      text        NOT NULL CHECK (source IN ('mqtt', 'http')),
    topic       text        NOT NULL,
    device      text        NOT NULL DEFAULT '',
    code        text        NOT NULL,
    subject     text        NOT NULL DEFAULT '',
    detail      text        NOT NULL,
    raw         bytea       NOT NULL,
    PRIMARY KEY (lsn, part)
);
COMMENT ON TABLE  dead_letter             IS 'What was taken in and could not be used, with the reason; nothing is dropped silently';
COMMENT ON COLUMN dead_letter.lsn         IS 'Journal record';
COMMENT ON COLUMN dead_letter.part        IS 'Which reading of the record, from 1; 0: the whole record';
COMMENT ON COLUMN dead_letter.received_at IS 'Market time of its arrival';
COMMENT ON COLUMN dead_letter.source      IS 'Way it came in';
COMMENT ON COLUMN dead_letter.topic       IS 'MQTT topic, or the principal of the HTTP call';
COMMENT ON COLUMN dead_letter.device      IS 'Device of the topic; empty when there is none';
COMMENT ON COLUMN dead_letter.code        IS 'Wire code of base/status.def';
COMMENT ON COLUMN dead_letter.subject     IS 'JSON pointer or name that it is about';
COMMENT ON COLUMN dead_letter.detail      IS 'What is wrong with it';
COMMENT ON COLUMN dead_letter.raw         IS 'The payload byte for byte, at most 64 KiB of it';

CREATE INDEX dead_letter_by_device ON dead_letter (device, lsn);
COMMENT ON INDEX dead_letter_by_device IS 'For dead_letter_page with a device';

CREATE TABLE ingest_cursor (
    stream     bigint      PRIMARY KEY,
    lsn        bigint      NOT NULL CHECK (lsn >= 0),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  ingest_cursor            IS 'How far the journal is in this database; moves in the transaction that loads';
COMMENT ON COLUMN ingest_cursor.stream     IS 'The journal''s life, from its segment headers';
COMMENT ON COLUMN ingest_cursor.lsn        IS 'Last loaded record';
COMMENT ON COLUMN ingest_cursor.changed_at IS 'Real time of the last batch';

CREATE TABLE outage (
    from_at timestamptz PRIMARY KEY,
    to_at   timestamptz,
    cause   text        NOT NULL,
    CHECK (to_at > from_at)
);
COMMENT ON TABLE  outage         IS 'Times in which we ourselves could not take readings in; a missing reading in it is not charged';
COMMENT ON COLUMN outage.from_at IS 'Market time of the last sign of life before';
COMMENT ON COLUMN outage.to_at   IS 'Market time from which we took readings in again; null: it lasts';
COMMENT ON COLUMN outage.cause   IS 'gateway or broker';

CREATE TABLE weather_source (
    source     text        PRIMARY KEY,
    fetched_at timestamptz,
    failed_at  timestamptz,
    detail     text        NOT NULL DEFAULT ''
);
COMMENT ON TABLE  weather_source            IS 'The configured weather services and how their last answers went';
COMMENT ON COLUMN weather_source.source     IS 'Name in the configuration';
COMMENT ON COLUMN weather_source.fetched_at IS 'Market time of the last good answer';
COMMENT ON COLUMN weather_source.failed_at  IS 'Market time of the last failure';
COMMENT ON COLUMN weather_source.detail     IS 'What was wrong with it';

CREATE TABLE weather_value (
    source      text        NOT NULL,
    variable    text        NOT NULL,
    valid_at    timestamptz NOT NULL,
    issued_at   timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    amount      bigint      NOT NULL,
    raw_hash    bytea       NOT NULL CHECK (octet_length(raw_hash) = 32),
    PRIMARY KEY (source, variable, valid_at, issued_at)
);
COMMENT ON TABLE  weather_value             IS 'What a source said about an hour and when; an unchanged value is not repeated';
COMMENT ON COLUMN weather_value.source      IS 'The source';
COMMENT ON COLUMN weather_value.variable    IS 'Variable with its unit, as temperature_millic';
COMMENT ON COLUMN weather_value.valid_at    IS 'The hour it is about';
COMMENT ON COLUMN weather_value.issued_at   IS 'When the source made it; the time of receipt where the source does not say';
COMMENT ON COLUMN weather_value.received_at IS 'Market time at which it was known here';
COMMENT ON COLUMN weather_value.amount      IS 'In the unit of the variable''s name';
COMMENT ON COLUMN weather_value.raw_hash    IS 'SHA-256 of the whole answer';

CREATE INDEX weather_value_by_time ON weather_value (variable, valid_at);
COMMENT ON INDEX weather_value_by_time IS 'For weather_window: all sources of a window';
