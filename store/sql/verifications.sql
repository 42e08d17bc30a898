-- name: unfinished
-- The comparison of a connection that was interrupted, if it went on until lately.
SELECT * FROM verifications
WHERE connection_id = :connection_id AND fingerprint = :fingerprint
  AND touched_at > now() - make_interval(secs => :within_s);

-- name: drop!
-- Forgets a connection's comparison and everything it remembered.
DELETE FROM verifications WHERE connection_id = :connection_id;

-- name: begin
-- Begins a comparison.
INSERT INTO verifications (connection_id, fingerprint, phase) VALUES (:connection_id, :fingerprint, :phase) RETURNING *;

-- name: move!
-- Notes where a comparison stands, unless somebody else has moved it on.
UPDATE verifications
SET phase = :phase, cursor = :cursor, tallies = :tallies, step = step + 1, touched_at = now()
WHERE id = :id AND step = :step;

-- name: put_here!
-- Notes records of Dynamics. One that is read twice counts as it was read last.
INSERT INTO verify_here (verification_id, entity, record_id, version, match_key, host, modified_on, hindrance, opted_out)
SELECT DISTINCT ON (g.entity, g.record_id) :id, g.entity, g.record_id, g.version, g.match_key, g.host, g.modified_on,
       g.hindrance, g.opted_out
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, version bigint, match_key text, host text,
                                     modified_on text, hindrance text, opted_out boolean)
ON CONFLICT (verification_id, entity, record_id) DO UPDATE
SET version = excluded.version, match_key = excluded.match_key, host = excluded.host,
    modified_on = excluded.modified_on, hindrance = excluded.hindrance, opted_out = excluded.opted_out;

-- name: drop_here!
-- Forgets the records of one entity, because their reading begins anew.
DELETE FROM verify_here WHERE verification_id = :id AND entity = :entity;

-- name: drop_differences!
-- Forgets the differences of one entity, because they are looked for anew.
DELETE FROM verify_differences WHERE verification_id = :id AND entity = :entity;

-- name: elect!
-- Of all living records in scope with one address one speaks for the contact (decision Q4): a contact before a lead, then
-- the latest modified, then the smallest id.
UPDATE verify_here h SET state = 'expected'
FROM (
    SELECT DISTINCT ON (match_key) entity, record_id FROM verify_here
    WHERE verification_id = :id AND entity <> 'account' AND hindrance = '' AND match_key IS NOT NULL
    ORDER BY match_key, (entity = 'contact') DESC, left(modified_on, 19) DESC, record_id
) best
WHERE h.verification_id = :id AND h.entity = best.entity AND h.record_id = best.record_id;

-- name: expect!
-- Everything of an entity that nothing stands in the way of is expected in ActiveCampaign.
UPDATE verify_here SET state = 'expected'
WHERE verification_id = :id AND entity = :entity AND hindrance = '' AND state = 'read';

-- name: noted
-- Those of these records that were noted, and what is known of each.
SELECT record_id, version, state FROM verify_here
WHERE verification_id = :id AND entity = :entity AND record_id = ANY (:ids::uuid[]);

-- name: standings
-- How many records of each entity there are, by what is known of them.
SELECT entity, hindrance, state, count(*)::int AS count FROM verify_here
WHERE verification_id = :id GROUP BY entity, hindrance, state ORDER BY entity, count DESC, hindrance, state;

-- name: speakers
-- The people who speak for these addresses; an opt-out counts for everybody who shares the address.
SELECT h.entity, h.record_id, h.version, h.match_key,
       EXISTS (SELECT FROM verify_here o WHERE o.verification_id = h.verification_id AND o.match_key = h.match_key
                                           AND o.entity <> 'account' AND o.opted_out) AS opted_out
FROM verify_here h
WHERE h.verification_id = :id AND h.entity <> 'account' AND h.state <> 'read' AND h.match_key = ANY (:keys::text[]);

-- name: barred
-- Which of these addresses have a record that may speak for nobody. Closed leads stand in nobody's way.
SELECT DISTINCT match_key FROM verify_here
WHERE verification_id = :id AND match_key = ANY (:keys::text[]) AND hindrance <> ''
  AND (entity = 'contact' OR (entity = 'lead' AND hindrance <> 'inactive'));

-- name: awaited
-- Which of these records are expected in ActiveCampaign and were not found there so far.
SELECT record_id FROM verify_here
WHERE verification_id = :id AND entity = :entity AND record_id = ANY (:ids::uuid[]) AND state = 'expected';

