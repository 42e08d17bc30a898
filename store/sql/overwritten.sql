-- name: counts
-- How many records a cycle overwrote, and how many of these were put back.
SELECT entity, direction, count(*) AS records, count(undone_at) AS undone FROM overwritten
WHERE cycle_id = :cycle_id GROUP BY entity, direction
ORDER BY direction, array_position(ARRAY['account', 'contact', 'lead'], entity::text);

-- name: page
-- What a cycle overwrote and nobody put back, in the order of the records, behind one that is known; with the record's
-- link as it is now, and whether something newer is on its way. OFFSET 0 keeps that a look into an index per row.
SELECT o.record_id, o.before, o.after, to_jsonb(l) AS link,
       EXISTS (SELECT FROM outbox b
               WHERE b.connection_id = o.connection_id AND b.entity = o.entity AND b.record_id = o.record_id
                 AND b.state = 'pending' OFFSET 0)
       OR EXISTS (SELECT FROM outbox b
                  WHERE b.connection_id = o.connection_id AND b.entity = o.entity AND b.record_id = o.record_id
                    AND b.state IN ('claimed', 'sent') OFFSET 0) AS underway
FROM overwritten o
LEFT JOIN links l ON l.connection_id = o.connection_id AND l.entity = o.entity AND l.record_id = o.record_id
WHERE o.cycle_id = :cycle_id AND o.entity = :entity AND o.direction = :direction AND o.undone_at IS NULL
  AND (:after::uuid IS NULL OR o.record_id > :after)
ORDER BY o.record_id LIMIT :limit;

-- name: nameless
-- How many of them stand for contacts of ActiveCampaign whose id nobody knows yet.
SELECT count(*) FROM overwritten o
JOIN links l ON l.connection_id = o.connection_id AND l.entity = o.entity AND l.record_id = o.record_id
WHERE o.cycle_id = :cycle_id AND o.entity = :entity AND o.direction = :direction AND o.undone_at IS NULL
  AND l.ac_id IS NULL;

-- name: mark!
-- Notes that these were put back.
UPDATE overwritten SET undone_at = now()
WHERE cycle_id = :cycle_id AND entity = :entity AND direction = :direction AND record_id = ANY (:ids::uuid[]);

-- name: prune!
-- Forgets what was overwritten long ago.
DELETE FROM overwritten WHERE at < :before;
