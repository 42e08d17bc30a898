"""How the installation is: queues, servers, versions, budgets."""

from __future__ import annotations

import dataclasses

import pytest
import redis
from flask import Flask
from support.browser import Browser
from support.programs import program

from engine import housekeeping
from worker.services import Services


@pytest.fixture
def beating(services: Services) -> Services:
    """Workers that serve both queues, and a broker."""
    services.settings = dataclasses.replace(services.settings, broker_url=services.settings.redis_url)
    for queue in ("live", "sync"):
        housekeeping.beat(services.db, queue, "host:7", services.version)
    return services


def test_a_whole_installation_is_well(admin: Browser, beating: Services) -> None:
    text = admin.get("/health/")
    for word in ("all is well", "host:7", beating.version, "up to date", "single imports"):
        assert word in text
    assert "not served" not in text


def test_a_queue_that_nobody_serves_is_told_with_what_to_do(admin: Browser, services: Services) -> None:
    text = admin.get("/health/")
    assert "something needs you" in text
    assert "none yet" in text
    assert "start them again" in text


def test_a_worker_of_another_version_is_told(admin: Browser, beating: Services) -> None:
    housekeeping.beat(beating.db, "live", "host:8", "0.0.1")
    assert "not that of the console" in admin.get("/health/")


def test_what_waits_in_a_queue_is_counted(admin: Browser, beating: Services) -> None:
    beating.redis.lpush("sync", "one", "two")
    beating.redis.sadd("_kombu.binding.sync", "sync\x06\x16\x06\x16sync")
    assert beating.redis.llen("sync") == 2
    assert "<td>2</td>" in admin.get("/health/")


def test_the_page_is_there_when_redis_is_not(admin: Browser, beating: Services) -> None:
    beating.settings = dataclasses.replace(beating.settings, broker_url="redis://127.0.0.1:1/0")
    beating.redis = redis.Redis(host="127.0.0.1", port=1)
    text = admin.get("/health/")
    assert text.count("does not answer</span>") == 2
    assert "nothing is sent until it does" in text


def test_no_secret_of_an_address_is_shown(admin: Browser, beating: Services) -> None:
    url = "redis://:the-password@127.0.0.1:1/0"
    beating.settings = dataclasses.replace(beating.settings, broker_url=url)
    assert "the-password" not in admin.get("/health/")


def test_programs_read_the_same(app: Flask, beating: Services) -> None:
    answer = program(app, "administrator").get("/api/v1/health").json
    assert answer
    assert answer["well"] is True
    assert [beat["queue"] for beat in answer["beats"]] == ["live", "sync"]
