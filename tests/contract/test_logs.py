"""Logs are JSON lines with the ids that one looks for, and without a word about people."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from support.cast import ADA, ADA_AT
from support.stored import House, connect

from engine.dead_letters import letter
from store import failures
from store.db import Database
from sync.errors import BadRecord
from sync.model import Entity
from worker import logs
from worker.app import app


@pytest.fixture
def house(database: Database) -> House:
    with database.transaction() as tx:
        return House(database, connect(tx, "main"))


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Configures logs as every process does, does something, and answers with its lines."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def of(work: Callable[[], object]) -> list[dict[str, Any]]:
        logs.configure("INFO")
        work()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield of
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_lines_bear_ids_and_neither_people_nor_addresses(house: House, lines: Any) -> None:
    error = BadRecord(f"activecampaign: {ADA_AT} is no address", code="activecampaign.refused", request_id="r-1")
    told = letter(house.id, Entity.CONTACT, ADA, error, stage="upsert", cycle_id=7, request={"fields": ["email"]})
    (line,) = lines(lambda: house.do(failures.file, [told]))
    assert {key: line[key] for key in ("event", "connection_id", "cycle_id", "entity", "record_id", "code")} == {
        "event": "record_failed",
        "connection_id": house.id,
        "cycle_id": 7,
        "entity": "contact",
        "record_id": ADA,
        "code": "activecampaign.refused",
    }
    assert "@" not in json.dumps(line)


@pytest.mark.parametrize(
    ("task", "args", "ids"),
    [
        ("ac365.cycle", (1, 7), {"connection_id": 1, "cycle_id": 7}),
        ("ac365.fetch", (1, 9), {"connection_id": 1, "stream_id": 9}),
        ("ac365.transform", (1, 5), {"connection_id": 1, "page_id": 5}),
        ("ac365.poll", (1, 3), {"connection_id": 1, "import_id": 3}),
        ("ac365.upsert", (1, "lead", "sync"), {"connection_id": 1, "entity": "lead", "lane": "sync"}),
        ("ac365.heartbeat", ("live",), {"queue": "live"}),
    ],
)
def test_lines_of_a_task_name_what_it_works_on(task: str, args: tuple[Any, ...], ids: dict[str, Any]) -> None:
    app.loader.import_default_modules()
    assert app.tasks[task].ids(args) == ids


def test_what_a_task_logs_bears_its_ids(lines: Any) -> None:
    app.loader.import_default_modules()
    task = app.tasks["ac365.cycle"]
    with structlog.contextvars.bound_contextvars(**task.ids((1, 7))):
        (line,) = lines(lambda: structlog.get_logger().info("something"))
    assert (line["event"], line["connection_id"], line["cycle_id"]) == ("something", 1, 7)


def test_a_secret_in_a_field_is_hidden(lines: Any) -> None:
    facts = {"api_key": "the-key", "authorization": "Bearer x", "cycle_id": 7}
    (line,) = lines(lambda: structlog.get_logger().info("something", **facts))
    assert (line["api_key"], line["authorization"], line["cycle_id"]) == ("***", "***", 7)
