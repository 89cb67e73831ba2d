-- Perdure: the durable record of every execution. Version 4.
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
    IF found < 4 THEN
        RAISE EXCEPTION 'the tables are of version %, and this file is of version 4; nothing was changed', found
            USING HINT = 'Run `perdure migrate`, or the files of db/migrations/ with higher numbers and then this one.';
    ELSIF found > 4 THEN
        RAISE EXCEPTION 'the tables are of version %, which is newer than this file, of version 4; nothing was changed', found
            USING HINT = 'Use the db/schema.sql that belongs to them.';
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS workflow;

-- Which upgrades have been applied.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each execution, written when its request is accepted and when it ends; in between only where its workflow has
-- steps that wait, when it begins to wait and when it goes on. Contract.
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
) WITH (fillfactor = 80);                    -- an update of a row finds room beside it (HOT: no index is touched)

CREATE UNIQUE INDEX IF NOT EXISTS executions_idempotency_key ON executions (idempotency_key);
CREATE INDEX IF NOT EXISTS executions_created_at ON executions (created_at);   -- newest first, for `perdure list`

-- One row for each step, there from the start of the execution. Contract. Behind them one row for each instance that was made of a
-- step, from when it starts: `fetch[17]` for the item of that number, `book.compensate` for what undoes the step `book`, and
-- `workflow.on_failure`.
CREATE TABLE IF NOT EXISTS execution_steps (
    execution_id uuid        NOT NULL,
    step_order   integer     NOT NULL,       -- 1, 2, … as the definition lists them; then the instances
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
    progress     jsonb,                      -- of instances: what they were made of, attempt, wait
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
    session_pid        integer,                          -- the session that said so last: see workflow.is_gone
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

-- The inbox of control messages: what people and services ask of executions under way. A message is here before it is acknowledged,
-- and stays as the record of what was asked, when and by whom. One that is refused goes as soon as its sender has been told: it may
-- be sent again.
-- The owner of the execution settles it, in the commit of the transition that it asks for. Rows are locked in the order of their
-- keys.
-- What the runtime itself sends, from one execution to another, is here too, under keys that begin with `perdure:`. Such a row is
-- written by a commit and gone when it is settled.
CREATE TABLE IF NOT EXISTS execution_controls (
    control_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_key  text        NOT NULL UNIQUE,     -- a message seen twice is applied once
    execution_id uuid        NOT NULL,
    action       text        NOT NULL,
    parameters   jsonb       NOT NULL,            -- what the message says beside these
    callers      jsonb       NOT NULL DEFAULT '[]',   -- who is to be told: [{"reply_to": …, "correlation_id": …}, …]
    received_at  timestamptz NOT NULL,            -- the order in which messages are applied
    settled_at   timestamptz,
    outcome      jsonb,                           -- the reply
    settled_by   text,                            -- the lane that settled it, and tells the sender for as long as it lives
    answered_at  timestamptz                      -- when there was nobody left to be told
) WITH (fillfactor = 70);

-- What is not done with yet; empty most of the time, and all that a heartbeat looks at.
CREATE INDEX IF NOT EXISTS execution_controls_unanswered ON execution_controls (execution_id) WHERE answered_at IS NULL;

-- Executions that a step of another one started, its children; one row each, written with the child and kept. A child tells its
-- parent of its end, and a parent ends its children with itself, each by a row in execution_controls.
CREATE TABLE IF NOT EXISTS execution_children (
    child_id     uuid PRIMARY KEY,
    parent_id    uuid        NOT NULL,
    step_order   integer     NOT NULL,       -- the step of the parent, or the instance of one, as in execution_steps
    step_name    text        NOT NULL,
    attempt      integer     NOT NULL,       -- each attempt of a step is a child of its own
    depth        integer     NOT NULL        -- 1 for a child of an execution that has no parent
);

CREATE INDEX IF NOT EXISTS execution_children_parent ON execution_children (parent_id);

-- Executions under way of workflows that limit how many run at a time; one row each, from its acceptance to its end. It holds a
-- slot of its key, or waits for one, and then its execution is PENDING. Those of one workflow and key are a line; slots are granted
-- in the order in which they came. Changed by workflow.take_slots alone.
CREATE TABLE IF NOT EXISTS execution_slots (
    execution_id     uuid PRIMARY KEY,
    workflow_id      text        NOT NULL,
    slot_key         text        NOT NULL,       -- what `concurrency.key` gave; '' where the workflow has no key
    place            bigint      GENERATED ALWAYS AS IDENTITY,
    workflow_version integer     NOT NULL,
    slot_limit       integer     NOT NULL,       -- how many of a key may run at a time, by the definition of this execution
    holds_slot       boolean     NOT NULL DEFAULT false,
    is_superseded    boolean     NOT NULL DEFAULT false,   -- a newer one takes its place, and it has been told to end
    asked_at         timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);

-- The limit of a line is that of its highest version, and among those of its last.
CREATE INDEX IF NOT EXISTS execution_slots_line ON execution_slots (workflow_id, slot_key, workflow_version, place);
CREATE INDEX IF NOT EXISTS execution_slots_held ON execution_slots (workflow_id, slot_key) WHERE holds_slot;
CREATE INDEX IF NOT EXISTS execution_slots_waiting ON execution_slots (workflow_id, slot_key, place)
    WHERE NOT holds_slot AND NOT is_superseded;

-- How far the schedules of workflows have come; one row each. A tick is an execution whose idempotency key says the schedule and
-- the time, so that several coordinators make one of it.
CREATE TABLE IF NOT EXISTS workflow_schedules (
    workflow_id  text PRIMARY KEY,
    cron         text        NOT NULL,
    time_zone    text        NOT NULL,
    last_tick_at timestamptz NOT NULL,       -- every tick up to here has been started or passed over
    next_tick_at timestamptz,                -- nothing before it; null when there is none any more
    updated_at   timestamptz NOT NULL
);

-- The definitions that executions were started with, by content, so that each can end under the one it started with. A version has
-- one content, that of whoever used it first; several only where `perdure dev` let it change, the newest by kept_at counting.
-- content_hash: SHA-256 of what counts of the definition; of rows that were made under tables of version 3 and before, of the text.
CREATE TABLE IF NOT EXISTS workflow_definitions (
    workflow_id  text        NOT NULL,
    version      integer     NOT NULL,
    content_hash text        NOT NULL,
    source       text        NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, version, content_hash)
);

