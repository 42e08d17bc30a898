-- name: by_id
-- Whatever is known of a record with this id, as one row per entity.
SELECT e.entity, :record_id::uuid AS record_id, r.state, r.reason, coalesce(r.address, l.address) AS address, l.ac_id,
       coalesce(l.agreed ->> 'name', nullif(concat_ws(' ', l.agreed ->> 'firstName', l.agreed ->> 'lastName'), ''), '') AS name,
       '' AS key
FROM unnest(:entities::text[]) AS e (entity)
LEFT JOIN records r ON r.connection_id = :connection_id AND r.entity = e.entity AND r.record_id = :record_id
LEFT JOIN links l ON l.connection_id = :connection_id AND l.entity = e.entity AND l.record_id = :record_id
WHERE r.record_id IS NOT NULL OR l.id IS NOT NULL;

-- name: by_ac_id
-- The records that stand for this contact or account of ActiveCampaign.
SELECT l.entity, l.record_id, r.state, r.reason, l.address, l.ac_id,
       coalesce(l.agreed ->> 'name', nullif(concat_ws(' ', l.agreed ->> 'firstName', l.agreed ->> 'lastName'), ''), '') AS name,
       '' AS key
FROM links l
LEFT JOIN records r ON r.connection_id = l.connection_id AND r.entity = l.entity AND r.record_id = l.record_id
WHERE l.connection_id = :connection_id AND l.kind IN ('person', 'account') AND l.ac_id = :ac_id;

-- name: beginning
-- People whose address, and accounts whose name in ActiveCampaign begins like this, in their order.
WITH people AS (
    SELECT entity, record_id, address AS key FROM records
    WHERE connection_id = :connection_id AND address LIKE :pattern
      AND (:after_key::text IS NULL OR address ~>=~ :after_key)
      AND (:after_key::text IS NULL OR address ~>~ :after_key OR (entity, record_id) > (:after_entity, :after_id::uuid))
    ORDER BY address USING ~<~, entity, record_id LIMIT :limit
), companies AS (
    SELECT entity, record_id, lower(btrim(agreed ->> 'name')) AS key FROM links
    WHERE connection_id = :connection_id AND entity = 'account' AND lower(btrim(agreed ->> 'name')) LIKE :pattern
      AND (:after_key::text IS NULL OR lower(btrim(agreed ->> 'name')) ~>=~ :after_key)
      AND (:after_key::text IS NULL OR lower(btrim(agreed ->> 'name')) ~>~ :after_key
           OR (entity, record_id) > (:after_entity, :after_id::uuid))
    ORDER BY lower(btrim(agreed ->> 'name')) USING ~<~, entity, record_id LIMIT :limit
), chosen AS (
    SELECT * FROM people UNION ALL SELECT * FROM companies
    ORDER BY key USING ~<~, entity, record_id LIMIT :limit
)
SELECT c.entity, c.record_id, r.state, r.reason, coalesce(r.address, l.address) AS address, l.ac_id,
       coalesce(l.agreed ->> 'name', nullif(concat_ws(' ', l.agreed ->> 'firstName', l.agreed ->> 'lastName'), ''), '') AS name,
       c.key
FROM chosen c
LEFT JOIN records r ON r.connection_id = :connection_id AND r.entity = c.entity AND r.record_id = c.record_id
LEFT JOIN links l ON l.connection_id = :connection_id AND l.entity = c.entity AND l.record_id = c.record_id
ORDER BY c.key USING ~<~, c.entity, c.record_id;
