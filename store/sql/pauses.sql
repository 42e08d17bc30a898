-- name: pause!
-- Pauses a scope. No row: it is paused already.
INSERT INTO pauses AS p (connection_id, entity, direction, author, reason, until)
VALUES (:connection_id, :entity, :direction, :author, :reason, :until)
ON CONFLICT ON CONSTRAINT pauses_once DO UPDATE
SET author = excluded.author, reason = excluded.reason, until = excluded.until, paused_at = now()
-- A pause that has run out, or one with an end, gives way; what a person paused without end stays as it is.
WHERE p.until IS NOT NULL;

-- name: resume!
-- Ends the pause of exactly this scope. No row: it was not paused.
DELETE FROM pauses
WHERE connection_id = :connection_id AND entity IS NOT DISTINCT FROM :entity::text
  AND direction IS NOT DISTINCT FROM :direction::text;

-- name: active
-- All pauses of a connection, oldest first.
SELECT id, entity, direction, author, reason, paused_at, until FROM pauses
WHERE connection_id = :connection_id AND (until IS NULL OR until > now()) ORDER BY id;

-- name: paused
-- Whether a pause covers this entity and direction.
SELECT EXISTS (
    SELECT FROM pauses
    WHERE connection_id = :connection_id
      AND coalesce(entity, :entity) = :entity AND coalesce(direction, :direction) = :direction
      AND (until IS NULL OR until > now()));
