"""Both simulated services on real sockets. Their applications and servers take long to make, so there is one of each
per test process; what they hold begins anew with every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from simulators.activecampaign import app as activecampaign_app
from simulators.activecampaign.core.clock import Clock
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from simulators.common.tls import make_certificates, server_context
from simulators.dynamics import app as dynamics_app
from simulators.dynamics.state import Dynamics


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the certificate of both, and `ca.pem`."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


@pytest.fixture(scope="session")
def dynamics_of_process() -> Iterator[tuple[Dynamics, Flask]]:
    """An environment and its application; whoever uses it resets it first."""
    state = Dynamics()
    yield state, dynamics_app.make(state)
    state.close()


@pytest.fixture(scope="session")
def dynamics_server(dynamics_of_process: tuple[Dynamics, Flask], certificates: Path) -> Iterator[Server]:
    state, app = dynamics_of_process
    with Server(app, tls=server_context(certificates)) as server:
        state.url = server.url
        yield server


@pytest.fixture
def crm(dynamics_of_process: tuple[Dynamics, Flask], dynamics_server: Server) -> Iterator[Dynamics]:
    """The simulated Dynamics 365, fresh; `crm.url` is where it listens."""
    state, _ = dynamics_of_process
    state.reset()
    yield state
    dynamics_server.cut()


@pytest.fixture(scope="session")
def activecampaign_of_process() -> tuple[ActiveCampaign, Flask]:
    """An account with the calls per second lifted, and its application; whoever uses it resets it first."""
    state = ActiveCampaign(calls_per_second=None)
    return state, activecampaign_app.make(state)


@pytest.fixture(scope="session")
def activecampaign_server(
    activecampaign_of_process: tuple[ActiveCampaign, Flask], certificates: Path
) -> Iterator[Server]:
    state, app = activecampaign_of_process
    with Server(app, tls=server_context(certificates)) as server:
        state.url = server.url
        yield server


@pytest.fixture
def ac(
    activecampaign_of_process: tuple[ActiveCampaign, Flask], activecampaign_server: Server
) -> Iterator[ActiveCampaign]:
    """The simulated ActiveCampaign, empty, with its limits lifted and quick imports; a test may put them back."""
    state, _ = activecampaign_of_process
    ease(state)
    yield state
    activecampaign_server.cut()


def ease(state: ActiveCampaign) -> None:
    """Makes an account empty, lifts its limits, and makes its imports quick."""
    state.reset(Clock())
    state.switches |= {
        "imports_per_minute": None,
        "import_delay_s": [0, 0],
        "import_silent_s": 0.0,
        "activities_lag_s": 0,
    }
