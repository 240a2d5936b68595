-- SPDX-License-Identifier: Apache-2.0
-- The migrator's own statements.

-- name: migration_lock
-- params: none
-- columns: pg_advisory_lock void
-- 1 is GW_LOCK_MIGRATE
SELECT pg_advisory_lock(1, 0);

-- name: migration_table
-- params: none
-- columns: none
DO $$
BEGIN
    IF to_regclass('schema_migration') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE TABLE schema_migration (
        version    integer     PRIMARY KEY,
        name       text        NOT NULL,
        sha256     text        NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    COMMENT ON TABLE  schema_migration            IS 'Migrations that ran, in order';
    COMMENT ON COLUMN schema_migration.version    IS 'Number of the file in sql/migrations';
    COMMENT ON COLUMN schema_migration.name       IS 'Name of the file without number and ending';
    COMMENT ON COLUMN schema_migration.sha256     IS 'Digest of the file as it ran';
    COMMENT ON COLUMN schema_migration.applied_at IS 'Real time of the run';
END;
$$;

-- name: migration_find
-- params: none
-- columns: found text
SELECT to_regclass('schema_migration')::text AS found;

-- name: migration_history
-- params: none
-- columns: version integer, sha256 text
SELECT version, sha256
FROM schema_migration
ORDER BY version;

-- name: migration_remember
-- params: version integer, name text, sha256 text
-- columns: none
INSERT INTO schema_migration (version, name, sha256)
VALUES ($1, $2, $3);
