"""A dry run of both directions: it says what the next cycle does, and leaves no trace anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.cast import ADA, ADA_AT, BEN, BEN_AT, CLEO_AT, DOV_AT
from support.pump import Pump
from support.story import CONTOSO, NEWS_ID, Story
from typer.testing import CliRunner

from cli.main import app
from engine import preview, request
from engine.preview_report import Preview
from sync.model import Direction

BOTH = {"direction": "both"}
COUNTED = ("created", "updated", "unchanged", "skipped", "failed")
ASKING = ("[D365: Contact]", "[D365: Pulled from ActiveCampaign]")


@pytest.fixture
def both(story: Story) -> Story:
    """Ada is a contact and Ben a lead, on both sides; everything travels both ways."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.sync()
    return story


def look(story: Story) -> dict[str, Preview]:
    """What the next sync on request would do, named as `Story.sync` names its streams."""
    context = story.context
    with story.transaction() as tx:
        planned = request.plan(tx, context.id, context.document, [])
    found = preview.preview(context, planned)
    return {f"{p.entity} inbound" if p.direction is Direction.INBOUND else str(p.entity): p for p in found}


def counted(one: Preview) -> dict[str, int]:
    told = one.as_json()
    return {name: told[name] for name in COUNTED if told[name]}


def agree(story: Story) -> None:
    """A dry run and the sync after it count the same."""
    would = {name: counted(one) for name, one in look(story).items()}
    assert story.sync() == would


def stored(story: Story) -> str:
    """Everything that ac365 keeps."""
    with story.transaction() as tx:
        names = tx.execute("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        rows = {
            row["name"]: tx.execute(f"SELECT to_jsonb(t) AS one FROM {row['name']} t ORDER BY 1").fetchall()
            for row in names
        }
    return json.dumps(rows, default=str)


def wanted(story: Story, address: str = CLEO_AT, **more: Any) -> None:
    """Somebody in ActiveCampaign asks by tags for a contact in Dynamics."""
    story.edit_there(
        address, create=True, set={"firstName": "Cleo", "lastName": "Patra"}, tags={"add": [*ASKING]}, **more
    )


def test_a_change_there_is_shown_with_its_value(both: Story) -> None:
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    one = look(both)["contact inbound"]
    assert counted(one)["updated"] == 1
    assert one.sample[ADA].values == {"JOB_TITLE": "Engineer"}


def test_it_leaves_no_trace(both: Story) -> None:
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    both.edit_account_there("Fabrikam", create=True)
    wanted(both)
    before, version = stored(both), both.row("contact", ADA)["versionnumber"]
    both.writes()
    look(both)
    assert stored(both) == before
    assert both.writes() == {}
    assert both.row("contact", ADA)["versionnumber"] == version


def test_the_sync_after_it_counts_the_same(both: Story) -> None:
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    both.edit_there(BEN_AT, lists={NEWS_ID: 2})
    both.edit_account_there("Fabrikam", create=True)
    wanted(both)
    would = look(both)
    did = both.sync()
    inbound = [name for name in did if name.endswith("inbound")]
    assert {name: counted(would[name]) for name in inbound} == {name: did[name] for name in inbound}


def test_who_would_be_made_is_named_by_its_id_there(both: Story) -> None:
    wanted(both)
    one = look(both)["contact inbound"]
    assert counted(one)["created"] == 1
    (sample,) = one.sample.values()
    assert sample.record_id == f"ac:{both.person(CLEO_AT).id}"
    assert sample.values["lastName"] == "Patra"


def test_who_is_there_already_would_be_linked_and_not_made(both: Story) -> None:
    wanted(both)
    both.contact("cccccccc-0000-4000-8000-000000000003", CLEO_AT, firstname="Cleo")
    found = look(both)
    assert (found["contact inbound"].linked, counted(found["contact inbound"]).get("created")) == (1, None)
    assert "created" not in counted(found["contact"])


def test_nobody_may_be_made_where_the_configuration_says_never(both: Story) -> None:
    both.configure(contact={"create": "never"})
    wanted(both)
    reasons = look(both)["contact inbound"].reasons
    assert reasons["skipped", "nothing may be created in Dynamics for this entity"] == 1


@pytest.mark.parametrize(
    ("policy", "winner", "outbound"),
    [
        ("dynamics_wins", "dynamics", {"JOB_TITLE": "Programmer"}),
        ("activecampaign_wins", "activecampaign", None),
        ("ask", "a person decides", None),
    ],
)
def test_a_conflict_is_shown_with_its_three_values_and_its_winner(
    both: Story, policy: str, winner: str, outbound: Any
) -> None:
    both.configure(contact={"conflict": policy})
    both.sync()
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    both.edit("contact", ADA, jobtitle="Programmer")
    found = look(both)
    (told,) = (clash.as_json() for clash in found["contact inbound"].clash_sample)
    values = [told[name] for name in ("field", "agreed", "dynamics", "activecampaign", "winner")]
    assert values == ["JOB_TITLE", "Countess", "Programmer", "Engineer", winner]
    written = found["contact"].sample.get(ADA)
    assert (written.values if written else None) == outbound


