"""Accounts, their custom values, their contacts."""

import pytest

DESCRIPTION, EMPLOYEES, REVENUE = 1, 10, 11


@pytest.fixture
def contoso(account):
    return account.load_accounts([{"name": "Contoso Ltd", "fields": {"City": "London", "Annual Revenue": 99}}])[0]


def create(api, **more):
    return api("POST", "accounts", {"account": {"name": "Fabrikam", **more}})


def test_new_account_echoes_its_values(api):
    fields = [{"customFieldId": REVENUE, "fieldValue": 123450, "fieldCurrency": "gbp"}]
    answer = create(api, accountUrl="https://fabrikam.example", fields=fields)
    account = answer.get_json()["account"]
    assert (answer.status_code, account["id"], account["owner"]) == (201, "1", "1")
    assert account["customFieldSaveStatus"] == {"status": "success"}
    assert account["fields"] == [
        {"customFieldId": REVENUE, "fieldValue": 123450, "fieldCurrency": "GBP", "accountId": "1"}
    ]


@pytest.mark.parametrize("name", ["Contoso Ltd", "CONTOSO LTD", " Contoso Ltd "])
def test_name_is_unique(contoso, api, name):
    answer = create(api, name=name)
    assert (answer.status_code, answer.get_json()) == (422, {"errors": [{
        "title": f'An account named "{name}" already exists. Please choose a new name.', "detail": "",
        "code": "duplicate", "source": {"pointer": "/data/attributes/name"},
    }]})  # fmt: skip


@pytest.mark.parametrize("name", ["", "  ", None, 7])
def test_name_is_needed(api, name):
    answer = create(api, name=name)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "field_missing")


def test_update_changes_what_is_given(contoso, api, clock):
    clock.advance(60)
    answer = api("PUT", "accounts/1", {"account": {"accountUrl": "https://contoso.example"}})
    account = answer.get_json()["account"]
    assert (answer.status_code, account["name"], account["accountUrl"]) == (
        200,
        "Contoso Ltd",
        "https://contoso.example",
    )
    assert account["updatedTimestamp"] == "2026-09-01T03:01:00-05:00"


def test_rename_refuses_the_name_of_another(contoso, api):
    create(api)
    body = {"account": {"name": "contoso ltd"}}
    assert api("PUT", "accounts/2", body).status_code == 422
    assert api("PUT", "accounts/1", body).status_code == 200


def test_old_name_is_free_after_a_rename(contoso, api):
    api("PUT", "accounts/1", {"account": {"name": "Contoso plc"}})
    assert create(api, name="Contoso Ltd").status_code == 201


def test_reading_an_account_shows_no_values(contoso, api):
    assert "fields" not in api.get("accounts/1")["account"]


@pytest.mark.parametrize(
    ("query", "total"),
    [({"search": "toso"}, "1"), ({"search": "nobody"}, "0"), ({"filters[updated_after]": "2036-01-01"}, "1")],
)
def test_search_is_by_part_of_the_name(contoso, api, query, total):
    assert api.get("accounts", **query)["meta"]["total"] == total


@pytest.mark.parametrize(("query", "count"), [({}, "0"), ({"count_deals": "true"}, "1")])
def test_contacts_are_counted_on_demand(contoso, api, query, count):
    api("POST", "accountContacts", {"accountContact": {"account": 1, "contact": 1}})
    assert api.get("accounts", **query)["accounts"][0]["contactCount"] == count


def test_filter_by_date_is_ignored_for_accounts(contoso, api):
    query = {"filters[updated_after]": "2999-01-01", "filters[updatedTimestamp][gt]": "2999-01-01"}
    assert api.get("accounts", **query)["meta"]["total"] == api.get("accounts")["meta"]["total"] != "0"


def test_deleted_account_frees_name_values_and_contacts(contoso, api):
    api("POST", "accountContacts", {"accountContact": {"account": 1, "contact": 1}})
    assert api("DELETE", "accounts/1").get_json() == {}
    assert api.get("accountContacts")["meta"]["total"] == "0"
    assert api.get("accountCustomFieldData")["accountCustomFieldData"] == []
    assert create(api, name="Contoso Ltd").get_json()["account"]["id"] == "2"


def test_several_accounts_are_deleted_at_once(contoso, api):
    create(api)
    answer = api("DELETE", "accounts/bulk_delete", **{"ids[]": [1, 2]})
    assert (answer.get_json(), api.get("accounts")["meta"]["total"]) == ({"meta": {"success": True}}, "0")


