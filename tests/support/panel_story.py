"""What Ada and Ben received and did, and what may be picked for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.cast import BEN
from support.companion import happened, offer

from mapping.companion import Kind, Offer
from simulators.dynamics.state import Dynamics

NOW = datetime.now(UTC).replace(hour=9, minute=30, second=0)
SENDER = "Contoso Sales <sales@contoso.example>"
SPRING = {"source": "Spring offer", "sourceid": "7", "subject": "Three weeks left for the spring price"}
LINK = "https://www.contoso.example/spring/prices?ref=7"


def before(days: int, minutes: int = 0) -> datetime:
    return NOW - timedelta(days=days) + timedelta(minutes=minutes)


def play(crm: Dynamics) -> None:
    """Eleven activities of Ada, one of Ben; two automations and two campaigns are offered, one is no more."""
    happened(crm, Kind.AUTOMATION_ENTERED, before(38), "Welcome series", sourceid="3", enrolmentid="30")
    happened(crm, Kind.SUBSCRIBED, before(38, minutes=5), "Newsletter")
    happened(crm, Kind.AUTOMATION_COMPLETED, before(30), "Welcome series", sourceid="3", enrolmentid="30")
    happened(crm, Kind.BOUNCED, before(9), "Winter offer", detail="Mailbox full (soft bounce)")
    happened(crm, Kind.AUTOMATION_ENTERED, before(6), "Product news", sourceid="42", enrolmentid="88")
    happened(crm, Kind.OTHER, before(5), "Visited the price list", detail="www.contoso.example/prices")
    happened(crm, Kind.SENT, before(2), **SPRING)
    happened(crm, Kind.OPENED, before(2, minutes=1), **SPRING, machine=1)
    happened(crm, Kind.OPENED, before(1), **SPRING)
    happened(crm, Kind.CLICKED, before(1, minutes=2), **SPRING, detail=LINK)
    happened(crm, Kind.REPLIED, before(0), **SPRING)
    happened(crm, Kind.OPENED, before(1), "Ben's own letter", lead=BEN)
    offer(crm, Offer.AUTOMATION, "automation:42", "Product news")
    offer(crm, Offer.AUTOMATION, "automation:43", "Event follow-up")
    offer(crm, Offer.AUTOMATION, "automation:44", "Old habits", offered=0)
    spring = {"subject": SPRING["subject"], "sender": SENDER, "preheader": "Until the end of the month."}
    offer(crm, Offer.CAMPAIGN, "campaign:123", "Spring offer", **spring)
    offer(crm, Offer.CAMPAIGN, "mailing:9", "Price list", subject="The price list you asked for", sender=SENDER)