-- Keeps definitions when they are first used, and gives what had been kept under the versions of those that are new by their
-- hash, the last that was kept at the end. Other content is not kept beside that, unless it may change.
CREATE OR REPLACE FUNCTION workflow.keep_definitions(
    ids text[], versions integer[], hashes text[], sources text[], may_change boolean
) RETURNS SETOF workflow_definitions LANGUAGE plpgsql AS $$
BEGIN
    -- One after another: of two coordinators that bring different content, the second finds what the first has kept.
    PERFORM pg_advisory_xact_lock(7165018225);
    RETURN QUERY
        SELECT k.* FROM unnest(ids, versions, hashes) AS n (id, number, hash)
        JOIN workflow_definitions k ON k.workflow_id = n.id AND k.version = n.number
        WHERE NOT EXISTS (
            SELECT FROM workflow_definitions s
            WHERE s.workflow_id = n.id AND s.version = n.number AND s.content_hash = n.hash)
        ORDER BY k.kept_at, k.content_hash DESC;
    INSERT INTO workflow_definitions (workflow_id, version, content_hash, source, kept_at)
    SELECT n.id, n.number, n.hash, n.source, clock_timestamp()
    FROM unnest(ids, versions, hashes, sources) AS n (id, number, hash, source)
    WHERE may_change OR NOT EXISTS (
        SELECT FROM workflow_definitions k WHERE k.workflow_id = n.id AND k.version = n.number)
    ON CONFLICT DO NOTHING;
    IF may_change THEN
        -- Content that was changed back is the newest again.
        UPDATE workflow_definitions k SET kept_at = clock_timestamp()
        FROM unnest(ids, versions, hashes) AS n (id, number, hash)
        WHERE k.workflow_id = n.id AND k.version = n.number AND k.content_hash = n.hash AND EXISTS (
            SELECT FROM workflow_definitions s
            WHERE s.workflow_id = n.id AND s.version = n.number AND s.kept_at > k.kept_at);
    END IF;
END $$;

