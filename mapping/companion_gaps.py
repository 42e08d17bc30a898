"""What of ac365's tables an environment lacks, and what stands in their way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from mapping import companion_definitions as definitions
from mapping.companion_tables import NAME, Column, Table

ACTIVE: Final = "Active"
FAILED: Final = "Failed"
ABSENT: Final = ""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of one table. missing: all of it; options: by column; key: the state of its index, "" where there is none;
    clashes: in plain words, and never resolved by us."""

    table: Table
    missing: bool = False
    columns: tuple[Column, ...] = ()
    options: tuple[tuple[Column, IntEnum], ...] = ()
    key: str = ACTIVE
    untracked: bool = False
    clashes: tuple[str, ...] = ()


def gaps(table: Table, found: Mapping[str, Any] | None) -> Gaps:
    """Compares. found: EntityMetadata with Attributes, Keys and `details` by column, None where there is no table."""
    if found is None:
        return Gaps(table, True, table.columns, key=ABSENT if table.key else ACTIVE)
    there = {one["LogicalName"]: one for one in found["Attributes"]}
    return Gaps(
        table,
        columns=tuple(one for one in table.columns if one.logical not in there),
        options=tuple(_options(table, found)),
        key=_key(table, found) if table.key else ACTIVE,
        untracked=table.tracked and not found["ChangeTrackingEnabled"],
        clashes=(*_table_clashes(table, found), *_column_clashes(table, found, there)),
    )


def _options(table: Table, found: Mapping[str, Any]) -> Iterator[tuple[Column, IntEnum]]:
    for column in table.columns:
        detail = found["details"].get(column.logical)
        if column.options is None or detail is None:
            continue
        # A choice that is shared by columns stands in another property.
        listed = (detail.get("OptionSet") or detail.get("GlobalOptionSet") or {}).get("Options") or ()
        values = {option["Value"] for option in listed}
        yield from ((column, option) for option in column.options if option not in values)


def _key(table: Table, found: Mapping[str, Any]) -> str:
    for key in found["Keys"]:
        if key["KeyAttributes"] == [table.key]:
            return str(key["EntityKeyIndexStatus"])
    return ABSENT


def key_logical(table: Table, found: Mapping[str, Any]) -> str:
    """The logical name of the key over the table's column, whoever made it."""
    names = (key["LogicalName"] for key in found["Keys"] if key["KeyAttributes"] == [table.key])
    return str(next(names, definitions.key_name(table).lower()))


def _table_clashes(table: Table, found: Mapping[str, Any]) -> Iterator[str]:
    wanted = definitions.ownership(table)
    if found["OwnershipType"] != wanted:
        yield f"table {table.logical} is {found['OwnershipType']} and should be {wanted}"
    if found["EntitySetName"] != table.set:
        yield f"table {table.logical} is read as {found['EntitySetName']} and should be {table.set}"


def _column_clashes(table: Table, found: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    if NAME.lower() not in there:
        yield f"table {table.logical} has no column {NAME.lower()}"
    present = (column for column in table.columns if column.logical in there)
    said = (_clash(column, there[column.logical], found) for column in present)
    yield from (f"column {one} of {table.logical} {told}" for one, told in said if told)


def _clash(column: Column, shown: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, str]:
    length = (found["details"].get(column.logical) or {}).get("MaxLength")
    told = ""
    if shown["AttributeType"] != column.kind:
        told = f"is {shown['AttributeType']} and should be {column.kind}"
    elif column.kind == "Lookup" and shown["SchemaName"] != column.schema:
        # Rows are bound to a lead by the schema name, in which capitals count.
        told = f"is called {shown['SchemaName']} and should be {column.schema}"
    elif column.kind == "Lookup" and _leads_to(column, found) != {column.target}:
        told = f"should lead to {column.target} alone"
    elif column.length and length is not None and length < column.length:
        told = f"takes {length} characters and should take {column.length}"
    return column.logical, told


def _leads_to(column: Column, found: Mapping[str, Any]) -> set[str]:
    related = found["ManyToOneRelationships"]
    return {one["ReferencedEntity"] for one in related if one["ReferencingAttribute"] == column.logical}
