"""Both simulated services on real sockets, with a hook on every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Response, request

from simulators.activecampaign import app as activecampaign_app
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from simulators.common.tls import server_context
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics

Hooks = list[Callable[[str], None]]
"""Called with `METHOD path` when ActiveCampaign has carried a call out and before anybody gets its answer."""


@pytest.fixture
def hooks() -> Hooks:
    return []


@pytest.fixture
def ac(certificates: Path, hooks: Hooks) -> Iterator[ActiveCampaign]:
    """The simulated ActiveCampaign with its published limits and quick imports; `ac.url` is where it listens."""
    state = ActiveCampaign()
    state.switches |= {"import_delay_s": [0, 0], "import_silent_s": 0.0}
    app = activecampaign_app.make(state)

    @app.after_request
    def tell(response: Response) -> Response:
        for hook in list(hooks):
            hook(f"{request.method} {request.path}")
        return response

    with Server(app, tls=server_context(certificates)) as server:
        state.url = server.url
        yield state


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch, certificates: Path, crm: Dynamics, ac: ActiveCampaign) -> None:
    """The settings of a connection between the two. The servers are not named here."""
    for name, value in {
        "REQUESTS_CA_BUNDLE": str(certificates / "ca.pem"),
        "AC365_SECRET_KEY": "a key for tests",
        "DYNAMICS_URL": crm.url,
        "DYNAMICS_TENANT_ID": TENANT,
        "DYNAMICS_CLIENT_ID": CLIENT_ID,
        "DYNAMICS_CLIENT_SECRET": SECRET,
        "DYNAMICS_AUTHORITY": f"{crm.url}/{TENANT}",
        "ACTIVECAMPAIGN_URL": ac.url,
        "ACTIVECAMPAIGN_API_KEY": "simulated-key",
    }.items():
        monkeypatch.setenv(name, value)


def edit(crm: Dynamics, table: str, record_id: str, **values: object) -> None:
    """A person changes a record in Dynamics."""
    requests.post(f"{crm.url}/_sim/edit", json=[{"table": table, "id": record_id, "set": values}]).raise_for_status()
