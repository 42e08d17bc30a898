-- name: file
-- Puts records on the list, or counts one more attempt for those that stand there.
INSERT INTO failures AS f (connection_id, entity, direction, record_id, ac_id, stage, class, code, message, advice,
                           request, answer, due_at, cycle_id, correlation_id, code_version)
SELECT DISTINCT ON (connection_id, entity, direction, record_id, ac_id)
       connection_id, entity, direction, record_id, ac_id, stage, class, coalesce(code, ''), coalesce(message, ''),
       coalesce(advice, ''), request, coalesce(answer, ''), due_at, cycle_id, coalesce(correlation_id, ''),
       coalesce(code_version, '')
FROM jsonb_to_recordset(:rows) AS g (
    connection_id int, entity text, direction text, record_id uuid, ac_id bigint, stage text, class text, code text,
    message text, advice text, request jsonb, answer text, due_at timestamptz, cycle_id bigint, correlation_id text,
    code_version text)
ON CONFLICT (connection_id, entity, subject, direction) WHERE state IN ('open', 'retrying') DO UPDATE
SET stage = excluded.stage, class = excluded.class, code = excluded.code, message = excluded.message,
    advice = excluded.advice, request = excluded.request, answer = excluded.answer, ac_id = excluded.ac_id,
    due_at = excluded.due_at, cycle_id = excluded.cycle_id, correlation_id = excluded.correlation_id,
    code_version = excluded.code_version, attempts = f.attempts + 1, last_at = now(), state = 'open'
RETURNING id;

-- name: listed
-- Failures, the latest first.
SELECT * FROM failures
WHERE (:connection_id::int IS NULL OR connection_id = :connection_id)
  AND (:entity::text IS NULL OR entity = :entity)
  AND (:klass::text IS NULL OR class = :klass)
  AND (:state::text IS NULL OR state = :state)
  AND (:pattern::text IS NULL OR concat_ws(' ', subject, code, message, answer) ILIKE :pattern)
ORDER BY last_at DESC, id DESC LIMIT :limit OFFSET :offset;

-- name: matching
-- What is on the list, the latest first, behind one that is known.
SELECT * FROM failures
WHERE connection_id = :connection_id AND state IN ('open', 'retrying')
  AND (:entity::text IS NULL OR entity = :entity) AND (:direction::text IS NULL OR direction = :direction)
  AND (:klass::text IS NULL OR class = :klass) AND (:code::text IS NULL OR code = :code)
  AND (:since::timestamptz IS NULL OR last_at >= :since) AND (:ids::bigint[] IS NULL OR id = ANY (:ids::bigint[]))
  AND (:pattern::text IS NULL OR concat_ws(' ', subject, code, message, answer) ILIKE :pattern)
  AND (:before_at::timestamptz IS NULL OR (last_at, id) < (:before_at::timestamptz, :before_id::bigint))
ORDER BY last_at DESC, id DESC LIMIT :limit;

-- name: numbers
-- The same without an end, ids only.
SELECT id FROM failures
WHERE connection_id = :connection_id AND state IN ('open', 'retrying')
  AND (:entity::text IS NULL OR entity = :entity) AND (:direction::text IS NULL OR direction = :direction)
  AND (:klass::text IS NULL OR class = :klass) AND (:code::text IS NULL OR code = :code)
  AND (:since::timestamptz IS NULL OR last_at >= :since) AND (:ids::bigint[] IS NULL OR id = ANY (:ids::bigint[]))
  AND (:pattern::text IS NULL OR concat_ws(' ', subject, code, message, answer) ILIKE :pattern)
ORDER BY id;

