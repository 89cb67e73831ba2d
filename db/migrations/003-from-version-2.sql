-- From version 2 to version 3: an inbox for control messages, a heartbeat that looks into it, and in event_writers the session that
-- renewed a lease last, so that the death of a process is noticed before its lease has run out; and execution_steps has rows for
-- instances of steps too.
--
-- `perdure migrate` applies this file. By hand: run it with psql, then db/schema.sql, which adds the table and the functions.
-- It changes everything or nothing, and takes a moment whatever the tables hold.
--
-- Stop the coordinators first. One of version 2 that still runs ends with its next heartbeat; what it held is taken over by
-- the new ones.

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

-- It tells more now, and a function cannot be replaced by one that gives something else.
DROP FUNCTION IF EXISTS workflow.tick(text, interval, uuid[], double precision[]);

ALTER TABLE event_writers ADD COLUMN session_pid integer;
ALTER TABLE execution_steps ADD COLUMN progress jsonb;

INSERT INTO schema_migrations (version) VALUES (3);

COMMIT;
