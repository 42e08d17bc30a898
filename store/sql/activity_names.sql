-- name: put!
-- Keeps names.
INSERT INTO activity_names (connection_id, kind, number, name)
SELECT :connection_id, g.kind, g.number, g.name FROM jsonb_to_recordset(:rows) AS g (kind text, number bigint, name text)
ON CONFLICT (connection_id, kind, number) DO UPDATE SET name = excluded.name, known_at = now();

-- name: get
-- Names that are not too old.
SELECT kind, number, name FROM activity_names
WHERE connection_id = :connection_id AND number = ANY (:numbers::bigint[]) AND known_at >= :since;
