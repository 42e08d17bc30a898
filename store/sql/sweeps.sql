-- name: put_values!
-- Adds custom values of accounts to those that this sweep has shown so far; older ones are replaced.
INSERT INTO account_values AS v (connection_id, ac_id, field_values)
SELECT :connection_id, ac_id, field_values FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, field_values jsonb)
ON CONFLICT (connection_id, ac_id) DO UPDATE
SET field_values = CASE WHEN v.seen_at < :since THEN '{}' ELSE v.field_values END || excluded.field_values,
    seen_at = now();

-- name: values
-- Custom values of these accounts, as a sweep that began at that time showed them.
SELECT ac_id, field_values FROM account_values
WHERE connection_id = :connection_id AND ac_id = ANY (:ac_ids::bigint[]) AND seen_at >= :since;

-- name: put_memberships!
-- Notes who belongs to which account.
INSERT INTO memberships (connection_id, ac_contact, ac_account)
SELECT :connection_id, ac_contact, ac_account
FROM jsonb_to_recordset(:rows) AS g (ac_contact bigint, ac_account bigint)
ON CONFLICT (connection_id, ac_contact) DO UPDATE SET ac_account = excluded.ac_account, seen_at = now();

-- name: end_memberships!
-- Forgets memberships that a complete sweep did not show.
DELETE FROM memberships WHERE connection_id = :connection_id AND seen_at < :since;

-- name: memberships
-- Where contacts belonged when the last sweep showed them.
SELECT ac_contact, ac_account FROM memberships
WHERE connection_id = :connection_id AND ac_contact = ANY (:ac_contacts::bigint[]);

-- name: moved
-- Linked people in scope whose account in ActiveCampaign is another one than was last agreed on. An account that isn't
-- linked counts as none: Dynamics doesn't know it.
SELECT l.ac_id FROM links l
JOIN records r ON r.connection_id = l.connection_id AND r.entity = l.entity AND r.record_id = l.record_id
              AND r.state = 'linked'
LEFT JOIN memberships m ON m.connection_id = l.connection_id AND m.ac_contact = l.ac_id
LEFT JOIN links there ON there.connection_id = l.connection_id AND there.kind = 'account' AND there.ac_id = m.ac_account
LEFT JOIN links agreed ON agreed.connection_id = l.connection_id AND agreed.entity = 'account'
                      AND agreed.record_id = l.account_id
WHERE l.connection_id = :connection_id AND l.kind = 'person' AND l.ac_id IS NOT NULL AND l.delivered_at IS NOT NULL
  AND l.removed_at IS NULL AND there.ac_id IS DISTINCT FROM agreed.ac_id
ORDER BY l.ac_id LIMIT :limit;

-- name: waiting
-- Whether contacts are asked for on the scheduled lane.
SELECT EXISTS (SELECT FROM asked WHERE connection_id = :connection_id AND lane = 'sync' AND kind = 'person');
