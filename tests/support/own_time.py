"""A database whose `now()` can be moved: what PostgreSQL finds in `public` goes before its own function."""

from __future__ import annotations

import psycopg

STATEMENTS = (
    "CREATE TABLE machine_clock AS SELECT 0::float AS ahead_s",
    "CREATE FUNCTION public.now() RETURNS timestamptz STABLE LANGUAGE sql AS "
    "$$SELECT pg_catalog.now() + (SELECT ahead_s FROM public.machine_clock) * interval '1 second'$$",
    """DO $$ DECLARE c record; BEGIN FOR c IN
    SELECT table_name AS t, column_name AS n FROM information_schema.columns WHERE column_default = 'now()'
    LOOP EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT public.now()', c.t, c.n); END LOOP; END $$""",
)
SET = "UPDATE machine_clock SET ahead_s = %s"


def give(dsn: str) -> None:
    """Makes the time of a migrated database one that can be moved. It needs the search path of `follows`, too."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in STATEMENTS:
            connection.execute(statement.encode())


def follows(name: str) -> str:
    """The statement that has a database look into `public` first, whoever connects."""
    return f"ALTER DATABASE {name} SET search_path = public, pg_catalog"
