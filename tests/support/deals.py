"""Opportunities on both sides: those of Ada in Dynamics, and their records in ActiveCampaign, by hand."""

from __future__ import annotations

from typing import Any

import requests
from support.cast import ADA, ADA_AT
from support.story import Story

from engine import provision
from sync.model import Entity

DEAL = "0ddddddd-0000-4000-8000-000000000001"
OTHER = "0ddddddd-0000-4000-8000-000000000002"
KEY = {"Api-Token": "simulated-key"}


def deal_id(number: int) -> str:
    return f"0eeeeeee-0000-4000-8000-{number:012d}"


def open_for_business(story: Story) -> Story:
    """Ada is on both sides; opportunities are on, and nobody asks before they are loaded."""
    provision.carry_out(story.context, "test")
    story.refresh()
    story.configure(opportunity={"enabled": True, "history": "load"})
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.sync(Entity.CONTACT)
    return story


def with_a_deal(story: Story) -> Story:
    """One opportunity of Ada's, on both sides for an hour."""
    story.opportunity(DEAL, ADA, estimatedvalue=100)
    story.sync()
    long_ago(story)
    return story


def long_ago(story: Story) -> None:
    """What was written shows in ActiveCampaign's lists, and counts as delivered an hour ago."""
    story.ac.clock.advance(60)
    with story.transaction() as tx:
        tx.execute("UPDATE links SET delivered_at = delivered_at - interval '1 hour'")


def there(story: Story, record_id: str = DEAL) -> dict[str, Any] | None:
    """The record of this opportunity as ActiveCampaign keeps it."""
    (schema,) = story.ac.schemas
    number = story.ac.externals.get((schema, record_id))
    return story.ac.records[schema][number] if number else None


def value(story: Story, field: str, record_id: str = DEAL) -> Any:
    """The value of a field of this opportunity's record."""
    record = there(story, record_id)
    assert record is not None
    return next((one["value"] for one in record["fields"] if one["id"] == field), None)


def put_there(story: Story, external_id: str | None = DEAL, contact: int | None = None, **fields: Any) -> None:
    """Somebody writes a record through ActiveCampaign's API; fields that aren't named stay, None clears one."""
    (schema,) = story.ac.schemas
    before = there(story, external_id) if external_id else None
    values = {one["id"]: one["value"] for one in (before or {"fields": []})["fields"]}
    values |= {key.replace("_", "-"): given for key, given in fields.items()}
    relations = {"primary-contact": [contact]} if contact else (before or {}).get("relationships", {})
    rows = [{"id": key, "value": given} for key, given in values.items() if given is not None]
    record = {"externalId": external_id, "schemaId": schema, "fields": rows, "relationships": relations}
    url = f"{story.ac.url}/api/3/customObjects/records/{schema}"
    requests.post(url, json={"record": record}, headers=KEY).raise_for_status()


def put_twin(story: Story, record_id: str = DEAL) -> None:
    """A second record with the external id of this opportunity: an id that matches another external id makes one."""
    (schema,) = story.ac.schemas
    put_there(story, "somebody's", number_of(story, ADA_AT), topic="Twin")
    other = there(story, "somebody's")
    assert other is not None
    record = {"id": other["id"], "externalId": record_id, "schemaId": schema, "fields": []}
    url = f"{story.ac.url}/api/3/customObjects/records/{schema}"
    requests.post(url, json={"record": record}, headers=KEY).raise_for_status()
    remove_there(story, "somebody's")


def remove_there(story: Story, external_id: str = DEAL) -> None:
    """Somebody deletes a record through ActiveCampaign's API."""
    (schema,) = story.ac.schemas
    url = f"{story.ac.url}/api/3/customObjects/records/{schema}/external/{external_id}"
    requests.delete(url, headers=KEY).raise_for_status()


def number_of(story: Story, address: str) -> int:
    """The id of a contact in ActiveCampaign."""
    contact = story.person(address)
    assert contact is not None
    return contact.id