@pytest.mark.parametrize("path", ["accounts/99", "accountContacts/99", "accountCustomFieldMeta/99"])
def test_unknown_is_404(api, path):
    assert api("GET", path).status_code == 404


def test_fresh_account_has_the_usual_fields(reading):
    found = {
        row["fieldLabel"]: row["fieldType"] for row in reading.get("accountCustomFieldMeta")["accountCustomFieldMeta"]
    }
    assert found == {
        "Description": "textarea", "Address 1": "text", "Address 2": "text", "City": "text", "State/Province": "text",
        "Postal Code": "text", "Country": "text", "Phone Number": "text", "Industry/Vertical": "text",
        "Number of Employees": "number", "Annual Revenue": "currency",
    }  # fmt: skip


def test_field_flags_are_numbers_and_the_list_has_no_meta(reading):
    answer = reading.get("accountCustomFieldMeta", limit=1)
    row = answer["accountCustomFieldMeta"][0]
    assert (list(answer), row["id"], row["isFormVisible"], row["displayOrder"]) == (
        ["accountCustomFieldMeta"],
        "1",
        0,
        1,
    )
    assert len(row["createdTimestamp"]) == len("2018-11-06 02:27:05")


def test_field_is_defined_with_200(api):
    body = {"fieldLabel": "Segment", "fieldType": "dropdown", "fieldOptions": ["A", "B"]}
    answer = api("POST", "accountCustomFieldMeta", {"accountCustomFieldMetum": body})
    assert (answer.status_code, answer.get_json()["accountCustomFieldMetum"]["fieldOptions"]) == (200, ["A", "B"])


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"fieldLabel": "X"}, "The field type field is required."),
        ({"fieldType": "text"}, "The field label field is required."),
        ({"fieldLabel": "X", "fieldType": "lookup"}, "The selected field type is invalid."),
    ],
)
def test_definition_of_a_field_is_checked(api, body, title):
    error = api("POST", "accountCustomFieldMeta", {"accountCustomFieldMetum": body}).get_json()["errors"][0]
    assert (error["title"], error["code"]) == (title, 422)


def test_deleted_field_takes_its_values_along(contoso, api):
    answer = api("DELETE", f"accountCustomFieldMeta/{REVENUE}")
    assert answer.get_json() == {"message": "AccountCustomFieldMeta deleted."}
    assert [row["customFieldId"] for row in api.get("accountCustomFieldData")["accountCustomFieldData"]] == [4]


@pytest.mark.parametrize(
    ("query", "count"),
    [({}, 2), ({"filters[customerAccountId]": 1}, 2), ({"filters[customerAccountId]": 2}, 0),
     ({"filters[customerAccountid]": 2}, 2)],
)  # fmt: skip
def test_values_by_account_need_the_exact_spelling(contoso, api, query, count):
    answer = api.get("accountCustomFieldData", **query)
    assert (len(answer["accountCustomFieldData"]), list(answer)) == (count, ["accountCustomFieldData"])


@pytest.mark.parametrize("key", ["customerAccountId", "accountId"])
def test_value_is_written_alone(contoso, api, key):
    datum = {key: "1", "customFieldId": "1", "fieldValue": "Big"}
    answer = api("POST", "accountCustomFieldData", {"accountCustomFieldDatum": datum})
    shown = answer.get_json()["accountCustomFieldDatum"]
    assert (answer.status_code, shown["accountId"], shown["customFieldId"], shown["fieldValue"]) == (200, 1, 1, "Big")


def test_value_is_changed_and_deleted_by_its_row(contoso, api):
    api("PUT", "accountCustomFieldData/1", {"accountCustomFieldDatum": {"fieldValue": "Paris"}})
    assert api.get("accountCustomFieldData")["accountCustomFieldData"][0]["fieldValue"] == "Paris"
    assert api("DELETE", "accountCustomFieldData/1").get_json() == {"message": "AccountCustomFieldData deleted."}


