"""The server under both simulators: connections stay open, faults cut them, a stopped server serves nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from flask import Flask, request

from simulators.common.app import add_control
from simulators.common.faults import Faults
from simulators.common.server import Server
from simulators.common.stats import Stats
from simulators.common.writes import WriteLog


def echoing() -> Flask:
    """Answers with the number of connections it saw, and what was sent."""
    app = Flask("echo")
    add_control(app, Faults(), Stats(), {}, WriteLog())
    seen: set[int] = set()

    @app.post("/echo")
    def echo() -> str:
        seen.add(request.environ["REMOTE_PORT"])
        return f"{len(seen)} {request.get_data().decode()}"

    @app.get("/empty")
    def empty() -> tuple[str, int]:
        return "", 204

    return app


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(echoing()) as running:
        yield running


def test_one_connection_serves_many_requests(server: Server) -> None:
    with requests.Session() as session:
        answers = [session.post(f"{server.url}/echo", data="x" * 100_000, timeout=5).text[:2] for _ in range(3)]
        assert session.get(f"{server.url}/empty", timeout=5).status_code == 204
        assert [*answers, session.post(f"{server.url}/echo", timeout=5).text] == ["1 ", "1 ", "1 ", "1 "]


def test_a_body_in_chunks_arrives_whole(server: Server) -> None:
    answer = requests.post(f"{server.url}/echo", data=iter([b"one ", b"two"]), timeout=5)
    assert answer.text == "1 one two"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_fault_cuts_the_connection(server: Server, kind: str) -> None:
    requests.post(f"{server.url}/_sim/faults", json={"kind": kind}, timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{server.url}/echo", timeout=5)
    assert requests.post(f"{server.url}/echo", timeout=5).status_code == 200


def test_a_truncated_answer_is_half_as_long(server: Server) -> None:
    requests.post(f"{server.url}/_sim/faults", json={"kind": "truncate"}, timeout=5)
    assert requests.post(f"{server.url}/echo", data="12345678", timeout=5).text == "1 123"


def test_a_stopped_server_cuts_what_clients_keep_open() -> None:
    server = Server(echoing()).start()
    with requests.Session() as session:
        session.post(f"{server.url}/echo", timeout=5)
        server.stop()
        with pytest.raises(requests.ConnectionError):
            session.post(f"{server.url}/echo", timeout=5)
