"""Metrics: who may read them, in which format, and that they say what everything else says."""

from __future__ import annotations

import dataclasses
import re

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from console import metrics as page
from console.app import make
from engine import housekeeping, metrics
from store import failures
from store.db import Database
from worker.services import Services

HERE = {"Host": "localhost:8366"}
TOKEN = "a-long-token-for-metrics"


@pytest.fixture
def scraper(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def guarded(services: Services, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A console with a token for metrics."""
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, metrics_token=TOKEN))
    return make(services, list).test_client()


def test_without_a_token_this_machine_alone_reads_them(scraper: FlaskClient) -> None:
    assert scraper.get("/metrics", headers=HERE).status_code == 200
    elsewhere = scraper.get("/metrics", headers=HERE, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert elsewhere.status_code == 403
    assert "AC365_METRICS_TOKEN" in elsewhere.get_data(as_text=True)


@pytest.mark.parametrize("header", page.FORWARDED)
def test_who_comes_through_a_proxy_is_not_of_this_machine(scraper: FlaskClient, header: str) -> None:
    assert scraper.get("/metrics", headers={**HERE, header: "10.0.0.7"}).status_code == 403


def test_a_foreign_name_that_leads_here_is_refused(scraper: FlaskClient) -> None:
    assert scraper.get("/metrics", headers={"Host": "evil.example"}).status_code == 403


def test_with_a_token_everybody_needs_it(guarded: FlaskClient) -> None:
    assert guarded.get("/metrics", headers=HERE).status_code == 401
    assert guarded.get("/metrics", headers={**HERE, "Authorization": "Bearer wrong"}).status_code == 401
    good = {"Authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/metrics", headers=good, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 200


def test_the_token_opens_nothing_else(guarded: FlaskClient) -> None:
    assert guarded.get("/api/v1/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401


def test_both_formats_can_be_parsed_and_say_the_same(scraper: FlaskClient) -> None:
    old = scraper.get("/metrics", headers=HERE)
    new = scraper.get("/metrics", headers={**HERE, "Accept": "application/openmetrics-text; version=1.0.0"})
    assert old.content_type.startswith("text/plain")
    assert new.content_type.startswith("application/openmetrics-text")
    names = [
        {sample.name for family in parse(answer.get_data(as_text=True)) for sample in family.samples}
        for parse, answer in ((plain, old), (openmetrics, new))
    ]
    assert names[0] == names[1] >= {"ac365_queue_served", "ac365_sync_period_seconds", "ac365_calls_total"}


def test_every_value_is_one_of_the_metrics_that_are_told_of(scraper: FlaskClient) -> None:
    families = list(plain(scraper.get("/metrics", headers=HERE).get_data(as_text=True)))
    for sample in (sample for family in families for sample in family.samples):
        assert set(sample.labels) == set(metrics.METRICS[sample.name].labels)


def test_names_and_words_are_in_order() -> None:
    for name, metric in metrics.METRICS.items():
        assert re.fullmatch(r"ac365_[a-z][a-z0-9_]*", name)
        assert name.endswith("_total") == (metric.kind == "counter")
        assert metric.help.endswith(".")


def test_no_value_and_no_label_is_about_a_person(scraper: FlaskClient, services: Services, connection_id: int) -> None:
    row = {"connection_id": connection_id, "entity": "contact", "direction": "outbound", "stage": "upsert"}
    told = {"class": "bad_record", "code": "activecampaign.refused", "message": "ada@contoso.example is no address"}
    ada = "aaaaaaaa-0000-4000-8000-000000000001"
    with services.db.transaction() as tx:
        failures.file(tx, [{**row, **told, "record_id": ada}])
    text = scraper.get("/metrics", headers=HERE).get_data(as_text=True)
    assert re.search(r"ac365_failures_new\{[^}]*\} 1\.0", text)
    assert not re.search(r"ada|@|[0-9a-f]{8}-[0-9a-f]{4}", text)


def test_they_are_there_while_redis_is_not(app: Flask, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "redis", redis.Redis(host="127.0.0.1", port=1))
    text = app.test_client().get("/metrics", headers=HERE).get_data(as_text=True)
    assert "ac365_redis_up 0.0" in text
    assert "ac365_budget_slots{" not in text


def test_who_asks_again_at_once_is_told_the_same(scraper: FlaskClient, services: Services) -> None:
    first = scraper.get("/metrics", headers=HERE).get_data()
    housekeeping.beat(services.db, "live", "host:7", services.version)
    assert scraper.get("/metrics", headers=HERE).get_data() == first


def test_without_the_database_nothing_is_told(scraper: FlaskClient, services: Services, monkeypatch) -> None:
    nowhere = Database("postgresql://127.0.0.1:1/nowhere", application_name="test", patience_s=0.2)
    monkeypatch.setattr(services, "db", nowhere)
    assert scraper.get("/metrics", headers=HERE).status_code == 503


def test_a_process_says_that_it_lives_and_whether_work_is_done(scraper: FlaskClient, services: Services) -> None:
    assert scraper.get("/healthz").get_data() == b"ok\n"
    idle = scraper.get("/readyz")
    assert (idle.status_code, idle.get_data(as_text=True)) == (
        503,
        "postgres: ok\nredis: ok\nqueue live: not ok\nqueue sync: not ok\n",
    )
    for queue in ("live", "sync"):
        housekeeping.beat(services.db, queue, "host:7", services.version)
    assert scraper.get("/readyz").status_code == 200
