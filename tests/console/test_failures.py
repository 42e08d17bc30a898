"""The failure list in the console: understood by kind, found by filters, retried or taken off after a look."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from support.browser import Browser
from support.cast import ADA, BEN, DOV
from support.filed import failure
from support.programs import program, told

from store import audit, failures, wanted
from sync.model import Entity, Lane
from worker.services import Services


@pytest.fixture
def listed(services: Services, connection_id: int) -> dict[str, int]:
    """Dov and Ben as bad records, Ada's account because a permission is missing; their numbers."""
    rows = [
        failure(connection_id, DOV),
        {**failure(connection_id, BEN, message="the name is too long"), "answer": '{"errors": ["too long"]}'},
        failure(connection_id, ADA, "stop", "account", "a permission is missing"),
    ]
    with services.db.transaction() as tx:
        return {str(row["record_id"]): failures.file(tx, [row])[0] for row in rows}


def state(services: Services, number: int) -> str:
    with services.db.transaction() as tx:
        return str((failures.get(tx, number) or {})["state"])


def path(connection_id: int, more: object = "") -> str:
    return f"/c/{connection_id}/failures/{more}"


def hidden(text: str) -> dict[str, list[str]]:
    """What the last form of a page sends along."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text.rpartition("<form")[2]):
        found.setdefault(name, []).append(value)
    return {name: values for name, values in found.items() if name != "csrf_token"}


def test_an_empty_list_says_so(admin: Browser, connection_id: int) -> None:
    assert "Nothing is on the failure list." in admin.get(path(connection_id))


def test_failures_are_told_by_kind_with_what_to_do(admin: Browser, connection_id: int, listed: dict[str, int]) -> None:
    text = admin.get(path(connection_id))
    assert "2 × contact to ActiveCampaign" in text
    assert "Correct the address in Dynamics, then retry." in text
    assert "3 records could not be delivered" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("entity=account", {ADA}),
        ("klass=bad_record", {DOV, BEN}),
        ("text=too+long", {BEN}),
        ("direction=inbound", set()),
        ("hours=1", {ADA, BEN, DOV}),
        ("code=-", set()),
    ],
)
def test_filters_narrow_the_list(
    admin: Browser, connection_id: int, listed: dict[str, int], query: str, found: set[str]
) -> None:
    text = admin.get(path(connection_id, f"?{query}"))
    assert {one for one in (ADA, BEN, DOV) if one in text} == found


def test_a_filter_that_makes_no_sense_is_told_at_its_field(admin: Browser, connection_id: int) -> None:
    assert 'id="hours-error"' in admin.get(path(connection_id, "?hours=never"))


def test_one_failure_shows_everything_that_is_known(admin: Browser, connection_id: int, listed: dict[str, int]) -> None:
    text = admin.get(path(connection_id, listed[BEN]))
    for word in ("the name is too long", "Correct the address", "c-1", "waits for you", "too long&#34;]}", "email"):
        assert word in text
    admin.get(path(connection_id, 999), 404)


def test_what_is_ticked_is_retried_after_a_look(
    admin: Browser, services: Services, connection_id: int, listed: dict[str, int]
) -> None:
    look = admin.post(path(connection_id, "confirm"), 200, what="retry", ids=[listed[DOV], listed[BEN]])
    assert "2 records are read anew" in look
    assert state(services, listed[DOV]) == "open"
    assert admin.post(path(connection_id, "do"), 303, **hidden(look)) == path(connection_id)
    assert [state(services, listed[one]) for one in (DOV, BEN, ADA)] == ["retrying", "retrying", "open"]
    with services.db.transaction() as tx:
        assert set(wanted.peek(tx, connection_id, Entity.CONTACT, Lane.SYNC, 10)) == {DOV, BEN}


def test_a_group_is_taken_off_the_list(
    admin: Browser, services: Services, connection_id: int, listed: dict[str, int]
) -> None:
    group = {"entity": "contact", "direction": "outbound", "klass": "bad_record"}
    look = admin.post(path(connection_id, "confirm"), 200, what="discard", code="activecampaign.email_invalid", **group)
    admin.post(path(connection_id, "do"), 303, **hidden(look))
    assert [state(services, listed[one]) for one in (DOV, BEN, ADA)] == ["discarded", "discarded", "open"]
    with services.db.transaction() as tx:
        (line,) = audit.listed(tx, connection_id, 1)
    assert (line["action"], line["subject"], line["author"]) == ("discard", "2 failures", "console:anna")
    assert line["after"]["klass"] == "bad_record"


def test_all_are_retried_when_all_is_said_and_none_when_nothing_is(
    admin: Browser, services: Services, connection_id: int, listed: dict[str, int]
) -> None:
    assert "Tick what you mean" in admin.post(path(connection_id, "do"), 422, what="retry")
    assert state(services, listed[ADA]) == "open"
    admin.post(path(connection_id, "do"), 303, what="retry", everything="true")
    assert state(services, listed[ADA]) == "retrying"


def test_the_list_goes_on_behind_a_page(admin: Browser, services: Services, connection_id: int) -> None:
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(51)]
    for one in ids:
        with services.db.transaction() as tx:
            failures.file(tx, [failure(connection_id, one)])
    text = admin.get(path(connection_id))
    onward = re.search(r'href="([^"]*before=[^"]*)" rel="next"', text)
    assert onward
    rest = admin.get(onward[1].replace("&amp;", "&"))
    assert [one in text for one in ids].count(True) == 50
    assert [one in rest for one in ids].count(True) == 1


def test_programs_list_and_retry_failures(
    app: Flask, services: Services, connection_id: int, listed: dict[str, int]
) -> None:
    client, base = program(app, "administrator"), f"/api/v1/connections/{connection_id}/failures"
    page = told(client.get(f"{base}?limit=2"))
    rest = told(client.get(f"{base}?limit=2&before={page['next']}"))
    assert len(page["failures"] + rest["failures"]) == 3
    assert told(client.get(f"{base}/kinds?class=stop"))[0]["count"] == 1
    assert told(client.get(f"{base}/{listed[DOV]}"))["next_attempt"] == "waits for you"
    assert told(client.post(f"{base}/retry", json={"class": "stop"})) == {"count": 1}
    assert told(client.post(f"{base}/discard", json={"ids": [listed[DOV]]})) == {"count": 1}
    assert client.post(f"{base}/discard", json={}).status_code == 422


@pytest.mark.parametrize("said", [{"text": "\0"}, {"ids": [2**63]}, {"hours": 10**9}, {"class": 7}, []])
def test_what_no_failure_can_be_is_refused(app: Flask, services: Services, connection_id: int, said: Any) -> None:
    client = program(app, "administrator")
    assert client.post(f"/api/v1/connections/{connection_id}/failures/retry", json=said).status_code == 422
