"""The database is lost and an older backup restored: the sync goes on from there, without loss and without twins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT, DOV, DOV_AT
from support.deals import DEAL, OTHER
from support.postgres import Postgres
from support.restored import Disaster
from support.story import CONTOSO, FABRIKAM, NEWS, NEWS_ID, Story

from engine import provision
from engine.opportunities import deal_search
from store import asked, cycles
from sync.model import Entity, Lane

BOTH = {"direction": "both"}
ASKS = ["[D365: Lead]", "[D365: Pulled from ActiveCampaign]"]
OLD, NEW = "Engineer", "Countess"


@pytest.fixture
def both(story: Story) -> Story:
    """Thirty people, Ada at Contoso and the lead Ben, on both sides; everything travels both ways."""
    provision.carry_out(story.context, "test")
    story.refresh()
    story.configure(
        account=BOTH, contact={**BOTH, "list": NEWS}, lead=BOTH, opportunity={"enabled": True, "history": "load"}
    )
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada")
    story.lead(BEN, BEN_AT)
    story.crowd(30)
    story.opportunity(DEAL, ADA)
    story.sync()
    story.sweep()
    return story


@pytest.fixture
def disaster(both: Story, postgres: Postgres, tmp_path: Path) -> Disaster:
    return Disaster(both, postgres, tmp_path)


def live_on(story: Story) -> None:
    """A day of work on both sides, all of it delivered."""
    story.edit("contact", ADA, jobtitle=NEW)
    story.edit("contact", story.ids[0], emailaddress1="moved@example.com")
    story.edit("contact", story.ids[1], donotbulkemail=True)
    story.edit_there("person3@example.com", set={"phone": "+44 3"}, lists={str(NEWS_ID): 2})
    story.contact(DOV, DOV_AT, FABRIKAM)
    story.account(FABRIKAM, "Fabrikam")
    story.opportunity(OTHER, ADA)
    story.edit_there(CLEO_AT, create=True, set={"lastName": "Patra"}, tags={"add": ASKS})
    story.delete("contact", story.ids[3])
    story.sync()
    story.sweep()


def two_of_a_kind(story: Story) -> list[str]:
    """Whoever stands there twice, on either side."""
    there = [contact.email for contact in story.ac.contacts.rows.values()] + list(story.ac.externals)
    here = [row["emailaddress1"] for table in ("contact", "lead") for row in story.rows(table)]
    names = [row["name"] for row in story.ac.accounts.rows.values()]
    return [one for side in (there, here, names) for one in set(side) if side.count(one) > 1]


def expire(story: Story) -> None:
    """The change tokens of the backup are too old by now."""
    story.crm.expire_tokens(list(story.crm.catalog.tables.values()))


def test_what_happened_since_the_backup_is_read_from_its_tokens(both: Story, disaster: Disaster) -> None:
    disaster.backup()
    live_on(both)
    with disaster.recover() as new:
        counts = new.sync()
        new.sweep()
        assert sum(counts["contact"].values()) <= 6
        assert (counts["lead"], counts["account"]) == ({"unchanged": 1}, {"updated": 1})
        assert not two_of_a_kind(new)
        new.verify()
        new.forget_requests()
        new.sync()
        assert new.ac.stats.as_json()["write_requests"] == 0


def test_with_expired_tokens_all_is_read_and_differences_are_written(both: Story, disaster: Disaster) -> None:
    disaster.backup()
    live_on(both)
    expire(both)
    with disaster.recover() as new:
        new.forget_requests()
        counts = new.sync()
        new.sweep()
        assert counts["contact"]["unchanged"] >= 28
        assert not two_of_a_kind(new)
        new.verify()


WAITS = "outbox WHERE state = 'pending' AND NOT held AND direction = '{}'"
UNDER_WAY = {way: WAITS.format(way) for way in ("outbound", "inbound")} | {"import": "imports WHERE state = 'queued'"}


@pytest.mark.parametrize("what", UNDER_WAY)
def test_what_was_on_its_way_is_read_anew_and_never_replayed(both: Story, disaster: Disaster, what: str) -> None:
    both.edit_all("contact", [ADA, *(both.ids if what == "import" else [])], jobtitle=OLD)
    both.edit_there("person5@example.com", set={"phone": "+44 5"})
    both.configure(guards={"changes": 1.0})
    both.pump.run(both.wakes_of(both.start()), lambda: there_is(both, UNDER_WAY[what]))
    disaster.backup()
    both.sweep()
    both.edit("contact", ADA, jobtitle=NEW)
    both.edit_there("person5@example.com", set={"phone": "+44 55"})
    both.sync()
    with disaster.recover() as new:
        assert (new.backlog(), new.last_cycle()["state"]) == (0, "failed")
        heard = {told(new)}
        new.go_on(until=lambda: bool(heard.add(told(new))))
        new.later()
        new.sweep()
        new.sync()
        assert heard | {told(new)} == {(NEW, "+44 55")}
        new.verify()


def there_is(story: Story, what: str) -> bool:
    with story.transaction() as tx:
        return tx.execute(f"SELECT 1 AS one FROM {what}").fetchone() is not None


def told(story: Story) -> tuple[str, str]:
    """What each side was told of the other: Ada's job title, and the number of the fifth person."""
    return story.ac.values_of(ADA_AT)["JOB_TITLE"], story.row("contact", story.ids[4])["telephone1"]


