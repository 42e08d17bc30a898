"""Automations that start when a record of a custom object is created or changed, and the events behind them."""

import pytest

from simulators.activecampaign.ops import objects

ADA, CLEO = 1, 2
LABELS = {"singular": "D365 Opportunity", "plural": "D365 Opportunities"}
FIELDS = {
    "topic": {"type": "text"},
    "value": {"type": "number", "scale": 2},
    "stage": {"type": "dropdown", "options": [{"value": "Open"}, {"value": "Won"}, {"value": "Lost"}]},
}
OPEN = {"topic": "200 licences", "value": 10, "stage": "Open"}


def relation(namespace):
    return {"id": f"primary-{namespace}", "labels": LABELS, "namespace": namespace, "hasMany": False}


def define(api, *namespaces, slug="d365-opportunity"):
    fields = [{"id": name, "labels": {"singular": name, "plural": f"{name}s"}, **more} for name, more in FIELDS.items()]
    schema = {
        "slug": slug,
        "labels": LABELS,
        "fields": fields,
        "relationships": [relation(each) for each in namespaces],
    }
    return api("POST", "customObjects/schemas", {"schema": schema}).get_json()["schema"]["id"]


@pytest.fixture
def schema(api):
    """The id of an object that is related to contacts."""
    return define(api, "contacts")


def upsert(api, schema, values, contact=ADA, external="opp-1"):
    fields = [{"id": key, "value": value} for key, value in values.items()]
    related = {} if contact is None else {"primary-contacts": [contact]}
    record = {"externalId": external, "fields": fields, "relationships": related}
    answer = api("POST", f"customObjects/records/{schema}", {"record": record})
    assert answer.status_code == 201


def build(api, **settings):
    return api("POST", "/_sim/automations", settings)


def waiting(api, schema, kind="created", multientry=0, status=1, **more):
    """The id of a new automation that waits for records of the schema."""
    trigger = {"schema": schema, "kind": kind, **more}
    return build(api, multientry=multientry, status=status, trigger=trigger).get_json()["id"]


def entries(api, automation, contact=ADA):
    rows = api.get(f"contacts/{contact}/contactAutomations")["contactAutomations"]
    return sum(row["automation"] == str(automation) for row in rows)


def last_event(api):
    return api.get("/_sim/object_events")["last"]


def events(api, since=0):
    rows = api.get("/_sim/object_events", since=since)["events"]
    return [(row["kind"], row["field"], row["old"], row["new"]) for row in rows]


CREATED = ("created", None, None, None)
WON = ("updated", "stage", "Open", "Won")


def test_contact_of_a_new_record_enters(api, schema):
    automation = waiting(api, schema)
    upsert(api, schema, OPEN)
    row = api.get(f"contacts/{ADA}/contactAutomations")["contactAutomations"][0]
    assert (row["automation"], row["status"], row["adddate"]) == (str(automation), "1", "2026-09-01T03:00:00-05:00")
    assert api.get(f"automations/{automation}")["automation"]["entered"] == "1"
    assert entries(api, automation, CLEO) == 0


def test_new_record_is_one_event_that_names_who_entered_where(account, api, schema):
    automation = waiting(api, schema)
    upsert(api, schema, OPEN, CLEO)
    (number,) = account.records[schema]
    assert api.get("/_sim/object_events") == {
        "last": 1,
        "events": [
            {"id": 1, "schema": schema, "record": number, "externalId": "opp-1", "contact": CLEO, "kind": "created",
             "field": None, "old": None, "new": None, "automations": [automation]},
        ],
    }  # fmt: skip


def test_change_of_a_record_is_no_creation(api, schema):
    automation = waiting(api, schema, multientry=1)
    for stage in ("Open", "Won"):
        upsert(api, schema, {"stage": stage})
    assert entries(api, automation) == 1


def test_one_change_of_stage_is_one_write_one_event_and_one_entry(api, schema):
    automation = waiting(api, schema, "updated", field="stage")
    upsert(api, schema, OPEN)
    assert entries(api, automation) == 0
    api("DELETE", "/_sim/stats")
    before = last_event(api)
    upsert(api, schema, {**OPEN, "stage": "Won"})
    rows = {"record": {"updated": 1}, "contactAutomation": {"created": 1}}
    assert api.get("/_sim/stats")["rows_written"] == rows
    assert (events(api, before), entries(api, automation)) == ([WON], 1)


