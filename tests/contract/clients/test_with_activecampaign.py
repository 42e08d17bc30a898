"""The client against the simulated ActiveCampaign, over HTTP and with its limits in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clients.activecampaign import ActiveCampaign
from clients.auth import ApiKey
from clients.http import Door
from clients.imports import split_by_size
from clients.probe import check_activecampaign
from clients.table_activecampaign import TABLE
from simulators.activecampaign.state import ActiveCampaign as Account
from simulators.common.faults import Fault
from sync.errors import BadBatch, BadCredentials, BadRecord, Duplicate, Missing, NotAvailable, Throttled, UnknownOutcome
from sync.model import Lane

SYNC = Lane.SYNC
ADA, BEN, CLEO = "ada@contoso.example", "ben@contoso.example", "cleo@contoso.example"


@pytest.fixture
def ac(live_ac: ActiveCampaign) -> ActiveCampaign:
    return live_ac


def _field(ac: ActiveCampaign, perstag: str) -> int:
    return next(int(row["id"]) for row in ac.fields()["fields"] if row["perstag"] == perstag)


def _new(ac: ActiveCampaign, email: str, **more: Any) -> int:
    return ac.sync_contact({"email": email, **more}, lane=SYNC)[0]


def _import(ac: ActiveCampaign, account: Account, rows: list[dict[str, Any]]) -> str:
    batch = ac.bulk_import(rows, lane=SYNC)
    account.settle()
    account.clock.advance(60)
    return batch


def test_a_check_of_a_healthy_account_finds_nothing(ac: ActiveCampaign) -> None:
    assert [finding for finding in check_activecampaign(ac) if not finding.ok] == []


@pytest.mark.parametrize("status", [403, 401])
def test_a_wrong_key_is_a_bad_credential(account: Account, ledger, status: int) -> None:
    account.switches["bad_key_status"] = status
    door = Door("activecampaign", account.url, auth=ApiKey("wrong"), budget=ledger, table=TABLE)
    with pytest.raises(BadCredentials):
        ActiveCampaign(door).tags()


def test_a_feature_out_of_plan_is_not_available(ac: ActiveCampaign, account: Account) -> None:
    account.switches["not_in_plan"] = ["accounts"]
    with pytest.raises(NotAvailable):
        list(ac.accounts(lane=SYNC))


def test_a_contact_is_created_then_updated(ac: ActiveCampaign) -> None:
    assert [ac.sync_contact({"email": ADA, "firstName": name}, lane=SYNC)[1] for name in ("Ada", "Augusta")] == [
        True,
        False,
    ]
    found = ac.find_contact(ADA.upper(), lane=SYNC)
    assert found is not None
    assert found["firstName"] == "Augusta"


def test_values_travel_there_and_back(ac: ActiveCampaign) -> None:
    title = _field(ac, "JOB_TITLE")
    _new(ac, ADA, fieldValues=[{"field": str(title), "value": "Countess"}])
    found = ac.find_contact(ADA, lane=SYNC)
    assert found is not None
    assert found["field_values"][title] == "Countess"


def test_an_address_changes_by_id(ac: ActiveCampaign) -> None:
    ada = _new(ac, ADA)
    ac.update_contact(ada, {"email": BEN}, lane=SYNC)
    assert ac.find_contact(ADA, lane=SYNC) is None
    assert ac.find_contact(BEN, lane=SYNC)["id"] == str(ada)  # type: ignore[index]


def test_an_address_that_is_taken_is_a_duplicate(ac: ActiveCampaign) -> None:
    ada, _ = _new(ac, ADA), _new(ac, BEN)
    with pytest.raises(Duplicate):
        ac.update_contact(ada, {"email": BEN}, lane=SYNC)


def test_a_broken_address_is_a_bad_record(ac: ActiveCampaign) -> None:
    with pytest.raises(BadRecord) as caught:
        _new(ac, "dov@@broken")
    assert "dov" not in str(caught.value)


def test_an_unknown_contact_is_missing(ac: ActiveCampaign) -> None:
    with pytest.raises(Missing):
        ac.update_contact(4711, {"firstName": "Nobody"}, lane=SYNC)


def test_tags_come_and_go(ac: ActiveCampaign, account: Account) -> None:
    ada, tag = _new(ac, ADA), ac.ensure_tag("[D365: Contact]")
    ac.tag_contact(ada, tag, lane=SYNC)
    ac.tag_contact(ada, tag, lane=SYNC)
    assert account.tags_of(ADA) == {"[D365: Contact]"}
    assert ac.contacts_page(tag_id=tag, lane=SYNC).rows[0]["tag_ids"] == [tag]
    assert ac.untag_contact(ada, tag, lane=SYNC)
    assert account.tags_of(ADA) == set()


def test_a_tag_is_made_once(ac: ActiveCampaign) -> None:
    assert ac.ensure_tag("[D365: Lead]") == ac.ensure_tag("[D365: Lead]") == ac.tags()["[D365: Lead]"]


def test_all_contacts_are_read_once_in_the_order_of_ids(ac: ActiveCampaign, account: Account) -> None:
    account.load_contacts({"email": f"person{n}@contoso.example"} for n in range(250))
    seen, after = [], 0
    while True:
        page = ac.contacts_page(after_id=after, lane=SYNC)
        seen += [int(row["id"]) for row in page.rows]
        after = page.last_id
        if not page.more:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 250


@pytest.mark.parametrize("side_loading", [True, False])
def test_side_loading_or_not_the_rows_are_the_same(ac: ActiveCampaign, account: Account, side_loading: bool) -> None:
    title = _field(ac, "JOB_TITLE")
    _new(ac, ADA, fieldValues=[{"field": str(title), "value": "Countess"}])
    account.switches["include"] = side_loading
    row = ac.contacts_page(lane=SYNC).rows[0]
    assert row["field_values"][title] == "Countess"


def test_only_what_changed_later_is_read(ac: ActiveCampaign, account: Account) -> None:
    _new(ac, ADA)
    account.clock.advance(7200)
    _new(ac, BEN)
    since = datetime.fromtimestamp(account.clock.now(), UTC) - timedelta(hours=1)
    assert [row["email"] for row in ac.contacts_page(updated_after=since, lane=SYNC).rows] == [BEN]


def test_a_mass_import_creates_and_updates(ac: ActiveCampaign, account: Account) -> None:
    _new(ac, ADA)
    title = _field(ac, "JOB_TITLE")
    rows = [{"email": one, "first_name": "New", "fields": [{"id": title, "value": "CTO"}]} for one in (ADA, BEN)]
    batch = _import(ac, account, rows)
    info = ac.import_info(batch, lane=SYNC)
    assert (info.state, info.failed_addresses) == ("completed", ())
    found = ac.contacts_page(ids=info.ok_ids, lane=SYNC).rows
    assert {row["email"]: row["field_values"][title] for row in found} == {ADA: "CTO", BEN: "CTO"}


def test_a_fresh_batch_is_waiting(ac: ActiveCampaign) -> None:
    assert ac.import_info(ac.bulk_import([{"email": ADA}], lane=SYNC), lane=SYNC).state == "waiting"


def test_a_bad_row_is_named_and_nothing_is_imported(ac: ActiveCampaign, account: Account) -> None:
    with pytest.raises(BadBatch) as caught:
        ac.bulk_import([{"email": ADA}, {"email": "dov@@broken"}, {"email": BEN}], lane=SYNC)
    account.settle()
    assert list(caught.value.rows) == [1]
    assert account.contact(ADA) is None


def test_the_largest_portion_is_accepted(ac: ActiveCampaign) -> None:
    rows = [{"email": f"person{n}@contoso.example", "first_name": "x" * 1600} for n in range(250)]
    portions = list(split_by_size(rows))
    assert len(portions) == 2
    assert all(ac.bulk_import(portion, lane=SYNC) for portion in portions)


def test_the_limit_of_imports_pauses_imports_alone(ac: ActiveCampaign, account: Account, ledger) -> None:
    account.switches["imports_per_minute"] = 1
    rows = [{"email": ADA}, {"email": BEN}]
    ac.bulk_import(rows, lane=SYNC)
    with pytest.raises(Throttled):
        ac.bulk_import(rows, lane=SYNC)
    assert ledger.pauses == [(60.0, ("imports",))]


def test_over_the_limit_of_calls_everybody_pauses(ac: ActiveCampaign, account: Account, ledger) -> None:
    account.switches.update(calls_per_second=1, retry_after="30")
    ac.me()
    with pytest.raises(Throttled):
        ac.me()
    assert ledger.pauses == [(30.0, ("calls",))]


def test_a_write_lost_on_the_way_back_is_found_when_repeated(ac: ActiveCampaign, account: Account) -> None:
    account.faults.add(Fault("reset_after", path="contact/sync"))
    with pytest.raises(UnknownOutcome):
        _new(ac, ADA)
    assert ac.sync_contact({"email": ADA}, lane=SYNC)[1] is False


def test_an_account_is_made_found_and_changed(ac: ActiveCampaign) -> None:
    revenue = next(row for row in ac.account_fields() if row["fieldLabel"] == "Annual Revenue")
    value = {"customFieldId": int(revenue["id"]), "fieldValue": 123450, "fieldCurrency": "USD"}
    number = ac.create_account({"name": "Contoso Ltd", "fields": [value]}, lane=SYNC)
    ac.update_account(number, {"accountUrl": "https://contoso.example"}, lane=SYNC)
    found = ac.search_accounts("contoso ltd", lane=SYNC)
    assert [(row["id"], row["accountUrl"]) for row in found] == [(number, "https://contoso.example")]
    amount = ac.account_values(number, lane=SYNC)[number][int(revenue["id"])]
    assert (str(amount["fieldValue"]), amount["fieldCurrency"]) == ("123450", "USD")


def test_a_name_that_is_taken_is_a_duplicate(ac: ActiveCampaign) -> None:
    ac.create_account({"name": "Contoso Ltd"}, lane=SYNC)
    with pytest.raises(Duplicate):
        ac.create_account({"name": "Contoso Ltd"}, lane=SYNC)


def test_all_accounts_come_with_their_values(ac: ActiveCampaign) -> None:
    city = next(int(row["id"]) for row in ac.account_fields() if row["fieldLabel"] == "City")
    for number in range(101):
        body = {"name": f"Company {number}", "fields": [{"customFieldId": city, "fieldValue": f"Town {number}"}]}
        ac.create_account(body, lane=SYNC)
    rows = [row for page in ac.accounts(values=True, lane=SYNC) for row in page]
    assert {row["field_values"][city] for row in rows} == {f"Town {number}" for number in range(101)}


def test_an_association_is_made_moved_and_ended(ac: ActiveCampaign) -> None:
    ada = _new(ac, ADA)
    one, other = (ac.create_account({"name": name}, lane=SYNC) for name in ("Contoso", "Fabrikam"))
    association = ac.associate(ada, one, lane=SYNC)
    with pytest.raises(Duplicate):
        ac.associate(ada, other, lane=SYNC)
    ac.move(association, ada, other, lane=SYNC)
    assert ac.account_of(ada, lane=SYNC).account_id == other  # type: ignore[union-attr]
    assert ac.dissociate(association, lane=SYNC)
    assert ac.account_of(ada, lane=SYNC) is None
    assert not ac.dissociate(association, lane=SYNC)


def test_options_are_added(ac: ActiveCampaign) -> None:
    source = _field(ac, "LEAD_SOURCE")
    ac.add_options(source, ["Podcast"])
    options = {row["label"] for row in ac.fields()["fieldOptions"] if int(row["field"]) == source}
    assert {"Podcast", "Trade Show"} <= options


def test_an_account_field_is_added(ac: ActiveCampaign) -> None:
    number = ac.add_account_field("D365 Account Id")
    assert number in [int(row["id"]) for row in ac.account_fields()]


def test_nobody_is_subscribed_against_his_will(ac: ActiveCampaign) -> None:
    ada, newsletter = _new(ac, ADA), ac.lists()[0]["id"]
    assert ac.subscribe(ada, newsletter, lane=SYNC)
    body = {"contactList": {"list": str(newsletter), "contact": str(ada), "status": 2}}
    ac.write("POST", "contactLists", body, lane=SYNC)
    assert not ac.subscribe(ada, newsletter, lane=SYNC)
    assert ac.list_states(ada, lane=SYNC)[newsletter] == 2


def test_the_canary_sings_while_filters_are_heeded(ac: ActiveCampaign) -> None:
    _new(ac, CLEO)
    assert ac.canary()
