-- name: ensure
-- Makes or changes the connection of this name. Its organisation stays bound.
INSERT INTO connections (name, dynamics_url, dynamics_tenant_id, dynamics_client_id, dynamics_authority,
                         activecampaign_url, secrets)
VALUES (:name, :dynamics_url, :dynamics_tenant_id, :dynamics_client_id, :dynamics_authority,
        :activecampaign_url, :secrets)
ON CONFLICT (name) DO UPDATE
SET dynamics_url = excluded.dynamics_url,
    dynamics_tenant_id = excluded.dynamics_tenant_id,
    dynamics_client_id = excluded.dynamics_client_id,
    dynamics_authority = excluded.dynamics_authority,
    activecampaign_url = excluded.activecampaign_url,
    secrets = excluded.secrets,
    changed_at = now()
RETURNING id;

-- name: get
-- One connection by id.
SELECT * FROM connections WHERE id = :id;

-- name: standing
-- One connection, the number of its newest configuration, and when one of these descriptions was last kept.
SELECT n.*, (SELECT max(version) FROM configurations WHERE connection_id = n.id) AS version,
       (SELECT max(taken_at) FROM snapshots WHERE connection_id = n.id AND key = ANY (:keys)) AS described_at
FROM connections n WHERE n.id = :id;

-- name: by_name
-- One connection by name.
SELECT * FROM connections WHERE name = :name;

-- name: listed
-- All connections, oldest first.
SELECT * FROM connections ORDER BY id;

-- name: bind_organization!
-- Binds the Dynamics organisation once. No row: another one is bound already.
UPDATE connections SET organization_id = :organization_id
WHERE id = :id AND (organization_id IS NULL OR organization_id = :organization_id);

-- name: due
-- Connections whose time has come, locked until the transaction ends. What another beat holds is left to it.
SELECT * FROM connections WHERE next_due_at <= :now ORDER BY next_due_at FOR NO KEY UPDATE SKIP LOCKED;

-- name: set_next_due!
-- When the next scheduled cycle is to start; null for never.
UPDATE connections SET next_due_at = :at WHERE id = :id;

-- name: lock
-- Makes others who want to change what hangs on this connection wait.
SELECT id FROM connections WHERE id = :id FOR NO KEY UPDATE;

-- name: renew_webhooks
-- Makes the webhook addresses given out so far worthless.
UPDATE connections SET webhook_generation = webhook_generation + 1 WHERE id = :id RETURNING webhook_generation;
