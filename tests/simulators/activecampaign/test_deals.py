"""Deals, pipelines, stages and their custom fields."""

import pytest

PATHS = ("deals", "dealGroups", "dealStages", "dealCustomFieldMeta", "dealCustomFieldData", "contacts/1/deals")


@pytest.fixture
def pipeline(api):
    """The id of a pipeline that assigns nobody by itself."""
    body = {"dealGroup": {"title": "Dynamics 365", "currency": "eur", "autoassign": 0}}
    return api("POST", "dealGroups", body).get_json()["dealGroup"]["id"]


@pytest.fixture
def fields(api):
    """A field of every type that is used, by type."""
    made = {}
    for kind in ("text", "number", "date", "datetime", "currency"):
        body = {"dealCustomFieldMetum": {"fieldLabel": kind, "fieldType": kind}}
        made[kind] = api("POST", "dealCustomFieldMeta", body).get_json()["dealCustomFieldMetum"]["id"]
    return made


def create(api, pipeline, **more):
    wanted = {"title": "Licences", "value": 45678, "currency": "eur", "group": pipeline, "contact": "1", "owner": "1"}
    deal = {key: value for key, value in (wanted | more).items() if value is not None}
    return api("POST", "deals", {"deal": deal})


def the_deal(api, number=1):
    return api.get(f"deals/{number}")["deal"]


def test_new_deal_answers_with_its_contact_and_stage(api, pipeline):
    answer = create(api, pipeline)
    told = answer.get_json()
    assert (answer.status_code, told["deal"]["id"], told["contacts"][0]["id"]) == (201, "1", "1")
    assert (told["deal"]["value"], told["deal"]["status"]) == ("45678", "0")
    assert told["dealStages"][0]["title"] == "To Contact"


def test_same_deal_again_is_a_second_one(account, api, pipeline):
    create(api, pipeline)
    create(api, pipeline)
    assert len(account.deals) == 2


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"title": None}, 422), ({"title": " "}, 422), ({"value": None}, 422), ({"value": 1.5}, 422),
        ({"value": "45678"}, 422), ({"value": -1}, 422), ({"value": 2**31}, 422), ({"value": 0}, 201),
        ({"currency": None}, 422), ({"currency": "EUR"}, 422), ({"contact": None}, 422), ({"contact": 99}, 404),
        ({"group": None}, 422), ({"group": 99}, 404), ({"stage": 99}, 422), ({"stage": 2}, 201), ({"owner": None}, 422),
        ({"owner": 99}, 404), ({"status": 3}, 422), ({"status": "won"}, 422), ({"status": 1}, 201),
    ],
)  # fmt: skip
def test_new_deal_is_checked(api, pipeline, more, status):
    assert create(api, pipeline, **more).status_code == status


def test_stage_belongs_to_the_pipeline(api, pipeline):
    other = api("POST", "dealGroups", {"dealGroup": {"title": "Sales", "currency": "eur"}}).get_json()["dealGroup"]
    assert create(api, pipeline, stage=other["stages"][0]).status_code == 422
    create(api, pipeline)
    assert api("PUT", "deals/1", {"deal": {"group": other["id"]}}).status_code == 422
    assert api("PUT", "deals/1", {"deal": {"group": other["id"], "stage": other["stages"][0]}}).status_code == 200


def test_pipeline_that_assigns_needs_no_owner(api):
    body = {"dealGroup": {"title": "Sales", "currency": "eur"}}
    number = api("POST", "dealGroups", body).get_json()["dealGroup"]["id"]
    assert create(api, number, owner=None).status_code == 201


def test_update_changes_what_is_given(api, pipeline):
    create(api, pipeline)
    answer = api("PUT", "deals/1", {"deal": {"value": 100, "status": 1, "contact": 2}})
    found = the_deal(api)
    assert (answer.status_code, found["value"], found["status"], found["contact"]) == (200, "100", "1", "2")
    assert found["title"] == "Licences"


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("text", "x", 201), ("text", 5, 422), ("number", "100.99", 201), ("number", "a lot", 422), ("number", "", 201),
        ("date", "2026-12-15", 201), ("date", "12/15/2026", 201), ("date", "2026-12-15T00:00:00Z", 422),
        ("datetime", "2026-12-15T08:00:00+00:00", 201), ("datetime", "2026-12-15 08:00", 422), ("currency", 9999, 201),
        ("currency", "99.99", 422),
    ],
)  # fmt: skip
def test_custom_values_fit_their_type(api, pipeline, fields, kind, value, status):
    given = [{"customFieldId": fields[kind], "fieldValue": value}]
    assert create(api, pipeline, fields=given).status_code == status