def test_events_are_told_without_any_automation(account, api, schema):
    upsert(api, schema, OPEN)
    upsert(api, schema, {**OPEN, "stage": "Won"})
    assert events(api) == [CREATED, WON]
    assert [row["automations"] for row in account.object_events] == [[], []]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (OPEN, []),
        (dict(reversed(OPEN.items())), []),
        ({**OPEN, "value": 10.001}, []),
        ({**OPEN, "nonsense": "x"}, []),
        ({"value": 10, "stage": "Open"}, [("updated", "topic", "200 licences", None)]),
        ({**OPEN, "topic": None}, [("updated", "topic", "200 licences", None)]),
        ({**OPEN, "value": 11, "stage": "Won"}, [("updated", "value", 10, 11), WON]),
    ],
)
def test_every_changed_field_is_one_event_and_nothing_else_is_any(api, schema, values, told):
    upsert(api, schema, OPEN)
    before = last_event(api)
    upsert(api, schema, values)
    assert events(api, before) == told


@pytest.mark.parametrize(
    ("watched", "entered"),
    [
        ({"field": "stage"}, 1),
        ({"field": "stage", "from": "Open"}, 1),
        ({"field": "stage", "to": "Won"}, 1),
        ({"field": "stage", "from": "Open", "to": "Won"}, 1),
        ({"field": "stage", "from": None, "to": None}, 1),
        ({"field": "stage", "from": "Lost"}, 0),
        ({"field": "stage", "to": "Lost"}, 0),
        ({"field": "stage", "from": "Open", "to": "Lost"}, 0),
        ({"field": "topic"}, 0),
    ],
)
def test_change_starts_what_waits_for_this_field_and_these_values(api, schema, watched, entered):
    automation = waiting(api, schema, "updated", **watched)
    upsert(api, schema, OPEN)
    upsert(api, schema, {**OPEN, "stage": "Won"})
    assert entries(api, automation) == entered


def test_field_left_out_is_cleared_and_starts_what_waits_for_it(api, schema):
    automation = waiting(api, schema, "updated", field="topic")
    upsert(api, schema, OPEN)
    upsert(api, schema, {"value": 10, "stage": "Open"})
    assert entries(api, automation) == 1


def test_refused_record_is_no_event(api, schema):
    upsert(api, schema, OPEN)
    bad = {"externalId": "opp-1", "fields": [{"id": "topic", "value": "x"}, {"id": "stage", "value": "won"}]}
    assert api("POST", f"customObjects/records/{schema}", {"record": bad}).status_code == 422
    assert events(api) == [CREATED]


@pytest.mark.parametrize(("multientry", "entered"), [(0, 1), (1, 3)])
def test_contact_enters_again_where_the_automation_allows_it(api, schema, multientry, entered):
    automation = waiting(api, schema, multientry=multientry)
    for name in ("opp-1", "opp-2", "opp-3"):
        upsert(api, schema, OPEN, external=name)
    assert (entries(api, automation), events(api)) == (entered, [CREATED] * 3)


def test_trigger_lets_a_contact_in_ten_times_a_day(api, schema, clock):
    automation = waiting(api, schema, multientry=1)
    for number in range(11):
        upsert(api, schema, OPEN, external=f"opp-{number}")
    assert entries(api, automation) == 10
    clock.advance(24 * 3600)
    upsert(api, schema, OPEN, external="opp-11")
    assert entries(api, automation) == 11


def test_entries_by_the_api_leave_the_ten_of_the_trigger_alone(api, schema):
    automation = waiting(api, schema, multientry=1)
    for _ in range(10):
        api("POST", "contactAutomations", {"contactAutomation": {"contact": ADA, "automation": automation}})
    upsert(api, schema, OPEN)
    assert entries(api, automation) == 11


