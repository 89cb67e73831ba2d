-- Perdure: the durable record of every execution.
--
-- Safe to run again: everything is created only where it is missing. Upgrades live in db/migrations/ and are applied by
-- `perdure migrate`, which also runs this file.
--
-- What operators may rely on (tables, columns, statuses) is marked "contract". Everything else may change with an upgrade.
-- There are no foreign keys: rows of one execution are written by one transaction after another of one owner, and a foreign key
-- would lock the parent row in each of them.

-- Where the tables are, whatever the user is called: PostgreSQL would otherwise put those of a user `workflow` into the schema
-- of that name.
SET search_path = public;

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
CREATE TABLE IF NOT EXISTS execution_events (
    execution_id  uuid        NOT NULL,
    sequence      bigint      NOT NULL,      -- 1, 2, … without gaps
    event_type    text        NOT NULL,
    event_payload jsonb       NOT NULL,
    timestamp     timestamptz NOT NULL,      -- strictly increasing within an execution
    writer_id     bigint      NOT NULL,
    position      bigint      NOT NULL,
    PRIMARY KEY (execution_id, sequence)
);

CREATE INDEX IF NOT EXISTS execution_events_unpublished ON execution_events (writer_id, position);

-- Who owns an execution, until when. No row once it has ended. Contract.
CREATE TABLE IF NOT EXISTS execution_locks (
    execution_id  uuid PRIMARY KEY,
    owner         text        NOT NULL,      -- the coordinator: host/process/nonce
    fencing_token bigint      NOT NULL,      -- one higher with every new owner
    expires_at    timestamptz NOT NULL       -- by this database's clock; '-infinity' once handed over, 'epoch' once given up
) WITH (fillfactor = 70);

-- The streams of commits, one for each live coordinator. One row carries the proof of the last commit, the cursor of
-- publishing, and the coordinator's lease.
CREATE TABLE IF NOT EXISTS event_writers (
    writer_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner              text        NOT NULL, -- who commits here
    publisher          text        NOT NULL, -- who publishes what was committed: the owner, or its heir
    batch_number       bigint      NOT NULL DEFAULT 0,   -- the last commit that happened
    published_position bigint      NOT NULL DEFAULT 0,   -- all events up to here are confirmed by the broker
    expires_at         timestamptz NOT NULL,
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

-- A coordinator's heartbeat in one statement: renews its writers and the leases of the executions that it holds, and says whether
-- there is work that nobody holds. A lease that carries its name but is not in `held` is left to end: nobody works on it.
-- Only leases that are a third gone are written, so that short executions cost nothing here. Rows that a commit holds at this
-- moment are passed over: the commit is about to end them, or the next heartbeat finds them.
-- A server that has just started expires nothing: the coordinators could not reach it either.
CREATE OR REPLACE FUNCTION workflow.tick(
    coordinator text, lease interval, held uuid[], OUT live_writers bigint[], OUT has_abandoned_work boolean
) LANGUAGE plpgsql AS $$
BEGIN
    WITH renewed AS (
        UPDATE event_writers SET expires_at = clock_timestamp() + lease WHERE publisher = coordinator RETURNING writer_id
    )
    SELECT coalesce(array_agg(writer_id), '{}') INTO live_writers FROM renewed;

    UPDATE execution_locks SET expires_at = clock_timestamp() + lease
    WHERE execution_id IN (
        SELECT execution_id FROM execution_locks
        WHERE execution_id = ANY(held) AND owner = coordinator AND expires_at < clock_timestamp() + lease * 2 / 3
          AND expires_at > 'epoch'   -- not what the coordinator itself has let go of
        FOR NO KEY UPDATE SKIP LOCKED
    );

    has_abandoned_work := clock_timestamp() > pg_postmaster_start_time() + 2 * lease AND (
        EXISTS (SELECT FROM event_writers WHERE expires_at < clock_timestamp())
        OR EXISTS (SELECT FROM event_writers WHERE publisher = coordinator AND owner <> coordinator)
        OR EXISTS (SELECT FROM execution_locks WHERE expires_at < clock_timestamp()));
END $$;

INSERT INTO schema_migrations (version) VALUES (1) ON CONFLICT DO NOTHING;
