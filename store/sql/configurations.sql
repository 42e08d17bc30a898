-- name: current
-- The newest version.
SELECT version, document FROM configurations WHERE connection_id = :connection_id ORDER BY version DESC LIMIT 1;

-- name: at
-- One version.
SELECT document FROM configurations WHERE connection_id = :connection_id AND version = :version;

-- name: add!
-- Files the next version. The caller holds the connection's lock, so nobody else takes the number.
INSERT INTO configurations (connection_id, version, document, author)
VALUES (:connection_id, :version, :document, :author);

-- name: prune!
-- Forgets versions of long ago that are not current, that no cycle on record ran with and no draft began with.
DELETE FROM configurations o
WHERE o.created_at < :before
  AND o.version < (SELECT max(version) FROM configurations WHERE connection_id = o.connection_id)
  AND NOT EXISTS (SELECT FROM cycles c WHERE c.connection_id = o.connection_id AND c.config_version = o.version)
  AND NOT EXISTS (SELECT FROM drafts d WHERE d.connection_id = o.connection_id AND d.version = o.version);
