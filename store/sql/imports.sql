-- name: begin
-- Files an import that is about to be sent.
INSERT INTO imports (connection_id, lane, rows, claimed_by, lease_until)
VALUES (:connection_id, :lane, :rows, :worker, now() + :lease_s * interval '1 second')
RETURNING id;

-- name: take_along!
-- Puts claimed rows into the import, each with its decision. Fewer rows than asked for: the worker lost its lease.
UPDATE outbox o SET state = 'sent', import_id = :import_id, decision = g.decision
FROM jsonb_to_recordset(:decisions) AS g (id bigint, decision jsonb)
WHERE o.id = g.id AND o.connection_id = :connection_id AND o.state = 'claimed' AND o.claimed_by = :worker;

-- name: queued!
-- The service took the import and will do it later. No row: the lease ran out meanwhile.
UPDATE imports SET state = 'queued', service_id = :service_id, poll_at = :poll_at, claimed_by = NULL, lease_until = NULL
WHERE id = :id AND state = 'sending';

-- name: due
-- Takes imports whose turn to be asked about has come.
UPDATE imports i SET claimed_by = :worker, lease_until = :now + :lease_s * interval '1 second'
FROM (
    SELECT id FROM imports
    WHERE state = 'queued' AND poll_at <= :now AND (lease_until IS NULL OR lease_until < :now)
    ORDER BY poll_at LIMIT :limit FOR UPDATE SKIP LOCKED
) AS chosen
WHERE i.id = chosen.id
RETURNING i.*;

-- name: claim
-- Takes one import whose turn has come. No row: it is too early, somebody else asks, or it is done.
UPDATE imports SET claimed_by = :worker, lease_until = :now + :lease_s * interval '1 second'
WHERE id = :id AND state = 'queued' AND poll_at <= :now AND (lease_until IS NULL OR lease_until < :now)
RETURNING *;

-- name: overdue
-- Imports whose turn has come and that nobody asks about.
SELECT id, connection_id, lane FROM imports
WHERE state = 'queued' AND poll_at <= :now AND (lease_until IS NULL OR lease_until < :now)
ORDER BY poll_at;

-- name: again!
-- The service is not through yet: ask again at that time.
UPDATE imports SET polls = polls + 1, poll_at = :poll_at, claimed_by = NULL, lease_until = NULL
WHERE id = :id AND state = 'queued';

-- name: done!
-- Nothing more is expected of this import. No row: it was done already.
UPDATE imports SET state = 'done', poll_at = NULL, claimed_by = NULL, lease_until = NULL WHERE id = :id AND state <> 'done';

-- name: expired
-- Imports that a dead worker was sending: whether the service has them is not known.
UPDATE imports SET state = 'done', claimed_by = NULL WHERE state = 'sending' AND lease_until < :now RETURNING id;

-- name: abandon!
-- Rows that still travel with these imports count as held by a dead worker.
UPDATE outbox SET state = 'claimed', lease_until = to_timestamp(0), import_id = NULL, decision = NULL
WHERE import_id = ANY (:ids::bigint[]) AND state = 'sent';

-- name: outstanding
-- How many imports the service has not finished, as far as is known.
SELECT count(*) FROM imports WHERE connection_id = :connection_id AND state <> 'done';

-- name: prune!
-- Forgets imports that are done and were sent long ago.
DELETE FROM imports WHERE state = 'done' AND sent_at < :before;
