"""The way back: what somebody changes in ActiveCampaign arrives in Dynamics, and nothing else does."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT
from support.story import CONTOSO, FABRIKAM, Story

from sync.model import Entity

BOTH = {"direction": "both"}


@pytest.fixture
def both(story: Story) -> Story:
    """Ada is a contact and Ben a lead, on both sides; everything travels both ways."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    return story


def test_a_changed_field_arrives_in_dynamics(both: Story) -> None:
    both.edit_there(ADA_AT, set={"phone": "+44 1"}, fields={"JOB_TITLE": "Engineer"})
    counts = both.sync()
    assert counts["contact inbound"]["updated"] == 1
    row = both.row("contact", ADA)
    assert (row["telephone1"], row["jobtitle"], row["firstname"]) == ("+44 1", "Engineer", "Ada")
    both.verify()


def test_a_lead_takes_changes_from_the_same_reading(both: Story) -> None:
    both.edit_there(BEN_AT, set={"phone": "+44 2"})
    counts = both.sync()
    assert counts["lead inbound"]["updated"] == 1
    assert both.row("lead", BEN)["telephone1"] == "+44 2"


def test_nothing_echoes(both: Story) -> None:
    both.edit_there(ADA_AT, set={"phone": "+44 1"})
    both.sync()
    for _ in range(2):
        both.forget_requests()
        both.sync()
        assert not [route for route in both.routes() if not route.startswith("GET") and "token" not in route], (
            both.routes()
        )


def test_a_stranger_stays_a_stranger(both: Story) -> None:
    both.edit_there(CLEO_AT, create=True, set={"firstName": "Cleo"})
    both.sync()
    assert len(both.rows("contact")) == 1
    assert both.link(Entity.CONTACT, ADA) is not None


def test_a_tag_of_somebody_s_own_writes_nothing(both: Story) -> None:
    before = both.row("contact", ADA)["versionnumber"]
    both.edit_there(ADA_AT, tags={"add": ["vip"]})
    both.sync()
    assert both.row("contact", ADA)["versionnumber"] == before


def test_many_changes_travel_in_bulk(both: Story) -> None:
    both.crowd(30)
    both.sync()
    both.edit_there(*(f"person{n}@example.com" for n in range(1, 31)), fields={"JOB_TITLE": "Engineer"})
    both.forget_requests()
    assert both.sync()["contact inbound"]["updated"] == 30
    assert {both.row("contact", one)["jobtitle"] for one in both.ids} == {"Engineer"}
    assert both.crm.stats.as_json()["write_requests"] == 1


@pytest.mark.parametrize(("tag", "table"), [("[D365: Contact]", "contact"), ("[D365: Lead]", "lead")])
def test_a_pair_of_tags_makes_a_record(both: Story, tag: str, table: str) -> None:
    both.edit_there(
        CLEO_AT,
        create=True,
        set={"firstName": "Cleo", "lastName": "Patra"},
        tags={"add": [tag, "[D365: Pulled from ActiveCampaign]"]},
    )
    assert both.sync()[f"{table} inbound"]["created"] == 1
    made = [row for row in both.rows(table) if row["emailaddress1"] == CLEO_AT]
    assert [(row["firstname"], row["lastname"]) for row in made] == [("Cleo", "Patra")]
    both.sync()
    both.verify()
    assert len([row for row in both.rows(table) if row["emailaddress1"] == CLEO_AT]) == 1


def test_an_account_of_activecampaign_is_made_in_dynamics(both: Story) -> None:
    both.edit_account_there("Fabrikam", create=True, set={"accountUrl": "https://fabrikam.example"})
    assert both.sync()["account inbound"]["created"] == 1
    assert {row["name"] for row in both.rows("account")} == {"Contoso", "Fabrikam"}
    both.sync()
    both.verify()


def test_an_account_renamed_there_is_renamed_here(both: Story) -> None:
    both.edit_account_there("Contoso", set={"name": "Contoso Ltd"})
    both.sync()
    assert both.row("account", CONTOSO)["name"] == "Contoso Ltd"
    both.verify()


def test_a_new_address_there_is_the_address_here(both: Story) -> None:
    both.edit_there(ADA_AT, set={"email": "countess@example.com"})
    both.sync()
    assert both.row("contact", ADA)["emailaddress1"] == "countess@example.com"
    assert len(both.ac.contacts) == 2
    both.verify()


def test_an_account_with_the_same_name_is_matched(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account(FABRIKAM, "Fabrikam")
    story.edit_account_there("Fabrikam", create=True)
    story.sync()
    assert len(story.rows("account")) == 1
    story.sync()
    story.verify()
