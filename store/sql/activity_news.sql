-- name: hint!
-- A webhook says that a contact has news.
INSERT INTO activity_news AS n (connection_id, ac_id, hinted, evidence_at, due_at, noted_at)
VALUES (:connection_id, :ac_id, true, :at, :now, :now)
ON CONFLICT (connection_id, ac_id) DO UPDATE
SET hinted = true, evidence_at = greatest(n.evidence_at, excluded.evidence_at), noted_at = excluded.noted_at, tries = 0,
    due_at = least(n.due_at, excluded.due_at);

-- name: note!
-- Rows of a list say that contacts have news.
INSERT INTO activity_news AS n (connection_id, ac_id, evidence_at, sends, sends_since, due_at, noted_at)
SELECT :connection_id, g.ac_id, g.evidence_at, g.sends, g.sends_since, :now, :now
FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, evidence_at timestamptz, sends integer, sends_since timestamptz)
ON CONFLICT (connection_id, ac_id) DO UPDATE
SET evidence_at = greatest(n.evidence_at, excluded.evidence_at), sends = n.sends + excluded.sends,
    sends_since = least(n.sends_since, excluded.sends_since),
    tries = CASE WHEN greatest(n.evidence_at, excluded.evidence_at) IS DISTINCT FROM n.evidence_at THEN 0 ELSE n.tries END;

-- name: seen
-- What is known of contacts from the last time they were looked at.
SELECT ac_id, sent, swept_at, covered_at, fetched_at FROM activity_people
WHERE connection_id = :connection_id AND ac_id = ANY (:ac_ids::bigint[]);

-- name: saw!
-- Notes that contacts were looked at, and how many mails they had got.
INSERT INTO activity_people AS p (connection_id, ac_id, sent, swept_at)
SELECT :connection_id, g.ac_id, g.sent, :at FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, sent integer)
ON CONFLICT (connection_id, ac_id) DO UPDATE SET sent = excluded.sent, swept_at = excluded.swept_at;

-- name: linked_after
-- The next linked contacts in the order of their ids.
SELECT ac_id FROM links
WHERE connection_id = :connection_id AND kind = 'person' AND ac_id > :after AND delivered_at IS NOT NULL
  AND removed_at IS NULL
ORDER BY ac_id LIMIT :limit;

-- name: linked
-- How many contacts are linked.
SELECT count(*) FROM links
WHERE connection_id = :connection_id AND kind = 'person' AND ac_id IS NOT NULL AND delivered_at IS NOT NULL
  AND removed_at IS NULL;

-- name: strangers!
-- Nobody asks about contacts that aren't linked.
DELETE FROM activity_news n
WHERE n.connection_id = :connection_id AND NOT EXISTS (
    SELECT FROM links l WHERE l.connection_id = n.connection_id AND l.kind = 'person' AND l.ac_id = n.ac_id
                          AND l.delivered_at IS NOT NULL);

-- name: stale!
-- Forgets suspicions that nobody found worth looking into; webhooks are not forgotten.
DELETE FROM activity_news WHERE connection_id = :connection_id AND NOT hinted AND noted_at < :before;

-- name: explained
-- News that the feed has shown by now: an event as new as the evidence, and as many mails as were counted.
DELETE FROM activity_news n
WHERE n.connection_id = :connection_id
  AND (n.evidence_at IS NULL OR EXISTS (
        SELECT FROM activities a WHERE a.connection_id = n.connection_id AND a.ac_id = n.ac_id
                                   AND a.at >= n.evidence_at - interval '2 seconds'))
  AND (n.sends = 0 OR n.sends <= (
        SELECT count(*) FROM activities a
        WHERE a.connection_id = n.connection_id AND a.ac_id = n.ac_id AND a.kind = 'sent'
          AND a.filed_at >= coalesce(n.sends_since, '-infinity')))
RETURNING n.ac_id, n.evidence_at;

-- name: next
-- Whom to read next: hints before others, the newest first. What is younger than a time may still be on its way by itself.
SELECT n.*, p.fetched_at FROM activity_news n
LEFT JOIN activity_people p ON p.connection_id = n.connection_id AND p.ac_id = n.ac_id
WHERE n.connection_id = :connection_id AND n.due_at <= :now
  AND CASE WHEN n.evidence_at IS NULL THEN n.noted_at <= :noted_before ELSE n.evidence_at <= :settled_before END
ORDER BY n.hinted DESC, n.evidence_at DESC NULLS LAST, n.ac_id LIMIT 1;

-- name: met
-- Whether the feed has shown what one contact's news are about.
SELECT (:evidence_at::timestamptz IS NULL OR EXISTS (
        SELECT FROM activities a WHERE a.connection_id = :connection_id AND a.ac_id = :ac_id
                                   AND a.at >= :evidence_at::timestamptz - interval '2 seconds'))
   AND (:sends::int = 0 OR :sends::int <= (
        SELECT count(*) FROM activities a
        WHERE a.connection_id = :connection_id AND a.ac_id = :ac_id AND a.kind = 'sent'
          AND a.filed_at >= coalesce(:sends_since::timestamptz, '-infinity'))) AS met;

-- name: fetched!
-- Notes that a contact's own feed was read.
INSERT INTO activity_people AS p (connection_id, ac_id, fetched_at) VALUES (:connection_id, :ac_id, :at)
ON CONFLICT (connection_id, ac_id) DO UPDATE SET fetched_at = greatest(p.fetched_at, excluded.fetched_at);

-- name: cover!
-- Notes up to which date a contact's news are known.
INSERT INTO activity_people AS p (connection_id, ac_id, covered_at)
SELECT :connection_id, g.ac_id, g.at FROM jsonb_to_recordset(:rows) AS g (ac_id bigint, at timestamptz)
ON CONFLICT (connection_id, ac_id) DO UPDATE SET covered_at = greatest(p.covered_at, excluded.covered_at);

-- name: done!
-- Ends a contact's news, unless newer ones were noted meanwhile.
DELETE FROM activity_news
WHERE connection_id = :connection_id AND ac_id = :ac_id AND evidence_at IS NOT DISTINCT FROM :evidence_at
  AND sends = :sends;

-- name: later!
-- Puts a contact's news off.
UPDATE activity_news SET tries = tries + 1, due_at = :due_at WHERE connection_id = :connection_id AND ac_id = :ac_id;

-- name: drop!
-- Ends the news of a contact that is gone.
DELETE FROM activity_news WHERE connection_id = :connection_id AND ac_id = :ac_id;

-- name: waiting
-- How many contacts have news that were not fetched yet.
SELECT count(*) AS waiting, count(*) FILTER (WHERE hinted) AS hinted, min(noted_at) AS oldest
FROM activity_news WHERE connection_id = :connection_id;
