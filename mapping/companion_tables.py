"""The three tables that ac365 has in Dynamics, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from mapping import companion
from mapping.companion import Ask, Kind, Offer, State


@dataclass(frozen=True, slots=True)
class Column:
    """A column. schema: its logical name is the same in small letters; kind: String, Memo, Boolean, DateTime, Picklist
    or Lookup; length: of texts; options: of a choice; target: the table that a lookup leads to, under whose schema name
    it is bound."""

    schema: str
    kind: str
    label: str
    length: int | None = None
    options: type[IntEnum] | None = None
    target: str = ""

    @property
    def logical(self) -> str:
        """The name in queries and rows."""
        return self.schema.lower()


@dataclass(frozen=True, slots=True)
class Table:
    """A table. owned: by users, so that people may have rights on their own rows alone; tracked: its changes can be
    asked for; key: the column of its alternate key, "" for none. The primary column is `ac365_name`."""

    schema: str
    set: str
    label: str
    plural: str
    description: str
    columns: tuple[Column, ...]
    owned: bool = False
    tracked: bool = False
    key: str = ""

    @property
    def logical(self) -> str:
        """The name in queries."""
        return self.schema.lower()


NAME: Final = "ac365_Name"
NAME_LENGTH: Final = 400
_PERSON: Final = (
    Column("ac365_LeadId", "Lookup", "Lead", target="lead"),
    Column("ac365_ContactId", "Lookup", "Contact", target="contact"),
)

ACTIVITY: Final = Table(
    "ac365_Activity",
    companion.ACTIVITIES,
    "ActiveCampaign activity",
    "ActiveCampaign activities",
    "What a lead or contact received from ActiveCampaign, and did.",
    (
        Column("ac365_Kind", "Picklist", "Kind", options=Kind),
        Column("ac365_OccurredOn", "DateTime", "Occurred On"),
        # Of the campaign, automation or list that it comes from.
        Column("ac365_Source", "String", "Source", 400),
        Column("ac365_SourceId", "String", "Source Id", 20),
        Column("ac365_Subject", "String", "Subject", 400),
        # The link that was clicked, or why a mail bounced.
        Column("ac365_Detail", "Memo", "Detail", 2_000),
        Column("ac365_Machine", "Boolean", "By a Machine"),
        # Joins the two ends of one stay in an automation.
        Column("ac365_EnrolmentId", "String", "Enrolment Id", 20),
        Column("ac365_ActiveCampaignId", "String", "ActiveCampaign Contact Id", 20),
        Column("ac365_EventId", "String", "Event Id", 100),
        *_PERSON,
    ),
    key="ac365_eventid",
)

CHOICE: Final = Table(
    "ac365_Choice",
    companion.CHOICES,
    "ActiveCampaign choice",
    "ActiveCampaign choices",
    "An automation or campaign that may be picked on a lead or contact.",
    (
        Column("ac365_Kind", "Picklist", "Kind", options=Offer),
        # automation:42, mailing:42 or campaign:123.
        Column("ac365_Key", "String", "Key", 50),
        Column("ac365_Subject", "String", "Subject", 400),
        Column("ac365_Sender", "String", "Sender", 400),
        Column("ac365_Preheader", "String", "Preheader", 400),
        Column("ac365_Offered", "Boolean", "Offered"),
    ),
    key="ac365_key",
)

REQUEST: Final = Table(
    "ac365_Request",
    companion.REQUESTS,
    "ActiveCampaign request",
    "ActiveCampaign requests",
    "What somebody asked ActiveCampaign to do with a lead or contact, and what became of it.",
    (
        Column("ac365_Kind", "Picklist", "Kind", options=Ask),
        # The key of the choice; for a removal, automation:42 as well.
        Column("ac365_Target", "String", "Target", 50),
        Column("ac365_State", "Picklist", "State", options=State),
        Column("ac365_Answer", "Memo", "Answer", 2_000),
        Column("ac365_AnsweredOn", "DateTime", "Answered On"),
        *_PERSON,
    ),
    owned=True,
    tracked=True,
)

TABLES: Final = (ACTIVITY, CHOICE, REQUEST)
