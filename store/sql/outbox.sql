-- name: put
-- Files changes to be delivered; answers with how many were overtaken, by stream. What waits for a record collapses into
-- one row that keeps its place, its due time and its attempts: a newer change never overtakes a parked one. Of two,
-- a deletion wins, else the higher version; of the same version the one read later, because its mapping is newer.
WITH given AS (
    SELECT DISTINCT ON (entity, record_id) *
    FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, version bigint, address text, change jsonb,
                                         phase smallint, action text, lane text)
    ORDER BY entity, record_id, phase DESC, version DESC
), kept AS (
    INSERT INTO outbox AS o (connection_id, stream_id, lane, entity, record_id, direction, version, address, change,
                             phase, held, action)
    SELECT :connection_id, :stream_id, coalesce(lane, :lane), entity, record_id, :direction, version, address, change,
           coalesce(phase, 0), coalesce(phase, 0) = 1 OR (:held AND lane IS DISTINCT FROM 'live'),
           coalesce(action, 'update')
    FROM given
    ON CONFLICT (connection_id, entity, record_id, direction) WHERE state = 'pending' DO UPDATE
    SET overtook = o.stream_id, stream_id = excluded.stream_id, version = excluded.version, address = excluded.address,
        change = excluded.change, phase = excluded.phase, held = excluded.held, error = NULL, action = excluded.action,
        -- The more urgent lane of the two, and what a person waits for is due at once.
        lane = CASE WHEN 'live' IN (o.lane, excluded.lane) THEN 'live'
                    WHEN 'sync' IN (o.lane, excluded.lane) THEN 'sync' ELSE 'backfill' END,
        due_at = CASE WHEN excluded.lane = 'live' THEN NULL ELSE o.due_at END
    WHERE excluded.phase = 1 OR excluded.version >= o.version
    RETURNING overtook
)
SELECT stream_id, count(*) AS count FROM (
    SELECT overtook AS stream_id FROM kept WHERE overtook IS NOT NULL
    UNION ALL
    SELECT :stream_id FROM generate_series(1, jsonb_array_length(:rows) - (SELECT count(*) FROM kept))
) AS overtaken GROUP BY stream_id;

-- name: underway
-- Those of these records that something waits or is being written for, in one direction. A look into each of two indexes.
SELECT entity, record_id FROM outbox
WHERE connection_id = :connection_id AND direction = :direction AND state = 'pending'
  AND (entity, record_id) IN (SELECT g.entity, g.record_id FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid))
UNION
SELECT entity, record_id FROM outbox
WHERE connection_id = :connection_id AND direction = :direction AND state IN ('claimed', 'sent')
  AND (entity, record_id) IN (SELECT g.entity, g.record_id FROM jsonb_to_recordset(:rows) AS g (entity text, record_id uuid));

-- name: supersede
-- Strikes off what waits for records of which a newer state needs no write; answers with how many, by stream.
WITH gone AS (
    DELETE FROM outbox o USING jsonb_to_recordset(:rows) AS g (entity text, record_id uuid, version bigint)
    WHERE o.connection_id = :connection_id AND o.direction = :direction AND o.state = 'pending' AND o.phase = 0
      AND o.entity = g.entity AND o.record_id = g.record_id AND o.version <= g.version
    RETURNING o.stream_id
)
SELECT stream_id, count(*) AS count FROM gone GROUP BY stream_id;

-- name: lock_claims
-- Lets one claim at a time look at a connection, so that two workers never take rows of the same address.
SELECT pg_advisory_xact_lock(366, :connection_id::int);