-- Ends the transaction when a statement touched fewer rows than it had to: somebody else owns them now.
CREATE OR REPLACE FUNCTION workflow.require_rows(owned bigint, expected bigint, error_code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF owned <> expected THEN
        RAISE EXCEPTION 'only % of % rows are still owned', owned, expected USING ERRCODE = error_code;
    END IF;
END $$;

-- A coordinator's heartbeat in one statement: renews its writers, and those of its executions' rows that are due for it, and says
-- whether there is something to take over. It looks for that among the writers alone, which are few. It also says for which of
-- its executions control messages wait, should a hint have been lost, and whether there are senders that nobody else will tell.
-- Rows that a commit holds at this moment are passed over: the commit is about to end them, or a later heartbeat finds them.
-- A server that has just started expires nothing: the coordinators could not reach it either.
CREATE OR REPLACE FUNCTION workflow.tick(
    coordinator text, lease interval, due uuid[], spans double precision[],
    OUT live_writers bigint[], OUT has_abandoned_work boolean, OUT has_lost_sessions boolean,
    OUT controlled uuid[], OUT controlled_owners text[], OUT has_unanswered_controls boolean
) LANGUAGE plpgsql AS $$
BEGIN
    WITH renewed AS (
        UPDATE event_writers SET expires_at = clock_timestamp() + lease, session_pid = pg_backend_pid()
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
           OR workflow.is_gone(expires_at, session_pid, lease));
    has_lost_sessions := EXISTS (
        SELECT FROM event_writers w
        WHERE w.phase <> 'DRAINED' AND w.publisher <> coordinator AND w.session_pid IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = w.session_pid));

    controlled := '{}';
    controlled_owners := '{}';
    has_unanswered_controls := false;
    IF EXISTS (SELECT FROM execution_controls WHERE answered_at IS NULL) THEN
        SELECT coalesce(array_agg(o.execution_id), '{}'), coalesce(array_agg(o.owner), '{}')
        INTO controlled, controlled_owners
        FROM (SELECT DISTINCT l.execution_id, l.owner
              FROM execution_controls c
              JOIN execution_locks l ON l.execution_id = c.execution_id
              JOIN event_writers w ON w.owner = l.owner
              WHERE c.answered_at IS NULL AND c.settled_at IS NULL AND w.publisher = coordinator AND w.phase = 'LIVE'
              LIMIT 1000) AS o;
        has_unanswered_controls := EXISTS (
            SELECT FROM execution_controls c
            WHERE c.answered_at IS NULL
              AND CASE WHEN c.settled_at IS NULL
                  THEN NOT EXISTS (SELECT FROM execution_locks l WHERE l.execution_id = c.execution_id)
                  ELSE NOT EXISTS (SELECT FROM event_writers w WHERE w.owner = c.settled_by AND w.phase = 'LIVE') END);
    END IF;
END $$;

-- Puts control messages into the inbox, and says of each what became of it: KEPT, with the owner of its execution where that is a
-- lane of this coordinator; SETTLED, for a copy of one that was settled before, with the reply; CONFLICT, with the execution of the
-- other message of that key; UNKNOWN, or ENDED with the status, for what cannot be asked. The owner's coordinator is hinted at what
-- waits, by a notification.
--
-- A copy of one that waits adds its sender to those who are told. In the order of the keys, so that two coordinators that meet the same messages
-- wait for one another in one direction; the order in which they came is in received_at.
CREATE OR REPLACE FUNCTION workflow.submit_controls(
    coordinator text, keys text[], executions uuid[], actions text[], parameters jsonb[], reply_tos text[],
    correlation_ids text[]
) RETURNS TABLE (place integer, verdict text, detail text) LANGUAGE plpgsql AS $$
DECLARE
    started_at timestamptz := clock_timestamp();
    asked      record;
    known      record;
    holder     record;
    sender     jsonb;
