"""Real HTTP, to a stub and to both simulators: what the tests of the clients share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT

from clients.activecampaign import ActiveCampaign
from clients.auth import ApiKey, Bearer
from clients.dynamics import Dynamics
from clients.http import Door
from clients.table_activecampaign import TABLE as ACTIVECAMPAIGN
from clients.table_dynamics import TABLE as DYNAMICS
from clients.tokens import Tokens
from simulators.activecampaign.core.clock import Clock
from simulators.activecampaign.state import ActiveCampaign as Account
from simulators.common.server import Server
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT
from simulators.dynamics.state import Dynamics as Environment
from sync.model import Lane

CONTOSO = "7d5c1f2e-0000-4000-8000-000000000001"


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


@pytest.fixture
def trusted(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients take the simulators for who they say they are."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "ca.pem"))


@pytest.fixture
def environment(crm: Environment, trusted: None) -> Environment:
    """Contoso with Ada, and Ben and Cleo, who belong to no account."""
    crm.load("account", [{"accountid": CONTOSO, "name": "Contoso Ltd"}])
    people = [(ADA, "Ada", ADA_AT, CONTOSO), (BEN, "Ben", BEN_AT, None), (CLEO, "Cleo", CLEO_AT, None)]
    crm.load("contact", [
        {"contactid": one, "firstname": name, "lastname": "X", "emailaddress1": address,
         "_parentcustomerid_value": parent}
        for one, name, address, parent in people
    ])  # fmt: skip
    return crm


@pytest.fixture
def dynamics_with(environment: Environment, ledger: Ledger) -> Any:
    """Signs in to the simulated environment with this secret."""

    def sign_in(secret: str) -> Dynamics:
        url = environment.url
        tokens = Tokens(tenant=TENANT, client_id=CLIENT_ID, credential=secret, resource=url, authority=url)
        # The process keeps tokens, but the environment behind the address is a new one.
        tokens.forget()
        return Dynamics(Door("dynamics", url, auth=Bearer(tokens), budget=ledger, table=DYNAMICS, read_s=20))

    return sign_in


@pytest.fixture
def live_dynamics(dynamics_with: Any) -> Iterator[Dynamics]:
    client = dynamics_with(SECRET)
    yield client
    client.door.close()


@pytest.fixture
def control(environment: Environment) -> Any:
    """Posts to a control route of the simulated environment, and answers with what it says."""

    def post(path: str, body: object) -> Any:
        answer = requests.post(f"{environment.url}/_sim/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    return post


@pytest.fixture
def account(
    activecampaign_of_process: tuple[Account, Flask], activecampaign_server: Server, trusted: None
) -> Iterator[Account]:
    """An empty account; only its limit of calls per second is lifted."""
    state, _ = activecampaign_of_process
    state.reset(Clock())
    yield state
    activecampaign_server.cut()


@pytest.fixture
def live_ac(account: Account, ledger: Ledger) -> Iterator[ActiveCampaign]:
    key = ApiKey("simulated-key")
    door = Door("activecampaign", account.url, auth=key, budget=ledger, table=ACTIVECAMPAIGN)
    yield ActiveCampaign(door)
    door.close()