def test_values_are_written_in_bulk_as_a_bare_array(contoso, api):
    body = [{"customerAccountId": 1, "customFieldId": each, "fieldValue": "x"} for each in (1, 2)]
    answer = api("POST", "accountCustomFieldData/bulkCreate", body)
    assert answer.get_json() == {"message": "the bulk insert was successful"}
    answer = api("PATCH", "accountCustomFieldData/bulkUpdate", [{"id": 3, "fieldValue": "y"}])
    assert answer.get_json() == {"message": "AccountCustomFieldDatas with ID(s): 3 successfully bulk updated."}
    assert api("POST", "accountCustomFieldData/bulkCreate", {"wrapped": body}).status_code == 400


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        (DESCRIPTION, "text", 201), (DESCRIPTION, ["text"], 422), (EMPLOYEES, "100.99", 201), (REVENUE, 9999, 201),
        (REVENUE, "9999", 201), (REVENUE, -5, 201), (REVENUE, "", 201), (REVENUE, 99.99, 422), (REVENUE, "99.99", 422),
        (99, "x", 422),
    ],
)  # fmt: skip
def test_values_fit_their_type(api, field, value, status):
    assert create(api, fields=[{"customFieldId": field, "fieldValue": value}]).status_code == status


@pytest.mark.parametrize(("value", "status"), [(["A", "C"], 201), ("||A||C||", 422)])
def test_multiselect_is_an_array_here(api, value, status):
    body = {"fieldLabel": "Kinds", "fieldType": "multiselect", "fieldOptions": ["A", "C"]}
    api("POST", "accountCustomFieldMeta", {"accountCustomFieldMetum": body})
    assert create(api, fields=[{"customFieldId": 12, "fieldValue": value}]).status_code == status


def test_refused_account_is_not_made(api):
    create(api, fields=[{"customFieldId": REVENUE, "fieldValue": "a lot"}])
    assert api.get("accounts")["meta"]["total"] == "0"


def associate(api, account=1, contact=1):
    return api(
        "POST", "accountContacts", {"accountContact": {"account": account, "contact": contact, "jobTitle": "CTO"}}
    )


def test_association_answers_with_numbers_and_lists_with_strings(contoso, api):
    made = associate(api)
    listed = api.get("accountContacts")["accountContacts"][0]
    assert (made.status_code, made.get_json()["accountContact"]["account"], listed["account"]) == (201, 1, "1")
    assert (listed["contact"], listed["jobTitle"]) == ("1", "CTO")


@pytest.mark.parametrize("company", [1, 2])
def test_contact_has_one_account(contoso, api, company):
    create(api)
    associate(api)
    error = associate(api, company).get_json()["errors"][0]
    assert error["title"].startswith("This contact is already associated with an account.")
    assert (error["code"], error["source"]["pointer"]) == ("field_invalid", "/data/attributes/account,contact")


def test_association_moves_by_update(contoso, api):
    create(api)
    associate(api)
    body = {"accountContact": {"account": 2, "contact": 1}}
    assert api("PUT", "accountContacts/1", body).get_json()["accountContact"]["account"] == 2
    assert api.get("contacts/1/accountContacts")["accountContacts"][0]["jobTitle"] == "CTO"


def test_association_ends_and_leaves_the_contact_free(contoso, api):
    associate(api)
    assert api("DELETE", "accountContacts/1").get_json() == {}
    answer = api("DELETE", "accountContacts/1")
    assert answer.get_json() == {"message": "No Result found for CustomerAccountSubscriber with id 1"}
    assert associate(api).status_code == 201


@pytest.mark.parametrize(("company", "contact"), [(9, 1), (1, 9)])
def test_association_needs_both_ends(contoso, api, company, contact):
    assert associate(api, company, contact).status_code == 404


@pytest.mark.parametrize(
    ("query", "total"),
    [({"filters[contact]": 1}, "1"), ({"filters[contact]": 2}, "0"), ({"filters[account]": 1}, "1"),
     ({"filters[account]": 2}, "0")],
)  # fmt: skip
def test_associations_by_either_end(contoso, api, query, total):
    associate(api)
    assert api.get("accountContacts", **query)["meta"]["total"] == total


def test_bulk_value_call_moves_the_account_once(contoso, account, api):
    before = account.stats.as_json()["writes"].get("POST /api/3/accountCustomFieldData/bulkCreate", 0)
    body = [{"customerAccountId": 1, "customFieldId": each, "fieldValue": "x"} for each in (1, 2, 3)]
    api("POST", "accountCustomFieldData/bulkCreate", body)
    assert account.stats.as_json()["writes"]["POST /api/3/accountCustomFieldData/bulkCreate"] == before + 1
