-- From version 3 to version 4: tables for executions that belong to other executions (execution_children), for workflows that
-- limit how many of their executions run at a time (execution_slots), and for workflows that start by the clock
-- (workflow_schedules).
--
-- `perdure migrate` applies this file. By hand: run it with psql, then db/schema.sql, which makes the tables and functions.
-- It changes everything or nothing, and takes a moment whatever the tables hold.
--
-- Stop the coordinators first. One of version 3 that still runs ends with its next heartbeat; what it held is taken over by
-- the new ones.

BEGIN;

SELECT pg_advisory_xact_lock(7165018223);
SET LOCAL search_path = public;

DO $$
DECLARE
    found integer := (SELECT max(version) FROM schema_migrations);
BEGIN
    IF found <> 3 THEN
        RAISE EXCEPTION 'the tables are of version %, and this file upgrades version 3; nothing was changed', found;
    END IF;
END $$;

-- A function cannot be replaced by one that gives something else, and these are made anew by db/schema.sql.
DROP FUNCTION IF EXISTS workflow.tick(text, interval, uuid[], double precision[]);
DROP FUNCTION IF EXISTS workflow.submit_controls(text, text[], uuid[], text[], jsonb[], text[], text[]);

INSERT INTO schema_migrations (version) VALUES (4);

COMMIT;