-- name: missing
-- The next records that are expected and were not found, in the order of their ids.
SELECT h.record_id, h.version, h.match_key,
       EXISTS (SELECT FROM verify_here o WHERE o.verification_id = h.verification_id AND o.match_key = h.match_key
                                           AND o.entity <> 'account' AND o.opted_out) AS opted_out
FROM verify_here h
WHERE h.verification_id = :id AND h.entity = :entity AND h.state = 'expected'
  AND (:after::uuid IS NULL OR h.record_id > :after)
ORDER BY h.record_id LIMIT :limit;

-- name: found!
-- Notes that ActiveCampaign has what stands for these records.
UPDATE verify_here SET state = 'found'
WHERE verification_id = :id AND entity = :entity AND record_id = ANY (:ids::uuid[]);

-- name: namesakes
-- Accounts of Dynamics in scope with one of these names or, failing that, web domains.
SELECT match_key, host, count(*)::int AS count, bool_or(state = 'found') AS found FROM verify_here
WHERE verification_id = :id AND entity = 'account' AND hindrance = ''
  AND (match_key = ANY (:names::text[]) OR host = ANY (:hosts::text[]))
GROUP BY match_key, host;

-- name: put_values!
-- Adds custom values to accounts of ActiveCampaign.
INSERT INTO verify_companies AS c (verification_id, ac_id, field_values)
SELECT :id, ac_id, field_values FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, field_values jsonb)
ON CONFLICT (verification_id, ac_id) DO UPDATE SET field_values = c.field_values || excluded.field_values;

-- name: put_companies!
-- Adds accounts of ActiveCampaign; the Dynamics id that an account carries stands in its field `carrier`.
INSERT INTO verify_companies AS c (verification_id, ac_id, match_key, host, company)
SELECT :id, ac_id, match_key, host, company
FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, match_key text, host text, company jsonb)
ON CONFLICT (verification_id, ac_id) DO UPDATE
SET match_key = excluded.match_key, host = excluded.host, company = excluded.company;

-- name: carry!
-- Reads the Dynamics ids that accounts carry, and forgets values of accounts that are gone. What is no id counts as none.
WITH gone AS (DELETE FROM verify_companies WHERE verification_id = :id AND company IS NULL)
UPDATE verify_companies SET carried = btrim(field_values ->> :carrier)::uuid
WHERE verification_id = :id AND company IS NOT NULL
  AND btrim(field_values ->> :carrier) ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';

-- name: put_members!
-- Notes who belongs to which account.
INSERT INTO verify_members (verification_id, ac_contact, ac_account)
SELECT DISTINCT ON (ac_contact) :id, ac_contact, ac_account
FROM jsonb_to_recordset(:rows) AS g (ac_contact bigint, ac_account bigint) ORDER BY ac_contact, ac_account
ON CONFLICT (verification_id, ac_contact) DO NOTHING;

-- name: companies
-- The accounts of ActiveCampaign that carry one of these Dynamics ids, or have one of these ids.
SELECT ac_id, carried, company, field_values FROM verify_companies
WHERE verification_id = :id AND (carried = ANY (:carried::uuid[]) OR ac_id = ANY (:ac_ids::bigint[]))
ORDER BY ac_id DESC;

-- name: companies_found!
-- Notes that these accounts stand for a record of Dynamics.
UPDATE verify_companies SET found = true WHERE verification_id = :id AND ac_id = ANY (:ac_ids::bigint[]);

-- name: strangers
-- The next accounts of ActiveCampaign that stand for no record and carry no id.
SELECT ac_id, match_key, host FROM verify_companies
WHERE verification_id = :id AND NOT found AND carried IS NULL AND ac_id > :after
ORDER BY ac_id LIMIT :limit;

-- name: carrying
-- How many accounts of ActiveCampaign carry a Dynamics id.
SELECT count(carried) FROM verify_companies WHERE verification_id = :id;

-- name: belongs
-- Dynamics ids of the accounts that these contacts belong to; of accounts that were read, those that Dynamics has.
SELECT m.ac_contact, c.carried FROM verify_members m
JOIN verify_companies c ON c.verification_id = m.verification_id AND c.ac_id = m.ac_account
WHERE m.verification_id = :id AND m.ac_contact = ANY (:contacts::bigint[]) AND c.carried IS NOT NULL
  AND (NOT :read OR EXISTS (SELECT FROM verify_here h
                            WHERE h.verification_id = m.verification_id AND h.entity = 'account'
                              AND h.record_id = c.carried));

-- name: known
-- Which of these Dynamics accounts an account of ActiveCampaign stands for.
SELECT DISTINCT carried FROM verify_companies WHERE verification_id = :id AND carried = ANY (:ids::uuid[]);

