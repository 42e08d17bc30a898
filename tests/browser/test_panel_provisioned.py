"""What `ac365 provision dynamics` makes is what a salesperson needs, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support import companion
from support.cast import ADA
from support.dynamics_hand import Hand
from support.panel_story import play
from support.panel_visit import PanelVisit

from clients.auth import Bearer
from clients.dynamics import Dynamics as Client
from clients.http import Door
from clients.table_dynamics import TABLE
from clients.tokens import Tokens
from engine.companion import provision
from engine.companion.steps import carry_all
from mapping.companion import USER_ROLE, Ask
from mapping.companion_tables import REQUEST
from simulators.dynamics import seed
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from sync.model import Lane


class Unlimited:
    """A budget without a limit."""

    def take(self, lane: Lane, names: Sequence[str] = ()) -> AbstractContextManager[object]:
        return nullcontext()

    def pause(self, seconds: float, names: Sequence[str] = ()) -> None:
        return None


@pytest.fixture
def provisioned(crm: Dynamics, certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, made by ac365 itself. Noor has its role, and reads leads and contacts by another."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "ca.pem"))
    crm.add_application(CLIENT_ID, SECRET, "ac365", ["System Administrator"])
    tokens = Tokens(tenant=TENANT, client_id=CLIENT_ID, credential=SECRET, resource=crm.url, authority=crm.url)
    tokens.forget()
    client = Client(Door("dynamics", crm.url, auth=Bearer(tokens), budget=Unlimited(), table=TABLE, read_s=20))
    assert carry_all(provision.look(client).steps, lambda: provision.look(client).steps, lambda _: None) == []
    with crm.storage.read() as session:
        role = crm.role(session, USER_ROLE)
    companion.people(crm)
    with crm.storage.write() as session:
        crm.link(session, "systemuserroles_association", seed.SELLER, role)
    play(crm)


def test_the_role_that_is_made_lets_its_holder_see_and_ask(
    provisioned: None, chromium: Browser, crm: Dynamics, dynamics_of_process: tuple
) -> None:
    window = chromium.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True, locale="en-GB")
    noor = PanelVisit(window.new_page(), crm.url)
    noor.sign_in_as(companion.NOOR)
    noor.open_record("contact", ADA)
    noor.shows("Opened: Spring offer")
    noor.picture_of_form("panel-form")
    noor.button("Add to automation").click()
    noor.panel.get_by_label("Event follow-up").check()
    noor.button("Continue").click()
    noor.page.wait_for_timeout(600)
    noor.button("Add").click()
    noor.shows("It is picked up within seconds.")
    (row,) = companion.asked(Hand(crm, dynamics_of_process[1].test_client()).as_admin())
    assert (row["ac365_kind"], row["_createdby_value"]) == (Ask.ADD_TO_AUTOMATION, seed.SELLER)
    own = f"{REQUEST.set}({row['ac365_requestid']})"
    assert noor.calls("PATCH", own, {"ac365_answer": "Done"}) == 403
    window.close()
    assert noor.faults == []
