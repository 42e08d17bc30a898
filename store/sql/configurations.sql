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
