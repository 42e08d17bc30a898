"""The checklist: each step with its state, and what comes next."""

from __future__ import annotations

from support.browser import Browser

from clients.probe import Finding
from engine import checklist, configure, findings, saving
from engine.checklist import Name, State
from engine.findings import Kept
from store import connections
from worker.services import Services


def steps(services: Services, connection_id: int) -> dict[Name, State]:
    version, document = saving.current(services, connection_id)
    with services.db.transaction() as tx:
        row = connections.get(tx, connection_id)
        assert row
        found = checklist.of_connection(tx, row, document, version, services.now())
    return {step.name: step.state for step in found.steps}


def keep(services: Services, connection_id: int, kept: Kept, *found: Finding, version: int = 0) -> None:
    with services.db.transaction() as tx:
        findings.keep(tx, connection_id, kept, found, version)


def test_who_sets_it_up_is_led_to_the_checklist_and_others_are_not(
    admin: Browser, user: Browser, connection_id: int
) -> None:
    assert admin.client.get("/").location == f"/c/{connection_id}/checklist/"
    assert user.client.get("/").location == f"/c/{connection_id}/"


def test_the_first_step_that_is_not_done_comes_next(admin: Browser, connection_id: int, services: Services) -> None:
    assert "Next: Connect Dynamics 365" in admin.get(f"/c/{connection_id}/checklist/")
    found = Finding("dynamics: sign-in", True, "a token was issued"), Finding("activecampaign: key", True, "fine")
    keep(services, connection_id, Kept.TRIAL, *found)
    assert "Next: Choose data" in admin.get(f"/c/{connection_id}/checklist/")


def test_a_service_that_refuses_is_wrong_in_its_own_words(
    admin: Browser, connection_id: int, services: Services
) -> None:
    keep(
        services,
        connection_id,
        Kept.TRIAL,
        Finding("activecampaign: key", False, "the key is not known", "Take another."),
    )
    assert steps(services, connection_id)[Name.ACTIVECAMPAIGN] is State.BAD
    assert "ctivecampaign: key: the key is not known." in admin.get(f"/c/{connection_id}/checklist/")


def test_a_check_counts_for_the_version_that_it_looked_at_until_the_switch_is_on(
    connection_id: int, services: Services
) -> None:
    keep(services, connection_id, Kept.CHECK, Finding("limits", True, "fine"), version=1)
    assert steps(services, connection_id)[Name.CHECK] is State.DONE
    with services.db.transaction() as tx:
        version, document = configure.current(tx, connection_id)
        document["sync"]["frequency"] = "4h"
        configure.replace(tx, connection_id, version, document, "test", services.now())
    assert steps(services, connection_id)[Name.CHECK] is State.OPEN
    with services.db.transaction() as tx:
        configure.switch(tx, connection_id, True, "test", services.now())
    found = steps(services, connection_id)
    assert (found[Name.CHECK], found[Name.SWITCH]) == (State.DONE, State.DONE)


def test_opportunities_want_their_place_only_where_they_are_on(connection_id: int, services: Services) -> None:
    assert steps(services, connection_id)[Name.PROVISION] is State.NEEDLESS
    with services.db.transaction() as tx:
        version, document = configure.current(tx, connection_id)
        document["entities"]["opportunity"]["enabled"] = True
        configure.replace(tx, connection_id, version, document, "test", services.now())
    found = steps(services, connection_id)
    assert (found[Name.PROVISION], found[Name.DATA]) == (State.OPEN, State.DONE)


def test_a_service_that_is_away_is_said_on_the_page(admin: Browser, connection_id: int) -> None:
    admin.get(f"/c/{connection_id}/checklist/provision", 503)


def test_the_api_tells_the_same(admin: Browser, connection_id: int) -> None:
    told = admin.client.get(f"/api/v1/connections/{connection_id}/checklist").json
    assert (told["next_step"], len(told["steps"])) == ("dynamics", len(Name))