-- name: claim
-- Takes rows to deliver, in order: as they were put, opportunities as they were changed in Dynamics. What is paused, held, not
-- yet due or locked by somebody else stays; so does a row whose record or address is being delivered, and one whose address
-- ActiveCampaign still knows as that of another record, which is leaving it with a row of its own that comes earlier.
WITH entities AS (
    SELECT e.entity FROM unnest(:entities::text[]) AS e (entity)
    WHERE NOT EXISTS (
        SELECT FROM pauses p
        WHERE p.connection_id = :connection_id AND coalesce(p.entity, e.entity) = e.entity
          AND coalesce(p.direction, :direction) = :direction AND (p.until IS NULL OR p.until > :now))
), ready AS (
    SELECT r.* FROM entities e CROSS JOIN LATERAL (
        SELECT o.id, o.phase, o.place, o.version, o.address FROM outbox o
        WHERE o.connection_id = :connection_id AND o.direction = :direction AND o.lane = :lane
          AND o.entity = e.entity AND o.state = 'pending'
          AND NOT o.held AND (o.due_at IS NULL OR o.due_at <= :now)
          AND (:single::boolean IS NULL OR o.single = :single)
          -- OFFSET 0 keeps each question a look into an index per row: as joins they read whole tables.
          AND NOT EXISTS (
              SELECT FROM outbox b
              WHERE b.connection_id = o.connection_id AND b.entity = o.entity AND b.record_id = o.record_id
                AND b.state IN ('claimed', 'sent') OFFSET 0)
          AND NOT EXISTS (
              SELECT FROM outbox b
              WHERE b.address = o.address AND b.connection_id = o.connection_id AND b.claimed_by IS NOT NULL OFFSET 0)
          AND NOT EXISTS (
              SELECT FROM links l
              WHERE l.connection_id = o.connection_id AND lower(l.agreed ->> 'email') = o.address
                AND lower(l.agreed ->> 'email') <> l.address
                AND NOT (l.entity = o.entity AND l.record_id = o.record_id) AND o.direction = 'outbound'
                AND (EXISTS (SELECT FROM outbox b
                             WHERE b.connection_id = l.connection_id AND b.entity = l.entity
                               AND b.record_id = l.record_id AND b.state IN ('claimed', 'sent') OFFSET 0)
                     OR EXISTS (SELECT FROM outbox b
                                WHERE b.connection_id = l.connection_id AND b.entity = l.entity
                                  AND b.record_id = l.record_id AND b.direction = 'outbound'
                                  AND b.state = 'pending' AND b.id < o.id OFFSET 0))
              OFFSET 0)
        ORDER BY o.phase, o.place, o.id LIMIT :limit
    ) AS r
), one_per_address AS (
    SELECT DISTINCT ON (coalesce(address, id::text)) * FROM ready ORDER BY coalesce(address, id::text), phase, place, id
), chosen AS (
    SELECT * FROM one_per_address ORDER BY phase, place, id LIMIT :limit
), locked AS (
    -- A row that was replaced since we looked is left for the next claim: its address was not checked.
    SELECT o.id FROM outbox o JOIN chosen c
        ON c.id = o.id AND c.version = o.version AND c.address IS NOT DISTINCT FROM o.address
    WHERE o.state = 'pending' FOR UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE outbox o
    SET state = 'claimed', claimed_by = :worker, lease_until = :now + :lease_s * interval '1 second',
        link_id = (SELECT l.id FROM links l WHERE l.connection_id = o.connection_id AND l.entity = o.entity
                                              AND l.record_id = o.record_id)
    FROM locked WHERE o.id = locked.id
    RETURNING o.*
)
SELECT c.id, c.stream_id, s.cycle_id, c.entity, c.record_id, c.version, c.address, c.phase, c.attempts, c.single,
       c.change, c.decision, to_jsonb(l) AS link, h.entity AS holder_entity, h.record_id AS holder_id
FROM claimed c
JOIN streams s ON s.id = c.stream_id
LEFT JOIN links l ON l.id = c.link_id
LEFT JOIN links h ON h.connection_id = c.connection_id AND h.address = c.address
ORDER BY c.phase, c.place, c.id;

-- name: of_import
-- The rows that travel with an import, as they were claimed.
SELECT c.id, c.stream_id, s.cycle_id, c.entity, c.record_id, c.version, c.address, c.phase, c.attempts, c.single,
       c.change, c.decision, to_jsonb(l) AS link, h.entity AS holder_entity, h.record_id AS holder_id
FROM outbox c
JOIN streams s ON s.id = c.stream_id
LEFT JOIN links l ON l.connection_id = c.connection_id AND l.entity = c.entity AND l.record_id = c.record_id
LEFT JOIN links h ON h.connection_id = c.connection_id AND h.address = c.address
WHERE c.import_id = :import_id AND c.state = 'sent'
ORDER BY c.phase, c.id;

