-- name: move!
-- Takes the next page number together with the cursor. No row: somebody filed that page already, or the stream ended.
UPDATE streams
SET pages = pages + 1, read = read + :number, cursor = :cursor, attempts = 0, due_at = NULL, error = NULL, moved_at = now()
WHERE id = :stream_id AND state = 'fetching' AND pages = :expected_pages;

-- name: file
-- Files the rows of a page.
INSERT INTO pages (stream_id, connection_id, number, rows)
SELECT s.id, s.connection_id, s.pages, :rows FROM streams s WHERE s.id = :stream_id
RETURNING id;

-- name: claim
-- Takes a filed page. No row: another worker has it, or it is done.
UPDATE pages p
SET state = 'claimed', claimed_by = :worker, lease_until = now() + :lease_s * interval '1 second', attempts = p.attempts + 1
FROM streams s JOIN cycles c ON c.id = s.cycle_id
WHERE p.id = :id AND p.state = 'filed' AND s.id = p.stream_id
RETURNING p.id, p.stream_id, p.connection_id, p.number, p.rows, p.attempts, s.entity, s.direction, s.lane, s.cycle_id,
          s."full", c.kind, c.config_version;

-- name: done!
-- Ends a page and drops its rows. No row: the lease ran out and somebody else has the page, or has done it.
UPDATE pages SET state = 'done', rows = '[]', claimed_by = NULL, lease_until = NULL
WHERE id = :id AND state = 'claimed' AND (:worker::text IS NULL OR claimed_by = :worker);

-- name: postpone!
-- Keeps a page for later, when it is taken back like that of a dead worker. The attempt doesn't count.
UPDATE pages SET lease_until = now() + :after_s * interval '1 second', attempts = attempts - 1
WHERE id = :id AND state = 'claimed' AND claimed_by = :worker;

-- name: unclaimed
-- Pages that wait for a worker, oldest first.
SELECT p.id, p.connection_id, p.stream_id, s.lane, s.entity FROM pages p JOIN streams s ON s.id = p.stream_id
WHERE p.state = 'filed' ORDER BY p.id LIMIT :limit;

-- name: hopeless
-- Pages whose lease ran out once too often.
SELECT p.id, p.stream_id, s.cycle_id, p.connection_id, s.entity, s.direction, p.rows
FROM pages p JOIN streams s ON s.id = p.stream_id
WHERE p.state = 'claimed' AND p.lease_until < :now AND p.attempts >= :attempts
FOR UPDATE OF p SKIP LOCKED;

-- name: expired
-- Takes back what a dead worker held.
UPDATE pages SET state = 'filed', claimed_by = NULL, lease_until = NULL
WHERE state = 'claimed' AND lease_until < :now
RETURNING id;

-- name: abandon
-- Ends pages that nobody has decided yet, without an outcome; answers with how many rows they had, by stream.
WITH open AS (
    SELECT id, jsonb_array_length(rows) AS number FROM pages
    WHERE stream_id = ANY (:streams::bigint[]) AND state <> 'done' ORDER BY id FOR UPDATE
), ended AS (
    UPDATE pages p SET state = 'done', rows = '[]', claimed_by = NULL, lease_until = NULL
    FROM open WHERE p.id = open.id
    RETURNING p.stream_id, open.number
)
SELECT stream_id, sum(number)::int AS count FROM ended GROUP BY stream_id;

-- name: prune!
-- Forgets pages of streams that ended long ago.
DELETE FROM pages p USING streams s WHERE s.id = p.stream_id AND s.state IN ('done', 'failed') AND s.finished_at < :before;
