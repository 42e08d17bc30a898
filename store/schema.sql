-- Connections with what belongs to them: configuration, pauses, cached metadata, audit.

-- The words of sync/model.py, each defined once.
CREATE DOMAIN entity AS text CHECK (VALUE IN ('account', 'contact', 'lead', 'opportunity'));
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
    changed_at timestamptz NOT NULL DEFAULT now(),
    webhook_generation integer NOT NULL DEFAULT 1
);

CREATE TABLE pauses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    entity entity,
    direction direction,
    author text NOT NULL,
    reason text NOT NULL DEFAULT '',
    paused_at timestamptz NOT NULL DEFAULT now(),
    -- A pause that a person made has no end; one of the circuit breaker ends by itself, and the next cycle is the probe.
    until timestamptz,
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
    opened_at timestamptz,
    long_at timestamptz,
    full_at timestamptz,
    calls integer NOT NULL DEFAULT 0,
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
    note text NOT NULL DEFAULT '',
    approved_by text NOT NULL DEFAULT '',
    -- Only opportunities are still on their way: it does not hold the next one up.
    trails boolean NOT NULL DEFAULT false
);
-- Never two cycles over whole tables at once on one connection. One record and retries run beside them.
CREATE UNIQUE INDEX cycles_one_running ON cycles (connection_id)
    WHERE state = 'running' AND NOT trails AND kind IN ('scheduled', 'manual', 'initial', 'baseline');
-- Two beats, one cycle: the slot is the lock.
CREATE UNIQUE INDEX cycles_one_per_slot ON cycles (connection_id, slot) WHERE slot IS NOT NULL;
-- The same request waits once.
CREATE UNIQUE INDEX cycles_one_queued ON cycles (connection_id, kind, lane, request) WHERE state = 'queued';
CREATE INDEX cycles_unfinished ON cycles (connection_id, id) WHERE state IN ('queued', 'running');
CREATE INDEX cycles_recent ON cycles (connection_id, id);
CREATE INDEX cycles_asking ON cycles (connection_id, id) WHERE state = 'stopped' AND finished_at IS NULL;

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
-- Where every Dynamics record stands, which one speaks for which ActiveCampaign contact or account, what to read anew.

CREATE TABLE records (
    connection_id integer NOT NULL,
    entity entity NOT NULL,
    record_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('linked', 'shadowed', 'out_of_scope', 'no_address', 'waiting', 'deleted')),
    version bigint NOT NULL,
    address text,
    reason text NOT NULL DEFAULT '',
    shadowed_by uuid,
    modified_on text,
    -- The account that a person belongs to, while ActiveCampaign doesn't have it.
    awaits uuid,
    seen_at timestamptz NOT NULL DEFAULT now(),
    opted_out boolean NOT NULL DEFAULT false,
    PRIMARY KEY (connection_id, entity, record_id)
) WITH (fillfactor = 85);
CREATE INDEX records_by_address ON records (connection_id, address text_pattern_ops) WHERE address IS NOT NULL;
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
    origin text NOT NULL DEFAULT 'pushed' CHECK (origin IN ('pushed', 'pulled')),
    removed_at timestamptz,
    opted_out boolean,
    allowed_again boolean NOT NULL DEFAULT false,
    parked text[] NOT NULL DEFAULT '{}',
    seen_at timestamptz,
    kind text NOT NULL GENERATED ALWAYS AS (
        CASE entity WHEN 'account' THEN 'account' WHEN 'opportunity' THEN 'opportunity' ELSE 'person' END) STORED,
    bounced boolean NOT NULL DEFAULT false,
    -- Checked at the end of a statement, so that one statement can make two links change places.
    CONSTRAINT links_record UNIQUE (connection_id, entity, record_id) DEFERRABLE,
    CONSTRAINT links_address UNIQUE (connection_id, address) DEFERRABLE,
    CONSTRAINT links_ac_id UNIQUE (connection_id, kind, ac_id) DEFERRABLE
) WITH (fillfactor = 85);
-- Addresses that ActiveCampaign still knows although their record has left them; empty but for moments.
CREATE INDEX links_renamed ON links (connection_id, lower(agreed ->> 'email'))
    WHERE lower(agreed ->> 'email') <> address;
