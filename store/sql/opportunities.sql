-- name: relate
-- Notes which contacts may stand for opportunities, best first, in place of those known before.
WITH given AS (
    SELECT g.opportunity_id, c.position, nullif(c.contact ->> 'contact', '')::uuid AS contact_id,
           nullif(c.contact ->> 'account', '')::uuid AS account_id
    FROM jsonb_to_recordset(:rows) AS g (opportunity_id uuid, contacts jsonb)
    CROSS JOIN LATERAL jsonb_array_elements(g.contacts) WITH ORDINALITY AS c (contact, position)
), gone AS (
    DELETE FROM related_contacts r
    USING jsonb_to_recordset(:rows) AS g (opportunity_id uuid)
    WHERE r.connection_id = :connection_id AND r.opportunity_id = g.opportunity_id
      AND NOT EXISTS (SELECT FROM given n WHERE n.opportunity_id = r.opportunity_id AND n.position = r.position)
)
INSERT INTO related_contacts (connection_id, opportunity_id, position, contact_id, account_id)
SELECT :connection_id, opportunity_id, position, contact_id, account_id FROM given
ON CONFLICT (connection_id, opportunity_id, position) DO UPDATE
SET contact_id = excluded.contact_id, account_id = excluded.account_id;

-- name: standing
-- Where contacts of Dynamics stand, and which contact of ActiveCampaign is theirs: their own, or that of whoever speaks for
-- their address. Only one that was delivered and is still there counts.
SELECT r.record_id, r.state, r.reason, l.ac_id, l.address, l.id AS link_id
FROM records r
LEFT JOIN links l ON l.connection_id = r.connection_id AND l.delivered_at IS NOT NULL AND l.removed_at IS NULL
    AND CASE r.state WHEN 'linked' THEN l.entity = r.entity AND l.record_id = r.record_id
                     WHEN 'shadowed' THEN l.address = r.address ELSE false END
WHERE r.connection_id = :connection_id AND r.entity = 'contact' AND r.record_id = ANY (:ids::uuid[]);

-- name: restless
-- Opportunities whose contact is another one by now than the one they were delivered to, or that waited for one.
WITH standing AS (
    SELECT r.record_id, coalesce(own.ac_id, via.ac_id) AS ac_id,
           coalesce(own.delivered_at, via.delivered_at) IS NOT NULL AS there
    FROM records r
    LEFT JOIN links own ON r.state = 'linked' AND own.connection_id = r.connection_id AND own.entity = r.entity
        AND own.record_id = r.record_id AND own.delivered_at IS NOT NULL AND own.removed_at IS NULL
    LEFT JOIN links via ON r.state = 'shadowed' AND via.connection_id = r.connection_id AND via.address = r.address
        AND via.delivered_at IS NOT NULL AND via.removed_at IS NULL
    WHERE r.connection_id = :connection_id AND r.entity = 'contact'
), best AS (
    SELECT DISTINCT ON (c.opportunity_id) c.opportunity_id, s.ac_id
    FROM related_contacts c JOIN standing s ON s.record_id = c.contact_id AND s.there
    WHERE c.connection_id = :connection_id
    ORDER BY c.opportunity_id, c.position
)
SELECT o.record_id FROM records o
LEFT JOIN best b ON b.opportunity_id = o.record_id
LEFT JOIN links l ON l.connection_id = o.connection_id AND l.entity = o.entity AND l.record_id = o.record_id
    AND l.delivered_at IS NOT NULL
WHERE o.connection_id = :connection_id AND o.entity = 'opportunity'
  AND CASE o.state WHEN 'waiting' THEN b.opportunity_id IS NOT NULL
                   WHEN 'linked' THEN l.id IS NOT NULL AND b.ac_id IS DISTINCT FROM (l.agreed ->> '$contact')::bigint
                        AND NOT (b.opportunity_id IS NOT NULL AND b.ac_id IS NULL)
                   ELSE false END;

-- name: of_accounts
-- Opportunities that belong to the primary contact of one of these accounts, or would.
SELECT DISTINCT opportunity_id FROM related_contacts
WHERE connection_id = :connection_id AND account_id = ANY (:ids::uuid[]);