BEGIN
    FOR asked IN
        SELECT a.* FROM unnest(keys, executions, actions, parameters, reply_tos, correlation_ids) WITH ORDINALITY
               AS a (message_key, execution_id, action, parameters, reply_to, correlation_id, number)
        ORDER BY a.message_key, a.number
    LOOP
        place := asked.number;
        verdict := NULL;
        detail := NULL;
        sender := '[]';
        IF asked.reply_to IS NOT NULL THEN
            sender := jsonb_build_array(
                jsonb_build_object('reply_to', asked.reply_to, 'correlation_id', asked.correlation_id));
        END IF;
        WHILE verdict IS NULL LOOP
            SELECT * INTO known FROM execution_controls c WHERE c.message_key = asked.message_key FOR NO KEY UPDATE;
            IF FOUND THEN
                IF known.execution_id <> asked.execution_id OR known.action <> asked.action
                    OR known.parameters <> asked.parameters THEN
                    verdict := 'CONFLICT';
                    detail := known.execution_id::text;
                ELSIF known.settled_at IS NOT NULL THEN
                    verdict := 'SETTLED';
                    detail := known.outcome::text;
                ELSE
                    verdict := 'KEPT';
                    IF NOT known.callers @> sender THEN
                        UPDATE execution_controls c SET callers = c.callers || sender
                        WHERE c.control_id = known.control_id;
                    END IF;
                END IF;
            ELSE
                SELECT e.status INTO known FROM executions e WHERE e.id = asked.execution_id;
                IF NOT FOUND THEN
                    verdict := 'UNKNOWN';
                ELSIF known.status IN ('SUCCESS', 'FAILED', 'CANCELLED') THEN
                    verdict := 'ENDED';
                    detail := known.status;
                ELSE
                    INSERT INTO execution_controls (message_key, execution_id, action, parameters, callers, received_at)
                    VALUES (asked.message_key, asked.execution_id, asked.action, asked.parameters, sender,
                            started_at + asked.number * interval '1 microsecond')
                    ON CONFLICT (message_key) DO NOTHING;
                    -- If not, somebody else has put it in at this moment, and it is looked at again.
                    IF FOUND THEN verdict := 'KEPT'; END IF;
                END IF;
            END IF;
        END LOOP;
        IF verdict = 'KEPT' THEN
            SELECT l.owner, w.publisher INTO holder
            FROM execution_locks l JOIN event_writers w ON w.owner = l.owner AND w.phase = 'LIVE'
            WHERE l.execution_id = asked.execution_id;
            IF holder.publisher = coordinator THEN
                detail := holder.owner;
            ELSIF holder.publisher IS NOT NULL THEN
                PERFORM pg_notify('perdure_controls', asked.execution_id || ' ' || holder.owner);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- Puts messages that the runtime itself sends into the inbox, in the transaction of the transition that calls for them. A second
-- copy is not put in, and neither is one for an execution that has ended: nobody would be told. Says where the owner is
-- a lane of this coordinator, so that it can be told; other owners are hinted at what waits, by a notification.
--
-- In the order of the keys, as everywhere; no message from outside has such a key, so nobody who holds one waits for another.
CREATE OR REPLACE FUNCTION workflow.send_controls(
    coordinator text, keys text[], executions uuid[], actions text[], parameters jsonb[]
) RETURNS TABLE (execution_id uuid, owner text) LANGUAGE plpgsql AS $$
DECLARE
    holder text;
BEGIN
    INSERT INTO execution_controls (message_key, execution_id, action, parameters, received_at)
    SELECT s.message_key, s.execution_id, s.action, s.parameters,
           statement_timestamp() + s.number * interval '1 microsecond'
    FROM unnest(keys, executions, actions, parameters) WITH ORDINALITY
         AS s (message_key, execution_id, action, parameters, number)
    WHERE EXISTS (SELECT FROM execution_locks l WHERE l.execution_id = s.execution_id)
    ORDER BY s.message_key
    ON CONFLICT (message_key) DO NOTHING;
    FOR execution_id, owner, holder IN
        SELECT l.execution_id, l.owner, w.publisher
        FROM execution_locks l JOIN event_writers w ON w.owner = l.owner AND w.phase = 'LIVE'
        WHERE l.execution_id = ANY(executions)
    LOOP
        IF holder = coordinator THEN
            RETURN NEXT;
        ELSE
            PERFORM pg_notify('perdure_controls', execution_id || ' ' || owner);
        END IF;
    END LOOP;
END $$;

-- Grants the free slots of these lines to whoever waits for them, in the order in which they came, and says to whom.
CREATE OR REPLACE FUNCTION workflow.grant_slots(workflows text[], slot_keys text[]) RETURNS SETOF uuid
LANGUAGE sql AS $$
    UPDATE execution_slots s SET holds_slot = true
    FROM (
        SELECT next.execution_id
        FROM unnest(workflows, slot_keys) AS line (workflow_id, slot_key)
        CROSS JOIN LATERAL (
            SELECT n.slot_limit FROM execution_slots n
            WHERE n.workflow_id = line.workflow_id AND n.slot_key = line.slot_key
            ORDER BY n.workflow_version DESC, n.place DESC LIMIT 1) AS newest
        CROSS JOIN LATERAL (
            SELECT count(*) AS slots FROM execution_slots h
            WHERE h.workflow_id = line.workflow_id AND h.slot_key = line.slot_key AND h.holds_slot) AS held
        CROSS JOIN LATERAL (
            SELECT w.execution_id FROM execution_slots w
            WHERE w.workflow_id = line.workflow_id AND w.slot_key = line.slot_key
              AND NOT w.holds_slot AND NOT w.is_superseded
            ORDER BY w.place LIMIT greatest(0, newest.slot_limit - held.slots)) AS next) AS granted
    WHERE s.execution_id = granted.execution_id
    RETURNING s.execution_id
