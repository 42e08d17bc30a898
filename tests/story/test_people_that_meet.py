"""People who meet at one address or in one record, and looks that came too late: what the seeded runs found first."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import CONTOSO, Story

from engine import retries, singles, transform
from engine.wake import Wake
from simulators.common.faults import Fault
from sync import backoff
from sync.model import Entity

BOTH = {"direction": "both"}
DELETED = "[D365: Deleted]"
PULLED = "[D365: Pulled from ActiveCampaign]"
REQUESTS = {"lead": ["[D365: Lead]", PULLED], "contact": ["[D365: Contact]", PULLED]}
NEW = "dddddddd-2222-4000-8000-000000000009"


@pytest.fixture
def both(story: Story) -> Story:
    """Ada and Cleo are contacts on both sides, and what changes travels both ways."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.contact(ADA, ADA_AT, firstname="Ada")
    story.contact(CLEO, CLEO_AT, firstname="Cleo")
    story.sync()
    story.sync()
    return story


def settled(story: Story) -> None:
    """Everything is carried through, nothing failed, and both sides agree."""
    for _ in range(2):
        story.sync()
        story.sweep()
    assert story.failures() == []
    story.verify()


def begin(story: Story, direction: str) -> list[Wake]:
    """Ada is to be looked at again in ActiveCampaign, or to be read again in Dynamics."""
    link = story.link(Entity.CONTACT, ADA)
    assert link is not None
    assert link.ac_id is not None
    with story.transaction() as tx:
        if direction == "inbound":
            return retries.look_again(tx, story.pump.connection_id, Entity.CONTACT, [link.ac_id], "test")
        return retries.read_again(tx, story.pump.connection_id, {Entity.CONTACT: [ADA]}, "test")


def delay(story: Story) -> bool:
    """What was filed inbound waits; answers whether anything was."""
    with story.transaction() as tx:
        query = "UPDATE outbox SET due_at = now() + interval '1 hour' WHERE direction = 'inbound'"
        return bool(tx.execute(query).rowcount)


def test_a_look_from_before_a_delivery_is_no_change(both: Story) -> None:
    both.edit("contact", ADA, firstname="Augusta")
    both.edit_there(ADA_AT, set={"phone": "+44 1"})
    both.pump.run(begin(both, "inbound"), lambda: delay(both))
    both.pump.run(begin(both, "outbound"), lambda: both.link(Entity.CONTACT, ADA).agreed["firstName"] == "Augusta")
    both.later()
    settled(both)
    assert both.row("contact", ADA)["firstname"] == "Augusta"
    assert both.row("contact", ADA)["telephone1"] == "+44 1"


def test_deleted_on_both_sides_is_no_failure(both: Story) -> None:
    both.delete("contact", ADA)
    both.edit_there(ADA_AT, delete=True)
    settled(both)


def test_who_takes_over_the_contact_of_a_merged_record_is_not_marked_as_deleted(both: Story) -> None:
    both.merge(CLEO, ADA)
    settled(both)
    assert DELETED in both.ac.tags_of(ADA_AT)
    both.contact(BEN, ADA_AT)
    settled(both)
    assert DELETED not in both.ac.tags_of(ADA_AT)


def test_tags_of_a_merged_record_ask_for_nobody(both: Story) -> None:
    both.edit_there(ADA_AT, tags={"add": ["[D365: Pulled from ActiveCampaign]"]})
    settled(both)
    both.merge(CLEO, ADA)
    settled(both)
    assert len(both.rows("contact")) == 2


def test_who_moves_to_the_address_of_a_contact_nobody_speaks_for_speaks_for_it(both: Story) -> None:
    both.delete("contact", ADA)
    settled(both)
    both.edit("contact", CLEO, emailaddress1=ADA_AT)
    settled(both)
    contact = both.person(ADA_AT)
    assert contact is not None
    assert contact.first == "Cleo"
    assert DELETED not in both.ac.tags_of(ADA_AT)
    assert DELETED in both.ac.tags_of(CLEO_AT)


