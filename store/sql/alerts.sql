-- name: open
-- Alerts that are seen or fire.
SELECT * FROM alerts WHERE recovered_at IS NULL ORDER BY id;

-- name: add
-- Files one that is seen for the first time. No row: it is open already.
INSERT INTO alerts (rule, subject, connection_id, severity, text, advice, seen_at, firing_at, calm_at, told_at)
VALUES (:rule, :subject, :connection_id, :severity, :text, :advice, :seen_at, :firing_at, :calm_at, :told_at)
ON CONFLICT (rule, subject) WHERE recovered_at IS NULL DO NOTHING
RETURNING id;

-- name: move!
-- How it stands now.
UPDATE alerts SET severity = :severity, text = :text, advice = :advice, firing_at = :firing_at, calm_at = :calm_at,
                  told_at = :told_at, recovered_at = :recovered_at
WHERE id = :id AND recovered_at IS NULL;

-- name: drop!
-- Forgets those that never fired.
DELETE FROM alerts WHERE id = ANY (:ids::bigint[]) AND firing_at IS NULL;

-- name: firing
-- Those that fire, the most urgent first; with those of everything, those of one connection or of all.
SELECT a.*, c.name AS connection FROM alerts a LEFT JOIN connections c ON c.id = a.connection_id
WHERE a.recovered_at IS NULL AND a.firing_at IS NOT NULL
  AND (:connection_id::int IS NULL OR coalesce(a.connection_id, :connection_id) = :connection_id)
ORDER BY a.severity = 'critical' DESC, a.firing_at, a.id;

-- name: recent
-- The latest that fired, whether or not they have recovered, each with the notices that were not taken.
SELECT a.*, c.name AS connection,
       (SELECT count(*) FROM notices n WHERE n.alert_id = a.id AND n.sent_at IS NULL) AS untold
FROM alerts a LEFT JOIN connections c ON c.id = a.connection_id
WHERE a.firing_at IS NOT NULL ORDER BY a.id DESC LIMIT :limit;

-- name: prune!
-- Forgets what recovered long ago.
DELETE FROM alerts WHERE recovered_at < :before;
