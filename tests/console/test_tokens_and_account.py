"""Tokens of the API, one's own account, and what the API says about both."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.browser import PASSWORD, Browser
from support.people import MIRA, NOOR, oid, sign_in

from simulators.dynamics.state import Dynamics
from store import api_tokens, audit, users
from worker.services import Services

NEW = "a new long password"


def make_token(browser: Browser, **form: str) -> str:
    """Makes a token on the page and reads it there."""
    text = browser.post("/tokens", 200, page="/", **form)
    shown = re.search('<code class="long">([^<]+)</code>', text)
    assert shown, text
    return shown[1]


def program(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_a_token_is_shown_once_and_works_until_it_is_removed(app: Flask, admin: Browser, services: Services) -> None:
    token = make_token(admin, name="reports", role="administrator")
    assert token not in admin.get("/tokens")
    client = program(app, token)
    assert client.get("/api/v1/users").status_code == 200
    with services.db.transaction() as tx:
        (row,) = api_tokens.listed(tx)
        assert audit.listed(tx, None, 1)[0]["action"] == "make token"
    admin.post(f"/tokens/{row['id']}/remove", 303, page="/")
    assert "The token reports is worthless now." in admin.get("/tokens")
    assert client.get("/api/v1/users").status_code == 401


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": ""}, "This is needed."),
        ({"name": "x", "ends": "2020-01-01"}, "That is over already."),
        ({"name": "x", "ends": "9999-12-31"}, "within ten years"),
        ({"name": "x", "ends": "soon"}, "Give a day"),
    ],
)
def test_a_token_that_can_not_be_is_told_so(admin: Browser, form: dict[str, str], told: str) -> None:
    assert told in admin.post("/tokens", 422, page="/", **form)


def test_two_tokens_have_two_names(admin: Browser) -> None:
    make_token(admin, name="x")
    assert "of this name already" in admin.post("/tokens", 422, page="/", name="x")


def test_a_token_has_an_end(admin: Browser, app: Flask, services: Services) -> None:
    client = program(app, make_token(admin, name="x", ends="2030-12-31"))
    assert client.get("/api/v1/account").json == {"login": "x", "name": "x", "role": "user", "sessions": []}
    with services.db.transaction() as tx:
        tx.execute("UPDATE api_tokens SET ends_at = now() - interval '1 second'")
    assert client.get("/api/v1/account").status_code == 401
    assert "ended" in admin.get("/tokens")


# One's own account


def test_ones_own_password_is_changed_with_the_old_one(app: Flask, user: Browser) -> None:
    elsewhere = Browser(app.test_client()).sign_in("uwe")
    assert "not your password of now" in user.post("/account/password", 422, page="/account", old="no", password=NEW)
    assert user.post("/account/password", page="/account", old=PASSWORD, password=NEW) == "/account"
    assert "signed out everywhere else" in user.get("/account")
    assert elsewhere.get("/account", 302)
    assert elsewhere.post("/sign-in", login="uwe", password=NEW) == "/"


def test_one_of_ones_own_sessions_is_ended(app: Flask, user: Browser) -> None:
    elsewhere = Browser(app.test_client()).sign_in("uwe")
    text = user.get("/account")
    (place,) = re.findall(r'action="(/account/sessions/[0-9a-f]+/end)"', text)
    assert "this one" in text
    user.post(place, 303, page="/account")
    assert elsewhere.get("/account", 302)
    assert user.get("/account")


def test_nobody_ends_a_session_of_somebody_else(admin: Browser, user: Browser) -> None:
    ref = user.client.get("/api/v1/account").json["sessions"][0]["ref"]  # type: ignore[index]
    admin.post(f"/account/sessions/{ref}/end", 303, page="/account")
    assert user.get("/account")


def test_all_of_ones_own_sessions_are_ended(user: Browser) -> None:
    assert user.post("/account/sessions/end", 303, page="/account") == "/sign-in"
    assert user.get("/account", 302)


def test_somebody_of_the_directory_has_no_password_to_change(crm: Dynamics, stranger: Browser) -> None:
    sign_in(stranger.client, MIRA)
    assert "Change your password" not in stranger.get("/account")
    assert stranger.post("/account/password", 422, page="/account", old=PASSWORD, password=NEW)


def test_a_token_has_no_account(admin: Browser, app: Flask) -> None:
    client = program(app, make_token(admin, name="x"))
    assert client.get("/account").status_code == 403
    assert client.delete("/api/v1/account/sessions").status_code == 409


# The API


@pytest.fixture
def api(admin: Browser, app: Flask) -> FlaskClient:
    return program(app, make_token(admin, name="api", role="administrator"))


def test_a_user_is_added_changed_and_removed(api: FlaskClient, services: Services) -> None:
    words = {"login": "Vera", "role": "user", "password": NEW}
    made = api.post("/api/v1/users", json=words)
    assert (made.status_code, made.json["login"]) == (201, "vera")  # type: ignore[index]
    assert "password" not in made.get_data(as_text=True)
    place = f"/api/v1/users/{made.json['id']}"  # type: ignore[index]
    assert api.patch(place, json={"active": False}).json["active"] is False  # type: ignore[index]
    assert api.put(f"{place}/password", json={"password": "another long password"}).status_code == 204
    assert api.delete(f"{place}/lock").status_code == 204
    assert api.delete(f"{place}/sessions").json == {"ended": 0}
    assert api.delete(place).status_code == 204
    assert api.get(place).status_code == 404
    with services.db.transaction() as tx:
        assert audit.listed(tx, None, 1)[0]["author"] == "api:api"


def test_the_api_shows_users_in_parts(api: FlaskClient) -> None:
    first = api.get("/api/v1/users?limit=1").json
    assert first
    assert ([row["login"] for row in first["users"]], first["after"]) == (["anna"], "anna")
    rest = api.get("/api/v1/users?limit=1&after=anna").json
    assert rest
    assert ([row["login"] for row in rest["users"]], rest["after"]) == (["uwe"], None)


def test_people_of_dynamics_are_found_and_added_by_the_api(api: FlaskClient, crm: Dynamics, services: Services) -> None:
    found = api.get("/api/v1/people?q=noor").json
    assert found == [
        {"directory_id": oid(NOOR), "login": NOOR, "name": "Noor Seller", "role": None, "added": False}
    ]  # fmt: skip
    made = api.post("/api/v1/users", json={"directory_id": oid(NOOR), "role": "user"})
    assert (made.status_code, made.json["with_microsoft"]) == (201, True)  # type: ignore[index]
    with services.db.transaction() as tx:
        assert users.by_directory(tx, oid(NOOR))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "users", {"login": "x"}, 422),
        ("POST", "users", {"login": "x\x00", "role": "user", "password": NEW}, 422),
        ("POST", "users", {"login": "\ud800", "role": "user", "password": NEW}, 422),
        ("POST", "users", {"login": "anna", "role": "user", "password": NEW}, 409),
        ("PATCH", "users/1", {"role": "user"}, 409),
        ("PATCH", "users/2", {"role": None}, 409),
        ("PATCH", "users/99999999999", {}, 404),
        ("DELETE", "users/1", None, 409),
        ("GET", "users?limit=100000", None, 422),
        ("GET", "users?after=%00", None, 422),
        ("GET", "people?q=x", None, 422),
        ("GET", "people?q=noor", None, 503),
        ("POST", "tokens", {"name": "api", "role": "user"}, 409),
        ("POST", "tokens", {"name": "x", "role": "user", "ends_at": "9999-12-31T23:59:59-14:00"}, 422),
        ("POST", "tokens", {"name": "x", "role": "emperor"}, 422),
        ("DELETE", "tokens/99999999999999999999", None, 404),
        ("PUT", "account/password", {"old": "x", "password": NEW}, 409),
        ("DELETE", "account/sessions/%00", None, 409),
    ],
)
def test_what_can_not_be_is_refused(api: FlaskClient, method: str, path: str, body: object, status: int) -> None:
    answer = api.open(f"/api/v1/{path}", method=method, json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)


def test_a_token_made_by_the_api_works(api: FlaskClient, app: Flask) -> None:
    made = api.post("/api/v1/tokens", json={"name": "x", "role": "user", "ends_at": "2030-01-01T00:00:00Z"}).json
    assert made
    assert program(app, made["token"]).get("/api/v1/account").status_code == 200
    assert made["token"] not in api.get("/api/v1/tokens").get_data(as_text=True)
    assert api.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
