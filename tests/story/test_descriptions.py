"""Option labels, and columns and fields that vanish after they were mapped."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import Story

from engine.check import meaning
from engine.metadata import load
from simulators.activecampaign.ops import values
from simulators.dynamics.metadata.changes import drop_column

EMAIL, WEB = 2, 8


def prefers(unknown: str, **more: Any) -> dict[str, Any]:
    """The preferred way of contact, whose labels the dropdown in ActiveCampaign doesn't have."""
    way = {"dynamics": "preferredcontactmethodcode", "activecampaign": "LEAD_SOURCE", "unknown_option": unknown}
    return {"fields": [way | more]}


def drop(story: Story, column: str) -> None:
    drop_column(story.crm, story.crm.catalog.tables["contact"], column)


def drop_field(story: Story, perstag: str) -> None:
    row = next(row for row in story.ac.fields if row["perstag"] == perstag)
    for contact in story.ac.contacts.rows.values():
        if row["id"] in contact.values:
            values.remove(story.ac, contact, row["id"])
    story.ac.fields.remove(row["id"])


def complaints(story: Story) -> list[str]:
    """What the check says about the mapping of contacts."""
    described = load(story.context.db, story.pump.connection_id)
    return [one.message for one in meaning(story.context.document, described) if not one.ok and "->" in one.what]


def test_an_option_travels_by_its_label(story: Story) -> None:
    story.lead(BEN, BEN_AT, leadsourcecode=WEB)
    story.sync()
    assert story.ac.values_of(BEN_AT)["LEAD_SOURCE"] == "Web"
    story.verify()


def test_an_unknown_option_is_left_out_and_said_so(story: Story) -> None:
    story.configure(contact=prefers("skip"))
    story.contact(ADA, ADA_AT, preferredcontactmethodcode=EMAIL, jobtitle="Countess")
    assert story.sync()["contact"] == {"created": 1}
    assert story.ac.values_of(ADA_AT) == {"JOB_TITLE": "Countess"}
    assert "LEAD_SOURCE was left out" in story.reasons("contact", ADA)[0]


def test_an_unknown_option_travels_as_text(story: Story) -> None:
    story.configure(contact=prefers("text"))
    story.contact(ADA, ADA_AT, preferredcontactmethodcode=EMAIL)
    story.sync()
    assert story.ac.values_of(ADA_AT)["LEAD_SOURCE"] == "Email"


def test_an_unknown_option_is_added_to_the_field(story: Story) -> None:
    story.configure(contact=prefers("add"))
    story.contact(ADA, ADA_AT, preferredcontactmethodcode=EMAIL)
    story.sync()
    assert "Email" in {row["value"] for row in story.ac.field_options}
    assert story.ac.values_of(ADA_AT)["LEAD_SOURCE"] == "Email"
    story.verify()


def test_an_option_is_translated_as_the_mapping_says(story: Story) -> None:
    story.configure(contact=prefers("skip", options={EMAIL: "Web"}))
    story.contact(ADA, ADA_AT, preferredcontactmethodcode=EMAIL)
    story.sync()
    assert story.ac.values_of(ADA_AT)["LEAD_SOURCE"] == "Web"


@pytest.fixture
def begun(story: Story) -> Story:
    story.contact(ADA, ADA_AT, jobtitle="Countess", mobilephone="+44 1")
    story.sync()
    return story


def test_a_column_that_vanished_is_left_out_and_the_record_travels(begun: Story) -> None:
    drop(begun, "jobtitle")
    begun.edit("contact", ADA, mobilephone="+44 2")
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.ac.values_of(ADA_AT) == {"JOB_TITLE": "Countess", "MOBILE_PHONE": "+44 2"}
    begun.verify()


def test_a_mapped_column_that_vanished_is_reported(begun: Story) -> None:
    own = {"dynamics": "nickname", "activecampaign": "COMPANY"}
    begun.configure(contact={"fields": [own]})
    begun.sync()
    assert complaints(begun) == []
    drop(begun, "nickname")
    begun.sync()
    assert len(complaints(begun)) == 1
    assert "nickname" in complaints(begun)[0]


def test_a_field_that_vanished_in_activecampaign_is_left_out(begun: Story) -> None:
    drop_field(begun, "JOB_TITLE")
    begun.refresh()
    begun.edit("contact", ADA, jobtitle="Engineer", mobilephone="+44 2")
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.ac.values_of(ADA_AT) == {"MOBILE_PHONE": "+44 2"}
    begun.verify()


def test_both_sides_are_described_anew_once_a_day(begun: Story) -> None:
    begun.forget_requests()
    begun.sync()
    assert "GET /api/3/fields" not in begun.routes()
    with begun.transaction() as tx:
        tx.execute("UPDATE snapshots SET taken_at = taken_at - interval '25 hours'")
    begun.sync()
    assert begun.routes()["GET /api/3/fields"] == 1
