-- depends: 0014.activities
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
    -- The row in Dynamics.
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
    UNIQUE (connection_id, request_id)
);
CREATE INDEX requests_open ON requests (due_at) WHERE answered_at IS NULL;
CREATE INDEX requests_of_contact ON requests (connection_id, ac_id, id) WHERE ac_id IS NOT NULL;
CREATE INDEX requests_newest ON requests (connection_id, id);
-- One request at a time for one contact, so that what is read before acting holds.
CREATE UNIQUE INDEX requests_one_at_a_time ON requests (connection_id, ac_id) WHERE state IN ('checked', 'acting');
