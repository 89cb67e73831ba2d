-- Perdure: the durable record of every execution. Version 2.
--
-- Makes the tables in an empty database, and is safe to run again on tables of this version: everything is created only
-- where it is missing. On tables of another version it changes nothing and says so: upgrades are in db/migrations/, and
-- `perdure migrate` applies them in order and runs this file after them.
--
-- What operators may rely on (tables, columns, statuses) is marked "contract". Everything else may change with an upgrade.
-- There are no foreign keys: rows of one execution are written by one transaction after another of one owner, and a foreign key
-- would lock the parent row in each of them.

BEGIN;

-- Whoever installs or upgrades takes this lock, so that several at once wait for one another.
SELECT pg_advisory_xact_lock(7165018223);

-- Where the tables are, whatever the user is called: PostgreSQL would otherwise put those of a user `workflow` into the schema
-- of that name. Days are days of UTC.
SET LOCAL search_path = public;
SET LOCAL timezone = 'UTC';

DO $$
DECLARE
    found integer;
BEGIN
    IF to_regclass('schema_migrations') IS NOT NULL THEN
        EXECUTE 'SELECT max(version) FROM schema_migrations' INTO found;
    END IF;
    IF found < 2 THEN
        RAISE EXCEPTION 'the tables are of version %, and this file is of version 2; nothing was changed', found
            USING HINT = 'Run `perdure migrate`, or the files of db/migrations/ with higher numbers and then this one.';
    ELSIF found > 2 THEN
        RAISE EXCEPTION 'the tables are of version %, which is newer than this file, of version 2; nothing was changed', found
            USING HINT = 'Use the db/schema.sql that belongs to them.';
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS workflow;

-- Which upgrades have been applied.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each execution, written when its request is accepted and when it ends. Contract.
CREATE TABLE IF NOT EXISTS executions (
    id               uuid PRIMARY KEY,
    workflow_id      text        NOT NULL,
    workflow_version integer     NOT NULL,
    definition_hash  text        NOT NULL,   -- the definition it started with and keeps: see workflow_definitions
    status           text        NOT NULL
                     CHECK (status IN ('PENDING', 'RUNNING', 'WAITING', 'PAUSED', 'SUCCESS', 'FAILED', 'CANCELLED')),
    idempotency_key  text        NOT NULL,   -- a request seen twice is one execution
    input_payload    jsonb       NOT NULL,
    output_payload   jsonb,
    error            jsonb,
    metadata         jsonb       NOT NULL DEFAULT '{}',
    priority         smallint,
    traceparent      text,
    reply_to         text,                   -- where the result goes, as the request asked
    correlation_id   text,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    completed_at     timestamptz
) WITH (fillfactor = 80);                    -- the one update of a row finds room beside it (HOT: no index is touched)

CREATE UNIQUE INDEX IF NOT EXISTS executions_idempotency_key ON executions (idempotency_key);
CREATE INDEX IF NOT EXISTS executions_created_at ON executions (created_at);   -- newest first, for `perdure list`

-- One row for each step, there from the start of the execution. Contract.
CREATE TABLE IF NOT EXISTS execution_steps (
    execution_id uuid        NOT NULL,
    step_order   integer     NOT NULL,       -- 1, 2, … as the definition lists them
    step_name    text        NOT NULL,
    status       text        NOT NULL
                 CHECK (status IN ('PENDING', 'RUNNING', 'WAITING', 'PAUSED', 'SUCCESS', 'FAILED', 'CANCELLED',
                                   'SKIPPED', 'COMPENSATED')),
    retry_count  integer     NOT NULL DEFAULT 0,
    input        jsonb,
    output       jsonb,
    error        jsonb,
    started_at   timestamptz,
    completed_at timestamptz,
    PRIMARY KEY (execution_id, step_order)
) WITH (fillfactor = 70);

-- Where an execution stands, one row each: what a coordinator needs, with the steps' rows, to go on with it. Contract.
-- fencing_token is the owner's: every transition updates this row, and only under the token that it holds.
CREATE TABLE IF NOT EXISTS execution_state (
    execution_id   uuid PRIMARY KEY,
    current_step   integer     NOT NULL,     -- the order of the last step finished; 0 before the first
    state_snapshot jsonb       NOT NULL,     -- statuses and attempts of the steps; their outputs are in execution_steps
    updated_at     timestamptz NOT NULL,
    fencing_token  bigint      NOT NULL
) WITH (fillfactor = 70);

