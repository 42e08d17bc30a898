"""Two hundred days of work, pruned as beat does it: what is kept for a time comes to a size and stays there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
from support.cast import ADA, BEN
from support.pages import section

from engine import housekeeping
from engine.housekeeping import Keep
from store.db import Database

FIRST = datetime(2030, 1, 1, 12, tzinfo=UTC)
KEEP = Keep(timedelta(days=30), timedelta(days=60))
A_DAY = """
    INSERT INTO configurations (connection_id, version, document, author, created_at)
        SELECT 1, 1 + coalesce(max(version), 0), '{}', 'mira', %(at)s FROM configurations;
    INSERT INTO audit (at, connection_id, author, action) VALUES (%(at)s, 1, 'mira', 'configure');
    WITH cycle AS (
        INSERT INTO cycles (connection_id, kind, lane, state, config_version, request, finished_at)
        SELECT 1, 'scheduled', 'sync', 'complete', max(version), 'contact', %(at)s FROM configurations RETURNING id
    ), stream AS (
        INSERT INTO streams (cycle_id, connection_id, entity, direction, position, lane, state, finished_at)
        SELECT id, 1, 'contact', 'outbound', 1, 'sync', 'done', %(at)s FROM cycle RETURNING id
    )
    INSERT INTO pages (stream_id, connection_id, number, rows, state) SELECT id, 1, 1, '[]', 'done' FROM stream;
    INSERT INTO imports (connection_id, lane, state, rows, sent_at) VALUES (1, 'sync', 'done', 1, %(at)s);
    INSERT INTO outcomes (at, connection_id, entity, record_id, outcome)
        VALUES (%(at)s, 1, 'contact', %(ada)s, 'updated'), (%(at)s, 1, 'contact', %(ben)s, 'failed');
    INSERT INTO overwritten (at, connection_id, cycle_id, entity, direction, record_id, before, after)
        SELECT %(at)s, 1, max(id), 'contact', 'outbound', %(ada)s, '{}', '{}' FROM cycles;
    INSERT INTO failures (connection_id, entity, direction, record_id, stage, class, state, last_at)
        VALUES (1, 'contact', 'outbound', %(ada)s, 'upsert', 'again', 'resolved', %(at)s),
               (1, 'contact', 'outbound', %(ben)s, 'upsert', 'bad_record', 'discarded', %(at)s);
    INSERT INTO conflicts (connection_id, entity, record_id, key, policy, state, at)
        VALUES (1, 'contact', %(ada)s, 'phone', 'dynamics_wins', 'decided', %(at)s);
    DELETE FROM verifications WHERE touched_at < %(at)s;
    INSERT INTO verifications (connection_id, fingerprint, phase, touched_at) VALUES (1, 'x', 'here', %(at)s);
    INSERT INTO sessions (token_hash, user_id, role, seen_at, ends_at)
        VALUES (sha256(%(name)s), 1, 'administrator', %(at)s, %(at)s);
    INSERT INTO sign_ins (state_hash, flow, ends_at) VALUES (sha256(%(name)s), '', %(at)s)"""
PEOPLE = """
    INSERT INTO connections (name, secrets) VALUES ('main', '');
    INSERT INTO users (login, role, password_hash) VALUES ('mira', 'administrator', 'a hash')"""
OPEN = """
    INSERT INTO cycles (connection_id, kind, lane, state, config_version, request, requested_at)
        VALUES (1, 'manual', 'sync', 'stopped', 1, 'lead:outbound', %(at)s);
    INSERT INTO failures (connection_id, entity, direction, record_id, stage, class, last_at)
        VALUES (1, 'lead', 'outbound', %(ben)s, 'upsert', 'bad_record', %(at)s);
    INSERT INTO conflicts (connection_id, entity, record_id, key, policy, state, at)
        VALUES (1, 'lead', %(ben)s, 'phone', 'ask', 'open', %(at)s)"""


def run(dsn: str, script: str, day: int) -> None:
    at = FIRST + timedelta(days=day)
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(script.encode(), {"at": at, "ada": ADA, "ben": BEN, "name": str(day).encode()})


def sizes(dsn: str) -> dict[str, int]:
    """Rows of every table, and how many months there are."""
    with psycopg.connect(dsn) as connection:
        query = """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
                   AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '%yoyo%'"""
        names = [str(row[0]) for row in connection.execute(query)]
        counts = {one: connection.execute(f"SELECT count(*) FROM {one}".encode()).fetchone() for one in names}
        months = connection.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'outcomes'::regclass")
        return {name: int(row[0]) for name, row in counts.items() if row} | {"months": int(next(months)[0])}


def test_after_as_long_as_it_is_kept_nothing_grows_and_what_waits_stays(dsn: str, database: Database) -> None:
    found = {}
    for script in (PEOPLE, OPEN):
        run(dsn, script, 0)
    for day in range(201):
        run(dsn, A_DAY, day)
        if day % 4 == 0:
            housekeeping.prune(database, FIRST + timedelta(days=day), KEEP)
            found[day] = sizes(dsn)
    then, now = found[140], found[200]
    assert {name for name in now if now[name] > then[name] + 40} == set()
    most = {"cycles": 36, "streams": 36, "pages": 36, "imports": 36, "failures": 71, "conflicts": 36}
    most |= {"audit": 65, "configurations": 65, "sessions": 5, "sign_ins": 5, "verifications": 2, "months": 6}
    most |= {"outcomes": 2 * 65, "tallies": 2 * 65 * 2}
    assert {name: now[name] for name, limit in most.items() if now[name] > limit} == {}
    with psycopg.connect(dsn) as connection:
        for table, state in {"cycles": "stopped", "failures": "open", "conflicts": "open"}.items():
            query = f"SELECT count(*) FROM {table} WHERE state = '{state}'"
            assert connection.execute(query.encode()).fetchone() == (1,)


def test_every_table_has_a_bound_in_the_documentation(dsn: str) -> None:
    told = section("docs/schema.md", "How long it stays")
    assert [name for name in sizes(dsn) if name != "months" and f"`{name}`" not in told] == []
