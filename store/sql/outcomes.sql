-- name: add
-- Writes history.
INSERT INTO outcomes (connection_id, cycle_id, stream_id, entity, record_id, direction, outcome, reason, version)
SELECT connection_id, cycle_id, stream_id, entity, record_id, coalesce(direction, 'outbound'), outcome,
       coalesce(reason, ''), version
FROM jsonb_to_recordset(:rows) AS g (connection_id int, cycle_id bigint, stream_id bigint, entity text, record_id uuid,
                                     direction text, outcome text, reason text, version bigint);

-- name: of_record
-- What happened to a record, newest first.
SELECT * FROM outcomes WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id
ORDER BY at DESC LIMIT :limit;

-- name: of_cycle
-- What a cycle did.
SELECT * FROM outcomes WHERE cycle_id = :cycle_id AND (:outcome::text IS NULL OR outcome = :outcome)
LIMIT :limit;

-- name: reasons
-- Why records of a cycle came to this outcome, the most frequent first, among the first ones of the cycle.
SELECT entity, direction, reason, count(*) AS count FROM (
    SELECT entity, direction, reason FROM outcomes
    WHERE cycle_id = :cycle_id AND outcome = :outcome AND at >= :since LIMIT :window) AS first_ones
GROUP BY entity, direction, reason ORDER BY count(*) DESC, entity, direction, reason LIMIT :limit;

-- name: with_reason
-- The records among them, in the order of their ids, behind one that is known.
SELECT DISTINCT ON (record_id, direction) record_id, entity, direction, outcome, reason, at FROM (
    SELECT record_id, entity, direction, outcome, reason, at FROM outcomes
    WHERE cycle_id = :cycle_id AND outcome = :outcome AND at >= :since LIMIT :window) AS first_ones
WHERE (:entity::text IS NULL OR entity = :entity) AND (:direction::text IS NULL OR direction = :direction)
  AND (:reason::text IS NULL OR reason = :reason)
  AND (:after_id::uuid IS NULL OR (record_id, direction::text) > (:after_id::uuid, :after_way::text))
ORDER BY record_id, direction, at DESC LIMIT :limit;

-- name: partitions
-- The months that are ready.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'outcomes'::regclass ORDER BY c.relname;

-- name: lock
-- One housekeeper at a time.
SELECT pg_advisory_xact_lock(365, -1);

-- name: forget_unsorted!
-- History older than this that never got into a month.
DELETE FROM outcomes_unsorted WHERE at < :before;

-- name: created
-- When a record was last brought to the other side as a new one; nothing where that is longer ago than history goes.
SELECT max(at) FROM outcomes
WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id AND outcome = 'created';

-- name: waiting
-- How many records of a stream wait by rule, each with its reason.
SELECT count(*) FROM outcomes
WHERE cycle_id = :cycle_id AND outcome = 'waiting' AND stream_id = :stream_id;

-- name: linked
-- What became of each record of a small cycle, and where it is in ActiveCampaign.
SELECT o.entity, o.record_id::text AS record_id, o.direction, o.outcome, o.reason, l.ac_id
FROM outcomes o
LEFT JOIN links l ON l.connection_id = o.connection_id AND l.entity = o.entity AND l.record_id = o.record_id
WHERE o.cycle_id = :cycle_id ORDER BY o.at, o.entity, o.record_id LIMIT :limit;
