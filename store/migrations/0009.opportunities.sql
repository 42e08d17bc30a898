-- depends: 0008.left_contacts
-- Opportunities travel too: as records of a custom object that belong to one contact each.
-- One statement: between the two of them PostgreSQL 16 refuses the savepoint that every statement of a migration gets.
DO $$ BEGIN
    ALTER DOMAIN entity DROP CONSTRAINT entity_check;
    ALTER DOMAIN entity ADD CONSTRAINT entity_check CHECK (VALUE IN ('account', 'contact', 'lead', 'opportunity'));
END $$;

ALTER TABLE records DROP CONSTRAINT records_state_check;
ALTER TABLE records ADD CONSTRAINT records_state_check
    CHECK (state IN ('linked', 'shadowed', 'out_of_scope', 'no_address', 'waiting', 'deleted'));

ALTER TABLE links DROP CONSTRAINT links_ac_id;
ALTER TABLE links DROP COLUMN kind;
ALTER TABLE links ADD COLUMN kind text NOT NULL GENERATED ALWAYS AS (
    CASE entity WHEN 'account' THEN 'account' WHEN 'opportunity' THEN 'opportunity' ELSE 'person' END) STORED;
ALTER TABLE links ADD CONSTRAINT links_ac_id UNIQUE (connection_id, kind, ac_id) DEFERRABLE;

-- What a contact shows follows from all of its opportunities.
CREATE INDEX links_by_contact ON links (connection_id, ((agreed ->> '$contact')::bigint)) WHERE entity = 'opportunity';

-- A cycle of which only opportunities are still on their way: it does not hold the next one up.
ALTER TABLE cycles ADD COLUMN trails boolean NOT NULL DEFAULT false;
DROP INDEX cycles_one_running;
CREATE UNIQUE INDEX cycles_one_running ON cycles (connection_id)
    WHERE state = 'running' AND NOT trails AND kind IN ('scheduled', 'manual', 'initial', 'baseline');

-- The contacts of Dynamics that may stand for an opportunity, best first; account_id: it is that account's primary contact.
CREATE TABLE related_contacts (
    connection_id integer NOT NULL REFERENCES connections,
    opportunity_id uuid NOT NULL,
    position smallint NOT NULL,
    contact_id uuid,
    account_id uuid,
    PRIMARY KEY (connection_id, opportunity_id, position)
);
CREATE INDEX related_contacts_by_contact ON related_contacts (connection_id, contact_id);
CREATE INDEX related_contacts_by_account ON related_contacts (connection_id, account_id) WHERE account_id IS NOT NULL;

-- Opportunities that somebody picked by hand.
CREATE TABLE picks (
    connection_id integer NOT NULL REFERENCES connections,
    opportunity_id uuid NOT NULL,
    author text NOT NULL,
    picked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, opportunity_id)
);

-- Configurations that were made before know nothing of opportunities: they stay off.
UPDATE configurations SET document = jsonb_set(document, '{entities,opportunity}', '{
    "enabled": false, "direction": "outbound", "shown_as": "object", "scope": "all", "criteria": null, "picked_by": null,
    "contacts": ["primary", "customer"], "history": "ask", "on_deleted": "status", "standard": {}, "fields": []}')
WHERE NOT document -> 'entities' ? 'opportunity';
