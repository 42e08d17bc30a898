-- Connections with what belongs to them: configuration, pauses, cached metadata, audit.

-- The words of sync/model.py, each defined once.
CREATE DOMAIN entity AS text CHECK (VALUE IN ('account', 'contact', 'lead'));
CREATE DOMAIN direction AS text CHECK (VALUE IN ('outbound', 'inbound'));
CREATE DOMAIN lane AS text CHECK (VALUE IN ('live', 'sync', 'backfill'));
CREATE DOMAIN outcome AS text CHECK (VALUE IN ('created', 'updated', 'unchanged', 'skipped', 'waiting', 'failed'));

CREATE TABLE connections (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    dynamics_url text NOT NULL DEFAULT '',
    dynamics_tenant_id text NOT NULL DEFAULT '',
    dynamics_client_id text NOT NULL DEFAULT '',
    dynamics_authority text NOT NULL DEFAULT '',
    activecampaign_url text NOT NULL DEFAULT '',
    secrets bytea NOT NULL,
    organization_id uuid,
    next_due_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE pauses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    entity entity,
    direction direction,
    author text NOT NULL,
    reason text NOT NULL DEFAULT '',
    paused_at timestamptz NOT NULL DEFAULT now(),
    -- One pause per scope: pausing twice is pausing once. No entity or direction means all of them.
    CONSTRAINT pauses_once UNIQUE NULLS NOT DISTINCT (connection_id, entity, direction)
);

CREATE TABLE configurations (
    connection_id integer NOT NULL REFERENCES connections,
    version integer NOT NULL CHECK (version > 0),
    document jsonb NOT NULL,
    author text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, version)
);

CREATE TABLE snapshots (
    connection_id integer NOT NULL REFERENCES connections,
    key text NOT NULL,
    document jsonb NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, key)
);

CREATE TABLE counterparts (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    name_key text NOT NULL,
    domain text,
    -- Text, because people can edit the ActiveCampaign field that it is read from.
    record_id text,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_id)
);
CREATE INDEX counterparts_by_name ON counterparts (connection_id, name_key);
CREATE INDEX counterparts_by_domain ON counterparts (connection_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX counterparts_by_record ON counterparts (connection_id, record_id) WHERE record_id IS NOT NULL;

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    connection_id integer REFERENCES connections,
    author text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb
);
CREATE INDEX audit_by_connection ON audit (connection_id, id);

CREATE TABLE heartbeats (
    name text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    facts jsonb NOT NULL DEFAULT '{}'
);
