-- depends: 0001.connections
-- Cycles, their streams and filed pages, and where the next cycle goes on.

CREATE TABLE watermarks (
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    direction direction NOT NULL,
    kind text NOT NULL CHECK (kind IN ('delta', 'modified')),
    link text,
    select_hash text NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now(),
    established text NOT NULL CHECK (established IN ('initial', 'baseline')),
    PRIMARY KEY (connection_id, entity, direction)
);

CREATE TABLE cycles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    kind text NOT NULL CHECK (kind IN ('scheduled', 'manual', 'initial', 'baseline', 'record', 'retry')),
    lane lane NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'complete', 'partial', 'failed', 'stopped')),
    config_version integer NOT NULL,
    slot timestamptz,
    -- Which streams were asked for, as one word, so that the same request is recognised while it waits.
    request text NOT NULL,
    requested_by text NOT NULL DEFAULT '',
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    note text NOT NULL DEFAULT ''
);
-- Never two cycles over whole tables at once on one connection. One record and retries run beside them.
CREATE UNIQUE INDEX cycles_one_running ON cycles (connection_id)
    WHERE state = 'running' AND kind IN ('scheduled', 'manual', 'initial', 'baseline');
-- Two beats, one cycle: the slot is the lock.
CREATE UNIQUE INDEX cycles_one_per_slot ON cycles (connection_id, slot) WHERE slot IS NOT NULL;
-- The same request waits once.
CREATE UNIQUE INDEX cycles_one_queued ON cycles (connection_id, kind, lane, request) WHERE state = 'queued';
CREATE INDEX cycles_unfinished ON cycles (connection_id, id) WHERE state IN ('queued', 'running');
CREATE INDEX cycles_recent ON cycles (connection_id, id);

CREATE TABLE streams (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cycle_id bigint NOT NULL REFERENCES cycles ON DELETE CASCADE,
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    direction direction NOT NULL,
    position smallint NOT NULL,
    lane lane NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'fetching', 'delivering', 'done', 'failed')),
    "full" boolean NOT NULL DEFAULT false,
    mode text NOT NULL DEFAULT 'delta' CHECK (mode IN ('delta', 'modified')),
    cursor text,
    select_hash text,
    pages integer NOT NULL DEFAULT 0,
    read integer NOT NULL DEFAULT 0,
    created integer NOT NULL DEFAULT 0,
    updated integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    moved_at timestamptz NOT NULL DEFAULT now(),
    error jsonb,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT streams_position UNIQUE (cycle_id, position),
    -- Nothing is accounted for that was not read, and nothing twice (G9).
    CONSTRAINT streams_conserved CHECK (
        waiting >= 0 AND read >= created + updated + unchanged + skipped + waiting + failed)
) WITH (fillfactor = 70);
CREATE INDEX streams_active ON streams (connection_id, entity, lane) WHERE state IN ('fetching', 'delivering');

CREATE TABLE pages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id bigint NOT NULL REFERENCES streams ON DELETE CASCADE,
    connection_id integer NOT NULL,
    number integer NOT NULL,
    rows jsonb NOT NULL,
    state text NOT NULL DEFAULT 'filed' CHECK (state IN ('filed', 'claimed', 'done')),
    claimed_by text,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    -- A repeated fetch files nothing twice.
    CONSTRAINT pages_number UNIQUE (stream_id, number)
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 100);
CREATE INDEX pages_open ON pages (stream_id) WHERE state <> 'done';
CREATE INDEX pages_filed ON pages (id) WHERE state = 'filed';
CREATE INDEX pages_leased ON pages (lease_until) WHERE state = 'claimed';
