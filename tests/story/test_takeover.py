"""Taking over what another integration brought to ActiveCampaign: links without a write, then a first sync that makes
nobody twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO, CLEO_AT, DOV, DOV_AT
from support.pump import Pump
from support.story import CONTOSO, FABRIKAM, NEWS_ID, YEAR, Story
from typer.testing import CliRunner

from cli.main import app
from engine.accounts import ID_FIELD
from store import audit, conflicts
from sync import tags
from sync.model import Entity, Lane

BOTH = {"direction": "both"}
CONTACT = (tags.CONTACT, tags.PUSHED)
LEAD = (tags.LEAD, tags.PUSHED)
SPANISH = ("[D365: Contacto]", "[D365: Enviado desde Dynamics]")


@pytest.fixture
def taken(story: Story) -> Story:
    """The vendor's integration has brought Ada, a contact of Contoso, and Ben, a lead. Somebody corrected Ada's job
    title in ActiveCampaign since. Cleo is a subscriber whom Dynamics knows; the integration never touched her."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.contact(CLEO, CLEO_AT, firstname="Cleo")
    story.edit_account_there("Contoso", create=True)
    brought(story, ADA_AT, CONTACT, set=of("Ada"), fields={"JOB_TITLE": "Engineer"})
    brought(story, BEN_AT, LEAD, set=of("Ben"))
    brought(story, CLEO_AT, (), set=of("Cleo"))
    return story


def of(first: str) -> dict[str, str]:
    return {"firstName": first, "lastName": "Byron"}


def brought(story: Story, address: str, marks: tuple[str, ...], **more: Any) -> None:
    story.edit_there(address, create=True, tags={"add": list(marks)}, **more)


def take_over(*words: str) -> dict[str, dict[str, Any]]:
    """The report by entity."""
    ran = CliRunner().invoke(app, ["takeover", *words, "--json"])
    assert ran.exit_code == 0, ran.stderr
    return {one["entity"]: one for one in json.loads(ran.stdout)["entities"]}


def touched(story: Story) -> bool:
    """Whether a service was written to since `forget_requests`."""
    story.ac.settle()
    return bool(story.ac.stats.as_json()["writes"] or story.crm.stats.as_json()["write_requests"])


def listed(story: Story) -> list[tuple[str, str]]:
    """The conflicts on record: field and winner."""
    with story.transaction() as tx:
        return [(row["key"], row["winner"]) for row in conflicts.listed(tx, story.pump.connection_id)]


def test_the_report_stores_nothing_and_writes_nothing(taken: Story) -> None:
    taken.forget_requests()
    found = take_over()
    assert [found[name]["linked"] for name in ("account", "contact", "lead")] == [1, 1, 1]
    assert taken.link(Entity.CONTACT, ADA) is None
    assert not touched(taken)


def test_the_report_names_what_differs_with_both_values(taken: Story) -> None:
    found = take_over()["contact"]
    assert {"field": "JOB_TITLE", "count": 1, "conflict": "dynamics_wins"} in found["fields"]
    (told,) = (one for one in found["sample"] if one["field"] == "JOB_TITLE")
    assert (told["record"], told["dynamics"], told["activecampaign"]) == (ADA, "Countess", "Engineer")


def test_apply_stores_links_and_writes_to_neither_service(taken: Story) -> None:
    taken.forget_requests()
    take_over("--apply")
    assert not touched(taken)
    link = taken.link(Entity.CONTACT, ADA)
    assert (link.ac_id, link.delivered, set(link.tagged)) == (taken.person(ADA_AT).id, True, set(CONTACT))
    assert link.agreed["firstName"] == "Ada"
    assert "JOB_TITLE" not in link.agreed
    assert taken.link(Entity.ACCOUNT, CONTOSO).agreed["name"] == "Contoso"


def test_apply_is_in_the_audit_log(taken: Story) -> None:
    take_over("--apply")
    with taken.transaction() as tx:
        newest = audit.listed(tx, taken.pump.connection_id, 1)[0]
    assert newest["action"] == "take over"
    assert newest["after"] == {"linked": {"account": 1, "contact": 1, "lead": 1}}


def test_a_second_time_finds_everybody_linked(taken: Story) -> None:
    take_over("--apply")
    found = take_over("--apply")
    assert [(one["linked"], one["linked_before"]) for one in found.values()] == [(0, 1)] * 3


