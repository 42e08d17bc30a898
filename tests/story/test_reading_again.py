"""When changes can't be read as usual: expired tokens, no change tracking, missing permissions."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import Story

from sync.model import Entity


@pytest.fixture
def begun(story: Story) -> Story:
    story.contact(ADA, ADA_AT)
    story.contact(CLEO, CLEO_AT)
    story.lead(BEN, BEN_AT)
    story.sync()
    story.writes()
    return story


def expire(story: Story, *tables: str) -> None:
    story.crm.expire_tokens([story.crm.catalog.tables[name] for name in tables])


def track(story: Story, *, enabled: bool) -> None:
    story.crm.catalog.tables["contact"].change_tracking = enabled


@pytest.mark.parametrize("status", [400, 410])
def test_an_expired_token_writes_differences_only(begun: Story, status: int) -> None:
    begun.crm.switches["expired_token_status"] = status
    begun.edit("contact", ADA, jobtitle="Engineer")
    expire(begun, "contact", "lead")
    assert begun.sync() == {"account": {}, "contact": {"updated": 1, "unchanged": 1}, "lead": {"unchanged": 1}}
    assert begun.writes() == {"contacts/<number>": 1}
    assert begun.sync() == {"account": {}, "contact": {}, "lead": {}}


def test_without_change_tracking_the_date_of_modification_tells(begun: Story) -> None:
    track(begun, enabled=False)
    assert begun.sync()["contact"] == {"unchanged": 2}
    begun.crm.clock.advance(600)
    begun.sync()
    begun.edit("contact", ADA, jobtitle="Engineer")
    assert begun.sync()["contact"]["updated"] == 1
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"


@pytest.mark.parametrize("way", ["error", "no_link"])
def test_a_first_sync_needs_no_change_tracking(story: Story, way: str) -> None:
    story.crm.switches["tracking_off"] = way
    track(story, enabled=False)
    story.crowd(12)
    assert story.sync()["contact"] == {"created": 12}
    story.verify()


def test_change_tracking_is_used_again_once_it_is_on(begun: Story) -> None:
    track(begun, enabled=False)
    begun.sync()
    track(begun, enabled=True)
    assert begun.sync()["contact"] == {"unchanged": 2}
    assert begun.sync()["contact"] == {}


def test_what_was_deleted_without_change_tracking_is_found_by_a_full_read(begun: Story) -> None:
    track(begun, enabled=False)
    begun.sync()
    begun.delete("contact", CLEO)
    begun.sync()
    assert begun.link(Entity.CONTACT, CLEO) is not None
    begun.sync(Entity.CONTACT, initial=True)
    assert begun.link(Entity.CONTACT, CLEO) is None


def test_a_missing_permission_is_named_and_the_others_go_on(story: Story) -> None:
    story.forbid("prvReadContact")
    story.lead(BEN, BEN_AT)
    cycle = story.pump.sync()
    assert story.counts(cycle, "partial")["lead"] == {"created": 1}
    error = cycle["streams"][1]["error"]
    assert "prvReadContact" in error["message"] + error["advice"]
    story.allow("prvReadContact")
    story.contact(ADA, ADA_AT)
    assert story.sync()["contact"] == {"created": 1}


def test_no_permission_at_all_is_a_failed_cycle(begun: Story) -> None:
    begun.forbid("prvReadAccount", "prvReadContact", "prvReadLead")
    cycle = begun.pump.sync()
    assert cycle["state"] == "failed"
    assert {stream["error"]["class"] for stream in cycle["streams"]} == {"stop"}


def test_a_copy_of_the_organisation_is_refused(begun: Story) -> None:
    with begun.transaction() as tx:
        tx.execute("UPDATE connections SET organization_id = gen_random_uuid()")
    begun.edit("contact", ADA, jobtitle="Engineer")
    cycle = begun.pump.sync()
    assert cycle["state"] == "failed"
    assert cycle["streams"][0]["error"]["code"] == "dynamics.other_organization"
    assert begun.writes() == {}
