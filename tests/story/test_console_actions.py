"""What somebody asks for in the console: the same rules as in Dynamics, done once, and told on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from support.asking import NURTURE, SEPTEMBER, Form
from support.browser import HASH, Browser, with_token
from support.cast import ADA, ADA_AT
from support.marketing import Marketing
from support.story import CONTOSO, NEWS_ID, Story

from console.app import make
from engine.requests import kept
from engine.wake import Wake
from mapping.companion import USER_ROLE
from simulators.common.faults import Fault
from store import audit, requests, users
from sync.model import Entity, Lane


class Desk:
    """The console, where Uwe may use it; what it wakes is carried out as soon as `run` says so."""

    def __init__(self, story: Story) -> None:
        self.story, self.sent = story, list[Wake]()
        self.app: Flask = make(story.pump.services, self.sent.extend)
        with story.transaction() as tx:
            users.add(tx, "uwe", "Uwe", "user", "test", password_hash=HASH)
        self.uwe = Browser(self.app.test_client()).sign_in("uwe")
        self.record = f"/c/{story.pump.connection_id}/records/contact/{ADA}"
        self.api = f"/api/v1/connections/{story.pump.connection_id}/records/contact/{ADA}"

    def confirm(self, ask: str, target: str) -> dict[str, str]:
        """What the page that asks for confirmation would send."""
        text = self.uwe.get(f"{self.record}/marketing/confirm?ask={ask}&target={target}")
        assert "Nothing has happened yet." in text
        return dict(re.findall(r'type="hidden" name="(id|ask|target)" value="([^"]+)"', text))

    def send(self, said: dict[str, str]) -> None:
        self.uwe.post(f"{self.record}/marketing/requests", 303, page="/", **said)

    def run(self) -> None:
        self.story.pump.run(self.sent)
        self.sent.clear()

    def ask(self, ask: str = "add_to_automation", target: str = NURTURE) -> tuple[str, str]:
        """Uwe picks, confirms, and what that wakes is carried out; answers with state and words."""
        self.send(self.confirm(ask, target))
        self.run()
        return self.newest()

    def newest(self) -> tuple[str, str]:
        with self.story.transaction() as tx:
            row = requests.listed(tx, 1)[0]
        return row["state"], row["answer"]


@pytest.fixture
def form(story: Story) -> Iterator[Form]:
    """Ada is in both and on a list, and Dynamics knows what may be picked."""
    made = Form(story)
    story.contact(ADA, ADA_AT, CONTOSO)
    story.account()
    story.sync(Entity.ACCOUNT, Entity.CONTACT)
    story.edit_there(ADA_AT, lists={NEWS_ID: 1})
    made.hear()
    yield made
    kept.forget()


@pytest.fixture
def desk(form: Form, story: Story) -> Desk:
    return Desk(story)


def test_what_is_confirmed_is_done_once_and_told(desk: Desk, form: Form, story: Story) -> None:
    said = desk.confirm("add_to_automation", NURTURE)
    desk.send(said)
    desk.send(said)
    assert len({wake.args for wake in desk.sent}) == 1
    assert {wake.lane for wake in desk.sent} == {Lane.LIVE}
    desk.run()
    assert form.enrolments(ADA_AT).count(1) == 1
    text = desk.uwe.get(desk.record)
    assert "Added to &#34;Nurture&#34;." in text
    assert "Uwe (uwe)" in text
    assert not form.maker.send("GET", "ac365_requests")["value"]
    with story.transaction() as tx:
        [line] = [row for row in audit.page(tx, 20) if row["action"] == "add to automation"]
    assert (line["author"], line["subject"]) == ("console:uwe", f"contact {ADA}")
    assert [row["note"] for row in story.ac.notes][-1].endswith("from the console of ac365, as Uwe (uwe) asked.")


def test_a_campaign_is_shown_before_it_is_sent(desk: Desk, story: Story) -> None:
    text = desk.uwe.get(f"{desk.record}/marketing/confirm?ask=send_campaign&target={SEPTEMBER}")
    assert ADA_AT in text
    assert "<dt>subject</dt>" in text
    assert desk.ask("send_campaign", SEPTEMBER) == ("done", 'A copy of "September news" was sent.')
    assert [mail["email"] for mail in story.ac.outbox] == [ADA_AT]


def test_who_opted_out_gets_nothing(desk: Desk, form: Form, story: Story) -> None:
    story.edit("contact", ADA, donotbulkemail=True)
    state, words = desk.ask()
    assert (state, words) == ("refused", "Dynamics says that this person wants no e-mail, so nothing was started.")
    assert form.enrolments(ADA_AT) == []


def test_an_automation_is_left_again(desk: Desk) -> None:
    desk.ask()
    assert f"target={NURTURE}" in desk.uwe.get(f"{desk.record}/marketing/").replace("%3A", ":")
    assert desk.ask("remove_from_automation") == ("done", 'Taken out of "Nurture".')


def test_somebody_of_the_directory_asks_as_far_as_they_see(desk: Desk, form: Form, story: Story) -> None:
    """The console's role lets them ask; Dynamics says which records are theirs."""
    noor = form.maker.send("GET", f"systemusers({form.noor})?$select=azureactivedirectoryobjectid")
    with story.transaction() as tx:
        given = [noor["azureactivedirectoryobjectid"]]
        tx.execute("UPDATE users SET directory_id = %s, password_hash = NULL WHERE login = 'uwe'", given)
    assert desk.ask() == ("done", 'Added to "Nurture".')
    form.maker.control("privileges", {"role": USER_ROLE, "set": {"prvReadContact": "Basic"}})
    state, words = desk.ask("remove_from_automation")
    assert (state, "may not see this record" in words) == ("refused", True)


