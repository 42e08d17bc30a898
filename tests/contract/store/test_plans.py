"""The hot statements look things up; none of them reads a whole table, however large it is."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from support.cast import ADA, ADA_AT
from support.stored import NOW, House

from store import failures, links, outbox, outcomes, overwritten, pages, records, searches, stories, streams, watch
from store.statements import Statements

FILL = """
    INSERT INTO links (connection_id, entity, record_id, address, ac_id, agreed)
    SELECT 1, 'contact', md5(n::text)::uuid, n || '@example.com', n, jsonb_build_object('email', n || '@example.com')
    FROM generate_series(1, 2000) n;
    INSERT INTO outbox (connection_id, stream_id, entity, record_id, version, address, change, lane, state, claimed_by)
    SELECT 1, 1, entity, record_id, 1, address, '{}', 'sync', state, claimed_by
    FROM links, (VALUES ('pending', NULL), ('claimed', 'w1')) AS s (state, claimed_by);
    INSERT INTO records (connection_id, entity, record_id, state, version, address)
    SELECT 1, entity, record_id, 'linked', 1, address FROM links;
    INSERT INTO outcomes (connection_id, cycle_id, entity, record_id, outcome)
    SELECT 1, id, entity, record_id, 'created' FROM links;
    INSERT INTO overwritten (connection_id, cycle_id, entity, direction, record_id, before, after)
    SELECT 1, id, entity, 'outbound', record_id, '{}', '{}' FROM links;
    INSERT INTO failures (connection_id, entity, direction, record_id, stage, class)
    SELECT 1, entity, 'outbound', record_id, 'upsert', 'stop' FROM links;
    INSERT INTO conflicts (connection_id, entity, record_id, key, policy)
    SELECT 1, entity, record_id, 'a', 'ask' FROM links;
    INSERT INTO pages (stream_id, connection_id, number, rows, state)
    SELECT s.id, 1, n, '[]', 'done' FROM streams s, generate_series(1, 2000) n;
    ANALYZE;
    -- These tables are small, so the planner is asked what it would do if reading them whole were dear.
    SET LOCAL enable_seqscan = off;
