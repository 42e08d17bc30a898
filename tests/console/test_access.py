"""Sign-in, sessions and roles: who gets in, who doesn't, and what they are told."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from support.browser import PASSWORD, Browser, with_token

from console.access import passwords, throttle
from console.access.roles import MARK, Role
from console.app import make
from engine import users as users_of_console
from store import sessions, users
from worker.services import Services

NUMBERS = re.compile(r"<(?:int:)?[a-z_]+>")
IDS = re.compile(r"<uuid:[a-z_]+>")
SOME_ID = "00000000-0000-4000-8000-000000000001"


def test_the_first_visitor_with_the_code_becomes_the_administrator(app: Flask) -> None:
    browser = Browser(app.test_client())
    assert browser.client.get("/", follow_redirects=True).request.path == "/welcome"
    code = users_of_console.code(["tests"])
    words = {"login": "Anna", "name": "Anna", "password": PASSWORD}
    assert "not the code" in browser.post("/welcome", 422, page="/welcome", code="0000-0000-0000", **words)
    assert browser.post("/welcome", page="/welcome", code=code, **words) == "/"
    assert "Dashboard" in browser.client.get("/", follow_redirects=True).get_data(as_text=True)


def test_there_is_no_second_first_administrator(app: Flask, stranger: Browser) -> None:
    code = users_of_console.code(["tests"])
    assert stranger.get("/welcome", 302)
    assert stranger.post("/welcome", code=code, login="eve", password=PASSWORD) == "/sign-in"


def test_a_short_password_is_refused_at_its_field(app: Flask) -> None:
    browser = Browser(app.test_client())
    text = browser.post("/welcome", 422, page="/welcome", code="x", login="anna", password="short")
    assert 'id="password-error">Take 12 characters or more.' in text
    assert 'value="anna"' in text
    assert "short" not in re.findall(r'value="([^"]*)"', text)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(stranger: Browser) -> None:
    wrong = stranger.post("/sign-in", 422, login="anna", password="wrong")
    unknown = stranger.post("/sign-in", 422, login="nobody", password="wrong")
    assert "Name or password is wrong." in wrong
    assert "Name or password is wrong." in unknown


def test_five_failures_in_a_row_lock_the_name(stranger: Browser) -> None:
    for _ in range(passwords.ALLOWED):
        text = stranger.post("/sign-in", 422, login="anna", password="wrong")
    assert "locked" in text
    assert "locked" in stranger.post("/sign-in", 422, login="anna", password=PASSWORD)


def test_signing_in_leads_on_to_what_was_asked_for(stranger: Browser) -> None:
    assert stranger.post("/sign-in", login="anna", password=PASSWORD, next="/c/1/?x=1") == "/c/1/?x=1"


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_signing_in_never_leads_to_another_host(stranger: Browser, onward: str) -> None:
    assert stranger.post("/sign-in", login="anna", password=PASSWORD, next=onward) == "/"


def test_signing_out_ends_the_session_for_a_stolen_cookie_too(admin: Browser, app: Flask, connection_id: int) -> None:
    cookie = admin.client.get_cookie("ac365")
    assert cookie is not None
    admin.post("/sign-out", page="/")
    thief = app.test_client()
    thief.set_cookie("ac365", cookie.value)
    assert thief.get(f"/c/{connection_id}/").status_code == 302


def test_who_is_switched_off_is_out_at_once(admin: Browser, user: Browser, services: Services) -> None:
    with services.db.transaction() as tx:
        row = users.by_login(tx, "uwe")
        assert row
        assert users.change(tx, row["id"], name="Uwe", role="user", active=False)
    assert user.get("/", 302)


def test_the_last_administrator_stays(stranger: Browser, services: Services) -> None:
    with services.db.transaction() as tx:
        row = users.by_login(tx, "anna")
        assert row
        assert not users.remove(tx, row["id"])
        assert not users.change(tx, row["id"], name="Anna", role="user", active=True)
        assert not users.change(tx, row["id"], name="Anna", role="administrator", active=False)


def test_a_form_without_the_token_against_forgery_is_refused(admin: Browser) -> None:
    assert admin.client.post("/sign-out").status_code == 400


def test_what_was_sent_in_an_ended_session_is_kept_until_it_is_sent_again(admin: Browser, services: Services) -> None:
    token = admin.token("/users")
    with services.db.transaction() as tx:
        row = users.by_login(tx, "anna")
        assert row
        sessions.end_all(tx, row["id"])
    typed = {"login": "eve", "role": "user", "password": PASSWORD, "csrf_token": token}
    answer = admin.client.post("/users", data=typed)
    assert answer.status_code == 401
    text = answer.get_data(as_text=True)
    assert "nothing was saved yet" in text
    assert 'name="kept.login" value="eve"' in text
    assert PASSWORD not in text
    again = admin.post("/sign-in", 200, login="anna", password=PASSWORD, next="/users", **{"kept.login": "eve"})
    assert 'name="login" value="eve"' in again
    with services.db.transaction() as tx:
        assert users.by_login(tx, "eve") is None


def test_every_route_names_a_role(app: Flask) -> None:
    unmarked = [name for name, view in app.view_functions.items() if not hasattr(view, MARK)]
    assert unmarked == []


def test_nobody_gets_in_without_signing_in(app: Flask, stranger: Browser) -> None:
    for path, method, role in routes(app):
        answer = stranger.client.open(path, method=method)
        if role is not Role.ANYBODY:
            assert answer.status_code in (302, 400, 401), (path, method, answer.status_code)


def test_a_user_can_open_nothing_of_an_administrator(app: Flask, user: Browser) -> None:
    token = user.token("/")
    for path, method, role in routes(app):
        if role is Role.ADMINISTRATOR:
            answer = user.client.open(path, method=method, headers={"X-CSRFToken": token})
            assert answer.status_code == 403, (path, method, answer.status_code)


def test_a_token_of_a_user_can_do_nothing_of_an_administrator(app: Flask, services: Services) -> None:
    client = with_token(app, services, "user")
    for path, method, role in routes(app):
        if role is Role.ADMINISTRATOR:
            assert client.open(path, method=method).status_code == 403, (path, method)


def test_a_token_that_nobody_made_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/connections/1/status", headers={"Authorization": "Bearer made-up"})
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, 401)


def test_answers_forbid_frames_and_foreign_sources(stranger: Browser) -> None:
    headers = stranger.client.get("/sign-in").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def routes(app: Flask) -> list[tuple[str, str, Role]]:
    """Path, method and role of every route; a 1 or a word in place of what varies."""
    return [
        (NUMBERS.sub("1", IDS.sub(SOME_ID, rule.rule)).replace("<path:filename>", "ac365.css"), method, role)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if (role := getattr(app.view_functions[rule.endpoint], MARK))
    ]


# Tries per address


def test_one_address_tries_only_so_many_names(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "admit", partial(throttle.admit, ("failed", 3)))
    for name in ("eve", "mallory", "trudy"):
        stranger.post("/sign-in", 422, login=name, password="wrong")
    assert "Too many tries" in stranger.post("/sign-in", 429, login="anna", password=PASSWORD)


def test_another_address_is_let_through(app: Flask, stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "admit", partial(throttle.admit, ("failed", 1)))
    stranger.post("/sign-in", 422, login="eve", password="wrong")
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert Browser(other).post("/sign-in", login="anna", password=PASSWORD) == "/"


def test_a_household_has_one_count_for_all_its_addresses() -> None:
    first, second, other = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    assert throttle._network(first) == throttle._network(second) != throttle._network(other)


def test_the_count_ends_with_its_window(stranger: Browser, services: Services) -> None:
    stranger.post("/sign-in", 422, login="eve", password="wrong")
    (key,) = services.redis.keys("ac365:sign-ins:failed:*")
    assert 0 < services.redis.ttl(key) <= throttle.WINDOW.total_seconds()


def test_guessing_the_first_code_is_counted_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "admit", partial(throttle.admit, ("failed", 2)))
    browser = Browser(app.test_client())
    words = {"page": "/welcome", "login": "eve", "password": PASSWORD}
    for _ in range(2):
        browser.post("/welcome", 422, code="0000-0000-0000", **words)
    assert "Too many tries" in browser.post("/welcome", 429, code=users_of_console.code(["tests"]), **words)


# Cookies


def test_with_https_cookies_travel_over_https_only_and_stay_with_this_host(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "settings", replace(services.settings, console_url="https://ac365.contoso.example"))
    browser = make(services, list).test_client()
    cookie = browser.get("/welcome", base_url="https://ac365.contoso.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-ac365=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_who_came_over_https_comes_no_other_way(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> str | None:
        return make(services, list).test_client().get("/welcome").headers.get("Strict-Transport-Security")

    assert told() is None
    monkeypatch.setattr(services, "settings", replace(services.settings, console_url="https://ac365.contoso.example"))
    assert told() == "max-age=31536000"


def test_signing_in_begins_a_session_that_nobody_could_have_known(app: Flask, stranger: Browser) -> None:
    stranger.token()
    before = stranger.client.get_cookie("ac365")
    stranger.sign_in("anna")
    after = stranger.client.get_cookie("ac365")
    assert before
    assert after
    assert before.value != after.value
    thief = app.test_client()
    thief.set_cookie("ac365", before.value)
    assert thief.get("/account").status_code == 302


def test_without_redis_nothing_is_counted_and_a_name_still_locks(
    stranger: Browser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "redis", Redis(port=1, retry=Retry(NoBackoff(), 0)))
    for _ in range(passwords.ALLOWED):
        text = stranger.post("/sign-in", 422, login="anna", password="wrong")
    assert "locked" in text


def test_the_description_needs_a_sign_in_and_names_no_other_host(app: Flask, services: Services) -> None:
    assert app.test_client().get("/api/v1/openapi.json").status_code == 401
    text = with_token(app, services, "user").get("/api/v1/openapi.json").get_data(as_text=True)
    assert "http" not in text.replace('"http"', "")