-- name: batch_ready
-- Whether a claim is worth its call: a whole batch is ready, or what is ready will not become more soon, or it is
-- urgent, or it has waited long enough.
WITH ready AS (
    SELECT o.created_at FROM outbox o
    WHERE o.connection_id = :connection_id AND o.direction = :direction AND o.lane = :lane AND o.entity = :entity
      AND o.state = 'pending' AND NOT o.held AND (o.due_at IS NULL OR o.due_at <= :now)
    ORDER BY o.phase, o.place, o.id LIMIT :batch
), summary AS (
    SELECT count(*) AS number, min(created_at) AS oldest FROM ready
)
SELECT number > 0 AND (
    number >= :batch OR :lane = 'live' OR oldest < now() - :patience_s * interval '1 second'
    OR NOT EXISTS (
        SELECT FROM streams s
        WHERE s.connection_id = :connection_id AND s.direction = :direction AND s.lane = :lane
          AND (s.entity = :entity OR (s.direction = 'inbound' AND s.entity <> 'account'))
          AND ((s.state = 'fetching' AND (s.due_at IS NULL OR s.due_at <= :now))
               OR (s.state IN ('fetching', 'delivering')
                   AND EXISTS (SELECT FROM pages p WHERE p.stream_id = s.id AND p.state <> 'done')))))
FROM summary;

-- name: ready
-- What could be claimed now, by connection, entity and lane, counted up to a cap.
SELECT n.id AS connection_id, e.entity, d.direction, l.lane, r.ready
FROM connections n
CROSS JOIN unnest(:entities::text[]) AS e (entity)
CROSS JOIN unnest(ARRAY['inbound', 'outbound']) AS d (direction)
CROSS JOIN unnest(ARRAY['live', 'sync', 'backfill']) AS l (lane)
CROSS JOIN LATERAL (
    SELECT count(*) AS ready FROM (
        SELECT FROM outbox o
        WHERE o.connection_id = n.id AND o.direction = d.direction AND o.lane = l.lane AND o.entity = e.entity
          AND o.state = 'pending' AND NOT o.held AND (o.due_at IS NULL OR o.due_at <= :now)
        ORDER BY o.phase, o.place, o.id LIMIT :cap) AS capped
) AS r
WHERE r.ready > 0 AND NOT EXISTS (
    SELECT FROM pauses p
    WHERE p.connection_id = n.id AND coalesce(p.entity, e.entity) = e.entity
      AND coalesce(p.direction, d.direction) = d.direction AND (p.until IS NULL OR p.until > :now))
ORDER BY n.id, array_position(ARRAY['live', 'sync', 'backfill'], l.lane), d.direction,
         array_position(:entities::text[], e.entity);

-- name: pending_counts
-- What is on its way, for people and metrics.
SELECT entity, direction, lane, phase, held,
       count(*) FILTER (WHERE state = 'pending' AND (due_at IS NULL OR due_at <= now())) AS ready,
       count(*) FILTER (WHERE state = 'pending' AND due_at > now()) AS waiting,
       count(*) FILTER (WHERE state <> 'pending') AS in_flight,
       min(created_at) AS oldest
FROM outbox WHERE connection_id = :connection_id
GROUP BY entity, direction, lane, phase, held ORDER BY phase, entity, direction, lane, held;

-- name: extend!
-- Keeps claimed rows for longer. Fewer rows than asked for: the others were taken back.
UPDATE outbox SET lease_until = :lease_until WHERE id = ANY (:ids::bigint[]) AND state = 'claimed';

