-- name: read_again!
-- Records that were on their way to ActiveCampaign are to be read anew. Left out is what the next cycle reads by itself,
-- because its stream was not read to its end and so has not moved its mark.
WITH unread AS (
    SELECT s.id FROM streams s JOIN cycles c ON c.id = s.cycle_id
    WHERE s.state IN ('pending', 'fetching') AND c.kind NOT IN ('record', 'retry')
), found AS (
    SELECT connection_id, entity, record_id FROM outbox
    WHERE direction = 'outbound'
      AND (stream_id NOT IN (SELECT id FROM unread) OR lane = 'live' OR overtook <> stream_id)
    UNION
    SELECT p.connection_id, s.entity, coalesce(r.value ->> '$deleted', r.value ->> (s.entity || 'id'))::uuid
    FROM pages p JOIN streams s ON s.id = p.stream_id CROSS JOIN jsonb_array_elements(p.rows) AS r
    WHERE p.state <> 'done' AND s.direction = 'outbound' AND s.id NOT IN (SELECT id FROM unread)
)
INSERT INTO wanted (connection_id, entity, lane, record_id)
SELECT connection_id, entity, 'sync', record_id FROM found WHERE record_id IS NOT NULL
ON CONFLICT DO NOTHING;

-- name: look_again!
-- Contacts and accounts of ActiveCampaign whose changes were on their way to Dynamics are to be looked at anew. A record that
-- was to be made still is: it has its id already, and Dynamics is searched first. Leads come with the contacts' reading.
WITH unread AS (
    SELECT s.id FROM streams s JOIN cycles c ON c.id = s.cycle_id
    WHERE s.state = 'fetching' AND c.kind NOT IN ('record', 'retry')
), found AS (
    SELECT o.connection_id, o.entity, coalesce((o.change ->> 'ac_id')::bigint, l.ac_id) AS ac_id, o.action
    FROM outbox o LEFT JOIN links l ON l.id = o.link_id
    WHERE o.direction = 'inbound'
      AND (o.stream_id NOT IN (SELECT id FROM unread) OR o.lane = 'live' OR o.overtook <> o.stream_id)
    UNION
    SELECT p.connection_id, s.entity, (r.value ->> 'id')::bigint, 'update'
    FROM pages p JOIN streams s ON s.id = p.stream_id CROSS JOIN jsonb_array_elements(p.rows) AS r
    WHERE p.state <> 'done' AND s.direction = 'inbound' AND s.id NOT IN (SELECT id FROM unread)
)
INSERT INTO asked (connection_id, lane, kind, ac_id, entity)
SELECT connection_id, 'sync', CASE entity WHEN 'account' THEN 'account' ELSE 'person' END, ac_id,
       max(CASE WHEN action = 'create' THEN entity::text END)
FROM found WHERE ac_id IS NOT NULL GROUP BY 1, 2, 3, 4
ON CONFLICT (connection_id, lane, kind, ac_id) DO UPDATE SET entity = coalesce(asked.entity, excluded.entity);

-- name: drop_changes!
-- What was decided then is not what would be decided now.
DELETE FROM outbox;

-- name: drop_pages!
-- What was read then is not what stands there now.
UPDATE pages SET state = 'done', rows = '[]', claimed_by = NULL, lease_until = NULL WHERE state <> 'done';

-- name: end_imports!
-- Nobody asks any more how they went.
UPDATE imports SET state = 'done', poll_at = NULL, claimed_by = NULL, lease_until = NULL WHERE state <> 'done';

-- name: end_streams!
-- What they have read and not settled counts as waiting.
UPDATE streams SET state = 'failed', error = :error, finished_at = now(),
                   waiting = read - created - updated - unchanged - skipped - failed
WHERE state NOT IN ('done', 'failed');

-- name: end_cycles
-- Ends what waited, ran or asked.
UPDATE cycles SET state = CASE state WHEN 'stopped' THEN state ELSE 'failed' END, note = :note, finished_at = now()
WHERE state IN ('queued', 'running') OR (state = 'stopped' AND finished_at IS NULL)
RETURNING id;

-- name: end_comparisons!
-- A comparison of then says nothing about now.
DELETE FROM verifications;

-- name: end_sessions!
-- Who was signed in then may have been signed out since.
DELETE FROM sessions;

-- name: end_sign_ins!
-- The same for sign-ins that had begun.
DELETE FROM sign_ins;
