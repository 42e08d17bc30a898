-- name: any
-- Whether anybody may sign in.
SELECT EXISTS (SELECT FROM users WHERE active);

-- name: listed
-- Everybody, by name.
SELECT id, login, name, role, directory_id, active, locked_until, author, created_at, signed_in_at,
       password_hash IS NOT NULL AS has_password
FROM users ORDER BY login;

-- name: page
-- Some of them.
SELECT id, login, name, role, directory_id, active, locked_until, author, created_at, signed_in_at,
       password_hash IS NOT NULL AS has_password
FROM users WHERE login > :after ORDER BY login LIMIT :limit;

-- name: directory_ids
-- Who comes from the directory.
SELECT directory_id FROM users WHERE directory_id IS NOT NULL;

-- name: get
-- One person.
SELECT * FROM users WHERE id = :id;

-- name: by_login
-- The person who signs in by this name.
SELECT * FROM users WHERE login = lower(:login);

-- name: by_directory
-- The person whom the directory knows by this id.
SELECT * FROM users WHERE directory_id = :directory_id;

-- name: add
-- Adds somebody, or nobody when the name or the directory id is taken.
INSERT INTO users (login, name, role, directory_id, password_hash, author)
VALUES (lower(:login), :name, :role, :directory_id, :password_hash, :author)
ON CONFLICT DO NOTHING RETURNING id;

-- name: add_first
-- Adds the first administrator; two that come at once are one.
INSERT INTO users (login, name, role, password_hash, author)
SELECT lower(:login), :name, 'administrator', :password_hash, :author
WHERE NOT EXISTS (SELECT FROM users WHERE active)
ON CONFLICT DO NOTHING RETURNING id;

-- name: change!
-- Changes what somebody is called and may do. The last administrator who can sign in stays one.
UPDATE users u SET name = :name, role = :role, active = :active
WHERE id = :id AND (:role IS NOT DISTINCT FROM 'administrator' AND :active
    OR u.role IS DISTINCT FROM 'administrator' OR NOT u.active
    OR EXISTS (SELECT FROM users o WHERE o.id <> u.id AND o.role = 'administrator' AND o.active));

-- name: remove!
-- Removes somebody, but never the last administrator who can sign in.
DELETE FROM users u
WHERE id = :id AND (role IS DISTINCT FROM 'administrator' OR NOT active
    OR EXISTS (SELECT FROM users o WHERE o.id <> u.id AND o.role = 'administrator' AND o.active));

-- name: rename!
-- What the directory calls somebody now.
UPDATE users u SET name = :name,
    login = CASE WHEN EXISTS (SELECT FROM users o WHERE o.login = lower(:login) AND o.id <> u.id)
        THEN login ELSE lower(:login) END
WHERE id = :id;

-- name: unlock!
-- Ends a lock.
UPDATE users SET failed_sign_ins = 0, locked_until = NULL
WHERE id = :id AND (failed_sign_ins > 0 OR locked_until IS NOT NULL);

-- name: set_password!
-- Gives somebody a new password; what failed before is forgotten.
UPDATE users SET password_hash = :password_hash, failed_sign_ins = 0, locked_until = NULL WHERE id = :id;

-- name: failed
-- Counts a failed sign-in, and locks the name from so many on.
UPDATE users
SET failed_sign_ins = failed_sign_ins + 1,
    locked_until = CASE WHEN failed_sign_ins + 1 >= :allowed THEN :until::timestamptz ELSE locked_until END
WHERE id = :id RETURNING locked_until;

-- name: signed_in!
-- Notes a sign-in.
UPDATE users SET failed_sign_ins = 0, locked_until = NULL, signed_in_at = :at WHERE id = :id;

-- name: lock
-- Makes others who change users wait, so that two can't remove each other at once.
SELECT pg_advisory_xact_lock(365365);
