"""`ac365 explain` where changes come back: what would be written to Dynamics, by which rule, and what is in the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT
from support.filed import failure
from support.story import CONTOSO, FABRIKAM, NEWS_ID, Story
from typer.testing import CliRunner

from cli.main import app
from store import asked, failures
from sync import tags
from sync.model import Entity, Lane

BOTH = {"direction": "both"}
HERE, THERE = "Engineer", "Admiral"


@pytest.fixture
def both(story: Story) -> Story:
    """Ada works for Contoso; everything travels both ways."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.account(FABRIKAM, "Fabrikam")
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess", telephone1="+44 1")
    story.sync()
    return story


def shown(*words: str) -> str:
    result = CliRunner().invoke(app, ["explain", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.stdout.split())


def explain(*words: str) -> Any:
    result = CliRunner().invoke(app, ["explain", *words, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def one(*words: str) -> Any:
    (record,) = explain(*words)["records"]
    return record


def effects(record: Any, name: str) -> tuple[str, str]:
    """What would be of a field in ActiveCampaign and in Dynamics."""
    state = next(state for state in [*record["fields"], record["account"]] if state["field"] == name)
    return state["effect"], state["inbound"]


def clash(story: Story) -> None:
    story.edit("contact", ADA, jobtitle=HERE)
    story.edit_there(ADA_AT, fields={"JOB_TITLE": THERE})


def test_what_would_be_written_to_dynamics_is_what_is_written(both: Story) -> None:
    both.edit_there(ADA_AT, set={"firstName": "Augusta"})
    record = one(ADA_AT)
    assert effects(record, "firstName") == ("unchanged", "written")
    assert record["inbound"]["action"] == "update"
    both.sync()
    assert both.reasons(Entity.CONTACT, ADA)[1] == record["inbound"]["reason"]
    assert effects(one(ADA_AT), "firstName") == ("unchanged", "unchanged")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("dynamics_wins", ("written", "loses")),
        ("activecampaign_wins", ("unchanged", "written")),
        ("ask", ("waits for you", "waits for you")),
    ],
)
def test_a_conflict_is_told_as_its_policy_decides_it(both: Story, policy: str, told: tuple[str, str]) -> None:
    both.configure(contact={"conflict": policy})
    clash(both)
    record = one(ADA_AT)
    assert effects(record, "JOB_TITLE") == told
    assert policy in shown(ADA_AT)


def test_an_open_conflict_and_its_parked_field_are_named(both: Story) -> None:
    both.configure(contact={"conflict": "ask"})
    clash(both)
    both.sync()
    record = one(ADA_AT)
    assert record["link"]["parked"] == ["JOB_TITLE"]
    assert [(row["state"], row["ours"], row["theirs"]) for row in record["conflicts"]] == [("open", HERE, THERE)]
    assert "both sides changed JOB_TITLE; decide with `ac365 conflicts`" in shown(ADA_AT)


@pytest.mark.parametrize(("rule", "told"), [("keep", ("written", "kept")), ("mirror", ("unchanged", "cleared"))])
def test_an_emptied_field_is_told_by_its_rule(both: Story, rule: str, told: tuple[str, str]) -> None:
    both.configure(contact={"standard": {"jobtitle": {"on_empty_inbound": rule}}})
    both.edit_there(ADA_AT, fields={"JOB_TITLE": ""})
    assert effects(one(ADA_AT), "JOB_TITLE") == told


def test_a_move_to_another_account_is_told(both: Story) -> None:
    client = both.context.activecampaign
    fabrikam = both.link(Entity.ACCOUNT, FABRIKAM).ac_id
    present = client.account_of(both.person(ADA_AT).id, lane=Lane.LIVE)
    client.move(present.id, present.contact_id, fabrikam, lane=Lane.LIVE)
    assert effects(one(ADA_AT), "account") == ("unchanged", "written")


def test_a_field_that_travels_one_way_is_left_out_of_the_other(both: Story) -> None:
    both.configure(
        contact={"standard": {"jobtitle": {"direction": "outbound"}, "telephone1": {"direction": "inbound"}}}
    )
    record = one(ADA_AT)
    assert effects(record, "JOB_TITLE") == ("unchanged", "left out")
    assert effects(record, "phone") == ("left out", "unchanged")


def test_without_its_tags_nothing_comes_back(both: Story) -> None:
    both.edit_there(ADA_AT, set={"firstName": "Augusta"}, tags={"remove": [tags.PUSHED]})
    record = one(ADA_AT)
    assert record["activecampaign"]["comes_back"] is False
    assert effects(record, "firstName")[1] == "left out"
    assert "do NOT let its changes come back" in shown(ADA_AT)


def test_an_opt_out_is_told_with_what_follows(both: Story) -> None:
    both.edit_there(ADA_AT, lists={str(NEWS_ID): 2})
    consent = one(ADA_AT)["consent"]
    assert (consent["do_not_bulk"], consent["activecampaign"], consent["agreed"]) == (False, True, None)
    assert "Dynamics' opt-out from bulk e-mail is set" in consent["follows"]
    both.sync()
    assert one(ADA_AT)["consent"]["follows"] == ["opted out on both sides"]


def test_an_opt_out_of_another_record_of_the_address_counts(both: Story) -> None:
    both.lead(BEN, ADA_AT, donotbulkemail=1)
    consent = explain(ADA_AT)["records"][0]["consent"]
    assert (consent["do_not_bulk"], consent["by_others"]) == (False, True)


def test_a_contact_that_was_deleted_there_is_told(both: Story) -> None:
    both.edit_there(ADA_AT, delete=True)
    both.sync(initial=True)
    record = one(ADA_AT)
    assert record["link"]["removed"] is True
    assert "was deleted in ActiveCampaign" in record["inbound"]["reason"]
    assert record["would"]["action"] == "none"


def test_somebody_without_tags_is_a_stranger_on_purpose(both: Story) -> None:
    both.edit_there(CLEO_AT, create=True)
    stranger = explain(CLEO_AT)["stranger"]
    assert (stranger["wish"], stranger["made"]) == (None, False)
    assert tags.PULLED in stranger["reason"]


def test_somebody_with_both_tags_is_made_next(both: Story) -> None:
    both.edit_there(CLEO_AT, create=True, tags={"add": [tags.LEAD, tags.PULLED]})
    stranger = explain(CLEO_AT)["stranger"]
    assert (stranger["wish"], stranger["made"]) == ("lead", True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"enabled": False}, "switched off"),
        ({"direction": "outbound"}, "travel to ActiveCampaign only"),
        ({"create": "never"}, "may be created"),
    ],
)
def test_what_keeps_a_record_from_being_made_is_named(both: Story, settings: dict[str, Any], told: str) -> None:
    both.configure(lead=settings)
    both.edit_there(CLEO_AT, create=True, tags={"add": [tags.LEAD, tags.PULLED]})
    stranger = explain(CLEO_AT)["stranger"]
    assert stranger["made"] is False
    assert told in stranger["reason"]


