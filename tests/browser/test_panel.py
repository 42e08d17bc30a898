"""The panel on the form of a lead or contact, as a salesperson uses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.cast import ADA, BEN
from support.companion import happened, offer
from support.dynamics_hand import Hand
from support.panel_visit import PanelVisit

from mapping.companion import Kind, Offer
from simulators.dynamics.state import Dynamics

NOW = datetime.now(UTC).replace(hour=9, minute=30, second=0)
SPRING = {"source": "Spring offer", "sourceid": "7", "subject": "Three weeks left for the spring price"}


@pytest.fixture
def history(admin: Hand, crm: Dynamics) -> None:
    """What Ada received and did in the last days, and one thing that Ben did."""
    days = [NOW - timedelta(days=ago) for ago in range(40)]
    happened(crm, Kind.AUTOMATION_COMPLETED, days[30], "Welcome series", sourceid="3", enrolmentid="30")
    happened(crm, Kind.AUTOMATION_ENTERED, days[38], "Welcome series", sourceid="3", enrolmentid="30")
    happened(crm, Kind.AUTOMATION_ENTERED, days[6], "Product news", sourceid="42", enrolmentid="88")
    happened(crm, Kind.SUBSCRIBED, days[38], "Newsletter")
    happened(crm, Kind.SENT, days[2], **SPRING)
    happened(crm, Kind.OPENED, days[2] + timedelta(seconds=4), **SPRING, machine=1)
    happened(crm, Kind.OPENED, days[1], **SPRING)
    happened(crm, Kind.CLICKED, days[1] + timedelta(minutes=2), **SPRING, detail="https://www.contoso.example/spring/prices?ref=7")
    happened(crm, Kind.REPLIED, days[0], **SPRING)
    happened(crm, Kind.BOUNCED, days[9], "Winter offer", detail="Mailbox full (soft bounce)")
    happened(crm, Kind.OTHER, days[5], "Visited the price list", detail="javascript:alert(1)")
    happened(crm, Kind.OPENED, days[1], "Ben's own letter", lead=BEN)
    offer(crm, Offer.AUTOMATION, "automation:42", "Product news")
    offer(crm, Offer.AUTOMATION, "automation:43", "Event follow-up")
    offer(crm, Offer.CAMPAIGN, "campaign:123", "Spring offer", subject=SPRING["subject"], sender="Contoso Sales <sales@contoso.example>",
          preheader="Until the end of the month.")  # fmt: skip
    offer(crm, Offer.CAMPAIGN, "mailing:9", "Price list", subject="The price list you asked for", sender="Contoso Sales <sales@contoso.example>")


def test_activities_of_this_person_and_of_nobody_else(seller: PanelVisit, history: None) -> None:
    seller.open_record("contact", ADA)
    seller.shows("Opened: Spring offer")
    seller.lacks("Ben's own letter")
    seller.look_at_panel("panel")
