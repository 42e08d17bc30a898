"""A browser's session: a person's cookie in place of a token."""

from __future__ import annotations

import pytest
from support.dynamics_hand import BEN, Hand, code

from simulators.dynamics import seed

NOOR = "noor.seller@contoso.example"
OMAR = "omar.leaver@contoso.example"


@pytest.fixture
def noor(hand: Hand) -> Hand:
    """Noor's browser. Her role reaches her own records alone."""
    browser = Hand(hand.state, hand.web.application.test_client())
    assert browser.web.get(f"/_sim/sign_in?upn={NOOR}").get_json() == {"systemuserid": seed.SELLER}
    return browser


def test_a_session_is_the_persons_with_the_rights_of_their_roles(noor: Hand) -> None:
    assert noor.get("WhoAmI").get_json()["UserId"] == seed.SELLER
    assert code(noor.get(f"leads({BEN})")) == (403, "0x80048306")
    made = noor.make("leads", lastname="Berg")
    assert noor.get(f"leads({made})").get_json()["_createdby_value"] == seed.SELLER
    assert code(noor.send("POST", "PublishAllXml")) == (403, "0x80040220")


def test_scripts_cant_read_the_cookie(hand: Hand) -> None:
    cookie = hand.web.get(f"/_sim/sign_in?upn={NOOR}").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "upn", [OMAR, "nobody@contoso.example", "22222222-2222-4222-8222-222222222222@contoso.example"]
)
def test_nobody_else_can_sign_in(hand: Hand, upn: str) -> None:
    assert hand.web.get(f"/_sim/sign_in?upn={upn}").status_code == 404


def test_signing_out_ends_the_session(noor: Hand) -> None:
    noor.web.get("/_sim/sign_out")
    assert noor.get("WhoAmI").status_code == 401


def test_a_session_ends_with_the_persons_account(noor: Hand) -> None:
    noor.edit({"table": "systemuser", "id": seed.SELLER, "set": {"isdisabled": True}})
    assert code(noor.get("WhoAmI")) == (403, "0x80040225")


@pytest.mark.parametrize(
    "sent",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
     {"Sec_Fetch_Site": "same-site"}],
)  # fmt: skip
def test_a_foreign_page_cant_use_the_session(noor: Hand, sent: dict[str, str]) -> None:
    assert noor.send("POST", "leads", {"lastname": "Berg"}, **sent).status_code == 403
    assert noor.get("WhoAmI", **sent).status_code == 403


def test_an_own_page_can(noor: Hand) -> None:
    own = {"Origin": "http://localhost", "Sec_Fetch_Site": "same-origin"}
    assert noor.send("POST", "leads", {"lastname": "Berg"}, **own).status_code == 204


def test_a_token_goes_before_the_session(noor: Hand, hand: Hand) -> None:
    noor.token = hand.token
    assert noor.get("WhoAmI").get_json()["UserId"] != seed.SELLER


def test_somebody_without_a_name_is_asked_and_sent_on(hand: Hand) -> None:
    assert "Noor Seller" in hand.web.get("/_sim/sign_in?to=/main.aspx").text
    assert hand.web.get(f"/_sim/sign_in?upn={NOOR}&to=/main.aspx").location == "/main.aspx"
    assert hand.web.get(f"/_sim/sign_in?upn={NOOR}&to=//elsewhere.example").location == "/"
