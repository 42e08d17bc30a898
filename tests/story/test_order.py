"""Several workers, dead workers and lost messages: every change arrives once, and the newest one wins."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, CLEO
from support.story import CONTOSO, FABRIKAM, YEAR, Story

from engine import recovery, request, settling
from engine.deliver import LEASE_S
from engine.transform import transform
from engine.work import Work, revive, written
from store import outbox, pages
from sync.decide import decide
from sync.model import Entity, Lane
from sync.terms import Terms


@pytest.fixture
def backfill(story: Story) -> Story:
    """Ada and twelve others are about to be delivered for the first time, and nobody has begun."""
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.crowd(12)
    story.start(Entity.CONTACT)
    story.go_on(until=lambda: story.backlog() == 13)
    return story


def ask_for(story: Story, record_id: str) -> list[Any]:
    """Somebody wants this contact to be synced now."""
    with story.transaction() as tx:
        document = story.context.document
        return request.one_record(tx, story.pump.connection_id, document, Entity.CONTACT, record_id, "test")[1]


def claim(story: Story, lane: Lane) -> list[Work]:
    """What a worker takes and then is not heard of again."""
    context = story.context
    with story.transaction() as tx:
        rows = outbox.claim(tx, context.id, lane=lane, limit=250, worker="dead", lease_s=LEASE_S, now=context.now())
    changes = [revive(row.change) for row in rows]
    return [
        Work(row, change, decide(change, row.link, holder=row.holder, terms=Terms()))
        for row, change in zip(rows, changes, strict=True)
    ]


def bury(story: Story) -> None:
    """The leases of dead workers run out."""
    with story.transaction() as tx:
        for table in (b"outbox", b"pages", b"imports"):
            tx.execute(
                b"UPDATE " + table + b" SET lease_until = now() - interval '1 hour' WHERE lease_until IS NOT NULL"
            )


def test_one_record_on_request_overtakes_the_backfill(backfill: Story) -> None:
    backfill.edit("contact", ADA, jobtitle="Engineer")
    backfill.pump.run(ask_for(backfill, ADA), until=lambda: backfill.person(ADA_AT) is not None)
    assert len(backfill.ac.contacts) == 1
    backfill.go_on()
    assert backfill.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert backfill.cycle_counts("initial")["contact"] == {"created": 12, "skipped": 1}
    assert backfill.cycle_counts("record")["contact"] == {"created": 1}
    backfill.verify()


def test_a_newer_change_waits_for_the_older_one_in_flight(backfill: Story) -> None:
    claim(backfill, Lane.BACKFILL)
    backfill.edit("contact", ADA, jobtitle="Engineer")
    backfill.pump.run(ask_for(backfill, ADA), until=lambda: backfill.backlog() == 14)
    assert claim(backfill, Lane.LIVE) == []
    bury(backfill)
    backfill.go_on()
    assert backfill.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert backfill.cycle_counts("initial")["contact"] == {"created": 12, "skipped": 1}


def test_what_a_dead_worker_held_is_delivered_by_another(backfill: Story) -> None:
    claim(backfill, Lane.BACKFILL)
    bury(backfill)
    backfill.go_on()
    assert backfill.cycle_counts("initial")["contact"] == {"created": 13}
    backfill.verify()


def test_a_worker_that_lost_its_lease_settles_nothing(backfill: Story) -> None:
    late = next(work for work in claim(backfill, Lane.BACKFILL) if work.change.record_id == ADA)
    bury(backfill)
    backfill.edit("contact", ADA, jobtitle="Engineer")
    backfill.pump.run(ask_for(backfill, ADA))
    before = backfill.link(Entity.CONTACT, ADA)
    with backfill.transaction() as tx:
        settling.settle(tx, backfill.context, [(late, written(backfill.context, late, ac_id=4711))])
    assert backfill.link(Entity.CONTACT, ADA) == before
    assert backfill.cycle_counts("initial")["contact"] == {"created": 12, "skipped": 1}


def test_a_record_that_kills_workers_is_set_aside(backfill: Story) -> None:
    for _ in range(outbox.POISON_ATTEMPTS):
        claim(backfill, Lane.BACKFILL)
        bury(backfill)
        recovery.sweep(backfill.context.db, backfill.context.now())
    backfill.go_on()
    assert backfill.cycle_counts("initial", state="partial")["contact"] == {"failed": 13}
    assert {failure["code"] for failure in backfill.failures()} == {"worker.lost"}


def test_a_transform_that_dies_before_its_commit_counts_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.contact(ADA, ADA_AT)
    story.contact(BEN, None)
    cycle_id = story.start(Entity.CONTACT)
    with monkeypatch.context() as dying:
        dying.setattr(pages, "done", lambda *_: False)
        with pytest.raises(RuntimeError):
            story.go_on()
    bury(story)
    story.go_on()
    assert story.counts(story.pump.cycle(cycle_id))["contact"] == {"created": 1, "skipped": 1}


def test_a_page_that_is_transformed_twice_counts_once(story: Story) -> None:
    story.contact(ADA, ADA_AT)
    cycle_id = story.start(Entity.CONTACT)
    story.go_on(until=lambda: story.backlog() == 1)
    with story.transaction() as tx:
        page_id = tx.execute("SELECT id FROM pages").fetchone()["id"]
    assert transform(story.context, page_id) == []
    story.go_on()
    assert story.counts(story.pump.cycle(cycle_id))["contact"] == {"created": 1}


def family(story: Story) -> None:
    """Accounts, people that share addresses, people that wait for nothing and one that can't arrive."""
    story.account()
    story.account(FABRIKAM, "Fabrikam")
    story.contact(ADA, ADA_AT, CONTOSO, jobtitle="Countess", modifiedon=YEAR.format(1))
    story.contact(CLEO, ADA_AT, FABRIKAM, jobtitle="Queen", modifiedon=YEAR.format(2))
    story.lead(BEN, "person3@example.com", jobtitle="Lead")
    story.crowd(15, _parentcustomerid_value=FABRIKAM, parentcustomerid_type="account")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_messages_makes_no_difference(story: Story, seed: int) -> None:
    story.shuffle(seed)
    family(story)
    assert story.sync()["contact"] == {"created": 16, "skipped": 1}
    story.verify()
    story.delete("contact", CLEO)
    story.edit("contact", ADA, jobtitle="Engineer")
    story.edit_all("contact", story.ids[:11], jobtitle="Engineer", emailaddress2="x@example.com")
    story.edit("contact", story.ids[2], emailaddress1="moved@example.com")
    story.sync()
    assert (story.ac.values_of(ADA_AT)["JOB_TITLE"], story.company_of(ADA_AT)) == ("Engineer", "Contoso")
    assert story.ac.values_of("person3@example.com")["JOB_TITLE"] == "Lead"
    assert len(story.ac.contacts) == 17
    story.verify()


def test_a_row_that_goes_back_gives_way_to_the_newer_change(backfill: Story) -> None:
    taken = claim(backfill, Lane.BACKFILL)
    backfill.edit("contact", ADA, jobtitle="Engineer")
    backfill.pump.run(ask_for(backfill, ADA), until=lambda: backfill.backlog() == 14)
    with backfill.transaction() as tx:
        settling.back(tx, [{"id": work.row.id, "due_at": None, "error": None} for work in taken])
    assert backfill.backlog() == 13
    backfill.go_on()
    assert backfill.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert backfill.cycle_counts("initial")["contact"] == {"created": 12, "skipped": 1}
