"""Dynamics decides who sees and asks: the panel only says it in plain words."""

from __future__ import annotations

import pytest
from support.cast import ADA
from support.companion import PIA, PIA_ID, allow, asked, give
from support.dynamics_hand import Hand
from support.panel_story import play
from support.panel_visit import PanelVisit

from mapping.companion import Ask, State
from mapping.companion_tables import ACTIVITY, CHOICE, REQUEST
from simulators.dynamics.state import Dynamics

WISH = {
    "ac365_name": "Event follow-up", "ac365_kind": int(Ask.ADD_TO_AUTOMATION), "ac365_target": "automation:43",
    "ac365_state": int(State.ASKED), "ac365_ContactId@odata.bind": f"/contacts({ADA})",
}  # fmt: skip


@pytest.fixture
def told(admin: Hand, crm: Dynamics) -> None:
    play(crm)


def test_without_the_role_nothing_is_possible_in_the_panel_and_past_it(
    seller: PanelVisit, told: None, admin: Hand
) -> None:
    seller.sign_in_as(PIA)
    seller.open_record("contact", ADA)
    seller.shows("The role ActiveCampaign User is missing. Ask your Dynamics administrator for it.")
    seller.lacks("Spring offer")
    assert not seller.button("Add to automation").is_visible()
    seller.look_at_panel("panel-no-role")
    assert seller.calls("GET", ACTIVITY.set) == 403
    assert seller.calls("GET", CHOICE.set) == 403
    assert seller.calls("POST", REQUEST.set, WISH) == 403
    assert asked(admin) == []


def test_who_may_ask_can_neither_answer_nor_withdraw_nor_invent_activities(
    seller: PanelVisit, told: None, admin: Hand
) -> None:
    seller.open_record("contact", ADA)
    seller.shows("Spring offer")
    assert seller.calls("POST", REQUEST.set, WISH) == 204
    (row,) = asked(admin)
    own = f"{REQUEST.set}({row['ac365_requestid']})"
    assert seller.calls("PATCH", own, {"ac365_state": int(State.DONE)}) == 403
    assert seller.calls("DELETE", own) == 403
    assert seller.calls("POST", ACTIVITY.set, {"ac365_name": "Bought everything"}) == 403
    assert asked(admin)[0]["ac365_state"] == State.ASKED


def test_requests_of_others_are_not_seen(seller: PanelVisit, told: None, admin: Hand) -> None:
    made = admin.send("POST", REQUEST.set, {**WISH, "ac365_name": "Somebody else's"})
    assert made.status_code == 204
    seller.open_record("contact", ADA)
    seller.shows("Spring offer")
    seller.lacks("Somebody else's")


def test_who_may_only_read_is_told_so_and_offered_nothing(seller: PanelVisit, told: None, crm: Dynamics) -> None:
    allow(crm, "Reader of activities", (f"prvRead{ACTIVITY.schema}", "Global"))
    give(crm, PIA_ID, "Reader of activities")
    seller.sign_in_as(PIA)
    seller.open_record("contact", ADA)
    seller.shows("Opened: Spring offer")
    seller.shows("You may look, but not ask for anything")
    for words in ("Add to automation", "Send campaign", "Remove from Product news"):
        assert not seller.button(words).is_visible()


def test_a_request_that_dynamics_refuses_is_explained(
    seller: PanelVisit, told: None, crm: Dynamics, admin: Hand
) -> None:
    reads = [(f"prvRead{table.schema}", "Global") for table in (ACTIVITY, CHOICE)]
    allow(crm, "Curious", *reads, (f"prvRead{REQUEST.schema}", "Basic"))
    give(crm, PIA_ID, "Curious")
    seller.sign_in_as(PIA)
    seller.open_record("contact", ADA)
    seller.button("Add to automation").click()
    seller.panel.get_by_label("Event follow-up").check()
    seller.button("Continue").click()
    seller.page.wait_for_timeout(600)
    seller.button("Add").click()
    seller.shows("You may not ask for this.")
    assert asked(admin) == []
