"""The door: transactions, and errors in the store's own words."""

from __future__ import annotations

import json
import multiprocessing
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg
from support.postgres import Postgres
from support.stored import House

from store.db import Database
from store.documents import dumps
from store.errors import Contended, DiskFull, Refused, StoreError, Unreachable
from store.translate import translated


def _count(database: Database) -> int:
    with database.transaction() as tx:
        row = tx.execute("SELECT count(*) AS n FROM heartbeats").fetchone()
    return int(row["n"]) if row else -1


def _beat(database: Database, name: str) -> None:
    with database.transaction() as tx:
        tx.execute("INSERT INTO heartbeats (name) VALUES (%s)", [name])


def test_finished_block_is_kept(database: Database) -> None:
    _beat(database, "ada")
    assert _count(database) == 1


def test_block_that_raises_leaves_nothing(database: Database) -> None:
    def broken() -> None:
        with database.transaction() as tx:
            tx.execute("INSERT INTO heartbeats (name) VALUES ('ada')")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert _count(database) == 0


def test_closed_door_opens_again(database: Database) -> None:
    _beat(database, "ada")
    database.close()
    assert _count(database) == 1


def test_door_works_in_a_forked_process_and_still_in_its_parent(database: Database) -> None:
    _beat(database, "parent")
    child = multiprocessing.get_context("fork").Process(target=_beat, args=(database, "child"))
    child.start()
    child.join(20)
    assert (child.exitcode, _count(database)) == (0, 2)


def test_times_are_utc_and_ids_are_text(database: Database) -> None:
    with database.transaction() as tx:
        row = tx.execute("SELECT now() AS at, gen_random_uuid() AS id").fetchone()
    assert row is not None
    assert row["at"].utcoffset() == timedelta(0)
    assert uuid.UUID(row["id"])


def test_no_server_is_unreachable_and_says_where(postgres: Postgres) -> None:
    away = Database("postgresql://ada:hidden@127.0.0.1:1/x", application_name="tests", patience_s=0.1)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1") as caught, away.transaction():
        pass
    away.close()
    assert "hidden" not in str(caught.value)


def test_connections_all_in_use_are_named_as_the_reason(dsn: str) -> None:
    narrow = Database(dsn, application_name="tests", max_size=1, patience_s=0.1)
    with narrow.transaction(), pytest.raises(Unreachable, match="busy"), narrow.transaction():
        pass
    narrow.close()


def test_restarted_server_is_met_with_a_new_connection(postgres: Postgres, database: Database) -> None:
    _beat(database, "before")
    ours = "datname = (SELECT current_database()) AND pid <> pg_backend_pid()"
    with psycopg.connect(database._dsn, autocommit=True) as admin:
        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}".encode())
    assert _count(database) == 1


def test_deadlock_is_contended_and_keeps_nothing(house: House) -> None:
    for name in ("a", "b"):
        _beat(house.db, name)
    met, seen = threading.Barrier(2), []

    def cross(first: str, second: str) -> None:
        try:
            with house.db.transaction() as tx:
                tx.execute("UPDATE heartbeats SET at = now() WHERE name = %s", [first])
                met.wait(10)
                tx.execute("UPDATE heartbeats SET at = now() WHERE name = %s", [second])
        except Contended as error:
            seen.append(error)

    other = threading.Thread(target=cross, args=("b", "a"))
    other.start()
    cross("a", "b")
    other.join()
    assert len(seen) == 1


def test_refused_statement_names_the_constraint_and_no_value(house: House) -> None:
    _beat(house.db, "ada@example.com")
    with pytest.raises(Refused, match="heartbeats_pkey") as caught:
        _beat(house.db, "ada@example.com")
    assert "ada@example.com" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_refused_value_is_not_repeated(database: Database) -> None:
    with pytest.raises(Refused) as caught, database.transaction() as tx:
        tx.execute("SELECT %s::uuid", ["ada@example.com"])
    assert "ada@example.com" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (pg.DiskFull(), DiskFull),
        (pg.TooManyConnections(), Unreachable),
        (pg.AdminShutdown(), Unreachable),
        (psycopg.OperationalError("server closed the connection"), Unreachable),
        (pg.SerializationFailure(), Contended),
        (pg.UndefinedTable(), Refused),
    ],
)
def test_driver_errors_become_the_store_s_own(error: psycopg.Error, kind: type[StoreError]) -> None:
    assert type(translated(error)) is kind
    assert translated(error).advice.endswith(".")


def test_documents_hold_dates_ids_and_tuples() -> None:
    at, key = datetime(2030, 1, 2, tzinfo=UTC), uuid.UUID(int=7)
    assert dumps({"at": at, "key": key, "tags": ("a", "b")}) == (
        b'{"at":"2030-01-02T00:00:00+00:00","key":"00000000-0000-0000-0000-000000000007","tags":["a","b"]}'
    )


@pytest.mark.parametrize(
    ("given", "kept"), [("Ada\ud83d", "Ada\N{REPLACEMENT CHARACTER}"), (2**70, 2**70), ("A\0", "A")]
)
def test_documents_hold_what_is_hard_to_write(given: Any, kept: Any) -> None:
    assert json.loads(dumps({"value": given})) == {"value": kept}


def test_documents_refuse_what_json_does_not_have() -> None:
    with pytest.raises(TypeError, match="object"):
        dumps({"what": object()})
