"""What the service refuses to somebody who sets up tables, roles and solutions in it."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import ADA, BEN, Hand, code
from support.form_hand import coded

from simulators.dynamics import seed

CRM = "Microsoft.Dynamics.CRM."
NOOR = "noor.seller@contoso.example"
PUBLISHER = {"uniquename": "ac", "friendlyname": "AC", "customizationprefix": "ac",
             "customizationoptionvalueprefix": 71500}  # fmt: skip
UNIT = {"businessunitid@odata.bind": f"/businessunits({seed.ROOT_UNIT})"}


def label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def make_table(admin: Hand, schema: str, ownership: str, target: str = "lead") -> None:
    """A table `<schema>` with a lookup ac_LeadId."""
    name = {"@odata.type": f"{CRM}StringAttributeMetadata", "IsPrimaryName": True, "MaxLength": 100,
            "SchemaName": "ac_Name"}  # fmt: skip
    made = {"SchemaName": schema, "DisplayName": label("Made"), "DisplayCollectionName": label("Made"),
            "OwnershipType": ownership, "Attributes": [name]}  # fmt: skip
    assert admin.send("POST", "EntityDefinitions", made).status_code == 204
    relation = {"@odata.type": f"{CRM}OneToManyRelationshipMetadata", "SchemaName": f"{schema}_{target}",
                "ReferencedEntity": target, "ReferencingEntity": schema.lower(),
                "Lookup": {"SchemaName": "ac_LeadId", "DisplayName": label("Lead")}}  # fmt: skip
    assert admin.send("POST", "RelationshipDefinitions", relation).status_code == 204


def privilege(admin: Hand, name: str, depth: str) -> dict[str, Any]:
    found = admin.find("privileges", f"name eq '{name}'", "privilegeid")
    return {"PrivilegeId": found[0], "Depth": depth, "BusinessUnitId": seed.ROOT_UNIT, "PrivilegeName": name}


def granted(hand: Hand, role: str, *items: dict[str, Any], action: str = "AddPrivilegesRole") -> Any:
    return hand.send("POST", f"roles({role})/{CRM}{action}", {"Privileges": list(items)})


def held(admin: Hand, role: str) -> dict[str, str]:
    """Depths by privilege."""
    listed = admin.get(f"RetrieveRolePrivilegesRole(RoleId={role})").get_json()["RolePrivileges"]
    return {one["PrivilegeName"]: one["Depth"] for one in listed}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"customizationprefix": "a"}, "0x80040203"), ({"customizationprefix": "toolongprefix"}, None),
     ({"customizationprefix": "1ab"}, "0x80040203"), ({"customizationprefix": "mscrmx"}, "0x80040203"),
     ({"customizationprefix": "a_b"}, "0x80040203"), ({"customizationoptionvalueprefix": 9999}, None),
     ({"customizationoptionvalueprefix": 100000}, None), ({"uniquename": ""}, None)],
)  # fmt: skip
def test_a_publisher_has_a_prefix_of_its_own(admin: Hand, changed: dict[str, Any], expected: str | None) -> None:
    status, refusal = code(admin.send("POST", "publishers", {**PUBLISHER, **changed}))
    assert status == 400
    assert expected in (None, refusal)


def test_publishers_and_solutions_are_made_once(admin: Hand) -> None:
    publisher = admin.make("publishers", **PUBLISHER)
    assert admin.send("POST", "publishers", PUBLISHER).status_code == 412
    solution = {"uniquename": "ac", "friendlyname": "AC", "version": "1.0.0.0"}
    assert code(admin.send("POST", "solutions", solution)) == (400, "0x80040200")
    whole = {**solution, "publisherid@odata.bind": f"/publishers({publisher})"}
    for wrong, expected in (({"uniquename": "a c"}, "0x8004F002"), ({"uniquename": "1ac"}, "0x8004F002"),
                            ({"version": "one"}, "0x8004F01E")):  # fmt: skip
        assert code(admin.send("POST", "solutions", {**whole, **wrong})) == (400, expected)
    admin.make("solutions", **whole)
    assert code(admin.send("POST", "solutions", whole)) == (400, "0x8004F023")
    assert admin.send("DELETE", f"publishers({publisher})").status_code == 405


def test_a_solution_goes_without_its_components(admin: Hand) -> None:
    publisher = admin.make("publishers", **PUBLISHER)
    solution = admin.make("solutions", uniquename="ac", friendlyname="AC", version="1.0",
                          **{"publisherid@odata.bind": f"/publishers({publisher})"})  # fmt: skip
    admin.headers = {"MSCRM.SolutionUniqueName": "ac"}
    made = admin.make("webresourceset", name="ac_/a.js", webresourcetype=3, content=coded("1"))
    admin.send("PATCH", f"webresourceset({made})", {"content": coded("2")})
    admin.headers = {}
    assert admin.find("solutioncomponents", f"_solutionid_value eq {solution}", "objectid") == [made]
    assert admin.send("DELETE", f"solutions({solution})").status_code == 204
    assert admin.get(f"webresourceset({made})").status_code == 200
    assert admin.find("solutioncomponents", f"objectid eq {made}", "objectid") == []


def test_what_exists_becomes_part_of_a_solution_when_it_is_changed_for_it(admin: Hand) -> None:
    made = admin.make("webresourceset", name="ac_/a.js", webresourcetype=3, content=coded("1"))
    publisher = admin.make("publishers", **PUBLISHER)
    admin.make("solutions", uniquename="ac", friendlyname="AC", version="1.0",
               **{"publisherid@odata.bind": f"/publishers({publisher})"})  # fmt: skip
    change = {"content": coded("2")}
    admin.send("PATCH", f"webresourceset({made})", change, MSCRM_SolutionUniqueName="none")
    admin.headers = {"MSCRM.SolutionUniqueName": "ac"}
    admin.send("PATCH", f"webresourceset({made})", change)
    assert admin.find("solutioncomponents", f"objectid eq {made}", "componenttype") == [61]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "panel.html"}, {"name": "ac_//panel.html"}, {"name": "ac_/pa nel.html"}, {"name": "mscrm_/panel.html"},
     {"content": "no base64!"}, {"webresourcetype": None}],
)  # fmt: skip
def test_a_web_resource_has_a_name_a_kind_and_content(admin: Hand, wrong: dict[str, Any]) -> None:
    made = {"name": "ac_/panel.html", "webresourcetype": 1, "content": coded("1"), **wrong}
    assert admin.send("POST", "webresourceset", made).status_code == 400


def test_a_table_goes_with_its_privileges(admin: Hand) -> None:
    make_table(admin, "ac_Choice", "OrganizationOwned")
    role = admin.make("roles", name="AC User", **UNIT)
    granted(admin, role, privilege(admin, "prvReadac_Choice", "Global"))
    assert admin.send("DELETE", "EntityDefinitions(LogicalName='ac_choice')").status_code == 204
    assert admin.find("privileges", "name eq 'prvReadac_Choice'", "name") == []
    make_table(admin, "ac_Choice", "OrganizationOwned")
    assert "prvReadac_Choice" not in held(admin, role)


def test_deleting_one_kind_of_activity_leaves_the_others_their_privileges(admin: Hand) -> None:
    name = {"@odata.type": f"{CRM}StringAttributeMetadata", "SchemaName": "Subject", "IsPrimaryName": True,
            "MaxLength": 400}  # fmt: skip
    made = {"SchemaName": "ac_Call", "DisplayName": label("Call"), "DisplayCollectionName": label("Calls"),
            "IsActivity": True, "HasActivities": False, "HasNotes": True, "IsAvailableOffline": True,
            "OwnershipType": "UserOwned", "Attributes": [name]}  # fmt: skip
    assert admin.send("POST", "EntityDefinitions", made).status_code == 204
    assert admin.send("DELETE", "EntityDefinitions(LogicalName='ac_call')").status_code == 204
    assert len(admin.find("privileges", "name eq 'prvReadActivity'", "name")) == 1


def test_a_table_that_steps_listen_to_cant_be_deleted(admin: Hand) -> None:
    make_table(admin, "ac_Choice", "OrganizationOwned")
    endpoint = admin.make("serviceendpoints", name="hook", url="https://hook.example/", contract=8, authtype=4)
    message = admin.find("sdkmessages", "name eq 'Create'", "sdkmessageid")[0]
    where = f"primaryobjecttypecode eq 'ac_choice' and _sdkmessageid_value eq {message}"
    listened = admin.find("sdkmessagefilters", where, "sdkmessagefilterid")[0]
    step = admin.make("sdkmessageprocessingsteps", name="hook", stage=40, mode=1, **{
        "sdkmessageid@odata.bind": f"/sdkmessages({message})",
        "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({listened})",
        "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({endpoint})"})  # fmt: skip
    assert code(admin.send("DELETE", "EntityDefinitions(LogicalName='ac_choice')")) == (400, "0x8004f01f")
    assert code(admin.send("DELETE", f"serviceendpoints({endpoint})")) == (400, "0x8004f01f")
    assert admin.send("DELETE", f"sdkmessageprocessingsteps({step})").status_code == 204
    assert admin.send("DELETE", f"serviceendpoints({endpoint})").status_code == 204
    assert admin.send("DELETE", "EntityDefinitions(LogicalName='ac_choice')").status_code == 204


def test_a_role_belongs_to_a_business_unit_and_has_its_name_alone(admin: Hand) -> None:
    assert code(admin.send("POST", "roles", {"name": "AC User"})) == (400, "0x80040200")
    role = admin.make("roles", name="AC User", **UNIT)
    assert code(admin.send("POST", "roles", {"name": "AC User", **UNIT})) == (400, "0x80041403")
    copies = [one for one in admin.find("roles", "name eq 'AC User'", "roleid") if one != role]
    assert code(admin.send("PATCH", f"roles({copies[0]})", {"name": "Other"})) == (400, "0x80044152")
    read = privilege(admin, "prvReadLead", "Global")
    assert code(granted(admin, copies[0], read)) == (400, "0x80044152")


def test_a_new_role_has_a_few_privileges_already(admin: Hand) -> None:
    assert held(admin, admin.make("roles", name="AC User", **UNIT)) == dict.fromkeys(
        ("prvReadSharePointData", "prvReadSharePointDocument"), "Global"
    )


def test_a_role_that_somebody_has_cant_be_deleted(admin: Hand) -> None:
    role = admin.make("roles", name="AC User", **UNIT)
    admin.control("members", {"upn": NOOR, "role": "AC User"})
    assert code(admin.send("DELETE", f"roles({role})")) == (405, "0x80040227")
    admin.control("members", {"upn": NOOR, "role": "AC User", "member": False})
    assert admin.send("DELETE", f"roles({role})").status_code == 204


def test_privileges_are_added_replaced_and_removed(admin: Hand) -> None:
    role = admin.make("roles", name="AC User", **UNIT)
    read, write = privilege(admin, "prvReadLead", "Basic"), privilege(admin, "prvWriteLead", "Local")
    assert granted(admin, role, read, write).status_code == 204
    assert held(admin, role)["prvReadLead"] == "Basic"
    assert granted(admin, role, {**read, "Depth": "Global"}, action="ReplacePrivilegesRole").status_code == 204
    assert held(admin, role) == {"prvReadLead": "Global"}
    one = {"PrivilegeId": read["PrivilegeId"]}
    assert admin.send("POST", f"roles({role})/{CRM}RemovePrivilegeRole", one).status_code == 204
    assert held(admin, role) == {}


def test_a_privilege_has_its_depths(admin: Hand) -> None:
    make_table(admin, "ac_Choice", "OrganizationOwned")
    role = admin.make("roles", name="AC User", **UNIT)
    for depth in ("Basic", "Local", "Deep", "Everywhere"):
        item = privilege(admin, "prvReadac_Choice", depth)
        assert code(granted(admin, role, item)) == (400, "0x8004140b")
    assert granted(admin, role, privilege(admin, "prvReadac_Choice", "Global")).status_code == 204
    unknown = {"PrivilegeId": "00000000-0000-4000-8000-00000000dead", "Depth": "Global"}
    assert granted(admin, role, unknown).status_code == 404


def test_nobody_gives_what_they_have_not(hand: Hand, admin: Hand) -> None:
    role = admin.make("roles", name="AC User", **UNIT)
    lead = privilege(admin, "prvReadLead", "Global")
    hand.allow(prvWriteRole="Global", prvReadLead="Basic", prvDeleteLead=None)
    assert code(granted(hand, role, lead)) == (403, "0x80040220")
    assert code(granted(hand, role, privilege(admin, "prvDeleteLead", "Basic"))) == (403, "0x80040220")
    assert granted(hand, role, {**lead, "Depth": "Basic"}).status_code == 204
    admin.control("switches", {"grants_within_own": False})
    assert granted(hand, role, lead).status_code == 204


def test_rows_of_the_organization_have_no_owner(admin: Hand) -> None:
    make_table(admin, "ac_Choice", "OrganizationOwned")
    made = admin.make("ac_choices", ac_name="Welcome")
    row = admin.get(f"ac_choices({made})").get_json()
    assert not {"_ownerid_value", "_owninguser_value", "_owningbusinessunit_value"} & row.keys()
    assert row["_createdby_value"]


@pytest.fixture
def noor(hand: Hand, admin: Hand) -> Hand:
    """Noor, who may make own requests and read choices, beside a role that reaches her own leads alone."""
    make_table(admin, "ac_Request", "UserOwned")
    role = admin.make("roles", name="AC User", **UNIT)
    rights = ("Create", "Read", "Append")
    granted(admin, role, *(privilege(admin, f"prv{right}ac_Request", "Basic") for right in rights))
    hand.control("members", {"upn": NOOR, "role": "AC User"})
    browser = Hand(hand.state, hand.web.application.test_client())
    browser.web.get(f"/_sim/sign_in?upn={NOOR}")
    return browser


def ask(noor: Hand, lead: str) -> Any:
    return noor.send("POST", "ac_requests", {"ac_name": "Add", "ac_LeadId@odata.bind": f"/leads({lead})"})


def test_a_row_is_tied_to_records_within_reach_alone(noor: Hand) -> None:
    assert code(ask(noor, BEN)) == (403, "0x80048306")
    own = noor.make("leads", lastname="Berg")
    assert ask(noor, own).status_code == 204


@pytest.mark.parametrize("lost", ["prvAppendac_Request", "prvAppendToLead"])
def test_tying_wants_a_right_at_both_ends(noor: Hand, lost: str) -> None:
    own = noor.make("leads", lastname="Berg")
    role = "AC User" if lost.startswith("prvAppendac") else "Salesperson"
    noor.control("privileges", {"role": role, "set": {lost: None}})
    assert code(ask(noor, own)) == (403, "0x80040220")


def test_own_requests_cant_be_changed_or_deleted_without_the_right(noor: Hand) -> None:
    made = noor.make("ac_requests", ac_name="Add")
    assert code(noor.send("PATCH", f"ac_requests({made})", {"ac_name": "Done"})) == (403, "0x80040220")
    assert code(noor.send("DELETE", f"ac_requests({made})")) == (403, "0x80040220")


def test_requests_of_others_are_out_of_reach(noor: Hand, admin: Hand) -> None:
    other = admin.make("ac_requests", ac_name="Add")
    assert code(noor.get(f"ac_requests({other})")) == (403, "0x80048306")
    assert noor.rows("ac_requests?$select=ac_name") == []


def test_rows_of_the_organization_are_tied_with_rights_as_well(hand: Hand, admin: Hand) -> None:
    make_table(admin, "ac_Activity", "OrganizationOwned", "contact")
    hand.allow(prvCreateac_Activity="Global", prvAppendToContact=None)
    made = {"ac_name": "Opened", "ac_LeadId@odata.bind": f"/contacts({ADA})"}
    assert "prvAppendac_Activity" in hand.send("POST", "ac_activities", made).text
    hand.allow(prvAppendac_Activity="Global")
    assert "prvAppendToContact" in hand.send("POST", "ac_activities", made).text
    hand.allow(prvAppendToContact="Global")
    assert hand.send("POST", "ac_activities", made).status_code == 204


def test_a_persons_rights_on_a_record_are_told(noor: Hand, admin: Hand) -> None:
    own = noor.make("leads", lastname="Berg")

    def rights(lead: str) -> set[str]:
        target = f'@t={{"@odata.id":"leads({lead})"}}'
        path = f"systemusers({seed.SELLER})/{CRM}RetrievePrincipalAccess(Target=@t)?{target}"
        return set(admin.get(path).get_json()["AccessRights"].split(", "))

    assert {"ReadAccess", "WriteAccess", "AppendToAccess"} <= rights(own)
    assert rights(BEN) == {"None"}
