-- name: put
-- Notes where records stand. An older version never replaces a newer one, unless the record had been deleted.
INSERT INTO records AS r (connection_id, entity, record_id, state, version, address, reason, shadowed_by, modified_on)
SELECT DISTINCT ON (entity, record_id)
       :connection_id, entity, record_id, state, version, address, coalesce(reason, ''), shadowed_by, modified_on
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, state text, version bigint, address text, reason text,
                                     shadowed_by uuid, modified_on text)
ORDER BY entity, record_id, version DESC
ON CONFLICT (connection_id, entity, record_id) DO UPDATE
SET state = excluded.state, version = excluded.version, address = excluded.address, reason = excluded.reason,
    shadowed_by = excluded.shadowed_by, modified_on = excluded.modified_on, seen_at = now()
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

-- name: counts
-- How many records stand where.
SELECT entity, state, count(*) AS count FROM records WHERE connection_id = :connection_id
GROUP BY entity, state ORDER BY entity, state;
