"""The cast: Ada is in both systems, Ben only in Dynamics, Cleo only in ActiveCampaign, Dov is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sync.decide import decide
from sync.model import Change, Decision, Entity, Link
from sync.terms import Terms

ADA, BEN, CLEO, DOV = (f"{digit * 8}-0000-4000-8000-000000000001" for digit in "abcd")


@dataclass(frozen=True)
class Option:
    value: int
    label: str


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    type: str
    options: tuple[Option, ...] = ()


COLUMNS = (
    Column("lastname", "Last Name", "string"),
    Column("description", "Description", "memo"),
    Column("leadsourcecode", "Lead Source", "picklist", (Option(8, "Web"), Option(6, "Seminar"), Option(10, "Other"))),
    Column("statecode", "Status", "state", (Option(0, "Active"), Option(1, "Inactive"))),
    Column("ac_interests", "Interests", "multi_picklist", (Option(1, "Chess"), Option(9, "Tea"), Option(19, "Golf"))),
    Column("numberofchildren", "Children", "integer"),
    Column("creditlimit", "Credit Limit", "money"),
    Column("donotemail", "Do not allow Emails", "boolean"),
    Column("createdon", "Created On", "datetime"),
    Column("lastonholdtime", "Held", "datetime_floating"),
    Column("birthdate", "Birthday", "date"),
    Column("parentcustomerid", "Company", "customer"),
    Column("ownerid", "Owner", "owner"),
    Column("photo", "Photo", "image"),
)


@pytest.fixture(scope="session")
def columns() -> dict[str, Column]:
    return {column.name: column for column in COLUMNS}


@pytest.fixture
def ada() -> Callable[..., Change]:
    """Ada as she stands in Dynamics now."""

    def build(**differing: Any) -> Change:
        values = {"email": "Ada@contoso.example", "firstName": "Ada", "JOB_TITLE": "Engineer"}
        facts: dict[str, Any] = {"version": 20, "address": "ada@contoso.example", "values": values}
        return Change(Entity.CONTACT, ADA, **{**facts, **differing})

    return build


@pytest.fixture
def ada_link() -> Callable[..., Link]:
    """What was agreed on Ada when she was last delivered."""

    def build(**differing: Any) -> Link:
        agreed = {"email": "Ada@contoso.example", "firstName": "Ada", "JOB_TITLE": "Engineer"}
        tagged = ("[D365: Contact]", "[D365: Pushed from Dynamics]")
        facts: dict[str, Any] = {"address": "ada@contoso.example", "ac_id": 7, "agreed": agreed, "agreed_version": 10}
        return Link(1, Entity.CONTACT, ADA, **{**facts, "delivered": True, "tagged": tagged, **differing})

    return build


@pytest.fixture
def decided() -> Callable[..., Decision]:
    """Decides with the usual settings."""

    def run(change: Change, link: Link | None = None, **settings: Any) -> Decision:
        holder = settings.pop("holder", None)
        return decide(change, link, holder=holder, terms=Terms(**settings))

    return run