-- What a contact shows follows from all of its opportunities.
CREATE INDEX links_by_contact ON links (connection_id, ((agreed ->> '$contact')::bigint)) WHERE entity = 'opportunity';
CREATE INDEX links_by_ac_name ON links (connection_id, lower(btrim(agreed ->> 'name')) text_pattern_ops)
    WHERE entity = 'account';

-- Who belonged to which ActiveCampaign account before the first sync.
CREATE TABLE belongings (
    connection_id integer NOT NULL REFERENCES connections,
    address text NOT NULL,
    ac_account bigint NOT NULL,
    PRIMARY KEY (connection_id, address)
);

-- Contacts of ActiveCampaign that a record stood for until it went over to another contact. Their tags are left over: they
-- ask for nothing.
CREATE TABLE left_contacts (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    left_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_id)
);

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

CREATE TABLE wanted (
    connection_id integer NOT NULL REFERENCES connections,
    entity entity NOT NULL,
    lane lane NOT NULL,
    record_id uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, entity, lane, record_id)
);
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
    direction direction NOT NULL DEFAULT 'outbound',
    action text NOT NULL DEFAULT 'update' CHECK (action IN ('create', 'update', 'unlink')),
    -- Opportunities go in the order of their changes, so that a contact is told of its newest one last. The others in that
    -- in which they were put.
    place bigint NOT NULL GENERATED ALWAYS AS (CASE entity WHEN 'opportunity' THEN version ELSE 0 END) STORED,
    CONSTRAINT outbox_claimed CHECK ((state = 'pending') = (claimed_by IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
-- What waits for one record in one direction collapses into one row. In flight it is one row, whatever its direction.
CREATE UNIQUE INDEX outbox_one_pending ON outbox (connection_id, entity, record_id, direction) WHERE state = 'pending';
-- Never two workers at one record (G5). Addresses are guarded by the claim itself.
CREATE UNIQUE INDEX outbox_one_in_flight ON outbox (record_id, entity, connection_id) WHERE state IN ('claimed', 'sent');
-- The same rows under another condition, so that each of the two indexes answers its own question only: the planner, who
-- believes that next to nothing is in flight, would as soon read all of the wrong one.
CREATE INDEX outbox_in_flight_address ON outbox (address, connection_id) WHERE claimed_by IS NOT NULL;
CREATE INDEX outbox_claimable ON outbox (connection_id, direction, lane, entity, phase, place, id)
    WHERE state = 'pending' AND NOT held;
CREATE INDEX outbox_by_age ON outbox (connection_id, direction, lane, created_at);
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
    version bigint,
    direction direction NOT NULL DEFAULT 'outbound'
) PARTITION BY RANGE (at);
CREATE INDEX outcomes_by_record ON outcomes (connection_id, entity, record_id, at);
CREATE INDEX outcomes_by_cycle ON outcomes (cycle_id, outcome);
-- Takes what no month was made ready for, so that a late housekeeping run stops nobody.
CREATE TABLE outcomes_unsorted PARTITION OF outcomes DEFAULT;

-- What cycles overwrote, so that it can be put back: the mapped values of one record on the side that was written.
CREATE TABLE overwritten (
    connection_id integer NOT NULL,
    cycle_id bigint NOT NULL,
    entity entity NOT NULL,
    direction direction NOT NULL,
    record_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    -- Canonical values by field, null for empty.
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (cycle_id, entity, direction, record_id)
);
-- It goes by age, and rows come in the order of their time: a few pages of index for millions of them.
CREATE INDEX overwritten_by_age ON overwritten USING brin (at);

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
CREATE INDEX failures_by_subject ON failures (connection_id, entity, subject, id);
CREATE INDEX failures_by_class ON failures (connection_id, class, last_at) WHERE state IN ('open', 'retrying');

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
    repair jsonb,
    -- What names a record of a custom object, whose ids are no numbers.
    ac_record text NOT NULL DEFAULT ''
);
CREATE INDEX verify_differences_listed ON verify_differences (verification_id, entity, id);

