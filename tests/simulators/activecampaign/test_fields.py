"""Contact custom fields, their options, relations and groups."""

import pytest


def create(api, **more):
    return api("POST", "fields", {"field": {"title": "Loyalty level", "type": "text", **more}})


def test_fresh_account_has_the_usual_fields(reading):
    found = {row["perstag"]: row["type"] for row in reading.get("fields")["fields"]}
    assert found == {
        **dict.fromkeys(("JOB_TITLE", "MOBILE_PHONE", "ADDRESS", "CITY", "STATE", "POSTAL_CODE"), "text"),
        **dict.fromkeys(("COUNTRY", "WEBSITE", "COMPANY"), "text"),
        "LEAD_SOURCE": "dropdown", "INTERESTS": "listbox", "BIRTHDAY": "date",
    }  # fmt: skip


def test_dropdown_comes_with_its_options_and_relation(reading):
    answer = reading.get("fields", **{"filters[perstag]": "LEAD_SOURCE"})
    labels = [row["label"] for row in answer["fieldOptions"]]
    assert (len(labels), labels[0], labels[-1]) == (10, "Advertisement", "Other")
    assert answer["fields"][0]["options"] == [row["id"] for row in answer["fieldOptions"]]
    assert answer["fieldRels"][0] | {"cdate": ""} == {
        "id": "10", "field": "10", "relid": "0", "dorder": "0", "cdate": "", "links": [],
    }  # fmt: skip


def test_page_of_fields_holds_a_hundred(account, api):
    for number in range(100):
        create(api, title=f"Field {number}")
    assert len(api.get("fields")["fields"]) == 100
    assert (len(api.get("fields", offset=100)["fields"]), len(api.get("fields", limit=5)["fields"])) == (12, 5)


def test_new_field_answers_in_the_short_shape(api):
    answer = create(api, visible=1)
    field = answer.get_json()["field"]
    assert (answer.status_code, field["id"], field["perstag"], field["visible"]) == (201, "13", "LOYALTY_LEVEL", 1)
    assert api.get("fields/13")["field"]["relations"] == []


def test_perstag_may_be_given_and_stays_unique(api):
    assert create(api, perstag="D365_LEVEL").get_json()["field"]["perstag"] == "D365_LEVEL"
    assert create(api, title="Other", perstag="D365_LEVEL").get_json()["field"]["perstag"] == "D365_LEVEL_2"


def test_title_is_unique(api):
    create(api)
    assert create(api, title="LOYALTY level").get_json()["errors"][0]["code"] == "duplicate"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"title": "", "type": None}, ["Field name is required", "Field type must be of type string"]),
        ({"type": 7}, ["Field type must be of type string"]),
        ({"type": "currency"}, ["Field type is not supported"]),
    ],
)
def test_definition_is_checked(api, given, errors):
    answer = create(api, **given)
    assert (answer.status_code, answer.get_json()) == (422, {"errors": errors})


def test_type_of_a_field_never_changes(api):
    api("PUT", "fields/1", {"field": {"title": "Position", "type": "date"}})
    field = api.get("fields/1")["field"]
    assert (field["title"], field["type"], field["perstag"]) == ("Position", "text", "JOB_TITLE")


def test_deleted_field_takes_its_values_along(api):
    assert api("DELETE", "fields/1").get_json() == {}
    assert (api.get("contacts/1/fieldValues")["fieldValues"], api("GET", "fields/1").status_code) == ([], 404)


def test_options_come_in_bulk(api):
    number = create(api, type="dropdown").get_json()["field"]["id"]
    option = {"field": number, "value": "Gold", "label": "Gold", "orderid": 1, "isdefault": False}
    answer = api("POST", "fieldOption/bulk", {"fieldOptions": [option]})
    assert (answer.status_code, answer.get_json()["fieldOptions"][0]["value"]) == (201, "Gold")
    assert [row["value"] for row in api.get(f"fields/{number}/options")["fieldOptions"]] == ["Gold"]


@pytest.mark.parametrize("body", [
    {}, {"fieldOptions": []}, {"fieldOptions": [{"field": "1", "value": "x"}]}, {"fieldOptions": [{"field": "10"}]},
    [{"field": "10", "value": "x"}],
])  # fmt: skip
def test_options_of_fields_without_options_are_refused(api, body):
    answer = api("POST", "fieldOption/bulk", body)
    text = "Bulk operation failed. Request must contain an array of fieldOption objects."
    assert (answer.status_code, answer.get_json()) == (422, {"errors": text})


def test_relation_shows_a_field_on_all_lists(api):
    create(api)
    answer = api("POST", "fieldRels", {"fieldRel": {"field": 13, "relid": 0}})
    assert (answer.status_code, answer.get_json()["fieldRel"]["field"]) == (201, 13)
    assert api.get("fields/13")["field"]["relations"] == ["13"]


def test_groups_gather_fields(api):
    group = api("POST", "groupDefinitions", {"groupDefinition": {"label": "Dynamics 365", "groupType": 1}})
    member = api("POST", "groupMembers", {"groupMember": {"rel_id": "1", "group_id": "1"}})
    assert (group.status_code, member.status_code) == (201, 201)
    assert api.get("groupDefinitions")["groupDefinitions"][0]["label"] == "Dynamics 365"


def test_user_without_permission_defines_nothing(api):
    api("POST", "/_sim/users", {"key": "bens-key", "denied": ["fields"]})
    assert create(api.using("bens-key")).status_code == 403
