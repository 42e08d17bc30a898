"""Addresses inside are refused before anything is sent, whatever they are called and whoever leads there."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from clients import connect, guard
from clients.auth import ApiKey
from clients.guard import Private
from clients.http import Door
from clients.registration import Registration
from clients.table_activecampaign import TABLE
from sync.errors import Stop
from sync.model import Lane

INSIDE = (
    *("10.0.0.7", "172.16.0.1", "192.168.1.1", "100.100.100.200", "169.254.169.254", "168.63.129.16", "0.0.0.0"),
    *(
        "fd00:ec2::254",
        "fe80::1",
        "::ffff:10.0.0.7",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "224.0.0.1",
        "127.0.0.1",
    ),
)
PUBLIC = ("8.8.8.8", "52.96.0.1", "2606:4700::1111")
NAME = "dynamics.contoso.example"


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_refused(address: str) -> None:
    assert not Private().allows(NAME, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_not(address: str) -> None:
    assert Private().allows(NAME, address)


def test_this_machine_is_reached_by_its_own_name_only() -> None:
    assert Private().allows("localhost", "127.0.0.1")
    assert Private().allows("127.0.0.1", "127.0.0.1")
    assert not Private().allows("localhost", "169.254.169.254")


@pytest.mark.parametrize("word", [NAME, "10.0.0.0/8", "10.0.0.7"])
def test_what_the_operator_names_is_allowed(word: str) -> None:
    allowed = Private.named([word.upper()])
    assert allowed.allows(NAME, "10.0.0.7")
    assert not allowed.allows("other.contoso.example", "192.168.1.1")


class Listener:
    """Something inside that hears whether anybody connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]

    def heard(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except TimeoutError:
            return False
        return True


@pytest.fixture
def inside() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


def names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """What the name is resolved to, one answer after the other; the last one stays."""
    left = list(answers)

    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        address = (left.pop(0) if len(left) > 1 else left[0]) if host == NAME else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_that_leads_inside_is_refused_without_an_attempt(monkeypatch, inside: Listener, ledger) -> None:
    names(monkeypatch, "127.0.0.1")
    door = Door("activecampaign", f"https://{NAME}:{inside.port}", auth=ApiKey("k"), budget=ledger, table=TABLE)
    with pytest.raises(Stop) as caught:
        door.send("GET", "thing", lane=Lane.LIVE)
    assert caught.value.code == "connection.private_address"
    assert not inside.heard()


def test_a_name_that_changes_between_look_and_connection_is_refused(monkeypatch, inside: Listener) -> None:
    names(monkeypatch, PUBLIC[0], "127.0.0.1")
    with pytest.raises(Stop):
        guard.session().get(f"http://{NAME}:{inside.port}/", timeout=2)


def test_a_redirect_inside_is_refused(stub) -> None:
    stub.on("GET", "/thing", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    with pytest.raises(Stop):
        guard.session().get(f"{stub.url}/thing", timeout=2)


def test_behind_a_proxy_a_number_is_refused_all_the_same() -> None:
    proxies = {"http": "http://127.0.0.1:1"}
    with pytest.raises(Stop):
        guard.session().get("http://169.254.169.254/", proxies=proxies, timeout=2)


def test_the_authority_is_asked_through_the_same_guard() -> None:
    registration = Registration("contoso.example", "an-id", "a-secret", "https://10.0.0.7")
    with pytest.raises(Stop):
        registration.application()


def test_both_clients_and_the_sign_in_are_guarded(ledger) -> None:
    inside = "https://10.0.0.7"
    row = dict.fromkeys(("dynamics_url", "activecampaign_url", "dynamics_authority"), inside)
    row |= {"dynamics_tenant_id": "contoso.example", "dynamics_client_id": "an-id"}
    secrets = {"dynamics_client_secret": "x", "activecampaign_api_key": "x"}
    for client in (connect.dynamics(row, secrets, ledger), connect.activecampaign(row, secrets, ledger)):
        with pytest.raises(Stop):
            client.door.send("GET", "thing", lane=Lane.LIVE)


def test_a_session_with_what_is_allowed_reaches_it(stub) -> None:
    stub.on("GET", "/thing", {"a": 1})
    assert guard.session(Private.named(["127.0.0.0/8"])).get(f"{stub.url}/thing", timeout=2).json() == {"a": 1}
