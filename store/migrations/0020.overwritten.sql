-- depends: 0019.bounced
-- What cycles overwrote, so that it can be put back: the mapped values of one record on the side that was written.
CREATE TABLE overwritten (
    connection_id integer NOT NULL,
    cycle_id bigint NOT NULL,
    entity entity NOT NULL,
    direction direction NOT NULL,
    record_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    -- Canonical values by field, null for empty.
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (cycle_id, entity, direction, record_id)
);
-- It goes by age, and rows come in the order of their time: a few pages of index for millions of them.
CREATE INDEX overwritten_by_age ON overwritten USING brin (at);
