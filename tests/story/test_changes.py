"""What changes in Dynamics after the first sync, and what is written to ActiveCampaign because of it."""

from __future__ import annotations

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT
from support.story import CONTOSO, FABRIKAM, Story

from sync.model import Entity


@pytest.fixture
def begun(story: Story) -> Story:
    """Ada works for Contoso, Ben is a lead; both have arrived."""
    story.account()
    story.account(FABRIKAM, "Fabrikam")
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess", telephone1="+44 1")
    story.lead(BEN, BEN_AT)
    story.sync()
    story.writes()
    return story


def test_a_second_cycle_writes_nothing_and_asks_little(begun: Story) -> None:
    begun.forget_requests()
    assert begun.sync() == {"account": {}, "contact": {}, "lead": {}}
    assert begun.writes() == {}
    assert sum(begun.routes().values()) <= 6


def test_one_changed_field_is_one_write_of_that_field(begun: Story) -> None:
    begun.ac.contact(ADA_AT).phone = "changed by hand"
    begun.edit("contact", ADA, jobtitle="Engineer")
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.writes() == {"contacts/<number>": 1}
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert begun.person(ADA_AT).phone == "changed by hand"


def test_ten_changed_contacts_are_one_import(story: Story) -> None:
    ids = story.crowd(12)
    story.sync()
    story.writes()
    story.edit_all("contact", ids[:10], jobtitle="Engineer")
    assert story.sync()["contact"] == {"updated": 10}
    assert story.writes() == {"import/bulk_import": 10}


def test_a_change_that_is_not_mapped_writes_nothing(begun: Story) -> None:
    begun.edit("contact", ADA, nickname="Countess")
    assert begun.sync()["contact"] == {"unchanged": 1}
    assert begun.writes() == {}


def test_a_cleared_value_is_cleared(begun: Story) -> None:
    begun.edit("contact", ADA, jobtitle=None, telephone1=None)
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.ac.values_of(ADA_AT).get("JOB_TITLE", "") == ""
    assert begun.person(ADA_AT).phone == ""
    begun.verify()


def test_a_cleared_value_stays_where_the_mapping_keeps_it(begun: Story) -> None:
    kept = {"dynamics": "jobtitle", "activecampaign": "JOB_TITLE", "on_empty": "keep"}
    begun.configure(contact={"standard": {"jobtitle": False}, "fields": [kept]})
    begun.edit("contact", ADA, jobtitle=None)
    assert begun.sync()["contact"] == {"unchanged": 1}
    assert begun.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    begun.verify()


def test_a_changed_address_renames_the_same_contact(begun: Story) -> None:
    before = begun.person(ADA_AT)
    begun.edit("contact", ADA, emailaddress1="lovelace@example.com")
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.person("lovelace@example.com").id == before.id
    assert begun.person(ADA_AT) is None
    begun.verify()


def test_an_address_in_capitals_is_the_same_person(begun: Story) -> None:
    begun.edit("contact", ADA, emailaddress1="ADA@EXAMPLE.COM")
    begun.sync()
    assert len(begun.ac.contacts) == 2
    begun.verify()


def test_a_swap_of_addresses_ends_with_one_contact_each(begun: Story) -> None:
    begun.contact(CLEO, CLEO_AT, jobtitle="Queen")
    begun.sync()
    begun.edit("contact", ADA, emailaddress1=CLEO_AT)
    begun.edit("contact", CLEO, emailaddress1=ADA_AT)
    begun.sync()
    assert (begun.ac.values_of(ADA_AT)["JOB_TITLE"], begun.ac.values_of(CLEO_AT)["JOB_TITLE"]) == ("Queen", "Countess")
    assert len(begun.ac.contacts) == 3
    begun.verify()


def test_a_lost_address_leaves_the_contact_as_it_is(begun: Story) -> None:
    begun.edit("contact", ADA, emailaddress1=None)
    assert begun.sync()["contact"] == {"skipped": 1}
    assert begun.person(ADA_AT) is not None
    assert begun.reasons(Entity.CONTACT, ADA)[0] == "has no e-mail address"


def test_another_account_moves_the_association(begun: Story) -> None:
    begun.edit("contact", ADA, **{"parentcustomerid_account@odata.bind": f"/accounts({FABRIKAM})"})
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.company_of(ADA_AT) == "Fabrikam"
    begun.verify()


def test_no_account_any_more_ends_the_association(begun: Story) -> None:
    begun.edit("contact", ADA, **{"parentcustomerid_account@odata.bind": None})
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.company_of(ADA_AT) is None
    begun.verify()


def test_a_renamed_account_stays_the_same_one(begun: Story) -> None:
    begun.edit("account", CONTOSO, name="Contoso Ltd")
    assert begun.sync()["account"] == {"updated": 1}
    assert begun.company_of(ADA_AT) == "Contoso Ltd"
    assert len(begun.ac.accounts) == 2
    begun.verify()


def test_somebody_known_to_activecampaign_is_taken_up_not_doubled(story: Story) -> None:
    story.ac.load_contacts([{"email": CLEO_AT, "firstName": "Cleo", "fields": {"CITY": "Alexandria"}}])
    story.contact(CLEO, CLEO_AT, jobtitle="Queen")
    assert story.sync()["contact"] == {"created": 1}
    assert len(story.ac.contacts) == 1
    assert story.ac.values_of(CLEO_AT) == {"CITY": "Alexandria", "JOB_TITLE": "Queen"}


def test_a_newly_mapped_field_is_filled_for_everybody(begun: Story) -> None:
    begun.configure(contact={"fields": [{"dynamics": "jobtitle", "activecampaign": "COMPANY"}]})
    assert begun.sync()["contact"] == {"updated": 1}
    assert begun.ac.values_of(ADA_AT)["COMPANY"] == "Countess"
