"""Definitions: tables, columns and relationships made, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import BEN, Hand, code

LEAD = "EntityDefinitions(LogicalName='lead')"
CRM = "Microsoft.Dynamics.CRM."


def label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def add(hand: Hand, kind: str, **sent: Any) -> Any:
    body = {"@odata.type": f"{CRM}{kind}AttributeMetadata", "DisplayName": label("Made"), **sent}
    return hand.send("POST", f"{LEAD}/Attributes", body)


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("String", {"MaxLength": 5}, "abcde"),
        ("Memo", {"MaxLength": 50}, "long"),
        ("Integer", {"MinValue": 1, "MaxValue": 5}, 3),
        ("Decimal", {"MinValue": 0, "MaxValue": 10, "Precision": 3}, 1.125),
        ("Double", {"MinValue": 0, "MaxValue": 10, "Precision": 5}, 1.5),
        ("Money", {"Precision": 2}, 12.5),
        ("Boolean", {}, True),
        ("DateTime", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}, "2026-01-05"),
        ("Picklist", {"OptionSet": {"Options": [{"Value": 71500001, "Label": label("One")}]}}, 71500001),
        ("MultiSelectPicklist", {"OptionSet": {"Options": [{"Value": v, "Label": label("A")} for v in (1, 9)]}}, "1,9"),
    ],
)  # fmt: skip
def test_a_column_is_made_and_used(admin: Hand, kind: str, sent: dict[str, Any], value: Any) -> None:
    version = admin.state.catalog.version
    answer = add(admin, kind, SchemaName="ac_Made", **sent)
    assert answer.status_code == 204
    assert "/Attributes(" in answer.headers["OData-EntityId"]
    assert admin.send("PATCH", f"leads({BEN})", {"ac_made": value}).status_code == 204
    assert admin.get(f"leads({BEN})?$select=ac_made").get_json()["ac_made"] == value
    assert admin.state.catalog.version > version


def test_a_multi_select_column_is_found_by_its_values_and_shows_labels(admin: Hand) -> None:
    choices = [{"Value": 1, "Label": label("A")}, {"Value": 9, "Label": label("B")}]
    add(admin, "MultiSelectPicklist", SchemaName="ac_Tags", OptionSet={"Options": choices})
    admin.send("PATCH", f"leads({BEN})", {"ac_tags": "9, 1"})
    contains = """Microsoft.Dynamics.CRM.ContainValues(PropertyName='ac_tags',PropertyValues=["9"])"""
    assert admin.find("leads", contains, "ac_tags") == ["1,9"]
    row = admin.get(f"leads({BEN})?$select=ac_tags", Prefer='odata.include-annotations="*"').get_json()
    assert row["ac_tags@OData.Community.Display.V1.FormattedValue"] == "A; B"
    path = f"{LEAD}/Attributes(LogicalName='ac_tags')/{CRM}MultiSelectPicklistAttributeMetadata"
    shown = admin.get(f"{path}?$select=LogicalName,AttributeType,AttributeTypeName").get_json()
    assert (shown["AttributeType"], shown["AttributeTypeName"]["Value"]) == ("Virtual", "MultiSelectPicklistType")


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        ("String", {"SchemaName": "Made"}, "0x80040203"),
        ("String", {"SchemaName": "mscrm_Made"}, "0x80040203"),
        ("Shoe", {"SchemaName": "ac_Made"}, "0x80060888"),
    ],
)
def test_a_wrong_column_is_refused(admin: Hand, kind: str, sent: dict[str, Any], expected: str) -> None:
    assert code(add(admin, kind, **sent)) == (400, expected)


def test_a_column_is_made_once(admin: Hand) -> None:
    add(admin, "String", SchemaName="ac_Made")
    assert add(admin, "String", SchemaName="ac_Made").status_code == 400


def test_customizing_wants_rights(hand: Hand) -> None:
    assert code(add(hand, "String", SchemaName="ac_Made")) == (403, "0x80040220")


def table(schema: str, **more: Any) -> dict[str, Any]:
    name = {
        "@odata.type": f"{CRM}StringAttributeMetadata",
        "IsPrimaryName": True,
        "MaxLength": 100,
        "SchemaName": "ac_Name",
    }
    return {"SchemaName": schema, "DisplayName": label("Request"), "DisplayCollectionName": label("Requests"),
            "OwnershipType": "UserOwned", "HasActivities": False, "HasNotes": True, "Attributes": [name],
            **more}  # fmt: skip


def test_a_table_with_a_lookup_is_made_and_used(admin: Hand) -> None:
    assert admin.send("POST", "EntityDefinitions", table("ac_Request")).status_code == 204
    relation = {"@odata.type": f"{CRM}OneToManyRelationshipMetadata", "SchemaName": "ac_lead_request",
                "ReferencedEntity": "lead", "ReferencingEntity": "ac_request",
                "Lookup": {"SchemaName": "ac_LeadId", "DisplayName": label("Lead")}}  # fmt: skip
    assert admin.send("POST", "RelationshipDefinitions", relation).status_code == 204
    made = admin.make("ac_requests", ac_name="Add", **{"ac_LeadId@odata.bind": f"/leads({BEN})"})
    assert admin.rows(f"leads({BEN})/ac_lead_request?$select=ac_name")[0]["ac_requestid"] == made
    wrong = {"ac_name": "x", "ac_leadid@odata.bind": f"/leads({BEN})"}
    assert code(admin.send("POST", "ac_requests", wrong)) == (400, "0x80048d19")
    assert len(admin.find("privileges", "name eq 'prvCreateac_Request'", "name")) == 1


def test_a_table_and_a_relationship_are_deleted(admin: Hand) -> None:
    admin.send("POST", "EntityDefinitions", table("ac_Request"))
    relation = {"@odata.type": f"{CRM}OneToManyRelationshipMetadata", "SchemaName": "ac_request_lead",
                "ReferencedEntity": "ac_request", "ReferencingEntity": "lead",
                "Lookup": {"SchemaName": "ac_RequestId"}}  # fmt: skip
    admin.send("POST", "RelationshipDefinitions", relation)
    assert admin.send("DELETE", "EntityDefinitions(LogicalName='ac_request')").status_code == 400
    assert admin.send("DELETE", "RelationshipDefinitions(SchemaName='ac_request_lead')").status_code == 204
    assert admin.send("DELETE", "EntityDefinitions(LogicalName='ac_request')").status_code == 204
    assert admin.get("ac_requests").status_code == 404
    assert code(admin.send("DELETE", LEAD)) == (400, "0x8004f026")


ACTIVITY = {"IsActivity": True, "IsAvailableOffline": True, "IsMailMergeEnabled": {"Value": False}}
SUBJECT = {
    "@odata.type": f"{CRM}StringAttributeMetadata",
    "SchemaName": "Subject",
    "IsPrimaryName": True,
    "MaxLength": 400,
}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"HasActivities": True}, "0x8004f121"),
        ({"HasNotes": False}, "0x8004f123"),
        ({"IsMailMergeEnabled": {"Value": True}}, "0x8004f124"),
        ({"Attributes": [{**SUBJECT, "SchemaName": "ac_Subject"}]}, "0x8004f126"),
    ],
)
def test_an_activity_table_has_rules(admin: Hand, wrong: dict[str, Any], expected: str) -> None:
    sent = table("ac_Activity", **{**ACTIVITY, "Attributes": [SUBJECT], **wrong})
    assert code(admin.send("POST", "EntityDefinitions", sent)) == (400, expected)


def test_an_activity_regards_a_lead_and_has_parties(admin: Hand) -> None:
    assert (
        admin.send("POST", "EntityDefinitions", table("ac_Activity", **ACTIVITY, Attributes=[SUBJECT])).status_code
        == 204
    )
    bind = {"regardingobjectid_lead_ac_activity@odata.bind": f"/leads({BEN})"}
    party = {"partyid_lead@odata.bind": f"/leads({BEN})", "participationtypemask": 2}
    made = admin.make("ac_activities", subject="Opened", ac_activity_activity_parties=[party], **bind)
    done = admin.send("PATCH", f"ac_activities({made})", {"statecode": 1, "statuscode": 2})
    assert done.status_code == 204
    assert admin.get(f"ac_activities({made})").get_json()["_regardingobjectid_value"] == BEN
    assert admin.find("activityparties", f"activityid eq {made}", "_partyid_value") == [BEN]


def test_change_tracking_is_switched_on_by_put_and_publish(admin: Hand) -> None:
    admin.control("tracking", {"table": "lead", "enabled": False})
    whole = admin.get(LEAD).get_json()
    whole["ChangeTrackingEnabled"] = True
    assert admin.send("PUT", LEAD, whole).status_code == 204
    assert admin.get(f"{LEAD}?$select=ChangeTrackingEnabled").get_json()["ChangeTrackingEnabled"] is False
    admin.send(
        "POST",
        "PublishXml",
        {"ParameterXml": "<importexportxml><entities><entity>lead</entity></entities></importexportxml>"},
    )
    assert admin.get(f"{LEAD}?$select=ChangeTrackingEnabled").get_json()["ChangeTrackingEnabled"] is True


def test_a_definition_is_put_whole_and_tracking_never_goes_off(admin: Hand) -> None:
    assert code(admin.send("PUT", LEAD, {"ChangeTrackingEnabled": True})) == (400, "0x80040203")
    whole = admin.get(LEAD).get_json()
    assert admin.send("PUT", LEAD, {**whole, "ChangeTrackingEnabled": False}).status_code == 400


def test_a_column_is_changed_and_deleted(admin: Hand) -> None:
    add(admin, "String", SchemaName="ac_Made", MaxLength=5)
    path = f"{LEAD}/Attributes(LogicalName='ac_made')"
    assert admin.send("PUT", path, {"MaxLength": 7}).status_code == 204
    assert admin.send("PATCH", f"leads({BEN})", {"ac_made": "1234567"}).status_code == 204
    assert admin.send("DELETE", path).status_code == 204
    assert admin.get("leads?$select=ac_made").status_code == 400
    assert code(admin.send("DELETE", f"{LEAD}/Attributes(LogicalName='lastname')")) == (400, "0x8004f026")


def test_a_field_deleted_by_the_customer_is_gone_with_its_values(admin: Hand) -> None:
    assert admin.control("columns/lead/jobtitle", method="DELETE").status_code == 200
    assert code(admin.get("leads?$select=jobtitle")) == (400, "0x80060888")
    assert admin.send("PATCH", f"leads({BEN})", {"jobtitle": "x"}).status_code == 400


def test_a_component_belongs_to_its_solution(admin: Hand) -> None:
    publisher = admin.make("publishers", uniquename="acsync", friendlyname="AC", customizationprefix="ac",
                           customizationoptionvalueprefix=71500)  # fmt: skip
    solution = admin.make("solutions", uniquename="acsync", friendlyname="AC", version="1.0.0.0",
                          **{"publisherid@odata.bind": f"/publishers({publisher})"})  # fmt: skip
    admin.headers = {"MSCRM.SolutionUniqueName": "acsync"}
    add(admin, "String", SchemaName="ac_Made")
    admin.make("webresourceset", name="ac_/panel.htm", webresourcetype=1, content="PGh0bWw+")
    kinds = admin.find("solutioncomponents", f"_solutionid_value eq {solution}", "componenttype")
    assert sorted(kinds) == [2, 61]
    admin.headers = {"MSCRM.SolutionUniqueName": "unknown"}
    assert add(admin, "String", SchemaName="ac_Other").status_code == 400
