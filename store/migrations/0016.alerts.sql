-- depends: 0015.requests
-- Alerts: what is wrong, since when, and who was told of it.
CREATE TABLE alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    -- What it is about, such as a queue, or a connection and a direction.
    subject text NOT NULL DEFAULT '',
    connection_id integer REFERENCES connections ON DELETE CASCADE,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning')),
    text text NOT NULL,
    advice text NOT NULL DEFAULT '',
    -- Since when its sign has been there; since when it fires, null while it has to hold; since when the sign is gone.
    seen_at timestamptz NOT NULL,
    firing_at timestamptz,
    calm_at timestamptz,
    told_at timestamptz,
    recovered_at timestamptz
);
-- One alert of a rule and subject is open at a time.
CREATE UNIQUE INDEX alerts_one_open ON alerts (rule, subject) WHERE recovered_at IS NULL;

-- What is to be told of an alert, once for each way. Who told it settles it; what was not taken is due again later.
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('firing', 'reminder', 'recovered')),
    way text NOT NULL CHECK (way IN ('webhook', 'mail')),
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    given_up_at timestamptz,
    error text NOT NULL DEFAULT ''
);
CREATE INDEX notices_due ON notices (due_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX notices_by_alert ON notices (alert_id);

-- When somebody last looked for alerts: the row is the lock, so that several who look are one.
CREATE TABLE watches (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at timestamptz NOT NULL
);

-- How large the database was, day by day in UTC.
CREATE TABLE database_sizes (
    day date PRIMARY KEY,
    bytes bigint NOT NULL
);

-- The oldest change on its way, by direction and lane: one look at the index for each.
DROP INDEX outbox_by_age;
CREATE INDEX outbox_by_age ON outbox (connection_id, direction, lane, created_at);
