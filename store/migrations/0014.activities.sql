-- depends: 0013.tallies
-- Marketing activities: what contacts of ActiveCampaign received and did, on its way to Dynamics.

-- Reading and writing go on by themselves, each under a lease.
CREATE TABLE activity_lines (
    connection_id integer NOT NULL REFERENCES connections,
    line text NOT NULL CHECK (line IN ('read', 'write')),
    -- Where it stands, and what it found out about the services.
    state jsonb NOT NULL DEFAULT '{}',
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by text,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    error jsonb,
    moved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, line)
);

-- Every event once, by ActiveCampaign's own id. told: its words, until they are in Dynamics; asks: why a mail bounced is not
-- known yet; entity and record_id: where it was written.
CREATE TABLE activities (
    connection_id integer NOT NULL REFERENCES connections,
    event_id text NOT NULL,
    ac_id bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('unlinked', 'ready', 'written', 'skipped', 'refused', 'dropped')),
    told jsonb,
    asks boolean NOT NULL DEFAULT false,
    entity entity,
    record_id uuid,
    reason text NOT NULL DEFAULT '',
    filed_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    PRIMARY KEY (connection_id, event_id)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX activities_ready ON activities (connection_id, at) WHERE state = 'ready';
CREATE INDEX activities_standing ON activities (connection_id, state) WHERE state IN ('ready', 'refused');
CREATE INDEX activities_unlinked ON activities (connection_id, ac_id) WHERE state = 'unlinked';
CREATE INDEX activities_asking ON activities (connection_id, at) WHERE asks;
CREATE INDEX activities_by_contact ON activities (connection_id, ac_id, at);
CREATE INDEX activities_by_age ON activities (connection_id, at);
CREATE INDEX activities_by_filing ON activities (connection_id, filed_at);
CREATE INDEX activities_by_record ON activities (connection_id, entity, record_id) WHERE state = 'written';

-- Contacts as they were when they were last looked at. sent: mails counted then; covered_at: what has a date up to here is
-- known; fetched_at: when its own feed was last read.
CREATE TABLE activity_people (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    sent integer,
    swept_at timestamptz,
    covered_at timestamptz,
    fetched_at timestamptz,
    PRIMARY KEY (connection_id, ac_id)
) WITH (fillfactor = 80);

-- Contacts that have news which the feed has not shown: a webhook said so, or their row in a list did. evidence_at: the
-- newest date that speaks for it; sends: so many mails more than counted at sends_since.
CREATE TABLE activity_news (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    hinted boolean NOT NULL DEFAULT false,
    evidence_at timestamptz,
    sends integer NOT NULL DEFAULT 0,
    sends_since timestamptz,
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_id)
);

-- Names of campaigns, automations and mails (their subjects), so that each is asked for once.
CREATE TABLE activity_names (
    connection_id integer NOT NULL REFERENCES connections,
    kind text NOT NULL CHECK (kind IN ('campaign', 'automation', 'message')),
    number bigint NOT NULL,
    name text NOT NULL,
    known_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, kind, number)
);
