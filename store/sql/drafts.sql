-- name: get
-- What this person is changing.
SELECT version, document, changed_at FROM drafts WHERE connection_id = :connection_id AND user_id = :user_id;

-- name: put!
-- Keeps it in place of what there was.
INSERT INTO drafts (connection_id, user_id, version, document, changed_at)
VALUES (:connection_id, :user_id, :version, :document, :now)
ON CONFLICT (connection_id, user_id)
DO UPDATE SET version = excluded.version, document = excluded.document, changed_at = excluded.changed_at;

-- name: remove!
-- Nothing is being changed any more.
DELETE FROM drafts WHERE connection_id = :connection_id AND user_id = :user_id;