def test_a_question_of_then_is_not_asked_again(both: Story, disaster: Disaster) -> None:
    both.configure(guards={"from": 5})
    both.edit_all("contact", both.ids, jobtitle=OLD)
    both.sync(state="stopped")
    disaster.backup()
    both.approve(both.last_cycle()["id"])
    both.edit_all("contact", both.ids, jobtitle=NEW)
    both.configure(guards={"changes": 1.0})
    both.sync()
    with disaster.recover() as new:
        with new.transaction() as tx:
            assert cycles.asking(tx, new.pump.connection_id) == []
        new.configure(guards={"changes": 1.0})
        new.later()
        new.sweep()
        new.sync()
        assert new.ac.values_of("person1@example.com")["JOB_TITLE"] == NEW
        new.verify()


def test_a_wish_that_was_granted_since_makes_nobody_twice(both: Story, disaster: Disaster) -> None:
    both.edit_there(CLEO_AT, create=True, set={"lastName": "Patra"})
    cleo = both.person(CLEO_AT)
    assert cleo is not None
    with both.transaction() as tx:
        asked.put(tx, both.pump.connection_id, [cleo.id], entity=Entity.LEAD, lane=Lane.SYNC)
    disaster.backup()
    both.sync()
    assert [row["emailaddress1"] for row in both.rows("lead")].count(CLEO_AT) == 1
    with disaster.recover() as new:
        new.sync()
        new.sweep()
        assert not two_of_a_kind(new)
        new.verify()


def test_a_conflict_that_was_decided_since_ends_by_itself(both: Story, disaster: Disaster) -> None:
    both.configure(contact={"conflict": "ask"})
    both.edit("contact", ADA, jobtitle=OLD)
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Admiral"})
    both.sync()
    disaster.backup()
    both.edit_there(ADA_AT, fields={"JOB_TITLE": OLD})
    both.sync()
    with disaster.recover() as new:
        new.edit("contact", ADA, jobtitle=NEW)
        new.sync()
        new.sweep()
        new.verify()


def test_a_deal_that_was_made_since_is_found_and_not_made_again(
    story: Story, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_search, "LISTED_AFTER", timedelta(0))
    story.ac.switches |= {"custom_objects": False, "deal_list_lag_s": 0}
    story.configure(opportunity={"enabled": True, "shown_as": "deals", "history": "load"})
    provision.carry_out(story.context, "test")
    story.contact(ADA, ADA_AT)
    story.sync()
    disaster = Disaster(story, postgres, tmp_path)
    disaster.backup()
    story.opportunity(DEAL, ADA)
    story.sync()
    with disaster.recover() as new:
        new.sync()
        assert len(new.ac.deals.rows) == 1
        new.verify()


def test_an_account_that_was_made_and_renamed_since_is_found_by_the_id_it_carries(
    both: Story, disaster: Disaster
) -> None:
    both.configure(account={"direction": "outbound"})
    disaster.backup()
    both.account(FABRIKAM, "Fabrikam")
    both.sync()
    both.edit_account_there("Fabrikam", set={"name": "Fabrikam Holding"})
    with disaster.recover() as new:
        new.sync()
        assert sorted(row["name"] for row in new.ac.accounts.rows.values()) == ["Contoso", "Fabrikam"]
