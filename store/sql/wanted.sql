-- name: put
-- Asks for these records to be read anew. Asking twice is asking once.
INSERT INTO wanted (connection_id, entity, lane, record_id)
SELECT DISTINCT :connection_id::int, :entity, :lane, r FROM unnest(:ids::uuid[]) AS r
ON CONFLICT DO NOTHING;

-- name: peek
-- Who asked first is read first.
SELECT record_id FROM wanted WHERE connection_id = :connection_id AND entity = :entity AND lane = :lane
ORDER BY asked_at, record_id LIMIT :limit;

-- name: take!
-- Strikes records off the list.
DELETE FROM wanted
WHERE connection_id = :connection_id AND entity = :entity AND lane = :lane AND record_id = ANY (:ids::uuid[]);

-- name: remaining
-- How many are still on the list.
SELECT count(*) FROM wanted WHERE connection_id = :connection_id AND entity = :entity AND lane = :lane;
