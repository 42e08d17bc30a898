"""From the first version to this one with what each of them wrote: nothing is lost, and nothing is switched on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from support.cast import ADA, DOV
from support.grown import broken, grow, steps
from support.schema import dumped

import store.migrate
from config import document as documents
from store.errors import StoreError
from store.migrate import migrate, pending

COUNTS = """SELECT 'record' AS kind, entity::text, '' AS direction, state AS what, count(*) FROM records GROUP BY 2, 4
    UNION ALL SELECT 'outbox', entity, direction, '', count(*) FROM outbox GROUP BY 2, 3
    UNION ALL SELECT 'failure', entity, direction, class, count(*) FROM failures WHERE state = 'open' GROUP BY 2, 3, 4
    UNION ALL SELECT 'conflict', entity, '', state, count(*) FROM conflicts WHERE state = 'open' GROUP BY 2, 4
    UNION ALL SELECT 'outcome', entity, direction, outcome, count(*) FROM outcomes GROUP BY 2, 3, 4"""
TALLIES = "SELECT kind, entity, direction, what, sum(number)::bigint FROM tallies GROUP BY 1, 2, 3, 4"


@pytest.fixture
def grown(empty_dsn: str) -> str:
    grow(empty_dsn)
    return empty_dsn


def rows(dsn: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_database_that_grew_up_has_the_schema_of_a_new_one(grown: str, dsn: str) -> None:
    assert dumped(grown) == dumped(dsn)


def test_no_step_loses_a_row(empty_dsn: str) -> None:
    before: dict[str, int] = {}
    for step in steps(empty_dsn):
        names = [
            row["relname"]
            for row in rows(
                empty_dsn,
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                " AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '%yoyo%'",
            )
        ]
        now = {name: rows(empty_dsn, f"SELECT count(*) FROM {name}")[0]["count"] for name in names}
        assert {name: number for name, number in before.items() if now[name] < number} == {}, step
        before = now
    assert sum(before.values()) > 30


def test_what_is_new_has_its_first_values(grown: str) -> None:
    links = rows(grown, f"SELECT * FROM links WHERE record_id = '{ADA}'")
    assert [(one["kind"], one["origin"], one["opted_out"], one["parked"]) for one in links] == [
        ("person", "pushed", None, [])
    ]
    waiting = rows(grown, f"SELECT * FROM outbox WHERE record_id = '{DOV}' ORDER BY id")
    assert [(one["direction"], one["action"], one["place"]) for one in waiting] == [
        ("outbound", "update", 0),
        ("inbound", "create", 0),
        ("outbound", "update", 12),
    ]


def test_a_configuration_of_the_first_version_means_what_it_meant(grown: str) -> None:
    document = documents.load(rows(grown, "SELECT document FROM configurations")[0]["document"])
    on = {name: one["direction"] for name, one in document["entities"].items() if one["enabled"]}
    assert on == {"contact": "outbound"}


def test_numbers_that_are_kept_are_those_that_counting_finds(grown: str) -> None:
    def told(query: str) -> set[tuple[Any, ...]]:
        return {tuple(row.values()) for row in rows(grown, query)}

    assert told(TALLIES) == told(COUNTS)


def test_a_migration_that_fails_changes_nothing_and_can_be_repeated(
    grown: str, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.migrate, "FOLDER", broken(tmp_path))
    for _ in range(2):
        with pytest.raises(StoreError):
            migrate(grown)
        assert dumped(grown) == dumped(dsn)
        assert pending(grown) == ["9000.broken"]
    (tmp_path / "9000.broken.sql").write_text("ALTER TABLE links ADD COLUMN hat text;\n")
    assert migrate(grown) == ["9000.broken"]


def test_two_processes_migrate_what_is_full_once(empty_dsn: str, dsn: str) -> None:
    first = next(step for step in steps(empty_dsn) if step.startswith("0005"))
    with ThreadPoolExecutor(2) as pool:
        applied = sorted(pool.map(migrate, [empty_dsn, empty_dsn]), key=len)
    assert applied[0] == []
    assert applied[1][0] > first
    assert dumped(empty_dsn) == dumped(dsn)
