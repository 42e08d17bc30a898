-- depends: 0006.two_way
-- `ac365 verify`: a full comparison that survives an interruption, one per connection. The tables below it hold what it has
-- to remember, so that its memory does not grow with the number of records. All of it goes when the comparison ends.
CREATE TABLE verifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections UNIQUE,
    -- What the configuration and both sides' columns and fields were: with others it begins anew.
    fingerprint text NOT NULL,
    -- Where it stands: the part that is being read, the place in it, and the numbers so far.
    phase text NOT NULL,
    cursor jsonb,
    tallies jsonb NOT NULL DEFAULT '{}',
    -- Grows with every step: who finds another number than it left has been overtaken by another command.
    step integer NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now()
);

-- Records of Dynamics as the comparison read them, without their values. match_key: a person's address, an account's name
-- in lower case; host: an account's web domain.
CREATE TABLE verify_here (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    match_key text,
    host text,
    modified_on text NOT NULL DEFAULT '',
    hindrance text NOT NULL DEFAULT '',
    opted_out boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'read' CHECK (state IN ('read', 'expected', 'found')),
    PRIMARY KEY (verification_id, entity, record_id)
);
CREATE INDEX verify_here_by_key ON verify_here (verification_id, match_key);
CREATE INDEX verify_here_expected ON verify_here (verification_id, entity, record_id) WHERE state = 'expected';

-- Accounts of ActiveCampaign. carried: the Dynamics id in the account's own field.
CREATE TABLE verify_companies (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    ac_id bigint NOT NULL,
    carried uuid,
    match_key text,
    host text,
    company jsonb,
    field_values jsonb NOT NULL DEFAULT '{}',
    found boolean NOT NULL DEFAULT false,
    PRIMARY KEY (verification_id, ac_id)
);
CREATE INDEX verify_companies_carried ON verify_companies (verification_id, carried);

-- Who belongs to which account in ActiveCampaign.
CREATE TABLE verify_members (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    ac_contact bigint NOT NULL,
    ac_account bigint NOT NULL,
    PRIMARY KEY (verification_id, ac_contact)
);

-- Every difference. record_id is empty for what is in ActiveCampaign alone; reasons: why, by field; explained: all of it
-- has a reason; repair: what would have to be remembered and queued to end it.
CREATE TABLE verify_differences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    entity entity NOT NULL,
    record_id uuid,
    ac_id bigint,
    fields text[] NOT NULL DEFAULT '{}',
    missing_in text NOT NULL DEFAULT '' CHECK (missing_in IN ('', 'activecampaign', 'dynamics')),
    reasons jsonb NOT NULL DEFAULT '{}',
    explained boolean NOT NULL,
    repair jsonb
);
CREATE INDEX verify_differences_listed ON verify_differences (verification_id, entity, id);
