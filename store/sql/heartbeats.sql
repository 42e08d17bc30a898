-- name: beat!
-- Says that this part is alive.
INSERT INTO heartbeats (name, facts) VALUES (:name, :facts)
ON CONFLICT (name) DO UPDATE SET at = now(), facts = excluded.facts;

-- name: listed
-- Every part that ever said so, by name.
SELECT name, at, facts FROM heartbeats ORDER BY name;