-- name: grouped_matching
-- The same by kind of failure, the most frequent first; message and advice are those of the one that was listed last.
WITH kinds AS (
    SELECT entity, direction, class, code, count(*) AS count, min(first_at) AS first_at, max(last_at) AS last_at,
           min(due_at) AS due_at, max(id) AS newest
    FROM failures
    WHERE connection_id = :connection_id AND state IN ('open', 'retrying')
      AND (:entity::text IS NULL OR entity = :entity) AND (:direction::text IS NULL OR direction = :direction)
      AND (:klass::text IS NULL OR class = :klass) AND (:code::text IS NULL OR code = :code)
      AND (:since::timestamptz IS NULL OR last_at >= :since) AND (:ids::bigint[] IS NULL OR id = ANY (:ids::bigint[]))
      AND (:pattern::text IS NULL OR concat_ws(' ', subject, code, message, answer) ILIKE :pattern)
    GROUP BY entity, direction, class, code
)
SELECT k.entity, k.direction, k.class, k.code, k.count, k.first_at, k.last_at, k.due_at, f.message, f.advice
FROM kinds k JOIN failures f ON f.id = k.newest
ORDER BY k.count DESC, k.class, k.code;

-- name: grouped
-- What is on the list, by kind of failure, the most frequent first.
SELECT connection_id, entity, direction, class, code, count(*) AS count, min(first_at) AS first_at,
       max(last_at) AS last_at, min(due_at) AS due_at, (array_agg(message ORDER BY last_at DESC))[1] AS message,
       (array_agg(advice ORDER BY last_at DESC))[1] AS advice
FROM failures WHERE state IN ('open', 'retrying')
  AND (:connection_id::int IS NULL OR connection_id = :connection_id)
GROUP BY connection_id, entity, direction, class, code
ORDER BY count(*) DESC, class, code;

-- name: latest
-- The latest failure on the list of each of these classes.
SELECT f.* FROM unnest(:classes::text[]) AS c (class) CROSS JOIN LATERAL (
    SELECT * FROM failures
    WHERE connection_id = :connection_id AND class = c.class AND state IN ('open', 'retrying')
    ORDER BY last_at DESC LIMIT 1) AS f
ORDER BY f.class;

-- name: retry_of_record!
-- Makes what stands on the list for one record due at once.
UPDATE failures SET state = 'retrying', due_at = now()
WHERE connection_id = :connection_id AND entity = :entity AND subject = ANY (:subjects::text[])
  AND state IN ('open', 'retrying');

-- name: get
-- One failure.
SELECT * FROM failures WHERE id = :id;

-- name: request_retry!
-- Makes failures due at once.
UPDATE failures SET state = 'retrying', due_at = now()
WHERE state IN ('open', 'retrying')
  AND (:ids::bigint[] IS NULL OR id = ANY (:ids::bigint[]))
  AND (:klass::text IS NULL OR class = :klass)
  AND (:entity::text IS NULL OR entity = :entity);

-- name: discard!
-- Takes failures off the list unresolved.
UPDATE failures SET state = 'discarded', due_at = NULL WHERE id = ANY (:ids::bigint[]) AND state IN ('open', 'retrying');

-- name: due
-- Takes failures whose time has come. They are due again later, in case nothing comes of this attempt.
UPDATE failures f SET state = 'retrying', due_at = :now + :again_s * interval '1 second'
FROM (
    SELECT id FROM failures
    WHERE state IN ('open', 'retrying') AND due_at <= :now
    ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
) AS chosen
WHERE f.id = chosen.id
RETURNING f.*;

-- name: resolve!
-- Takes records off the list that went through.
UPDATE failures SET state = 'resolved', due_at = NULL
WHERE connection_id = :connection_id AND entity = :entity AND direction = :direction
  AND subject = ANY (:subjects::text[])
  AND state IN ('open', 'retrying');

-- name: of_record
-- What stands on the list for one record.
SELECT * FROM failures
WHERE connection_id = :connection_id AND entity = :entity AND subject = :record_id::text
  AND state IN ('open', 'retrying')
ORDER BY last_at DESC;

-- name: prune!
-- Forgets what left the list, and was last tried long ago.
DELETE FROM failures WHERE state IN ('resolved', 'discarded') AND last_at < :before;