-- Records of ActiveCampaign that were judged, by their ids there: its lists may show one twice.
CREATE TABLE verify_records (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    ac_record text NOT NULL,
    PRIMARY KEY (verification_id, ac_record)
);

-- Sums over the opportunities that are expected, and over the records found for them.
CREATE TABLE verify_sums (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    side text NOT NULL CHECK (side IN ('dynamics', 'activecampaign')),
    stage text NOT NULL,
    currency text NOT NULL,
    number bigint NOT NULL,
    estimated numeric NOT NULL,
    actual numeric NOT NULL,
    PRIMARY KEY (verification_id, side, stage, currency)
);
-- Who may use the console and its API.
CREATE DOMAIN user_role AS text CHECK (VALUE IN ('administrator', 'user'));

CREATE TABLE users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login)),
    name text NOT NULL DEFAULT '',
    -- Null: only what the security roles in Dynamics give.
    role user_role,
    -- Somebody of the directory, known by the object id there; others sign in with a password.
    directory_id uuid UNIQUE,
    password_hash text,
    active boolean NOT NULL DEFAULT true,
    failed_sign_ins integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    author text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    signed_in_at timestamptz,
    CONSTRAINT users_can_sign_in CHECK (directory_id IS NOT NULL OR password_hash IS NOT NULL AND role IS NOT NULL)
);

-- Only hashes of what a browser or a program holds are kept: whoever reads this table can't sign in with it.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    role user_role NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    role user_role NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    author text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    ends_at timestamptz
);

-- Sign-ins at the directory that have begun: each may be finished once.
CREATE TABLE sign_ins (
    state_hash bytea PRIMARY KEY,
    flow bytea NOT NULL,
    ends_at timestamptz NOT NULL
);

-- What somebody is changing about a configuration and has not saved yet. version: the one they started from.
CREATE TABLE drafts (
    connection_id integer NOT NULL REFERENCES connections ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    version integer NOT NULL,
    document jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, user_id)
);
-- Numbers for people, ready to be read: counting whole tables for every look at a page would take seconds.
CREATE TABLE tallies (
    connection_id integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('record', 'outbox', 'failure', 'conflict', 'outcome')),
    entity text NOT NULL,
    direction text NOT NULL DEFAULT '',
    -- A record's state, a failure's class, an outcome.
    what text NOT NULL DEFAULT '',
    -- Of outcomes, in UTC.
    day date NOT NULL DEFAULT '-infinity',
    number bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX tallies_by_connection ON tallies (connection_id, day);

-- What a statement adds to the numbers, as rows of their own: nobody waits for anybody, as they would for one counter.
-- Arguments: kind, direction, what and day as expressions, and which rows count.
CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side text := format(
        'SELECT connection_id, entity, %s AS direction, %s AS what, %s AS day, %%s AS one FROM %%s WHERE %s',
        TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4]);
    sides text := concat_ws(' UNION ALL ', CASE WHEN TG_OP <> 'DELETE' THEN format(side, '1', 'given') END,
                                           CASE WHEN TG_OP <> 'INSERT' THEN format(side, '-1', 'gone') END);
BEGIN
    EXECUTE format(
        'INSERT INTO tallies (connection_id, kind, entity, direction, what, day, number) '
        'SELECT connection_id, %L, entity, direction, what, day, sum(one) FROM (%s) AS counted '
        'GROUP BY connection_id, entity, direction, what, day HAVING sum(one) <> 0', TG_ARGV[0], sides);
    RETURN NULL;
END
$$;

CREATE TRIGGER tally_new AFTER INSERT ON records REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');
CREATE TRIGGER tally_changed AFTER UPDATE ON records REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');
CREATE TRIGGER tally_gone AFTER DELETE ON records REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');

