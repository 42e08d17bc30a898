"""People whose account is not in ActiveCampaign yet, or not any more."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT
from support.story import CONTOSO, FABRIKAM, Story

from sync.model import Entity

HELD_BACK = {"field": "name", "operator": "begins_with", "value": "Con"}


@pytest.fixture
def waiting(story: Story) -> Story:
    """Ada works for Fabrikam, which the criteria for accounts leave out."""
    story.configure(account={"scope": "criteria", "criteria": HELD_BACK})
    story.account()
    story.account(FABRIKAM, "Fabrikam")
    story.contact(ADA, ADA_AT, FABRIKAM)
    story.sync()
    return story


def test_a_person_arrives_without_the_account_that_is_left_out(waiting: Story) -> None:
    assert waiting.person(ADA_AT) is not None
    assert waiting.company_of(ADA_AT) is None
    waiting.verify()


def test_the_association_is_made_when_the_account_arrives(waiting: Story) -> None:
    waiting.edit("account", FABRIKAM, name="Conglomerate")
    assert waiting.sync()["account"] == {"created": 1}
    assert waiting.company_of(ADA_AT) == "Conglomerate"
    waiting.verify()


def test_waiting_for_an_account_is_no_change(waiting: Story) -> None:
    waiting.writes()
    assert waiting.sync(Entity.CONTACT, initial=True)["contact"] == {"unchanged": 1}
    assert waiting.writes() == {}


def test_who_moves_to_an_unknown_account_leaves_the_old_one(waiting: Story) -> None:
    waiting.edit("contact", ADA, **{"parentcustomerid_account@odata.bind": f"/accounts({CONTOSO})"})
    waiting.sync()
    assert waiting.company_of(ADA_AT) == "Contoso"
    waiting.edit("contact", ADA, **{"parentcustomerid_account@odata.bind": f"/accounts({FABRIKAM})"})
    waiting.sync()
    assert waiting.company_of(ADA_AT) is None
    waiting.verify()


def test_people_go_on_while_the_accounts_may_not_be_read(story: Story) -> None:
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO)
    story.forbid("prvReadAccount")
    assert story.sync(state="partial")["contact"] == {"created": 1}
    story.allow("prvReadAccount")
    assert story.sync()["account"] == {"created": 1}
    assert story.company_of(ADA_AT) == "Contoso"
    story.verify()


def test_the_people_of_a_deleted_account_leave_it(story: Story) -> None:
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO)
    story.sync()
    story.delete("account", CONTOSO)
    story.sync()
    assert story.company_of(ADA_AT) is None
    assert story.link(Entity.ACCOUNT, CONTOSO) is None
    assert len(story.ac.accounts) == 1


@pytest.mark.parametrize("others", [0, 12], ids=["alone", "by import"])
def test_somebody_known_to_activecampaign_moves_to_the_account_of_dynamics(story: Story, others: int) -> None:
    story.ac.load_accounts([{"name": "Old Corp"}])
    story.ac.load_contacts([{"email": ADA_AT, "account": "Old Corp"}])
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO)
    story.crowd(others)
    story.sync()
    assert story.company_of(ADA_AT) == "Contoso"
    story.verify()
