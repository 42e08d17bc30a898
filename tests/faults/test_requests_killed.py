"""A worker is killed between ActiveCampaign's answer and ours: what was asked for is done once, and answered."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA, ADA_AT
from support.disturbed import at
from support.plant import Plant, until
from support.sides import Hooks

from bench.companion import Maker
from config import document as documents
from mapping.companion import USER_ROLE, Ask, State
from mapping.companion_tables import CHOICE, REQUEST
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import TENANT, Dynamics
from store import configurations, requests
from sync.model import Entity

pytestmark = pytest.mark.usefixtures("lifted")
ENROL, COPY = "POST /api/3/contactAutomations", "POST /admin/api.php"


@pytest.fixture
def maker(plant: Plant, crm: Dynamics, ac: ActiveCampaign) -> Maker:
    """Ada is on a list; Noor may ask for her, also for a mail that an automation sends."""
    maker = Maker(crm.url, TENANT)
    maker.make_tables((CHOICE, REQUEST))
    number = ac.build_automation(name="Invitation", multientry=1, sends=2)
    document = documents.defaults()
    document["entities"][Entity.CONTACT]["enabled"] = True
    document["panel"] = {"enabled": True, "mailings": [number]}
    with plant.services.db.transaction() as tx:
        configurations.save(tx, plant.connection_id, documents.load(document), "test")
    crm.load("contact", [{"contactid": ADA, "lastname": "Byron", "emailaddress1": ADA_AT}])
    ac.load_contacts([{"email": ADA_AT, "lists": {2: 1}}])
    return maker


def answer(plant: Plant, maker: Maker, request: str) -> tuple[State, list[Any]]:
    """The answer on the row, and who held it up to then."""
    waiting = (State.ASKED, State.WORKING)
    assert until(lambda: maker.request(request)["ac365_state"] not in waiting), kept(plant)
    return State(maker.request(request)["ac365_state"]), kept(plant)


def kept(plant: Plant) -> list[Any]:
    with plant.services.db.transaction() as tx:
        return requests.listed(tx, 10)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("target", ["automation:1", "mailing:3"])
def test_an_enrolment_is_made_once_although_its_worker_is_killed(
    plant: Plant, maker: Maker, ac: ActiveCampaign, hooks: Hooks, target: str, number: int
) -> None:
    """number: how many workers share the work."""
    at(hooks, ENROL, 1, lambda: [plant.kill(f"worker{one}") for one in range(number)])  # type: ignore[arg-type, return-value]
    plant.start(workers=number)
    kind = Ask.SEND_CAMPAIGN if target.startswith("mailing") else Ask.ADD_TO_AUTOMATION
    request = maker.ask(maker.person("Noor", USER_ROLE), "contact", ADA, kind, target)
    state, rows = answer(plant, maker, request)
    assert (state, [row["acts"] for row in rows]) == (State.DONE, [1])
    assert len([row for row in ac.enrolments if str(row["automation"]) == target[-1]]) == 1
    assert [mail["email"] for mail in ac.outbox] == [ADA_AT] * target.startswith("mailing")


def test_a_copy_is_sent_once_and_a_person_is_asked_to_look(
    plant: Plant, maker: Maker, ac: ActiveCampaign, hooks: Hooks
) -> None:
    def copied(seen: str) -> None:
        if seen == COPY and ac.outbox:
            hooks.clear()
            plant.kill("worker0")

    hooks.append(copied)
    plant.start()
    request = maker.ask(maker.person("Noor", USER_ROLE), "contact", ADA, Ask.SEND_CAMPAIGN, "campaign:1")
    assert answer(plant, maker, request)[0] is State.UNCONFIRMED
    assert [mail["email"] for mail in ac.outbox] == [ADA_AT]
