"""Custom values: what is kept, dropped, cleared."""

import pytest

JOB_TITLE, LEAD_SOURCE, INTERESTS, BIRTHDAY = 1, 10, 11, 12


def values_of(api, contact=1):
    return {row["field"]: row["value"] for row in api.get(f"contacts/{contact}/fieldValues")["fieldValues"]}


@pytest.mark.parametrize("field", ["JOB_TITLE", "99", 99, None])
def test_unknown_field_is_dropped_in_silence(api, field):
    answer = api.sync(fieldValues=[{"field": field, "value": "x"}])
    assert answer.status_code == 200
    assert values_of(api) == {"1": "Countess"}


@pytest.mark.parametrize("field", [1, "1"])
def test_field_id_may_be_number_or_string(api, field):
    api.sync(fieldValues=[{"field": field, "value": "Countess of Lovelace"}])
    assert values_of(api) == {"1": "Countess of Lovelace"}


@pytest.mark.parametrize(
    ("value", "switches", "kept"),
    [
        ("", {}, ""),
        ("", {"empty_value_clears": False}, "Countess"),
        (None, {}, ""),
        (None, {"null_clears": False}, "Countess"),
    ],
)
def test_empty_values(account, api, value, switches, kept):
    account.switches.update(switches)
    api.sync(fieldValues=[{"field": 1, "value": value}])
    assert values_of(api) == {"1": kept}


@pytest.mark.parametrize("value", [5, 1.5, True, ["a"], {"a": 1}])
def test_value_that_is_no_string_is_refused(api, value):
    assert api.sync(fieldValues=[{"field": 1, "value": value}]).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (LEAD_SOURCE, "Trade Show"),
        (LEAD_SOURCE, "Carrier pigeon"),
        (INTERESTS, "||News||Offers||"),
        (BIRTHDAY, "1815-12-10"),
        (JOB_TITLE, "R&D <Head>\nEurope 🎈"),
    ],
)
def test_value_comes_back_verbatim(api, field, value):
    api.sync(fieldValues=[{"field": field, "value": value}])
    assert values_of(api)[str(field)] == value


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        (LEAD_SOURCE, "Web", 200),
        (LEAD_SOURCE, "web", 422),
        (LEAD_SOURCE, "", 200),
        (INTERESTS, "||News||Events||", 200),
        (INTERESTS, "||News||Chess||", 422),
    ],
)
def test_strict_account_refuses_unknown_options(account, api, field, value, status):
    account.switches["unknown_option"] = "422"
    assert api.sync(fieldValues=[{"field": field, "value": value}]).status_code == status


@pytest.mark.parametrize(
    ("written", "kind", "read"),
    [
        ("2026-10-01T08:30:00+02:00", "server", "2026-10-01T01:30:00-05:00"),
        ("2026-12-01T08:30:00Z", "server", "2026-12-01T02:30:00-06:00"),
        ("2026-12-01T08:30:00Z", "verbatim", "2026-12-01T08:30:00Z"),
        ("soon", "server", "soon"),
    ],
)
def test_date_time_comes_back_in_the_zone_of_the_server(account, api, written, kind, read):
    account.switches["datetime_read_back"] = kind
    number = api("POST", "fields", {"field": {"title": "Call at", "type": "datetime"}}).get_json()["field"]["id"]
    api.sync(fieldValues=[{"field": number, "value": written}])
    assert values_of(api)[number] == read


def test_each_value_has_its_own_dates(api, clock):
    clock.advance(60)
    api.sync(fieldValues=[{"field": 9, "value": "Contoso"}])
    stamps = {row["field"]: row["udate"] for row in api.get("contacts/1/fieldValues")["fieldValues"]}
    assert stamps == {"1": "2026-09-01T00:30:00-05:00", "9": "2026-09-01T03:01:00-05:00"}


def test_answer_holds_only_the_values_set(api):
    answer = api.sync(fieldValues=[{"field": 9, "value": "Contoso"}]).get_json()
    assert [row["field"] for row in answer["fieldValues"]] == ["9"]
    assert "fieldValues" not in api.sync(firstName="Ada").get_json()


def test_single_value_is_upserted_by_contact_and_field(api):
    answer = api("POST", "fieldValues", {"fieldValue": {"contact": "1", "field": "1", "value": "Author"}}).get_json()
    assert (answer["fieldValue"]["id"], answer["fieldValue"]["value"]) == ("1", "Author")
    assert answer["contacts"][0]["udate"] == answer["fieldValue"]["udate"]


def test_single_value_by_perstag_is_refused(api):
    answer = api("POST", "fieldValues", {"fieldValue": {"contact": "1", "field": "JOB_TITLE", "value": "x"}})
    assert (answer.status_code, answer.get_json()["errors"][0]["title"]) == (422, "Field id not valid")


def test_value_rows_are_changed_and_deleted_by_id(api):
    api("PUT", "fieldValues/1", {"fieldValue": {"value": "Author"}})
    assert values_of(api) == {"1": "Author"}
    assert api("DELETE", "fieldValues/1").get_json() == {}
    assert (values_of(api), api("DELETE", "fieldValues/1").status_code) == ({}, 403)


@pytest.mark.parametrize(
    ("query", "total"),
    [({}, "1"), ({"filters[fieldid]": 1}, "1"), ({"filters[fieldid]": 2}, "0"), ({"filters[val]": "Countess"}, "1"),
     ({"filters[val]": "x"}, "0"), ({"filters[updated_after]": "2036-01-01"}, "1")],
)  # fmt: skip
def test_values_of_the_account_by_field_and_text(reading, query, total):
    assert reading.get("fieldValues", **query)["meta"]["total"] == total
