"""GET /contacts: what is found, in which order, and what comes along."""

import pytest

ADA, CLEO = 1, 2
FUTURE = "2036-01-01T00:00:00-05:00"


def ids(answer):
    return [int(row["id"]) for row in answer["contacts"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "ada@contoso.example"}, [ADA]),
        ({"email": "ADA@Contoso.example"}, [ADA]),
        ({"email": "nobody@contoso.example"}, []),
        ({"email_like": "fabrikam"}, [CLEO]),
        ({"phone": "+44 20"}, [ADA]),
        ({"phone": "7946"}, []),
        ({"search": "ptol"}, [CLEO]),
        ({"ids[]": [1, 2, 99]}, [CLEO, ADA]),
        ({"tagid": 1}, [ADA]),
        ({"tagid": 99}, []),
        ({"listid": 1}, [ADA]),
        ({"listid": 1, "status": 2}, []),
        ({"status": 1}, [ADA]),
        ({"seriesid": 1}, []),
        ({"segmentid": 5}, []),
        ({"exclude": 1}, [CLEO]),
        ({"id_greater": 1}, [CLEO]),
        ({"id_less": 2}, [ADA]),
        ({"orders[id]": "ASC"}, [ADA, CLEO]),
        ({"orders[email]": "desc"}, [CLEO, ADA]),
        ({"orders[first_name]": "asc", "limit": 1}, [ADA]),
        ({"orders[id]": "asc", "offset": 1}, [CLEO]),
        ({"filters[created_before]": "2026-09-01T05:40:00Z"}, [ADA]),
        ({"filters[created_after]": "2026-09-01T05:40:00Z"}, [CLEO]),
        ({"filters[updated_before]": "2026-09-01T05:40:00Z"}, [ADA]),
        ({"filters[updated_after]": FUTURE}, []),
    ],
)
def test_query_finds(reading, query, found):
    answer = reading.get("contacts", **query)
    assert ids(answer) == found


def test_order_that_nobody_asked_for_is_newest_first(reading):
    assert ids(reading.get("contacts")) == [CLEO, ADA]


def test_every_scalar_is_a_string_or_null(reading):
    row = reading.get("contacts", email="ada@contoso.example")["contacts"][0]
    links = row.pop("links")
    lists = {key for key, value in row.items() if isinstance(value, list)}
    assert lists == {"scoreValues", "accountContacts"}
    assert {type(value) for key, value in row.items() if key not in lists} == {str, type(None)}
    assert (len(row) + 1, len(links)) == (46, 18)


def test_total_is_a_string(reading):
    assert reading.get("contacts", limit=1)["meta"]["total"] == "2"


@pytest.mark.parametrize(
    ("most", "limit", "count"), [(100, 500, 100), (None, 110, 110), (100, None, 20), (100, 0, 20), (100, 7, 7)]
)
def test_page_size(account, api, most, limit, count):
    account.load_contacts({"email": f"p{each}@contoso.example"} for each in range(120))
    account.switches["page_limit_max"] = most
    query = {} if limit is None else {"limit": limit}
    assert len(api.get("contacts", **query)["contacts"]) == count


def test_include_brings_values_and_tags_along(reading):
    answer = reading.get("contacts", include="fieldValues,contactTags,contactLists,contactAutomations")
    row = answer["contacts"][1]
    assert [value["id"] for value in answer["fieldValues"]] == row["fieldValues"] == ["1"]
    assert answer["fieldValues"][0]["value"] == "Countess"
    assert [tag["tag"] for tag in answer["contactTags"]] == row["contactTags"] == ["1"]
    assert (answer["contactLists"][0]["status"], answer["contactAutomations"]) == ("1", [])


def test_without_include_no_values_come(reading):
    answer = reading.get("contacts")
    assert "fieldValues" not in answer
    assert "fieldValues" not in answer["contacts"][0]


def test_account_may_ignore_include(account, api):
    account.switches["include"] = False
    assert "fieldValues" not in api.get("contacts", include="fieldValues")


@pytest.mark.parametrize("name", ["updated_timestamp", "email", "updated_since"])
def test_unknown_filter_gives_the_whole_list(reading, name):
    assert reading.get("contacts", **{f"filters[{name}]": FUTURE})["meta"]["total"] == "2"


def test_unknown_filter_can_be_refused(account, api):
    account.switches["unknown_filters"] = "422"
    assert api("GET", "contacts", **{"filters[updated_since]": FUTURE}).status_code == 422


