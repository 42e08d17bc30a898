-- name: add!
-- Records conflicts. One that waits for a person takes the newer values.
INSERT INTO conflicts AS c (connection_id, entity, record_id, ac_id, key, agreed, ours, theirs, policy, winner, state,
                            cycle_id, decided_at)
SELECT connection_id, entity, record_id, ac_id, key, agreed, ours, theirs, policy, winner, state, cycle_id,
       CASE state WHEN 'decided' THEN now() END
FROM jsonb_to_recordset(:rows) AS g (
    connection_id int, entity text, record_id uuid, ac_id bigint, key text, agreed jsonb, ours jsonb, theirs jsonb,
    policy text, winner text, state text, cycle_id bigint)
ON CONFLICT (connection_id, entity, record_id, key) WHERE state = 'open' DO UPDATE
SET ours = excluded.ours, theirs = excluded.theirs, agreed = excluded.agreed, ac_id = excluded.ac_id;

-- name: listed
-- Conflicts, the latest first.
SELECT * FROM conflicts
WHERE connection_id = :connection_id AND (:state::text IS NULL OR state = :state)
ORDER BY id DESC LIMIT :limit OFFSET :offset;

-- name: page
-- Conflicts in these states, the latest first, behind one that is known. A look into the index for each state.
SELECT c.* FROM unnest(:states::text[]) AS s (state) CROSS JOIN LATERAL (
    SELECT * FROM conflicts
    WHERE connection_id = :connection_id AND state = s.state AND (:before::bigint IS NULL OR id < :before)
      AND (:entity::text IS NULL OR entity = :entity) AND (:key::text IS NULL OR key = :key)
    ORDER BY id DESC LIMIT :limit) AS c
ORDER BY c.id DESC LIMIT :limit;

-- name: open_fields
-- How many conflicts are open, by entity and field, the most frequent first.
SELECT entity, key, count(*) AS count FROM conflicts WHERE connection_id = :connection_id AND state = 'open'
GROUP BY entity, key ORDER BY count(*) DESC, entity, key;

-- name: open_of_field
-- The open conflicts of one entity and field.
SELECT id FROM conflicts
WHERE connection_id = :connection_id AND state = 'open' AND entity = :entity AND key = :key ORDER BY id;

-- name: get
-- One conflict.
SELECT * FROM conflicts WHERE connection_id = :connection_id AND id = :id;

-- name: of_record
-- The conflicts of one record, the latest first.
SELECT * FROM conflicts
WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id
ORDER BY id DESC LIMIT :limit;

-- name: open_like
-- The open conflicts of the same entity and field.
SELECT o.* FROM conflicts c JOIN conflicts o
    ON o.connection_id = c.connection_id AND o.entity = c.entity AND o.key = c.key AND o.state = 'open'
WHERE c.connection_id = :connection_id AND c.id = :id ORDER BY o.id;

-- name: resolve
-- Ends open conflicts as a person chose. The loser's value counts as agreed: so the winner's differs and travels.
WITH ended AS (
    UPDATE conflicts SET state = 'resolved', winner = :winner, decided_by = :author, decided_at = now()
    WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]) AND state = 'open'
    RETURNING *
), chosen AS (
    SELECT entity, record_id, array_agg(key) AS keys,
           jsonb_object_agg(key, CASE :winner WHEN 'dynamics' THEN theirs ELSE ours END) AS base
    FROM ended GROUP BY entity, record_id
), unparked AS (
    UPDATE links l
    SET agreed = l.agreed || c.base,
        parked = ARRAY(SELECT k FROM unnest(l.parked) AS k WHERE k <> ALL (c.keys))
    FROM chosen c
    WHERE l.connection_id = :connection_id AND l.entity = c.entity AND l.record_id = c.record_id
)
SELECT * FROM ended;

-- name: settle!
-- Ends open conflicts of fields that both sides hold alike by now.
UPDATE conflicts SET state = 'resolved', decided_by = 'both sides agree', decided_at = now()
WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id AND key = ANY (:keys::text[])
  AND state = 'open';

-- name: counts
-- How many conflicts there are by state.
SELECT state, count(*) AS count FROM conflicts WHERE connection_id = :connection_id GROUP BY state;

-- name: prune!
-- Forgets conflicts that nobody is asked about any more, and that ended long ago.
DELETE FROM conflicts WHERE state <> 'open' AND coalesce(decided_at, at) < :before;
