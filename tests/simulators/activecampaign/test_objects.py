"""Custom objects: schemas, records, and how lists lag behind."""

import pytest

LABELS = {"singular": "D365 Opportunity", "plural": "D365 Opportunities"}


def field(name, kind, **more):
    return {"id": name, "labels": {"singular": name.title(), "plural": f"{name}s"}, "type": kind, **more}


def definition(**more):
    fields = [
        field("topic", "text"),
        field("value", "number", scale=2),
        field("status", "dropdown", options=[{"value": "Open"}, {"value": "Won"}]),
    ]
    relation = {"id": "primary-contact", "labels": LABELS, "namespace": "contacts", "hasMany": False}
    return {"slug": "d365-opportunity", "labels": LABELS, "fields": fields, "relationships": [relation], **more}


def define(api, **more):
    return api("POST", "customObjects/schemas", {"schema": definition(**more)})


@pytest.fixture
def records(api):
    """The path of the records of a fresh schema."""
    return f"customObjects/records/{define(api).get_json()['schema']['id']}"


def upsert(api, records, external="opp-1", values=None, contact=1, **more):
    fields = [{"id": key, "value": value} for key, value in (values or {"topic": "200 licences"}).items()]
    record = {"externalId": external, "fields": fields, "relationships": {"primary-contact": [contact]}, **more}
    return api("POST", records, {"record": record})


def external(api, records, name="opp-1"):
    return api.get(f"{records}/external/{name}")["record"]


def test_new_schema_answers_with_what_the_service_adds(api):
    answer = define(api)
    schema = answer.get_json()["schema"]
    assert (answer.status_code, schema["visibility"], schema["customized"]) == (201, "private", False)
    assert (schema["fields"][0]["inherited"], len(schema["fields"][2]["options"][0]["id"])) == (False, 36)
    assert schema["createdTimestamp"] == "2026-09-01T08:00:00.000Z"


@pytest.mark.parametrize(
    ("more", "title", "detail"),
    [
        ({}, 'Invalid value for field "schema.slug"', "Schema slug must be unique"),
        ({"slug": "b", "fields": [{"id": "x", "type": "text"}]}, 'Invalid value for field "schema.fields.labels"',
         "Schema fields must provide labels"),
        ({"slug": "b", "fields": [field("x", "boolean")]}, 'Invalid value for field "schema.fields.type"',
         "Schema fields must provide a known type"),
        ({"slug": "b", "fields": [field("a-b", "text"), field("a_b", "text")]},
         'Invalid value for field "schema.fields.id"', "Schema field ids must be unique"),
    ],
)  # fmt: skip
def test_bad_schema_is_refused_with_a_source_of_its_own(api, more, title, detail):
    define(api)
    answer = define(api, **more)
    error = answer.get_json()["errors"][0]
    assert (answer.status_code, error["title"], error["detail"]) == (422, title, detail)
    assert error["source"]["type"] == "pointer"


def test_schema_with_many_contacts_is_refused(api):
    relation = {"id": "contacts", "labels": LABELS, "namespace": "contacts", "hasMany": True}
    assert define(api, relationships=[relation]).status_code == 422


def test_schemas_are_counted_in_numbers(records, api):
    meta = api.get("customObjects/schemas", limit=100)["meta"]
    assert meta == {"total": 1, "count": 1, "limit": 100, "offset": 0}


def test_unknown_schema_is_404(api):
    answer = api("GET", "customObjects/schemas/none")
    assert (answer.status_code, answer.get_json()) == (404, {"message": "Not Found"})


@pytest.mark.parametrize(("headers", "kept"), [({}, 4), ({"validateOnly": "true"}, 3)])
def test_schema_takes_new_fields_unless_only_validated(records, client, api, headers, kept):
    path = f"/api/3/{records.replace('records', 'schemas')}"
    body = {"schema": definition(fields=[field("stage", "text")])}
    answer = client.put(path, json=body, headers={"Api-Token": "simulated-key", **headers})
    assert (answer.status_code, len(answer.get_json()["schema"]["fields"])) == (200, 4)
    assert len(api.get(path)["schema"]["fields"]) == kept


def test_deleted_field_stays_listed_as_marked(records, api):
    schema = records.replace("records", "schemas")
    assert api("DELETE", f"{schema}/fields/topic").status_code == 202
    shown = api.get(schema, showFields="all")["schema"]["fields"]
    assert (len(api.get(schema)["schema"]["fields"]), shown[0]["status"]) == (2, "marked_for_deletion")


def test_deleted_schema_takes_its_records_along(records, api):
    upsert(api, records)
    assert api("DELETE", records.replace("records", "schemas")).status_code == 200
    assert api("GET", f"{records}/external/opp-1").status_code == 404


def test_child_of_a_public_schema_inherits(api):
    public = api("POST", "customObjects/schemas/public", {"appId": "a1", "schema": definition()}).get_json()["schema"]
    child = api("POST", f"customObjects/schemas/{public['id']}/child").get_json()["schema"]
    assert (public["slug"], public["visibility"]) == ("app-a1-d365-opportunity", "public")
    assert (child["parentId"], child["fields"][0]["inherited"]) == (public["id"], True)


def test_plan_without_custom_objects(account, api):
    account.switches["custom_objects"] = False
    assert define(api).status_code == 403
    assert api.get("customObjects/schemas")["schemas"] == []


