-- depends: 0003.records
-- What is on its way to ActiveCampaign: changes that wait or are being written, and bulk imports under way.

CREATE TABLE outbox (
    -- Given anew whenever a row goes back to pending: whoever still holds the old id can't settle the new claim.
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL,
    stream_id bigint NOT NULL,
    -- The stream whose row this one replaced last.
    overtook bigint,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    address text,
    change jsonb NOT NULL,
    decision jsonb,
    phase smallint NOT NULL DEFAULT 0 CHECK (phase IN (0, 1)),
    lane lane NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'claimed', 'sent')),
    single boolean NOT NULL DEFAULT false,
    held boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    claimed_by text,
    lease_until timestamptz,
    link_id bigint,
    import_id bigint,
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_claimed CHECK ((state = 'pending') = (claimed_by IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
-- What waits for one record collapses into one row.
CREATE UNIQUE INDEX outbox_one_pending ON outbox (connection_id, entity, record_id) WHERE state = 'pending';
-- Never two workers at one record (G5). Addresses are guarded by the claim itself.
CREATE UNIQUE INDEX outbox_one_in_flight ON outbox (record_id, entity, connection_id) WHERE state IN ('claimed', 'sent');
-- The same rows under another condition, so that each of the two indexes answers its own question only: the planner, who
-- believes that next to nothing is in flight, would as soon read all of the wrong one.
CREATE INDEX outbox_in_flight_address ON outbox (address) WHERE claimed_by IS NOT NULL;
CREATE INDEX outbox_claimable ON outbox (connection_id, lane, entity, phase, id) WHERE state = 'pending' AND NOT held;
CREATE INDEX outbox_held ON outbox (stream_id) WHERE held;
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'claimed';
CREATE INDEX outbox_imported ON outbox (import_id) WHERE state = 'sent';

CREATE TABLE imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL,
    lane lane NOT NULL,
    state text NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'queued', 'done')),
    service_id text,
    rows integer NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    poll_at timestamptz,
    polls integer NOT NULL DEFAULT 0,
    claimed_by text,
    lease_until timestamptz
);
CREATE INDEX imports_sending ON imports (lease_until) WHERE state = 'sending';
CREATE INDEX imports_queued ON imports (poll_at) WHERE state = 'queued';
CREATE INDEX imports_outstanding ON imports (connection_id) WHERE state <> 'done';
