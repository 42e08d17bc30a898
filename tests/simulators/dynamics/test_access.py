"""Privileges, their depth, and acting for a person."""

from __future__ import annotations

import pytest
from support.dynamics_hand import ACCOUNT, ADA, BEN, Hand, code

from simulators.dynamics import seed
from simulators.dynamics.schema.catalog import stable_id
from simulators.dynamics.state import Dynamics

NOOR_OID = stable_id("person", "noor.seller@contoso.example")


@pytest.mark.parametrize(
    ("privilege", "method", "path", "body"),
    [
        ("prvReadLead", "GET", "leads", None),
        ("prvReadContact", "GET", f"contacts({ADA})", None),
        ("prvCreateLead", "POST", "leads", {"lastname": "x"}),
        ("prvWriteContact", "PATCH", f"contacts({ADA})", {"jobtitle": "x"}),
        ("prvDeleteContact", "DELETE", f"contacts({ADA})", None),
        ("prvAppendLead", "PATCH", f"leads({BEN})", {"parentaccountid@odata.bind": f"/accounts({ACCOUNT})"}),
        ("prvAppendToAccount", "PATCH", f"leads({BEN})", {"parentaccountid@odata.bind": f"/accounts({ACCOUNT})"}),
        ("prvReadEntity", "GET", "EntityDefinitions(LogicalName='lead')", None),
    ],
)
def test_a_missing_privilege_is_named(hand: Hand, privilege: str, method: str, path: str, body: object) -> None:
    hand.allow(**{privilege: None})
    answer = hand.send(method, path, body)
    assert code(answer) == (403, "0x80040220")
    assert f"is missing {privilege} privilege" in answer.get_json()["error"]["message"]


def test_basic_depth_sees_own_records_only(hand: Hand, admin: Hand) -> None:
    hand.allow(prvReadLead="Basic")
    own = hand.make("leads", lastname="Own")
    assert [row["leadid"] for row in hand.rows("leads?$select=lastname")] == [own]
    assert code(hand.get(f"leads({BEN})")) == (403, "0x80048306")


@pytest.mark.parametrize(
    ("depth", "seen"), [("Local", ["Root"]), ("Deep", ["North", "Root"]), ("Global", ["North", "Root"])]
)
def test_depth_reaches_business_units(hand: Hand, state: Dynamics, depth: str, seen: list[str]) -> None:
    units = {"Root": seed.ROOT_UNIT, "North": seed.NORTH_UNIT}
    state.load("lead", [{"lastname": name, "owningbusinessunit": unit} for name, unit in units.items()])
    hand.allow(prvReadLead=depth)
    names = [row["lastname"] for row in hand.rows("leads?$select=lastname&$orderby=lastname")]
    assert [name for name in names if name in units] == seen


def test_change_tracking_wants_global_read(hand: Hand) -> None:
    hand.allow(prvReadLead="Local")
    assert hand.get("leads?$select=subject").status_code == 200
    answer = hand.get("leads?$select=subject", Prefer="odata.track-changes")
    assert answer.status_code == 403
    assert "Required Depth: Global" in answer.get_json()["error"]["message"]


def test_acting_for_a_person_needs_a_privilege(hand: Hand) -> None:
    assert code(hand.get(f"leads({BEN})", CallerObjectId=NOOR_OID)) == (403, "0x80040220")


def test_acting_for_a_person_intersects_rights_and_signs_for_both(hand: Hand) -> None:
    hand.allow(prvActOnBehalfOfAnotherUser="Global")
    assert code(hand.get(f"leads({BEN})", CallerObjectId=NOOR_OID)) == (403, "0x80048306")
    answer = hand.send("POST", "leads?$select=_createdby_value,_createdonbehalfby_value", {"lastname": "By Noor"},
                       MSCRMCallerID=seed.SELLER, Prefer="return=representation")  # fmt: skip
    assert answer.status_code == 201
    assert answer.get_json()["_createdby_value"] == seed.SELLER
    assert answer.get_json()["_createdonbehalfby_value"] == hand.get("WhoAmI").get_json()["UserId"]


def test_a_disabled_person_cannot_be_acted_for(hand: Hand) -> None:
    hand.allow(prvActOnBehalfOfAnotherUser="Global")
    assert hand.get("WhoAmI", MSCRMCallerID=seed.LEAVER).status_code == 403