-- name: back
-- Makes claimed or sent rows pending again, under new ids. Where a change of the same record waits already, the newer
-- of the two stays; answers with how many were overtaken, by stream.
WITH given AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS g (id bigint, due_at timestamptz, error jsonb, count_attempt boolean,
                                                  single boolean)
), taken AS (
    DELETE FROM outbox o USING given g
    WHERE o.id = g.id AND o.state <> 'pending'
    RETURNING o.connection_id, o.stream_id, o.entity, o.record_id, o.direction, o.action, o.version, o.address,
              o.change, o.phase, o.lane, o.created_at, o.attempts + coalesce(g.count_attempt, false)::int AS attempts,
              coalesce(g.single, o.single) AS single, g.due_at, coalesce(g.error, o.error) AS error
), kept AS (
    INSERT INTO outbox AS o (connection_id, stream_id, entity, record_id, direction, action, version, address, change,
                             phase, lane, created_at, attempts, single, due_at, error)
    SELECT * FROM taken ORDER BY connection_id, entity, record_id
    ON CONFLICT (connection_id, entity, record_id, direction) WHERE state = 'pending' DO UPDATE
    SET overtook = o.stream_id, stream_id = excluded.stream_id, version = excluded.version, address = excluded.address,
        change = excluded.change, phase = excluded.phase, held = false, attempts = excluded.attempts,
        action = excluded.action, single = excluded.single, due_at = excluded.due_at, error = excluded.error
    WHERE o.phase = 0 AND excluded.version > o.version
    RETURNING connection_id, entity, record_id, direction, overtook
)
SELECT stream_id, count(*) AS count FROM (
    SELECT overtook AS stream_id FROM kept WHERE overtook IS NOT NULL
    UNION ALL
    SELECT t.stream_id FROM taken t WHERE NOT EXISTS (
        SELECT FROM kept k
        WHERE k.connection_id = t.connection_id AND k.entity = t.entity AND k.record_id = t.record_id
          AND k.direction = t.direction)
) AS overtaken GROUP BY stream_id;

-- name: abandoned
-- Rows whose worker died, and how many workers each has outlived.
SELECT o.id, o.connection_id, o.stream_id, s.cycle_id, o.entity, o.direction, o.record_id, o.version,
       o.attempts + 1 AS attempts, (o.change ->> 'ac_id')::bigint AS ac_id
FROM outbox o JOIN streams s ON s.id = o.stream_id
WHERE o.state = 'claimed' AND o.lease_until < :now
ORDER BY o.id FOR UPDATE OF o SKIP LOCKED;

-- name: release_held
-- Lets the deletions of a cycle go.
UPDATE outbox SET held = false
WHERE held AND phase = 1 AND stream_id IN (SELECT id FROM streams WHERE cycle_id = :cycle_id);

-- name: release!
-- Lets the changes of a stream go that were held until all of it was read.
UPDATE outbox SET held = false WHERE held AND phase = 0 AND stream_id = :stream_id;

-- name: planned
-- What a stream would create, change and delete, as far as it is held.
SELECT action, count(*) AS count FROM outbox WHERE held AND stream_id = :stream_id GROUP BY action;

-- name: drop_held
-- Forgets what a cycle holds back; answers with how many, by stream.
WITH gone AS (
    DELETE FROM outbox WHERE held AND stream_id IN (SELECT id FROM streams WHERE cycle_id = :cycle_id)
    RETURNING stream_id
)
SELECT stream_id, count(*) AS count FROM gone GROUP BY stream_id;

-- name: abandon
-- Forgets what waits of these streams; answers with how many, by stream. Opt-outs stay, and what took the place of a
-- change of another stream: whoever reads these streams again need not come across that one.
WITH gone AS (
    DELETE FROM outbox
    WHERE stream_id = ANY (:streams::bigint[]) AND state = 'pending'
      AND (phase = 1 OR (lane <> 'live' AND (overtook IS NULL OR overtook = stream_id)))
    RETURNING stream_id
)
SELECT stream_id, count(*) AS count FROM gone GROUP BY stream_id;

-- name: let_go!
-- Lets go what is left of these streams.
UPDATE outbox SET held = false WHERE held AND stream_id = ANY (:streams::bigint[]);

-- name: release_late!
-- Lets deletions go whose cycle ended before they were decided: nobody else would.
UPDATE outbox o SET held = false FROM streams s, cycles c
WHERE o.held AND s.id = o.stream_id AND c.id = s.cycle_id AND c.state NOT IN ('queued', 'running', 'stopped');

-- name: drop!
-- Forgets rows.
DELETE FROM outbox WHERE id = ANY (:ids::bigint[]);

