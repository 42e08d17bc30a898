"""Columns that the platform adds by itself: authorship, ownership, state, and shadows of lookups and choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulators.dynamics.schema.catalog import Column, Option, Table

PEOPLE = ("systemuser",)
NAMED = frozenset({"Picklist", "State", "Status", "Boolean", "MultiSelectPicklist"})
NO_WRITE: dict[str, Any] = {"create": False, "update": False}


def system_columns(ownership: str) -> list[Column]:
    """Versions and authorship of every table that people or the organization own."""
    columns = [Column("versionnumber", "BigInt", "VersionNumber", "Version Number", **NO_WRITE)]
    if ownership == "None":
        return columns
    columns += [
        moment("createdon", "CreatedOn", "Created On", **NO_WRITE),
        moment("modifiedon", "ModifiedOn", "Modified On", **NO_WRITE),
        moment("overriddencreatedon", "OverriddenCreatedOn", "Record Created On", update=False),
        *(_person(*names) for names in AUTHORS),
        *(Column(name, "Integer", schema, schema) for name, schema in IGNORED),
    ]
    return columns + (owner_columns() if ownership == "UserOwned" else [])


AUTHORS = (
    ("createdby", "CreatedBy", "Created By"),
    ("modifiedby", "ModifiedBy", "Modified By"),
    ("createdonbehalfby", "CreatedOnBehalfBy", "Created By (Delegate)"),
    ("modifiedonbehalfby", "ModifiedOnBehalfBy", "Modified By (Delegate)"),
)
IGNORED = (
    ("importsequencenumber", "ImportSequenceNumber"),
    ("timezoneruleversionnumber", "TimeZoneRuleVersionNumber"),
    ("utcconversiontimezonecode", "UTCConversionTimeZoneCode"),
)


def moment(name: str, schema: str, label: str, **kw: Any) -> Column:
    """A date-time column in the user's zone."""
    return Column(name, "DateTime", schema, label, format="DateAndTime", behavior="UserLocal", **kw)


def _person(name: str, schema: str, label: str) -> Column:
    return Column(name, "Lookup", schema, label, targets=PEOPLE, navs={"systemuser": name}, **NO_WRITE)


def owner_columns() -> list[Column]:
    """The owner, and the three columns that follow from it."""
    both = {"systemuser": "ownerid", "team": "ownerid"}
    return [
        Column("ownerid", "Owner", "OwnerId", "Owner", "SystemRequired", targets=("systemuser", "team"), navs=both),
        _person("owninguser", "OwningUser", "Owning User"),
        _derived("owningteam", "OwningTeam", "Owning Team", "team"),
        _derived("owningbusinessunit", "OwningBusinessUnit", "Owning Business Unit", "businessunit"),
    ]


def _derived(name: str, schema: str, label: str, target: str) -> Column:
    return Column(name, "Lookup", schema, label, targets=(target,), navs={target: name}, **NO_WRITE)


def state_columns(states: list[dict[str, Any]]) -> list[Column]:
    """statecode and statuscode from `[{value, label, reasons: [[value, label], ...]}, ...]`, default reason first."""
    codes = [Option(s["value"], s["label"], name=s["label"], default_status=s["reasons"][0][0]) for s in states]
    reasons = [Option(value, label, state=s["value"]) for s in states for value, label in s["reasons"]]
    return [
        Column("statecode", "State", "StateCode", "Status", "SystemRequired", options=codes),
        Column("statuscode", "Status", "StatusCode", "Status Reason", options=reasons),
    ]


def shadows(columns: Iterable[Column]) -> Iterator[Column]:
    """Names beside lookups and choices, yomi names, and base amounts beside money."""
    for column in columns:
        if column.lookup or column.kind in NAMED:
            yield _name_of(column)
        elif column.kind == "Money" and not column.name.endswith("_base"):
            yield base_of(column)


def _name_of(column: Column) -> Column:
    kind = "String" if column.lookup else "Virtual"
    name, schema = f"{column.name}name", f"{column.schema}Name"
    shadow = Column(name, kind, schema, "", attribute_of=column.name, logical=True, length=100, **NO_WRITE)
    shadow.custom = column.custom
    return shadow


def base_of(column: Column) -> Column:
    """The amount in the organization's currency, computed by the service."""
    base = Column(f"{column.name}_base", "Money", f"{column.schema}_Base", f"{column.label} (Base)", **NO_WRITE)
    base.low, base.high, base.precision = -922337203685477.0, 922337203685477.0, 4
    base.computed, base.custom = True, column.custom
    return base


def complete(table: Table, states: list[dict[str, Any]]) -> None:
    """Adds to a table what the platform adds."""
    key = Column(table.key, "Uniqueidentifier", f"{table.schema}Id", table.labels[0], "SystemRequired", update=False)
    if table.activity:
        key.schema, key.label = "ActivityId", "Activity"
    own = [key, *table.columns.values(), *state_columns(states)] if states else [key, *table.columns.values()]
    columns = [*own, *system_columns(table.ownership)]
    table.columns = {}
    table.add([*columns, *shadows(columns)])
