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
-- Ends links whose record has left them and that nobody takes over; remembers the contacts.
WITH ended AS (
    DELETE FROM links WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]) RETURNING connection_id, ac_id
)
INSERT INTO left_contacts (connection_id, ac_id) SELECT connection_id, ac_id FROM ended WHERE ac_id IS NOT NULL
ON CONFLICT DO NOTHING;

-- name: left
-- Those of these contacts that a record has left.
SELECT ac_id FROM left_contacts WHERE connection_id = :connection_id AND ac_id = ANY (:ac_ids::bigint[]);

-- name: move!
-- Gives links another holder or another address, all at once. A version of the former holder says nothing about the new one.
UPDATE links l
SET entity = g.entity, record_id = g.record_id, address = g.address, modified_on = coalesce(g.modified_on, ''),
    agreed_version = CASE WHEN l.entity = g.entity AND l.record_id = g.record_id THEN l.agreed_version ELSE 0 END,
    -- What one record agreed on about mail, another one has not heard of.
    opted_out = CASE WHEN l.entity = g.entity AND l.record_id = g.record_id THEN l.opted_out END,
    bounced = l.bounced AND l.entity = g.entity AND l.record_id = g.record_id,
    allowed_again = CASE WHEN l.entity = g.entity AND l.record_id = g.record_id THEN l.allowed_again ELSE false END
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
WHERE connection_id = :connection_id AND entity = 'account' AND record_id = ANY (:ids::uuid[]) AND ac_id IS NOT NULL
  AND removed_at IS NULL;

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

-- name: by_ids
-- Links by their own ids.
SELECT * FROM links WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]) ORDER BY id;

-- name: of_ac_ids
-- The links of these contacts or accounts of ActiveCampaign.
SELECT * FROM links WHERE connection_id = :connection_id AND kind = :kind AND ac_id = ANY (:ac_ids::bigint[]);

-- name: learn!
-- Notes what links stand for. An id that another link has is left alone.
UPDATE links l SET ac_id = g.ac_id
FROM jsonb_to_recordset(:rows) AS g (id bigint, ac_id bigint)
WHERE l.id = g.id AND l.connection_id = :connection_id AND l.ac_id IS DISTINCT FROM g.ac_id
  AND NOT EXISTS (SELECT FROM links x WHERE x.connection_id = l.connection_id AND x.kind = l.kind AND x.ac_id = g.ac_id);

-- name: nameless
-- Whether one of these was delivered and nobody knows yet which contact of ActiveCampaign it became.
SELECT EXISTS (
    SELECT FROM links
    WHERE connection_id = :connection_id AND entity = ANY (:entities::text[])
      AND delivered_at IS NOT NULL AND ac_id IS NULL AND removed_at IS NULL
);

-- name: seen!
-- Notes that a full read showed them.
UPDATE links SET seen_at = now() WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]);

-- name: unseen
-- Delivered links that a full read did not show.
SELECT * FROM links
WHERE connection_id = :connection_id AND kind = :kind AND delivered_at < :since AND removed_at IS NULL
  AND (seen_at IS NULL OR seen_at < :since)
ORDER BY id;

-- name: remove!
-- Marks what was deleted in ActiveCampaign, or takes the mark back and forgets the dead id and what was agreed.
UPDATE links
SET removed_at = :at, ac_id = CASE WHEN :at::timestamptz IS NULL THEN NULL ELSE ac_id END,
    agreed = CASE WHEN :at::timestamptz IS NULL THEN '{}' ELSE agreed END,
    tagged = CASE WHEN :at::timestamptz IS NULL THEN '{}' ELSE tagged END,
    account_id = CASE WHEN :at::timestamptz IS NULL THEN NULL ELSE account_id END,
    delivered_at = CASE WHEN :at::timestamptz IS NULL THEN NULL ELSE delivered_at END
WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]);

-- name: renew!
-- Turns links to other contacts, about which nothing is agreed.
UPDATE links l
SET ac_id = g.ac_id, agreed = '{}', tagged = :tagged::text[], account_id = NULL, opted_out = NULL, bounced = false,
    allowed_again = false, removed_at = NULL, parked = '{}'
