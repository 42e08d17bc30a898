-- name: begin!
-- Somebody signed in.
INSERT INTO sessions (token_hash, user_id, role, ends_at) VALUES (:token_hash, :user_id, :role, :ends_at);

-- name: person
-- Who holds this session, while it lasts and the person may sign in.
SELECT u.id, u.login, u.name, u.directory_id, s.seen_at, s.role
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = :token_hash AND s.ends_at > :now AND s.seen_at > :seen_after AND u.active;

-- name: seen!
-- Notes that a session is in use.
UPDATE sessions SET seen_at = :now WHERE token_hash = :token_hash;

-- name: end!
-- Signs out.
DELETE FROM sessions WHERE token_hash = :token_hash;

-- name: listed
-- Where somebody is signed in.
SELECT encode(substring(token_hash FOR 8), 'hex') AS ref, role, made_at, seen_at
FROM sessions WHERE user_id = :user_id ORDER BY seen_at DESC LIMIT 100;

-- name: end_one!
-- Ends one session of somebody.
DELETE FROM sessions WHERE user_id = :user_id AND encode(substring(token_hash FOR 8), 'hex') = :ref;

-- name: set_role!
-- Another role for all sessions of somebody.
UPDATE sessions SET role = :role WHERE user_id = :user_id;

-- name: end_all!
-- Signs a person out everywhere.
DELETE FROM sessions WHERE user_id = :user_id;

-- name: prune!
-- Removes what has ended.
DELETE FROM sessions WHERE ends_at < :now OR seen_at < :seen_before;

-- name: begin_sign_in!
-- A sign-in at the directory begins.
INSERT INTO sign_ins (state_hash, flow, ends_at) VALUES (:state_hash, :flow, :ends_at);

-- name: finish_sign_in
-- Takes a sign-in that has begun: a second time there is none.
DELETE FROM sign_ins WHERE state_hash = :state_hash AND ends_at > :now RETURNING flow;

-- name: prune_sign_ins!
-- Removes sign-ins that nobody finished.
DELETE FROM sign_ins WHERE ends_at < :now;
