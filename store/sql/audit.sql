-- name: write!
-- Writes one line of the audit log.
INSERT INTO audit (connection_id, author, action, subject, before, after)
VALUES (:connection_id, :author, :action, :subject, :before, :after);

-- name: listed
-- The newest lines first, of one connection or of all.
SELECT * FROM audit
WHERE :connection_id::int IS NULL OR connection_id = :connection_id
ORDER BY id DESC LIMIT :limit OFFSET :offset;
