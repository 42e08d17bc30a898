-- name: records!
-- Records of a connection: accounts, contacts, leads and opportunities, four of five of them linked.
INSERT INTO records (connection_id, entity, record_id, state, version, address, reason, modified_on)
SELECT :connection_id, (ARRAY['account', 'contact', 'contact', 'lead', 'opportunity'])[1 + mod(n, 5)], md5(n::text)::uuid,
       CASE WHEN mod(n, 7) < 5 THEN 'linked' WHEN mod(n, 7) = 5 THEN 'out_of_scope' ELSE 'no_address' END, n,
       CASE WHEN mod(n, 5) IN (1, 2, 3) AND mod(n, 7) <> 6 THEN 'person.' || n || '@contoso.example' END, 'meets the criteria',
       '2030-01-01T00:00:00Z'
FROM generate_series(:first::bigint, :last::bigint) AS n;

-- name: links!
-- A link for each of them that is linked.
INSERT INTO links (connection_id, entity, record_id, address, ac_id, agreed, delivered_at)
SELECT connection_id, entity, record_id, address, CASE WHEN entity <> 'opportunity' THEN version END,
       jsonb_build_object('name', 'Company ' || version, 'FIRST_NAME', 'Given', 'LAST_NAME', 'Family ' || version,
                          'email', address, 'PHONE', '+49 30 1234567', 'JOB_TITLE', 'Title'), now()
FROM records WHERE connection_id = :connection_id AND state = 'linked';

-- name: outcomes!
-- History of the last eighty days.
INSERT INTO outcomes (at, connection_id, cycle_id, stream_id, entity, record_id, direction, outcome, reason, version)
SELECT now() - mod(n, 6912000) * interval '1 second', :connection_id, :cycle_id::bigint + mod(n, :cycles), 1,
       (ARRAY['account', 'contact', 'contact', 'lead', 'opportunity'])[1 + mod(mod(n, :records), 5)], md5(mod(n, :records)::text)::uuid,
       CASE mod(n, 3) WHEN 0 THEN 'inbound' ELSE 'outbound' END,
       (ARRAY['updated', 'unchanged', 'unchanged', 'skipped', 'created', 'waiting', 'failed'])[1 + mod(n, 7)],
       'JOB_TITLE differs', n
FROM generate_series(:first::bigint, :last::bigint) AS n;

-- name: cycles!
-- Cycles that have ended, one every few minutes.
INSERT INTO cycles (connection_id, kind, lane, state, config_version, request, requested_by, requested_at, started_at,
                    finished_at)
SELECT :connection_id, CASE mod(n, 50) WHEN 0 THEN 'manual' ELSE 'scheduled' END, 'sync',
       CASE mod(n, 90) WHEN 0 THEN 'partial' ELSE 'complete' END, 1, 'all', 'schedule', at, at, at + interval '40 seconds'
FROM generate_series(1, :cycles) AS n, LATERAL (SELECT now() - (:cycles - n) * interval '5 minutes' AS at) AS t;

-- name: streams!
-- Their streams, six each.
INSERT INTO streams (cycle_id, connection_id, entity, direction, position, lane, state, read, created, updated, unchanged,
                     started_at, finished_at)
SELECT c.id, c.connection_id, (ARRAY['account', 'contact', 'lead'])[1 + mod(p, 3)],
       CASE WHEN p < 3 THEN 'inbound' ELSE 'outbound' END, p, 'sync', 'done', 60, 10, 20, 30, c.started_at, c.finished_at
FROM cycles c, generate_series(0, 5) AS p WHERE c.connection_id = :connection_id;

-- name: outbox!
-- Changes on their way.
INSERT INTO outbox (connection_id, stream_id, entity, record_id, version, address, change, lane)
SELECT connection_id, 1, entity, record_id, version, address, '{"values": {"JOB_TITLE": "Title"}}', 'backfill'
FROM records WHERE connection_id = :connection_id AND version <= :number AND state = 'linked';

-- name: failures!
-- What failed, a quarter of it still on the list.
INSERT INTO failures (connection_id, entity, direction, record_id, stage, class, code, message, advice, state, cycle_id)
SELECT :connection_id, 'contact', 'outbound', md5((5 * n + 1)::text)::uuid, 'upsert',
       (ARRAY['again', 'bad_record', 'bad_record', 'stop'])[1 + mod(n, 4)], 'activecampaign.refused', 'Email address is not valid',
       'Correct it in Dynamics.', CASE mod(n, 4) WHEN 0 THEN 'open' ELSE 'resolved' END, 1
FROM generate_series(1, :number) AS n;

-- name: conflicts!
-- Fields that both sides changed, one in four waits for a person.
INSERT INTO conflicts (connection_id, entity, record_id, ac_id, key, agreed, ours, theirs, policy, winner, state)
SELECT :connection_id, 'contact', md5((5 * n + 1)::text)::uuid, n, 'JOB_TITLE', '"a"', '"b"', '"c"', 'ask',
       CASE mod(n, 4) WHEN 0 THEN '' ELSE 'dynamics' END, CASE mod(n, 4) WHEN 0 THEN 'open' ELSE 'decided' END
FROM generate_series(1, :number) AS n;

-- name: audit!
-- What people did.
INSERT INTO audit (connection_id, author, action, subject)
SELECT :connection_id, 'console:anna', 'pause', 'contact' FROM generate_series(1, :number) AS n;