def test_who_was_deleted_there_and_moves_to_the_address_of_a_contact_speaks_for_it(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.edit("contact", ADA, firstname="Augusta")
    settled(both)
    both.contact(BEN, BEN_AT, firstname="Ben")
    settled(both)
    both.merge(ADA, BEN)
    settled(both)
    both.edit("contact", ADA, emailaddress1=BEN_AT, donotbulkemail=True)
    settled(both)
    contact = both.person(BEN_AT)
    assert contact is not None
    assert contact.first == "Augusta"
    assert DELETED not in both.ac.tags_of(BEN_AT)
    assert {one.status for one in contact.lists.values()} <= {2}


def test_who_was_deleted_there_and_moves_to_a_new_address_stays_away(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.edit("contact", ADA, firstname="Augusta")
    settled(both)
    both.edit("contact", ADA, emailaddress1=BEN_AT)
    settled(both)
    assert both.person(BEN_AT) is None
    assert both.person(ADA_AT) is None


def test_who_shared_an_address_that_was_left_there_speaks_for_himself(both: Story) -> None:
    both.contact(BEN, ADA_AT, firstname="Ben")
    settled(both)
    both.edit_there(ADA_AT, set={"email": BEN_AT})
    settled(both)
    assert {contact.email for contact in both.ac.contacts.rows.values()} == {ADA_AT, BEN_AT, CLEO_AT}


def test_an_opt_out_there_reaches_the_record_that_takes_over(both: Story) -> None:
    both.edit_there(ADA_AT, lists={2: 2})
    settled(both)
    both.crm.clock.advance(3600)
    both.contact(BEN, ADA_AT, firstname="Ben")
    settled(both)
    assert both.link(Entity.CONTACT, BEN) is not None
    assert both.row("contact", BEN)["donotbulkemail"]


@pytest.mark.parametrize("what", [{"statecode": 1}, {"statuscode": 2, "statecode": 1}])
def test_nobody_is_made_beside_an_inactive_contact(both: Story, what: dict[str, int]) -> None:
    both.contact(BEN, BEN_AT, **what)
    both.edit_there(BEN_AT, create=True, tags={"add": ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]})
    settled(both)
    assert len(both.rows("contact")) == 3
    assert both.rows("lead") == []


@pytest.mark.parametrize("what", ["lead", "contact"])
def test_nobody_is_made_beside_somebody_who_was_entered_while_the_request_waited(both: Story, what: str) -> None:
    both.edit_there(BEN_AT, create=True, set={"firstName": "Ben"}, tags={"add": REQUESTS[what]})
    both.pump.run(both.wakes_of(both.start()), lambda: delay(both))
    both.contact(BEN, BEN_AT, firstname="Benjamin")
    both.later()
    settled(both)
    assert both.rows("lead") == []
    assert len(both.rows("contact")) == 3
    assert "[D365: Contact]" in both.ac.tags_of(BEN_AT)
    assert both.person(BEN_AT).first == both.row("contact", BEN)["firstname"]


def test_no_account_is_made_beside_one_that_was_entered_while_it_waited(both: Story) -> None:
    both.edit_account_there("Contoso", create=True, set={})
    both.pump.run(both.wakes_of(both.start()), lambda: delay(both))
    both.account(CONTOSO, "Contoso")
    both.later()
    settled(both)
    assert [row["accountid"] for row in both.rows("account")] == [CONTOSO]


def test_no_lead_is_made_beside_a_contact_while_contacts_are_off(both: Story) -> None:
    both.contact(BEN, BEN_AT)
    both.configure(contact={"enabled": False})
    both.edit_there(BEN_AT, create=True, tags={"add": ["[D365: Lead]", "[D365: Pulled from ActiveCampaign]"]})
    both.sync()
    assert both.rows("lead") == []


def test_who_opts_out_is_heard_without_the_tags_that_let_values_travel(both: Story) -> None:
    both.edit_there(ADA_AT, tags={"remove": ["[D365: Contact]"]}, lists={2: 2}, set={"phone": "+44 1"})
    both.sync()
    assert both.row("contact", ADA)["donotbulkemail"]
    assert not both.row("contact", ADA)["telephone1"]


def test_the_contact_of_a_qualified_lead_bears_the_mark_where_it_is_wanted(both: Story) -> None:
    both.configure(lead={"tag_qualified": True})
    both.lead(BEN, BEN_AT)
    settled(both)
    both.qualify(BEN)
    settled(both)
    assert "[D365: Qualified]" in both.ac.tags_of(BEN_AT)


def test_the_contact_that_a_record_went_away_from_asks_for_no_other_one(both: Story) -> None:
    both.edit_there(BEN_AT, create=True, tags={"add": ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]})
    settled(both)
    made = next(row for row in both.rows("contact") if row["emailaddress1"] == BEN_AT)
    both.edit("contact", made["contactid"], emailaddress1=ADA_AT)
    settled(both)
    both.edit_there(BEN_AT, set={"phone": "+44 7"})
    settled(both)
    assert len(both.rows("contact")) == 3


def test_two_that_are_merged_into_one_at_once_leave_it_one_contact(both: Story) -> None:
    both.contact(NEW, "new@example.com")
    both.merge(NEW, ADA)
    both.merge(NEW, CLEO)
    settled(both)
    assert both.person("new@example.com")
    assert sum(DELETED in both.ac.tags_of(address) for address in (ADA_AT, CLEO_AT)) == 1


def test_a_service_that_is_away_while_strangers_are_looked_for_is_waited_for(
    both: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform, "AGAIN_S", 0.02)
    both.edit_there(BEN_AT, create=True, tags={"add": ["[D365: Contact]", "[D365: Pulled from ActiveCampaign]"]})
    both.crm.faults.add(Fault("reset_before", path="emailaddress1", method="GET|POST", times=4))
    settled(both)
    assert BEN_AT in {row["emailaddress1"] for row in both.rows("contact")}


def test_who_was_deleted_there_is_no_failure_when_the_look_at_it_fails_at_first(
    both: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(singles, "AGAIN_S", 0.02)
    monkeypatch.setattr(backoff, "FIRST_S", 0.02)
    both.edit_there(ADA_AT, delete=True)
    both.edit("contact", ADA, firstname="Augusta")
    both.ac.faults.add(Fault("reset_before", path="email", method="GET", times=2))
    settled(both)
    assert both.person(ADA_AT) is None


def test_somebody_who_moves_to_an_account_that_was_deleted_there_arrives_without_it(
    both: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(singles, "AGAIN_S", 0.02)
    monkeypatch.setattr(backoff, "FIRST_S", 0.02)
    # Nothing sweeps accounts for deletions then.
    both.configure(account={"direction": "outbound"})
    both.account()
    both.sync()
    both.edit_account_there("Contoso", delete=True)
    both.edit(
        "contact", ADA, **{"parentcustomerid_account@odata.bind": f"/accounts({CONTOSO})", "jobtitle": "Countess"}
    )
    both.sync()
    both.sweep()
    assert both.failures() == []
    assert both.company_of(ADA_AT) is None
    assert both.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    link = both.link(Entity.ACCOUNT, CONTOSO)
    assert link
    assert link.removed