-- The journal: every transition, in order, never updated. Contract.
-- (writer_id, position) is the order in which one coordinator committed events, which is the order they are published in.
--
-- One partition for each day of UTC, `execution_events_20261122` and so on, made ahead of time by the coordinators
-- (workflow.make_event_partitions below), so that old days can be dropped rather than deleted. The key has the time in it
-- because a key of a partitioned table must; an execution's owner sees to it that sequences are unique.
-- Who asks for the events of an execution should say from when to when it ran (executions.created_at and
-- execution_state.updated_at): then one or two partitions are looked at and not all of them.
CREATE TABLE IF NOT EXISTS execution_events (
    execution_id  uuid        NOT NULL,
    sequence      bigint      NOT NULL,      -- 1, 2, … without gaps
    event_type    text        NOT NULL,
    event_payload jsonb       NOT NULL,
    timestamp     timestamptz NOT NULL,      -- strictly increasing within an execution
    writer_id     bigint      NOT NULL,
    position      bigint      NOT NULL,
    PRIMARY KEY (execution_id, sequence, timestamp)
) PARTITION BY RANGE (timestamp);

CREATE INDEX IF NOT EXISTS execution_events_unpublished ON execution_events (writer_id, position);

-- Takes the events of days that have no partition: when no coordinator could make them, or a clock is far off. Empty otherwise.
CREATE TABLE IF NOT EXISTS execution_events_default PARTITION OF execution_events DEFAULT;

-- Who owns an execution. No row once it has ended. Contract.
-- What decides whether an owner is alive is the lease of its writer, renewed in one row for all that it holds. expires_at is renewed
-- too, by spans that grow with the age of the execution, so that a hundred thousand waiting ones cost next to nothing.
CREATE TABLE IF NOT EXISTS execution_locks (
    execution_id  uuid PRIMARY KEY,
    owner         text        NOT NULL,      -- the lane of a coordinator: host/process/nonce-lane
    fencing_token bigint      NOT NULL,      -- one higher with every new owner
    expires_at    timestamptz NOT NULL       -- by this database's clock; '-infinity' once handed over, 'epoch' once given up
) WITH (fillfactor = 70);

-- The streams of commits, one for each lane of each coordinator. A row carries the lease of everything that its owner holds and the
-- cursor of publishing. Commits lock it and do not update it: a row that every commit updated would grow a tail of dead versions
-- for as long as somebody holds a snapshot, and each commit would walk along it.
-- phase: LIVE while its owner commits; INHERITED while another coordinator publishes what a dead owner could not; DRAINED once that
-- is done, until the executions of its owner have new ones.
CREATE TABLE IF NOT EXISTS event_writers (
    writer_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner              text        NOT NULL UNIQUE, -- who commits here, as in execution_locks
    publisher          text        NOT NULL,        -- the coordinator that publishes it: the owner's, or an heir
    phase              text        NOT NULL DEFAULT 'LIVE' CHECK (phase IN ('LIVE', 'INHERITED', 'DRAINED')),
    published_position bigint      NOT NULL DEFAULT 0,   -- all events up to here are confirmed by the broker
    expires_at         timestamptz NOT NULL,             -- until when the publisher is believed alive
    started_at         timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Further callers who await the result of an execution: copies of its request asked for the answer too.
CREATE TABLE IF NOT EXISTS execution_callers (
    execution_id   uuid        NOT NULL,
    reply_to       text        NOT NULL,
    correlation_id text        NOT NULL DEFAULT '',
    asked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (execution_id, reply_to, correlation_id)
);

-- The definitions that executions were started with, by content, so that each can end under the one it started with.
CREATE TABLE IF NOT EXISTS workflow_definitions (
    workflow_id  text        NOT NULL,
    version      integer     NOT NULL,
    content_hash text        NOT NULL,
    source       text        NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, version, content_hash)
);

