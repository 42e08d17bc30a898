-- depends: 0012.console
-- Numbers for people, ready to be read: counting whole tables for every look at a page would take seconds.
CREATE TABLE tallies (
    connection_id integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('record', 'outbox', 'failure', 'conflict', 'outcome')),
    entity text NOT NULL,
    direction text NOT NULL DEFAULT '',
    -- A record's state, a failure's class, an outcome.
    what text NOT NULL DEFAULT '',
    -- Of outcomes, in UTC.
    day date NOT NULL DEFAULT '-infinity',
    number bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX tallies_by_connection ON tallies (connection_id, day);

-- What a statement adds to the numbers, as rows of their own: nobody waits for anybody, as they would for one counter.
-- Arguments: kind, direction, what and day as expressions, and which rows count.
CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side text := format(
        'SELECT connection_id, entity, %s AS direction, %s AS what, %s AS day, %%s AS one FROM %%s WHERE %s',
        TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4]);
    sides text := concat_ws(' UNION ALL ', CASE WHEN TG_OP <> 'DELETE' THEN format(side, '1', 'given') END,
                                           CASE WHEN TG_OP <> 'INSERT' THEN format(side, '-1', 'gone') END);
BEGIN
    EXECUTE format(
        'INSERT INTO tallies (connection_id, kind, entity, direction, what, day, number) '
        'SELECT connection_id, %L, entity, direction, what, day, sum(one) FROM (%s) AS counted '
        'GROUP BY connection_id, entity, direction, what, day HAVING sum(one) <> 0', TG_ARGV[0], sides);
    RETURN NULL;
END
$$;

CREATE TRIGGER tally_new AFTER INSERT ON records REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');
CREATE TRIGGER tally_changed AFTER UPDATE ON records REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');
CREATE TRIGGER tally_gone AFTER DELETE ON records REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('record', '''''', 'state', '''-infinity''::date', 'true');

-- A row of the outbox never changes its record or its direction, so changes of rows count nothing.
CREATE TRIGGER tally_new AFTER INSERT ON outbox REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('outbox', 'direction', '''''', '''-infinity''::date', 'true');
CREATE TRIGGER tally_gone AFTER DELETE ON outbox REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('outbox', 'direction', '''''', '''-infinity''::date', 'true');

CREATE TRIGGER tally_new AFTER INSERT ON failures REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');
CREATE TRIGGER tally_changed AFTER UPDATE ON failures REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');
CREATE TRIGGER tally_gone AFTER DELETE ON failures REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('failure', 'direction', 'class', '''-infinity''::date', 'state IN (''open'', ''retrying'')');

CREATE TRIGGER tally_new AFTER INSERT ON conflicts REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');
CREATE TRIGGER tally_changed AFTER UPDATE ON conflicts REFERENCING OLD TABLE AS gone NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');
CREATE TRIGGER tally_gone AFTER DELETE ON conflicts REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tally('conflict', '''''', 'state', '''-infinity''::date', 'state = ''open''');

-- History only grows, and goes by whole months; rows that move into the partition of their month count once.
CREATE TRIGGER tally_new AFTER INSERT ON outcomes REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION
    tally('outcome', 'direction', 'outcome', '(at AT TIME ZONE ''UTC'')::date', 'true');

-- The triggers hold writers back until this is committed, so what they count from then on is what is missing here.
INSERT INTO tallies (connection_id, kind, entity, direction, what, number)
SELECT connection_id, 'record', entity, '', state, count(*) FROM records GROUP BY connection_id, entity, state
UNION ALL
SELECT connection_id, 'outbox', entity, direction, '', count(*) FROM outbox GROUP BY connection_id, entity, direction
UNION ALL
SELECT connection_id, 'failure', entity, direction, class, count(*) FROM failures
WHERE state IN ('open', 'retrying') GROUP BY connection_id, entity, direction, class
UNION ALL
SELECT connection_id, 'conflict', entity, '', state, count(*) FROM conflicts
WHERE state = 'open' GROUP BY connection_id, entity, state;

INSERT INTO tallies (connection_id, kind, entity, direction, what, day, number)
SELECT connection_id, 'outcome', entity, direction, outcome, (at AT TIME ZONE 'UTC')::date, count(*)
FROM outcomes GROUP BY connection_id, entity, direction, outcome, (at AT TIME ZONE 'UTC')::date;

-- The oldest change on its way, and cycles that ask, without a look at all the others.
CREATE INDEX outbox_by_age ON outbox (connection_id, created_at);
CREATE INDEX cycles_asking ON cycles (connection_id, id) WHERE state = 'stopped' AND finished_at IS NULL;

-- Everything that ever failed for one record.
CREATE INDEX failures_by_subject ON failures (connection_id, entity, subject, id);

-- What stands on the list, class by class.
CREATE INDEX failures_by_class ON failures (connection_id, class, last_at) WHERE state IN ('open', 'retrying');

-- The same as before, and found by their beginnings, too.
DROP INDEX records_by_address;
CREATE INDEX records_by_address ON records (connection_id, address text_pattern_ops) WHERE address IS NOT NULL;
DROP INDEX links_by_ac_name;
CREATE INDEX links_by_ac_name ON links (connection_id, lower(btrim(agreed ->> 'name')) text_pattern_ops)
    WHERE entity = 'account';
