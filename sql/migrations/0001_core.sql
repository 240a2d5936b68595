-- SPDX-License-Identifier: Apache-2.0
-- What every part stands on: tokens, leases, the event log. The table of migrations itself is made
-- by the migrator.

CREATE TABLE token (
    id          text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]{8,32}$'),
    name        text        NOT NULL DEFAULT '',
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    scopes      integer     NOT NULL CHECK (scopes > 0),
    party       text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);
COMMENT ON TABLE  token            IS 'Bearer tokens; the secret itself is shown once and never stored';
COMMENT ON COLUMN token.id         IS 'Public part of the token, between gw_ and the secret';
COMMENT ON COLUMN token.name       IS 'What the operator calls it';
COMMENT ON COLUMN token.digest     IS 'SHA-256 of the characters of the secret';
COMMENT ON COLUMN token.scopes     IS 'Bits of server/http/scope.def';
COMMENT ON COLUMN token.party      IS 'Party or oracle node it is bound to; null: not bound';
COMMENT ON COLUMN token.created_at IS 'Real time of its making';
COMMENT ON COLUMN token.expires_at IS 'Real time from which it is refused; null: never';
COMMENT ON COLUMN token.revoked_at IS 'Real time from which it is refused by the operator''s wish';

CREATE TABLE lease (
    name        text        PRIMARY KEY,
    holder      text        NOT NULL,
    epoch       bigint      NOT NULL CHECK (epoch > 0),
    expires_at  timestamptz NOT NULL
);
COMMENT ON TABLE  lease            IS 'Single-writer duties and who holds them';
COMMENT ON COLUMN lease.name       IS 'The duty, as chain-sender';
COMMENT ON COLUMN lease.holder     IS 'The process that holds it';
COMMENT ON COLUMN lease.epoch      IS 'Fencing number; rises with every change of the holder';
COMMENT ON COLUMN lease.expires_at IS 'Real time of the database from which another may take it';

CREATE TABLE event_log (
    seq         bigint      PRIMARY KEY CHECK (seq > 0),
    at          timestamptz NOT NULL,
    written_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    entity      text        NOT NULL,
    type        text        NOT NULL,
    subject     text        NOT NULL,
    party       text        NOT NULL DEFAULT '',
    body        text        NOT NULL CHECK (body::jsonb IS NOT NULL),
    prev_hash   bytea       NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE  event_log            IS 'What happened, append-only; feeds GET /v1/events, webhooks and audits';
COMMENT ON COLUMN event_log.seq        IS 'Position, from 1 without gaps';
COMMENT ON COLUMN event_log.at         IS 'Market time of the fact';
COMMENT ON COLUMN event_log.written_at IS 'Real time of the row; not part of the hash';
COMMENT ON COLUMN event_log.entity     IS 'Kind of thing, as request, order, settlement';
COMMENT ON COLUMN event_log.type       IS 'What happened to it, as request.published';
COMMENT ON COLUMN event_log.subject    IS 'Identifier of the thing';
COMMENT ON COLUMN event_log.party      IS 'Party it concerns besides the operator; empty: all';
COMMENT ON COLUMN event_log.body       IS 'JSON object, kept byte for byte because it is hashed';
COMMENT ON COLUMN event_log.prev_hash  IS 'Hash of the row before; zeros for the first';
COMMENT ON COLUMN event_log.hash       IS 'SHA-256 over prev_hash and the row''s fields, server/db/event_log.c';

CREATE FUNCTION event_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only';
END;
$$;
COMMENT ON FUNCTION event_log_refuse() IS 'Refuses every change of a written row';

CREATE TRIGGER event_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION event_log_refuse();
COMMENT ON TRIGGER event_log_append_only ON event_log IS 'A correction is a new row';
