-- name: write!
-- Writes one line of the audit log.
INSERT INTO audit (connection_id, author, action, subject, before, after)
VALUES (:connection_id, :author, :action, :subject, :before, :after);

-- name: page
-- The newest lines first, behind one that is known.
SELECT a.*, n.name AS connection FROM audit a LEFT JOIN connections n ON n.id = a.connection_id
WHERE (:before::bigint IS NULL OR a.id < :before)
  AND (:connection_id::bigint IS NULL OR a.connection_id = :connection_id)
  AND (:action::text IS NULL OR a.action ILIKE :action)
  AND (:author::text IS NULL OR a.author ILIKE :author)
ORDER BY a.id DESC LIMIT :limit;

-- name: listed
-- The newest lines first, of one connection or of all.
SELECT * FROM audit
WHERE :connection_id::int IS NULL OR connection_id = :connection_id
ORDER BY id DESC LIMIT :limit OFFSET :offset;

-- name: prune!
-- Forgets what was done long ago.
DELETE FROM audit WHERE at < :before;
