-- name: standing
-- How many stand where now.
SELECT kind, entity, direction, what, sum(number)::bigint AS number FROM tallies
WHERE connection_id = :connection_id AND day = '-infinity'
GROUP BY kind, entity, direction, what HAVING sum(number) <> 0 ORDER BY kind, entity, direction, what;

-- name: days
-- What became of records, day by day.
SELECT day, direction, what AS outcome, sum(number)::bigint AS number FROM tallies
WHERE connection_id = :connection_id AND kind = 'outcome' AND day >= :since
GROUP BY day, direction, what ORDER BY day, direction, what;

-- name: fold!
-- Adds up what belongs together. Whoever else does so at the same time finds the rows gone, and adds up none of them.
WITH many AS (
    SELECT connection_id, kind, entity, direction, what, day FROM tallies
    GROUP BY connection_id, kind, entity, direction, what, day HAVING count(*) > 1
), gone AS (
    DELETE FROM tallies t USING many m
    WHERE t.connection_id = m.connection_id AND t.kind = m.kind AND t.entity = m.entity AND t.direction = m.direction
      AND t.what = m.what AND t.day = m.day
    RETURNING t.*
)
INSERT INTO tallies (connection_id, kind, entity, direction, what, day, number)
SELECT connection_id, kind, entity, direction, what, day, sum(number) FROM gone
GROUP BY connection_id, kind, entity, direction, what, day HAVING sum(number) <> 0;

-- name: forget!
-- Days of which no history is left.
DELETE FROM tallies WHERE kind = 'outcome' AND day < :before;
