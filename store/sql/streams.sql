-- name: get
-- One stream with the kind of its cycle.
SELECT s.*, c.kind, c.config_version FROM streams s JOIN cycles c ON c.id = s.cycle_id WHERE s.id = :id;

-- name: begin!
-- Starts fetching. No row: somebody else has begun.
UPDATE streams SET state = 'fetching', select_hash = :select_hash, started_at = now(), moved_at = now()
WHERE id = :id AND state = 'pending';

-- name: advance!
-- Moves the cursor without filing a page. No row: the stream is not fetching any more.
UPDATE streams SET cursor = :cursor, attempts = 0, due_at = NULL, error = NULL, moved_at = now()
WHERE id = :id AND state = 'fetching';

-- name: fetched!
-- The last page is filed; whether all records there are were read. No row: somebody else said so, or it has failed.
UPDATE streams SET state = 'delivering', cursor = NULL, due_at = NULL, error = NULL, moved_at = now(), "full" = :whole
WHERE id = :id AND state = 'fetching';

-- name: use_modified!
-- Reads by modification date from now on, from the start.
UPDATE streams SET mode = 'modified', cursor = NULL, moved_at = now() WHERE id = :id AND state = 'fetching';

-- name: reads_all!
-- Says that everything is read, so that whoever decides a page knows it from the first one on.
UPDATE streams SET "full" = true WHERE id = :id AND state = 'fetching';

-- name: start_over!
-- Reads everything again. Pages filed so far stay and count.
UPDATE streams SET "full" = true, cursor = NULL, moved_at = now() WHERE id = :id AND state = 'fetching';

-- name: postpone!
-- Waits after a passing fault.
UPDATE streams SET attempts = attempts + 1, due_at = :due_at, error = :error, moved_at = now()
WHERE id = :id AND state IN ('pending', 'fetching');

-- name: count!
-- Adds outcomes. What had been counted as waiting and is settled now leaves `waiting`.
UPDATE streams
SET created = created + :created, updated = updated + :updated, unchanged = unchanged + :unchanged,
    skipped = skipped + :skipped, failed = failed + :failed,
    waiting = waiting + :waiting - greatest(0, least(waiting + :waiting,
        created + updated + unchanged + skipped + waiting + failed + :total - read))
WHERE id = :id;

-- name: settled
-- Whether every record that the stream read has an outcome.
SELECT EXISTS (
    SELECT FROM streams s
    WHERE s.id = :id AND s.state = 'delivering'
      AND s.read = s.created + s.updated + s.unchanged + s.skipped + s.waiting + s.failed
      AND NOT EXISTS (SELECT FROM pages p WHERE p.stream_id = s.id AND p.state <> 'done'));

-- name: drained
-- Whether nothing of the stream is left but deletions that are held back until the end of the cycle.
SELECT EXISTS (
    SELECT FROM streams s
    WHERE s.id = :id AND s.state = 'delivering'
      AND s.read = s.created + s.updated + s.unchanged + s.skipped + s.waiting + s.failed
                 + (SELECT count(*) FROM outbox o WHERE o.stream_id = s.id AND o.held AND o.phase = 1)
      AND NOT EXISTS (SELECT FROM pages p WHERE p.stream_id = s.id AND p.state <> 'done'));

-- name: decided
-- Whether the stream has read all there is and every page of it is decided.
SELECT EXISTS (
    SELECT FROM streams s
    WHERE s.id = :id AND s.state = 'delivering'
      AND NOT EXISTS (SELECT FROM pages p WHERE p.stream_id = s.id AND p.state <> 'done'));

-- name: hand_over!
-- Counts records that one stream read as read by another one of the same cycle.
UPDATE streams SET read = read + CASE id WHEN :giver THEN -(:number) ELSE :number END
WHERE id IN (:giver, :taker);

-- name: fellow
-- The stream of another entity in the same cycle and direction.
SELECT f.* FROM streams s JOIN streams f ON f.cycle_id = s.cycle_id AND f.direction = s.direction
WHERE s.id = :id AND f.entity = :entity;

-- name: recent_ends
-- How a direction fared in the last cycles that nobody watches, newest first: failed means that every stream did.
SELECT bool_and(s.state = 'failed') AS failed, sum(s.read)::int AS read, sum(s.failed)::int AS failed_records
FROM streams s JOIN cycles c ON c.id = s.cycle_id
WHERE c.connection_id = :connection_id AND s.direction = :direction AND s.state IN ('done', 'failed')
  AND c.kind IN ('scheduled', 'manual')
  -- What a person ended says nothing about the services.
  AND coalesce(s.error ->> 'code', '') NOT IN ('cycle.rejected', 'cycle.stopped')
GROUP BY c.id ORDER BY c.id DESC LIMIT :limit;

-- name: finish!
-- Ends a stream. No row: it is not delivering (any more).
UPDATE streams SET state = 'done', finished_at = now() WHERE id = :id AND state = 'delivering';

-- name: fail!
-- Gives a stream up; what has no outcome yet waits, and leaves `waiting` when it is settled. No row: it had ended already.
UPDATE streams SET state = 'failed', error = :error, finished_at = now(),
                   waiting = read - created - updated - unchanged - skipped - failed
WHERE id = :id AND state NOT IN ('done', 'failed');

-- name: park!
-- Ends a stream whose records may not travel for now: they wait. No row: it is not delivering, or not yet decided.
UPDATE streams s SET state = 'done', finished_at = now(),
                     waiting = read - created - updated - unchanged - skipped - failed
WHERE s.id = :id AND s.state = 'delivering'
  AND NOT EXISTS (SELECT FROM pages p WHERE p.stream_id = s.id AND p.state <> 'done');

-- name: reselect!
-- Reads from the start with other columns. No row: the stream is not fetching (any more).
UPDATE streams SET select_hash = :select_hash, cursor = NULL, moved_at = now() WHERE id = :id AND state = 'fetching';

-- name: idle
-- Streams that should be fetching, are not waiting for a due time, and have not moved since `before`.
SELECT s.id, s.connection_id, s.cycle_id, s.entity, s.direction, s.lane FROM streams s
WHERE s.state = 'fetching' AND coalesce(s.due_at, s.moved_at) <= :now AND s.moved_at <= :before
ORDER BY s.id;