def test_unknown_custom_field_refuses_the_deal(account, api, pipeline):
    assert create(api, pipeline, fields=[{"customFieldId": 99, "fieldValue": "x"}]).status_code == 422
    assert len(account.deals) == 0


def test_custom_values_have_a_list_of_their_own(api, pipeline, fields, clock):
    create(api, pipeline, fields=[{"customFieldId": fields["text"], "fieldValue": "a"}])
    create(api, pipeline, fields=[{"customFieldId": fields["text"], "fieldValue": "b"}])
    clock.advance(5)
    assert "fields" not in the_deal(api)
    (row,) = api.get("dealCustomFieldData", **{"filters[dealId]": 2})["dealCustomFieldData"]
    assert (row["dealId"], row["fieldValue"]) == (2, "b")
    assert api.get("deals/1/dealCustomFieldData")["dealCustomFieldData"][0]["fieldValue"] == "a"


def test_lists_lag_behind(api, pipeline, clock):
    create(api, pipeline)
    assert [len(api.get(path)["deals"]) for path in ("deals", "contacts/1/deals")] == [0, 0]
    clock.advance(5)
    assert [len(api.get(path)["deals"]) for path in ("deals", "contacts/1/deals", "contacts/2/deals")] == [1, 1, 0]
    api("PUT", "deals/1", {"deal": {"title": "Training"}})
    assert (api.get("deals")["deals"][0]["title"], the_deal(api)["title"]) == ("Licences", "Training")


@pytest.mark.parametrize(
    ("query", "total"),
    [({"filters[group]": 1}, "1"), ({"filters[group]": 2}, "0"), ({"filters[status]": 1}, "0"),
     ({"filters[created_after]": "2999-01-01"}, "0"), ({"filters[nonsense]": "x"}, "1")],
)  # fmt: skip
def test_filters_of_deals(api, pipeline, clock, query, total):
    create(api, pipeline)
    clock.advance(5)
    assert api.get("deals", **query)["meta"]["total"] == total


def test_stages_by_pipeline(api, pipeline):
    api("POST", "dealGroups", {"dealGroup": {"title": "Sales", "currency": "eur"}})
    answer = api("POST", "dealStages", {"dealStage": {"title": "1-Qualify", "group": pipeline}})
    assert (answer.status_code, answer.get_json()["dealStage"]["order"]) == (201, "4")
    titles = [row["title"] for row in api.get("dealStages", **{"filters[d_groupid]": pipeline})["dealStages"]]
    assert titles == ["To Contact", "In Contact", "Follow Up", "1-Qualify"]
    assert api("POST", "dealStages", {"dealStage": {"title": "Lost in space", "group": 99}}).status_code == 404


def test_deleted_deal_is_unknown(api, pipeline):
    create(api, pipeline)
    assert api("DELETE", "deals/1").get_json() == {}
    assert [api(method, "deals/1", {"deal": {}}).status_code for method in ("GET", "PUT", "DELETE")] == [404] * 3


def test_deleted_contact_takes_its_deals_along(account, api, pipeline):
    create(api, pipeline)
    api("DELETE", "contacts/1")
    assert len(account.deals) == 0


@pytest.mark.parametrize("path", PATHS)
def test_plan_without_deals(account, api, path):
    account.switches["deals"] = False
    answer = api("GET", path)
    assert (answer.status_code, answer.get_json()) == (403, {"message": "Forbidden"})


def test_user_without_the_permission_is_told_so(api, pipeline):
    api("POST", "/_sim/users", {"key": "bens-key", "denied": ["deals"]})
    answer = create(api.using("bens-key"), pipeline)
    assert (answer.status_code, "permission" in answer.get_data(as_text=True)) == (403, True)
