"""What of ac365's tables is missing, and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest

from mapping import companion_definitions as definitions
from mapping import companion_roles as roles
from mapping.companion import Kind
from mapping.companion_gaps import FAILED, gaps
from mapping.companion_tables import ACTIVITY, REQUEST, TABLES, Table


def described(table: Table) -> dict[str, Any]:
    """The table as Dataverse describes it once everything is there."""
    attributes = [("ac365_Name", "String"), *((one.schema, one.kind) for one in table.columns)]
    options = {one.logical: [{"Value": int(option)} for option in one.options or ()] for one in table.columns}
    return {
        "OwnershipType": definitions.ownership(table),
        "EntitySetName": table.set,
        "ChangeTrackingEnabled": table.tracked,
        "Attributes": [
            {"LogicalName": name.lower(), "SchemaName": name, "AttributeType": kind} for name, kind in attributes
        ],
        "Keys": [{"LogicalName": "k", "KeyAttributes": [table.key], "EntityKeyIndexStatus": "Active"}],
        "ManyToOneRelationships": [
            {"ReferencingAttribute": one.logical, "ReferencedEntity": one.target} for one in table.columns if one.target
        ],
        "details": {
            one.logical: {"MaxLength": one.length, "OptionSet": {"Options": options[one.logical]}}
            for one in table.columns
        },
    }


def column(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["Attributes"] if one["LogicalName"] == name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.logical)
def test_a_complete_table_lacks_nothing(table: Table) -> None:
    found = gaps(table, described(table))
    assert (found.missing, found.columns, found.options, found.untracked, found.clashes) == (False, (), (), False, ())


def test_a_table_that_is_not_there_lacks_everything() -> None:
    found = gaps(ACTIVITY, None)
    assert (found.missing, found.columns, found.key) == (True, ACTIVITY.columns, "")


def test_a_missing_column_a_missing_option_and_a_failed_key_are_named() -> None:
    there = described(ACTIVITY)
    there["Attributes"] = [one for one in there["Attributes"] if one["LogicalName"] != "ac365_source"]
    there["details"]["ac365_kind"]["OptionSet"]["Options"].pop(Kind.OTHER.value - Kind.SENT.value)
    there["Keys"][0]["EntityKeyIndexStatus"] = FAILED
    found = gaps(ACTIVITY, there)
    assert [one.logical for one in found.columns] == ["ac365_source"]
    assert [option for _, option in found.options] == [Kind.OTHER]
    assert (found.key, found.clashes) == (FAILED, ())


def test_a_choice_that_columns_share_counts_as_well() -> None:
    there = described(ACTIVITY)
    detail = there["details"]["ac365_kind"]
    detail["GlobalOptionSet"], detail["OptionSet"] = detail["OptionSet"], None
    assert gaps(ACTIVITY, there).options == ()


def test_requests_whose_changes_are_not_tracked_are_noticed() -> None:
    assert gaps(REQUEST, {**described(REQUEST), "ChangeTrackingEnabled": False}).untracked
    assert not gaps(ACTIVITY, {**described(ACTIVITY), "ChangeTrackingEnabled": False}).untracked


def test_what_stands_in_the_way_is_named() -> None:
    there = described(REQUEST) | {"OwnershipType": "OrganizationOwned", "EntitySetName": "ac365_requestset"}
    column(there, "ac365_target")["AttributeType"] = "Memo"
    column(there, "ac365_leadid")["SchemaName"] = "ac365_leadid"
    there["details"]["ac365_answer"]["MaxLength"] = 100
    there["ManyToOneRelationships"][1]["ReferencedEntity"] = "account"
    assert [one.removeprefix("column ").removeprefix("table ") for one in gaps(REQUEST, there).clashes] == [
        "ac365_request is OrganizationOwned and should be UserOwned",
        "ac365_request is read as ac365_requestset and should be ac365_requests",
        "ac365_target of ac365_request is Memo and should be String",
        "ac365_answer of ac365_request takes 100 characters and should take 2000",
        "ac365_leadid of ac365_request is called ac365_leadid and should be ac365_LeadId",
        "ac365_contactid of ac365_request should lead to contact alone",
    ]


def test_whoever_asks_can_neither_alter_nor_delete_what_was_answered() -> None:
    assert roles.USER.rights["ac365_request"] == {"Create": "Basic", "Read": "Basic", "Append": "Basic"}
    assert "Write" not in roles.ADMIN.rights["ac365_request"]


def test_the_application_deletes_nothing_but_its_own_rows() -> None:
    deleting = {table for table, right, _ in roles.each(roles.APPLICATION.rights) if right in ("Delete", "Assign")}
    assert deleting == {"ac365_activity", "ac365_choice"}


@pytest.mark.parametrize(("held", "narrow"), [("", True), ("Basic", True), ("Deep", True), ("Global", False)])
def test_a_privilege_that_reaches_less_far_is_missing(held: str, narrow: bool) -> None:
    assert roles.narrower(held, "Global") is narrow