$$;

-- What a commit changes about slots: `asked` are new executions of workflows that limit how many run at a time, in the order in which
-- they came, and `ended` are executions that end. A new one that `has_started` with this commit needs a slot that is free now,
-- and with nobody in line before it; if there is none, nothing of the transaction happens, and the error PD003 names in its detail whom
-- it was for. The others wait in line, or have no place in it where their policy says so, and whoever gets a slot is told by a message
-- in the inbox, and so is whoever has to make room or gets none.
-- Gives where the owner of such a message is a lane of this coordinator, as workflow.send_controls does.
--
-- A line is locked until the transaction ends, and all lines of a commit in one sorted pass, so that two commits wait for one another
-- in one direction. The lock is on a number made of the line's name, since a line without anybody in it has no row. Two lines
-- with the same number share a lock, which costs time and no more. Only what is read after the lock counts: each statement
-- here sees what was committed before it.
--
-- A slot that is freed by this commit is granted for a later one: what starts in this commit has its events before those
-- of the end.
CREATE OR REPLACE FUNCTION workflow.take_slots(
    coordinator text, asked uuid[], workflows text[], versions integer[], slot_keys text[], limits integer[], policies text[],
    has_started boolean[], ended uuid[]
) RETURNS TABLE (execution_id uuid, owner text) LANGUAGE plpgsql AS $$
DECLARE
    line_workflows text[];
    line_keys      text[];
    line_lock      bigint;
    granted        uuid[] := '{}';
    refused        uuid[];
    turned_away    uuid[] := '{}';
    making_room    uuid[] := '{}';
    newcomers      uuid[] := '{}';
