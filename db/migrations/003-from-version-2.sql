-- From version 2 to version 3: event_writers says which session renewed a lease last, so that the death of a process is noticed
-- before its lease has run out; and execution_steps has rows for instances of steps too.
--
-- `perdure migrate` applies this file. By hand: run it with psql, then db/schema.sql, which adds the functions. It changes
-- everything or nothing, and takes a moment: no row is rewritten.
--
-- Stop the coordinators first. One of version 2 would take an instance for a step of the definition.

BEGIN;

SELECT pg_advisory_xact_lock(7165018223);
SET LOCAL search_path = public;

DO $$
DECLARE
    found integer := (SELECT max(version) FROM schema_migrations);
BEGIN
    IF found <> 2 THEN
        RAISE EXCEPTION 'the tables are of version %, and this file upgrades version 2; nothing was changed', found;
    END IF;
END $$;

ALTER TABLE event_writers ADD COLUMN session_pid integer;
ALTER TABLE execution_steps ADD COLUMN progress jsonb;

INSERT INTO schema_migrations (version) VALUES (3);

COMMIT;
