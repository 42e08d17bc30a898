"""The bulk import: what it takes, when it shows, what it does and leaves undone."""

import pytest

ADA = "ada@contoso.example"


def rows(count, **more):
    return [{"email": f"p{each}@contoso.example", **more} for each in range(count)]


def send(api, contacts, **more):
    return api("POST", "import/bulk_import", {"contacts": contacts, **more})


def imported(api, *contacts, **more):
    """The finished batch."""
    answer = send(api, [*contacts], **more)
    assert answer.status_code == 200, answer.get_json()
    return api.get("import/info", batchId=answer.get_json()["batchId"])


@pytest.mark.parametrize("key", ["success", "Success"])
def test_accepted_batch_is_queued(account, api, key):
    account.switches["import_success_key"] = key
    answer = send(api, rows(2)).get_json()
    assert (answer[key], answer["queued_contacts"], answer["message"]) == (1, 2, "Contact import queued")


def test_result_names_ids_as_strings_and_does_not_tell_created_from_updated(api):
    info = imported(api, {"email": ADA}, {"email": "ben@contoso.example"})
    assert (info["status"], sorted(info["success"]), info["failure"]) == ("completed", ["1", "3"], [])


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"email": "dov@@contoso.example"}, "email"),
        ({"first_name": "Dov"}, "email"),
        ({"email": "dov@contoso.example", "phone": 7}, "phone"),
        ({"email": "dov@contoso.example", "tags": [7]}, "tags"),
        ({"email": "dov@contoso.example", "fields": [{"id": "1", "value": "x"}]}, "fields"),
        ({"email": "dov@contoso.example", "fields": [{"id": 1, "value": 5}]}, "fields"),
        ("dov@contoso.example", "contact"),
    ],
)
def test_one_bad_row_refuses_the_whole_batch_and_counts_from_one(account, api, contact, field):
    answer = send(api, [*rows(2), contact])
    reason = {"contact": 3, "failureReason": f"Field '{field}' incorrect format"}
    assert (answer.status_code, answer.get_json()["failureReasons"]) == (400, [reason])
    assert (answer.get_json()["success"], len(account.contacts), account.batches) == (0, 2, {})


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (250, 200), (251, 400)])
def test_number_of_contacts(api, count, status):
    assert send(api, rows(count)).status_code == status


@pytest.mark.parametrize(("size", "status"), [(399_999, 200), (400_000, 400)])
def test_number_of_bytes(client, size, status):
    head, tail = b'{"contacts":[{"email":"ben@contoso.example","first_name":"', b'"}]}'
    body = head + b"x" * (size - len(head) - len(tail)) + tail
    answer = client.post("/api/3/import/bulk_import", data=body, headers={"Api-Token": "simulated-key"})
    assert answer.status_code == status


@pytest.mark.parametrize(("contacts", "allowed"), [(2, 100), (1, 20)])
def test_over_its_own_limit_the_answer_is_400(api, clock, contacts, allowed):
    assert {send(api, rows(contacts)).status_code for _ in range(allowed)} == {200}
    answer = send(api, rows(contacts))
    assert (answer.status_code, answer.get_json()["message"]) == (400, "Rate limit exceeded.")
    assert answer.get_json()["failureReasons"][0].startswith(f"Up to {allowed} imports")
    clock.advance(60)
    assert send(api, rows(contacts)).status_code == 200


def test_both_limits_are_counted_apart(api):
    for _ in range(20):
        send(api, rows(1))
    assert send(api, rows(2)).status_code == 200


def test_limit_can_be_raised(account, api):
    account.switches["single_imports_per_minute"] = None
    assert {send(api, rows(1)).status_code for _ in range(25)} == {200}


def test_nothing_shows_before_the_delay_is_over(account, api, clock):
    account.switches.update(import_delay_s=[10, 10], import_silent_s=1.0)
    batch = send(api, rows(2)).get_json()["batchId"]
    seen = []
    for _ in range(11):
        seen.append(api.get("import/info", batchId=batch)["status"])
        clock.advance(1)
    assert (seen[0], list(dict.fromkeys(seen[1:]))) == (False, ["waiting", "claimed", "active", "completed"])


def test_contacts_appear_with_the_end_of_the_batch(account, api, clock):
    account.switches["import_delay_s"] = [5, 5]
    send(api, rows(2))
    clock.advance(4.9)
    assert api.get("contacts", email="p0@contoso.example")["contacts"] == []
    clock.advance(60)
    found = api.get("contacts", email="p0@contoso.example")["contacts"]
    assert found[0]["cdate"] == "2026-09-01T03:00:05-05:00"


def test_status_is_false_in_the_first_second_even_when_all_is_done(account, api):
    account.switches["import_silent_s"] = 1.0
    assert imported(api, *rows(2)) == {"status": False, "success": [], "failure": []}


@pytest.mark.parametrize("ends", ["interrupted", "failed"])
def test_batch_that_ends_early_leaves_rows_out(account, api, ends):
    account.switches["import_ends"] = ends
    info = imported(api, *rows(10))
    assert (info["status"], len(info["success"]), len(account.contacts)) == (ends, 5, 7)


@pytest.mark.parametrize(("query", "status"), [({}, 400), ({"batchId": "unknown"}, 400)])
def test_info_needs_a_batch(api, query, status):
    assert api("GET", "import/info", **query).status_code == status
    assert api.get("import/info") == {"success": 0, "message": "'batchId' is a required field."}


def test_camel_case_is_dropped_in_silence(account, api):
    imported(api, {"email": ADA, "firstName": "Augusta", "last_name": "Lovelace"})
    ada = account.contact(ADA)
    assert (ada.first, ada.last) == ("Ada", "Lovelace")


