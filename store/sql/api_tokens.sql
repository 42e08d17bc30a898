-- name: listed
-- All tokens, without what they are.
SELECT id, name, role, author, made_at, used_at, ends_at FROM api_tokens ORDER BY name;

-- name: make
-- A new one, or none when the name is taken.
INSERT INTO api_tokens (name, role, token_hash, author, ends_at) VALUES (:name, :role, :token_hash, :author, :ends_at)
ON CONFLICT DO NOTHING RETURNING id;

-- name: holder
-- Whose token this is, while it lasts; notes the use once a minute.
WITH held AS (
    SELECT id, name, role, used_at FROM api_tokens
    WHERE token_hash = :token_hash AND (ends_at IS NULL OR ends_at > :now)
), used AS (
    UPDATE api_tokens t SET used_at = :now FROM held
    WHERE t.id = held.id AND (held.used_at IS NULL OR held.used_at < :now::timestamptz - interval '1 minute')
)
SELECT id, name, role FROM held;

-- name: remove
-- Makes a token worthless.
DELETE FROM api_tokens WHERE id = :id RETURNING name;