"""
LARGE = ("links", "outbox", "records", "outcomes", "overwritten", "pages", "failures", "conflicts")
ONE: dict[str, Any] = {"connection_id": 1, "entity": "contact"}
IDS: dict[str, Any] = {**ONE, "ids": [ADA] * 100}
ADDRESSES: dict[str, Any] = {"connection_id": 1, "addresses": [ADA_AT] * 100}
CLAIM: dict[str, Any] = {
    "entities": ["contact"],
    "limit": 250,
    "worker": "w1",
    "lease_s": 60,
    "now": NOW,
    "lane": "sync",
    "single": None,
    "direction": "outbound",
}
NOT_YET: dict[str, Any] = {"after_key": None, "after_entity": None, "after_id": None}
BATCH: dict[str, Any] = {"connection_id": 1, "rows": Jsonb([{"id": 1, "link": {"ac_id": 1}}])}

OVERWRITTEN: dict[str, Any] = {"cycle_id": 7, "entity": "contact", "direction": "outbound"}

HOT: list[tuple[Statements, str, dict[str, Any]]] = [
    (outbox.SQL, "claim", {"connection_id": 1, **CLAIM}),
    (outbox.SQL, "settle", BATCH),
    (outbox.SQL, "back", {"rows": Jsonb([{"id": 1}])}),
    (outbox.SQL, "ready", {"now": NOW, "cap": 1000, "entities": ["contact"]}),
    (
        outbox.SQL,
        "batch_ready",
        {**ONE, **{key: CLAIM[key] for key in ("lane", "now", "direction")}, "batch": 250, "patience_s": 30},
    ),
    (outbox.SQL, "abandoned", {"now": NOW}),
    (outbox.SQL, "of_import", {"import_id": 1}),
    (outbox.SQL, "of_record", {**ONE, "record_id": ADA}),
    (links.SQL, "of_records", IDS),
    (links.SQL, "of_addresses_locked", ADDRESSES),
    (links.SQL, "at_addresses", ADDRESSES),
    (links.SQL, "of_ac_ids", {"connection_id": 1, "kind": "person", "ac_ids": [1] * 100}),
    (records.SQL, "opted_out", ADDRESSES),
    (records.SQL, "shadowed", ADDRESSES),
    (records.SQL, "of_address", {"connection_id": 1, "address": ADA_AT}),
    (streams.SQL, "settled", {"id": 1}),
    (streams.SQL, "drained", {"id": 1}),
    (pages.SQL, "unclaimed", {"limit": 100}),
    (pages.SQL, "expired", {"now": NOW}),
    (pages.SQL, "hopeless", {"now": NOW, "attempts": 5}),
    (outcomes.SQL, "of_record", {**ONE, "record_id": ADA, "limit": 50}),
    (outcomes.SQL, "created", {**ONE, "record_id": ADA}),
    (outbox.SQL, "oldest", {"connection_id": 1}),
    (outbox.SQL, "ages", {"connection_id": 1}),
    (watch.SQL, "fresh", {"connection_id": 1, "since": NOW, "most": 1000, "twins": []}),
    (watch.SQL, "echoes", {"cycles": [7, 8], "since": NOW, "most": 200}),
    (watch.SQL, "pages", {"most": 1000}),
    (failures.SQL, "latest", {"connection_id": 1, "classes": ["stop"]}),
    (failures.SQL, "retry_of_record", {**ONE, "subjects": [ADA]}),
    (stories.SQL, "of_record", {**ONE, "record_id": ADA, "subjects": [ADA], "limit": 50, "before": None}),
    (searches.SQL, "by_id", {"connection_id": 1, "record_id": ADA, "entities": ["contact", "lead"]}),
    (searches.SQL, "by_ac_id", {"connection_id": 1, "ac_id": 1}),
    (searches.SQL, "beginning", {"connection_id": 1, "pattern": "77%", "limit": 50, **NOT_YET}),
    (outcomes.SQL, "of_cycle", {"cycle_id": 7, "outcome": None, "limit": 50}),
    (overwritten.SQL, "page", {**OVERWRITTEN, "after": None, "limit": 250}),
    (overwritten.SQL, "nameless", OVERWRITTEN),
    (overwritten.SQL, "mark", {**OVERWRITTEN, "ids": [ADA] * 250}),
]


def test_filled_tables_are_read_by_index_only(house: House) -> None:
    house.stream()
    with house.db.transaction() as tx:
        tx.execute(FILL.encode())
        plans = {name: tx.execute(b"EXPLAIN " + sql.texts[name], values).fetchall() for sql, name, values in HOT}
    found = {name: [row["QUERY PLAN"].strip() for row in plan] for name, plan in plans.items()}
    scans = {(name, line) for name, plan in found.items() for line in plan for table in LARGE if _scans(line, table)}
    assert scans == set()


def test_a_scan_would_be_seen(house: House) -> None:
    with house.db.transaction() as tx:
        tx.execute(FILL.encode())
        plan = tx.execute("EXPLAIN SELECT count(*) FROM outbox WHERE version = 1").fetchall()
    assert any(_scans(row["QUERY PLAN"], "outbox") for row in plan)


def _scans(line: str, table: str) -> bool:
    return f"Seq Scan on {table}" in line


@pytest.mark.parametrize("sql", [outbox.SQL, links.SQL, streams.SQL, overwritten.SQL])
def test_every_statement_says_what_it_is_for(sql: Statements) -> None:
    text = sql.path.read_text()
    assert text.count("-- name: ") == len(sql.texts)
    assert all(block.splitlines()[1].startswith("-- ") for block in text.split("-- name: ")[1:])
