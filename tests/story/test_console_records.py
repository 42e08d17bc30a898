"""The page of a record says what `ac365 explain` says, and a sync is one button away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from support.browser import HASH, Browser
from support.cast import ADA, ADA_AT, CLEO_AT
from support.story import CONTOSO, Story

from console.app import make
from engine.wake import Wake
from store import conflicts, failures, outcomes, pauses, users
from sync.model import Entity

NOBODY = str(UUID(int=7))


class Console:
    """The console of a story's installation, with Anna signed in, who may do everything, and Uwe, who may look."""

    def __init__(self, story: Story) -> None:
        self.story, self.sent = story, list[Wake]()
        app = make(story.pump.services, self.sent.extend)
        with story.transaction() as tx:
            users.add(tx, "anna", "Anna", "administrator", "test", password_hash=HASH)
            users.add(tx, "uwe", "Uwe", "user", "test", password_hash=HASH)
        self.anna = Browser(app.test_client()).sign_in("anna")
        self.uwe = Browser(app.test_client()).sign_in("uwe")
        self.home = f"/c/{story.pump.connection_id}"
        self.api = f"/api/v1/connections/{story.pump.connection_id}"

    def page(self, entity: str, record_id: str, rest: str = "") -> str:
        return self.uwe.get(f"{self.home}/records/{entity}/{record_id}{rest}")


@pytest.fixture
def console(story: Story) -> Console:
    """Ada works for Contoso and is in both systems; Cleo is in ActiveCampaign only."""
    story.account()
    story.contact(ADA, ADA_AT, CONTOSO, jobtitle="Countess", telephone1="+44 1632 960001")
    story.sync()
    return Console(story)


def test_a_record_shows_all_three_values_with_rule_and_links(console: Console) -> None:
    text = console.page("contact", ADA, "?ask=1")
    assert text.count("Countess") == 3
    assert "meets the criteria" in text or "every record" in text
    assert f"etn=contact&amp;pagetype=entityrecord&amp;id={ADA}" in text
    assert f"/app/contacts/{console.story.person(ADA_AT).id}" in text
    assert "outbound" in text
    assert "created" in text


def test_without_a_question_it_shows_what_is_remembered(console: Console) -> None:
    text = console.page("contact", ADA)
    assert text.count("Countess") == 1
    assert "This is what ac365 remembers" in text
    assert "not known" in text


def test_a_service_that_is_away_is_named_and_the_rest_is_shown(console: Console) -> None:
    with console.story.transaction() as tx:
        tx.execute("UPDATE connections SET activecampaign_url = 'https://127.0.0.1:9'")
    text = console.page("contact", ADA, "?ask=1")
    assert "Not everything could be read" in text
    assert text.count("Countess") == 2


def test_a_sync_on_request_is_shown_until_its_outcome_is_there(console: Console) -> None:
    console.story.edit("contact", ADA, jobtitle="Queen")
    place = console.uwe.post(f"{console.home}/records/contact/{ADA}/sync", 303, page=f"{console.home}/")
    assert "data-live" in console.uwe.get(place)
    console.story.pump.run(console.sent)
    text = console.uwe.get(place)
    assert "data-live" not in text
    assert "complete" in text
    assert "updated" in text
    assert console.page("contact", ADA, "?ask=1").count("Queen") == 3


def test_a_paused_record_is_not_synced_and_says_why(console: Console) -> None:
    with console.story.transaction() as tx:
        pauses.pause(tx, console.story.pump.connection_id, Entity.CONTACT, None, "mira", "spring sale")
    place = console.uwe.post(f"{console.home}/records/contact/{ADA}/sync", 303, page=f"{console.home}/")
    assert "is paused" in console.uwe.get(place)
    assert console.sent == []