FROM jsonb_to_recordset(:rows) AS g (id bigint, ac_id bigint)
WHERE l.id = g.id AND l.connection_id = :connection_id;

-- name: allow!
-- Notes that Dynamics took back an opt-out that was agreed on.
UPDATE links SET allowed_again = true WHERE connection_id = :connection_id AND id = ANY (:ids::bigint[]);

-- name: rebase!
-- Changes what counts as agreed. A null forgets a field, and what isn't named stays.
UPDATE links l
SET agreed = jsonb_strip_nulls(l.agreed || coalesce(g -> 'agreed', '{}')),
    account_id = CASE WHEN g ? 'account_id' THEN (g ->> 'account_id')::uuid ELSE l.account_id END,
    tagged = CASE WHEN g ? 'tagged' THEN ARRAY(SELECT jsonb_array_elements_text(g -> 'tagged')) ELSE l.tagged END
FROM jsonb_array_elements(:rows) AS g
WHERE l.connection_id = :connection_id AND l.id = (g ->> 'id')::bigint;

-- name: take_over!
-- Makes links for records found on both sides.
INSERT INTO links (connection_id, entity, record_id, address, ac_id, agreed, modified_on, tagged, origin, opted_out,
                   bounced, account_id, delivered_at)
SELECT DISTINCT ON (g.entity, g.record_id) :connection_id, g.entity, g.record_id, g.address, g.ac_id, g.agreed,
       coalesce(g.modified_on, ''), ARRAY(SELECT jsonb_array_elements_text(coalesce(g.tagged, '[]'))),
       coalesce(g.origin, 'pushed'), g.opted_out, coalesce(g.bounced, false), g.account_id, now()
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, address text, ac_id bigint, agreed jsonb,
                                     modified_on text, tagged jsonb, origin text, opted_out boolean, bounced boolean,
                                     account_id uuid)
WHERE NOT EXISTS (
    SELECT FROM links l
    WHERE l.connection_id = :connection_id
      AND ((l.entity = g.entity AND l.record_id = g.record_id) OR l.address = g.address
           OR (l.ac_id = g.ac_id AND l.kind = CASE g.entity WHEN 'account' THEN 'account' ELSE 'person' END)))
ORDER BY g.entity, g.record_id;

-- name: provide!
-- Makes links for records that are about to be created in Dynamics.
INSERT INTO links (connection_id, entity, record_id, address, ac_id, tagged, origin)
SELECT :connection_id, g.entity, g.record_id, g.address, g.ac_id,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(g.tagged, '[]'))), 'pulled'
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, address text, ac_id bigint, tagged jsonb)
WHERE NOT EXISTS (
    SELECT FROM links l
    WHERE l.connection_id = :connection_id
      AND (l.address = g.address
           OR (l.ac_id = g.ac_id AND l.kind = CASE g.entity WHEN 'account' THEN 'account' ELSE 'person' END)));

-- name: succeed!
-- Hands links on to the records that follow theirs. What was agreed stays, and nothing was delivered for the new one yet.
-- Where several go on as one record, the first that was delivered is handed on.
WITH handed AS (
    SELECT DISTINCT ON (g.entity, g.record_id) l.id, g.entity, g.record_id
    FROM jsonb_to_recordset(:rows) AS g (from_entity text, from_id uuid, entity text, record_id uuid)
    JOIN links l ON l.connection_id = :connection_id AND l.entity = g.from_entity AND l.record_id = g.from_id
    WHERE NOT EXISTS (SELECT FROM links x WHERE x.connection_id = :connection_id AND x.entity = g.entity
                                            AND x.record_id = g.record_id)
    ORDER BY g.entity, g.record_id, l.delivered_at, l.id
)
UPDATE links l
SET entity = handed.entity, record_id = handed.record_id, agreed_version = 0, modified_on = '', opted_out = NULL,
    bounced = false, allowed_again = false
FROM handed WHERE l.id = handed.id;