def test_plus_that_was_not_encoded_spoils_the_filter(client):
    path = "/api/3/contacts?filters[updated_after]=2036-01-01T00:00:00+01:00"
    answer = client.get(path, headers={"Api-Token": "simulated-key"})
    assert answer.get_json()["meta"]["total"] == "2"


@pytest.mark.parametrize(
    ("switches", "after", "found"),
    [
        ({}, "2026-09-01T08:00:00Z", [ADA]),
        ({}, "2026-09-01T03:00:00-05:00", [ADA]),
        ({}, "2026-09-01T08:00:01Z", []),
        ({}, "2026-09-01", [CLEO, ADA]),
        ({"updated_after_compares": "updated_timestamp"}, "2026-09-01T08:00:00Z", []),
        ({"updated_after_compares": "updated_timestamp"}, "2026-09-01T07:59:59Z", [ADA]),
        ({}, "2026-09-01 08:00:00", [ADA]),
        ({"naive_zone": "America/Chicago"}, "2026-09-01 08:00:00", []),
        ({"naive_zone": "America/Chicago"}, "2026-09-01 03:00:00", [ADA]),
    ],
)
def test_updated_after_compares(account, api, switches, after, found):
    account.switches.update(switches)
    api.sync(firstName="Augusta")
    assert ids(api.get("contacts", **{"filters[updated_after]": after})) == found


def test_cursor_by_id_sees_everybody_once(account, api):
    account.load_contacts({"email": f"p{each}@contoso.example"} for each in range(248))
    seen, last = [], 0
    while page := ids(api.get("contacts", limit=100, id_greater=last, **{"orders[id]": "ASC"})):
        seen += page
        last = page[-1]
    assert seen == list(range(1, 251))


@pytest.mark.parametrize(("window", "rest"), [({"id_greater": 2}, [3, 4, 5]), ({"offset": 2}, [4, 5])])
def test_deletion_while_paging_hides_a_row_from_offsets_and_none_from_the_cursor(account, api, window, rest):
    account.load_contacts([{"email": f"n{number}@contoso.example"} for number in range(3)])
    first = api.get("contacts", limit=2, **{"orders[id]": "ASC"})["contacts"]
    assert [row["id"] for row in first] == ["1", "2"]
    api("DELETE", "contacts/1")
    found = api.get("contacts", **{"orders[id]": "ASC"}, **window)["contacts"]
    assert [int(row["id"]) for row in found] == rest


def test_contact_shows_its_association_not_its_account(account, api):
    account.load_accounts([{"name": "Other"}, {"name": "Contoso"}])
    api("POST", "accountContacts", {"accountContact": {"account": 2, "contact": 1, "jobTitle": "CTO"}})
    [row] = api.get("contacts", email="ada@contoso.example")["contacts"]
    one = api.get("contacts/1")
    assert row["accountContacts"] == one["contact"]["accountContacts"] == ["1"]
    assert [(each["id"], each["account"], each["jobTitle"]) for each in one["accountContacts"]] == [("1", "2", "CTO")]


def test_lists_come_along_on_demand(reading):
    answer = reading.get("contacts", include="contactLists")
    [row] = answer["contactLists"]
    assert (row["contact"], row["list"], row["status"]) == ("1", "1", "1")
    assert {each["id"]: each["contactLists"] for each in answer["contacts"]} == {"1": [row["id"]], "2": []}


def test_contact_that_vanished_between_list_and_get_is_404(api):
    api("DELETE", "contacts/2")
    answer = api("GET", "contacts/2")
    assert (answer.status_code, answer.get_json()) == (404, {"message": "No Result found for Subscriber with id 2"})
    assert ids(api.get("contacts")) == [ADA]


def test_one_contact_comes_with_what_hangs_on_it(reading):
    answer = reading.get("contacts/1")
    assert answer["contact"]["fieldValues"] == ["1"]
    assert (answer["fieldValues"][0]["value"], answer["contactLists"][0]["list"]) == ("Countess", "1")
    assert "contactTags" not in answer


@pytest.mark.parametrize("part", [
    "fieldValues", "contactTags", "contactLists", "accountContacts", "notes", "contactAutomations", "bounceLogs",
    "automationEntryCounts", "trackingLogs", "contactGoals", "contactLogs", "geoIps", "scoreValues", "deals",
    "contactDeals", "contactData", "plusAppend", "organization",
])  # fmt: skip
def test_parts_of_a_contact_exist_with_it_only(reading, part):
    assert reading("GET", f"contacts/1/{part}").status_code == 200
    assert reading.get(f"contacts/99/{part}") == {"message": "No Result found for Subscriber with id 99"}
