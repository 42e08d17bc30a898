-- name: now
-- The present moment.
SELECT now();
