"""Automations, campaigns and notes, spoken of with the simulator; and records seen in somebody's name."""

from __future__ import annotations

from typing import Any

import pytest
from support.cast import ADA

from clients.activecampaign import ActiveCampaign
from clients.dynamics import Dynamics
from clients.tables import CHOICES, REQUESTS
from mapping import companion_tables
from simulators.activecampaign.state import ActiveCampaign as Account
from simulators.common.faults import Fault
from simulators.dynamics import seed
from simulators.dynamics.access import DEPTHS, grant
from simulators.dynamics.state import Dynamics as Environment
from sync.errors import BadRecord, Missing, MissingPermission, SyncError, UnknownOutcome
from sync.model import Lane

LIVE = Lane.LIVE


@pytest.fixture
def ada(account: Account) -> int:
    """Ada is on a list; answers with her id."""
    return account.load_contacts([{"email": "noted@example.com", "lists": {2: 1}}])[0]


def test_the_names_of_tables_are_those_of_the_contract() -> None:
    ours = [(one.logical, one.entity_set) for one in (REQUESTS, CHOICES)]
    assert ours == [(one.logical, one.set) for one in (companion_tables.REQUEST, companion_tables.CHOICE)]


def test_automations_are_told_with_what_counts(live_ac: ActiveCampaign, account: Account) -> None:
    account.build_automation(id=2, status=2, hidden=1)
    first, second = live_ac.automations()
    assert (first.name, first.active, first.hidden, first.again) == ("Nurture", True, False, True)
    assert (second.active, second.hidden, second.again) == (False, True, False)
    assert live_ac.automation(1, lane=LIVE) == first
    assert live_ac.automation(99, lane=LIVE) is None


def test_a_receiver_comes_with_lists_and_stays(live_ac: ActiveCampaign, ada: int) -> None:
    stay = live_ac.enrol(ada, 1, lane=LIVE)
    found = live_ac.receiver(ada, lane=LIVE)
    assert (found.states, found.bounced) == ({2: 1}, False)
    assert [(one.id, one.automation, one.running) for one in found.enrolments] == [(stay, 1, True)]
    live_ac.leave(stay, lane=LIVE)
    assert [one.running for one in live_ac.enrolments(ada, lane=LIVE)] == [False]


def test_who_is_gone_is_missing(live_ac: ActiveCampaign) -> None:
    with pytest.raises(Missing):
        live_ac.receiver(4711, lane=LIVE)


def test_leaving_twice_is_as_good_as_once(live_ac: ActiveCampaign) -> None:
    live_ac.leave(4711, lane=LIVE)


def test_who_is_not_let_in_is_told_so(live_ac: ActiveCampaign, account: Account, ada: int) -> None:
    account.build_automation(id=1, status=2)
    with pytest.raises(BadRecord) as caught:
        live_ac.enrol(ada, 1, lane=LIVE)
    assert caught.value.code == "activecampaign.not_let_in"


@pytest.mark.parametrize("status", [403, 500, 502])
def test_an_enrolment_is_never_sent_twice_by_itself(
    live_ac: ActiveCampaign, account: Account, ada: int, status: int
) -> None:
    account.faults.add(Fault("status_after", path="/contactAutomations", method="POST", status=status))
    with pytest.raises(SyncError):
        live_ac.enrol(ada, 1, lane=LIVE)
    assert len(account.enrolments) == 1


def test_a_copy_is_sent_and_a_refusal_has_its_words(live_ac: ActiveCampaign, account: Account, ada: int) -> None:
    campaign = live_ac.campaign(1, lane=LIVE)
    assert campaign is not None
    live_ac.send_copy("noted@example.com", campaign, lane=LIVE)
    assert [mail["action"] for mail in account.outbox] == ["copy"]
    with pytest.raises(BadRecord, match="Subscriber does not exist"):
        live_ac.send_copy("nobody@example.com", campaign, lane=LIVE)


def test_a_copy_whose_answer_says_nothing_is_unknown(live_ac: ActiveCampaign, account: Account, ada: int) -> None:
    campaign = live_ac.campaign(1, lane=LIVE)
    assert campaign is not None
    account.faults.add(Fault("status", path="campaign_send", status=200, body="{}"))
    with pytest.raises(UnknownOutcome):
        live_ac.send_copy("noted@example.com", campaign, lane=LIVE)


def test_whether_copies_can_be_sent_is_found_out_without_sending(live_ac: ActiveCampaign, account: Account) -> None:
    assert live_ac.sends_copies()
    account.switches["v1"] = False
    assert not live_ac.sends_copies()
    assert account.outbox == []


def test_campaigns_and_messages_are_read(live_ac: ActiveCampaign) -> None:
    names = {one.name: (one.single, one.completed, one.message) for one in live_ac.campaigns()}
    assert names == {"September news": (True, True, 1), "Invitation to the fair": (True, True, 2)}
    told = {"subject": "September news", "sender": "Contoso <news@contoso.example>", "preheader": ""}
    assert live_ac.message(1) == told


def test_a_note_says_what_it_was_given(live_ac: ActiveCampaign, account: Account, ada: int) -> None:
    live_ac.add_note(ada, "Noor asked.", lane=LIVE)
    assert [row["note"] for row in account.notes] == ["Noor asked."]


@pytest.fixture
def seller(environment: Environment) -> str:
    """Noor, who sees contacts of her own."""
    with environment.storage.write() as session:
        role = environment.role(session, "Salesperson")
        environment.link(session, "systemuserroles_association", seed.SELLER, role)
        grant(session, role, [("prvReadContact", DEPTHS["Basic"])])
        ours = environment.role(session, seed.INTEGRATION)
        grant(session, ours, [("prvActOnBehalfOfAnotherUser", DEPTHS["Global"])])
    environment.access.forget()
    return seed.SELLER


def sees(dynamics: Dynamics, who: str, record: str = ADA) -> bool:
    return dynamics.seen_by(who, "contacts", record, ("contactid", "emailaddress1")) is not None


def test_somebody_sees_what_their_roles_show(live_dynamics: Dynamics, environment: Environment, seller: str) -> None:
    assert not sees(live_dynamics, seller)
    with environment.storage.write() as session:
        grant(session, environment.role(session, "Salesperson"), [("prvReadContact", DEPTHS["Global"])])
    environment.access.forget()
    assert sees(live_dynamics, seller)


def test_somebody_who_left_sees_nothing(live_dynamics: Dynamics, seller: str) -> None:
    assert not sees(live_dynamics, seed.LEAVER)


def test_what_may_not_be_asked_in_their_name_is_no_answer(
    live_dynamics: Dynamics, environment: Environment, seller: str
) -> None:
    with environment.storage.write() as session:
        session.run("DELETE FROM \"~grants\" WHERE privilege = 'prvActOnBehalfOfAnotherUser'")
    environment.access.forget()
    with pytest.raises(MissingPermission):
        sees(live_dynamics, seller)


def test_somebody_is_known_by_their_row(live_dynamics: Dynamics, seller: str) -> None:
    found: Any = live_dynamics.user_by_id(seller)
    assert (found.name, [role.name for role in found.roles]) == ("Noor Seller", ["Salesperson"])
    assert live_dynamics.user_by_id(ADA) is None
