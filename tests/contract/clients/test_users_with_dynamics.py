"""People of an environment, their security roles, and the sign-in of a person, against the simulated Dynamics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from clients import entra
from clients.dynamics import Dynamics
from clients.entra import Identity, NotFinished
from clients.registration import Registration
from engine.standing import GIVES, role_given, why_not
from simulators.common.faults import Fault
from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT
from sync.errors import BadCredentials

MIRA_AT, NOOR_AT = "mira.admin@contoso.example", "noor.seller@contoso.example"
MIRA, NOOR, OMAR = (stable_id("person", at) for at in (MIRA_AT, NOOR_AT, "omar.leaver@contoso.example"))
BACK = "http://localhost:8366/sign-in/callback"


def role_of(dynamics: Dynamics, directory_id: str) -> str | None:
    user = dynamics.user(directory_id)
    assert user
    return role_given(user, dynamics.root_roles(list(GIVES)))


def test_a_system_administrator_is_known_by_the_template_in_any_language(live_dynamics: Dynamics, control: Any) -> None:
    renamed = [
        {"table": "role", "id": stable_id("role", "System Administrator"), "set": {"name": "Systemadministrator"}}
    ]
    control("edit", renamed)
    assert role_of(live_dynamics, MIRA) == "administrator"


@pytest.mark.parametrize(
    ("name", "given"), [("ActiveCampaign Admin", "administrator"), ("ActiveCampaign User", "user"), ("Marketing", None)]
)
def test_roles_of_the_app_give_roles_here(live_dynamics: Dynamics, control: Any, name: str, given: str | None) -> None:
    control("roles", {"name": name})
    control("members", {"upn": NOOR_AT, "role": name})
    assert role_of(live_dynamics, NOOR) == given


def test_a_role_that_a_unit_below_calls_the_same_gives_nothing(live_dynamics: Dynamics, control: Any) -> None:
    made = control("roles", {"name": "ActiveCampaign Admin", "unit": seed.NORTH_UNIT})
    control("members", {"upn": NOOR_AT, "roleid": made["roleid"]})
    assert role_of(live_dynamics, NOOR) is None
    control("roles", {"name": "ActiveCampaign Admin"})
    assert role_of(live_dynamics, NOOR) is None


@pytest.mark.parametrize("function", [True, False])
def test_roles_of_a_team_count(live_dynamics: Dynamics, environment: Any, control: Any, function: bool) -> None:
    root = control("roles", {"name": "ActiveCampaign User"})["roleid"]
    with environment.storage.write() as session:
        environment.link(session, "teamroles_association", seed.TEAM, root)
        environment.link(session, "teammembership_association", seed.TEAM, seed.SELLER)
    if not function:
        environment.faults.add(Fault(kind="status", path="RetrieveAadUserRoles", status=404, times=9))
    assert role_of(live_dynamics, NOOR) == "user"


def test_a_disabled_user_and_a_stranger_may_not_come_in(live_dynamics: Dynamics) -> None:
    assert "disabled" in why_not(live_dynamics.user(OMAR))
    assert "not a user" in why_not(live_dynamics.user("00000000-0000-4000-8000-000000000000"))
    assert why_not(live_dynamics.user(NOOR)) == ""


def test_an_access_mode_that_is_not_for_people_keeps_somebody_out(live_dynamics: Dynamics, control: Any) -> None:
    control("edit", [{"table": "systemuser", "id": seed.SELLER, "set": {"accessmode": 2}}])
    assert "access mode" in why_not(live_dynamics.user(NOOR))


@pytest.mark.parametrize(
    ("text", "names"),
    [("noor", ["Noor Seller"]), ("CONTOSO.example", ["Mira Admin", "Noor Seller"]), ("omar", []), ("o'x", [])],
)
def test_people_are_found_by_name_and_address_while_they_may_sign_in(
    live_dynamics: Dynamics, text: str, names: list[str]
) -> None:
    assert [user.name for user in live_dynamics.users_like(text, 10)] == names


def registration(url: str, **change: str) -> Registration:
    return Registration(**{"tenant": TENANT, "client_id": CLIENT_ID, "credential": SECRET, "host": url, **change})


def come_back(flow: dict[str, Any], upn: str = MIRA_AT) -> dict[str, str]:
    """What a browser comes back with."""
    answer = requests.get(f"{flow['auth_uri']}&login_hint={upn}", allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_a_person_signs_in(environment: Any) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    found = entra.finish(ours, flow, come_back(flow), datetime.now(UTC))
    assert found == Identity(MIRA, MIRA_AT, "Mira Admin")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"state": None},
        {"code": "made-up"},
        {"code": None},
        {"code": None, "error": "access_denied"},
    ],
)
def test_an_answer_that_does_not_fit_finishes_nothing(environment: Any, change: dict[str, str | None]) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    answer = {name: value for name, value in {**come_back(flow), **change}.items() if value is not None}
    with pytest.raises(NotFinished):
        entra.finish(ours, flow, answer, datetime.now(UTC))


def test_a_code_is_redeemed_once(environment: Any) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    answer = come_back(flow)
    entra.finish(ours, flow, answer, datetime.now(UTC))
    with pytest.raises(NotFinished):
        entra.finish(ours, flow, answer, datetime.now(UTC))


def test_garbage_in_client_info_does_no_harm(environment: Any) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    answer = {**come_back(flow), "client_info": "%%%\x00"}
    assert entra.finish(ours, flow, answer, datetime.now(UTC)).login == MIRA_AT


def test_a_token_of_another_nonce_or_an_old_one_is_refused(environment: Any) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    answer = come_back(flow)
    with pytest.raises(NotFinished):
        entra.finish(ours, {**flow, "nonce": "another"}, answer, datetime.now(UTC))
    flow = entra.begin(ours, BACK)
    with pytest.raises(NotFinished):
        entra.finish(ours, flow, come_back(flow), datetime.now(UTC) + timedelta(hours=2))


@pytest.mark.parametrize(("claim", "value"), [("aud", "another"), ("tid", "another"), ("oid", "none"), ("exp", "soon")])
def test_a_token_that_is_not_for_us_is_refused(
    environment: Any, monkeypatch: pytest.MonkeyPatch, claim: str, value: str
) -> None:
    sign = environment.authority._signer.sign
    monkeypatch.setattr(environment.authority._signer, "sign", lambda claims: sign({**claims, claim: value}))
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    with pytest.raises(NotFinished):
        entra.finish(ours, flow, come_back(flow), datetime.now(UTC))


def test_a_wrong_secret_is_told_to_whoever_looks_after_the_registration(environment: Any) -> None:
    ours = registration(environment.url)
    flow = entra.begin(ours, BACK)
    with pytest.raises(BadCredentials, match="AADSTS7000215"):
        entra.finish(registration(environment.url, credential="wrong"), flow, come_back(flow), datetime.now(UTC))
