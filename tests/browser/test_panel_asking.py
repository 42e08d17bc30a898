"""What a salesperson asks for in the panel: once, after reading what will happen, and with an answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route
from support.cast import ADA, ADA_AT
from support.companion import answer, asked
from support.dynamics_hand import Hand
from support.panel_story import play
from support.panel_visit import PanelVisit

from mapping.companion import Ask, State
from simulators.dynamics import seed
from simulators.dynamics.state import Dynamics

READ_MS = 600
"""Whoever confirms sooner has not read what will happen."""


@pytest.fixture
def at_ada(seller: PanelVisit, admin: Hand, crm: Dynamics) -> PanelVisit:
    """Noor at Ada's form."""
    play(crm)
    seller.open_record("contact", ADA)
    seller.shows("Opened: Spring offer")
    return seller


def pick(visit: PanelVisit, press: str, choice: str) -> None:
    visit.button(press).click()
    visit.panel.get_by_label(choice).check()
    visit.button("Continue").click()


def confirm(visit: PanelVisit, words: str) -> None:
    visit.page.wait_for_timeout(READ_MS)
    visit.button(words).click()


def the_one(admin: Hand) -> dict[str, Any]:
    (found,) = asked(admin)
    return found


def test_a_campaign_is_sent_after_a_preview_that_names_the_person(at_ada: PanelVisit, admin: Hand) -> None:
    at_ada.button("Send campaign").click()
    at_ada.shows("Price list")
    at_ada.look_at_panel("panel-pick", full=False)
    at_ada.panel.get_by_label("Spring offer").check()
    at_ada.button("Continue").click()
    for part in ("Send “Spring offer” to Ada Byron?", ADA_AT, "Until the end of the month.", "sales@contoso.example"):
        at_ada.shows(part)
    at_ada.look_at_panel("panel-confirm", full=False)
    assert asked(admin) == []
    confirm(at_ada, "Send")
    at_ada.shows("It is picked up within seconds.")
    row = the_one(admin)
    assert (row["ac365_kind"], row["ac365_target"], row["ac365_state"]) == (
        Ask.SEND_CAMPAIGN,
        "campaign:123",
        State.ASKED,
    )
    assert (row["_ac365_contactid_value"], row["_createdby_value"]) == (ADA, seed.SELLER)
    assert row["ac365_name"] == "Spring offer"


def test_a_double_click_asks_once(at_ada: PanelVisit, admin: Hand) -> None:
    at_ada.button("Send campaign").click()
    at_ada.panel.get_by_label("Spring offer").check()
    at_ada.button("Continue").dblclick()
    at_ada.page.wait_for_timeout(READ_MS)
    assert asked(admin) == []
    at_ada.button("Send").dblclick()
    at_ada.shows("It is picked up within seconds.")
    assert the_one(admin)["ac365_target"] == "campaign:123"


def test_with_the_keyboard_alone_and_a_double_enter_it_asks_once(at_ada: PanelVisit, admin: Hand) -> None:
    keys = at_ada.page.keyboard
    at_ada.button("Add to automation").focus()
    keys.press("Enter")
    at_ada.panel.get_by_role("searchbox").wait_for()
    keys.type("event")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    keys.press("Enter")
    at_ada.shows("Add Ada Byron to “Event follow-up”?")
    at_ada.page.wait_for_timeout(READ_MS)
    assert asked(admin) == []
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    keys.press("Enter")
    at_ada.shows("It is picked up within seconds.")
    assert the_one(admin)["ac365_target"] == "automation:43"


@pytest.mark.parametrize(
    ("state", "badge", "words"),
    [
        (State.DONE, "Done", "Ada Byron is in Event follow-up now."),
        (State.REFUSED, "Refused", "She unsubscribed on 3 May."),
        (State.FAILED, "Failed", "It did not work. You can ask again."),
        (State.UNCONFIRMED, "Not confirmed", "Look at the activity before you ask again."),
    ],
)
def test_the_answer_shows_by_itself(at_ada: PanelVisit, admin: Hand, state: State, badge: str, words: str) -> None:
    pick(at_ada, "Add to automation", "Event follow-up")
    confirm(at_ada, "Add")
    at_ada.shows("Waiting")
    answer(admin, the_one(admin)["ac365_requestid"], State.WORKING)
    at_ada.shows("In progress")
    told = words if state in (State.DONE, State.REFUSED) else ""
    answer(admin, the_one(admin)["ac365_requestid"], state, told)
    at_ada.shows(badge)
    at_ada.shows(words)


def test_a_choice_no_longer_offered_can_not_be_picked(at_ada: PanelVisit) -> None:
    at_ada.button("Add to automation").click()
    at_ada.shows("already in it")
    at_ada.lacks("Old habits")
    at_ada.panel.get_by_role("searchbox").fill("nothing like it")
    at_ada.shows("Nothing is called like this.")
    at_ada.page.keyboard.press("Escape")
    at_ada.lacks("Nothing is called like this.")


def test_somebody_is_removed_from_a_running_automation(at_ada: PanelVisit, admin: Hand) -> None:
    at_ada.shows("Running since")
    at_ada.button("Remove from Product news").click()
    at_ada.shows("Remove Ada Byron from “Product news”?")
    confirm(at_ada, "Remove")
    at_ada.shows("Remove from automation")
    row = the_one(admin)
    assert (row["ac365_kind"], row["ac365_target"]) == (Ask.REMOVE_FROM_AUTOMATION, "automation:42")
    assert at_ada.button("Remove from Product news").is_disabled()
    answer(admin, row["ac365_requestid"], State.DONE, "Removed.")
    at_ada.shows("Removed today")
    at_ada.lacks("Running since")
    at_ada.look_at_panel("panel-answered")


def test_an_answer_that_was_lost_is_asked_for_again_as_the_same_request(at_ada: PanelVisit, admin: Hand) -> None:
    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    pick(at_ada, "Send campaign", "Spring offer")
    at_ada.page.route("**/api/data/**/ac365_requests*", lose)
    confirm(at_ada, "Send")
    at_ada.shows("it is not sure that your request arrived")
    at_ada.page.unroute_all()
    at_ada.button("Try again").click()
    at_ada.shows("It is picked up within seconds.")
    assert the_one(admin)["ac365_target"] == "campaign:123"
    at_ada.faults[:] = [one for one in at_ada.faults if "ERR_FAILED" not in one and "412" not in one]
