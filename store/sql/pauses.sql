-- name: pause!
-- Pauses a scope. No row: it is paused already.
INSERT INTO pauses (connection_id, entity, direction, author, reason)
VALUES (:connection_id, :entity, :direction, :author, :reason)
ON CONFLICT ON CONSTRAINT pauses_once DO NOTHING;

-- name: resume!
-- Ends the pause of exactly this scope. No row: it was not paused.
DELETE FROM pauses
WHERE connection_id = :connection_id AND entity IS NOT DISTINCT FROM :entity::text
  AND direction IS NOT DISTINCT FROM :direction::text;

-- name: active
-- All pauses of a connection, oldest first.
SELECT id, entity, direction, author, reason, paused_at FROM pauses WHERE connection_id = :connection_id ORDER BY id;

-- name: paused
-- Whether a pause covers this entity and direction.
SELECT EXISTS (
    SELECT FROM pauses
    WHERE connection_id = :connection_id
      AND coalesce(entity, :entity) = :entity AND coalesce(direction, :direction) = :direction);