def test_who_bears_no_tag_is_taken_over_only_if_wished(taken: Story) -> None:
    assert take_over("--apply")["contact"]["linked"] == 1
    assert taken.link(Entity.CONTACT, CLEO) is None
    assert take_over("--apply", "--all-addresses")["contact"]["matched_by"] == {"address": 1}
    assert taken.link(Entity.CONTACT, CLEO).ac_id == taken.person(CLEO_AT).id


def test_after_it_the_first_sync_makes_nobody_twice(taken: Story) -> None:
    take_over("--apply", "--all-addresses")
    taken.sync()
    assert (len(taken.ac.contacts), len(taken.rows("contact")), len(taken.rows("lead"))) == (3, 2, 1)
    assert len(taken.rows("account")) == len(taken.ac.accounts.rows) == 1
    taken.verify()


def test_by_default_dynamics_wins_what_differs_and_the_case_is_kept(taken: Story) -> None:
    take_over("--apply")
    taken.sync()
    assert taken.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    assert taken.row("contact", ADA)["jobtitle"] == "Countess"
    assert listed(taken) == [("JOB_TITLE", "dynamics")]


@pytest.mark.parametrize("words", [(), ("--all-addresses",)])
def test_activecampaign_wins_where_it_is_configured(taken: Story, words: tuple[str, ...]) -> None:
    taken.configure(contact={"conflict": "activecampaign_wins"})
    taken.edit("contact", CLEO, jobtitle="Queen")
    taken.edit_there(CLEO_AT, fields={"JOB_TITLE": "Pharaoh"})
    take_over("--apply", *words)
    taken.sync()
    assert [taken.row("contact", one)["jobtitle"] for one in (ADA, CLEO)] == ["Engineer", "Pharaoh"]
    assert sorted(listed(taken)) == [("JOB_TITLE", "activecampaign")] * 2
    taken.verify()


def test_what_only_activecampaign_holds_comes_to_dynamics(taken: Story) -> None:
    taken.edit_there(BEN_AT, set={"phone": "+44 1"})
    take_over("--apply")
    taken.sync()
    assert taken.row("lead", BEN)["telephone1"] == "+44 1"
    assert taken.person(BEN_AT).phone == "+44 1"


def test_tags_stay_as_they_are(taken: Story) -> None:
    take_over("--apply")
    taken.sync()
    assert (taken.ac.tags_of(ADA_AT), taken.ac.tags_of(BEN_AT)) == (set(CONTACT), set(LEAD))


def test_translated_tags_count_and_stay(taken: Story) -> None:
    taken.contact(DOV, DOV_AT, firstname="Dov")
    brought(taken, DOV_AT, SPANISH, set=of("Dov"))
    assert take_over("--apply")["contact"]["linked"] == 2
    taken.edit_there(DOV_AT, fields={"JOB_TITLE": "Cartographer"})
    taken.sync()
    assert taken.ac.tags_of(DOV_AT) == set(SPANISH)
    assert taken.row("contact", DOV)["jobtitle"] == "Cartographer"


def test_nothing_is_rewritten_that_is_alike(taken: Story) -> None:
    taken.edit_there(ADA_AT, fields={"JOB_TITLE": "Countess"})
    taken.context.activecampaign.associate(taken.person(ADA_AT).id, account_there(taken), lane=Lane.SYNC)
    take_over("--apply")
    counts = taken.sync()
    assert counts["lead"] == {"unchanged": 1}
    assert counts["contact"] == {"unchanged": 1, "updated": 1}


def account_there(story: Story) -> int:
    return next(int(row["id"]) for row in story.ac.accounts.rows.values())


def test_of_a_lead_and_a_contact_with_one_address_the_contact_is_linked(taken: Story) -> None:
    taken.lead(DOV, ADA_AT.upper(), jobtitle="Programmer")
    found = take_over("--apply")["contact"]
    assert (found["linked"], found["several_records"], found["shadowed"]) == (1, 1, 1)
    taken.sync()
    assert (taken.link(Entity.LEAD, DOV), taken.link(Entity.CONTACT, ADA).ac_id) == (None, taken.person(ADA_AT).id)
    assert taken.ac.tags_of(ADA_AT) == set(CONTACT)
    assert len(taken.ac.contacts) == 3
    taken.verify()


def test_of_two_contacts_the_latest_modified_is_linked(story: Story) -> None:
    story.contact(ADA, ADA_AT, modifiedon=YEAR.format(1))
    story.contact(BEN, ADA_AT, modifiedon=YEAR.format(2))
    brought(story, ADA_AT, CONTACT)
    take_over("--apply")
    assert story.link(Entity.CONTACT, BEN) is not None
    assert story.link(Entity.CONTACT, ADA) is None


