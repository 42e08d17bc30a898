-- name: put
-- Enters ActiveCampaign accounts into the index, or renews their entries.
INSERT INTO counterparts (connection_id, ac_id, name_key, domain, record_id)
SELECT DISTINCT ON (ac_id) :connection_id, ac_id, coalesce(name_key, ''), domain, record_id
FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, name_key text, domain text, record_id text)
ORDER BY ac_id
ON CONFLICT (connection_id, ac_id) DO UPDATE
SET name_key = excluded.name_key, domain = excluded.domain,
    record_id = coalesce(excluded.record_id, counterparts.record_id), seen_at = now();

-- name: match
-- The ActiveCampaign account for a Dynamics account: the one that carries its id, else the one of its name, else the one
-- of its web domain. Spoken for is an account that is linked, or carries the id of another living record. Where several
-- would do and none of them is spoken for, the first is told with how many they are; where one is, none is told.
WITH found AS (
    SELECT c.ac_id, coalesce(l.record_id, r.record_id) AS linked_to,
           CASE WHEN c.record_id = :record_id THEN 1 WHEN c.name_key = :name_key THEN 2 ELSE 3 END AS rank
    FROM counterparts c
    LEFT JOIN links l ON l.connection_id = :connection_id AND l.kind = 'account' AND l.ac_id = c.ac_id
    LEFT JOIN records r ON r.connection_id = :connection_id AND r.entity = 'account'
                       AND r.record_id::text = lower(c.record_id) AND r.state <> 'deleted'
    WHERE c.connection_id = :connection_id
      AND (c.record_id = :record_id OR (c.name_key = :name_key AND :name_key <> '') OR c.domain = :domain)
), candidates AS (
    SELECT *, CASE WHEN rank = 1 THEN 1 ELSE count(*) OVER alike END AS number,
           count(linked_to) OVER alike AS spoken_for
    FROM found WINDOW alike AS (PARTITION BY rank)
)
SELECT ac_id, linked_to, (ARRAY['id', 'name', 'domain'])[rank] AS matched_by, number
FROM candidates
WHERE number = 1 OR spoken_for = 0
ORDER BY rank, ac_id LIMIT 1;

-- name: belong!
-- Notes to which ActiveCampaign account people belong.
INSERT INTO belongings (connection_id, address, ac_account)
SELECT :connection_id, key, value::bigint FROM jsonb_each_text(:rows)
ON CONFLICT (connection_id, address) DO UPDATE SET ac_account = excluded.ac_account;

-- name: belongings
-- The ActiveCampaign accounts that people of these addresses belonged to.
SELECT address, ac_account FROM belongings WHERE connection_id = :connection_id AND address = ANY (:addresses::text[]);
