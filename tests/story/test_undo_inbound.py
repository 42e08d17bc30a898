"""Undoing what a cycle wrote to Dynamics."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import CONTOSO, Story
from typer.testing import CliRunner

from cli.main import app
from engine.undo_records import Records
from engine.undo_side import Ready, There
from store import overwritten
from store.overwritten import Group
from sync import undo
from sync.errors import Overtaken
from sync.model import Direction, Entity

BOTH = {"direction": "both"}


def put_back(story: Story, cycle: int | None = None, status: int = 0) -> dict[str, dict[str, Any]]:
    """What came of `ac365 undo … --yes` for what was written to Dynamics, by entity."""
    number = cycle or story.last_cycle()["id"]
    ran = CliRunner().invoke(app, ["undo", str(number), "--yes", "--json"])
    assert ran.exit_code == status, (ran.exit_code, ran.stdout, ran.stderr)
    told = json.loads(ran.stdout)["entities"]
    return {one["entity"]: one for one in told if one["direction"] == "inbound"}


@pytest.fixture
def edited(story: Story) -> Story:
    """A mass edit in ActiveCampaign travelled to Dynamics, where Ada had no telephone."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account(websiteurl="https://contoso.example")
    story.crowd(12, jobtitle="Director")
    story.contact(ADA, ADA_AT, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    crowd = [f"person{n}@example.com" for n in range(1, 13)]
    story.edit_there(*crowd, ADA_AT, fields={"JOB_TITLE": "CTO"})
    story.edit_there(ADA_AT, set={"phone": "+44 2"})
    story.edit_there(BEN_AT, set={"firstName": "Benjamin"})
    story.edit_account_there("Contoso", set={"accountUrl": "https://other.example"})
    story.sync()
    return story


def test_former_values_are_back_in_dynamics_and_what_was_empty_is_empty(edited: Story) -> None:
    found = put_back(edited)
    assert {name: one["put_back"]["records"] for name, one in found.items()} == {"account": 1, "contact": 13, "lead": 1}
    assert {edited.row("contact", one)["jobtitle"] for one in edited.ids} == {"Director"}
    ada = edited.row("contact", ADA)
    assert (ada["jobtitle"], ada["telephone1"], edited.row("lead", BEN)["firstname"]) == ("Countess", None, "Ben")
    assert edited.row("account", CONTOSO)["websiteurl"] == "https://contoso.example"


def test_it_travels_to_activecampaign_and_then_both_sides_agree(edited: Story) -> None:
    put_back(edited)
    edited.sync()
    edited.sync()
    assert {edited.ac.values_of(f"person{n}@example.com")["JOB_TITLE"] for n in range(1, 13)} == {"Director"}
    assert edited.person(ADA_AT).phone == ""
    edited.verify()
    edited.forget_requests()
    edited.sync()
    edited.ac.settle()
    assert not edited.ac.stats.as_json()["writes"]
    assert not edited.crm.stats.as_json()["write_requests"]


def test_a_newer_edit_of_a_person_stays(edited: Story) -> None:
    edited.edit("contact", ADA, jobtitle="Queen")
    found = put_back(edited)["contact"]
    assert found["left_alone"] == [{"reason": undo.CHANGED, "values": 1}]
    ada = edited.row("contact", ADA)
    assert (ada["jobtitle"], ada["telephone1"]) == ("Queen", None)


def test_an_edit_between_the_look_and_the_write_stays(edited: Story) -> None:
    group = Group(edited.last_cycle()["id"], Entity.CONTACT, Direction.INBOUND)
    side = Records(edited.context, group)
    with edited.transaction() as tx:
        kept = [one for one in overwritten.page(tx, group, None, 250) if one.record_id == ADA]
    there = side.look(kept)[ADA]
    assert isinstance(there, There)
    edited.edit("contact", ADA, jobtitle="Queen")
    ((_, error),) = side.write([Ready(kept[0], there, {"JOB_TITLE": "Countess"})])
    assert isinstance(error, Overtaken)
    assert edited.row("contact", ADA)["jobtitle"] == "Queen"


def test_who_is_inactive_or_unlinked_by_now_is_left_alone(edited: Story) -> None:
    cycle = edited.last_cycle()["id"]
    edited.edit("contact", ADA, statecode=1, statuscode=2)
    edited.delete("lead", BEN)
    edited.sync(Entity.LEAD)
    found = put_back(edited, cycle)
    assert [one["reason"].split(",")[0] for one in found["contact"]["left_alone"]] == ["inactive in Dynamics"]
    assert [one["reason"] for one in found["lead"]["left_alone"]] == ["its link has ended since"]


def test_where_only_activecampaign_speaks_what_dynamics_held_comes_back(story: Story) -> None:
    story.configure(contact={"direction": "both"})
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.sync(Entity.CONTACT)
    story.configure(contact={"direction": "inbound"})
    story.edit("contact", ADA, jobtitle="Her own")
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": "CTO"})
    story.sync(Entity.CONTACT)
    assert story.row("contact", ADA)["jobtitle"] == "CTO"
    put_back(story)
    assert story.row("contact", ADA)["jobtitle"] == "Her own"
