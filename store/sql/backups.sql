-- name: tables
-- How many tables there are, whoever made them.
SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p');

-- name: sessions
-- How many others are connected to this database.
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';

-- name: server
-- The server's version: 170002 is 17.2.
SELECT current_setting('server_version_num')::int;
