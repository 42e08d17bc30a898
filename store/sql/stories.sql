-- name: of_record
-- What happened to one record, newest first, from every kind of history. Whatever happened at the same moment as the last
-- row comes too, so that the next page can begin before that moment.
WITH told AS (
    (SELECT at, 'outcome' AS kind, outcome::text AS what, direction::text, reason AS text, cycle_id, NULL::bigint AS id,
            version, NULL::jsonb AS detail
     FROM outcomes
     WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id
       AND (:before::timestamptz IS NULL OR at < :before)
     ORDER BY at DESC FETCH FIRST (:limit) ROWS WITH TIES)
    UNION ALL
    (SELECT last_at, 'failure', state, direction, message, cycle_id, id, NULL,
            jsonb_build_object('class', class, 'code', code, 'stage', stage, 'attempts', attempts, 'advice', advice,
                               'first_at', first_at)
     FROM failures
     WHERE connection_id = :connection_id AND entity = :entity AND subject = ANY (:subjects::text[])
       AND (:before::timestamptz IS NULL OR last_at < :before)
     ORDER BY last_at DESC FETCH FIRST (:limit) ROWS WITH TIES)
    UNION ALL
    (SELECT at, 'conflict', state, '', key, cycle_id, id, NULL,
            jsonb_build_object('agreed', agreed, 'dynamics', ours, 'activecampaign', theirs, 'policy', policy,
                               'winner', winner, 'decided_by', decided_by, 'decided_at', decided_at)
     FROM conflicts
     WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id
       AND (:before::timestamptz IS NULL OR at < :before)
     ORDER BY at DESC FETCH FIRST (:limit) ROWS WITH TIES)
)
SELECT * FROM told ORDER BY at DESC FETCH FIRST (:limit) ROWS WITH TIES;
