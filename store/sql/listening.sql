-- name: due
-- Connections to listen to now: those whose panel is switched on, and seldom those where it was once.
SELECT c.id AS connection_id FROM connections c
JOIN LATERAL (SELECT document FROM configurations g WHERE g.connection_id = c.id ORDER BY version DESC LIMIT 1) g ON true
LEFT JOIN listening l ON l.connection_id = c.id
WHERE (coalesce((g.document -> 'panel' ->> 'enabled')::boolean, false) OR l.connection_id IS NOT NULL)
  AND coalesce(l.due_at <= :now, true) AND coalesce(l.lease_until < :now, true)
ORDER BY c.id;

-- name: ensure!
-- Begins to listen.
INSERT INTO listening (connection_id) VALUES (:connection_id) ON CONFLICT DO NOTHING;

-- name: claim
-- Takes the ear of a connection. No row: somebody listens, or it is not time. A hint may come early, but not into a pause
-- that failures made.
UPDATE listening SET lease_until = :now + :lease_s * interval '1 second', turn = turn + 1
WHERE connection_id = :connection_id AND coalesce(lease_until < :now, true) AND (due_at <= :now OR failures = 0)
RETURNING *;

-- name: move!
-- Keeps where reading goes on, in the transaction that files what was read. No row: the lease ran out meanwhile.
UPDATE listening SET link = :link, tracked = :tracked, looked_at = coalesce(:looked_at, looked_at),
    track_at = coalesce(:track_at, track_at)
WHERE connection_id = :connection_id AND turn = :turn;

-- name: heard!
-- Ends a turn that went well.
UPDATE listening SET lease_until = NULL, failures = 0, error = NULL, heard_at = :now, due_at = :due_at
WHERE connection_id = :connection_id AND turn = :turn;

-- name: failed!
-- Ends a turn that failed; the next one is later.
UPDATE listening SET lease_until = NULL, failures = failures + 1, error = :error, due_at = :due_at
WHERE connection_id = :connection_id AND turn = :turn;

-- name: choose!
-- Takes the turn of telling what may be picked. No row: nothing is due.
UPDATE listening SET choices_due_at = :due_at, choices_version = :version
WHERE connection_id = :connection_id AND (choices_due_at <= :now OR choices_version IS DISTINCT FROM :version);

-- name: choose_again!
-- What may be picked could not be told.
UPDATE listening SET choices_due_at = :due_at WHERE connection_id = :connection_id;

-- name: get
-- How one connection is listened to.
SELECT * FROM listening WHERE connection_id = :connection_id;
