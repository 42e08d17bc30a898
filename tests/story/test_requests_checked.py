"""What `ac365 check` and the validation of a configuration say about the panel, and what `ac365 requests` lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.asking import ADD, NURTURE, Form
from support.cast import ADA, ADA_AT
from support.story import NEWS_ID, Story
from typer.testing import CliRunner

from cli.main import app
from config import document as documents
from engine import metadata, validate
from engine.requests import panel_check
from simulators.common.faults import Fault
from sync.model import Entity


@pytest.fixture
def form(story: Story) -> Form:
    """Ada is in both and on a list."""
    form = Form(story)
    story.contact(ADA, ADA_AT)
    story.sync(Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    return form


def found(story: Story, **panel: Any) -> dict[str, tuple[bool, str]]:
    document = documents.load({"panel": {"enabled": True, **panel}})
    context = story.context
    findings = panel_check.findings(context.dynamics, context.activecampaign, document)
    return {one.what.removeprefix("panel: "): (one.ok, one.message) for one in findings}


def test_a_panel_that_can_work_is_all_good(form: Form, story: Story) -> None:
    told = found(story)
    assert {what for what, (ok, _) in told.items() if not ok} == set()
    assert told["automations"] == (True, "2 active")


def test_nothing_is_asked_where_the_panel_is_off(story: Story) -> None:
    assert found(story, enabled=False) == {}


def test_tables_that_are_not_there_are_named(story: Story) -> None:
    assert [what for what, (ok, _) in found(story).items() if not ok] == ["choices", "requests", "rights of people"]


def test_names_that_nobody_has_are_named(form: Form, story: Story) -> None:
    assert found(story, automations=["Nurtur"])["automations"] == (
        False,
        "there is no automation 'Nurtur' in ActiveCampaign",
    )
    story.ac.build_automation(id=1, status=2)
    assert "not active" in found(story, mailings=[1])["automations"][1]


def test_an_account_without_the_first_generation_of_the_api_is_told(form: Form, story: Story) -> None:
    story.ac.switches["v1"] = False
    assert not found(story)["campaigns"][0]
    assert "campaigns" not in found(story, campaigns=[])


def test_a_configuration_names_automations_that_exist(form: Form, story: Story) -> None:
    story.refresh()
    check = validate.against(metadata.load(story.pump.services.db, story.pump.connection_id))
    document = documents.load({"panel": {"automations": ["Nurture", "Welcom"], "mailings": [2, 7]}})
    faults = {fault.path: fault.message for fault in check(document) if fault.path.startswith("panel")}
    assert set(faults) == {"panel.automations[1]", "panel.mailings[1]"}
    assert "Welcome" in faults["panel.automations[1]"]


def listed(*words: str) -> str:
    ran = CliRunner().invoke(app, ["requests", *words])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_requests_are_listed_with_who_asked_and_why(form: Form) -> None:
    form.ask(ADD, NURTURE)
    told = json.loads(listed("5", "--json"))
    [one] = told["requests"]
    assert (one["state"], one["who"]) == ("done", "Noor Seller (noor.seller@contoso.example)")
    assert told["listening"]["tracked"]
    shown = listed()
    assert "Heard" in shown
    assert "Noor Seller" in shown


def test_nobody_listens_before_the_panel_is_switched_on(story: Story) -> None:
    assert "Nobody listens" in listed()


def test_what_keeps_dynamics_from_being_heard_is_told(form: Form, story: Story) -> None:
    story.crm.faults.add(Fault("status", path="ac365_requests", status=503))
    form.hear(1)
    assert "can't be heard" in listed()
