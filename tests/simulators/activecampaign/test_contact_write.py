"""Creating, synchronising, changing and deleting one contact."""

import pytest

DUPLICATE = {
    "errors": [{
        "title": "Email address already exists in the system", "detail": "", "code": "duplicate",
        "source": {"pointer": "/data/attributes/email"},
    }]
}  # fmt: skip


def test_create_answers_201_with_the_values_set(api):
    body = {"email": "ben@contoso.example", "fieldValues": [{"field": "1", "value": "Engineer"}]}
    answer = api("POST", "contacts", {"contact": body})
    assert (answer.status_code, answer.get_json()["contact"]["id"]) == (201, "3")
    assert [each["value"] for each in answer.get_json()["fieldValues"]] == ["Engineer"]


@pytest.mark.parametrize("email", ["ada@contoso.example", "Ada@Contoso.EXAMPLE"])
def test_create_refuses_a_known_address_in_any_case(api, email):
    answer = api("POST", "contacts", {"contact": {"email": email}})
    assert (answer.status_code, answer.get_json()) == (422, DUPLICATE)


@pytest.mark.parametrize(
    ("email", "switches", "status"),
    [
        ("ben@contoso.example", {}, 201),
        ("ada@contoso.example", {}, 200),
        ("ADA@contoso.example", {}, 200),
        ("ada@contoso.example", {"sync_always_201": True}, 201),
    ],
)
def test_sync_tells_created_from_updated(account, api, email, switches, status):
    account.switches.update(switches)
    assert api.sync(email).status_code == status


def test_sync_in_another_case_keeps_the_stored_spelling(account, api):
    api.sync("ADA@contoso.example", firstName="Augusta")
    assert (account.contact("ada@contoso.example").email, len(account.contacts)) == ("ada@contoso.example", 2)


def test_sync_without_address_is_400(api):
    error = {"status": 400, "title": "Bad Request", "detail": "Contact email must be provided for sync"}
    assert api.sync("").get_json() == {"errors": [error]}


@pytest.mark.parametrize("email", [
    "dov", "dov@", "@contoso.example", "dov@@contoso.example", "dov@contoso", " dov@contoso.example",
    "dov..x@contoso.example", ".dov@contoso.example", "dov@contoso.example ", "d o v@contoso.example",
    "dov@contoso.example, ada@contoso.example", f"{'d' * 250}@contoso.example", 7,
])  # fmt: skip
def test_bad_address_is_refused(api, email):
    answer = api("POST", "contact/sync", {"contact": {"email": email}})
    error = answer.get_json()["errors"][0]
    assert answer.status_code == 422
    assert (error["code"], error["error"], error["source"]) == (
        "email_invalid", "must_be_valid_email_address", {"pointer": "/data/attributes/email"},
    )  # fmt: skip


def test_keys_left_out_keep_their_values(account, api):
    api.sync(lastName="Lovelace")
    ada = account.contact("ada@contoso.example")
    assert (ada.first, ada.last, ada.phone) == ("Ada", "Lovelace", "+44 20 7946 0958")


@pytest.mark.parametrize(
    ("value", "null_clears", "phone"), [("", True, ""), (None, True, ""), (None, False, "+44 20 7946 0958")]
)
def test_empty_core_fields(account, api, value, null_clears, phone):
    account.switches["null_clears"] = null_clears
    api.sync(phone=value)
    assert account.contact("ada@contoso.example").phone == phone


@pytest.mark.parametrize("name", ["Zoë", "李小龍", "Søren 🎈", "O'Brien & <Sons>", "‮Ada"])
def test_names_come_back_as_they_went(api, name):
    api.sync(firstName=name)
    assert api.get("contacts/1")["contact"]["firstName"] == name


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_update_changes_the_address(account, api, method):
    answer = api(method, "contacts/1", {"contact": {"email": "augusta@contoso.example"}})
    assert (answer.status_code, answer.get_json()["contact"]["id"]) == (200, "1")
    assert (account.contact("ada@contoso.example"), account.contact("augusta@contoso.example").id) == (None, 1)


def test_update_may_change_the_case_of_the_address(account, api):
    assert api("PUT", "contacts/1", {"contact": {"email": "Ada@Contoso.example"}}).status_code == 200
    assert account.contact("ada@contoso.example").email == "Ada@Contoso.example"


def test_update_refuses_the_address_of_somebody_else(account, api):
    answer = api("PUT", "contacts/1", {"contact": {"email": "Cleo@fabrikam.example", "firstName": "X"}})
    assert (answer.status_code, answer.get_json()) == (422, DUPLICATE)
    assert account.contact("ada@contoso.example").first == "Ada"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_contact_is_404_in_two_wordings(api, method):
    wording = "No result found for contact" if method == "DELETE" else "No Result found for Subscriber"
    answer = api(method, "contacts/99", {"contact": {}} if method == "PUT" else None)
    assert (answer.status_code, answer.get_json()) == (404, {"message": f"{wording} with id 99"})


def test_deleted_contact_frees_its_address_but_not_its_id(api):
    assert api("DELETE", "contacts/2").get_json() == {}
    assert api.sync("cleo@fabrikam.example").get_json()["contact"]["id"] == "3"


def test_deleted_contact_is_gone_from_lists_and_answers_404_to_all(api):
    api("DELETE", "contacts/1")
    assert [row["id"] for row in api.get("contacts")["contacts"]] == ["2"]
    assert api.get("contacts", **{"filters[updated_after]": "2020-01-01"})["meta"]["total"] == "1"
    words = {"message": "No Result found for Subscriber with id 1"}
    for method, given in (("GET", None), ("PUT", {"contact": {"firstName": "x"}})):
        answer = api(method, "contacts/1", given)
        assert (answer.status_code, answer.get_json()) == (404, words)


def test_excluded_address_is_refused(api):
    api("POST", "/_sim/exclusions", {"matchPhrase": "@spam.example", "matchType": "end"})
    assert api.sync("dov@spam.example").status_code == 422
    assert api.get("lists/exclusions")["exclusions"][0]["matchPhrase"] == "@spam.example"


@pytest.mark.parametrize(("allowed", "status"), [(False, 422), (True, 201)])
def test_contact_without_address_needs_the_account_to_allow_it(account, api, allowed, status):
    account.switches["allow_null_email"] = allowed
    assert api("POST", "contacts", {"contact": {"phone": "1"}}).status_code == status


def test_refused_write_leaves_nothing_behind(account, api):
    account.switches["unknown_option"] = "422"
    answer = api.sync("dov@contoso.example", fieldValues=[{"field": 10, "value": "Carrier pigeon"}])
    assert (answer.status_code, account.contact("dov@contoso.example")) == (422, None)
