"""What the statistics and the log of writes tell: requests that changed something, rows, and who did it."""

from __future__ import annotations

import pytest

ADA = "ada@contoso.example"
PATHS = ["contacts", "contacts/1", "contacts/1/contactLists", "accounts", "tags", "fields", "activities?contact=1"]


def stats(api):
    found = api.get("/_sim/stats")
    return found["write_requests"], found["rows_written"]


def log(api, since=0):
    keys = ("contact", "account", "what", "source")
    writes = api.get("/_sim/writes", since=since)["writes"]
    return [tuple(row[key] for key in keys if key in row) for row in writes]


@pytest.mark.parametrize("path", PATHS)
def test_reading_is_no_write(account, api, path):
    api.get(path)
    assert stats(api) == (0, {})


def test_what_was_refused_or_changed_nothing_is_no_write(account, api):
    api("PUT", "contacts/99", {"contact": {"firstName": "x"}})
    api("POST", "contacts", {"contact": {"email": ADA}})
    api("POST", "contactTags", {"contactTag": {"contact": 1, "tag": 1}})
    api("POST", "tags", {"tag": {"tag": "vip", "tagType": "contact"}})
    assert stats(api) == (0, {})


def test_contacts_are_made_changed_and_deleted(account, api):
    made = api.sync("ben@contoso.example").get_json()["contact"]["id"]
    api.sync("ben@contoso.example", firstName="Ben")
    api("DELETE", f"contacts/{made}")
    assert stats(api) == (3, {"contact": {"created": 1, "updated": 1, "deleted": 1}})
    assert log(api) == [(3, what, "api") for what in ("created", "updated", "deleted")]


@pytest.mark.parametrize(
    ("call", "rows"),
    [
        (("POST", "contactTags", {"contactTag": {"contact": 2, "tag": 1}}), {"contactTag": {"created": 1}}),
        (("POST", "contactLists", {"contactList": {"contact": 1, "list": 1, "status": 2}}),
         {"contactList": {"updated": 1}}),
        (("POST", "fieldValues", {"fieldValue": {"contact": 2, "field": 1, "value": "x"}}),
         {"contact": {"updated": 1}}),
        (("POST", "accounts", {"account": {"name": "Contoso"}}), {"account": {"created": 1}}),
        (("POST", "notes", {"note": {"note": "x", "relid": 1, "reltype": "Subscriber"}}), {"note": {"created": 1}}),
        (("POST", "contactAutomations", {"contactAutomation": {"contact": 1, "automation": 1}}),
         {"contactAutomation": {"created": 1}}),
        (("PUT", "tags/1", {"tag": {"description": "x"}}), {"tag": {"updated": 1}}),
        (("PUT", "eventTracking", {"eventTracking": {"enabled": True}}), {"eventTracking": {"updated": 1}}),
    ],
)  # fmt: skip
def test_every_kind_of_row_is_counted(account, api, call, rows):
    assert api(*call).status_code < 300
    assert stats(api) == (1, rows)


def test_associations_are_made_moved_and_ended(account, api):
    account.load_accounts([{"name": "Contoso"}, {"name": "Fabrikam"}])
    api("POST", "accountContacts", {"accountContact": {"account": 1, "contact": 1}})
    api("PUT", "accountContacts/1", {"accountContact": {"account": 2}})
    api("DELETE", "accountContacts/1")
    assert stats(api) == (3, {"accountContact": {"created": 1, "updated": 1, "deleted": 1}})
    assert log(api) == [(1, 1, "associated", "api"), (1, 2, "moved", "api"), (1, 2, "dissociated", "api")]


def test_an_import_is_one_request_and_as_many_rows_as_it_wrote(account, api, clock):
    account.switches["import_delay_s"] = [5, 5]
    rows = [{"email": "ben@contoso.example", "tags": ["new"]}, {"email": ADA}]
    api("POST", "import/bulk_import", {"contacts": rows})
    assert stats(api) == (1, {})
    clock.advance(6)
    api.get("contacts")
    assert stats(api) == (
        1,
        {"contact": {"created": 1, "updated": 1}, "tag": {"created": 1}, "contactTag": {"created": 1}},
    )
    assert {source for *_, source in log(api)} == {"import"}


def test_people_are_in_the_log_and_not_in_the_statistics(account, api):
    api("POST", "/_sim/edit", {"contact": ADA, "set": {"firstName": "Augusta"}, "tags": {"add": ["x"]}})
    api("POST", "/_sim/unsubscribe", {"contact": ADA})
    assert stats(api) == (0, {})
    assert log(api) == [(1, "updated", "admin"), (1, "tagged", "admin"), (1, "relisted", "public")]


def test_what_was_seeded_is_no_write(account, api):
    api("POST", "/_sim/accounts", {"accounts": [{"name": "Contoso"}]})
    api("POST", "/_sim/contacts", {"contacts": [{"email": "dov@contoso.example", "tags": ["x"], "lists": {"1": 1}}]})
    assert log(api) == []


def test_log_is_read_from_a_number_on(account, api):
    api.sync()
    last = api.get("/_sim/writes")["last"]
    api("PUT", "contacts/2", {"contact": {"firstName": "Cleopatra"}})
    assert log(api, last) == [(2, "updated", "api")]


def test_validating_a_schema_is_no_write(account, api, client):
    labels = {"singular": "Deal", "plural": "Deals"}
    made = api("POST", "customObjects/schemas", {"schema": {"slug": "deal", "labels": labels}}).get_json()["schema"]
    headers = {"Api-Token": "simulated-key", "validateOnly": "true"}
    client.put(f"/api/3/customObjects/schemas/{made['id']}", json={"schema": made}, headers=headers)
    assert stats(api) == (1, {"schema": {"created": 1}})
