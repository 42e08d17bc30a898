-- name: file
-- Files events that aren't there yet; answers with those that are new.
INSERT INTO activities (connection_id, event_id, ac_id, at, kind, state, told, asks, reason, filed_at)
SELECT DISTINCT ON (g.event_id)
       :connection_id, g.event_id, g.ac_id, g.at, g.kind, g.state, g.told, g.asks, g.reason, :filed_at
FROM jsonb_to_recordset(:rows)
     AS g (event_id text, ac_id bigint, at timestamptz, kind text, state text, told jsonb, asks boolean, reason text)
ON CONFLICT DO NOTHING
RETURNING event_id, ac_id, at, state;

-- name: known
-- Those of these events that are filed already.
SELECT event_id FROM activities WHERE connection_id = :connection_id AND event_id = ANY (:event_ids::text[]);

-- name: link_up!
-- Events whose contact is linked by now may travel. Those that ask why they bounced wait for the answer, an hour at most.
UPDATE activities a SET state = 'ready'
FROM links l
WHERE a.connection_id = :connection_id AND a.state = 'unlinked' AND (NOT a.asks OR a.filed_at < :asked_before)
  AND l.connection_id = a.connection_id AND l.kind = 'person' AND l.ac_id = a.ac_id AND l.delivered_at IS NOT NULL;

-- name: ready
-- Events that may travel, the newest first, with the record that holds their contact's link now.
SELECT a.event_id, a.ac_id, a.at, a.kind, a.told, l.entity AS holder, l.record_id AS holder_id
FROM activities a
LEFT JOIN links l ON l.connection_id = a.connection_id AND l.kind = 'person' AND l.ac_id = a.ac_id
                 AND l.delivered_at IS NOT NULL
WHERE a.connection_id = :connection_id AND a.state = 'ready'
ORDER BY a.at DESC LIMIT :limit;

-- name: settle!
-- What became of events. Once it is settled their words are not needed here.
UPDATE activities a
SET state = g.state, reason = coalesce(g.reason, ''), entity = g.entity, record_id = g.record_id,
    told = CASE WHEN g.state IN ('unlinked', 'ready', 'refused') THEN a.told END,
    settled_at = CASE WHEN g.state NOT IN ('unlinked', 'ready') THEN now() END
FROM jsonb_to_recordset(:rows) AS g (event_id text, state text, reason text, entity text, record_id uuid)
WHERE a.connection_id = :connection_id AND a.event_id = g.event_id AND a.state = 'ready';

-- name: retry!
-- Events that Dynamics refused are tried again.
UPDATE activities SET state = 'ready', reason = '', settled_at = NULL
WHERE connection_id = :connection_id AND state = 'refused';

-- name: asking
-- The oldest bounces whose reason isn't known yet.
SELECT event_id, ac_id, at, told FROM activities
WHERE connection_id = :connection_id AND asks AND state IN ('unlinked', 'ready') ORDER BY at LIMIT :limit;

-- name: explain!
-- Notes why mails bounced.
UPDATE activities a SET asks = false, told = coalesce(a.told, '{}') || jsonb_build_object('detail', g.detail)
FROM jsonb_to_recordset(:rows) AS g (event_id text, detail text)
WHERE a.connection_id = :connection_id AND a.event_id = g.event_id AND a.asks;

-- name: expired
-- Written events that are too old, or whose record was deleted in Dynamics.
(SELECT event_id FROM activities
 WHERE connection_id = :connection_id AND state = 'written' AND at < :before ORDER BY at LIMIT :limit)
UNION
(SELECT a.event_id FROM activities a
 JOIN records r ON r.connection_id = a.connection_id AND r.entity = a.entity AND r.record_id = a.record_id
               AND r.state = 'deleted'
 WHERE a.connection_id = :connection_id AND a.state = 'written' LIMIT :limit)
LIMIT :limit;

-- name: forget!
-- Forgets events by id.
DELETE FROM activities WHERE connection_id = :connection_id AND event_id = ANY (:event_ids::text[]);

-- name: outdated!
-- Forgets events that never were in Dynamics and are too old to get there.
DELETE FROM activities WHERE ctid IN (
    SELECT ctid FROM activities WHERE connection_id = :connection_id AND state <> 'written' AND at < :before LIMIT :limit);

-- name: counts
-- How many events there are by kind and state, since a time and in all.
SELECT kind, state, count(*) AS total, count(*) FILTER (WHERE filed_at >= :since) AS lately
FROM activities WHERE connection_id = :connection_id GROUP BY kind, state ORDER BY kind, state;

-- name: waiting
-- How many events are on their way, how many Dynamics refused.
SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'refused') AS refused
FROM activities WHERE connection_id = :connection_id AND state IN ('ready', 'refused');

-- name: refusals
-- Why events did not get to Dynamics, the most frequent reason first.
SELECT state, reason, count(*) AS count, max(settled_at) AS last_at FROM activities
WHERE connection_id = :connection_id AND state IN ('refused', 'skipped') AND reason <> ''
GROUP BY state, reason ORDER BY count(*) DESC, reason LIMIT :limit;

-- name: of_contact
-- The latest events of a contact.
SELECT * FROM activities WHERE connection_id = :connection_id AND ac_id = :ac_id ORDER BY at DESC, event_id LIMIT :limit;
