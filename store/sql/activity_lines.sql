-- name: ensure!
-- Lines of a connection that has none yet.
INSERT INTO activity_lines (connection_id, line, due_at)
SELECT :connection_id, line, :now FROM unnest(ARRAY['read', 'write']) AS line ON CONFLICT DO NOTHING;

-- name: get
-- One line.
SELECT * FROM activity_lines WHERE connection_id = :connection_id AND line = :line;

-- name: due
-- Lines whose time has come and that nobody holds.
SELECT connection_id, line FROM activity_lines
WHERE due_at <= :now AND (lease_until IS NULL OR lease_until <= :now) ORDER BY due_at;

-- name: claim
-- Takes a line whose time has come, unless somebody holds it.
UPDATE activity_lines SET claimed_by = :token, lease_until = :until, moved_at = now()
WHERE connection_id = :connection_id AND line = :line AND due_at <= :now
  AND (lease_until IS NULL OR lease_until <= :now)
RETURNING *;

-- name: advance!
-- Keeps where a line stands; whoever holds it no more changes nothing.
UPDATE activity_lines SET state = :state, lease_until = :until, attempts = 0, error = NULL, moved_at = now()
WHERE connection_id = :connection_id AND line = :line AND claimed_by = :token;

-- name: release!
-- Gives a line back until its next time.
UPDATE activity_lines
SET claimed_by = NULL, lease_until = NULL, due_at = :due_at, error = :error,
    attempts = CASE WHEN :error::jsonb IS NULL THEN attempts ELSE attempts + 1 END
WHERE connection_id = :connection_id AND line = :line AND claimed_by = :token;

-- name: hurry!
-- Lets a line go on at that time, unless it does so sooner.
UPDATE activity_lines SET due_at = least(due_at, :at) WHERE connection_id = :connection_id AND line = :line;
