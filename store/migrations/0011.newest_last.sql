-- depends: 0010.verify_opportunities
-- Opportunities are delivered in the order of their changes, the newest last.

ALTER TABLE outbox ADD COLUMN place bigint NOT NULL
    GENERATED ALWAYS AS (CASE entity WHEN 'opportunity' THEN version ELSE 0 END) STORED;
DROP INDEX outbox_claimable;
CREATE INDEX outbox_claimable ON outbox (connection_id, direction, lane, entity, phase, place, id)
    WHERE state = 'pending' AND NOT held;