-- Ends the transaction when a statement touched fewer rows than it had to: somebody else owns them now.
CREATE OR REPLACE FUNCTION workflow.require_rows(owned bigint, expected bigint, error_code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF owned <> expected THEN
        RAISE EXCEPTION 'only % of % rows are still owned', owned, expected USING ERRCODE = error_code;
    END IF;
END $$;

-- A coordinator's heartbeat in one statement: renews its writers, and those of its executions' rows that are due for it, and says
-- whether there is something to take over. It looks for that among the writers alone, which are few.
-- Rows that a commit holds at this moment are passed over: the commit is about to end them, or a later heartbeat finds them.
-- A server that has just started expires nothing: the coordinators could not reach it either.
CREATE OR REPLACE FUNCTION workflow.tick(
    coordinator text, lease interval, due uuid[], spans double precision[],
    OUT live_writers bigint[], OUT has_abandoned_work boolean
) LANGUAGE plpgsql AS $$
BEGIN
    WITH renewed AS (
        UPDATE event_writers SET expires_at = clock_timestamp() + lease
        WHERE publisher = coordinator AND phase <> 'DRAINED' RETURNING writer_id, phase
    )
    SELECT coalesce(array_agg(writer_id) FILTER (WHERE phase = 'LIVE'), '{}') INTO live_writers FROM renewed;

    IF cardinality(due) > 0 THEN
        UPDATE execution_locks l SET expires_at = clock_timestamp() + make_interval(secs => d.span)
        FROM unnest(due, spans) AS d (execution_id, span)
        WHERE l.execution_id = d.execution_id AND l.execution_id IN (
            SELECT k.execution_id FROM execution_locks k JOIN event_writers w ON w.owner = k.owner
            WHERE k.execution_id = ANY(due) AND w.publisher = coordinator AND w.phase = 'LIVE'
              AND k.expires_at > 'epoch'   -- not what the coordinator itself has let go of
            FOR NO KEY UPDATE OF k SKIP LOCKED);
    END IF;

    has_abandoned_work := EXISTS (
        SELECT FROM event_writers
        WHERE phase = 'DRAINED' OR (phase = 'INHERITED' AND publisher = coordinator)
           OR (expires_at < clock_timestamp() AND workflow.leases_may_end(lease)));
END $$;

-- Whether the server has been up for long enough that a coordinator which lives has had the time to say so.
CREATE OR REPLACE FUNCTION workflow.leases_may_end(lease interval) RETURNS boolean
LANGUAGE sql AS $$ SELECT clock_timestamp() > pg_postmaster_start_time() + 2 * lease $$;

-- The partitions of execution_events, oldest first, and the time that each covers. The default partition is not among them.
CREATE OR REPLACE VIEW workflow.event_partitions AS
SELECT c.oid::regclass AS partition,
       coalesce((regexp_match(bound, 'FROM \(''(.+)''\) TO'))[1]::timestamptz, '-infinity') AS starts_at,
       (regexp_match(bound, 'TO \(''(.+)''\)'))[1]::timestamptz AS ends_at
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL pg_get_expr(c.relpartbound, c.oid) AS bound
WHERE i.inhparent = 'public.execution_events'::regclass AND bound <> 'DEFAULT'
ORDER BY ends_at;

-- Makes the partitions of yesterday (a clock may be behind), today and the days ahead, and of other past days that have events
-- in the default partition. Coordinators call it when they start and about every hour; doing nothing takes a millisecond.
--
-- A new partition is a table by itself first and then attached, because CREATE TABLE … PARTITION OF would stop all commits
-- for as long as it waits for its lock. Attaching does not stop commits. It waits for queries that look at the default
-- partition, and new ones wait behind it, so it gives up after a second; the next call tries again, days before it matters.
--
-- Events of the day that are in the default partition are moved. Then the whole table is locked: a query that was planned
-- between the two would see them in neither place. So at most `moved_at_most` are moved by a call; where there are more, that
-- day stays in the default partition. `left_over` says how many events are there afterwards, at most a thousand more than that.
CREATE OR REPLACE FUNCTION workflow.make_event_partitions(
    days_ahead integer DEFAULT 7, moved_at_most bigint DEFAULT 10000, OUT made integer, OUT moved bigint, OUT left_over bigint
) LANGUAGE plpgsql SET search_path = public SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
DECLARE
    today     timestamptz := date_trunc('day', clock_timestamp());
    day_start timestamptz;
    day_end   timestamptz;
    stray     bigint;
    name      text;
BEGIN
    made := 0;
    moved := 0;
    left_over := 0;
    -- One at a time; whoever comes second has nothing to do.
    IF NOT pg_try_advisory_xact_lock(7165018224) THEN RETURN; END IF;
    FOR day_start IN
        SELECT day FROM (
            SELECT generate_series(today - interval '1 day', today + days_ahead * interval '1 day', interval '1 day') AS day
            UNION
            SELECT date_trunc('day', timestamp) FROM (
                SELECT timestamp FROM execution_events_default WHERE timestamp < today LIMIT moved_at_most) AS past) AS days
        WHERE NOT EXISTS (SELECT FROM workflow.event_partitions p WHERE p.starts_at <= day AND p.ends_at > day)
        ORDER BY day
    LOOP
        day_end := day_start + interval '1 day';
        name := 'execution_events_' || to_char(day_start, 'YYYYMMDD');
        BEGIN
            SELECT count(*) INTO stray FROM (
                SELECT FROM execution_events_default WHERE timestamp >= day_start AND timestamp < day_end
                LIMIT moved_at_most - moved + 1) AS few;
            CONTINUE WHEN stray > moved_at_most - moved;
            EXECUTE format(
                'CREATE TABLE %I (LIKE execution_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES, '
                'CONSTRAINT day CHECK (timestamp >= %L AND timestamp < %L))', name, day_start, day_end);
            IF stray > 0 THEN
                LOCK TABLE ONLY execution_events IN ACCESS EXCLUSIVE MODE;
                EXECUTE format(
                    'WITH moved AS (DELETE FROM execution_events_default WHERE timestamp >= $1 AND timestamp < $2 RETURNING *) '
                    'INSERT INTO %I SELECT * FROM moved', name) USING day_start, day_end;
                GET DIAGNOSTICS stray = ROW_COUNT;
            END IF;
            EXECUTE format(
                'ALTER TABLE execution_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, day_start, day_end);
            -- The partition's own bounds say the same from here on.
            EXECUTE format('ALTER TABLE %I DROP CONSTRAINT day', name);
            made := made + 1;
            moved := moved + stray;
        EXCEPTION
            -- Somebody looks at the default partition for longer than a second, or an event of the day came in just now.
            WHEN lock_not_available OR check_violation THEN
                RAISE LOG 'the partition % is made another time: %', name, SQLERRM;
                EXIT;
            -- A day that somebody has detached and kept.
            WHEN duplicate_table THEN
                RAISE LOG 'the partition % cannot be made: %', name, SQLERRM;
        END;
    END LOOP;
    SELECT count(*) INTO left_over FROM (
        SELECT FROM execution_events_default LIMIT moved_at_most + 1000) AS few;
END $$;

-- Drops the partitions of days that ended longer ago than `keep`, and says what became of each. One that has events of an
-- execution that has not ended, or events that are not published yet, is kept. Commits wait for a second at most.
-- Called by coordinators where `events.keep_days` is set, and by whoever wants to.
CREATE OR REPLACE FUNCTION workflow.drop_event_partitions(keep interval)
RETURNS TABLE (partition text, dropped boolean, reason text)
LANGUAGE plpgsql SET search_path = public SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
DECLARE
    is_needed boolean;
BEGIN
    IF keep < interval '1 day' THEN
        RAISE EXCEPTION 'keep at least one day of events' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT pg_try_advisory_xact_lock(7165018224) THEN RETURN; END IF;
    FOR partition IN
        SELECT p.partition FROM workflow.event_partitions p WHERE p.ends_at <= clock_timestamp() - keep
    LOOP
        dropped := false;
        BEGIN
            -- Nothing is added while it is looked at; whoever reads goes on.
            EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', partition);
            reason := 'it has events of executions that have not ended';
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM execution_locks l JOIN %s v ON v.execution_id = l.execution_id)', partition)
                INTO is_needed;
            IF NOT is_needed THEN
                reason := 'it has events that are not published yet';
                EXECUTE format(
                    'SELECT EXISTS (SELECT FROM event_writers w JOIN %s v ON v.writer_id = w.writer_id '
                    'WHERE w.phase <> ''DRAINED'' AND v.position > w.published_position)', partition) INTO is_needed;
            END IF;
            IF NOT is_needed THEN
                EXECUTE format('DROP TABLE %s', partition);
                dropped := true;
                reason := NULL;
            END IF;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            dropped := false;
            reason := 'somebody reads events for longer than a second';
        END;
        RETURN NEXT;
    END LOOP;
END $$;

SELECT FROM workflow.make_event_partitions();

INSERT INTO schema_migrations (version) VALUES (2) ON CONFLICT DO NOTHING;

COMMIT;
