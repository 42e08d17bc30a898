"""Reads the descriptions in `tables/` into a catalog.

Names, types, lengths and options: the generated table references on Microsoft Learn for lead and opportunity, and the
repository microsoft/CDM for contact and account.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from simulators.dynamics.schema.catalog import Association, Catalog, Column, Key, Option, Table
from simulators.dynamics.schema.standard import complete

ASSOCIATIONS = (
    Association("systemuserroles_association", "systemuser", "role", "systemuserroles"),
    Association("teamroles_association", "team", "role", "teamroles"),
    Association("teammembership_association", "team", "systemuser", "teammembership"),
)
DIRECT = (
    ("low", "low"), ("high", "high"), ("precision", "precision"), ("length", "length"), ("format", "format"),
    ("behavior", "behavior"), ("default", "default"), ("create", "create"), ("update", "update"), ("read", "read"),
    ("required", "required"), ("yes", "yes"), ("no", "no"), ("logical", "logical"), ("source_type", "source_type"),
)  # fmt: skip
FORMATS = {"String": "Text", "Memo": "TextArea", "Integer": "None"}


def read_catalog() -> Catalog:
    """The tables that every environment with the sales app has."""
    folder = resources.files("simulators.dynamics.schema") / "tables"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".json"))
    files = sorted(found, key=lambda entry: entry.name)
    return Catalog([table_of(json.loads(file.read_text("utf-8"))) for file in files], ASSOCIATIONS)


def table_of(description: dict[str, Any]) -> Table:
    """One description as a table, completed with what the platform adds."""
    table = Table(
        description["logical"],
        description["schema"],
        description["set"],
        description["otc"],
        description["key"],
        description["name"],
        labels=tuple(description["labels"]),
        ownership=description.get("ownership", "UserOwned"),
        change_tracking=description.get("change_tracking", True),
        bulk=description.get("bulk", True),
        activity=description.get("activity"),
        has_activities=description.get("activities", False),
        key_addressable=not description.get("key_not_addressable", False),
        read_only_states=tuple(description.get("read_only_states", ())),
        indexes=tuple(description.get("indexes", ())),
        collections=description.get("collections", {}),
    )
    named = description["columns"].items()
    table.add(column_of(name, spec, table) for name, spec in named)
    table.keys = {n: Key(n, tuple(c), status="Active") for n, c in description.get("alternate_keys", {}).items()}
    complete(table, description.get("states", []))
    return table


def column_of(name: str, spec: dict[str, Any], table: Table) -> Column:
    """One column of a description."""
    column = Column(name, spec["type"], spec["schema"], spec["label"])
    for key, attribute in DIRECT:
        if key in spec:
            setattr(column, attribute, spec[key])
    column.format = column.format or FORMATS.get(column.kind)
    column.targets = tuple(spec.get("targets", ()))
    column.navs = spec.get("navs") or navigation(column, column.schema if column.custom else name, table)
    column.options = [Option(value, label) for value, label in spec.get("options", [])]
    column.custom = name.startswith("msdyn_")
    return column


def navigation(column: Column, base: str, table: Table) -> dict[str, str]:
    """Navigation properties per target: one name for one target, `<name>_<target>` for several."""
    if column.name == "regardingobjectid":
        return {target: f"{base}_{target}_{table.logical}" for target in column.targets}
    if len(column.targets) == 1:
        return {column.targets[0]: base}
    return {target: f"{base}_{target}" for target in column.targets}
