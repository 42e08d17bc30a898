"""From nothing to a sync that runs, on the pages of the console, between both services."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from support.browser import HASH, Browser
from support.cast import ADA, ADA_AT, BEN, BEN_AT
from support.story import Story

from console import background
from console.app import make
from engine import configure
from engine.wake import Wake
from store import connections, users
from sync.model import CycleKind

sent: list[Wake] = []


@pytest.fixture
def admin(story: Story, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Anna; what runs in the background is done at once."""

    def at_once(work: Callable[[], None], _: str) -> None:
        work()

    monkeypatch.setattr(background, "run", at_once)
    sent.clear()
    app = make(story.pump.services, sent.extend)
    with story.transaction() as tx:
        users.add(tx, "anna", "Anna", "administrator", "test", password_hash=HASH)
    return Browser(app.test_client()).sign_in("anna")


@pytest.fixture
def at(story: Story) -> str:
    return f"/c/{story.pump.connection_id}"


def deliver(story: Story, until: Callable[[], bool] = lambda: False) -> None:
    """What the console woke is carried out."""
    wakes = list(sent)
    sent.clear()
    story.pump.run(wakes, until)


def plain(text: str) -> str:
    """What a person reads."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def start(admin: Browser, at: str, how: str, *entities: str) -> str:
    page = f"{at}/initial-sync/"
    admin.post(f"{page}start", 303, page=page, how=how, entity=list(entities))
    return plain(admin.get(page))


def test_a_connection_in_which_nothing_is_wrong_is_bound(admin: Browser, at: str, story: Story) -> None:
    admin.post(f"{at}/connection/test", 303, page=f"{at}/connection")
    text = plain(admin.get(f"{at}/connection"))
    assert "both services answer" in text
    assert "good dynamics: read contacts" in text
    with story.transaction() as tx:
        row = connections.get(tx, story.pump.connection_id)
    assert row
    assert str(row["organization_id"]) in text


def test_a_refusal_is_told_in_the_service_s_words_with_what_to_do(admin: Browser, at: str, story: Story) -> None:
    story.forbid("prvReadLead")
    admin.post(f"{at}/connection/test", 303, page=f"{at}/connection")
    line = next(one for one in admin.get(f"{at}/connection").split("<tr>") if "dynamics: read leads" in one)
    assert "wrong" in line
    assert "prvReadLead" in line


def test_another_organisation_is_refused_before_it_is_saved(admin: Browser, at: str, story: Story) -> None:
    with story.transaction() as tx:
        tx.execute("UPDATE connections SET organization_id = gen_random_uuid()")
        tx.execute("UPDATE connections SET dynamics_url = 'https://former.crm4.dynamics.example'")
        row = connections.get(tx, story.pump.connection_id)
    assert row
    said = {name: row[name] for name in configure.PLAIN} | {"dynamics_url": story.crm.url, "save": "1"}
    text = admin.post(f"{at}/connection", 422, page=f"{at}/connection", **said)
    assert "add the other one as a connection of its own" in plain(text)
    with story.transaction() as tx:
        kept = connections.get(tx, story.pump.connection_id)
    assert kept
    assert kept["dynamics_url"] == "https://former.crm4.dynamics.example"


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(admin: Browser, at: str, story: Story) -> None:
    story.contact(ADA, ADA_AT)
    page = f"{at}/initial-sync/"
    admin.post(f"{page}dry-run", 303, page=page, entity=["contact"])
    text = plain(admin.get(page))
    assert "contacts to ActiveCampaign 1 0 1 0" in text
    assert ADA in text
    assert "takes 1 min or more" in text
    assert story.writes() == {}
    told = admin.client.get(f"/api/v1/connections/{story.pump.connection_id}/dry-run").json
    assert (told["state"], told["previews"][0]["created"], told["sizes"][0]["in_scope"]) == ("done", 1, 1)


def test_a_dry_run_that_fails_says_why(admin: Browser, at: str, story: Story) -> None:
    admin.get(f"{at}/initial-sync/")
    page = f"{at}/initial-sync/"
    story.pump.services.context(story.pump.connection_id)
    story.forbid("prvReadContact")
    admin.post(f"{page}dry-run", 303, page=page, entity=["contact"])
    text = plain(admin.get(page))
    assert "did not come to its end" in text
    assert "prvReadContact" in text


def test_a_sample_travels_first_and_the_full_sync_finds_it_as_it_is(admin: Browser, at: str, story: Story) -> None:
    story.crowd(12)
    text = start(admin, at, "sample", "contact")
    assert "has begun" in text
    deliver(story)
    assert len(story.ac.contacts) == 10
    text = plain(admin.get(f"{at}/initial-sync/"))
    assert text.count("created") >= 10
    assert "contacts to ActiveCampaign not yet" in text
    start(admin, at, "all", "contact")
    deliver(story)
    assert story.cycle_counts(CycleKind.INITIAL)["contact"] == {"created": 2, "unchanged": 10}
    assert "contacts to ActiveCampaign all records" in plain(admin.get(f"{at}/initial-sync/"))


def test_from_now_on_nothing_old_travels(admin: Browser, at: str, story: Story) -> None:
    story.contact(ADA, ADA_AT)
    start(admin, at, "from_now", "contact")
    deliver(story)
    story.contact(BEN, BEN_AT)
    story.pump.sync()
    assert story.person(ADA_AT) is None
    assert story.person(BEN_AT) is not None
    assert "It was not started: contact had a first sync already" in start(admin, at, "from_now", "contact")


def test_a_first_sync_is_stopped_and_goes_on(admin: Browser, at: str, story: Story) -> None:
    story.crowd(12)
    story.ac.switches["import_delay_s"] = [3600, 3600]
    start(admin, at, "all", "contact")
    deliver(story, until=lambda: story.backlog() == 12)
    page = f"{at}/initial-sync/"
    text = admin.get(page)
    assert "data-live" in text
    assert "0 %" in plain(text)
    admin.post(f"{page}stop", 303, page=page)
    assert "The connection is paused by console:anna" in plain(admin.get(page))
    story.ac.switches["import_delay_s"] = [0, 0]
    story.ac.settle()
    story.later()
    story.go_on()
    admin.post(f"{page}go-on", 303, page=page)
    story.later()
    story.sweep()
    assert len(story.ac.contacts) == 12


def test_what_opportunities_need_is_shown_and_made(admin: Browser, at: str, story: Story) -> None:
    story.configure(opportunity={"enabled": True})
    page = f"{at}/checklist/provision"
    assert "What would be made" in admin.get(page)
    assert not story.ac.schemas
    admin.post(page, 303, page=page)
    assert story.ac.schemas
    assert "There is nothing to do" in admin.get(page)


def test_the_checklist_ends_with_a_sync_that_runs(admin: Browser, at: str, story: Story) -> None:
    story.contact(ADA, ADA_AT)
    admin.post(f"{at}/connection/test", 303, page=f"{at}/connection")
    admin.post(f"{at}/checklist/check", 303, page=f"{at}/checklist/check")
    assert "Nothing is wrong" in admin.get(f"{at}/checklist/check")
    assert "Next: Dry run" in admin.get(f"{at}/checklist/")
    admin.post(f"{at}/initial-sync/dry-run", 303, page=f"{at}/initial-sync/")
    assert "Next: Initial sync" in admin.get(f"{at}/checklist/")
    start(admin, at, "all")
    deliver(story)
    assert "All is done" in admin.get(f"{at}/checklist/")
    assert admin.client.get("/").location == f"{at}/"


@pytest.mark.parametrize("how", ["all", "sample"])
def test_a_sample_leaves_what_activecampaign_would_keep(admin: Browser, at: str, story: Story, how: str) -> None:
    story.configure(contact={"direction": "both", "conflict": "activecampaign_wins"})
    story.contact(ADA, ADA_AT, jobtitle="Countess")
    story.edit_there(ADA_AT, create=True, fields={"JOB_TITLE": "Engineer"})
    story.contact(BEN, BEN_AT)
    start(admin, at, how, "contact")
    deliver(story)
    assert story.ac.values_of(ADA_AT)["JOB_TITLE"] == "Engineer"
    assert story.person(BEN_AT) is not None