def test_a_service_that_is_away_is_named(desk: Desk, story: Story) -> None:
    desk.ask()
    story.crm.faults.add(Fault("status", path="ac365_choices", times=50, status=503))
    story.ac.faults.add(Fault("status", path="contactAutomations", times=50, status=503))
    kept.forget()
    text = desk.uwe.get(f"{desk.record}/marketing/")
    assert "Not everything could be read" in text
    assert "Not known." in text


def test_nothing_can_be_asked_where_the_panel_is_off(desk: Desk, story: Story) -> None:
    said = desk.confirm("add_to_automation", NURTURE)
    story.configure(panel={"enabled": False})
    desk.send(said)
    assert not desk.sent
    assert "switched off" in desk.uwe.get("/c/1/records/")


def test_the_api_does_the_same(desk: Desk, form: Form) -> None:
    client = with_token(desk.app, desk.story.pump.services, "user")
    keys = [one["key"] for one in client.get(f"{desk.api}/choices").get_json()]
    assert NURTURE in keys
    wish: dict[str, Any] = {"ask": "add_to_automation", "target": NURTURE}
    answer = client.post(f"{desk.api}/requests", json=wish)
    assert (answer.status_code, answer.get_json()["state"]) == (202, "asked")
    desk.run()
    [row] = client.get(f"{desk.api}/requests").get_json()
    assert (row["state"], row["who"], row["origin"]) == ("done", "the program user", "console")
    assert [one["name"] for one in client.get(f"{desk.api}/activities").get_json()["running"]] == ["Nurture"]
    assert client.post(f"{desk.api}/requests", json={**wish, "target": "campaign:1"}).status_code == 409
    other = desk.api.replace("contact", "account")
    assert client.get(f"{other}/requests").status_code == 404


def test_what_somebody_received_is_shown(marketing: Marketing, story: Story) -> None:
    marketing.happen("open", ADA_AT)
    marketing.turn()
    marketing.happen("click", ADA_AT)
    marketing.read()
    page = Desk(story)
    found = page.uwe.get(f"{page.record}/marketing/")
    assert "E-mail opened" in found
    assert found.count("not in Dynamics yet") == found.count("Link clicked") == 1
    story.crm.faults.add(Fault("status", path="ac365_activities", times=50, status=503))
    remembered = page.uwe.get(f"{page.record}/marketing/")
    assert "Not everything could be read" in remembered
    assert "E-mail opened" in remembered


def test_the_dashboard_tells_how_requests_stand(desk: Desk, form: Form) -> None:
    form.asked()
    text = desk.uwe.get(f"/c/{desk.story.pump.connection_id}/")
    desk.ask()
    form.hear()
    after = desk.uwe.get(f"/c/{desk.story.pump.connection_id}/")
    assert ("0 without an answer" in text, "2 done" in after) == (True, True)
