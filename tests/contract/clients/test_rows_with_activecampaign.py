"""Rows of contacts as the simulated ActiveCampaign gives them: dates of values, states on lists, associations."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.cast import ADA_AT

from clients.activecampaign import ActiveCampaign
from clients.contact_rows import trimmed, whole
from simulators.activecampaign.state import ActiveCampaign as Account
from sync.model import Lane

SYNC = Lane.SYNC
JOINED = ("field_values", "field_dates", "tag_ids", "list_states")


@pytest.fixture
def ac(live_ac: ActiveCampaign) -> ActiveCampaign:
    return live_ac


def _field(ac: ActiveCampaign, perstag: str) -> int:
    return next(int(row["id"]) for row in ac.fields()["fields"] if row["perstag"] == perstag)


def _new(ac: ActiveCampaign, email: str, **more: Any) -> int:
    return ac.sync_contact({"email": email, **more}, lane=SYNC)[0]


def test_a_row_brings_the_dates_of_values_and_the_states_on_lists(ac: ActiveCampaign, account: Account) -> None:
    title, newsletter = _field(ac, "JOB_TITLE"), ac.lists()[0]["id"]
    ada = _new(ac, ADA_AT, fieldValues=[{"field": str(title), "value": "Countess"}])
    ac.subscribe(ada, newsletter, lane=SYNC)
    account.clock.advance(3600)
    ac.unsubscribe(ada, newsletter, lane=SYNC)
    row = ac.contacts_by_ids([ada, 4711], lane=SYNC)[0]
    status, since = row["list_states"][newsletter]
    assert status == 2
    assert datetime.fromisoformat(since) - datetime.fromisoformat(row["field_dates"][title]) >= timedelta(hours=1)


@pytest.mark.parametrize("side_loading", [True, False])
def test_side_loading_or_not_the_states_are_the_same(ac: ActiveCampaign, account: Account, side_loading: bool) -> None:
    ada, newsletter = _new(ac, ADA_AT), ac.lists()[0]["id"]
    ac.subscribe(ada, newsletter, lane=SYNC)
    account.switches["include"] = side_loading
    assert ac.contacts_page(lane=SYNC).rows[0]["list_states"][newsletter][0] == 1


def test_unsubscribing_never_puts_anybody_on_a_list(ac: ActiveCampaign) -> None:
    ada, newsletter = _new(ac, ADA_AT), ac.lists()[0]["id"]
    assert not ac.unsubscribe(ada, newsletter, lane=SYNC)
    assert ac.list_states(ada, lane=SYNC) == {}
    ac.subscribe(ada, newsletter, lane=SYNC)
    assert ac.active_lists(ada, lane=SYNC) == [newsletter]
    assert [ac.unsubscribe(ada, newsletter, lane=SYNC) for _ in range(2)] == [True, False]
    assert (ac.active_lists(ada, lane=SYNC), ac.list_states(ada, lane=SYNC)) == ([], {newsletter: 2})


def test_a_row_that_was_filed_is_the_row_that_was_read(ac: ActiveCampaign) -> None:
    _new(ac, ADA_AT, fieldValues=[{"field": str(_field(ac, "JOB_TITLE")), "value": "Countess"}])
    row = ac.contacts_page(lane=SYNC).rows[0]
    back = whole(json.loads(json.dumps(trimmed(row))))
    assert [back[key] for key in JOINED] == [row[key] for key in JOINED]


def test_a_page_tells_when_it_was_served(ac: ActiveCampaign) -> None:
    served_at = ac.contacts_page(lane=SYNC).served_at
    assert served_at is not None
    assert abs(datetime.now(UTC) - served_at) < timedelta(minutes=1)


def test_all_associations_are_swept(ac: ActiveCampaign) -> None:
    contoso = ac.create_account({"name": "Contoso"}, lane=SYNC)
    people = [_new(ac, f"person{n}@example.com") for n in range(101)]
    for person in people:
        ac.associate(person, contoso, lane=SYNC)
    swept = [*ac.associations_page(0, lane=SYNC), *ac.associations_page(100, lane=SYNC)]
    assert sorted(one.contact_id for one in swept) == people
    assert {one.account_id for one in swept} == {contoso}


def test_all_values_of_accounts_are_swept(ac: ActiveCampaign) -> None:
    city = next(int(row["id"]) for row in ac.account_fields() if row["fieldLabel"] == "City")
    for number in range(101):
        fields = [{"customFieldId": city, "fieldValue": f"Town {number}"}]
        ac.create_account({"name": f"Company {number}", "fields": fields}, lane=SYNC)
    pages = [ac.account_values_page(offset, lane=SYNC) for offset in (0, 100)]
    assert [count for _, count in pages] == [100, 1]
    towns = {values[city] for page, _ in pages for values in page.values()}
    assert towns == {f"Town {number}" for number in range(101)}
