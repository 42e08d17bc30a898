-- depends: 0002.cycles
-- Where every Dynamics record stands, which one speaks for which ActiveCampaign contact or account, what to read anew.

CREATE TABLE records (
    connection_id integer NOT NULL,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('linked', 'shadowed', 'out_of_scope', 'no_address', 'deleted')),
    version bigint NOT NULL,
    address text,
    reason text NOT NULL DEFAULT '',
    shadowed_by uuid,
    modified_on text,
    -- The account that a person belongs to, while ActiveCampaign doesn't have it.
    awaits uuid,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, entity, record_id)
) WITH (fillfactor = 85);
CREATE INDEX records_by_address ON records (connection_id, address) WHERE address IS NOT NULL;
CREATE INDEX records_awaiting ON records (connection_id, awaits) WHERE awaits IS NOT NULL;

CREATE TABLE links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    address text,
    ac_id bigint,
    agreed jsonb NOT NULL DEFAULT '{}',
    agreed_version bigint NOT NULL DEFAULT 0,
    delivered_at timestamptz,
    account_id uuid,
    modified_on text NOT NULL DEFAULT '',
    tagged text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL GENERATED ALWAYS AS (CASE entity WHEN 'account' THEN 'account' ELSE 'person' END) STORED,
    -- Checked at the end of a statement, so that one statement can make two links change places.
    CONSTRAINT links_record UNIQUE (connection_id, entity, record_id) DEFERRABLE,
    CONSTRAINT links_address UNIQUE (connection_id, address) DEFERRABLE,
    CONSTRAINT links_ac_id UNIQUE (connection_id, kind, ac_id) DEFERRABLE
) WITH (fillfactor = 85);
-- Addresses that ActiveCampaign still knows although their record has left them; empty but for moments.
CREATE INDEX links_renamed ON links (connection_id, lower(agreed ->> 'email'))
    WHERE lower(agreed ->> 'email') <> address;
CREATE INDEX links_by_ac_name ON links (connection_id, lower(btrim(agreed ->> 'name'))) WHERE entity = 'account';

-- Who belonged to which ActiveCampaign account before the first sync.
CREATE TABLE belongings (
    connection_id integer NOT NULL REFERENCES connections,
    address text NOT NULL,
    ac_account bigint NOT NULL,
    PRIMARY KEY (connection_id, address)
);

CREATE TABLE wanted (
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    lane lane NOT NULL,
    record_id uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, entity, lane, record_id)
);