def test_only_an_administrator_retries_what_failed(console: Console) -> None:
    row = {"connection_id": console.story.pump.connection_id, "entity": "contact", "direction": "outbound",
           "record_id": ADA, "stage": "upsert", "class": "bad_record", "message": "it was refused"}  # fmt: skip
    with console.story.transaction() as tx:
        failures.file(tx, [row])
    path = f"{console.home}/records/contact/{ADA}/retry"
    assert "Retry what failed" not in console.page("contact", ADA)
    assert "it was refused" in console.page("contact", ADA)
    console.uwe.post(path, 403, page=f"{console.home}/")
    console.anna.post(path, 303, page=f"{console.home}/")
    console.story.pump.run(console.sent)
    assert "it was refused" not in console.page("contact", ADA).split("Its story")[0]


def test_an_address_leads_to_everybody_who_has_it_and_to_strangers(console: Console) -> None:
    console.story.ac.load_contacts([{"email": CLEO_AT}])
    assert ADA[:8] in console.uwe.get(f"{console.home}/records/address?address={ADA_AT}")
    assert "No record in Dynamics" in console.uwe.get(f"{console.home}/records/address?address={CLEO_AT}")


@pytest.mark.parametrize("said", [ADA, ADA_AT, "ada", "{number}"])
def test_a_record_is_found_by_what_one_knows_of_it(console: Console, said: str) -> None:
    number = console.story.person(ADA_AT).id
    text = console.uwe.get(f"{console.home}/records/?search={said.format(number=number)}")
    assert f"/records/contact/{ADA}" in text


def test_an_account_is_found_by_the_beginning_of_its_name(console: Console) -> None:
    assert f"/records/account/{CONTOSO}" in console.uwe.get(f"{console.home}/records/?search=conto")


def test_who_is_not_known_can_still_be_asked_for(console: Console) -> None:
    assert f"/records/lead/{NOBODY}" in console.uwe.get(f"{console.home}/records/?search={NOBODY}")
    assert "Nothing is remembered" in console.page("lead", NOBODY)
    assert "There is no lead" in console.page("lead", NOBODY, "?ask=1")


def test_the_api_tells_the_same(console: Console) -> None:
    client = console.uwe.client
    found = client.get(f"{console.api}/records?search={ADA_AT}").json
    assert [row["record"] for row in found["records"]] == [ADA]
    told = client.get(f"{console.api}/records/contact/{ADA}").json
    assert told["records"][0]["in_scope"] is True
    remembered = client.get(f"{console.api}/records/contact/{ADA}?ask=false").json
    assert remembered["records"][0]["dynamics"]["exists"] is None
    assert client.get(f"{console.api}/records/contact/{NOBODY}").status_code == 404
    events = client.get(f"{console.api}/records/contact/{ADA}/story").json["events"]
    assert [event["what"] for event in events] == ["created"]
    token = {"X-CSRFToken": console.uwe.token(f"{console.home}/")}
    assert client.post(f"{console.api}/records/contact/{ADA}/sync", headers=token).status_code == 202
    assert client.post(f"{console.api}/records/contact/{ADA}/retry", headers=token).status_code == 403


def test_a_long_story_is_told_page_by_page(console: Console) -> None:
    def add(tx: Any) -> None:
        row = {"connection_id": console.story.pump.connection_id, "entity": "contact", "record_id": ADA}
        outcomes.add(tx, [{**row, "outcome": "updated"}])
        conflicts.add(tx, [{**row, "key": "JOB_TITLE", "policy": "dynamics", "winner": "dynamics", "ours": "Queen"}])

    for _ in range(60):
        with console.story.transaction() as tx:
            add(tx)
    text, seen = console.page("contact", ADA), 0
    for _ in range(5):
        seen += text.count("JOB_TITLE: ")
        if "What came before" not in text:
            break
        text = console.uwe.get(
            text.split('<nav class="pager" aria-label="Pages of the story"><a href="')[1]
            .split('"')[0]
            .replace("&amp;", "&")
        )
    assert seen == 60
