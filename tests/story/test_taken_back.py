"""What was changed and changed back before it was written: the newest state counts, not the one that waited."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT
from support.story import Story

from engine.retries import look_again, read_again
from sync.model import Entity, Lane


@pytest.fixture
def both(story: Story) -> Story:
    """Ada is on both sides, and what changes travels both ways."""
    story.configure(contact={"direction": "both"})
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.sync()
    story.sync()
    return story


def read(story: Story) -> None:
    """Ada is read anew in Dynamics."""
    with story.transaction() as tx:
        wakes = read_again(tx, story.pump.connection_id, {Entity.CONTACT: [ADA]}, "test", Lane.LIVE)
    story.pump.run(wakes)


def look(story: Story) -> None:
    """Ada is looked at anew in ActiveCampaign."""
    link = story.link(Entity.CONTACT, ADA)
    assert link is not None
    assert link.ac_id is not None
    with story.transaction() as tx:
        wakes = look_again(tx, story.pump.connection_id, Entity.CONTACT, [link.ac_id], "test", Lane.LIVE)
    story.pump.run(wakes)


def settled(story: Story) -> None:
    story.later()
    story.sweep()
    assert story.backlog() == 0
    assert story.failures() == []
    story.verify()


def test_a_change_taken_back_while_a_cycle_asks_is_not_written(both: Story) -> None:
    both.edit("contact", ADA, jobtitle="Engineer")
    both.configure(guards={"changes": 0, "from": 0})
    cycle = both.pump.sync()
    assert cycle["state"] == "stopped"
    both.edit("contact", ADA, jobtitle="Countess")
    read(both)
    both.approve(cycle["id"])
    settled(both)
    assert both.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"


def test_a_change_there_taken_back_while_it_waits_is_not_written(both: Story) -> None:
    both.edit_there(ADA_AT, set={"phone": "+44 1"})
    first = both.start()
    both.pump.run(both.wakes_of(first), both.delay)
    both.edit_there(ADA_AT, set={"phone": ""})
    look(both)
    settled(both)
    assert not both.row("contact", ADA)["telephone1"]


def test_a_change_taken_back_while_it_is_being_written_is_written_after_it(both: Story) -> None:
    both.edit("contact", ADA, jobtitle="Engineer")
    first = both.start()
    both.pump.run(both.wakes_of(first), lambda: claimed(both))
    both.edit("contact", ADA, jobtitle="Countess")
    read(both)
    settled(both)
    assert both.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"


def claimed(story: Story) -> bool:
    """Whether anything waited; a worker has taken it then, and died."""
    with story.transaction() as tx:
        taken = "UPDATE outbox SET state = 'claimed', claimed_by = 'x', lease_until = now() WHERE state = 'pending'"
        return bool(tx.execute(taken).rowcount)