-- name: pick!
-- Picks opportunities by hand.
INSERT INTO picks (connection_id, opportunity_id, author) SELECT :connection_id, r, :author FROM unnest(:ids::uuid[]) AS r
ON CONFLICT DO NOTHING;

-- name: unpick!
-- Takes the pick back.
DELETE FROM picks WHERE connection_id = :connection_id AND opportunity_id = ANY (:ids::uuid[]);

-- name: picked
-- Those of these opportunities that are picked.
SELECT opportunity_id FROM picks WHERE connection_id = :connection_id AND opportunity_id = ANY (:ids::uuid[]);

-- name: picks
-- All that are picked, the newest first, with where they stand.
SELECT p.opportunity_id, p.author, p.picked_at, r.state, r.reason FROM picks p
LEFT JOIN records r ON r.connection_id = p.connection_id AND r.entity = 'opportunity' AND r.record_id = p.opportunity_id
WHERE p.connection_id = :connection_id ORDER BY p.picked_at DESC, p.opportunity_id;

-- name: begun
-- Whether any opportunity was ever delivered.
SELECT EXISTS (
    SELECT FROM links WHERE connection_id = :connection_id AND entity = 'opportunity' AND delivered_at IS NOT NULL);

-- name: nameless
-- Contacts that opportunities may belong to, were delivered, and whose ids in ActiveCampaign nobody knows.
SELECT count(*) FROM links
WHERE connection_id = :connection_id AND entity = 'contact' AND delivered_at IS NOT NULL AND ac_id IS NULL
  AND removed_at IS NULL;

-- name: waiting_for
-- For what opportunities wait, in words without ids, and how many do.
SELECT regexp_replace(reason, '(contact|lead) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'a \1', 'g') AS reason, count(*) AS count
FROM records WHERE connection_id = :connection_id AND entity = 'opportunity' AND state = 'waiting'
GROUP BY 1 ORDER BY count(*) DESC, 1;

-- name: waiting
-- Opportunities that wait, those of one reason together.
SELECT record_id, reason, awaits
FROM records WHERE connection_id = :connection_id AND entity = 'opportunity' AND state = 'waiting'
ORDER BY regexp_replace(reason, '(contact|lead) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'a \1', 'g'), record_id LIMIT :limit;

-- name: agreed_of
-- What was agreed on of all opportunities that belong to these contacts of ActiveCampaign.
SELECT record_id, (agreed ->> '$contact')::bigint AS contact, agreed_version AS version, agreed FROM links
WHERE connection_id = :connection_id AND entity = 'opportunity' AND delivered_at IS NOT NULL
  AND (agreed ->> '$contact')::bigint = ANY (:contacts::bigint[])
ORDER BY record_id;

-- name: lock_contacts
-- Lets one transaction at a time settle opportunities of these contacts; in one order, so that two never wait for each
-- other.
SELECT pg_advisory_xact_lock(hashtextextended(:connection_id::int || ' ' || c, 367))
FROM (SELECT unnest(:contacts::bigint[]) AS c ORDER BY c) AS ordered;

-- name: mark!
-- Notes what is about to be done for opportunities, before it is done. No row: all of them bear the mark already.
UPDATE links SET tagged = tagged || :mark::text
WHERE connection_id = :connection_id AND entity = 'opportunity' AND record_id = ANY (:ids::uuid[])
  AND NOT :mark = ANY (tagged);

-- name: unmark!
-- Takes such a mark back: it was not done after all.
UPDATE links SET tagged = array_remove(tagged, :mark)
WHERE connection_id = :connection_id AND entity = 'opportunity' AND record_id = ANY (:ids::uuid[])
  AND :mark = ANY (tagged);

-- name: begin_anew!
-- Forgets what was delivered, either all of it or only what was delivered another way than it is to be from now on: it
-- bears another mark, or one at all where what is delivered now bears none.
UPDATE links SET agreed = '{}', agreed_version = 0, delivered_at = NULL, tagged = '{}'
WHERE connection_id = :connection_id AND entity = 'opportunity' AND delivered_at IS NOT NULL
  AND (:all OR NOT CASE WHEN :mark = '' THEN NOT tagged && :marks::text[] ELSE :mark = ANY (tagged) END);

-- name: first_read
-- When opportunities were read for the first time.
SELECT min(started_at) FROM streams WHERE connection_id = :connection_id AND entity = 'opportunity';