-- name: settle
-- Ends rows, in one statement: strikes them off, keeps what both sides agree on now, writes history, counts. Only who
-- still holds a row can settle it. A row is left alone, and its id given back, when the ActiveCampaign record or the
-- address it names belongs to another link: two holders of one contact is what links are there to prevent.
-- What was overwritten is kept with the cycle: of two writes of one cycle the first tells what was there before it.
-- (`<> 'pending'` and not `IN (...)`, here and in `back`: rows are looked up by id, not among all that are in flight.)
WITH given AS (
    SELECT g.id, g.outcome, coalesce(g.reason, '') AS reason, coalesce(g.unlink, false) AS unlink, g.link AS facts,
           (g.link ->> 'ac_id')::bigint AS ac_id, g.link ->> 'address' AS new_address, o.connection_id, o.stream_id,
           o.entity, o.record_id, o.direction, o.version, o.link_id, g.overwrote,
           CASE o.entity WHEN 'account' THEN 'account' WHEN 'opportunity' THEN 'opportunity' ELSE 'person' END AS kind
    FROM jsonb_to_recordset(:rows) AS g (id bigint, outcome text, reason text, unlink boolean, link jsonb,
                                         overwrote jsonb)
    JOIN outbox o ON o.id = g.id
    WHERE o.connection_id = :connection_id AND o.state <> 'pending'
), owned AS MATERIALIZED (
    SELECT g.*,
        EXISTS (SELECT FROM links x WHERE x.connection_id = g.connection_id AND x.kind = g.kind
                                      AND x.ac_id = g.ac_id AND x.id IS DISTINCT FROM g.link_id)
        OR EXISTS (SELECT FROM links x WHERE x.connection_id = g.connection_id AND x.address = g.new_address
                                         AND x.id IS DISTINCT FROM g.link_id) AS by_another
    FROM given g
), judged AS (
    -- Of two rows that name the same new record the first one gets it.
    SELECT o.*, o.by_another
        OR row_number() OVER (PARTITION BY kind, coalesce(ac_id, -id), by_another ORDER BY id) > 1 AS refused
    FROM owned o
), gone AS (
    DELETE FROM outbox o USING judged j WHERE o.id = j.id AND NOT j.refused AND o.state <> 'pending'
    RETURNING j.*
), locked AS (
    -- In the order of ids, so that two batches never wait for each other.
    SELECT g.*, l.id AS locked_id FROM gone g JOIN links l ON l.id = g.link_id ORDER BY l.id FOR NO KEY UPDATE OF l
), linked AS (
    UPDATE links l
    SET ac_id = CASE WHEN g.facts ? 'ac_id' THEN g.ac_id ELSE l.ac_id END,
        agreed = coalesce(g.facts -> 'agreed', l.agreed),
        -- If another record holds the link by now, the version of this one says nothing about it.
        agreed_version = CASE WHEN l.entity = g.entity AND l.record_id = g.record_id
                              THEN coalesce((g.facts ->> 'agreed_version')::bigint, l.agreed_version)
                              ELSE l.agreed_version END,
        address = CASE WHEN g.facts ? 'address' THEN g.new_address ELSE l.address END,
        account_id = CASE WHEN g.facts ? 'account_id' THEN (g.facts ->> 'account_id')::uuid ELSE l.account_id END,
        tagged = CASE WHEN g.facts ? 'tagged'
                      THEN ARRAY(SELECT jsonb_array_elements_text(g.facts -> 'tagged')) ELSE l.tagged END,
        parked = CASE WHEN g.facts ? 'parked'
                      THEN ARRAY(SELECT jsonb_array_elements_text(g.facts -> 'parked')) ELSE l.parked END,
        opted_out = CASE WHEN g.facts ? 'opted_out' THEN (g.facts ->> 'opted_out')::boolean ELSE l.opted_out END,
        bounced = CASE WHEN g.facts ? 'bounced' THEN (g.facts ->> 'bounced')::boolean ELSE l.bounced END,
        allowed_again = CASE WHEN g.facts ? 'opted_out' THEN false ELSE l.allowed_again END,
        origin = coalesce(g.facts ->> 'origin', l.origin),
        removed_at = CASE WHEN g.facts ? 'removed_at' THEN (g.facts ->> 'removed_at')::timestamptz
                          ELSE l.removed_at END,
        delivered_at = now()
    FROM locked g
    WHERE l.id = g.locked_id AND g.facts IS NOT NULL AND NOT g.unlink
), unlinked AS (
    DELETE FROM links l USING locked g
    WHERE l.id = g.locked_id AND g.unlink AND l.entity = g.entity AND l.record_id = g.record_id
), told AS (
    INSERT INTO outcomes (connection_id, cycle_id, stream_id, entity, record_id, direction, outcome, reason, version)
    SELECT g.connection_id, s.cycle_id, g.stream_id, g.entity, g.record_id, g.direction, g.outcome, g.reason, g.version
    FROM gone g JOIN streams s ON s.id = g.stream_id
), kept AS (
    INSERT INTO overwritten AS o (connection_id, cycle_id, entity, direction, record_id, before, after)
    SELECT g.connection_id, s.cycle_id, g.entity, g.direction, g.record_id, g.overwrote,
           (SELECT jsonb_object_agg(k, g.facts -> 'agreed' -> k) FROM jsonb_object_keys(g.overwrote) AS k)
    FROM gone g JOIN streams s ON s.id = g.stream_id
    WHERE g.overwrote <> '{}'
    ON CONFLICT (cycle_id, entity, direction, record_id) DO UPDATE
    SET before = excluded.before || o.before, after = o.after || excluded.after
), counts AS (
    SELECT stream_id, count(*)::int AS total,
           count(*) FILTER (WHERE outcome = 'created')::int AS created,
           count(*) FILTER (WHERE outcome = 'updated')::int AS updated,
           count(*) FILTER (WHERE outcome = 'unchanged')::int AS unchanged,
           count(*) FILTER (WHERE outcome = 'skipped')::int AS skipped,
           count(*) FILTER (WHERE outcome = 'waiting')::int AS waiting,
           count(*) FILTER (WHERE outcome = 'failed')::int AS failed
    FROM gone GROUP BY stream_id
), counted AS (
    UPDATE streams s
    SET created = s.created + c.created, updated = s.updated + c.updated, unchanged = s.unchanged + c.unchanged,
        skipped = s.skipped + c.skipped, failed = s.failed + c.failed,
        waiting = s.waiting + c.waiting - greatest(0, least(s.waiting + c.waiting,
            s.created + s.updated + s.unchanged + s.skipped + s.waiting + s.failed + c.total - s.read))
    FROM counts c WHERE s.id = c.stream_id
)
SELECT id FROM judged WHERE refused ORDER BY id;

