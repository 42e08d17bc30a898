-- name: put!
-- Keeps the newest description under its key.
INSERT INTO snapshots (connection_id, key, document) VALUES (:connection_id, :key, :document)
ON CONFLICT (connection_id, key) DO UPDATE SET document = excluded.document, taken_at = now();

-- name: get
-- The description and when it was taken.
SELECT document, taken_at FROM snapshots WHERE connection_id = :connection_id AND key = :key;

-- name: taken
-- When each of the connection's descriptions was taken.
SELECT key, taken_at FROM snapshots WHERE connection_id = :connection_id;

-- name: claim!
-- Takes what one worker at a time may do. No row: another one has it, and its time is not over.
INSERT INTO snapshots (connection_id, key, document)
VALUES (:connection_id, :key, jsonb_build_object('until', :until::timestamptz))
ON CONFLICT (connection_id, key) DO UPDATE SET document = excluded.document, taken_at = now()
WHERE (snapshots.document ->> 'until')::timestamptz <= :now;

-- name: forget!
-- Forgets descriptions, so that they are made anew.
DELETE FROM snapshots WHERE connection_id = :connection_id AND key = ANY (:keys::text[]);
