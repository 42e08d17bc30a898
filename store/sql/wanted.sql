-- name: put
-- Asks for these records to be read anew. Asking twice is asking once.
INSERT INTO wanted (connection_id, entity, lane, record_id)
SELECT DISTINCT :connection_id::int, :entity, :lane, r FROM unnest(:ids::uuid[]) AS r
ON CONFLICT DO NOTHING;

-- name: forgotten
-- Takes stock of records that were asked for long ago and that no cycle is about to read. They count as asked for now.
UPDATE wanted w SET asked_at = :now
WHERE w.asked_at < :before
  AND NOT EXISTS (
      SELECT FROM streams s JOIN cycles c ON c.id = s.cycle_id
      WHERE s.connection_id = w.connection_id AND s.entity = w.entity AND s.lane = w.lane
        AND c.kind IN ('record', 'retry') AND c.state IN ('queued', 'running'))
RETURNING w.connection_id, w.entity, w.lane;

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

-- name: of_record
-- In which lanes a record is asked for, and since when.
SELECT lane, asked_at FROM wanted
WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id ORDER BY asked_at;