@pytest.mark.parametrize("status", [0, 2])
def test_inactive_automation_lets_nobody_in_not_even_once_it_is_active(api, schema, status):
    automation = waiting(api, schema, status=status)
    upsert(api, schema, OPEN)
    build(api, id=automation, status=1)
    assert entries(api, automation) == 0
    upsert(api, schema, OPEN, external="opp-2")
    assert entries(api, automation) == 1


def test_record_without_a_contact_fires_nothing(api, schema):
    automations = [waiting(api, schema), waiting(api, schema, "updated", field="stage")]
    upsert(api, schema, OPEN, None)
    upsert(api, schema, {**OPEN, "stage": "Won"}, None)
    assert events(api) == []
    assert [entries(api, each) for each in automations] == [0, 0]


def test_first_contact_of_a_known_record_is_no_creation(api, schema):
    automation = waiting(api, schema)
    upsert(api, schema, OPEN, None)
    upsert(api, schema, OPEN)
    assert (events(api), entries(api, automation)) == ([], 0)


def test_another_contact_alone_is_no_event_and_with_a_change_it_enters(api, schema):
    automation = waiting(api, schema, "updated", field="stage")
    upsert(api, schema, OPEN, ADA)
    upsert(api, schema, OPEN, CLEO)
    assert events(api) == [CREATED]
    upsert(api, schema, {**OPEN, "stage": "Won"}, CLEO)
    assert (entries(api, automation, ADA), entries(api, automation, CLEO)) == (0, 1)


def test_deletion_is_no_event_and_the_next_record_is_new(api, schema):
    upsert(api, schema, OPEN)
    api("DELETE", f"customObjects/records/{schema}/external/opp-1")
    assert events(api) == [CREATED]
    upsert(api, schema, OPEN)
    assert events(api) == [CREATED, CREATED]


def test_other_objects_start_nothing(api, schema):
    automation = waiting(api, schema)
    upsert(api, define(api, "contacts", slug="other"), OPEN)
    assert entries(api, automation) == 0


def test_objects_of_accounts_have_no_triggers(account, api):
    number = define(api, "accounts")
    account.load_accounts([{"name": "Contoso"}])
    record = {"externalId": "opp-1", "fields": [], "relationships": {"primary-accounts": [1]}}
    assert api("POST", f"customObjects/records/{number}", {"record": record}).status_code == 201
    assert events(api) == []
    assert build(api, trigger={"schema": number, "kind": "created"}).status_code == 404


def test_deleted_field_is_watched_no_more(api, schema):
    upsert(api, schema, OPEN)
    api("DELETE", f"customObjects/schemas/{schema}/fields/topic")
    upsert(api, schema, {"value": 10, "stage": "Open"})
    assert events(api) == [CREATED]
    assert build(api, trigger={"schema": schema, "kind": "updated", "field": "topic"}).status_code == 404


@pytest.mark.parametrize(
    ("trigger", "more", "status"),
    [
        ({"schema": "nonsense"}, {}, 404),
        ({"kind": "deleted"}, {}, 404),
        ({"kind": "updated"}, {}, 404),
        ({"kind": "updated", "field": "nonsense"}, {}, 404),
        ({"kind": "updated", "field": "stage", "to": "won"}, {}, 422),
        ({"kind": "updated", "field": "value", "from": "10"}, {}, 422),
        ({}, {"starts_on_list": 1}, 422),
        ({}, {"id": 99}, 404),
    ],
)
def test_automation_that_cannot_be_is_refused(api, schema, trigger, more, status):
    assert build(api, trigger={"schema": schema, "kind": "created", **trigger}, **more).status_code == status
    assert api.get("automations")["meta"]["total"] == "2"


def test_python_builds_and_changes_automations_too(account, api, schema):
    automation = account.build_automation(name="Won", trigger={"schema": schema, "kind": "created"})
    account.build_automation(id=automation, status=2)
    shown = api.get(f"automations/{automation}")["automation"]
    assert (shown["name"], shown["status"], shown["multientry"]) == ("Won", "2", "0")
    account.build_automation(id=automation, status=1)
    objects.upsert(account, account.schemas[schema], {"externalId": "a", "relationships": {"primary-contacts": [ADA]}})
    assert [row["automations"] for row in account.object_events] == [[automation]]
