-- name: add!
-- Files what is to be told of an alert, by each of these ways.
INSERT INTO notices (alert_id, kind, way, made_at, due_at)
SELECT :alert_id, :kind, way, :now, :now FROM unnest(:ways::text[]) AS w (way);

-- name: claim
-- Takes what is due; it is due again later, in case nobody hears of this attempt.
UPDATE notices n SET attempts = n.attempts + 1, due_at = :again
FROM (
    SELECT id FROM notices
    WHERE sent_at IS NULL AND given_up_at IS NULL AND due_at <= :now AND way = :way
    ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED) AS chosen, alerts a
WHERE n.id = chosen.id AND a.id = n.alert_id
RETURNING n.id, n.kind, n.attempts, n.made_at, a.id AS alert_id, a.rule, a.subject, a.connection_id, a.severity, a.text,
          a.advice, a.firing_at, a.recovered_at;

-- name: sent!
-- Somebody took them.
UPDATE notices SET sent_at = :now, error = '' WHERE id = ANY (:ids::bigint[]) AND sent_at IS NULL;

-- name: refused!
-- Nobody took them: due again later, or given up once they are too old.
UPDATE notices SET error = :error, due_at = :now + least(power(2, attempts), 32) * interval '1 minute',
                   given_up_at = CASE WHEN made_at < :before THEN :now END
WHERE id = ANY (:ids::bigint[]) AND sent_at IS NULL;

-- name: untaken
-- Why the latest ones were not taken, by way.
SELECT DISTINCT ON (way) way, error, attempts, given_up_at FROM notices
WHERE sent_at IS NULL AND error <> '' ORDER BY way, id DESC;
