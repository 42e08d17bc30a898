"""Pages and single records: options, filters, annotations, counts."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from support.dynamics_hand import ACCOUNT, ADA, BEN, NOBODY, Hand, code

from simulators.dynamics.state import Dynamics

PEOPLE = [
    {"firstname": "Cleo", "lastname": "O'Bryan", "emailaddress1": "a+b@c.example", "jobtitle": "100%",
     "numberofchildren": 3},
    {"firstname": "Dov", "lastname": "Müller", "emailaddress1": "ada_x@c.example", "donotbulkemail": True,
     "birthdate": "1980-02-29"},
    {"firstname": "Eve", "lastname": "Eve", "emailaddress1": "adaqx@c.example", "numberofchildren": 7, "statecode": 1},
]  # fmt: skip


@pytest.fixture(autouse=True)
def people(state: Dynamics) -> None:
    state.load("contact", PEOPLE)


def names(hand: Hand, condition: str, more: str = "") -> list[str]:
    found = hand.rows(f"contacts?$select=firstname&$orderby=firstname&$filter={quote(condition)}{more}")
    return [row["firstname"] for row in found]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("lastname eq 'O''Bryan'", ["Cleo"]),
        ("emailaddress1 eq 'A+B@C.example'", ["Cleo"]),
        ("lastname eq 'MÜLLER'", ["Dov"]),
        ("contains(lastname,'ÜLL')", ["Dov"]),
        ("contains(emailaddress1,'C.EX')", ["Cleo", "Dov", "Eve"]),
        ("startswith(firstname,'d')", ["Dov"]),
        ("endswith(lastname,'RYAN')", ["Cleo"]),
        ("contains(jobtitle,'[%]')", ["Cleo"]),
        ("emailaddress1 eq 'ada_x@c.example'", ["Dov", "Eve"]),
        ("emailaddress1 eq 'ada[_]x@c.example'", ["Dov"]),
        ("numberofchildren gt 3", ["Eve"]),
        ("3 lt numberofchildren", ["Eve"]),
        ("numberofchildren ge 3 and not contains(firstname,'eve')", ["Cleo"]),
        ("numberofchildren eq null", ["Ada", "Dov"]),
        ("numberofchildren ne null", ["Cleo", "Eve"]),
        ("numberofchildren ne 3", ["Ada", "Dov", "Eve"]),
        ("statecode eq 1 or donotbulkemail eq true", ["Dov", "Eve"]),
        ("birthdate eq 1980-02-29", ["Dov"]),
        ("firstname eq lastname", ["Eve"]),
        (f"_parentcustomerid_value eq {ACCOUNT.upper()}", ["Ada"]),
        ("parentcustomerid_account/name eq 'difference ltd'", ["Ada"]),
        (
            "createdon ge 2000-01-01T00:00:00Z and modifiedon lt 2999-01-01T00:00:00+02:00",
            ["Ada", "Cleo", "Dov", "Eve"],
        ),
        ("""Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=["eve","müller"])""", ["Dov", "Eve"]),
        ("""Microsoft.Dynamics.CRM.In(PropertyName='numberofchildren',PropertyValues=["3"])""", ["Cleo"]),
        ("Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)", ["Ada", "Cleo", "Dov", "Eve"]),
        ("Microsoft.Dynamics.CRM.OlderThanXMonths(PropertyName='createdon',PropertyValue=1)", []),
        ("Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='birthdate',PropertyValue='1980-02-29')", ["Dov"]),
        ("""Microsoft.Dynamics.CRM.Between(PropertyName='numberofchildren',PropertyValues=["3","6"])""", ["Cleo"]),
    ],
)
def test_a_filter_finds(hand: Hand, condition: str, expected: list[str]) -> None:
    assert names(hand, condition) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("$filter=shoesize eq 1", "Could not find a property named 'shoesize'"),
        ("$filter=statecode eq '0'", "incompatible types"),
        ("$filter=lastname eq 1", "incompatible types"),
        (f"$filter=_parentcustomerid_value eq '{ACCOUNT}'", "incompatible types"),
        (f"$filter=_parentcustomerid_value eq guid'{ACCOUNT}'", "Unrecognized 'Edm.String' literal"),
        ("$filter=lastname eq", "Syntax error at position"),
        ("$filter=parentcustomerid eq null", "Could not find a property named 'parentcustomerid'"),
        ("$select=shoesize", "Could not find a property named 'shoesize'"),
        ("$orderby=shoesize", "Could not find a property named 'shoesize'"),
        ("$orderby=lastname upwards", "Syntax error"),
        ("$expand=Parentcustomerid_account", "Could not find a property named"),
        ("$skip=10", "Skip Clause is not supported in CRM"),
        ("$search=ada", "$search is not supported"),
        ("$Select=lastname", "$Select is not supported"),
        ("$top=many", "Invalid value 'many' for $top"),
    ],
)
def test_a_wrong_query_is_refused(hand: Hand, query: str, message: str) -> None:
    answer = hand.get(f"contacts?{query}")
    assert code(answer) == (400, "0x80060888")
    assert message in answer.get_json()["error"]["message"]


def test_a_list_of_hundreds_of_addresses_is_one_filter(hand: Hand) -> None:
    listed = ",".join(f'"a{number}@okoro.example"' for number in range(300))
    where = f"Microsoft.Dynamics.CRM.In(PropertyName='emailaddress1',PropertyValues=[{listed},\"BEN@okoro.example\"])"
    assert hand.find("leads", where, "leadid") == [BEN]


def test_the_last_author_can_be_selected(hand: Hand) -> None:
    hand.send("PATCH", f"leads({BEN})", {"jobtitle": "x"})
    user = hand.get("WhoAmI").get_json()["UserId"]
    assert hand.get(f"leads({BEN})?$select=_modifiedby_value").get_json()["_modifiedby_value"] == user


def test_a_plus_that_is_not_encoded_finds_nobody(hand: Hand) -> None:
    assert hand.rows("contacts?$select=firstname&$filter=emailaddress1%20eq%20'a+b@c.example'") == []


def test_aliases_stand_for_values(hand: Hand) -> None:
    assert names(hand, "lastname eq @p1", "&@p1='eve'") == ["Eve"]


def test_any_and_all_look_into_a_collection(hand: Hand) -> None:
    some = quote("contact_customer_accounts/any(c:c/firstname eq 'ada')")
    every = quote("contact_customer_accounts/all(c:c/firstname eq 'cleo')")
    assert len(hand.rows(f"accounts?$select=name&$filter={some}")) == 1
    assert hand.rows(f"accounts?$select=name&$filter={every}") == []


def test_a_selection_shows_null_and_the_key_and_the_currency_of_money(hand: Hand) -> None:
    row = hand.rows(f"contacts?$select=creditlimit,middlename&$filter=contactid eq {ADA}")[0]
    assert row.keys() == {"@odata.etag", "creditlimit", "middlename", "contactid", "_transactioncurrencyid_value"}
    assert (row["creditlimit"], row["middlename"]) == (1000, None)


def test_without_a_selection_every_readable_column_comes(hand: Hand) -> None:
    row = hand.get(f"contacts({ADA})").get_json()
    assert len(row) > 100
    assert row["_ownerid_value"]
    assert row["donotemail"] is False
    assert "owneridname" not in row


def test_annotations_come_on_request_only(hand: Hand) -> None:
    path = f"contacts({ADA})?$select=statuscode,creditlimit,_parentcustomerid_value,donotemail"
    assert not [name for name in hand.get(path).get_json() if "@OData.Community" in name]
    row = hand.get(path, Prefer='odata.include-annotations="*"').get_json()
    shown = "OData.Community.Display.V1.FormattedValue"
    assert (row[f"statuscode@{shown}"], row[f"creditlimit@{shown}"]) == ("Active", "€1,000.00")
    assert row[f"_parentcustomerid_value@{shown}"] == "Difference Ltd"
    lookup = "_parentcustomerid_value@Microsoft.Dynamics.CRM."
    assert (row[f"{lookup}lookuplogicalname"], row[f"{lookup}associatednavigationproperty"]) == (
        "account", "parentcustomerid_account")  # fmt: skip


def test_the_metadata_version_comes_as_an_annotation(hand: Hand) -> None:
    answer = hand.get("contacts?$top=1", Prefer='odata.include-annotations="Microsoft.Dynamics.CRM.*"').get_json()
    assert answer["@Microsoft.Dynamics.CRM.globalmetadataversion"].isdigit()


def test_an_expansion_shows_the_related_record(hand: Hand) -> None:
    row = hand.rows(
        f"contacts?$select=fullname&$filter=contactid eq {ADA}&$expand=parentcustomerid_account($select=name)"
    )[0]
    assert row["parentcustomerid_account"]["name"] == "Difference Ltd"
    path = (
        f"accounts({ACCOUNT})?$select=name&$expand=contact_customer_accounts($select=fullname;$filter=statecode eq 0)"
    )
    assert [one["fullname"] for one in hand.get(path).get_json()["contact_customer_accounts"]] == ["Ada Byron"]


@pytest.mark.parametrize(
    "expand",
    [
        "parentcustomerid_account($top=1)",
        "parentcustomerid_account($select=name;$expand=contact_customer_accounts($select=fullname))",
        ",".join(["parentcustomerid_account($select=name)"] * 16),
    ],
)
def test_an_expansion_has_limits(hand: Hand, expand: str) -> None:
    assert hand.get(f"contacts?$select=fullname&$expand={expand}").status_code == 400


def test_pages_follow_the_next_link(hand: Hand, state: Dynamics) -> None:
    state.load("contact", ({"firstname": f"N{n % 7}"} for n in range(40)))
    path, seen = "contacts?$select=firstname&$orderby=firstname desc,contactid", []
    while path:
        page = hand.get(path, Prefer="odata.maxpagesize=9").get_json()
        assert len(page["value"]) <= 9
        seen += [(row["firstname"], row["contactid"]) for row in page["value"]]
        path = page.get("@odata.nextLink", "")
    assert len(seen) == len(set(seen)) == 44
    assert [name for name, _ in seen] == sorted((name for name, _ in seen), reverse=True)


def test_null_comes_first_and_is_paged_too(hand: Hand) -> None:
    path, seen = "contacts?$select=numberofchildren&$orderby=numberofchildren,contactid", []
    while path:
        page = hand.get(path, Prefer="odata.maxpagesize=1").get_json()
        seen += [row["numberofchildren"] for row in page["value"]]
        path = page.get("@odata.nextLink", "")
    assert seen == [None, None, 3, 7]


def test_a_next_link_works_only_as_it_was_given(hand: Hand) -> None:
    link = hand.get("contacts?$select=firstname", Prefer="odata.maxpagesize=2").get_json()["@odata.nextLink"]
    assert hand.get(link).status_code == 200
    assert hand.get(link.replace("firstname", "lastname")).status_code == 400
    assert hand.get(link.replace("%2522", "%22")).status_code == 200
    assert hand.get("contacts?$skiptoken=made-up").status_code == 400


def test_top_is_ignored_beside_a_page_size(hand: Hand) -> None:
    assert len(hand.rows("contacts?$top=1")) == 1
    assert len(hand.rows("contacts?$top=1", Prefer="odata.maxpagesize=3")) == 3


def test_five_thousand_is_the_most(hand: Hand, state: Dynamics) -> None:
    state.load("account", ({"name": "x"} for _ in range(5_001)))
    page = hand.get("accounts?$select=name&$count=true", Prefer="odata.maxpagesize=9000").get_json()
    assert (len(page["value"]), page["@odata.count"]) == (5_000, 5_000)
    assert hand.get("accounts/$count").data == b"\xef\xbb\xbf5000"
    total = hand.get("RetrieveTotalRecordCount(EntityNames=['account'])").get_json()["EntityRecordCountCollection"]
    assert (total["Keys"], total["Values"]) == (["account"], [5_002])


def test_the_total_is_a_snapshot_of_up_to_a_day(hand: Hand) -> None:
    def total() -> int:
        answer = hand.get("RetrieveTotalRecordCount(EntityNames=['contact'])").get_json()
        return answer["EntityRecordCountCollection"]["Values"][0]

    before = total()
    hand.make("contacts", lastname="New")
    assert total() == before
    hand.control("clock", {"seconds": 24 * 3600})
    hand.token = hand.ask_token().get_json()["access_token"]
    assert total() == before + 1


def test_a_count_respects_the_filter(hand: Hand) -> None:
    assert hand.get("contacts/$count?$filter=statecode eq 1").text == "\ufeff1"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"leads({NOBODY})", (404, "0x80040217")),
        ("leadz", (404, "0x80060888")),
        (f"leadz({BEN})", (404, "0x80060888")),
        ("leads(jobtitle='x')", (400, "0x80060888")),
        (f"contacts({ADA})?$filter=statecode eq 0", (400, "0x80060888")),
    ],
)
def test_what_is_not_there_is_refused(hand: Hand, path: str, expected: tuple[int, str]) -> None:
    assert code(hand.get(path)) == expected


def test_a_record_is_not_sent_again_to_who_has_it(hand: Hand) -> None:
    first = hand.get(f"contacts({ADA})?$select=fullname")
    again = hand.get(f"contacts({ADA})?$select=fullname", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    expanded = f"contacts({ADA})?$select=fullname&$expand=parentcustomerid_account"
    assert hand.get(expanded, If_None_Match=first.headers["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"contacts({ADA})/fullname", "Ada Byron"),
        (f"contacts(contactid={ADA})/fullname", "Ada Byron"),
    ],
)
def test_one_property_is_read(hand: Hand, path: str, expected: str) -> None:
    assert hand.get(path).get_json()["value"] == expected


def test_a_record_leads_to_its_neighbours(hand: Hand) -> None:
    assert hand.get(f"contacts({ADA})/parentcustomerid_account?$select=name").get_json()["name"] == "Difference Ltd"
    assert hand.get(f"contacts({ADA})/parentcustomerid_contact").status_code == 204
    assert (
        hand.get(f"contacts({ADA})/parentcustomerid_account/$ref")
        .get_json()["@odata.id"]
        .endswith(f"accounts({ACCOUNT})")
    )
    assert hand.rows(f"accounts({ACCOUNT})/contact_customer_accounts?$select=fullname")[0]["fullname"] == "Ada Byron"


def test_an_address_may_be_so_long_and_not_longer(hand: Hand) -> None:
    head = "contacts?$select=fullname&$filter=lastname eq '"
    assert hand.get(f"{head}{'x' * 32_000}'").status_code == 200
    assert hand.get(f"{head}{'x' * 33_000}'").status_code == 414
