"""Definitions: read, filtered, cast, made, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import BEN, NOBODY, Hand, code

from simulators.dynamics.state import Dynamics

LEAD = "EntityDefinitions(LogicalName='lead')"
CRM = "Microsoft.Dynamics.CRM."


def cast(hand: Hand, kind: str, query: str, table: str = "lead") -> dict[str, dict[str, Any]]:
    rows = hand.rows(f"EntityDefinitions(LogicalName='{table}')/Attributes/{CRM}{kind}AttributeMetadata?{query}")
    return {row["LogicalName"]: row for row in rows}


def label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 1033}]}


def test_a_table_is_read_with_its_columns(hand: Hand) -> None:
    table = hand.get(
        f"{LEAD}?$select=LogicalName,SchemaName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,ObjectTypeCode,"
        "ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled,IsCustomizable"
        "&$expand=Attributes($select=LogicalName,AttributeType,RequiredLevel,AttributeOf,DisplayName)"
    ).get_json()
    assert (table["EntitySetName"], table["ObjectTypeCode"], table["PrimaryNameAttribute"]) == ("leads", 4, "fullname")
    columns = {column["LogicalName"]: column for column in table["Attributes"]}
    assert columns["lastname"]["RequiredLevel"]["Value"] == "ApplicationRequired"
    assert columns["emailaddress1"]["DisplayName"]["UserLocalizedLabel"]["Label"] == "Email"
    assert columns["leadsourcecodename"]["AttributeOf"] == "leadsourcecode"
    assert "MetadataId" in columns["lastname"]
    assert "IsValidForRead" not in columns["lastname"]


def test_tables_are_filtered(hand: Hand) -> None:
    rows = hand.rows("EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'lead' or LogicalName eq 'contact'")
    assert {row["LogicalName"] for row in rows} == {"lead", "contact"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"AttributeType eq {CRM}AttributeTypeCode'Owner'", {"ownerid"}),
        (f"RequiredLevel/Value eq {CRM}AttributeRequiredLevel'ApplicationRequired'", {"subject", "lastname"}),
        ("LogicalName eq 'sic' and IsValidForUpdate eq true", {"sic"}),
        ("startswith(LogicalName,'telephone')", {"telephone1", "telephone2", "telephone3"}),
    ],
)
def test_columns_are_filtered(hand: Hand, condition: str, expected: set[str]) -> None:
    rows = hand.rows(f"{LEAD}/Attributes?$select=LogicalName&$filter={condition}")
    assert {row["LogicalName"] for row in rows} == expected


@pytest.mark.parametrize(
    "path",
    [
        f"{LEAD}/Attributes?$filter=AttributeType eq 'Picklist'",
        f"{LEAD}/Attributes?$select=MaxLength",
        f"{LEAD}/Attributes/{CRM}EnumAttributeMetadata",
        f"{LEAD}/Attributes/{CRM}StringAttributeMetadata?$expand=OptionSet",
        f"{LEAD}?$select=Shoesize",
        f"{LEAD}?$expand=Shoes",
    ],
)
def test_a_wrong_question_is_refused(hand: Hand, path: str) -> None:
    assert code(hand.get(path)) == (400, "0x80060888")


@pytest.mark.parametrize(
    "path", ["EntityDefinitions(LogicalName='shoe')", f"{LEAD}/Attributes(LogicalName='shoe')", f"{LEAD}/Shoes"]
)
def test_an_unknown_definition_is_not_found(hand: Hand, path: str) -> None:
    assert hand.get(path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "select", "column", "expected"),
    [
        ("String", "LogicalName,MaxLength,FormatName", "emailaddress1", {"MaxLength": 100, "FormatName": {"Value": "Email"}}),
        ("Memo", "LogicalName,MaxLength", "description", {"MaxLength": 2000}),
        ("Integer", "LogicalName,MinValue,MaxValue", "numberofemployees", {"MinValue": 0, "MaxValue": 1_000_000}),
        ("Money", "LogicalName,MaxValue,Precision,PrecisionSource", "revenue", {"Precision": 2, "PrecisionSource": 2}),
        ("Decimal", "LogicalName,Precision", "exchangerate", {"Precision": 12}),
        ("DateTime", "LogicalName,Format,DateTimeBehavior", "estimatedclosedate", {"DateTimeBehavior": {"Value": "DateOnly"}}),
        ("DateTime", "LogicalName,Format,DateTimeBehavior", "lastusedincampaign", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "UserLocal"}}),
        ("Lookup", "LogicalName,Targets", "customerid", {"Targets": ["account", "contact"]}),
        ("Picklist", "LogicalName,DefaultFormValue", "leadqualitycode", {"DefaultFormValue": 2}),
        ("Boolean", "LogicalName,DefaultValue", "followemail", {"DefaultValue": True}),
    ],
)  # fmt: skip
def test_a_cast_shows_what_the_type_adds(
    hand: Hand, kind: str, select: str, column: str, expected: dict[str, Any]
) -> None:
    row = cast(hand, kind, f"$select={select}")[column]
    assert {name: row[name] for name in expected} == expected


def options(row: dict[str, Any]) -> dict[int, str]:
    return {one["Value"]: one["Label"]["UserLocalizedLabel"]["Label"] for one in row["OptionSet"]["Options"]}


def test_choices_come_with_labels(hand: Hand) -> None:
    query = "$select=LogicalName&$expand=OptionSet($select=Name,IsGlobal,Options),GlobalOptionSet($select=Name,Options)"
    sources = options(cast(hand, "Picklist", query)["leadsourcecode"])
    assert (len(sources), sources[8]) == (10, "Web")
    assert len(options(cast(hand, "Picklist", query)["industrycode"])) == 33
    assert options(cast(hand, "State", query)["statecode"]) == {0: "Open", 1: "Qualified", 2: "Disqualified"}


def test_status_reasons_name_their_state(hand: Hand) -> None:
    row = cast(hand, "Status", "$select=LogicalName&$expand=OptionSet($select=Options)", "opportunity")["statuscode"]
    assert {one["Value"]: one["State"] for one in row["OptionSet"]["Options"]} == {1: 0, 2: 0, 3: 1, 4: 2, 5: 2}


def test_a_boolean_has_two_labels(hand: Hand) -> None:
    row = cast(hand, "Boolean", "$select=LogicalName&$expand=OptionSet($select=TrueOption,FalseOption)")["donotsendmm"]
    assert row["OptionSet"]["TrueOption"]["Label"]["UserLocalizedLabel"]["Label"] == "Do Not Send"


def test_relationships_name_their_navigation_properties(hand: Hand) -> None:
    path = "EntityDefinitions(LogicalName='contact')/ManyToOneRelationships"
    rows = hand.rows(
        f"{path}?$select=SchemaName,ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName"
    )
    found = {
        (row["ReferencingAttribute"], row["ReferencedEntity"]): row["ReferencingEntityNavigationPropertyName"]
        for row in rows
    }
    assert found["parentcustomerid", "account"] == "parentcustomerid_account"
    assert found["transactioncurrencyid", "transactioncurrency"] == "transactioncurrencyid"


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
        ("MultiSelectPicklist", {"OptionSet": {"Options": [{"Value": 1, "Label": label("A")}, {"Value": 9, "Label": label("B")}]}}, "1,9"),
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
    shown = cast(admin, "MultiSelectPicklist", "$select=LogicalName,AttributeType,AttributeTypeName")["ac_tags"]
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
            "OwnershipType": "UserOwned", "HasActivities": False, "HasNotes": True, "Attributes": [name], **more}  # fmt: skip


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
                "ReferencedEntity": "ac_request", "ReferencingEntity": "lead", "Lookup": {"SchemaName": "ac_RequestId"}}  # fmt: skip
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
    admin.send("POST", "PublishXml", {"ParameterXml": "<entities><entity>lead</entity></entities>"})
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


def test_columns_of_the_four_tables_have_distinct_ids(state: Dynamics, hand: Hand) -> None:
    ids = [row["MetadataId"] for name in ("lead", "contact", "account", "opportunity")
           for row in hand.rows(f"EntityDefinitions(LogicalName='{name}')/Attributes?$select=LogicalName")]  # fmt: skip
    assert len(ids) == len(set(ids)) > 400
    assert NOBODY not in ids
