"""The data configuration tried out on two real sides: counts, records, and a look ahead before anything is saved."""

from __future__ import annotations

from uuid import uuid4

import pytest
from support.browser import HASH, Browser
from support.story import Story

from console.app import make
from simulators.common.faults import Fault
from store import users
from sync.model import Entity

ADA, BEN = str(uuid4()), str(uuid4())


@pytest.fixture
def anna(story: Story) -> Browser:
    """An administrator in front of two sides: Ada is a nurse and was synced, Ben is not known there."""
    story.contact(ADA, "ada@contoso.example", firstname="Ada", jobtitle="Nurse")
    story.sync(Entity.CONTACT)
    story.contact(BEN, "ben@contoso.example", firstname="Ben", jobtitle="Cook")
    with story.transaction() as tx:
        users.add(tx, "anna", "Anna", "administrator", "test", password_hash=HASH)
    return Browser(make(story.pump.services, list).test_client()).sign_in("anna")


@pytest.fixture
def at(story: Story) -> str:
    return f"/c/{story.pump.connection_id}/data"


def only_cooks(browser: Browser, at: str) -> None:
    row = {"field-0": "jobtitle", "operator-0": "equals", "value-0": "Cook"}
    browser.post(f"{at}/contact/scope", 303, page=at, **{"do": "count", "scope": "criteria", "word-": "all", **row})


def test_criteria_are_counted_with_the_first_records(anna: Browser, at: str) -> None:
    assert '<span class="big">2</span>' in anna.get(f"{at}/contact/scope?count=1")
    only_cooks(anna, at)
    text = anna.get(f"{at}/contact/scope?count=1")
    assert '<span class="big">1</span>' in text
    assert "ben@contoso.example" in text
    assert "ada@contoso.example" not in text


def test_a_review_tells_what_would_become_of_the_first_records(anna: Browser, at: str) -> None:
    only_cooks(anna, at)
    text = anna.get(f"{at}/review")
    assert "In scope so far 2, then 1." in text
    assert "created 1" in text
    assert BEN in text
    assert "that leave the scope stay in ActiveCampaign as they are" in text


def test_a_review_says_what_it_can_not_tell_while_dynamics_is_away(anna: Browser, at: str, story: Story) -> None:
    only_cooks(anna, at)
    story.crm.faults.add(Fault("status", path="/contacts", status=503, times=50))
    text = anna.get(f"{at}/review")
    assert "It can't be told how many" in text
    assert "Make it so" in text


def test_a_record_shows_what_each_field_would_carry(anna: Browser, at: str) -> None:
    anna.post(f"{at}/contact/mappings/standard", 303, page=at, column="jobtitle", switch="off")
    text = anna.post(f"{at}/contact/record", 200, page=at, key="ada@contoso.example")
    assert "firstName" in text
    assert "Nurse" not in text
    assert "neither in Dynamics" in anna.post(f"{at}/contact/record", 200, page=at, key="cleo@contoso.example")


def test_an_opportunity_can_be_looked_at_before_it_is_switched_on(anna: Browser, at: str, story: Story) -> None:
    story.opportunity(str(uuid4()), ADA)
    said = {"enabled": "true", "shown_as": "object", "contacts-0": "primary", "history": "ask", "on_deleted": "status"}
    anna.post(f"{at}/opportunity", 303, page=at, **said)
    text = anna.get(f"{at}/review")
    assert "Opportunities begin with a first sync" in text
    assert "None would travel" in text
