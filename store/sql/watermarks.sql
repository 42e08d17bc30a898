-- name: get
-- Where the next cycle goes on.
SELECT kind, link, select_hash, moved_at, established FROM watermarks
WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction;

-- name: move!
-- Moves a watermark, or sets the first one. How the stream was established stays unless it is said anew.
INSERT INTO watermarks AS w (connection_id, entity, direction, kind, link, select_hash, established)
VALUES (:connection_id, :entity, :direction, :kind, :link, :select_hash, coalesce(:established, 'initial'))
ON CONFLICT (connection_id, entity, direction) DO UPDATE
SET kind = excluded.kind, link = excluded.link, select_hash = excluded.select_hash, moved_at = now(),
    established = coalesce(:established, w.established);

-- name: forget!
-- Makes the next cycle read everything. No row: there was no watermark.
DELETE FROM watermarks WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction;