def test_who_bears_tags_and_has_no_record_is_left_and_named(taken: Story) -> None:
    brought(taken, DOV_AT, LEAD)
    found = take_over("--apply")["lead"]
    assert [(one["reason"], one["count"]) for one in found["not_linked"]] == [
        ("bears the tags, and no record in Dynamics has its address", 1)
    ]
    assert found["not_linked_sample"][0]["activecampaign_id"] == taken.person(DOV_AT).id


def test_who_asks_to_be_created_is_told_apart(taken: Story) -> None:
    brought(taken, DOV_AT, (tags.LEAD, tags.PULLED), set=of("Dov"))
    (left,) = take_over("--apply")["lead"]["not_linked"]
    assert "asks by its tags to be created" in left["reason"]
    taken.sync()
    assert len(taken.rows("lead")) == 2


def test_an_opt_out_on_one_side_only_is_told_and_travels(taken: Story) -> None:
    taken.edit_there(ADA_AT, lists={NEWS_ID: 2})
    taken.edit("lead", BEN, donotbulkemail=True)
    taken.edit_there(BEN_AT, lists={NEWS_ID: 1})
    found = take_over("--apply")
    assert found["contact"]["opted_out_only_in"] == {"activecampaign": 1}
    assert found["lead"]["opted_out_only_in"] == {"dynamics": 1}
    taken.sync()
    assert taken.row("contact", ADA)["donotbulkemail"]
    assert taken.list_state(BEN_AT) == 2


def test_an_account_is_matched_by_the_id_it_carries(taken: Story) -> None:
    taken.account(FABRIKAM, "Fabrikam")
    taken.edit_account_there("Fabrikam Inc", create=True, fields={ID_FIELD: FABRIKAM})
    assert take_over("--apply")["account"]["matched_by"] == {"id": 1, "name": 1}
    assert taken.link(Entity.ACCOUNT, FABRIKAM).agreed.get("name") is None


def test_an_account_without_a_counterpart_is_told(taken: Story) -> None:
    taken.edit_account_there("Fabrikam", create=True)
    (left,) = take_over()["account"]["not_linked"]
    assert left == {"reason": "has no counterpart; the next sync creates it in Dynamics", "count": 1}


def test_several_accounts_of_one_name_stay_apart(taken: Story) -> None:
    taken.account(FABRIKAM, "Contoso")
    found = take_over("--apply")["account"]
    assert (found["linked"], "several accounts" in found["not_linked"][0]["reason"]) == (0, True)


def test_an_outbound_sync_goes_on_where_the_other_integration_stopped(taken: Story) -> None:
    out = {"direction": "outbound"}
    taken.configure(account=out, contact=out, lead=out)
    take_over("--apply")
    counts = taken.sync()
    assert counts["lead"] == {"unchanged": 1}
    assert taken.ac.values_of(ADA_AT)["JOB_TITLE"] == "Countess"
    taken.verify()


def test_many_are_taken_over_page_by_page(taken: Story) -> None:
    taken.crowd(130)
    for number in range(1, 131):
        brought(taken, f"person{number}@example.com", CONTACT, set={"lastName": f"Person {number}"})
    assert take_over("--apply")["contact"]["linked"] == 131


def test_an_entity_that_is_off_is_refused(taken: Story, pump: Pump) -> None:
    taken.configure(lead={"enabled": False})
    ran = CliRunner().invoke(app, ["takeover", "--entity", "lead"])
    assert ran.exit_code == 1
    assert "lead is switched off in the configuration" in ran.stderr


def test_a_person_reads_who_and_what_and_what_comes_next(taken: Story) -> None:
    brought(taken, DOV_AT, LEAD)
    told = CliRunner().invoke(app, ["takeover"]).stdout
    assert "would link" in told
    assert "JOB_TITLE" in told
    assert "bears the tags, and no record in Dynamics has its address" in told
    assert "`ac365 takeover --apply`" in told
    assert "`ac365 sync --dry-run`" in CliRunner().invoke(app, ["takeover", "--apply"]).stdout


def test_the_dry_run_after_it_says_what_the_first_sync_does(taken: Story) -> None:
    take_over("--apply")
    ran = CliRunner().invoke(app, ["sync", "--dry-run", "--json"])
    found = {(one["entity"], one["direction"]): one for one in json.loads(ran.stdout)["entities"]}
    (clash,) = found["contact", "inbound"]["conflict_sample"]
    assert (clash["record"], clash["field"], clash["winner"]) == (ADA, "JOB_TITLE", "dynamics")
    assert found["contact", "outbound"]["created"] == 0
    assert found["contact", "inbound"]["linked"] == 1
