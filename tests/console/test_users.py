"""The pages about users: who may come in, who is added, changed and put out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.browser import PASSWORD, Browser
from support.people import MIRA, NOOR, OMAR, give, oid

from console.access import passwords
from console.pages import users as page
from simulators.dynamics.state import Dynamics
from store import audit, users
from worker.services import Services

NEW = "a new long password"


def row_of(services: Services, login: str) -> dict[str, Any]:
    with services.db.transaction() as tx:
        row = users.by_login(tx, login)
    assert row, login
    return dict(row)


def logged(services: Services) -> tuple[str, str, str]:
    """The newest line of the audit log: who, what, whom."""
    with services.db.transaction() as tx:
        line = audit.listed(tx, None, 1)[0]
    return line["author"], line["action"], line["subject"]


def at(services: Services, login: str, action: str = "") -> str:
    return f"/users/{row_of(services, login)['id']}{action}"


def test_the_list_says_who_may_sign_in_and_how(admin: Browser) -> None:
    text = admin.get("/users")
    assert re.search(r"Anna</a>.*anna.*administrator.*password.*s ago.*Uwe</a>.*user.*never", text, re.DOTALL)


def test_the_list_is_shown_in_parts(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", 1)
    first = admin.get("/users")
    assert "Uwe" not in first
    assert 'href="/users?after=anna"' in first
    assert "Uwe" in admin.get("/users?after=anna")


def test_somebody_with_a_password_is_added_and_signs_in(admin: Browser, services: Services) -> None:
    words = {"login": "Vera", "name": "Vera V", "role": "user", "password": NEW}
    assert admin.post("/users", 303, page="/", **words) == "/users"
    assert "vera may sign in now." in admin.get("/users")
    assert (row_of(services, "vera")["role"], logged(services)) == ("user", ("console:anna", "add user", "vera"))
    assert Browser(admin.client.application.test_client()).post("/sign-in", login="vera", password=NEW) == "/"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "short"}, "Take 12 characters or more."),
        ({"login": "ANNA"}, "There is a user named anna already."),
        ({"login": ""}, "This is needed."),
        ({"role": "emperor"}, "Must be one of"),
        ({"login": "a" * 201}, "Longer than maximum length"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    admin: Browser, change: dict[str, str], told: str
) -> None:
    words = {"login": "vera", "name": "Vera V", "role": "user", "password": NEW, **change}
    text = admin.post("/users", 422, page="/", **words)
    assert told in text
    assert 'value="Vera V"' in text
    assert words["password"] not in text


def test_another_role_signs_somebody_out_to_come_back_with_it(
    admin: Browser, user: Browser, services: Services
) -> None:
    place = at(services, "uwe")
    admin.post(place, 303, page="/", name="Uwe U", role="administrator", active="true")
    assert (row_of(services, "uwe")["role"], logged(services)[1]) == ("administrator", "change user")
    assert user.get("/users", 302)
    assert "Anna" in user.sign_in("uwe").get("/users")


def test_another_name_signs_nobody_out(admin: Browser, user: Browser, services: Services) -> None:
    admin.post(at(services, "uwe"), 303, page="/", name="Uwe U", role="user", active="true")
    assert "Uwe U" in user.get("/account")


def test_who_is_switched_off_is_shown_so_and_out(admin: Browser, user: Browser, services: Services) -> None:
    admin.post(at(services, "uwe"), 303, page="/", name="Uwe", role="user")
    assert "switched off" in admin.get("/users")
    assert user.get("/account", 302)


def test_somebody_with_a_password_needs_a_role(admin: Browser, services: Services) -> None:
    text = admin.post(at(services, "uwe"), 422, page="/", name="Uwe", role="dynamics", active="true")
    assert "needs a role" in text


def test_the_last_administrator_is_neither_removed_nor_changed(admin: Browser, services: Services) -> None:
    place = at(services, "anna")
    assert admin.post(f"{place}/remove", 303, page="/") == place
    assert "last administrator" in admin.get(place)
    assert "last administrator" in admin.post(place, 422, page="/", name="Anna", role="user", active="true")
    assert "last administrator" in admin.post(place, 422, page="/", name="Anna", role="administrator")


def test_who_is_removed_is_gone(admin: Browser, user: Browser, services: Services) -> None:
    assert admin.post(at(services, "uwe", "/remove"), 303, page="/") == "/users"
    assert logged(services) == ("console:anna", "remove user", "uwe")
    assert user.get("/account", 302)


def test_a_new_password_ends_sessions_and_a_lock(admin: Browser, user: Browser, services: Services) -> None:
    stranger = Browser(admin.client.application.test_client())
    for _ in range(passwords.ALLOWED):
        stranger.post("/sign-in", 422, login="uwe", password="wrong")
    assert "Locked until" in admin.get(at(services, "uwe"))
    admin.post(at(services, "uwe", "/password"), 303, page="/", password=NEW)
    assert user.get("/account", 302)
    assert user.post("/sign-in", login="uwe", password=NEW) == "/"


def test_an_unlocked_name_may_try_again(admin: Browser, services: Services) -> None:
    stranger = Browser(admin.client.application.test_client())
    for _ in range(passwords.ALLOWED):
        stranger.post("/sign-in", 422, login="uwe", password="wrong")
    assert "locked" in admin.get("/users")
    admin.post(at(services, "uwe", "/unlock"), 303, page="/")
    assert logged(services)[1:] == ("unlock", "uwe")
    assert stranger.post("/sign-in", login="uwe", password=PASSWORD) == "/"


def test_all_sessions_of_somebody_are_ended(admin: Browser, user: Browser, services: Services) -> None:
    admin.post(at(services, "uwe", "/sign-out"), 303, page="/")
    assert logged(services)[1:] == ("end sessions", "uwe")
    assert user.get("/account", 302)


@pytest.mark.parametrize("path", ["/users/9", "/users/99999999999999999999"])
def test_a_user_that_is_not_there_is_not_found(admin: Browser, path: str) -> None:
    assert "There is no such user." in admin.get(path, 404)


# People of Dynamics


def test_a_search_shows_people_with_their_role_by_dynamics(admin: Browser, crm: Dynamics) -> None:
    give(crm, NOOR, "ActiveCampaign User")
    text = admin.get("/users?q=contoso.example")
    assert re.search(r"Mira Admin</th>.*?<td>administrator</td>.*Noor Seller</th>.*?<td>user</td>", text, re.DOTALL)
    assert "Omar" not in text
    assert 'data-suggest="people"' in text
    assert 'id="people"' in text


def test_a_search_for_nobody_says_so(admin: Browser, crm: Dynamics) -> None:
    assert "Nobody in Dynamics" in admin.get("/users?q=zzz'%00")


def test_without_dynamics_the_page_says_so_and_shows_the_rest(admin: Browser) -> None:
    text = admin.get("/users?q=noor")
    assert "Dynamics can&#39;t be searched at the moment" in text
    assert "Uwe" in text


def test_somebody_of_dynamics_is_added_with_a_role(admin: Browser, crm: Dynamics, services: Services) -> None:
    admin.post("/users/people", 303, page="/", directory_id=oid(NOOR), role="user")
    row = row_of(services, NOOR)
    assert (row["name"], row["role"], str(row["directory_id"])) == ("Noor Seller", "user", oid(NOOR))
    assert logged(services) == ("console:anna", "add user", NOOR)
    assert "is in the list" in admin.get("/users?q=noor")
    assert "New password" not in admin.get(at(services, NOOR))
    admin.post(at(services, NOOR, "/password"), 303, page="/", password=NEW)
    assert "has no password here" in admin.get("/users")


def test_somebody_of_dynamics_may_keep_the_role_of_dynamics(admin: Browser, crm: Dynamics, services: Services) -> None:
    admin.post("/users/people", 303, page="/", directory_id=oid(MIRA))
    assert row_of(services, MIRA)["role"] is None
    assert "as in Dynamics" in admin.get("/users")
    admin.post(at(services, MIRA), 303, page="/", role="user", active="true")
    admin.post(at(services, MIRA), 303, page="/", role="dynamics", active="true")
    assert row_of(services, MIRA)["role"] is None


@pytest.mark.parametrize("upn", [OMAR, "nobody@contoso.example"])
def test_nobody_is_added_who_may_not_sign_in_there(admin: Browser, crm: Dynamics, upn: str) -> None:
    admin.post("/users/people", 303, page="/", directory_id=oid(upn))
    assert "Dynamics has no such user who may sign in." in admin.get("/users")


def test_nobody_is_added_twice_or_by_a_made_up_id(admin: Browser, crm: Dynamics) -> None:
    for _ in range(2):
        admin.post("/users/people", 303, page="/", directory_id=oid(NOOR))
    assert f"There is a user {NOOR} already." in admin.get("/users")
    assert "nobody that the search found" in admin.post("/users/people", 400, page="/", directory_id="x")
