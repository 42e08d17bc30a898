-- depends: 0005.history
-- The way back: changes travel in two directions, conflicts and consent are remembered, a cycle can ask a person.

ALTER TABLE connections ADD COLUMN webhook_generation integer NOT NULL DEFAULT 1;

-- A pause that a person made has no end; one of the circuit breaker ends by itself, and the next cycle is the probe.
ALTER TABLE pauses ADD COLUMN until timestamptz;

ALTER TABLE watermarks
    ADD COLUMN opened_at timestamptz,
    ADD COLUMN long_at timestamptz,
    ADD COLUMN full_at timestamptz,
    ADD COLUMN calls integer NOT NULL DEFAULT 0;

ALTER TABLE cycles ADD COLUMN approved_by text NOT NULL DEFAULT '';

ALTER TABLE records ADD COLUMN opted_out boolean NOT NULL DEFAULT false;

ALTER TABLE links
    ADD COLUMN origin text NOT NULL DEFAULT 'pushed' CHECK (origin IN ('pushed', 'pulled')),
    ADD COLUMN removed_at timestamptz,
    ADD COLUMN opted_out boolean,
    ADD COLUMN allowed_again boolean NOT NULL DEFAULT false,
    ADD COLUMN parked text[] NOT NULL DEFAULT '{}',
    ADD COLUMN seen_at timestamptz;

ALTER TABLE outbox
    ADD COLUMN direction direction NOT NULL DEFAULT 'outbound',
    ADD COLUMN action text NOT NULL DEFAULT 'update' CHECK (action IN ('create', 'update', 'unlink'));
-- What waits for one record in one direction collapses into one row. In flight it is one row, whatever its direction.
DROP INDEX outbox_one_pending;
CREATE UNIQUE INDEX outbox_one_pending ON outbox (connection_id, entity, record_id, direction) WHERE state = 'pending';
DROP INDEX outbox_claimable;
CREATE INDEX outbox_claimable ON outbox (connection_id, direction, lane, entity, phase, id)
    WHERE state = 'pending' AND NOT held;

ALTER TABLE outcomes ADD COLUMN direction direction NOT NULL DEFAULT 'outbound';

-- Records of ActiveCampaign that somebody wants to be looked at: a webhook, a retry, or a request to create a record.
CREATE TABLE asked (
    connection_id integer NOT NULL REFERENCES connections,
    lane lane NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'account')),
    ac_id bigint NOT NULL,
    -- What is to be created in Dynamics for it; empty where it is only to be looked at.
    entity entity,
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, lane, kind, ac_id)
);

CREATE TABLE conflicts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    ac_id bigint,
    key text NOT NULL,
    agreed jsonb,
    ours jsonb,
    theirs jsonb,
    policy text NOT NULL,
    winner text NOT NULL DEFAULT '' CHECK (winner IN ('', 'dynamics', 'activecampaign')),
    state text NOT NULL DEFAULT 'decided' CHECK (state IN ('decided', 'open', 'resolved')),
    cycle_id bigint,
    at timestamptz NOT NULL DEFAULT now(),
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz
);
-- A field waits for one decision at a time.
CREATE UNIQUE INDEX conflicts_one_open ON conflicts (connection_id, entity, record_id, key) WHERE state = 'open';
CREATE INDEX conflicts_by_record ON conflicts (connection_id, entity, record_id, id);
CREATE INDEX conflicts_by_state ON conflicts (connection_id, state, id);

-- Who belongs to which account in ActiveCampaign, and the custom values of its accounts, as its last sweep showed them:
-- neither can be asked for by date of change.
CREATE TABLE memberships (
    connection_id integer NOT NULL REFERENCES connections,
    ac_contact bigint NOT NULL,
    ac_account bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_contact)
);

CREATE TABLE account_values (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    field_values jsonb NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_id)
);
