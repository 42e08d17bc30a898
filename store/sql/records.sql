-- name: put
-- Notes where records stand. An older version never replaces a newer one, unless the record had been deleted. A deletion
-- tells no address, so the last one known stays.
INSERT INTO records AS r (connection_id, entity, record_id, state, version, address, reason, shadowed_by, modified_on,
                          awaits, opted_out)
SELECT DISTINCT ON (entity, record_id)
       :connection_id, entity, record_id, state, version, address, coalesce(reason, ''), shadowed_by, modified_on, awaits,
       coalesce(opted_out, false)
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, state text, version bigint, address text, reason text,
                                     shadowed_by uuid, modified_on text, awaits uuid, opted_out boolean)
ORDER BY entity, record_id, version DESC
ON CONFLICT (connection_id, entity, record_id) DO UPDATE
SET state = excluded.state, version = excluded.version, reason = excluded.reason,
    address = CASE excluded.state WHEN 'deleted' THEN r.address ELSE excluded.address END,
    shadowed_by = excluded.shadowed_by, modified_on = excluded.modified_on, awaits = excluded.awaits,
    opted_out = excluded.opted_out, seen_at = now()
WHERE excluded.version >= r.version OR excluded.state = 'deleted' OR r.state = 'deleted';

-- name: get
-- One record.
SELECT * FROM records WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id;

-- name: of_address
-- All records with this address.
SELECT * FROM records WHERE connection_id = :connection_id AND address = :address ORDER BY entity, record_id;

-- name: shadowed
-- Records that another one of the same address stands before.
SELECT * FROM records
WHERE connection_id = :connection_id AND address = ANY (:addresses::text[]) AND state = 'shadowed'
ORDER BY address, entity, record_id;

-- name: shadow!
-- Records that lost their link to another record.
UPDATE records r
SET state = 'shadowed', reason = 'shadowed by ' || g.by_entity || ' ' || g.by_id, shadowed_by = g.by_id
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, by_entity text, by_id uuid)
WHERE r.connection_id = :connection_id AND r.entity = g.entity AND r.record_id = g.record_id AND r.state = 'linked';

-- name: states
-- Where records stood when they were read last.
SELECT record_id, state FROM records
WHERE connection_id = :connection_id AND entity = :entity AND record_id = ANY (:ids::uuid[]);

-- name: opted_out
-- Living records of these addresses that are opted out.
SELECT address, entity, record_id FROM records
WHERE connection_id = :connection_id AND address = ANY (:addresses::text[]) AND opted_out AND state <> 'deleted';

-- name: deleted
-- Addresses of which a record was deleted and none is left.
SELECT address FROM records WHERE connection_id = :connection_id AND address = ANY (:addresses::text[])
GROUP BY address HAVING bool_and(state = 'deleted');

-- name: versions
-- The versions of those records that were last left alone for this reason.
SELECT record_id, version FROM records
WHERE connection_id = :connection_id AND entity = :entity AND record_id = ANY (:ids::uuid[]) AND reason = :reason;

-- name: unseen
-- Records that are not known to be deleted and have not been read since.
SELECT record_id FROM records
WHERE connection_id = :connection_id AND entity = :entity AND state <> 'deleted' AND seen_at < :since;

-- name: arrived
-- People whose account is in ActiveCampaign by now. They are told of once.
UPDATE records r SET awaits = NULL
FROM links l
WHERE r.connection_id = :connection_id AND r.awaits IS NOT NULL
  AND l.connection_id = r.connection_id AND l.entity = 'account' AND l.record_id = r.awaits AND l.ac_id IS NOT NULL
RETURNING r.entity, r.record_id;

-- name: counts
-- How many records stand where.
SELECT entity, state, count(*) AS count FROM records WHERE connection_id = :connection_id
GROUP BY entity, state ORDER BY entity, state;

-- name: wait!
-- Notes that records wait, and for which other record.
UPDATE records r SET state = 'waiting', reason = g.reason, awaits = g.awaits
FROM jsonb_to_recordset(:rows) AS g (record_id uuid, reason text, awaits uuid)
WHERE r.connection_id = :connection_id AND r.entity = :entity AND r.record_id = g.record_id AND r.state <> 'deleted';