-- name: judged
-- Those of these records of ActiveCampaign that were judged already.
SELECT ac_record FROM verify_records WHERE verification_id = :id AND ac_record = ANY (:ids::text[]);

-- name: put_judged!
-- Notes records of ActiveCampaign as judged.
INSERT INTO verify_records (verification_id, ac_record) SELECT DISTINCT :id::bigint, r FROM unnest(:ids::text[]) AS r
ON CONFLICT DO NOTHING;

-- name: add_sums!
-- Adds to the sums of one side.
INSERT INTO verify_sums AS s (verification_id, side, stage, currency, number, estimated, actual)
SELECT :id::bigint, :side::text, stage, currency, sum(number), sum(estimated), sum(actual)
FROM jsonb_to_recordset(:rows) AS g (stage text, currency text, number int, estimated numeric, actual numeric)
GROUP BY stage, currency
ON CONFLICT (verification_id, side, stage, currency) DO UPDATE
SET number = s.number + excluded.number, estimated = s.estimated + excluded.estimated,
    actual = s.actual + excluded.actual;

-- name: sums
-- The sums of both sides.
SELECT side, stage, currency, number, estimated, actual FROM verify_sums
WHERE verification_id = :id ORDER BY stage, currency, side;

-- name: standing
-- What stands in the way of these records: the failure list, a change on its way, a question that is asked already, a
-- delivery since the comparison began, or so shortly before it that lists may not show it yet. (OFFSET 0 keeps each question a look into an index per record.)
SELECT g.n,
    (SELECT f.message FROM failures f
     WHERE f.connection_id = :connection_id AND f.entity = g.entity AND f.state IN ('open', 'retrying')
       AND f.subject IN (g.record_id::text, 'ac:' || g.ac_id::text)
     ORDER BY f.last_at DESC LIMIT 1) AS failure,
    EXISTS (SELECT FROM outbox o
            WHERE o.connection_id = :connection_id AND o.entity = g.entity AND o.record_id = g.record_id
              AND o.state = 'pending' OFFSET 0)
    OR EXISTS (SELECT FROM outbox o
               WHERE o.connection_id = :connection_id AND o.entity = g.entity AND o.record_id = g.record_id
                 AND o.state IN ('claimed', 'sent') OFFSET 0) AS pending,
    EXISTS (SELECT FROM wanted w
            WHERE w.connection_id = :connection_id AND w.entity = g.entity AND w.record_id = g.record_id OFFSET 0)
    OR EXISTS (SELECT FROM asked a
               WHERE a.connection_id = :connection_id AND a.ac_id = g.ac_id
                 AND a.kind = CASE g.entity WHEN 'account' THEN 'account' ELSE 'person' END OFFSET 0) AS asked,
    coalesce(l.delivered_at >= v.started_at, false) AS delivered,
    coalesce(l.delivered_at >= v.started_at - interval '1 minute', false) AS lately,
    coalesce(to_char(l.delivered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'), '') AS delivered_at
FROM jsonb_to_recordset(:rows) AS g (n int, entity text, record_id uuid, ac_id bigint)
JOIN verifications v ON v.id = :id
LEFT JOIN LATERAL (
    SELECT delivered_at FROM links
    WHERE connection_id = :connection_id AND entity = g.entity AND record_id = g.record_id OFFSET 0) l ON true
ORDER BY g.n;

-- name: differ!
-- Adds differences.
INSERT INTO verify_differences (verification_id, entity, record_id, ac_id, ac_record, fields, missing_in, reasons,
                                explained, repair)
SELECT :id, g.entity, g.record_id, g.ac_id, coalesce(g.ac_record, ''),
       ARRAY(SELECT jsonb_array_elements_text(g.fields)), g.missing_in, g.reasons, g.explained, g.repair
FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, ac_id bigint, ac_record text, fields jsonb,
                                     missing_in text, reasons jsonb, explained boolean, repair jsonb);

-- name: listed
-- The first differences of an entity; those without a reason come first.
SELECT * FROM verify_differences WHERE verification_id = :id AND entity = :entity
ORDER BY explained, id LIMIT :limit;

-- name: wrong
-- The next differences without a reason, with what ends them.
SELECT id, entity, record_id, ac_id, repair FROM verify_differences
WHERE verification_id = :id AND NOT explained AND id > :after ORDER BY id LIMIT :limit;

-- name: prune!
-- Forgets comparisons that nobody has gone on with.
DELETE FROM verifications WHERE touched_at < :before;
