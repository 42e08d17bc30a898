-- name: get
-- Where the next cycle goes on.
SELECT kind, link, select_hash, moved_at, established, opened_at, long_at, full_at, calls FROM watermarks
WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction;

-- name: of_connection
-- Where everything of a connection goes on.
SELECT * FROM watermarks WHERE connection_id = :connection_id;

-- name: move!
-- Moves a watermark, or sets the first one. How the stream was established stays unless it is said anew.
INSERT INTO watermarks AS w (connection_id, entity, direction, kind, link, select_hash, established)
VALUES (:connection_id, :entity, :direction, :kind, :link, :select_hash, coalesce(:established, 'initial'))
ON CONFLICT (connection_id, entity, direction) DO UPDATE
SET kind = excluded.kind, link = excluded.link, select_hash = excluded.select_hash, moved_at = now(),
    established = coalesce(:established, w.established);

-- name: note!
-- Notes when a reading of ActiveCampaign began, whether it looked back far or at everything, and what it cost.
UPDATE watermarks
SET opened_at = :opened_at, calls = :calls,
    long_at = CASE WHEN :long THEN :opened_at ELSE long_at END,
    full_at = CASE WHEN :whole THEN :opened_at ELSE full_at END
WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction;

-- name: forget!
-- Makes the next cycle read everything. No row: there was no watermark.
DELETE FROM watermarks WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction;
