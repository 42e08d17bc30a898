"""Dates of the server's zone, and what moves them."""

from datetime import UTC, datetime

import pytest

from simulators.activecampaign.core import dates

CHICAGO = "America/Chicago"


def second(text):
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        ("2026-07-01T12:00:00+00:00", CHICAGO, "2026-07-01T07:00:00-05:00"),
        ("2026-12-01T12:00:00+00:00", CHICAGO, "2026-12-01T06:00:00-06:00"),
        ("2026-03-08T07:59:59+00:00", CHICAGO, "2026-03-08T01:59:59-06:00"),
        ("2026-03-08T08:00:00+00:00", CHICAGO, "2026-03-08T03:00:00-05:00"),
        ("2026-11-01T06:59:59+00:00", CHICAGO, "2026-11-01T01:59:59-05:00"),
        ("2026-11-01T07:00:00+00:00", CHICAGO, "2026-11-01T01:00:00-06:00"),
        ("2026-04-04T15:00:00+00:00", "Australia/Lord_Howe", "2026-04-05T01:30:00+10:30"),
        ("2026-07-01T12:00:00+00:00", "UTC", "2026-07-01T12:00:00+00:00"),
    ],
)
def test_instant_is_shown_with_the_offset_of_its_day(moment, zone, shown):
    assert dates.iso(second(moment), zone) == shown
    assert dates.plain(second(moment), zone) == shown[:19].replace("T", " ")


@pytest.mark.parametrize(
    "text", ["", "soon", "2026", "2026-13-01", "20260901", "01.09.2026", "2026-09-01T00:00:00 02:00"]
)
def test_what_is_no_date_is_told_apart(text):
    assert dates.parse(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("1970-01-01T00:00:00.000Z", "UTC", "1970-01-01T00:00:00+00:00"),
        ("2026-09-01", CHICAGO, "2026-09-01T05:00:00+00:00"),
        ("2026-09-01 06:00:00", "UTC", "2026-09-01T06:00:00+00:00"),
        ("2026-09-01T06:00:00-05:00", "UTC", "2026-09-01T11:00:00+00:00"),
    ],
)
def test_dates_are_read_in_every_form_seen(text, zone, instant):
    assert dates.parse(text, zone) == second(instant)


def test_one_list_shows_both_offsets(account, api):
    account.load_contacts([{"email": "ben@contoso.example", "cdate": "2026-01-05T12:00:00Z"}])
    offsets = {row["cdate"][-6:] for row in api.get("contacts")["contacts"]}
    assert offsets == {"-05:00", "-06:00"}


def test_fields_that_say_utc_hold_local_time(reading):
    row = reading.get("contacts/1")["contact"]
    assert row["created_utc_timestamp"] == row["created_timestamp"] == row["cdate"][:19].replace("T", " ")


def test_zone_of_the_server_can_be_another(account, api):
    account.switches["server_zone"] = "Europe/Berlin"
    assert api.get("contacts/1")["contact"]["cdate"] == "2026-09-01T07:30:00+02:00"


def test_dates_that_never_came_are_null_or_zero(reading):
    row = reading.get("contacts/1")["contact"]
    assert (row["edate"], row["last_open_date"], row["sms_consent_updated_at"]) == (None, None, "0000-00-00 00:00:00")


def test_custom_objects_write_real_utc():
    assert dates.utc_iso(1777986370.52) == "2026-05-05T13:06:10.520Z"


CAUSES = {
    "tag": ("POST", "contactTags", {"contactTag": {"contact": 2, "tag": 1}}),
    "list": ("POST", "contactLists", {"contactList": {"list": 1, "contact": 2, "status": 1}}),
    "value": ("POST", "fieldValues", {"fieldValue": {"contact": 2, "field": 1, "value": "x"}}),
    "note": ("POST", "notes", {"note": {"note": "x", "relid": 2, "reltype": "Subscriber"}}),
    "association": ("POST", "accountContacts", {"accountContact": {"account": 1, "contact": 2}}),
}


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("moving", [None, [], ["association"]])
def test_what_moves_udate(account, api, clock, cause, moving):
    account.load_accounts([{"name": "Contoso"}])
    if moving is not None:
        account.switches["udate_moves_on"] = moving
    clock.advance(60)
    assert api(*CAUSES[cause]).status_code in (200, 201)
    moved = api.get("contacts/2")["contact"]["udate"] == "2026-09-01T03:01:00-05:00"
    assert moved is (cause in (moving if moving is not None else ["tag", "list", "value", "note"]))


def test_write_of_the_same_value_moves_udate_too(api, clock):
    clock.advance(60)
    api.sync(firstName="Ada")
    assert api.get("contacts/1")["contact"]["udate"] == "2026-09-01T03:01:00-05:00"


def test_second_tagging_does_not(api, clock):
    clock.advance(60)
    api("POST", "contactTags", {"contactTag": {"contact": 1, "tag": 1}})
    assert api.get("contacts/1")["contact"]["udate"] == "2026-09-01T00:30:00-05:00"
