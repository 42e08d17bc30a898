"""Who travels at all: criteria, inactive records, entities that are switched on and off, and a start from now on."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import Story

from engine import cycles, request
from simulators.dynamics.metadata.changes import drop_column
from sync.model import CycleKind, Entity

ENGINEERS = {"field": "jobtitle", "operator": "equals", "value": "Engineer"}
ONLY_ENGINEERS = {"scope": "criteria", "criteria": ENGINEERS}


@pytest.fixture
def engineers(story: Story) -> Story:
    """Only engineers travel: Ada does, Cleo does not."""
    story.configure(contact=ONLY_ENGINEERS)
    story.contact(ADA, ADA_AT, jobtitle="Engineer")
    story.contact(CLEO, CLEO_AT, jobtitle="Queen")
    story.sync()
    return story


def test_only_records_that_meet_the_criteria_travel(engineers: Story) -> None:
    assert engineers.person(ADA_AT) is not None
    assert engineers.person(CLEO_AT) is None
    assert engineers.verify().as_json()["entities"][1]["not_expected"] == {"out of scope": 1}


def test_who_leaves_the_criteria_stays_as_they_are(engineers: Story) -> None:
    engineers.edit("contact", ADA, jobtitle="Countess")
    assert engineers.sync()["contact"] == {"skipped": 1}
    assert engineers.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert engineers.record(Entity.CONTACT, ADA)["state"] == "out_of_scope"


def test_who_comes_back_goes_on_with_the_same_contact(engineers: Story) -> None:
    before = engineers.person(ADA_AT).id
    engineers.edit("contact", ADA, jobtitle="Countess")
    engineers.sync()
    engineers.edit("contact", ADA, jobtitle="Engineer", firstname="Ada", emailaddress1="lovelace@example.com")
    assert engineers.sync()["contact"] == {"updated": 1}
    assert engineers.person("lovelace@example.com").id == before
    engineers.verify()


def test_scope_all_brings_those_too_when_everything_is_read(engineers: Story) -> None:
    engineers.configure(contact={"scope": "all"})
    assert engineers.sync(Entity.CONTACT, initial=True)["contact"] == {"created": 1, "unchanged": 1}
    engineers.verify()


def test_inactive_records_stay_behind(story: Story) -> None:
    story.contact(ADA, ADA_AT, statecode=1)
    assert story.sync()["contact"] == {"skipped": 1}
    assert story.reasons(Entity.CONTACT, ADA) == ["is inactive"]


def test_a_reactivated_record_is_updated(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.sync()
    story.edit("contact", ADA, statecode=1, statuscode=2)
    assert story.sync()["contact"] == {"skipped": 1}
    story.edit("contact", ADA, statecode=0, statuscode=1, jobtitle="Engineer")
    assert story.sync()["contact"] == {"updated": 1}
    story.verify()


def test_criteria_over_a_deleted_column_stop_their_entity_only(engineers: Story) -> None:
    drop_column(engineers.crm, engineers.crm.catalog.tables["contact"], "jobtitle")
    engineers.refresh()
    engineers.lead(BEN, BEN_AT)
    cycle = engineers.pump.sync()
    assert engineers.counts(cycle, "partial")["lead"] == {"created": 1}
    assert cycle["streams"][1]["error"]["code"] == "criteria.broken"
    assert "jobtitle" in cycle["streams"][1]["error"]["message"]


def test_an_entity_switched_off_in_between_waits_and_loses_nothing(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.lead(BEN, BEN_AT)
    cycle_id = story.start()
    story.go_on(until=lambda: story.backlog() == 1)
    story.configure(contact={"enabled": False})
    story.go_on()
    assert story.counts(story.pump.cycle(cycle_id), "partial") == {
        "account": {},
        "contact": {"waiting": 1},
        "lead": {"created": 1},
    }
    assert story.person(ADA_AT) is None
    story.configure(contact={"enabled": True})
    story.go_on()
    assert story.person(ADA_AT) is not None
    assert story.pump.cycle(cycle_id)["streams"][1]["created"] == 1


def test_a_switched_off_entity_is_left_out(story: Story) -> None:
    story.configure(lead={"enabled": False})
    story.lead(BEN, BEN_AT)
    assert list(story.sync()) == ["account", "contact"]
    assert story.person(BEN_AT) is None


def test_from_now_on_brings_later_changes_only(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.contact(CLEO, CLEO_AT)
    story.baseline()
    assert story.sync()["contact"] == {}
    story.edit("contact", ADA, jobtitle="Engineer")
    story.contact(BEN, BEN_AT)
    assert story.sync()["contact"] == {"created": 2}
    assert story.person(CLEO_AT) is None
    story.verify()


def test_what_was_passed_over_stays_so_when_everything_is_read_again(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.contact(CLEO, CLEO_AT)
    story.baseline()
    story.crm.expire_tokens([story.crm.catalog.tables["contact"]])
    story.edit("contact", ADA, jobtitle="Engineer")
    assert story.sync()["contact"] == {"created": 1, "skipped": 1}
    assert story.person(CLEO_AT) is None
    assert story.sync(Entity.CONTACT, initial=True)["contact"] == {"created": 1, "unchanged": 1}


def test_one_record_that_was_passed_over_travels_when_asked_for(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    story.baseline()
    with story.transaction() as tx:
        document = story.context.document
        _, wakes = request.one_record(tx, story.pump.connection_id, document, Entity.CONTACT, ADA, "test")
    story.pump.run(wakes)
    assert story.person(ADA_AT) is not None


def test_nothing_is_read_of_an_entity_that_was_switched_off_meanwhile(story: Story) -> None:
    with story.transaction() as tx:
        _, wakes = cycles.open_now(tx, story.pump.connection_id, CycleKind.MANUAL, [Entity.LEAD], "test")
    story.configure(lead={"enabled": False})
    story.pump.run(wakes)
    assert story.last_cycle()["streams"][0]["error"]["message"] == "lead is switched off"
