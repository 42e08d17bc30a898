-- name: file
-- Files what was asked for; what is known already stays as it is.
INSERT INTO requests (connection_id, request_id, kind, target, name, entity, record_id, requester, behalf, asked_at)
SELECT :connection_id, request_id, kind, target, name, entity, record_id, requester, behalf, asked_at
FROM jsonb_to_recordset(:rows) AS g (request_id uuid, kind integer, target text, name text, entity text, record_id uuid,
                                     requester uuid, behalf uuid, asked_at timestamptz)
ON CONFLICT (connection_id, request_id) DO NOTHING
RETURNING id;

-- name: ask
-- Files what somebody asked for in the console. No row: it is filed already.
INSERT INTO requests (connection_id, request_id, kind, target, name, entity, record_id, who, asked_at, origin, author,
                      directory_id)
VALUES (:connection_id, :request_id, :kind, :target, :name, :entity, :record_id, :who, :asked_at, 'console', :author,
        :directory_id)
ON CONFLICT (connection_id, request_id) DO NOTHING
RETURNING *;

-- name: of_key
-- One request by the id of its row in Dynamics, or the one that a page of the console made.
SELECT * FROM requests WHERE connection_id = :connection_id AND request_id = :request_id;

-- name: of_record
-- What was asked for on a record, the newest first.
SELECT * FROM requests WHERE connection_id = :connection_id AND record_id = :record_id AND entity = :entity
ORDER BY id DESC LIMIT :limit;

-- name: standing
-- How many wait for an answer, the oldest of them, and how the latest hundred were answered within a day.
SELECT (SELECT count(*) FROM requests WHERE connection_id = :connection_id AND answered_at IS NULL) AS open,
       (SELECT min(asked_at) FROM requests WHERE connection_id = :connection_id AND answered_at IS NULL) AS oldest,
       (SELECT coalesce(jsonb_object_agg(state, number), '{}') FROM (
           SELECT state, count(*) AS number FROM (
               SELECT state, answered_at FROM requests WHERE connection_id = :connection_id ORDER BY id DESC LIMIT 100) n
           WHERE n.answered_at > now() - interval '1 day' GROUP BY state) g) AS answers,
       (SELECT max(answered_at) FROM (
           SELECT answered_at FROM requests WHERE connection_id = :connection_id ORDER BY id DESC LIMIT 100) n) AS answered_at;

-- name: withdraw
-- Ends what its maker deleted before anything was done.
UPDATE requests SET state = 'withdrawn', settled_at = :now, answered_at = :now, lease_until = NULL
WHERE connection_id = :connection_id AND request_id = ANY (:request_ids::uuid[]) AND state IN ('asked', 'checked')
  AND origin = 'dynamics'
RETURNING *;

-- name: due
-- Takes stock of what waits to be worked on, the oldest first, without what a message was sent for a moment ago.
WITH waiting AS (
    SELECT id FROM requests
    WHERE connection_id = :connection_id AND answered_at IS NULL AND due_at <= :now
      AND coalesce(lease_until < :now, true)
      AND coalesce(woken_at < :now - :patience_s * interval '1 second', true)
    ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE requests r SET woken_at = :now FROM waiting w WHERE r.id = w.id RETURNING r.id;

-- name: claim
-- Takes a request. No row: somebody has it, it is not time, or it is over.
UPDATE requests SET claims = claims + 1, lease_until = :now + :lease_s * interval '1 second'
WHERE id = :id AND connection_id = :connection_id AND answered_at IS NULL AND due_at <= :now
  AND coalesce(lease_until < :now, true)
RETURNING *;

-- name: lock
-- Lets one request at a time take a contact.
SELECT pg_advisory_xact_lock(367, :connection_id::int);

-- name: check!
-- The requester may ask, and the contact is known: until this is settled no other request acts on the contact.
UPDATE requests r SET state = 'checked', ac_id = :ac_id
WHERE r.id = :id AND r.claims = :claims AND r.state IN ('asked', 'checked')
  AND NOT EXISTS (SELECT FROM requests o WHERE o.connection_id = r.connection_id AND o.ac_id = :ac_id AND o.id <> r.id
                                           AND o.state IN ('checked', 'acting'));

-- name: act!
-- Writes down what is about to be done. The call comes after the commit.
UPDATE requests SET state = 'acting', intent = :intent, acted_at = :now, acts = acts + 1,
    lease_until = :now + :lease_s * interval '1 second'
WHERE id = :id AND claims = :claims AND state = 'checked';

-- name: back!
-- The call was not made, or left no trace: the request is decided anew.
UPDATE requests SET state = 'asked', acts = acts - :unmade::int WHERE id = :id AND claims = :claims AND state = 'acting';

-- name: settle
-- Keeps what became of it. No row: the lease ran out and somebody else has it.
UPDATE requests SET state = :state, answer = :answer, enrolment = coalesce(:enrolment, enrolment), settled_at = :now,
    error = NULL, failures = 0
WHERE id = :id AND claims = :claims AND state IN ('asked', 'checked', 'acting')
RETURNING *;

-- name: postpone!
-- Gives it back until later. What holds a contact without having acted lets it go.
UPDATE requests SET due_at = :due_at, lease_until = NULL, woken_at = NULL, error = :error, failures = failures + :failed::int,
    state = CASE state WHEN 'checked' THEN 'asked' ELSE state END
WHERE id = :id AND claims = :claims;

-- name: link!
-- Notes the cycle that brings the record to ActiveCampaign first.
UPDATE requests SET cycle_id = :cycle_id, linking_at = :now WHERE id = :id AND claims = :claims;

-- name: tell!
-- Notes that the row in Dynamics says that it is being worked on.
UPDATE requests SET told = true WHERE id = :id AND claims = :claims;

-- name: name!
-- Notes who asked, as people call them.
UPDATE requests SET who = :who WHERE id = :id AND claims = :claims;

-- name: answered!
-- The answer is in Dynamics, or nobody is left to read it.
UPDATE requests SET answered_at = :now, lease_until = NULL, error = NULL WHERE id = :id AND claims = :claims;

-- name: note!
-- Takes the one attempt to leave a note.
UPDATE requests SET noted = true WHERE id = :id AND NOT noted;

-- name: earlier
-- The latest that was done for a contact with the same target, or may have been.
SELECT coalesce(acted_at, settled_at) AS at, enrolment, state = 'done' AS sure FROM requests
WHERE connection_id = :connection_id AND ac_id = :ac_id AND id <> :id AND kind = :kind AND target = :target AND acts > 0
  AND state IN ('done', 'unconfirmed')
ORDER BY id DESC LIMIT 1;

-- name: listed
-- The newest first, of one connection or of all.
SELECT r.*, n.name AS connection FROM requests r JOIN connections n ON n.id = r.connection_id
WHERE :connection_id::int IS NULL OR r.connection_id = :connection_id
ORDER BY r.id DESC LIMIT :limit;

-- name: get
-- One request.
SELECT * FROM requests WHERE id = :id;

-- name: prune!
-- Drops what was answered long ago.
DELETE FROM requests WHERE answered_at < :before;
