"""`ac365 verify --repair`: what is wrong is queued and comes right, what is explained is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT
from support.compared import compared, repaired, told
from support.story import CONTOSO, FABRIKAM, Story

from engine import caution
from engine.accounts import ID_FIELD
from sync import tags
from sync.decide import REMOVED
from sync.model import Entity, Lane

BOTH = {"direction": "both"}


def begun(story: Story, **contact: Any) -> Story:
    story.configure(account=BOTH, contact={**BOTH, **contact}, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.sync()
    return story


def job(**settings: Any) -> dict[str, Any]:
    return {"standard": {"jobtitle": settings}}


def titles(story: Story) -> tuple[Any, Any]:
    """Ada's job title in Dynamics and in ActiveCampaign."""
    return story.row("contact", ADA)["jobtitle"], story.ac.values_of(ADA_AT).get("JOB_TITLE")


def clean(story: Story) -> None:
    assert story.verify().differences == []


def test_an_outbound_field_changed_there_gets_dynamics_value_back(story: Story) -> None:
    begun(story, **job(direction="outbound"))
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    assert repaired(story) == {"records": 1, "dynamics": 1, "activecampaign": 0}
    assert titles(story) == ("Countess", "Countess")
    clean(story)


def test_an_outbound_field_filled_there_and_empty_here_is_emptied_again(story: Story) -> None:
    begun(story, **job(direction="outbound"))
    story.edit("contact", ADA, jobtitle=None)
    repaired(story)
    assert titles(story)[1] in ("", None)
    clean(story)


def test_a_one_way_sync_is_repaired_too(story: Story) -> None:
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.sync()
    story.edit_there(ADA_AT, set={"lastName": "Lovelace"}, fields={"JOB_TITLE": ""})
    repaired(story)
    assert (story.person(ADA_AT).last, titles(story)[1]) == ("Byron", "Countess")
    clean(story)


def test_an_inbound_field_changed_here_gets_activecampaigns_value_back(story: Story) -> None:
    begun(story, **job(direction="inbound"))
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    story.sync()
    story.edit("contact", ADA, jobtitle="Programmer")
    story.sync()
    assert repaired(story) == {"records": 1, "dynamics": 0, "activecampaign": 1}
    assert titles(story) == ("Engineer", "Engineer")
    clean(story)


def test_a_change_that_nobody_has_read_yet_is_not_lost(story: Story) -> None:
    begun(story)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    story.edit("contact", ADA, firstname="Augusta")
    repaired(story)
    assert titles(story) == ("Engineer", "Engineer")
    assert story.person(ADA_AT).first == "Augusta"
    clean(story)


@pytest.mark.parametrize(("policy", "first"), [("dynamics_wins", "Ada"), ("activecampaign_wins", "Eda")])
def test_of_a_value_that_never_got_there_the_policy_decides(story: Story, policy: str, first: str) -> None:
    """ActiveCampaign holds another value than it was given, and nobody has changed it since."""
    begun(story, conflict=policy)
    contact = story.ac.contact(ADA_AT)
    contact.first, contact.udate = "Eda", contact.udate - 60
    repaired(story)
    assert (story.row("contact", ADA)["firstname"], story.person(ADA_AT).first) == (first, first)


def test_both_sides_changed_apart_is_settled_as_any_conflict(story: Story) -> None:
    begun(story, conflict="ask")
    story.edit("contact", ADA, jobtitle="Engineer")
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "Admiral"})
    repaired(story)
    assert story.link(Entity.CONTACT, ADA).parked == ("JOB_TITLE",)
    assert story.verify().agrees


def test_a_missing_person_is_brought(story: Story) -> None:
    begun(story)
    story.lead(BEN, BEN_AT)
    assert repaired(story)["dynamics"] == 1
    assert story.person(BEN_AT) is not None
    clean(story)


def test_what_a_person_rejected_comes_by_repair(story: Story) -> None:
    begun(story)
    story.configure(guards={"changes": 0, "from": 0})
    story.edit("contact", ADA, jobtitle="Engineer")
    story.sync(state="stopped")
    with story.transaction() as tx:
        caution.reject(tx, story.pump.connection_id, story.last_cycle()["id"], "test")
    repaired(story)
    assert titles(story) == ("Engineer", "Engineer")


