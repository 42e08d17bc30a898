"""Sign-in with Microsoft, as a browser does it, at the simulated Entra ID."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.browser import Browser
from support.people import MIRA, NOOR, OMAR, at_microsoft, give, oid, sign_in, to_microsoft

from console.access import entra, throttle
from engine import users as use_case
from simulators.dynamics import seed
from simulators.dynamics.control_people import add_role, set_member
from simulators.dynamics.state import Dynamics
from store import audit, configurations, users
from worker.services import Services

NO_ROLE = "has no role here"


@pytest.fixture
def client(app: Flask, crm: Dynamics, stranger: Browser) -> FlaskClient:
    return stranger.client


def role_of(client: FlaskClient) -> str:
    answer = client.get("/api/v1/account")
    return answer.json["role"] if answer.status_code == 200 and answer.json else ""


def test_a_system_administrator_of_dynamics_is_an_administrator(client: FlaskClient, services: Services) -> None:
    answer = sign_in(client, MIRA, "?next=/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert role_of(client) == "administrator"
    with services.db.transaction() as tx:
        row = users.by_directory(tx, oid(MIRA))
        assert row
        assert (row["login"], row["name"], row["role"]) == (MIRA, "Mira Admin", None)
        assert audit.listed(tx, None, 1)[0]["subject"] == MIRA


@pytest.mark.parametrize(
    ("name", "role"), [("ActiveCampaign Admin", "administrator"), ("ActiveCampaign User", "user"), ("Marketing", "")]
)
def test_security_roles_of_the_app_let_in(client: FlaskClient, crm: Dynamics, name: str, role: str) -> None:
    give(crm, NOOR, name)
    sign_in(client, NOOR)
    assert role_of(client) == role


def test_who_has_no_role_is_told_whom_to_ask_and_leaves_no_row(client: FlaskClient, services: Services) -> None:
    answer = sign_in(client, NOOR)
    assert answer.status_code == 403
    assert NO_ROLE in answer.get_data(as_text=True)
    with services.db.transaction() as tx:
        assert users.by_directory(tx, oid(NOOR)) is None


def test_a_role_named_alike_in_a_unit_below_lets_nobody_in(client: FlaskClient, crm: Dynamics) -> None:
    set_member(crm, NOOR, add_role(crm, "ActiveCampaign Admin", seed.NORTH_UNIT), True)
    assert NO_ROLE in sign_in(client, NOOR).get_data(as_text=True)


def test_a_role_given_here_lets_in_and_the_higher_one_counts(
    client: FlaskClient, crm: Dynamics, services: Services
) -> None:
    with services.db.transaction() as tx:
        users.add(tx, NOOR, "Noor", "administrator", "test", directory_id=oid(NOOR))
    give(crm, NOOR, "ActiveCampaign User")
    sign_in(client, NOOR)
    assert role_of(client) == "administrator"


def test_who_is_switched_off_here_stays_out(client: FlaskClient, services: Services) -> None:
    sign_in(client, MIRA)
    with services.db.transaction() as tx:
        row = users.by_directory(tx, oid(MIRA))
        assert row
        use_case.change(tx, row["id"], name="Mira", role=None, active=False, author="test")
    assert "was switched off here" in sign_in(client, MIRA).get_data(as_text=True)


def test_who_is_disabled_in_dynamics_stays_out_whatever_the_console_says(
    client: FlaskClient, services: Services
) -> None:
    with services.db.transaction() as tx:
        users.add(tx, OMAR, "Omar", "administrator", "test", directory_id=oid(OMAR))
    assert "disabled in Dynamics" in sign_in(client, OMAR).get_data(as_text=True)


def test_while_dynamics_is_away_nobody_comes_in_from_there_but_a_local_administrator_does(
    client: FlaskClient, crm: Dynamics
) -> None:
    back = to_microsoft(client, MIRA)
    crm.switches["requests_per_window"] = 0
    answer = client.get(back)
    assert answer.status_code == 403
    assert "Dynamics can&#39;t tell who you are at the moment" in answer.get_data(as_text=True)
    assert Browser(client).post("/sign-in", login="anna", password="correct horse battery") == "/"


def test_somebody_with_a_password_may_have_the_same_name(client: FlaskClient, services: Services) -> None:
    with services.db.transaction() as tx:
        users.add(tx, MIRA, "Another", "user", "test", password_hash="x")
    sign_in(client, MIRA)
    assert role_of(client) == "administrator"


def test_the_highest_role_of_several_environments_counts(
    client: FlaskClient, crm: Dynamics, services: Services
) -> None:
    with services.db.transaction() as tx:
        sql = """INSERT INTO connections (name, dynamics_url, dynamics_tenant_id, dynamics_client_id,
                 dynamics_authority, activecampaign_url, secrets) SELECT 'second', 'http://127.0.0.1:9',
                 dynamics_tenant_id, dynamics_client_id, dynamics_authority, activecampaign_url, secrets
                 FROM connections"""
        tx.execute(sql)
        second = tx.execute("SELECT max(id) AS id FROM connections").fetchone()
        assert second
        configurations.save(tx, second["id"], {}, "test")
    sign_in(client, MIRA)
    assert role_of(client) == "administrator"


# Asked again


def again(services: Services) -> None:
    """Ten minutes pass for what remembers that Dynamics was asked."""
    for key in services.redis.keys("ac365:standing:*"):
        services.redis.delete(key)


def test_who_loses_the_role_in_dynamics_is_out_soon(client: FlaskClient, crm: Dynamics, services: Services) -> None:
    give(crm, NOOR, "ActiveCampaign User")
    sign_in(client, NOOR)
    set_member(crm, NOOR, "ActiveCampaign User", False)
    assert role_of(client) == "user"
    again(services)
    assert role_of(client) == ""


def test_who_gets_another_role_in_dynamics_has_it_soon(client: FlaskClient, crm: Dynamics, services: Services) -> None:
    give(crm, NOOR, "ActiveCampaign User")
    sign_in(client, NOOR)
    give(crm, NOOR, "ActiveCampaign Admin")
    again(services)
    assert role_of(client) == "administrator"


def test_who_is_signed_in_stays_so_while_dynamics_is_away(
    client: FlaskClient, crm: Dynamics, services: Services
) -> None:
    sign_in(client, MIRA)
    crm.switches["requests_per_window"] = 0
    again(services)
    assert role_of(client) == "administrator"


# The flow


@pytest.mark.parametrize(
    "query",
    ["", "?code=x&state=y", "?error=access_denied", "?state=%00%ff&code[]=1", "?client_info=%%%25&state=1&code=1"],
)
def test_whatever_comes_back_makes_no_fault(client: FlaskClient, query: str) -> None:
    client.get("/sign-in/entra")
    answer = client.get(f"/sign-in/callback{query}")
    assert answer.status_code == 403
    assert "Begin again" in answer.get_data(as_text=True)


def test_a_sign_in_is_finished_once_and_by_the_browser_that_began_it(app: Flask, client: FlaskClient) -> None:
    back = to_microsoft(client, MIRA)
    assert app.test_client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403


def test_a_sign_in_that_takes_too_long_is_over(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = to_microsoft(client, MIRA)
    later = services.now() + entra.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(type(services), "now", staticmethod(lambda: later))
    assert client.get(back).status_code == 403


def test_the_flow_is_sealed_where_it_is_kept(client: FlaskClient, services: Services) -> None:
    client.get("/sign-in/entra")
    with services.db.transaction() as tx:
        row = tx.execute("SELECT flow FROM sign_ins").fetchone()
    assert row
    assert b"code_verifier" not in bytes(row["flow"])
    assert services.vault.decrypt(row["flow"])["flow"]["code_verifier"]


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "http://[bad"])
def test_a_sign_in_never_leads_to_another_host(client: FlaskClient, onward: str) -> None:
    assert sign_in(client, MIRA, f"?next={onward}").location == "/"


def test_the_cookie_of_a_sign_in_is_for_this_console_alone(client: FlaskClient) -> None:
    cookie = client.get("/sign-in/entra").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= set(cookie.split("; "))


def test_a_form_of_an_ended_session_comes_back_after_signing_in(client: FlaskClient) -> None:
    browser = Browser(client)
    page = browser.post("/sign-in/entra", 200, **{"kept.colour": "blue", "next": "/account"})
    link = re.search('<a href="([^"]+)">Go on to Microsoft', page)
    assert link
    again = client.get(at_microsoft(html.unescape(link[1]), MIRA)).get_data(as_text=True)
    assert '<input type="hidden" name="colour" value="blue">' in again
    assert 'action="/account"' in again


def test_microsoft_is_offered_where_something_is_connected(client: FlaskClient, services: Services) -> None:
    assert "Sign in with Microsoft" in client.get("/sign-in").get_data(as_text=True)
    with services.db.transaction() as tx:
        tx.execute("TRUNCATE connections CASCADE")
    assert "Microsoft" not in client.get("/sign-in").get_data(as_text=True)
    assert "Nothing is connected yet" in client.get("/sign-in/entra").get_data(as_text=True)


def test_one_address_begins_only_so_many(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "BEGUN", ("begun", 2))
    assert [client.get("/sign-in/entra").status_code for _ in range(3)] == [302, 302, 429]
