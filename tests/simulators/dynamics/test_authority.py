"""The token endpoint's rules, and the sign-in of a person."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from support.dynamics_hand import Hand
from werkzeug.test import TestResponse

from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT

VERIFIER = "a-verifier-that-is-long-enough-for-everybody"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "http://localhost:8366/sign-in/callback"


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "33333333-3333-4333-8333-333333333333"}, 400, "unauthorized_client", 700016),
        ({"scope": "http://localhost/user_impersonation"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "authorization_code", "code": "made up"}, 400, "invalid_grant", 70008),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_refused_token_request_says_why(
    hand: Hand, form: dict[str, str], status: int, error: str, number: int
) -> None:
    answer = hand.ask_token(**form)
    assert answer.status_code == status
    assert answer.get_json()["error"] == error
    assert answer.get_json()["error_description"].startswith(f"AADSTS{number}:")


def test_an_unknown_tenant_is_refused(hand: Hand) -> None:
    assert hand.web.get("/common/v2.0/.well-known/openid-configuration").status_code == 400
    assert hand.web.post("/common/oauth2/v2.0/token", data={"grant_type": "client_credentials"}).status_code == 400


def test_discovery_over_plain_http_names_the_public_authority(hand: Hand) -> None:
    found = hand.web.get(f"/{TENANT}/v2.0/.well-known/openid-configuration").get_json()
    assert found["token_endpoint"] == f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    aliases = hand.web.get("/common/discovery/instance").get_json()["metadata"][0]["aliases"]
    assert "login.microsoftonline.com" in aliases


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_a_request_without_a_good_token_is_challenged(hand: Hand, token: str) -> None:
    hand.token = token
    answer = hand.get("WhoAmI")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=")


def test_a_token_expires(hand: Hand) -> None:
    hand.control("clock", {"seconds": 3600})
    assert hand.get("WhoAmI").status_code == 401


def test_a_token_for_another_environment_is_refused(hand: Hand) -> None:
    hand.token = hand.ask_token(scope="https://fabrikam.example/.default").get_json()["access_token"]
    assert hand.get("WhoAmI").status_code == 401


def test_the_api_host_is_the_same_environment(hand: Hand) -> None:
    hand.token = hand.ask_token(scope="https://contoso.crm4.example/.default").get_json()["access_token"]
    answer = hand.web.get(
        "/api/data/v9.2/WhoAmI",
        base_url="https://contoso.api.crm4.example",
        headers={"Authorization": f"Bearer {hand.token}"},
    )
    assert answer.status_code == 200


def test_revoked_tokens_stop_working(hand: Hand) -> None:
    hand.control("revoke")
    assert hand.get("WhoAmI").status_code == 401


def test_a_good_token_of_a_stranger_is_forbidden(hand: Hand) -> None:
    hand.control(f"applications/{CLIENT_ID}", method="DELETE")
    answer = hand.get("WhoAmI")
    assert answer.status_code == 403
    assert answer.get_json()["error"]["code"] == "0x80072560"


def authorize(hand: Hand, **more: str) -> TestResponse:
    query = {"client_id": CLIENT_ID, "response_type": "code", "redirect_uri": BACK, "state": "st&te", "nonce": "n0nce",
             "scope": "openid profile offline_access", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
             "login_hint": "mira.admin@contoso.example"}  # fmt: skip
    return hand.web.get(f"/{TENANT}/oauth2/v2.0/authorize", query_string={**query, **more})


def redeem(hand: Hand, code: str, **more: str) -> TestResponse:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": BACK,
            "scope": "openid profile offline_access", "client_info": "1", **more}  # fmt: skip
    return hand.ask_token(CLIENT_ID, SECRET, **form)


def code_of(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.location).query)["code"][0]


def claims(token: str) -> dict[str, str]:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def test_a_person_signs_in(hand: Hand) -> None:
    back = authorize(hand)
    assert parse_qs(urlsplit(back.location).query)["state"] == ["st&te"]
    answer = redeem(hand, code_of(back)).get_json()
    found = claims(answer["id_token"])
    assert (found["nonce"], found["tid"], found["aud"]) == ("n0nce", TENANT, CLIENT_ID)
    assert found["preferred_username"] == "mira.admin@contoso.example"
    assert json.loads(base64.urlsafe_b64decode(answer["client_info"] + "=="))["uid"] == found["oid"]


def test_a_code_works_once_and_only_with_its_verifier(hand: Hand) -> None:
    assert redeem(hand, code_of(authorize(hand)), code_verifier="another").status_code == 400
    code = code_of(authorize(hand))
    assert redeem(hand, code).status_code == 200
    assert redeem(hand, code).status_code == 400


def test_a_code_wants_the_same_reply_address(hand: Hand) -> None:
    answer = redeem(hand, code_of(authorize(hand)), redirect_uri="http://localhost/sign-in/callback")
    assert answer.get_json()["error"] == "invalid_grant"


def test_without_a_hint_the_page_offers_people(hand: Hand) -> None:
    page = authorize(hand, login_hint="").text
    assert "Mira Admin" in page
    assert "Noor Seller" in page


def test_form_post_returns_the_code_in_a_form(hand: Hand) -> None:
    page = authorize(hand, response_mode="form_post").text
    assert f'action="{BACK}"' in page
    assert 'name="code"' in page


def test_a_refresh_token_gives_new_tokens(hand: Hand) -> None:
    first = redeem(hand, code_of(authorize(hand))).get_json()
    again = hand.ask_token(grant_type="refresh_token", refresh_token=first["refresh_token"], scope="openid")
    assert claims(again.get_json()["id_token"])["oid"] == claims(first["id_token"])["oid"]
    assert hand.ask_token(grant_type="refresh_token", refresh_token="a.b.c").status_code == 400


def test_a_person_reads_with_an_own_token(hand: Hand) -> None:
    scope = "http://localhost/user_impersonation openid"
    answer = redeem(hand, code_of(authorize(hand, scope=scope)), scope=scope).get_json()
    hand.token = answer["access_token"]
    assert hand.find("systemusers", f"azureactivedirectoryobjectid eq {claims(answer['id_token'])['oid']}", "fullname")


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"redirect_uri": "http://localhost:8366/elsewhere"}, 50011),
        ({"redirect_uri": "https://localhost:8366/sign-in/callback"}, 50011),
        ({"redirect_uri": "https://evil.example/sign-in/callback"}, 50011),
        ({"redirect_uri": ""}, 50011),
        ({"client_id": "33333333-3333-4333-8333-333333333333"}, 700016),
        ({"response_type": "token"}, 700054),
        ({"scope": ""}, 900144),
    ],
)
def test_nobody_is_sent_on_by_a_request_that_is_wrong(hand: Hand, change: dict[str, str], number: int) -> None:
    answer = authorize(hand, **change)
    assert (answer.status_code, answer.get_json()["error_codes"]) == (400, [number])


def test_another_tenant_signs_nobody_in(hand: Hand) -> None:
    assert hand.web.get("/common/oauth2/v2.0/authorize", query_string={"client_id": CLIENT_ID}).status_code == 400


def test_who_goes_back_is_sent_back_without_a_code(hand: Hand) -> None:
    assert "Back</a>" in authorize(hand, login_hint="").text
    told = parse_qs(urlsplit(authorize(hand, error="access_denied").location).query)
    assert (told["error"], told["state"]) == (["access_denied"], ["st&te"])


def test_who_is_signed_in_already_is_not_asked(hand: Hand) -> None:
    hand.control("signed_in", {"upn": "noor.seller@contoso.example"})
    found = claims(redeem(hand, code_of(authorize(hand, login_hint=""))).get_json()["id_token"])
    assert found["preferred_username"] == "noor.seller@contoso.example"


@pytest.mark.parametrize(
    ("scope", "absent"), [("openid", "refresh_token"), ("offline_access", "id_token"), ("openid", "client_info")]
)
def test_what_was_not_asked_for_is_not_given(hand: Hand, scope: str, absent: str) -> None:
    answer = redeem(hand, code_of(authorize(hand, scope=scope)), scope=scope, client_info="").get_json()
    assert absent not in answer
