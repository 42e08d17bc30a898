"""Functions that tell what a user may do, so that a missing privilege is seen before a write fails for it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from support.dynamics_hand import NOBODY, Hand, code

from simulators.dynamics import seed

BY_NAME = "Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName"


def held(hand: Hand, function: str, user: str = "") -> dict[str, str]:
    user = user or hand.get("WhoAmI").get_json()["UserId"]
    answer = hand.get(f"systemusers({user})/{function}")
    assert answer.status_code == 200, answer.text
    return {row["PrivilegeName"]: row["Depth"] for row in answer.get_json()["RolePrivileges"]}


@pytest.mark.parametrize("ending", ["", "()"])
def test_all_privileges_come_with_their_depth(hand: Hand, ending: str) -> None:
    hand.allow(prvWriteLead=None, prvReadContact="Local")
    found = held(hand, f"Microsoft.Dynamics.CRM.RetrieveUserPrivileges{ending}")
    assert (found["prvCreateLead"], found["prvReadContact"]) == ("Global", "Local")
    assert "prvWriteLead" not in found


def test_one_privilege_is_asked_for_by_name(hand: Hand) -> None:
    assert held(hand, f"{BY_NAME}(PrivilegeName='prvWriteLead')") == {"prvWriteLead": "Global"}
    hand.allow(prvWriteLead=None)
    assert held(hand, f"{BY_NAME}(PrivilegeName='prvWriteLead')") == {}


def test_the_name_may_be_an_alias(hand: Hand) -> None:
    assert held(hand, f"{BY_NAME}(PrivilegeName=@p)?@p={quote(chr(39))}prvWriteLead{quote(chr(39))}")


def test_a_name_that_no_privilege_has_is_unknown(hand: Hand) -> None:
    user = hand.get("WhoAmI").get_json()["UserId"]
    assert code(hand.get(f"systemusers({user})/{BY_NAME}(PrivilegeName='prvFly')")) == (404, "0x80040217")
    assert code(hand.get(f"systemusers({user})/{BY_NAME}()")) == (400, "0x80060888")


def test_an_administrator_has_them_all(hand: Hand) -> None:
    found = held(hand, "Microsoft.Dynamics.CRM.RetrieveUserPrivileges", seed.ADMIN)
    assert {found["prvDeleteAccount"], found["prvMerge"]} == {"Global"}


def test_the_user_must_exist_and_be_readable(hand: Hand) -> None:
    path = "Microsoft.Dynamics.CRM.RetrieveUserPrivileges"
    assert code(hand.get(f"systemusers({NOBODY})/{path}")) == (404, "0x80040217")
    hand.allow(prvReadSystemUser=None)
    assert hand.get(f"systemusers({seed.ADMIN})/{path}").status_code == 403


def test_a_refusal_names_the_privilege_with_its_id(hand: Hand, admin: Hand) -> None:
    hand.allow(prvCreateLead=None)
    row_id = admin.find("privileges", "name eq 'prvCreateLead'", "privilegeid")[0]
    message = hand.send("POST", "leads", {"lastname": "x"}).get_json()["error"]["message"]
    assert f"is missing prvCreateLead privilege (Id={row_id}) on OTC=4 for entity 'lead'" in message
