"""The client of Dynamics against planned answers: links, deletions, long queries, counts."""

from __future__ import annotations

import pytest

from clients.dynamics import Dynamics
from clients.dynamics_pages import version_of
from clients.faults import PagingLoop, TrackingOff
from sync.errors import BadCredentials, Resync, Unavailable
from sync.model import Entity, Lane

API = "/api/data/v9.2"
SYNC = Lane.SYNC
ADA, BEN = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
SELECT = ("contactid", "emailaddress1")


def _row(identity: str, version: int = 1, **more: object) -> dict[str, object]:
    return {"@odata.etag": f'W/"{version}"', "contactid": identity, **more}


def _gone(identity: str) -> dict[str, object]:
    return {"@odata.context": "https://x/$metadata#contacts/$deletedEntity", "id": identity, "reason": "deleted"}


def test_a_first_read_asks_for_tracking_and_selects(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [_row(ADA)], "@odata.deltaLink": f"{stub.url}{API}/contacts?x=1"})
    page = dynamics.changes_page("contacts", SELECT, page_size=2, lane=SYNC)
    assert stub.seen[0].headers["Prefer"] == "odata.track-changes,odata.maxpagesize=2"
    assert stub.seen[0].query == {"$select": ["contactid,emailaddress1"]}
    assert [row["contactid"] for row in page.rows] == [ADA]
    assert not page.delta


def test_links_are_followed_byte_for_byte_with_the_same_wishes(dynamics: Dynamics, stub) -> None:
    link = f"{stub.url}{API}/contacts?$select=a&$skiptoken=%3Ccookie%20x=%22%253c%22%20/%3E"
    stub.on("GET", f"{API}/contacts", {"value": [], "@odata.nextLink": f"{link}2"})
    page = dynamics.changes_page("contacts", SELECT, link=link, page_size=7, lane=SYNC)
    assert stub.seen[0].raw_query == link.partition("?")[2]
    assert "maxpagesize=7" in stub.seen[0].headers["Prefer"]
    assert page.next_link == f"{link}2"


def test_a_delta_page_tells_changes_from_deletions(dynamics: Dynamics, stub) -> None:
    link = f"{stub.url}{API}/contacts?$deltatoken=919042%2108"
    body = {"@odata.context": "x#contacts/$delta", "value": [_row(ADA), _gone(BEN)], "@odata.deltaLink": f"{link}2"}
    stub.on("GET", f"{API}/contacts", body)
    page = dynamics.changes_page("contacts", SELECT, link=link, lane=SYNC)
    assert (page.delta, page.deleted_ids, page.delta_link) == (True, [BEN], f"{link}2")


def test_of_two_versions_in_a_page_the_newer_counts(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [_row(ADA, 9), _row(ADA, 8)], "@odata.deltaLink": "x"})
    page = dynamics.changes_page("contacts", SELECT, lane=SYNC)
    assert [version_of(row) for row in page.rows] == [9]


@pytest.mark.parametrize(("alive", "rows", "deleted"), [([_row(ADA, 3)], [3], []), ([], [], [ADA])])
def test_changed_and_deleted_at_once_is_asked_about(dynamics: Dynamics, stub, alive, rows, deleted) -> None:
    stub.on("GET", f"{API}/contacts", {"value": alive})
    stub.on("GET", f"{API}/contacts", {"value": [_row(ADA, 2), _gone(ADA)], "@odata.deltaLink": "x"}, times=1)
    page = dynamics.changes_page("contacts", SELECT, lane=SYNC)
    assert [version_of(row) for row in page.rows] == rows
    assert page.deleted_ids == deleted


def test_a_last_page_without_a_delta_link_means_that_tracking_is_off(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [_row(ADA)]})
    with pytest.raises(TrackingOff):
        dynamics.changes_page("contacts", SELECT, lane=SYNC)


def test_a_link_that_leads_to_itself_is_a_loop(dynamics: Dynamics, stub) -> None:
    link = f"{stub.url}{API}/contacts?$skiptoken=1"
    stub.on("GET", f"{API}/contacts", {"value": [], "@odata.nextLink": link})
    with pytest.raises(PagingLoop):
        dynamics.changes_page("contacts", SELECT, link=link, lane=SYNC)


def test_an_expired_link_asks_for_a_resync(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"error": {"code": "0x80044352", "message": "expired"}}, status=400)
    with pytest.raises(Resync):
        dynamics.changes_page("contacts", SELECT, link=f"{stub.url}{API}/contacts?$deltatoken=1", lane=SYNC)


def test_a_polymorphic_lookup_brings_the_name_of_its_table(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [], "@odata.deltaLink": "x"})
    dynamics.changes_page("contacts", ("contactid", "_parentcustomerid_value"), lane=SYNC)
    assert 'include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"' in stub.seen[0].headers["Prefer"]


def test_reading_by_date_orders_by_date_and_key(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [_row(ADA)]})
    page = dynamics.modified_page("contacts", "contactid", SELECT, since="2026-01-05T10:11:12Z", lane=SYNC)
    assert stub.seen[0].query["$filter"] == ["modifiedon ge 2026-01-05T10:11:12Z"]
    assert stub.seen[0].query["$orderby"] == ["modifiedon asc,contactid asc"]
    assert (len(page.rows), page.next_link) == (1, None)