def test_match_is_by_address_in_any_case(account, api):
    imported(api, {"email": "ADA@CONTOSO.example", "first_name": "Augusta"})
    assert (account.contact(ADA).first, len(account.contacts)) == ("Augusta", 2)


def test_values_are_written_by_numeric_id_and_unknown_ones_dropped(account, api):
    imported(api, {"email": ADA, "fields": [{"id": 2, "value": "+44"}, {"id": 99, "value": "x"}]})
    assert account.values_of(ADA) == {"JOB_TITLE": "Countess", "MOBILE_PHONE": "+44"}


@pytest.mark.parametrize(("clears", "phone", "title"), [(False, "+44 20 7946 0958", "Countess"), (True, "", "")])
def test_blank_values(account, api, clears, phone, title):
    account.switches["import_blank_clears"] = clears
    imported(api, {"email": ADA, "phone": "", "fields": [{"id": 1, "value": ""}]})
    assert (account.contact(ADA).phone, account.values_of(ADA)["JOB_TITLE"]) == (phone, title)


def test_tags_are_added_and_made_but_never_removed(account, api):
    imported(api, {"email": ADA, "tags": ["[D365: Lead]"]})
    assert account.tags_of(ADA) == {"vip", "[D365: Lead]"}


def test_lists_are_joined_and_left(account, api):
    imported(api, {"email": ADA, "subscribe": [{"listid": 2}], "unsubscribe": [{"listid": 1}]})
    assert {number: each.status for number, each in account.contact(ADA).lists.items()} == {1: 2, 2: 1}


def test_who_unsubscribed_is_never_subscribed_again(account, api):
    api("POST", "contactLists", {"contactList": {"list": 1, "contact": 1, "status": 2}})
    imported(api, {"email": ADA, "subscribe": [{"listid": 1}]})
    assert account.contact(ADA).lists[1].status == 2


def test_excluded_and_bounced_addresses_fail_without_a_reason(account, api):
    api("POST", "/_sim/exclusions", {"matchPhrase": "@spam.example", "matchType": "end"})
    api("POST", "/_sim/events", {"kind": "bounce", "contact": ADA})
    info = imported(api, {"email": ADA, "first_name": "X"}, {"email": "dov@spam.example"})
    assert (sorted(info["failure"]), info["success"]) == ([ADA, "dov@spam.example"], [])
    assert account.contact(ADA).first == "Ada"


def test_row_can_be_made_to_fail(account, api):
    api("POST", "/_sim/faults", {"kind": "custom", "name": "import_row_fails", "path": "^p1@"})
    assert imported(api, *rows(3))["failure"] == ["p1@contoso.example"]


@pytest.mark.parametrize(("creates", "accounts"), [(True, ["Contoso Ltd"]), (False, [])])
def test_account_name_that_nobody_knows(account, api, creates, accounts):
    account.switches["import_creates_accounts"] = creates
    imported(api, {"email": ADA, "customer_acct_name": "Contoso Ltd"})
    assert [row["name"] for row in api.get("accounts")["accounts"]] == accounts
    assert len(api.get("contacts/1/accountContacts")["accountContacts"]) == len(accounts)


@pytest.mark.parametrize(("moves", "name"), [(False, "Contoso"), (True, "Fabrikam")])
def test_account_name_of_a_contact_that_has_one(account, api, moves, name):
    account.switches["import_moves_association"] = moves
    account.load_accounts([{"name": "Contoso"}, {"name": "Fabrikam"}])
    for each in ("Contoso", "FABRIKAM "):
        imported(api, {"email": ADA, "customer_acct_name": each})
    link = api.get("contacts/1/accountContacts")["accountContacts"][0]
    assert api.get(f"accounts/{link['account']}")["account"]["name"] == name


@pytest.mark.parametrize(
    ("top", "inside", "entered"), [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)]
)
def test_automations_run_unless_both_flags_say_no(api, top, inside, entered):
    contact = {"email": ADA, "subscribe": [{"listid": 2}], "exclude_automations": inside}
    imported(api, contact, exclude_automations=top)
    assert len(api.get("contacts/1/contactAutomations")["contactAutomations"]) == entered


def test_every_row_written_moves_udate(api, clock):
    clock.advance(3600)
    imported(api, {"email": ADA})
    assert api.get("contacts/1")["contact"]["udate"] == "2026-09-01T04:00:00-05:00"


def test_totals_by_day(account, api, clock):
    imported(api, *rows(3))
    account.switches["import_delay_s"] = [5, 5]
    clock.advance(86_400)
    send(api, rows(4))
    assert api.get("import/bulk_import") == {
        "outstanding": [{"forDate": "2026-09-02", "batches": "1", "contacts": "4"}],
        "recentlyCompleted": [{"forDate": "2026-09-01", "batches": "1", "contacts": "3"}],
    }
    clock.advance(7 * 86_400)
    assert api.get("import/bulk_import") == {"outstanding": [], "recentlyCompleted": []}


def test_statistics_count_contacts_not_calls(api):
    imported(api, *rows(5))
    api.sync(firstName="Augusta")
    assert api.get("/_sim/stats")["writes"] == {
        "POST /api/3/import/bulk_import": 5, "POST /api/3/contact/sync": 1,
    }  # fmt: skip


def test_received_batches_can_be_looked_at(api):
    imported(api, *rows(5))
    batch = api.get("/_sim/imports")["imports"][0]
    assert (batch["count"], batch["done"], len(batch["success"])) == (5, True, 5)


def test_account_settles_what_is_not_due(account, api):
    account.switches["import_delay_s"] = [600, 600]
    send(api, rows(3))
    account.settle()
    assert account.contact("p2@contoso.example") is not None
