"""The client of ActiveCampaign against planned answers: what a 403 means, paging, contacts, tags, accounts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clients.accounts import Association
from clients.activecampaign import ActiveCampaign
from clients.faults import PagingLoop
from sync.errors import BadCredentials, Duplicate, Missing, MissingPermission, NotAvailable, UnknownOutcome
from sync.model import Lane

SYNC = Lane.SYNC
API = "/api/3"
ME = {"user": {"id": "1"}}
ADA = {"id": "7", "email": "Ada@contoso.example", "udate": "2026-09-02T10:11:12-05:00", "deleted": "0"}


def _contacts(*rows: object, **more: object) -> dict[str, object]:
    related = {"fieldValues": [], "contactTags": [], "contactLists": []}
    return {"contacts": list(rows), **related, "meta": {"total": str(len(rows))}, **more}


def test_forbidden_everywhere_is_a_bad_key(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/.*", {"message": "Forbidden"}, status=403)
    with pytest.raises(BadCredentials):
        ac.tags()
    assert stub.asked() == [f"GET {API}/tags", f"GET {API}/users/me"]


def test_a_bad_key_is_known_at_the_first_call_about_itself(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/users/me", {"message": "Forbidden"}, status=403)
    with pytest.raises(BadCredentials):
        ac.me()
    assert len(stub.seen) == 1


def test_forbidden_in_one_place_is_a_feature_out_of_plan(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/users/me", ME)
    stub.on("GET", f"{API}/accountCustomFieldMeta", {"message": "Forbidden"}, status=403)
    with pytest.raises(NotAvailable):
        ac.account_fields()


def test_a_permission_is_named_as_such(ac: ActiveCampaign, stub) -> None:
    words = {"errors": [{"status": 403, "title": "Forbidden", "detail": "You do not have permission to view lists."}]}
    stub.on("GET", f"{API}/users/me", ME)
    stub.on("GET", f"{API}/lists", words, status=403)
    with pytest.raises(MissingPermission):
        ac.lists()


def test_a_single_403_is_forgiven(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/users/me", ME)
    stub.on("GET", f"{API}/tags", {"tags": [], "meta": {"total": "0"}})
    stub.on("GET", f"{API}/tags", {"message": "Forbidden"}, status=403, times=1)
    assert ac.tags() == {}


def test_a_list_that_does_not_exist_is_a_feature_out_of_plan(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/accounts", text="<html>", status=404)
    with pytest.raises(NotAvailable):
        list(ac.accounts(lane=SYNC))


def test_lists_are_read_to_their_end(ac: ActiveCampaign, stub) -> None:
    rows = [{"id": str(n), "tag": f"tag {n}", "tagType": "contact", "deleted": "0"} for n in range(1, 131)]
    stub.on("GET", f"{API}/tags", {"tags": rows[100:], "meta": {"total": "130"}})
    stub.on("GET", f"{API}/tags", {"tags": rows[:100], "meta": {"total": "130"}}, times=1)
    assert len(ac.tags()) == 130
    assert [one.query["offset"] for one in stub.seen] == [["0"], ["100"]]


def test_a_capped_limit_loses_no_row(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/tags", {"tags": [{"id": "2", "tag": "b"}], "meta": {"total": "2"}})
    stub.on("GET", f"{API}/tags", {"tags": [{"id": "1", "tag": "a"}], "meta": {"total": "2"}}, times=1)
    assert ac.tags() == {"a": 1, "b": 2}


def test_an_ignored_offset_is_a_loop(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/tags", {"tags": [{"id": "1", "tag": "a"}] * 100, "meta": {"total": "300"}})
    with pytest.raises(PagingLoop):
        ac.tags()


def test_contacts_come_with_their_values_and_tags(ac: ActiveCampaign, stub) -> None:
    values = [{"contact": "7", "field": "5", "value": "Premium"}, {"contact": "7", "field": 6, "value": None}]
    stub.on("GET", f"{API}/contacts", _contacts(ADA, fieldValues=values, contactTags=[{"contact": 7, "tag": "12"}]))
    row = ac.contacts_page(lane=SYNC).rows[0]
    assert (row["field_values"], row["tag_ids"]) == ({5: "Premium", 6: ""}, [12])
    assert len(stub.seen) == 1


def test_ignored_side_loading_is_made_up_for(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"contacts": [ADA], "meta": {"total": "1"}})
    stub.on("GET", f"{API}/contacts/7/fieldValues", {"fieldValues": [{"contact": "7", "field": "5", "value": "x"}]})
    stub.on("GET", f"{API}/contacts/7/contactTags", {"contactTags": [{"contact": "7", "tag": "12"}]})
    stub.on("GET", f"{API}/contacts/7/contactLists", {"contactLists": [{"contact": "7", "list": "8", "status": "2"}]})
    row = ac.contacts_page(lane=SYNC).rows[0]
    assert (row["field_values"], row["tag_ids"], row["list_states"]) == ({5: "x"}, [12], {8: (2, None)})


def test_contacts_are_asked_for_in_the_order_of_ids(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts())
    moment = datetime(2026, 9, 1, 6, tzinfo=UTC)
    ac.contacts_page(after_id=6, updated_after=moment, tag_id=12, lane=SYNC)
    query = stub.seen[0].query
    assert query["filters[updated_after]"] == ["2026-09-01T06:00:00+00:00"]
    assert (query["id_greater"], query["orders[id]"], query["tagid"]) == (["6"], ["ASC"], ["12"])


def test_rows_that_an_ignored_filter_let_through_are_dropped(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA, {**ADA, "id": "8", "udate": "2026-09-10T00:00:00-05:00"}))
    page = ac.contacts_page(updated_after=datetime(2026, 9, 5, tzinfo=UTC), lane=SYNC)
    assert ([row["id"] for row in page.rows], page.last_id) == (["8"], 8)


def test_an_ignored_id_window_is_a_loop(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA))
    with pytest.raises(PagingLoop):
        ac.contacts_page(after_id=7, lane=SYNC)


def test_a_full_page_says_that_there_may_be_more(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA, {**ADA, "id": "9"}))
    page = ac.contacts_page(limit=2, lane=SYNC)
    assert (page.more, page.last_id) == (True, 9)


def test_several_ids_travel_in_one_call(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA, {**ADA, "id": "9"}))
    assert [row["id"] for row in ac.contacts_page(ids=[7, 8], lane=SYNC).rows] == ["7"]
    assert stub.seen[0].query["ids[]"] == ["7", "8"]


def test_a_contact_is_found_whatever_the_case_of_its_address(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA))
    found = ac.find_contact("ada@CONTOSO.example ", lane=SYNC)
    assert found is not None
    assert found["id"] == "7"


@pytest.mark.parametrize("row", [{**ADA, "email": "cleo@contoso.example"}, {**ADA, "deleted": "1"}])
def test_somebody_else_is_not_found(ac: ActiveCampaign, stub, row) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(row))
    assert ac.find_contact("ada@contoso.example", lane=SYNC) is None


@pytest.mark.parametrize(("status", "created"), [(201, True), (200, False)])
def test_syncing_tells_created_from_updated(ac: ActiveCampaign, stub, status: int, created: bool) -> None:
    stub.on("POST", f"{API}/contact/sync", {"contact": {"id": "4712"}}, status=status)
    assert ac.sync_contact({"email": "ben@contoso.example"}, lane=SYNC) == (4712, created)
    assert stub.seen[0].body == {"contact": {"email": "ben@contoso.example"}}


@pytest.mark.parametrize("answer", [{"status": 404, "data": {"message": "?"}}, {"data": {"contact": []}}])
def test_syncing_without_a_clear_answer_may_be_repeated(ac: ActiveCampaign, stub, answer) -> None:
    stub.on("POST", f"{API}/contact/sync", **answer)
    with pytest.raises(UnknownOutcome) as caught:
        ac.sync_contact({"email": "ben@contoso.example"}, lane=SYNC)
    assert caught.value.repeatable


def test_an_address_that_is_taken_is_a_duplicate(ac: ActiveCampaign, stub) -> None:
    stub.on("PUT", f"{API}/contacts/7", {"errors": [{"title": "exists", "code": "duplicate"}]}, status=422)
    with pytest.raises(Duplicate):
        ac.update_contact(7, {"email": "ben@contoso.example"}, lane=SYNC)


def test_updating_a_deleted_contact_finds_it_missing(ac: ActiveCampaign, stub) -> None:
    stub.on("PUT", f"{API}/contacts/7", {"message": "No Result found for Subscriber with id 7"}, status=404)
    with pytest.raises(Missing):
        ac.update_contact(7, {}, lane=SYNC)


def test_a_tag_is_made_or_found(ac: ActiveCampaign, stub) -> None:
    stub.on("POST", f"{API}/tags", {"tag": {"id": "12", "tag": "[D365: Lead]"}}, status=200)
    assert ac.ensure_tag("[D365: Lead]") == 12


def test_untagging_goes_through_the_association(ac: ActiveCampaign, stub) -> None:
    rows = [{"id": "501", "contact": "7", "tag": "12"}, {"id": "502", "contact": "7", "tag": "13"}]
    stub.on("GET", f"{API}/contacts/7/contactTags", {"contactTags": rows})
    stub.on(
        "DELETE", f"{API}/contactTags/501", {"message": "No Result found for SubscriberTag with id 501"}, status=404
    )
    assert ac.untag_contact(7, 12, lane=SYNC)
    assert not ac.untag_contact(7, 99, lane=SYNC)


@pytest.mark.parametrize(("state", "subscribed"), [("1", False), ("2", False), ("3", False), ("0", True), (None, True)])
def test_only_who_has_no_state_on_a_list_is_subscribed(ac: ActiveCampaign, stub, state, subscribed: bool) -> None:
    rows = [{"id": "1", "list": "8", "status": state}] if state else []
    stub.on("GET", f"{API}/contacts/7/contactLists", {"contactLists": rows})
    stub.on("POST", f"{API}/contactLists", {"contactList": {"id": "1"}})
    assert ac.subscribe(7, 8, lane=SYNC) is subscribed
    assert (f"POST {API}/contactLists" in stub.asked()) is subscribed


def test_fields_of_all_pages_are_put_together(ac: ActiveCampaign, stub) -> None:
    def page(first: int, count: int) -> dict[str, object]:
        fields = [{"id": str(n), "title": f"f{n}"} for n in range(first, first + count)]
        return {"fields": fields, "fieldOptions": [{"id": str(first)}], "meta": {"total": "101"}}

    stub.on("GET", f"{API}/fields", page(101, 1))
    stub.on("GET", f"{API}/fields", page(1, 100), times=1)
    answer = ac.fields()
    assert (len(answer["fields"]), len(answer["fieldOptions"])) == (101, 2)


def test_accounts_come_with_their_values(ac: ActiveCampaign, stub) -> None:
    values = [{"accountId": 14, "customFieldId": "9", "fieldValue": ["A", "C"]}]
    stub.on("GET", f"{API}/accounts", {"accounts": [{"id": "14", "name": "Contoso Ltd"}], "meta": {"total": "1"}})
    stub.on("GET", f"{API}/accountCustomFieldData", {"accountCustomFieldData": values})
    assert next(ac.accounts(values=True, lane=SYNC))[0]["field_values"] == {9: ["A", "C"]}


def test_values_of_other_accounts_are_dropped(ac: ActiveCampaign, stub) -> None:
    values = [{"customerAccountId": n, "customFieldId": 9, "fieldValue": n} for n in ("14", "15")]
    stub.on("GET", f"{API}/accountCustomFieldData", {"accountCustomFieldData": values})
    assert ac.account_values(14, lane=SYNC) == {14: {9: "14"}}


def test_an_account_is_found_by_its_whole_name(ac: ActiveCampaign, stub) -> None:
    rows = [{"id": "14", "name": "Contoso Ltd, Berlin"}, {"id": "15", "name": "CONTOSO LTD"}]
    stub.on("GET", f"{API}/accounts", {"accounts": rows, "meta": {"total": "2"}})
    assert [row["id"] for row in ac.search_accounts(" Contoso Ltd ", lane=SYNC)] == [15]


def test_a_contact_that_belongs_to_an_account_is_not_associated_again(ac: ActiveCampaign, stub) -> None:
    words = "This contact is already associated with an account. We currently do not support contacts on multiple"
    stub.on("POST", f"{API}/accountContacts", {"errors": [{"title": words, "code": "field_invalid"}]}, status=422)
    with pytest.raises(Duplicate) as caught:
        ac.associate(7, 14, lane=SYNC)
    assert caught.value.code == "activecampaign.has_account"


def test_an_association_is_found_moved_and_ended(ac: ActiveCampaign, stub) -> None:
    stub.on(
        "GET", f"{API}/contacts/7/accountContacts", {"accountContacts": [{"id": "3", "contact": "7", "account": 14}]}
    )
    stub.on("PUT", f"{API}/accountContacts/3", {"accountContact": {"id": "3"}})
    stub.on("DELETE", f"{API}/accountContacts/3", {}, times=1)
    found = ac.account_of(7, lane=SYNC)
    assert found == Association(3, 7, 14)
    ac.move(3, 7, 15, lane=SYNC)
    assert stub.seen[-1].body == {"accountContact": {"account": 15, "contact": 7}}
    assert ac.dissociate(3, lane=SYNC)


@pytest.mark.parametrize(("rows", "heeded"), [([], True), ([ADA], False)])
def test_the_canary_notices_ignored_filters(ac: ActiveCampaign, stub, rows, heeded: bool) -> None:
    stub.on("GET", f"{API}/contacts", {"contacts": rows, "meta": {"total": "0"}})
    assert ac.canary() is heeded


@pytest.mark.parametrize("state", ["0", "1", "2", "3", None])
def test_unsubscribing_only_ever_leads_off_a_list(ac: ActiveCampaign, stub, state: str | None) -> None:
    rows = [{"id": "1", "list": "8", "status": state}] if state else []
    stub.on("GET", f"{API}/contacts/7/contactLists", {"contactLists": rows})
    stub.on("POST", f"{API}/contactLists", {"contactList": {"id": "1"}})
    done = ac.unsubscribe(7, 8, lane=SYNC)
    sent = [one.body["contactList"] for one in stub.seen if one.method == "POST"]
    assert done is (state in ("1", "3"))
    assert sent == ([{"list": "8", "contact": "7", "status": 2}] if done else [])


def test_associations_are_swept_page_by_page(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/accountContacts", {"accountContacts": [{"id": "3", "contact": "7", "account": 14}]})
    assert ac.associations_page(200, lane=SYNC) == [Association(3, 7, 14)]
    assert stub.seen[0].query == {"limit": ["100"], "offset": ["200"]}


def test_contacts_are_asked_for_by_the_hundred_ids(ac: ActiveCampaign, stub) -> None:
    stub.on("GET", f"{API}/contacts", _contacts(ADA))
    assert [row["id"] for row in ac.contacts_by_ids(list(range(1, 251)), lane=SYNC)] == ["7"]
    assert [len(one.query["ids[]"]) for one in stub.seen] == [100, 100, 50]
