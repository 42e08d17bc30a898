-- depends: 0004.outbox
-- What became of every record that was read, and what waits for a person.

CREATE TABLE outcomes (
    at timestamptz NOT NULL DEFAULT now(),
    connection_id integer NOT NULL,
    cycle_id bigint,
    stream_id bigint,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    outcome outcome NOT NULL,
    reason text NOT NULL DEFAULT '',
    version bigint
) PARTITION BY RANGE (at);
CREATE INDEX outcomes_by_record ON outcomes (connection_id, entity, record_id, at);
CREATE INDEX outcomes_by_cycle ON outcomes (cycle_id, outcome);
-- Takes what no month was made ready for, so that a late housekeeping run stops nobody.
CREATE TABLE outcomes_unsorted PARTITION OF outcomes DEFAULT;

CREATE TABLE failures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    direction direction NOT NULL,
    record_id uuid,
    ac_id bigint,
    -- What failed: a record of Dynamics, else one of ActiveCampaign, else the stream as a whole.
    subject text NOT NULL GENERATED ALWAYS AS (coalesce(record_id::text, 'ac:' || ac_id::text, '')) STORED,
    stage text NOT NULL,
    class text NOT NULL,
    code text NOT NULL DEFAULT '',
    message text NOT NULL DEFAULT '',
    advice text NOT NULL DEFAULT '',
    request jsonb,
    answer text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'retrying', 'resolved', 'discarded')),
    cycle_id bigint,
    correlation_id text NOT NULL DEFAULT '',
    code_version text NOT NULL DEFAULT ''
);
-- A record stands on the list once.
CREATE UNIQUE INDEX failures_one_open ON failures (connection_id, entity, subject, direction)
    WHERE state IN ('open', 'retrying');
CREATE INDEX failures_due ON failures (due_at) WHERE state IN ('open', 'retrying') AND due_at IS NOT NULL;
CREATE INDEX failures_by_state ON failures (state, last_at);