-- name: of_record
-- What is on its way for one record, with the import that it travels with. One look into each of two indexes.
WITH found AS (
    SELECT * FROM outbox
    WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id AND state = 'pending'
    UNION ALL
    SELECT * FROM outbox
    WHERE connection_id = :connection_id AND entity = :entity AND record_id = :record_id AND state IN ('claimed', 'sent')
)
SELECT o.state, o.direction, o.lane, s.cycle_id, o.version, o.held, o.attempts, o.created_at, o.due_at, o.error, o.import_id,
       i.sent_at, i.poll_at
FROM found o
LEFT JOIN streams s ON s.id = o.stream_id
LEFT JOIN imports i ON i.id = o.import_id
ORDER BY o.created_at, o.id;

-- name: oldest
-- Since when the change has waited that has waited longest.
SELECT min(age.oldest) FROM unnest(ARRAY['outbound', 'inbound']) AS d (direction)
CROSS JOIN unnest(ARRAY['live', 'sync', 'backfill']) AS l (lane) CROSS JOIN LATERAL (
    SELECT min(o.created_at) AS oldest FROM outbox o
    WHERE o.connection_id = :connection_id AND o.direction = d.direction AND o.lane = l.lane) AS age;

-- name: ages
-- The same by direction and lane.
SELECT d.direction, l.lane, age.oldest FROM unnest(ARRAY['outbound', 'inbound']) AS d (direction)
CROSS JOIN unnest(ARRAY['live', 'sync', 'backfill']) AS l (lane) CROSS JOIN LATERAL (
    SELECT min(o.created_at) AS oldest FROM outbox o
    WHERE o.connection_id = :connection_id AND o.direction = d.direction AND o.lane = l.lane) AS age
WHERE age.oldest IS NOT NULL;
