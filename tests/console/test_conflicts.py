"""Conflicts in the console: three values side by side, decided one by one, ticked, or all of a field."""

from __future__ import annotations

import pytest
from flask import Flask
from support.browser import Browser
from support.cast import ADA, BEN, CLEO, DOV
from support.filed import conflict
from support.programs import program, told

from engine.wake import Wake
from store import audit, conflicts
from worker.services import Services


@pytest.fixture
def found(services: Services, connection_id: int) -> dict[str, int]:
    """Ada's and Ben's job titles wait for a person, so does Cleo's phone; Dov's was decided by a policy."""
    waiting = [conflict(connection_id), conflict(connection_id, BEN)]
    others = [
        conflict(connection_id, CLEO, "phone", theirs=None),
        conflict(connection_id, DOV, policy="newest_wins", winner="dynamics"),
    ]
    with services.db.transaction() as tx:
        conflicts.add(tx, [*waiting, *others])
        return {str(row["record_id"]): row["id"] for row in conflicts.listed(tx, connection_id)}


def states(services: Services, connection_id: int, found: dict[str, int]) -> dict[str, tuple[str, str]]:
    with services.db.transaction() as tx:
        rows = {one: conflicts.get(tx, connection_id, number) or {} for one, number in found.items()}
    return {one: (row["state"], row["winner"]) for one, row in rows.items()}


def path(connection_id: int, more: object = "") -> str:
    return f"/c/{connection_id}/conflicts/{more}"


def test_no_conflicts_is_one_sentence(admin: Browser, connection_id: int) -> None:
    assert "No conflict waits for you." in admin.get(path(connection_id))


def test_an_open_conflict_shows_all_three_values_and_the_rule(
    admin: Browser, connection_id: int, found: dict[str, int]
) -> None:
    text = admin.get(path(connection_id))
    for word in (ADA, "Engineer", "Countess", "Admiral", "(empty)", "ask"):
        assert word in text
    assert DOV not in text


def test_decided_ones_are_listed_apart(admin: Browser, connection_id: int, found: dict[str, int]) -> None:
    text = admin.get(path(connection_id, "?state=decided"))
    assert (DOV in text, ADA in text) == (True, False)
    assert "newest_wins" in text


def test_a_filter_by_field_narrows_the_list(admin: Browser, connection_id: int, found: dict[str, int]) -> None:
    text = admin.get(path(connection_id, "?key=phone"))
    assert (CLEO in text, ADA in text) == (True, False)


def test_one_is_decided_by_its_own_button(
    admin: Browser, services: Services, connection_id: int, found: dict[str, int], sent: list[Wake]
) -> None:
    assert "Keep Dynamics" in admin.get(path(connection_id, found[ADA]))
    admin.post(path(connection_id, "choose"), 303, one=f"{found[ADA]} activecampaign")
    assert states(services, connection_id, found)[ADA] == ("resolved", "activecampaign")
    assert states(services, connection_id, found)[BEN] == ("open", "")


def test_those_that_are_ticked_are_decided_together(
    admin: Browser, services: Services, connection_id: int, found: dict[str, int]
) -> None:
    admin.post(path(connection_id, "choose"), 303, ids=[found[ADA], found[CLEO]], winner="dynamics")
    after = states(services, connection_id, found)
    assert (after[ADA], after[CLEO], after[BEN]) == (("resolved", "dynamics"), ("resolved", "dynamics"), ("open", ""))
    with services.db.transaction() as tx:
        assert audit.listed(tx, connection_id, 1)[0]["author"] == "console:anna"


def test_all_of_a_field_are_counted_before_they_are_decided_alike(
    admin: Browser, services: Services, connection_id: int, found: dict[str, int]
) -> None:
    text = admin.get(path(connection_id, "alike?entity=contact&key=JOB_TITLE"))
    assert "2 open conflicts of contacts about <strong>JOB_TITLE</strong>" in text
    admin.post(path(connection_id, "alike"), 303, entity="contact", key="JOB_TITLE", winner="dynamics")
    after = states(services, connection_id, found)
    assert [after[one][0] for one in (ADA, BEN, CLEO)] == ["resolved", "resolved", "open"]


def test_nothing_ticked_decides_nothing(
    admin: Browser, services: Services, connection_id: int, found: dict[str, int]
) -> None:
    admin.post(path(connection_id, "choose"), 422, winner="dynamics")
    admin.get(path(connection_id, "alike"), 404)
    assert states(services, connection_id, found)[ADA] == ("open", "")


def test_programs_list_and_choose(app: Flask, services: Services, connection_id: int, found: dict[str, int]) -> None:
    client, base = program(app, "administrator"), f"/api/v1/connections/{connection_id}/conflicts"
    assert [row["record_id"] for row in told(client.get(base))] == [CLEO, BEN, ADA]
    assert told(client.get(f"{base}/{found[ADA]}"))["theirs"] == "Admiral"
    assert told(client.get(f"{base}/alike"))[0] == {"entity": "contact", "key": "JOB_TITLE", "count": 2}
    alike = {"entity": "contact", "key": "JOB_TITLE", "winner": "dynamics"}
    assert told(client.post(f"{base}/choose", json=alike)) == {"resolved": sorted([found[ADA], found[BEN]])}
    assert client.post(f"{base}/choose", json={"winner": "dynamics"}).status_code == 422
