-- name: claim!
-- Takes the look of this minute. No row: somebody looked a moment ago.
INSERT INTO watches AS w (at) VALUES (:now) ON CONFLICT (one) DO UPDATE SET at = excluded.at WHERE w.at <= :before;

-- name: last
-- When somebody looked last.
SELECT at FROM watches;

-- name: sizes
-- How large the database is, and its tables with their indexes; the months of history are one table.
SELECT CASE WHEN c.relispartition THEN 'outcomes' ELSE c.relname END AS name,
       sum(pg_total_relation_size(c.oid))::bigint AS bytes, count(*) AS parts,
       (SELECT pg_database_size(current_database())) AS database
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname !~ 'yoyo'
GROUP BY 1 ORDER BY 1;

-- name: note_size!
-- Notes how large the database is today.
INSERT INTO database_sizes (day, bytes) VALUES (:day, :bytes) ON CONFLICT (day) DO NOTHING;

-- name: size_of
-- How large it was on the last day up to this one.
SELECT bytes FROM database_sizes WHERE day <= :day ORDER BY day DESC LIMIT 1;

-- name: forget_sizes!
-- Days before this one.
DELETE FROM database_sizes WHERE day < :before;

-- name: locked
-- How many names are locked after failed sign-ins.
SELECT count(*) FROM users WHERE locked_until > :now;

-- name: fresh
-- Failures that were tried lately, by class and service, as many as are looked at.
SELECT class, split_part(code, '.', 1) AS service, count(*) AS number,
       count(*) FILTER (WHERE first_at > :since) AS new,
       count(*) FILTER (WHERE code ~ '[.]unknown_outcome$' OR code = ANY (:twins::text[])) AS doubtful,
       count(*) FILTER (WHERE code IN ('worker.lost', 'page.lost')) AS lost
FROM (
    SELECT class, code, first_at FROM failures
    WHERE connection_id = :connection_id AND state IN ('open', 'retrying') AND last_at > :since
    ORDER BY last_at DESC LIMIT :most) AS lately
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: echoes
-- How many records were written in every one of these cycles, among the first ones of each.
SELECT count(*) FROM (
    SELECT w.entity, w.record_id FROM unnest(:cycles::bigint[]) AS c (id) CROSS JOIN LATERAL (
        SELECT DISTINCT f.entity, f.record_id FROM (
            SELECT o.entity, o.record_id FROM outcomes o
            WHERE o.cycle_id = c.id AND o.outcome = 'updated' AND o.at >= :since LIMIT :most) AS f) AS w
    GROUP BY w.entity, w.record_id HAVING count(*) = cardinality(:cycles::bigint[])) AS found;

-- name: pages
-- Pages that wait for a worker, as many as are looked at.
SELECT connection_id, count(*) AS number FROM (
    SELECT connection_id FROM pages WHERE state = 'filed' LIMIT :most) AS waiting
GROUP BY connection_id;

-- name: marketing
-- Since when somebody waits for the answer to a request, when requests were last heard, and since when a line of
-- marketing activities is due and nobody works on it.
SELECT
    (SELECT min(filed_at) FROM requests WHERE connection_id = :connection_id AND answered_at IS NULL) AS asked,
    (SELECT heard_at FROM listening WHERE connection_id = :connection_id) AS heard,
    (SELECT min(due_at) FROM activity_lines
     WHERE connection_id = :connection_id AND (lease_until IS NULL OR lease_until < now())) AS activities_due;
