"""Editing the document: small changes, each with a whole document as its answer."""

from __future__ import annotations

from typing import Any

import pytest

from config import editing
from config.document import defaults, load
from config.rebase import rebased
from config.schema import Document
from config.telling import told
from config.texts import SETTINGS
from sync.model import Entity

ELSEWHERE = {"scope", "criteria", "picked_by", "standard", "fields", "defaults"}
FIXED = {"account": {"list", "on_deleted", "tag_out_of_scope"}, "opportunity": {"direction"}}


def label(_entity: Entity, column: str) -> str:
    return column.title()


def words(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.what, one.before, one.after) for one in told(old, load(new), label)]


@pytest.mark.parametrize("entity", SETTINGS)
def test_every_setting_that_has_a_choice_can_be_edited(entity: str) -> None:
    section = Document().fields["entities"].schema.fields[entity].schema  # type: ignore[attr-defined]
    known = {field.data_key or name for name, field in section.fields.items()}
    assert known - ELSEWHERE - FIXED.get(entity, set()) == {one.name for one in SETTINGS[entity]}


def test_a_standard_mapping_that_is_switched_off_frees_its_field() -> None:
    changed = editing.field_added(defaults(), "contact", "mobilephone", "phone")
    settings = load(changed)["entities"]["contact"]
    assert settings["standard"] == {"telephone1": False}
    assert [(one["dynamics"], one["activecampaign"]) for one in settings["fields"]] == [("mobilephone", "phone")]


def test_a_standard_mapping_that_is_switched_on_takes_its_field_back() -> None:
    changed = editing.field_added(defaults(), "contact", "mobilephone", "phone")
    assert load(editing.standard_switched(changed, "contact", "telephone1", on=True)) == defaults()


def test_a_fixed_mapping_can_not_be_switched_off() -> None:
    with pytest.raises(editing.Fixed):
        editing.standard_switched(defaults(), "contact", "emailaddress1", on=False)
    with pytest.raises(editing.Fixed):
        editing.field_added(defaults(), "contact", "jobtitle", "email")


def test_switching_off_keeps_what_a_standard_mapping_says_for_itself() -> None:
    changed = editing.standard_changed(defaults(), "lead", "jobtitle", {"direction": "inbound", "conflict": ""})
    changed = editing.standard_switched(changed, "lead", "jobtitle", on=False)
    assert changed["entities"]["lead"]["standard"]["jobtitle"] == {"direction": "inbound", "enabled": False}
    changed = editing.standard_switched(changed, "lead", "jobtitle", on=True)
    assert changed["entities"]["lead"]["standard"]["jobtitle"] == {"direction": "inbound"}


def test_a_mapping_is_changed_and_removed_by_its_two_ends() -> None:
    changed = editing.field_added(defaults(), "contact", "description", "NOTES")
    changed = editing.field_changed(changed, "contact", "description", "NOTES", {"on_empty": "keep"})
    assert load(changed)["entities"]["contact"]["fields"][0]["on_empty"] == "keep"
    assert editing.field_removed(changed, "contact", "description", "NOTES") == defaults()
    with pytest.raises(LookupError):
        editing.field_removed(defaults(), "contact", "description", "NOTES")


def test_a_default_that_is_taken_away_gives_way_to_the_ready_made_one() -> None:
    changed = editing.with_default(defaults(), "lead", "subject", "Web")
    assert load(changed)["entities"]["lead"]["defaults"]["subject"] == "Web"
    assert load(editing.with_default(changed, "lead", "subject", None)) == defaults()


def test_changes_of_two_people_end_up_in_one_document() -> None:
    mine = editing.with_settings(defaults(), "contact", {"enabled": True, "on_deleted": "nothing"})
    mine = editing.field_added(mine, "contact", "description", "NOTES")
    theirs = editing.with_settings(defaults(), "contact", {"direction": "both", "on_deleted": "unsubscribe"})
    theirs = editing.field_added(theirs, "contact", "department", "DEPARTMENT")
    both = rebased(defaults(), mine, theirs)
    contact = load(both.document)["entities"]["contact"]
    assert (contact["enabled"], contact["direction"], contact["on_deleted"]) == (True, "both", "nothing")
    assert {one["activecampaign"] for one in contact["fields"]} == {"NOTES", "DEPARTMENT"}
    assert both.both == ["entities.contact.on_deleted"]


def test_what_was_taken_away_stays_away_when_others_saved_meanwhile() -> None:
    base = editing.field_added(defaults(), "contact", "description", "NOTES")
    mine = editing.field_removed(base, "contact", "description", "NOTES")
    theirs = editing.with_settings(base, "lead", {"enabled": True})
    assert rebased(base, mine, theirs).document["entities"]["contact"]["fields"] == []


def test_differences_are_told_in_words() -> None:
    new = editing.with_settings(defaults(), "contact", {"enabled": True, "direction": "both"})
    new = editing.standard_switched(new, "contact", "jobtitle", on=False)
    new = editing.field_added(new, "contact", "description", "NOTES")
    assert words(defaults(), new) == [
        ("Synced", "off", "on"),
        ("Direction", "to ActiveCampaign only", "both ways"),
        ("Standard mapping of Jobtitle", "on", "off"),
        ("Mapping to NOTES", "", "from Description"),
    ]


def test_a_mapping_that_changed_tells_only_what_changed() -> None:
    old = load(editing.field_added(defaults(), "contact", "description", "NOTES"))
    new = editing.field_changed(old, "contact", "description", "NOTES", {"conflict": "ask"})
    assert words(old, new) == [
        ("Mapping to NOTES: When both sides changed it", "as the entity", "ask a person each time")
    ]


def test_criteria_are_told_as_a_whole() -> None:
    tree = {"any": [{"field": "city", "operator": "equals", "value": "Bonn"}, {"field": "x", "operator": "has_value"}]}
    new = editing.with_settings(defaults(), "lead", {"scope": "criteria", "criteria": tree})
    assert ("Criteria", "", "any of (City is Bonn; X has a value)") in words(defaults(), new)
    turned = {"all": tree["any"]}
    assert words(load(new), editing.with_settings(new, "lead", {"criteria": turned})) == [
        ("Criteria", "any of (City is Bonn; X has a value)", "all of (City is Bonn; X has a value)")
    ]
