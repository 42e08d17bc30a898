-- name: open
-- Files a cycle that waits to be started. No row: its slot is taken, or the same request waits already.
INSERT INTO cycles (connection_id, kind, lane, config_version, slot, request, requested_by)
VALUES (:connection_id, :kind, :lane, :config_version, :slot, :request, :requested_by)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_streams
-- Files the streams of a cycle in the order given.
INSERT INTO streams (cycle_id, connection_id, lane, position, entity, direction, "full")
SELECT :cycle_id, :connection_id, :lane, g.position, g.entity, g.direction, coalesce(g."full", false)
FROM ROWS FROM (jsonb_to_recordset(:streams) AS (entity text, direction text, "full" boolean))
     WITH ORDINALITY AS g (entity, direction, "full", position);

-- name: lock_connection
-- Lets one worker at a time start cycles of a connection, so that the look and the swap belong together.
SELECT n.id FROM connections n JOIN cycles c ON c.connection_id = n.id WHERE c.id = :id FOR NO KEY UPDATE OF n;

-- name: start
-- Starts a waiting cycle. No row: it was started already, or another cycle over whole tables is running.
UPDATE cycles c SET state = 'running', started_at = now()
WHERE c.id = :id AND c.state = 'queued'
  AND (c.kind IN ('record', 'retry') OR NOT EXISTS (
      SELECT FROM cycles other
      WHERE other.connection_id = c.connection_id AND other.state = 'running' AND NOT other.trails
        AND other.kind NOT IN ('record', 'retry')));

-- name: asked_for
-- Whether a cycle of this kind ran for the entity.
SELECT EXISTS (
    SELECT FROM cycles c JOIN streams s ON s.cycle_id = c.id
    WHERE c.connection_id = :connection_id AND c.kind = :kind AND s.entity = :entity AND s.direction = :direction
      AND s.state <> 'pending');

-- name: next_queued
-- The oldest waiting cycle that could start now.
SELECT c.* FROM cycles c
WHERE c.connection_id = :connection_id AND c.state = 'queued'
  AND (c.kind IN ('record', 'retry') OR NOT EXISTS (
      SELECT FROM cycles other
      WHERE other.connection_id = c.connection_id AND other.state = 'running' AND NOT other.trails
        AND other.kind NOT IN ('record', 'retry')))
ORDER BY c.id LIMIT 1;

-- name: get
-- One cycle.
SELECT * FROM cycles WHERE id = :id;

-- name: lock
-- One cycle, locked until the transaction ends.
SELECT * FROM cycles WHERE id = :id FOR NO KEY UPDATE;

-- name: streams
-- The streams of a cycle in their order.
SELECT s.*, c.kind FROM streams s JOIN cycles c ON c.id = s.cycle_id WHERE s.cycle_id = :id ORDER BY s.position;

-- name: streams_of
-- The streams of several cycles in their order.
SELECT s.*, c.kind FROM streams s JOIN cycles c ON c.id = s.cycle_id
WHERE s.cycle_id = ANY (:ids::bigint[]) ORDER BY s.cycle_id, s.position;

-- name: recent
-- The newest cycles first, of one connection or of all.
SELECT * FROM cycles
WHERE (:connection_id::int IS NULL OR connection_id = :connection_id) AND (:before::bigint IS NULL OR id < :before)
ORDER BY id DESC LIMIT :limit;

-- name: unfinished
-- Cycles that wait or run, oldest first.
SELECT * FROM cycles WHERE state IN ('queued', 'running') ORDER BY id;

-- name: finish!
-- Ends a cycle. No row: it had ended already.
UPDATE cycles SET state = :state, note = :note, finished_at = now()
WHERE id = :id AND state IN ('queued', 'running');

-- name: trail!
-- Lets the next cycle begin while only opportunities of this one are on their way. No row: it trails already.
UPDATE cycles SET trails = true WHERE id = :id AND state = 'running' AND NOT trails;

-- name: ask!
-- Stops a cycle until a person answers. No row: it does not run (any more).
UPDATE cycles SET state = 'stopped', note = :note WHERE id = :id AND state = 'running';

-- name: approve!
-- Lets a stopped cycle go on. No row: it did not wait for an answer, or another cycle runs.
UPDATE cycles c SET state = 'running', approved_by = :author, note = ''
WHERE c.id = :id AND c.state = 'stopped' AND c.finished_at IS NULL
  AND NOT EXISTS (
      SELECT FROM cycles other
      WHERE other.connection_id = c.connection_id AND other.state = 'running' AND NOT other.trails
        AND other.kind NOT IN ('record', 'retry'));

-- name: reject!
-- Ends a stopped cycle. No row: it did not wait for an answer.
UPDATE cycles SET finished_at = now(), note = :note
WHERE id = :id AND state = 'stopped' AND finished_at IS NULL;

-- name: asking
-- Cycles that wait for a person's answer, oldest first.
SELECT * FROM cycles
WHERE connection_id = :connection_id AND state = 'stopped' AND finished_at IS NULL ORDER BY id;

-- name: prune
-- Forgets cycles that ended long ago, unless something of theirs is still on its way.
DELETE FROM cycles c
WHERE c.state NOT IN ('queued', 'running') AND c.finished_at < :before
  AND NOT EXISTS (SELECT FROM outbox o JOIN streams s ON s.id = o.stream_id WHERE s.cycle_id = c.id);
