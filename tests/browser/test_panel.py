"""What a salesperson sees on the form of a lead or contact."""

from __future__ import annotations

import pytest
from support.cast import ADA, BEN
from support.companion import happened
from support.dynamics_hand import Hand
from support.panel_story import LINK, before, play
from support.panel_visit import PanelVisit

from mapping.companion import Kind
from mapping.companion_definitions import relationship_name
from mapping.companion_tables import ACTIVITY
from simulators.dynamics.state import Dynamics

OPENED_BY_HER = "Opened: Spring offer"


@pytest.fixture
def history(admin: Hand, crm: Dynamics) -> None:
    play(crm)


def forgive_lost_connections(visit: PanelVisit) -> None:
    """The browser reports a connection that a test cut off as an error of the page."""
    visit.faults[:] = [one for one in visit.faults if "ERR_FAILED" not in one]


def test_activities_of_this_person_and_of_nobody_else_newest_first(seller: PanelVisit, history: None) -> None:
    seller.open_record("contact", ADA)
    seller.shows("Last activity: today")
    seller.lacks("Ben's own letter")
    told = seller.happened()
    assert (len(told), told[0], told[-1]) == (11, "Replied to: Spring offer", "Entered automation: Welcome series")
    seller.shows("Reason: Mailbox full (soft bounce)")
    seller.shows("by a machine (privacy proxy)")
    seller.look_at_panel("panel")


def test_only_addresses_of_the_web_become_links(seller: PanelVisit, history: None, crm: Dynamics) -> None:
    happened(crm, Kind.CLICKED, before(3), "Trap", detail="javascript:alert(1)")
    seller.open_record("contact", ADA)
    seller.shows("javascript:alert(1)")
    link = seller.panel.get_by_role("link")
    assert link.count() == 1
    assert (link.get_attribute("href"), link.get_attribute("rel")) == (LINK, "noopener noreferrer")
    assert link.locator("b").inner_text() == "www.contoso.example"


def test_kinds_and_machines_are_filtered(seller: PanelVisit, history: None) -> None:
    seller.open_record("contact", ADA)
    seller.button("Opened 2").click()
    seller.panel.get_by_text("Clicked in").wait_for(state="hidden")
    assert seller.happened() == [OPENED_BY_HER, OPENED_BY_HER]
    seller.panel.get_by_label("Hide what machines did").check()
    seller.button("Opened 1").wait_for()
    seller.panel.get_by_text("by a machine").wait_for(state="hidden")
    assert seller.happened() == [OPENED_BY_HER]
    seller.button("All 10").click()
    seller.shows("Sent: Spring offer")
    assert len(seller.happened()) == 10


def test_older_ones_come_on_demand_each_once(seller: PanelVisit, admin: Hand, crm: Dynamics) -> None:
    for number in range(120):
        happened(crm, Kind.SENT, before(number // 10), f"Letter {number:03}")
    seller.open_record("contact", ADA)
    seller.shows("All 120")
    assert len(seller.happened()) == 50
    seller.page.route("**/api/data/**", lambda route: route.abort())
    seller.button("Show older").click()
    seller.panel.get_by_role("button", name="Dynamics can't be reached").wait_for()
    seller.page.unroute_all()
    seller.panel.get_by_role("button", name="Show older again").click()
    seller.shows("Letter 099")
    seller.button("Show older").click()
    seller.shows("Letter 119")
    assert len(set(seller.happened())) == 120
    assert not seller.button("Show older").is_visible()
    forgive_lost_connections(seller)


def test_without_activities_it_says_what_to_expect(seller: PanelVisit, admin: Hand) -> None:
    seller.open_record("contact", ADA)
    seller.shows("What this person receives from ActiveCampaign and does with it appears here")
    seller.shows("No activity yet")
    seller.look_at_panel("panel-empty", keep=False)


def test_a_kind_the_panel_does_not_know_bears_its_name(seller: PanelVisit, admin: Hand, crm: Dynamics) -> None:
    happened(crm, 365009999, before(1), "", name="Won a prize")
    seller.open_record("contact", ADA)
    seller.shows("Won a prize")
    seller.shows("Other 1")


def test_texts_of_rows_never_become_markup(seller: PanelVisit, admin: Hand, crm: Dynamics) -> None:
    happened(crm, Kind.SENT, before(1), "<img src=x onerror=alert(1)>", subject="<script>alert(1)</script>")
    seller.open_record("contact", ADA)
    seller.shows("Sent: <img src=x onerror=alert(1)>")
    assert seller.panel.locator("#days img, #days script").count() == 0


def test_who_opted_out_is_sent_nothing(seller: PanelVisit, history: None) -> None:
    seller.open_record("lead", BEN)
    seller.shows("Opted out of e-mail: nothing can be sent")
    seller.shows("Opened: Ben's own letter")
    assert seller.button("Send campaign").is_disabled()
    assert seller.button("Add to automation").is_disabled()
    seller.look_at_panel("panel-opted-out")


def test_a_record_not_yet_saved_has_to_be(seller: PanelVisit, admin: Hand, crm: Dynamics) -> None:
    seller.open_record("contact")
    seller.shows("Save this record first")


def test_where_ac365_is_not_installed_it_says_so(seller: PanelVisit, admin: Hand) -> None:
    for name in (relationship_name(ACTIVITY, one) for one in ACTIVITY.columns if one.target):
        assert admin.send("DELETE", f"RelationshipDefinitions(SchemaName='{name}')").status_code == 204
    assert admin.send("DELETE", f"EntityDefinitions(LogicalName='{ACTIVITY.logical}')").status_code == 204
    seller.open_record("contact", ADA)
    seller.shows("ac365 is not installed here")


def test_a_lost_connection_is_told_and_tried_again(seller: PanelVisit, history: None) -> None:
    seller.page.route("**/api/data/**", lambda route: route.abort())
    seller.open_record("contact", ADA)
    seller.shows("Dynamics can't be reached")
    seller.page.unroute_all()
    seller.button("Try again").click()
    seller.shows(OPENED_BY_HER)
    forgive_lost_connections(seller)


def test_a_tab_that_opens_again_has_the_panel_again(seller: PanelVisit, history: None) -> None:
    seller.open_record("contact", ADA)
    seller.shows(OPENED_BY_HER)
    seller.page.get_by_role("tab").first.click()
    seller.page.get_by_role("tab", name="ActiveCampaign").click()
    seller.shows(OPENED_BY_HER)