def test_what_a_conflict_sends_back_is_shown_though_dynamics_did_not_change(both: Story) -> None:
    both.edit_there(ADA_AT, set={"firstName": ""})
    found = look(both)
    assert counted(found["contact inbound"]) == {"unchanged": 1}
    assert found["contact"].sample[ADA].values == {"firstName": "Ada"}


def test_an_opt_out_there_is_shown(both: Story) -> None:
    both.edit_there(ADA_AT, lists={NEWS_ID: 2})
    one = look(both)["contact inbound"]
    assert (one.opt_outs, one.sample[ADA].values) == (1, {"donotbulkemail": True})


def test_a_person_who_moved_to_another_account_there_is_shown(both: Story) -> None:
    both.contact("cccccccc-0000-4000-8000-000000000003", CLEO_AT)
    both.account("cccccccc-1111-4000-8000-000000000002", "Fabrikam")
    both.sync()
    client = both.context.activecampaign
    with both.transaction() as tx:
        row = tx.execute("SELECT ac_id FROM links WHERE agreed ->> 'name' = 'Fabrikam'").fetchone()
    client.associate(both.person(CLEO_AT).id, row["ac_id"], lane=preview.LANE)
    (sample,) = look(both)["contact inbound"].sample.values()
    assert sample.values == {"account": "cccccccc-1111-4000-8000-000000000002"}


def test_before_the_very_first_sync_everybody_is_found(story: Story) -> None:
    """Both sides are full, and nothing was ever linked."""
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.lead(BEN, BEN_AT, firstname="Ben")
    story.edit_account_there("Contoso", create=True)
    story.edit_there(ADA_AT, create=True, set={"firstName": "Ada"}, fields={"JOB_TITLE": "Engineer"})
    story.edit_there(DOV_AT, create=True)
    found = look(story)
    assert [found[name].linked for name in ("account inbound", "contact inbound", "lead inbound")] == [1, 1, 0]
    assert counted(found["contact"]) == {"updated": 1}
    assert counted(found["lead"]) == {"created": 1}
    assert found["contact"].sample[ADA].values["JOB_TITLE"] == "Countess"


def test_before_the_very_first_sync_the_counts_hold_too(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, firstname="Ada", jobtitle="Countess")
    story.contact(BEN, BEN_AT, firstname="Ben")
    story.edit_account_there("Contoso", create=True)
    story.edit_there(ADA_AT, create=True, set={"firstName": "Ada"})
    agree(story)


def test_of_an_entity_that_only_comes_in_opt_outs_go_out(both: Story) -> None:
    both.configure(lead={"direction": "inbound"})
    both.edit("lead", BEN, donotbulkemail=True, firstname="Benjamin")
    found = look(both)
    assert counted(found["lead"]) == {"updated": 1}
    assert [one.reason for one in found["lead"].sample.values()] == ["changed: opt-out"]
    agree(both)


def test_an_entity_that_only_comes_in_has_no_outbound_half_without_consent(both: Story) -> None:
    both.configure(lead={"direction": "inbound"}, consent={"enabled": False})
    found = look(both)
    assert "lead" not in found
    assert "lead inbound" in found


def test_the_json_names_the_direction(both: Story) -> None:
    told = look(both)["contact inbound"].as_json()
    assert (told["entity"], told["direction"]) == ("contact", "inbound")


def test_the_question_before_a_first_sync_says_what_is_there(
    story: Story, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.edit_account_there("Fabrikam", create=True)
    story.edit_there(ADA_AT, create=True)
    monkeypatch.setattr("cli.sync.on_terminal", lambda: True)
    ran = CliRunner().invoke(app, ["sync"], input="n\n")
    assert "ActiveCampaign has 1 contacts and 1 accounts" in ran.stdout
    assert "1 of its accounts are not linked yet" in ran.stdout
    assert ran.exit_code == 1


def test_a_person_reads_both_directions_and_the_conflicts(both: Story) -> None:
    both.edit_there(ADA_AT, fields={"JOB_TITLE": "Engineer"})
    both.edit("contact", ADA, jobtitle="Programmer")
    told = CliRunner().invoke(app, ["sync", "--dry-run"]).stdout
    assert "Conflicts of contacts" in told
    assert all(value in told for value in ("Countess", "Programmer", "Engineer"))
    assert "would be written to ActiveCampaign" in told


def test_more_than_a_page_is_read(story: Story) -> None:
    story.configure(account=BOTH, contact=BOTH, lead=BOTH)
    story.crowd(130)
    for number in range(1, 131):
        story.edit_there(f"person{number}@example.com", create=True, set={"lastName": f"Person {number}"})
    assert look(story)["contact inbound"].linked == 130
    counts = story.sync()
    assert counts["contact inbound"] == {"unchanged": 130}