def test_ids_are_asked_for_by_the_hundred(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": []})
    dynamics.rows_by_id(
        "contacts", "contactid", SELECT, [f"{n:08}-0000-4000-8000-000000000000" for n in range(250)], lane=SYNC
    )
    asked = [one.query["$filter"][0].count("-4000-") for one in stub.seen]
    assert asked == [100, 100, 50]


def test_a_list_cut_by_the_service_is_read_to_its_end(dynamics: Dynamics, stub) -> None:
    stub.on("GET", f"{API}/contacts", {"value": [_row(BEN)]})
    stub.on(
        "GET", f"{API}/contacts", {"value": [_row(ADA)], "@odata.nextLink": f"{stub.url}{API}/contacts?p=2"}, times=1
    )
    rows = dynamics.rows_by_id("contacts", "contactid", SELECT, [ADA, BEN], lane=SYNC)
    assert [row["contactid"] for row in rows] == [ADA, BEN]


BATCH = (
    "--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n{body}\r\n--batchresponse_1--\r\n"
)


def _batch(stub, status: str, body: str, outer: int = 200) -> None:
    headers = {"Content-Type": "multipart/mixed; boundary=batchresponse_1"}
    stub.on("POST", rf"{API}/\$batch", text=BATCH.format(status=status, body=body), status=outer, headers=headers)


LONG = tuple(f"ac_{'x' * 60}{n:04}" for n in range(600))


def test_a_query_too_long_for_a_url_travels_in_a_batch(dynamics: Dynamics, stub) -> None:
    _batch(stub, "200 OK", '{"value":[],"@odata.deltaLink":"x"}')
    assert dynamics.changes_page("contacts", LONG, lane=SYNC).delta_link == "x"
    sent = stub.seen[0].text
    assert f"GET {stub.url}{API}/contacts?$select=ac_" in sent
    assert "Prefer: odata.track-changes" in sent


def test_an_error_inside_a_batch_is_the_error_of_its_part(dynamics: Dynamics, stub) -> None:
    _batch(stub, "403 Forbidden", '{"error":{"code":"0x80072560","message":"no member"}}', outer=403)
    with pytest.raises(BadCredentials):
        dynamics.changes_page("contacts", LONG, lane=SYNC)


def test_a_missing_record_is_none(dynamics: Dynamics, stub) -> None:
    stub.on("GET", rf"{API}/contacts\({ADA}\)", {"error": {"code": "0x80040217", "message": "gone"}}, status=404)
    assert dynamics.row("contacts", ADA, SELECT, lane=SYNC) is None


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("\ufeff42", None, (42, True)),
        ("42", "statecode eq 0", (42, True)),
        ("5000", "statecode eq 0", (5000, False)),
        ("5000", None, (61234, False)),
    ],
)
def test_counts_say_whether_they_are_exact(dynamics: Dynamics, stub, text, where, expected) -> None:
    stub.on("GET", rf"{API}/contacts/\$count", text=text)
    total = {"EntityRecordCountCollection": {"Count": 1, "Keys": ["contact"], "Values": [61234]}}
    stub.on("GET", rf"{API}/RetrieveTotalRecordCount\(EntityNames=\['contact'\]\)", total)
    assert dynamics.count("contacts", where) == expected


def test_a_description_holds_the_definition_and_the_details_of_each_kind(dynamics: Dynamics, stub) -> None:
    parts = ['{"LogicalName":"lead","Attributes":[]}', *['{"value":[{"LogicalName":"x"}]}'] * 13]
    several = "".join(BATCH.format(status="200 OK", body=part).removesuffix("--\r\n") + "\r\n" for part in parts)
    several = several.replace("--batchresponse_1\r\n--batchresponse_1", "--batchresponse_1")
    headers = {"Content-Type": "multipart/mixed; boundary=batchresponse_1"}
    stub.on("POST", rf"{API}/\$batch", text=several + "--batchresponse_1--\r\n", headers=headers)
    described = dynamics.describe(Entity.LEAD)[Entity.LEAD]
    assert described["definition"]["LogicalName"] == "lead"
    assert described["details"]["StringAttributeMetadata"] == [{"LogicalName": "x"}]
    assert (len(described["details"]), len(stub.seen)) == (13, 1)


def test_a_batch_that_lacks_parts_is_no_answer(dynamics: Dynamics, stub) -> None:
    _batch(stub, "200 OK", '{"LogicalName":"lead"}')
    with pytest.raises(Unavailable):
        dynamics.describe(Entity.LEAD)


def test_tracking_flags_read_managed_properties(dynamics: Dynamics, stub) -> None:
    lead = {"LogicalName": "lead", "ChangeTrackingEnabled": False, "CanChangeTrackingBeEnabled": {"Value": True}}
    stub.on("GET", f"{API}/EntityDefinitions", {"value": [lead]})
    assert dynamics.tracking_flags() == {"lead": (False, True)}


@pytest.mark.parametrize(("rows", "days"), [([{"expirechangetrackingindays": 30}], 30), ([{}], 7), ([], 7)])
def test_the_lifetime_of_links_is_read(dynamics: Dynamics, stub, rows, days: int) -> None:
    stub.on("GET", f"{API}/organizations", {"value": rows})
    assert dynamics.expiry_days() == days


@pytest.mark.parametrize(
    ("row", "version"), [({"@odata.etag": 'W/"4711"'}, 4711), ({"versionnumber": 12}, 12), ({}, 0)]
)
def test_versions_come_from_the_etag(row, version: int) -> None:
    assert version_of(row) == version