-- A row of the outbox never changes its record or its direction, so changes of rows count nothing.
CREATE TRIGGER tally_new AFTER INSERT ON outbox REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('outbox', 'direction', '''''', '''-infinity''::date', 'true');
CREATE TRIGGER tally_gone AFTER DELETE ON outbox REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('outbox', 'direction', '''''', '''-infinity''::date', 'true');

CREATE TRIGGER tally_new AFTER INSERT ON failures REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');
CREATE TRIGGER tally_changed AFTER UPDATE ON failures REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');
CREATE TRIGGER tally_gone AFTER DELETE ON failures REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');

CREATE TRIGGER tally_new AFTER INSERT ON conflicts REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');
CREATE TRIGGER tally_changed AFTER UPDATE ON conflicts REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');
CREATE TRIGGER tally_gone AFTER DELETE ON conflicts REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');

-- History only grows, and goes by whole months; rows that move into the partition of their month count once.
CREATE TRIGGER tally_new AFTER INSERT ON outcomes REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('outcome', 'direction', 'outcome', '(at AT TIME ZONE ''UTC'')::date', 'true');
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

-- How far the requests of Dynamics were heard, one row per connection that ever listened.
CREATE TABLE listening (
    connection_id integer PRIMARY KEY REFERENCES connections,
    -- Where reading goes on: to the next page of what there is, or, once all was read, by change token.
    link text,
    tracked boolean NOT NULL DEFAULT false,
    -- Not before this time is change tracking tried again, where it is off.
    track_at timestamptz NOT NULL DEFAULT now(),
    -- When everything that waits was last asked for without change tracking.
    looked_at timestamptz,
    heard_at timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    turn bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    error text,
    -- What may be picked is told to Dynamics at this time, or as soon as there is another configuration.
    choices_due_at timestamptz NOT NULL DEFAULT now(),
    choices_version integer
);

-- What somebody asked for on a lead or contact in Dynamics, and what became of it.
CREATE TABLE requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id integer NOT NULL REFERENCES connections,
    -- The row in Dynamics; of the console, an id that its page made.
    request_id uuid NOT NULL,
    kind integer,
    target text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    entity text,
    record_id uuid,
    requester uuid,
    -- Who acted in the requester's name, null for nobody.
    behalf uuid,
    who text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    filed_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'asked' CHECK (
        state IN ('asked', 'checked', 'acting', 'done', 'refused', 'failed', 'unconfirmed', 'withdrawn')),
    cycle_id bigint,
    linking_at timestamptz,
    ac_id bigint,
    -- What is being done, with the stays in the automation that were there before: written down before the call.
    intent jsonb,
    acted_at timestamptz,
    acts integer NOT NULL DEFAULT 0,
    enrolment bigint,
    answer text NOT NULL DEFAULT '',
    settled_at timestamptz,
    answered_at timestamptz,
    noted boolean NOT NULL DEFAULT false,
    -- Whether the row in Dynamics says that it is being worked on.
    told boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT now(),
    -- When a message was sent for it last: one that waits in a queue needs no second one.
    woken_at timestamptz,
    lease_until timestamptz,
    claims integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    error text,
    -- Where it was asked. A row in Dynamics to answer on has only what was asked there.
    origin text NOT NULL DEFAULT 'dynamics' CHECK (origin IN ('dynamics', 'console')),
    -- Of the console: who asked, as the audit log names them, and their id in the directory, null without an account there.
    author text NOT NULL DEFAULT '',
    directory_id uuid,
    UNIQUE (connection_id, request_id)
);
CREATE INDEX requests_open ON requests (due_at) WHERE answered_at IS NULL;
CREATE INDEX requests_of_contact ON requests (connection_id, ac_id, id) WHERE ac_id IS NOT NULL;
CREATE INDEX requests_of_record ON requests (connection_id, record_id, id) WHERE record_id IS NOT NULL;
CREATE INDEX requests_newest ON requests (connection_id, id);
-- One request at a time for one contact, so that what is read before acting holds.
CREATE UNIQUE INDEX requests_one_at_a_time ON requests (connection_id, ac_id) WHERE state IN ('checked', 'acting');
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
