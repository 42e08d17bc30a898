"""The whole way: a salesperson at the form in Dynamics, ac365's own processes, and ActiveCampaign behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from support import companion, sides
from support.cast import ADA, ADA_AT, BEN
from support.dynamics_hand import Hand
from support.panel_visit import PanelVisit
from support.plant import Plant, until
from support.provisioned import run

from config import document as documents
from engine import metadata
from mapping.companion import APPLICATION_ROLE, USER_ROLE, Ask, State
from mapping.companion_tables import ACTIVITY, CHOICE, REQUEST
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.control_people import set_member
from simulators.dynamics.state import CLIENT_ID, SECRET, Dynamics
from store import configurations
from sync.model import Entity, Lane
from worker import settings
from worker.services import Services

ac, connected, hooks = sides.ac, sides.connected, sides.hooks
NEWS = 2
"""The list that Ada is on."""
READ_MS = 600


@pytest.fixture
def plant(
    monkeypatch: pytest.MonkeyPatch, connected: None, dsn: str, redis_url: str, folder: Path, crm: Dynamics,
    ac: ActiveCampaign,
) -> Iterator[Plant]:  # fmt: skip
    """ac365 with one worker, installed in Dynamics by itself and left with its least role; Ada and Ben are synced."""
    ac.switches |= {"calls_per_second": None, "imports_per_minute": None}
    for name, value in {
        "DATABASE_URL": dsn, "REDIS_URL": redis_url, "TEST_LIMITS": "lifted", "TEST_TICK_S": "1",
        "CELERY_BROKER_URL": redis_url.replace("unix://", "redis+socket://", 1),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    crm.add_application(CLIENT_ID, SECRET, "ac365", ["System Administrator"])
    companion.people(crm)
    made = Plant(Services(settings.read(), name="test"), folder)
    _configure(made, ac)
    installed = run("provision", "dynamics", "--apply", "--assign")
    assert installed.exit_code == 0, installed.output
    crm.add_application(CLIENT_ID, SECRET, "ac365", [])
    set_member(crm, f"{CLIENT_ID}@contoso.example", APPLICATION_ROLE, True)
    set_member(crm, companion.NOOR, USER_ROLE, True)
    made.services.context(made.connection_id).refresh(Lane.LIVE)
    made.start()
    made.ended(made.begin())
    yield made
    made.stop()


def _configure(plant: Plant, ac: ActiveCampaign) -> None:
    document = documents.defaults()
    for entity in (Entity.CONTACT, Entity.LEAD):
        document["entities"][entity] |= {"enabled": True, "list": NEWS}
    document["sync"] |= {"enabled": True, "frequency": "daily"}
    document["activities"]["enabled"] = document["panel"]["enabled"] = True
    with plant.services.db.transaction() as tx:
        configurations.save(tx, plant.connection_id, documents.load(document), "test")
    assert metadata.missing(plant.services.db, plant.connection_id)


def entered(ac: ActiveCampaign) -> list[int]:
    """The automations that somebody was let into, but for the one that waits for new members of the list."""
    return [row["automation"] for row in ac.enrolments if row["source"] == "api"]


def ask(visit: PanelVisit, press: str, choice: str, confirm: str) -> None:
    visit.button(press).click()
    visit.panel.get_by_label(choice).check()
    visit.button("Continue").click()
    visit.page.wait_for_timeout(READ_MS)
    visit.button(confirm).click()


@pytest.fixture
def admin(crm: Dynamics, dynamics_of_process: tuple[Dynamics, Flask], plant: Plant) -> Hand:
    """Somebody who may look at everything in Dynamics."""
    return Hand(crm, dynamics_of_process[1].test_client()).as_admin()


def test_a_salesperson_sees_acts_and_is_answered(
    seller: PanelVisit, admin: Hand, ac: ActiveCampaign, plant: Plant
) -> None:
    assert until(lambda: any(row["ac365_offered"] for row in admin.rows(CHOICE.set)))
    seller.open_record("contact", ADA)
    ask(seller, "Add to automation", "Nurture", "Add")
    seller.shows("Done", 20)
    assert entered(ac) == [1]
    ask(seller, "Send campaign", "September news", "Send")
    assert until(lambda: len(ac.outbox) == 1)
    seller.shows("was sent", 20)
    _read_activities(plant, admin)
    seller.button("Refresh").click()
    seller.shows("Entered automation: Nurture", 20)
    seller.shows("Running since", 20)
    assert seller.panel.get_by_role("button", name="Remove from Nurture").is_visible()
    seller.look_at_panel("in-dynamics")
    assert [mail["email"] for mail in ac.outbox] == [ADA_AT]
    assert {row["_ac365_contactid_value"] for row in admin.rows(ACTIVITY.set)} == {ADA}


def test_who_opted_out_is_refused_also_past_the_panel(seller: PanelVisit, admin: Hand, ac: ActiveCampaign) -> None:
    seller.open_record("lead", BEN)
    seller.shows("Opted out of e-mail")
    wish = {
        "ac365_name": "September news", "ac365_kind": int(Ask.SEND_CAMPAIGN), "ac365_target": "campaign:1",
        "ac365_state": int(State.ASKED), "ac365_LeadId@odata.bind": f"/leads({BEN})",
    }  # fmt: skip
    assert seller.calls("POST", REQUEST.set, wish) == 204
    assert until(lambda: admin.rows(REQUEST.set)[0]["ac365_state"] == State.REFUSED)
    seller.open_record("lead", BEN)
    seller.shows("Refused", 20)
    seller.look_at_panel("in-dynamics-refused")
    assert not ac.outbox


def test_without_the_role_nothing_is_possible(seller: PanelVisit, admin: Hand, ac: ActiveCampaign) -> None:
    seller.sign_in_as(companion.PIA)
    seller.open_record("contact", ADA)
    seller.shows("The role ActiveCampaign User is missing")
    wish = {
        "ac365_name": "Nurture", "ac365_kind": int(Ask.ADD_TO_AUTOMATION), "ac365_target": "automation:1",
        "ac365_state": int(State.ASKED), "ac365_ContactId@odata.bind": f"/contacts({ADA})",
    }  # fmt: skip
    assert [seller.calls("GET", ACTIVITY.set), seller.calls("POST", REQUEST.set, wish)] == [403, 403]
    assert not admin.rows(REQUEST.set)
    assert not entered(ac)


def _read_activities(plant: Plant, admin: Hand) -> None:
    """Activities are read with the schedule; here at once."""

    def read() -> bool:
        with plant.services.db.transaction() as tx:
            tx.execute("UPDATE activity_lines SET due_at = now() WHERE due_at > now() + interval '3 seconds'")
        return any("Nurture" in row["ac365_name"] for row in admin.rows(ACTIVITY.set))

    assert until(read)