def test_a_role_held_through_a_team_counts(hand: Hand, admin: Hand) -> None:
    other = hand.as_application("55555555-5555-4555-8555-555555555555")
    assert other.get("leads").status_code == 403
    user = other.get("WhoAmI").get_json()["UserId"]
    role = admin.find("roles", f"name eq 'Integration' and _businessunitid_value eq {seed.ROOT_UNIT}", "roleid")[0]
    link = {"@odata.id": f"http://localhost/api/data/v9.2/roles({role})"}
    admin.send("POST", f"teams({seed.TEAM})/teamroles_association/$ref", link)
    member = {"@odata.id": f"http://localhost/api/data/v9.2/systemusers({user})"}
    assert admin.send("POST", f"teams({seed.TEAM})/teammembership_association/$ref", member).status_code == 204
    assert other.get("leads").status_code == 200


def test_roles_of_a_person_come_directly_and_through_teams(hand: Hand, admin: Hand) -> None:
    role = admin.find("roles", f"name eq 'Salesperson' and _businessunitid_value eq {seed.ROOT_UNIT}", "roleid")[0]
    link = {"@odata.id": f"http://localhost/api/data/v9.2/roles({role})"}
    admin.send("POST", f"teams({seed.TEAM})/teamroles_association/$ref", link)
    oid = stable_id("person", "mira.admin@contoso.example")
    found = hand.rows(f"RetrieveAadUserRoles(DirectoryObjectId={oid})?$select=roleid,name,_parentrootroleid_value")
    assert {row["name"]: row.get("t_x002e_name") for row in found} == {
        "System Administrator": None,
        "Salesperson": "contoso",
    }


def test_roles_of_a_person_by_table_reads(hand: Hand) -> None:
    oid = stable_id("person", "noor.seller@contoso.example")
    found = hand.rows(
        f"systemusers?$select=fullname,isdisabled,accessmode&$filter=azureactivedirectoryobjectid eq {oid}"
        "&$expand=systemuserroles_association($select=name,_roletemplateid_value),teammembership_association($select=name)"
    )
    assert [role["name"] for role in found[0]["systemuserroles_association"]] == ["Salesperson"]
    assert found[0]["teammembership_association"] == []


@pytest.mark.parametrize(
    ("key", "status"), [("azureactivedirectoryobjectid={oid}", 200), ("systemuserid={id}", 400), ("{id}", 200)]
)
def test_a_user_is_addressed_by_id_or_directory_id(hand: Hand, key: str, status: int) -> None:
    path = key.format(oid=NOOR_OID, id=seed.SELLER)
    assert hand.get(f"systemusers({path})?$select=fullname").status_code == status


def test_a_new_role_has_a_copy_per_unit_and_gives_what_it_is_granted(admin: Hand) -> None:
    role = admin.make("roles", name="AC User", **{"businessunitid@odata.bind": f"/businessunits({seed.ROOT_UNIT})"})
    copies = admin.rows("roles?$select=roleid,_parentrootroleid_value&$filter=name eq 'AC User'")
    assert len(copies) == 2
    assert {copy["_parentrootroleid_value"] for copy in copies} == {role}
    privilege = admin.find("privileges", "name eq 'prvReadLead'", "privilegeid")[0]
    item = {
        "PrivilegeId": privilege,
        "Depth": "Global",
        "BusinessUnitId": seed.ROOT_UNIT,
        "PrivilegeName": "prvReadLead",
    }
    assert (
        admin.send(
            "POST", f"roles({role})/Microsoft.Dynamics.CRM.AddPrivilegesRole", {"Privileges": [item]}
        ).status_code
        == 204
    )
    listed = admin.get(f"RetrieveRolePrivilegesRole(RoleId={role})").get_json()["RolePrivileges"]
    assert ("prvReadLead", "Global") in [(one["PrivilegeName"], one["Depth"]) for one in listed]


def test_a_secured_column_reads_as_null_to_everybody_else(hand: Hand, admin: Hand) -> None:
    hand.control("columns/contact/emailaddress1", {"secured": True})
    path = f"contacts({ADA})?$select=emailaddress1"
    assert hand.get(path).get_json()["emailaddress1"] is None
    assert admin.get(path).get_json()["emailaddress1"] == "ada@difference.example"
    column = "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='emailaddress1')?$select=IsSecured"
    assert hand.get(column).get_json()["IsSecured"] is True
