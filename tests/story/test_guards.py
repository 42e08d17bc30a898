"""A cycle that would do too much stops and asks; a side that looks empty stops it; what fails persistently is
paused."""

from __future__ import annotations

import pytest
from support.story import Story

from engine import caution, request
from store import pauses
from sync.model import Entity

BOTH = {"direction": "both"}


@pytest.fixture
def crowd(story: Story) -> Story:
    """A hundred contacts on both sides."""
    story.configure(contact=BOTH)
    story.crowd(100)
    story.sync(Entity.CONTACT)
    return story


def answer(story: Story, *, yes: bool) -> None:
    cycle = story.last_cycle()
    with story.transaction() as tx:
        how = caution.approve if yes else caution.reject
        found = how(tx, story.pump.connection_id, cycle["id"], "test")
    story.pump.run(found if isinstance(found, list) else [])


def test_too_many_changes_in_dynamics_ask_before_anything_is_written(crowd: Story) -> None:
    crowd.edit_all("contact", crowd.ids[:60], jobtitle="Engineer")
    crowd.forget_requests()
    crowd.sync(Entity.CONTACT, state="stopped")
    assert crowd.ac.stats.as_json()["write_requests"] == 0
    assert "60" in crowd.last_cycle()["note"]
    answer(crowd, yes=True)
    assert crowd.counts(crowd.last_cycle())["contact"] == {"updated": 60}
    crowd.verify()


def test_too_many_changes_in_activecampaign_ask_too(crowd: Story) -> None:
    crowd.edit_there(*(f"person{n}@example.com" for n in range(1, 61)), fields={"JOB_TITLE": "Engineer"})
    crowd.sync(Entity.CONTACT, state="stopped")
    assert crowd.row("contact", crowd.ids[0])["jobtitle"] is None
    answer(crowd, yes=True)
    assert crowd.row("contact", crowd.ids[0])["jobtitle"] == "Engineer"


def test_a_rejected_cycle_writes_nothing_and_accounts_for_everything(crowd: Story) -> None:
    crowd.edit_all("contact", crowd.ids[:60], jobtitle="Engineer")
    crowd.sync(Entity.CONTACT, state="stopped")
    crowd.forget_requests()
    answer(crowd, yes=False)
    assert crowd.ac.stats.as_json()["write_requests"] == 0
    stream = next(one for one in crowd.last_cycle()["streams"] if one["direction"] == "outbound")
    assert (stream["read"], stream["skipped"]) == (60, 60)
    assert crowd.backlog() == 0


def test_an_open_question_holds_other_syncs_up(crowd: Story) -> None:
    crowd.edit_all("contact", crowd.ids[:60], jobtitle="Engineer")
    crowd.sync(Entity.CONTACT, state="stopped")
    with pytest.raises(request.Refused, match="cycles approve"):
        crowd.start(Entity.CONTACT)


def test_many_deletions_ask(crowd: Story) -> None:
    for record_id in crowd.ids[:55]:
        crowd.delete("contact", record_id)
    crowd.sync(Entity.CONTACT, state="stopped")
    assert "delete 55" in crowd.last_cycle()["note"]
    assert "[D365: Deleted]" not in crowd.ac.tags_of("person1@example.com")


def test_an_emptied_activecampaign_stops_the_cycle(crowd: Story) -> None:
    for number in range(1, 101):
        crowd.edit_there(f"person{number}@example.com", delete=True)
    with crowd.transaction() as tx:
        tx.execute("UPDATE watermarks SET select_hash = 'old' WHERE direction = 'inbound'")
    crowd.sync(Entity.CONTACT, state="stopped")
    assert "ActiveCampaign" in crowd.last_cycle()["note"]
    assert crowd.link(Entity.CONTACT, crowd.ids[0]).removed is False


def test_a_direction_that_fails_again_and_again_is_paused_for_a_while(story: Story) -> None:
    story.configure(contact=BOTH)
    story.crowd(3)
    story.sync(Entity.CONTACT)
    story.refuse("GET", "/api/3/contacts", status=402, times=20)
    for _ in range(5):
        story.sync(Entity.CONTACT, state="partial")
    found = story._mine(pauses.active)
    assert [(one["direction"], one["author"]) for one in found] == [("inbound", "circuit breaker")]
    assert found[0]["until"] is not None
