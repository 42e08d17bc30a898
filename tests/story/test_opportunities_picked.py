"""Opportunities that people pick: by the command, or by a yes/no column of Dynamics."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from support.cast import ADA, BEN
from support.deals import DEAL, OTHER, deal_id, open_for_business, there, value
from support.story import Story
from typer.testing import CliRunner

from cli.main import app
from sync.model import Entity

BENS, MISSING = deal_id(1), deal_id(2)
PICKER = "ac_syncs"
ODATA = "Microsoft.Dynamics.CRM"
Run = Callable[..., Any]


@pytest.fixture
def sales(story: Story) -> Story:
    """Ada is on both sides, and has two opportunities that nobody picked."""
    open_for_business(story).configure(opportunity={"scope": "manual"})
    story.opportunity(DEAL, ADA)
    story.opportunity(OTHER, ADA)
    story.sync()
    return story


@pytest.fixture
def ac365(sales: Story, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`ac365 opportunities …` with what it sends carried out at once."""
    monkeypatch.setattr("cli.opportunities.send", lambda _services, wakes: sales.pump.run(wakes))

    def run(*words: str) -> Any:
        ran = CliRunner().invoke(app, ["opportunities", *words, "--json"], catch_exceptions=False)
        return json.loads(ran.stdout)

    return run


def topic(story: Story, record_id: str = DEAL) -> Any:
    """What ActiveCampaign shows as the topic of this opportunity, None where it has no record."""
    return value(story, "topic", record_id) if there(story, record_id) else None


def of_ben(story: Story) -> None:
    """Ben, who has no address and so doesn't sync, has an opportunity."""
    story.contact(BEN, None)
    story.opportunity(BENS, BEN)
    story.sync()


def make_picker(story: Story) -> None:
    """A yes/no column of the customer's own."""
    word = {"LocalizedLabels": [{"Label": "Syncs", "LanguageCode": 1033}]}
    body = {"@odata.type": f"{ODATA}.BooleanAttributeMetadata", "SchemaName": "ac_Syncs", "DisplayName": word}
    url = f"{story.crm.url}/api/data/v9.2/EntityDefinitions(LogicalName='opportunity')/Attributes"
    requests.post(url, json=body, headers=story.administrator()).raise_for_status()
    story.refresh()


def test_a_picked_one_travels_at_once_and_the_others_stay(sales: Story, ac365: Run) -> None:
    assert ac365("pick", DEAL)["picked"] == 1
    assert topic(sales) == "Licences"
    assert topic(sales, OTHER) is None
    assert sales.record(Entity.OPPORTUNITY, OTHER)["reason"] == "was not picked by hand"


def test_later_changes_of_a_picked_one_travel(sales: Story, ac365: Run) -> None:
    ac365("pick", DEAL)
    sales.edit("opportunity", DEAL, name="Many licences")
    assert sales.sync()["opportunity"] == {"updated": 1}
    assert topic(sales) == "Many licences"


def test_who_is_no_longer_picked_stays_as_it_is(sales: Story, ac365: Run) -> None:
    ac365("pick", DEAL)
    assert ac365("unpick", DEAL)["unpicked"] == 1
    sales.edit("opportunity", DEAL, name="Many licences")
    assert sales.sync()["opportunity"] == {"skipped": 1}
    assert topic(sales) == "Licences"
    assert sales.record(Entity.OPPORTUNITY, DEAL)["state"] == "out_of_scope"


def test_who_is_picked_again_goes_on_with_the_same_record(sales: Story, ac365: Run) -> None:
    ac365("pick", DEAL)
    ac365("unpick", DEAL)
    sales.edit("opportunity", DEAL, name="Many licences")
    sales.sync()
    ac365("pick", DEAL)
    assert topic(sales) == "Many licences"
    assert len(sales.ac.externals) == 1


def test_the_list_tells_where_each_stands(sales: Story, ac365: Run) -> None:
    of_ben(sales)
    ac365("pick", DEAL, BENS, MISSING)
    found = {one["id"]: one for one in ac365("picked")["picked"]}
    assert found[DEAL]["state"] == "linked"
    assert found[BENS]["reason"] == f"waits for contact {BEN}, which has no e-mail address"
    assert found[MISSING]["state"] == "deleted"


def test_those_that_wait_are_listed_with_their_contact(sales: Story, ac365: Run) -> None:
    of_ben(sales)
    ac365("pick", BENS)
    found = ac365("waiting")
    assert found["reasons"] == [{"reason": "waits for a contact, which has no e-mail address", "count": 1}]
    assert [one["contact"] for one in found["opportunities"]] == [BEN]


def test_the_first_pick_of_all_asks_where_the_first_load_asks(sales: Story, ac365: Run) -> None:
    sales.configure(opportunity={"history": "ask"})
    (told,) = ac365("pick", DEAL)["ahead"]
    assert "asks first" in told
    cycle = sales.last_cycle()
    assert cycle["state"] == "stopped"
    assert topic(sales) is None
    sales.approve(cycle["id"])
    assert topic(sales) == "Licences"


def test_a_paused_entity_takes_picks_and_writes_after_the_pause(sales: Story, ac365: Run) -> None:
    CliRunner().invoke(app, ["pause", "--entity", "opportunity"], catch_exceptions=False)
    (told,) = ac365("pick", DEAL)["ahead"]
    assert "ac365 resume" in told
    assert topic(sales) is None
    CliRunner().invoke(app, ["resume"], catch_exceptions=False)
    sales.sweep()
    assert topic(sales) == "Licences"


@pytest.mark.parametrize("picker", ["isrevenuesystemcalculated", PICKER])
def test_a_column_of_dynamics_picks_instead_of_the_list(sales: Story, ac365: Run, picker: str) -> None:
    if picker == PICKER:
        make_picker(sales)
    sales.configure(opportunity={"picked_by": picker})
    sales.edit("opportunity", OTHER, **{picker: True})
    sales.sync()
    assert topic(sales, OTHER) == "Licences"
    assert topic(sales) is None
    assert picker in ac365("pick", DEAL)["why_not"]
    assert topic(sales) is None
    sales.edit("opportunity", OTHER, **{picker: False, "name": "Many licences"})
    sales.sync()
    assert topic(sales, OTHER) == "Licences"