def test_a_request_that_waits_and_one_that_failed_are_told(both: Story) -> None:
    both.edit_there(CLEO_AT, create=True)
    number = both.person(CLEO_AT).id
    letter = failure(both.pump.connection_id, None, message="lastname is required")
    with both.transaction() as tx:
        asked.put(tx, both.pump.connection_id, [number], entity=Entity.CONTACT, lane=Lane.LIVE)
        failures.file(tx, [letter | {"direction": "inbound", "ac_id": number}])
    stranger = explain(CLEO_AT)["stranger"]
    assert [row["entity"] for row in stranger["asked"]] == ["contact"]
    assert [row["message"] for row in stranger["failures"]] == ["lastname is required"]
    assert "ago, to make a contact" in shown(CLEO_AT)


def test_a_record_on_its_way_to_be_made_is_no_deleted_one(both: Story) -> None:
    both.edit_there(CLEO_AT, create=True, tags={"add": [tags.LEAD, tags.PULLED]}, set={"lastName": "Patra"})
    both.start(Entity.LEAD)
    both.go_on(until=lambda: both.backlog() > 0)
    record = one(CLEO_AT)
    assert [(row["direction"], row["state"]) for row in record["pending"]] == [("inbound", "waiting")]
    assert (record["link"]["origin"], record["inbound"]["action"]) == ("pulled", "create")
    assert record["would"]["reason"] == "is to be made in Dynamics first"


def test_an_entity_that_travels_inbound_only_is_explained(story: Story) -> None:
    story.configure(contact={"direction": "inbound"})
    story.contact(BEN, BEN_AT, jobtitle="Clerk")
    record = one("contact", BEN)
    assert record["would"]["reason"] == "travels from ActiveCampaign to Dynamics only"
    assert record["held_back"] == ["Contacts wait for their first sync (`ac365 sync --entity contact`)."]


def test_an_account_renamed_there_is_told(both: Story) -> None:
    both.edit_account_there("Contoso", set={"name": "Contoso Ltd"})
    record = one("account", CONTOSO)
    name = next(state for state in record["fields"] if state["field"] == "name")
    assert (name["effect"], name["inbound"], name["direction"]) == ("unchanged", "written", "both")
    assert record["consent"] is None