def test_a_request_and_an_account_are_made_in_dynamics(story: Story) -> None:
    begun(story)
    story.edit_there(CLEO_AT, create=True, set={"lastName": "Patra"}, tags={"add": [tags.LEAD, tags.PULLED]})
    story.edit_account_there("Fabrikam", create=True)
    assert repaired(story) == {"records": 2, "dynamics": 0, "activecampaign": 2}
    assert [row["emailaddress1"] for row in story.rows("lead")] == [CLEO_AT]
    assert {row["name"] for row in story.rows("account")} == {"Contoso", "Fabrikam"}
    clean(story)


@pytest.mark.parametrize("direction", ["both", "outbound"])
def test_a_contact_that_somebody_deleted_is_not_made_again(story: Story, direction: str) -> None:
    begun(story)
    story.configure(contact={"direction": direction})
    story.edit_there(ADA_AT, delete=True)
    assert repaired(story)["activecampaign"] == 1
    assert story.person(ADA_AT) is None
    assert told(story.verify()) == {ADA: {"": REMOVED}}


def test_a_contact_that_is_gone_is_made_again_where_that_is_wished(story: Story) -> None:
    begun(story, on_removed="recreate")
    story.edit_there(ADA_AT, delete=True)
    repaired(story)
    assert story.person(ADA_AT) is not None
    clean(story)


def test_a_contact_that_was_never_seen_there_is_made_again(story: Story) -> None:
    begun(story)
    story.edit_there(ADA_AT, delete=True)
    with story.transaction() as tx:
        tx.execute("UPDATE links SET ac_id = NULL WHERE entity = 'contact'")
    repaired(story)
    assert story.person(ADA_AT) is not None
    clean(story)


def test_a_wrong_tag_is_taken_off_and_one_that_was_taken_off_stays_away(story: Story) -> None:
    begun(story)
    story.edit_there(ADA_AT, tags={"add": [tags.LEAD]})
    repaired(story)
    assert story.ac.tags_of(ADA_AT) == {tags.CONTACT, tags.PUSHED}
    story.edit_there(ADA_AT, tags={"remove": [tags.PUSHED]})
    assert repaired(story)["records"] == 0
    assert story.ac.tags_of(ADA_AT) == {tags.CONTACT}


def test_somebody_moved_to_another_account_there_moves_here(story: Story) -> None:
    begun(story)
    story.account(FABRIKAM, "Fabrikam")
    story.sync()
    client, number = story.context.activecampaign, story.person(ADA_AT).id
    link = client.account_of(number, lane=Lane.LIVE)
    client.move(link.id, number, story.link(Entity.ACCOUNT, FABRIKAM).ac_id, lane=Lane.LIVE)
    assert told(compared(story)) == {ADA: {"account": None}}
    repaired(story)
    assert story.row("contact", ADA)["parentcustomerid"] == FABRIKAM
    clean(story)


@pytest.mark.parametrize("relation", ["both", "outbound"])
def test_somebody_who_lost_the_account_there_belongs_to_it_again(story: Story, relation: str) -> None:
    begun(story, standard={"parentcustomerid": {"direction": relation}})
    client = story.context.activecampaign
    client.dissociate(client.account_of(story.person(ADA_AT).id, lane=Lane.LIVE).id, lane=Lane.LIVE)
    repaired(story)
    assert story.company_of(ADA_AT) == "Contoso"
    clean(story)


def test_an_account_gets_its_dynamics_id_back(story: Story) -> None:
    begun(story)
    story.edit_account_there("Contoso", fields={ID_FIELD: ""})
    repaired(story)
    clean(story)


def test_what_is_explained_is_not_queued(story: Story) -> None:
    begun(story, **job(on_empty="keep"))
    story.edit("contact", ADA, jobtitle=None)
    story.sync()
    assert repaired(story) == {"records": 0, "dynamics": 0, "activecampaign": 0}
