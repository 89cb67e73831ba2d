-- From version 1 to version 2: execution_events gets a partition for each day, and a row of event_writers stands for
-- everything that its owner holds.
--
-- `perdure migrate` applies this file. By hand: run it with psql, then db/schema.sql, which adds the functions. It changes
-- everything or nothing.
--
-- Stop the coordinators first. One of version 1 that still runs ends with the next thing it asks of the database; what it held
-- is taken over by the new ones.
--
-- The table that is there becomes the partition for everything up to the end of today, under the name
-- execution_events_before_20261123 or the like. One index is built over it, and it is read twice; no event is copied, except
-- those of later days, which a clock that was ahead has written.

BEGIN;

SELECT pg_advisory_xact_lock(7165018223);
SET LOCAL search_path = public;
SET LOCAL timezone = 'UTC';

DO $$
DECLARE
    found integer := (SELECT max(version) FROM schema_migrations);
BEGIN
    IF found <> 1 THEN
        RAISE EXCEPTION 'the tables are of version %, and this file upgrades version 1; nothing was changed', found;
    END IF;
END $$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM event_writers GROUP BY owner HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'a coordinator has begun anew, and what it committed before is not published yet; nothing was changed'
            USING HINT = 'Let a coordinator of version 1 run for half a minute, stop it, and try again.';
    END IF;
END $$;

ALTER TABLE event_writers
    DROP COLUMN batch_number,
    ADD COLUMN phase text NOT NULL DEFAULT 'LIVE' CHECK (phase IN ('LIVE', 'INHERITED', 'DRAINED')),
    ADD UNIQUE (owner);
UPDATE event_writers SET phase = 'INHERITED' WHERE publisher <> owner;
DROP FUNCTION IF EXISTS workflow.tick(text, interval, uuid[]);

ALTER TABLE execution_events RENAME TO execution_events_old;
ALTER INDEX execution_events_unpublished RENAME TO execution_events_old_unpublished;
-- The key of a partitioned table has to have the column in it by which it is partitioned.
ALTER TABLE execution_events_old DROP CONSTRAINT execution_events_pkey;
ALTER TABLE execution_events_old ADD CONSTRAINT execution_events_old_pkey PRIMARY KEY (execution_id, sequence, timestamp);

CREATE TABLE execution_events (
    execution_id  uuid        NOT NULL,
    sequence      bigint      NOT NULL,
    event_type    text        NOT NULL,
    event_payload jsonb       NOT NULL,
    timestamp     timestamptz NOT NULL,
    writer_id     bigint      NOT NULL,
    position      bigint      NOT NULL,
    PRIMARY KEY (execution_id, sequence, timestamp)
) PARTITION BY RANGE (timestamp);

CREATE INDEX execution_events_unpublished ON execution_events (writer_id, position);
CREATE TABLE execution_events_default PARTITION OF execution_events DEFAULT;

DO $$
DECLARE
    tomorrow timestamptz := date_trunc('day', clock_timestamp()) + interval '1 day';
    name     text        := 'execution_events_before_' || to_char(tomorrow, 'YYYYMMDD');
BEGIN
    WITH late AS (DELETE FROM execution_events_old WHERE timestamp >= tomorrow RETURNING *)
    INSERT INTO execution_events SELECT * FROM late;
    EXECUTE format(
        'ALTER TABLE execution_events ATTACH PARTITION execution_events_old FOR VALUES FROM (MINVALUE) TO (%L)', tomorrow);
    EXECUTE format('ALTER TABLE execution_events_old RENAME TO %I', name);
END $$;

INSERT INTO schema_migrations (version) VALUES (2);

COMMIT;