BEGIN
    SELECT array_agg(l.workflow_id), array_agg(l.slot_key) INTO line_workflows, line_keys
    FROM (SELECT a.workflow_id, a.slot_key FROM unnest(workflows, slot_keys) AS a (workflow_id, slot_key)
          UNION
          SELECT s.workflow_id, s.slot_key FROM execution_slots s WHERE s.execution_id = ANY(ended)) AS l;
    -- A line is locked under a name that no other has: the id of a workflow has no space in it.
    FOR line_lock IN
        SELECT DISTINCT hashtextextended(l.workflow_id || ' ' || l.slot_key, 7165018225) AS number
        FROM unnest(line_workflows, line_keys) AS l (workflow_id, slot_key) ORDER BY number
    LOOP
        PERFORM pg_advisory_xact_lock(line_lock);
    END LOOP;

    IF cardinality(asked) > 0 THEN
        INSERT INTO execution_slots (execution_id, workflow_id, slot_key, workflow_version, slot_limit)
        SELECT a.id, a.workflow_id, a.slot_key, a.version, a.slot_limit
        FROM unnest(asked, workflows, slot_keys, versions, limits, has_started) WITH ORDINALITY
             AS a (id, workflow_id, slot_key, version, slot_limit, has_started, number)
        -- One that was cancelled while it was accepted has nothing to wait for.
        WHERE a.has_started OR a.id <> ALL(ended)
        ORDER BY a.number;
        granted := ARRAY(SELECT workflow.grant_slots(line_workflows, line_keys));
        SELECT array_agg(a.id ORDER BY a.number) INTO refused
        FROM unnest(asked, has_started) WITH ORDINALITY AS a (id, has_started, number)
        WHERE a.has_started AND a.id <> ALL(granted);
        IF refused IS NOT NULL THEN
            RAISE EXCEPTION 'there is no free slot for % of the executions that start', cardinality(refused)
                USING ERRCODE = 'PD003', DETAIL = array_to_string(refused, ' ');
        END IF;
    END IF;

    DELETE FROM execution_slots s WHERE s.execution_id = ANY(ended);
    IF 'reject' = ANY(policies) THEN
        -- Accepted together with what started it, so that it is told afterwards: it ends without having started.
        WITH away AS (
            DELETE FROM execution_slots s USING unnest(asked, policies) AS a (id, policy)
            WHERE a.policy = 'reject' AND s.execution_id = a.id AND NOT s.holds_slot RETURNING s.execution_id)
        SELECT coalesce(array_agg(w.execution_id), '{}') INTO turned_away FROM away w;
    END IF;

    IF 'cancel_running' = ANY(policies) THEN
        -- The oldest make room for the last that came, unless they do already.
        WITH room AS (
            SELECT m.execution_id, last.execution_id AS newcomer
            FROM (SELECT DISTINCT ON (s.workflow_id, s.slot_key) s.execution_id, s.workflow_id, s.slot_key, s.place
                  FROM unnest(asked, policies) AS a (id, policy) JOIN execution_slots s ON s.execution_id = a.id
                  WHERE a.policy = 'cancel_running'
                  ORDER BY s.workflow_id, s.slot_key, s.place DESC) AS last
            CROSS JOIN LATERAL (
                SELECT n.slot_limit FROM execution_slots n
                WHERE n.workflow_id = last.workflow_id AND n.slot_key = last.slot_key
                ORDER BY n.workflow_version DESC, n.place DESC LIMIT 1) AS newest
            CROSS JOIN LATERAL (
                SELECT o.execution_id FROM execution_slots o
                WHERE o.workflow_id = last.workflow_id AND o.slot_key = last.slot_key AND o.place <= last.place
                  AND NOT o.is_superseded
                ORDER BY o.place DESC OFFSET newest.slot_limit) AS m),
        told AS (
            UPDATE execution_slots s SET is_superseded = true FROM room WHERE s.execution_id = room.execution_id
            RETURNING s.execution_id, room.newcomer)
        SELECT array_agg(t.execution_id), array_agg(t.newcomer) INTO making_room, newcomers FROM told t;
    END IF;

    -- Whoever has started needs not be told; what is granted now is for a later commit.
    granted := ARRAY(
        SELECT g.id FROM unnest(granted) AS g (id)
        WHERE g.id <> ALL(ended)
          AND NOT EXISTS (SELECT FROM unnest(asked, has_started) AS a (id, has_started) WHERE a.id = g.id AND a.has_started)
        UNION ALL
        SELECT g.id FROM workflow.grant_slots(line_workflows, line_keys) AS g (id));
    IF cardinality(granted) > 0 OR cardinality(making_room) > 0 OR cardinality(turned_away) > 0 THEN
        RETURN QUERY
        SELECT c.execution_id, c.owner
        FROM (SELECT array_agg(m.message_key) AS keys, array_agg(m.id) AS ids, array_agg(m.action) AS actions,
                     array_agg(m.parameters) AS parameters
              FROM (SELECT 'perdure:slot/' || g.id AS message_key, g.id, 'slot_granted' AS action, jsonb '{}' AS parameters
                    FROM unnest(granted) AS g (id)
                    UNION ALL
                    SELECT 'perdure:no_slot/' || r.id, r.id, 'slot_refused', '{}' FROM unnest(turned_away) AS r (id)
                    UNION ALL
                    SELECT 'perdure:superseded/' || r.id, r.id, 'cancel',
                           jsonb_build_object('reason', 'The execution ' || r.newcomer
                               || ' of the same workflow and concurrency key takes its place.')
                    FROM unnest(making_room, newcomers) AS r (id, newcomer)) AS m) AS sent
        CROSS JOIN LATERAL workflow.send_controls(coordinator, sent.keys, sent.ids, sent.actions, sent.parameters) AS c;
    END IF;
END $$;

-- Whether a coordinator is taken for dead: its lease has run out, or half of it has, and the session that renewed it is gone. A
-- process that dies takes its sessions along at once, so most takeovers need not wait for the whole lease. One whose connection
-- broke has the half of a lease to come back; for one that is stopped or out of reach the whole lease counts.
-- plpgsql, so that nothing is asked of pg_stat_activity for those that are well.
CREATE OR REPLACE FUNCTION workflow.is_gone(expires_at timestamptz, session_pid integer, lease interval) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF expires_at >= clock_timestamp() + lease / 2 OR NOT workflow.leases_may_end(lease) THEN
        RETURN false;
    END IF;
    RETURN expires_at < clock_timestamp()
        OR (session_pid IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = is_gone.session_pid));
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

INSERT INTO schema_migrations (version) VALUES (4) ON CONFLICT DO NOTHING;

COMMIT;
