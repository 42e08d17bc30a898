"""The numbers of the metrics are those of `ac365 status`, and reading them costs little."""

from __future__ import annotations

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse
from support.cast import ADA, ADA_AT, BEN, BEN_AT, DOV
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from console.app import make
from engine import housekeeping
from engine.metrics import METRICS


@pytest.fixture
def told(story: Story) -> dict[tuple[str, ...], float]:
    """Every value by its name and labels, after a sync of two people, one who fails, and one who waits."""
    story.contact(ADA, ADA_AT)
    story.lead(BEN, BEN_AT)
    story.contact(DOV, "dov@", lastname="Brown")
    story.sync(state="partial")
    story.edit("contact", ADA, jobtitle="Engineer")
    story.start()
    story.go_on(until=lambda: story.backlog() == 1)
    housekeeping.beat(story.pump.services.db, "live", "host:7", "1")
    console = make(story.pump.services, lambda _: None).test_client()
    text = console.get("/metrics", headers={"Host": "localhost"}).get_data(as_text=True)
    samples = (sample for family in parse(text) for sample in family.samples)
    return {(one.name, *(one.labels[name] for name in METRICS[one.name].labels)): one.value for one in samples}


def test_metrics_agree_with_the_status(told: dict[tuple[str, ...], float], environment: None) -> None:
    status = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    (one,) = status["connections"]
    name = one["name"]
    for entity in (found for found in one["entities"] if found["enabled"]):
        for way in entity["ways"]:
            where = (name, entity["entity"], way["direction"])
            assert told["ac365_backlog_changes", *where] == way["waiting"]
            failed = sum(value for key, value in told.items() if key[:4] == ("ac365_failures", *where))
            assert failed == way["failed"]
        linked = told.get(("ac365_records", name, entity["entity"], "linked"), 0)
        assert linked == entity["in_sync"] + entity["waiting"] + entity["failed"]
    assert told["ac365_conflicts_open", name] == one["conflicts"]
    assert told["ac365_queue_served", "live"] == status["queues"]["live"]["served"] == 1
    assert told["ac365_queue_served", "sync"] == status["queues"]["sync"]["served"] == 0
    assert sum(one["backlog"].values()) == 1


def test_calls_and_records_are_counted(told: dict[tuple[str, ...], float]) -> None:
    assert told["ac365_calls_total", "default", "activecampaign", "calls"] > 5
    assert told["ac365_settled_records_total", "default", "outbound", "created"] == 2
    assert told["ac365_way_last_success_timestamp_seconds", "default", "contact", "outbound"] > 1e9
    assert told["ac365_cycles", "default", "running"] == 1
