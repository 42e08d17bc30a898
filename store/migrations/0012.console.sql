-- depends: 0011.newest_last
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
