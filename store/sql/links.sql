-- name: lock_people
-- Lets one transaction at a time assign holders; freed when it ends.
SELECT pg_advisory_xact_lock(365, :connection_id::int);

-- name: of_records
-- The links that these records hold.
SELECT * FROM links WHERE connection_id = :connection_id AND entity = :entity AND record_id = ANY (:ids::uuid[]);

-- name: of_records_locked
-- The same, locked until the transaction ends; always in the order of ids, so that two such never wait for each other.
SELECT * FROM links WHERE connection_id = :connection_id AND entity = :entity AND record_id = ANY (:ids::uuid[])
ORDER BY id FOR NO KEY UPDATE;

-- name: of_addresses
-- The links of these addresses.
SELECT * FROM links WHERE connection_id = :connection_id AND address = ANY (:addresses::text[]);

-- name: of_addresses_locked
-- The same, locked until the transaction ends.
SELECT * FROM links WHERE connection_id = :connection_id AND address = ANY (:addresses::text[])
ORDER BY id FOR NO KEY UPDATE;

-- name: at_addresses
-- The links of these addresses; a holder competes unless it was last seen out of scope, without address or deleted.
SELECT l.*, coalesce(r.state IN ('linked', 'shadowed'), true) AS competes
FROM links l
LEFT JOIN records r ON r.connection_id = l.connection_id AND r.entity = l.entity AND r.record_id = l.record_id
WHERE l.connection_id = :connection_id AND l.address = ANY (:addresses::text[])
ORDER BY l.id;

-- name: free!
-- Ends links whose record has left them and that nobody takes over.
DELETE FROM links WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]);

-- name: move!
-- Gives links another holder or another address, all at once. A version of the former holder says nothing about the new one.
UPDATE links l
SET entity = g.entity, record_id = g.record_id, address = g.address, modified_on = coalesce(g.modified_on, ''),
    agreed_version = CASE WHEN l.entity = g.entity AND l.record_id = g.record_id THEN l.agreed_version ELSE 0 END
FROM jsonb_to_recordset(:rows) AS g (link_id bigint, entity text, record_id uuid, address text, modified_on text)
WHERE l.id = g.link_id AND l.connection_id = :connection_id;

-- name: add
-- Makes links for records that hold none. Where a record of this address was deleted, the contact may bear the mark of it.
INSERT INTO links (connection_id, entity, record_id, address, modified_on, tagged)
SELECT DISTINCT ON (g.entity, g.record_id) :connection_id, g.entity, g.record_id, g.address, coalesce(g.modified_on, ''),
    CASE WHEN EXISTS (SELECT FROM records r
                      WHERE r.connection_id = :connection_id AND r.address = g.address AND r.state = 'deleted')
         THEN :tagged::text[] ELSE '{}' END
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, address text, modified_on text)
WHERE NOT EXISTS (
    SELECT FROM links l
    WHERE l.connection_id = :connection_id AND l.entity = g.entity AND l.record_id = g.record_id)
ORDER BY g.entity, g.record_id, g.modified_on DESC;

-- name: account_targets
-- Accounts that are in ActiveCampaign, by their Dynamics id.
SELECT record_id, ac_id, coalesce(agreed ->> 'name', '') AS name FROM links
WHERE connection_id = :connection_id AND entity = 'account' AND record_id = ANY (:ids::uuid[]) AND ac_id IS NOT NULL;

-- name: by_ac_name
-- The link of the account that carries this name in ActiveCampaign.
SELECT * FROM links
WHERE connection_id = :connection_id AND entity = 'account' AND lower(btrim(agreed ->> 'name')) = lower(btrim(:name))
ORDER BY id LIMIT 1;

-- name: count
-- How many links there are, by entity.
SELECT entity, count(*) AS count FROM links WHERE connection_id = :connection_id GROUP BY entity ORDER BY entity;

-- name: delivered_at
-- When something was last written for the contact or account of this link.
SELECT delivered_at FROM links WHERE connection_id = :connection_id AND id = :id;
