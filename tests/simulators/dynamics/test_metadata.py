"""Definitions: read, filtered, cast."""

from __future__ import annotations

from typing import Any

import pytest
from support.dynamics_hand import NOBODY, Hand, code

from simulators.dynamics.state import Dynamics

LEAD = "EntityDefinitions(LogicalName='lead')"
CRM = "Microsoft.Dynamics.CRM."


def cast(hand: Hand, kind: str, query: str, table: str = "lead") -> dict[str, dict[str, Any]]:
    rows = hand.rows(f"EntityDefinitions(LogicalName='{table}')/Attributes/{CRM}{kind}AttributeMetadata?{query}")
    return {row["LogicalName"]: row for row in rows}


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
        ("String", "LogicalName,FormatName", "emailaddress1", {"FormatName": {"Value": "Email"}}),
        ("String", "LogicalName,MaxLength", "emailaddress1", {"MaxLength": 100}),
        ("Memo", "LogicalName,MaxLength", "description", {"MaxLength": 2000}),
        ("Integer", "LogicalName,MinValue,MaxValue", "numberofemployees", {"MinValue": 0, "MaxValue": 1_000_000}),
        ("Money", "LogicalName,MaxValue,Precision,PrecisionSource", "revenue", {"Precision": 2, "PrecisionSource": 2}),
        ("Decimal", "LogicalName,Precision", "exchangerate", {"Precision": 12}),
        ("DateTime", "LogicalName,DateTimeBehavior", "estimatedclosedate", {"DateTimeBehavior": {"Value": "DateOnly"}}),
        ("DateTime", "LogicalName,DateTimeBehavior", "createdon", {"DateTimeBehavior": {"Value": "UserLocal"}}),
        ("DateTime", "LogicalName,Format", "lastusedincampaign", {"Format": "DateOnly"}),
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


def test_columns_of_the_four_tables_have_distinct_ids(state: Dynamics, hand: Hand) -> None:
    ids = [row["MetadataId"] for name in ("lead", "contact", "account", "opportunity")
           for row in hand.rows(f"EntityDefinitions(LogicalName='{name}')/Attributes?$select=LogicalName")]  # fmt: skip
    assert len(ids) == len(set(ids)) > 400
    assert NOBODY not in ids
