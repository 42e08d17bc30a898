-- name: put
-- Asks for records of ActiveCampaign. Asking twice is asking once; a request to create stays one.
INSERT INTO asked AS a (connection_id, lane, kind, ac_id, entity)
SELECT DISTINCT :connection_id::int, :lane, :kind, r, :entity::text FROM unnest(:ac_ids::bigint[]) AS r
ON CONFLICT (connection_id, lane, kind, ac_id) DO UPDATE SET entity = coalesce(excluded.entity, a.entity);

-- name: peek
-- Who was asked for first is read first.
SELECT ac_id, entity FROM asked WHERE connection_id = :connection_id AND kind = :kind AND lane = :lane
ORDER BY asked_at, ac_id LIMIT :limit;

-- name: take!
-- Strikes records off the list.
DELETE FROM asked
WHERE connection_id = :connection_id AND kind = :kind AND lane = :lane AND ac_id = ANY (:ac_ids::bigint[]);

-- name: remaining
-- How many are still on the list.
SELECT count(*) FROM asked WHERE connection_id = :connection_id AND kind = :kind AND lane = :lane;

-- name: forgotten
-- Takes stock of what was asked for long ago and that no cycle is about to read. It counts as asked for now.
UPDATE asked a SET asked_at = :now
WHERE a.asked_at < :before
  AND NOT EXISTS (
      SELECT FROM streams s JOIN cycles c ON c.id = s.cycle_id
      WHERE s.connection_id = a.connection_id AND s.lane = a.lane AND s.direction = 'inbound'
        AND (s.entity = 'account') = (a.kind = 'account')
        AND c.kind IN ('record', 'retry') AND c.state IN ('queued', 'running'))
RETURNING a.connection_id, a.lane, a.kind;

-- name: of_record
-- In which lanes a record is asked for, and since when.
SELECT lane, entity, asked_at FROM asked
WHERE connection_id = :connection_id AND kind = :kind AND ac_id = :ac_id ORDER BY asked_at;