@pytest.mark.parametrize("told", [False, True])
def test_upsert_answers_201_twice_and_hides_the_id(account, api, records, told):
    account.switches["object_answers_id"] = told
    answers = [upsert(api, records) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert ("id" in answers[0].get_json()["record"]) is told
    assert len(account.records[records.rpartition("/")[2]]) == 1


def test_fields_left_out_are_cleared(api, records):
    upsert(api, records, values={"topic": "200 licences", "value": 10})
    upsert(api, records, values={"value": 20})
    assert external(api, records)["fields"] == [{"id": "value", "value": 20}]


@pytest.mark.parametrize(
    ("values", "status"),
    [({"value": 25000.126}, 201), ({"value": "25000"}, 422), ({"topic": 5}, 422), ({"status": "Won"}, 201),
     ({"status": "won"}, 422), ({"topic": None}, 201)],
)  # fmt: skip
def test_values_fit_their_type(api, records, values, status):
    assert upsert(api, records, values=values).status_code == status


def test_numbers_are_rounded_to_their_scale(api, records):
    upsert(api, records, values={"value": 25000.126})
    assert external(api, records)["fields"] == [{"id": "value", "value": 25000.13}]


@pytest.mark.parametrize(("kind", "status"), [("dropped", 201), ("422", 422)])
def test_unknown_field(account, api, records, kind, status):
    account.switches["object_unknown_field"] = kind
    assert upsert(api, records, values={"nonsense": "x"}).status_code == status


@pytest.mark.parametrize(("contact", "status"), [(1, 201), ("2", 201), (99, 422)])
def test_contact_must_exist(api, records, contact, status):
    assert upsert(api, records, contact=contact).status_code == status


def test_record_has_one_contact(api, records):
    assert upsert(api, records, relationships={"primary-contact": [1, 2]}).status_code == 422


@pytest.mark.parametrize(
    ("which", "external_id", "count"),
    [("same", "opp-1", 1), ("same", None, 1), ("same", "opp-2", 2), ("unknown", None, 2), (None, "opp-1", 1),
     (None, None, 2)],
)  # fmt: skip
def test_which_ids_update_and_which_create(account, api, records, which, external_id, count):
    account.switches["object_answers_id"] = True
    known = upsert(api, records).get_json()["record"]["id"]
    number = {"same": known, "unknown": "2778", None: None}[which]
    upsert(api, records, external=external_id, id=number)
    assert len(account.records[records.rpartition("/")[2]]) == count


@pytest.mark.parametrize("lag", [5, 0, 30])
def test_lists_lag_behind(account, api, records, clock, lag):
    account.switches["object_list_lag_s"] = lag
    upsert(api, records)
    assert external(api, records)["externalId"] == "opp-1"
    assert api.get(records)["meta"]["total"] == int(lag == 0)
    clock.advance(lag)
    assert api.get(records)["meta"]["total"] == 1


def test_lists_show_the_old_state_of_a_changed_record_for_a_while(api, records, clock):
    upsert(api, records, values={"topic": "old"})
    clock.advance(5)
    upsert(api, records, values={"topic": "new"})
    assert api.get(records)["records"][0]["fields"][0]["value"] == "old"
    clock.advance(5)
    assert api.get(records)["records"][0]["fields"][0]["value"] == "new"


@pytest.mark.parametrize(
    ("query", "switch", "total"),
    [
        ({"filters[relationships.primary-contact][eq]": 1}, False, 1),
        ({"filters[relationships.primary-contact][eq]": 2}, False, 0),
        ({"filters[createdTimestamp][gt]": "2026-01-01T00:00:00.000Z"}, False, 0),
        ({"filters[createdTimestamp][gt]": "2026-01-01T00:00:00.000Z"}, True, 1),
        ({"filters[createdTimestamp][lt]": "2026-01-01T00:00:00.000Z"}, True, 0),
        ({"filters[createdTimestamp][eq]": "2026-09-01T08:00:00.000Z"}, False, 1),
        ({"filters[nonsense]": "x"}, False, 1),
    ],
)
def test_filters_of_records(account, api, records, clock, query, switch, total):
    account.switches["object_time_filters"] = switch
    upsert(api, records)
    clock.advance(10)
    assert api.get(records, **query)["meta"]["total"] == total


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["b", "a"]),
        ({"orders[createdTimestamp]": "DESC"}, ["a", "b"]),
        ({"orders[fields.topic]": "ASC"}, ["a", "b"]),
    ],
)
def test_order_of_records(api, records, clock, query, found):
    for name in ("b", "a"):
        upsert(api, records, external=name, values={"topic": name})
        clock.advance(10)
    assert [row["externalId"] for row in api.get(records, **query)["records"]] == found


def test_user_who_is_no_administrator_must_name_a_contact(api, records):
    api("POST", "/_sim/users", {"key": "bens-key"})
    ben = api.using("bens-key")
    assert ben("GET", records).status_code == 403
    assert ben("GET", records, **{"filters[relationships.primary-contact][eq]": 1}).status_code == 200


def test_deleted_record_is_202_and_then_unknown(api, records):
    upsert(api, records)
    first, second = (api("DELETE", f"{records}/external/opp-1") for _ in range(2))
    assert (first.status_code, first.get_data(), second.status_code) == (202, b"", 404)


@pytest.mark.parametrize("status", [405, 400])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_records_know_no_update(account, api, records, method, status):
    account.switches["object_put_status"] = status
    assert api(method, f"{records}/2778", {"record": {}}).status_code == status


def test_upsert_without_schema_is_400(api):
    assert api("POST", "customObjects/records", {"record": {}}).status_code == 400
