"""Columns, tables and keys made from what a client sends.

Bodies: Microsoft Learn, "Create and update table definitions using the Web API" and "Custom activities".
"""

from __future__ import annotations

import re
from typing import Any

from simulators.dynamics.errors import ApiError, bad_query, invalid
from simulators.dynamics.metadata.labels import label_text
from simulators.dynamics.schema.catalog import Column, Option, Table
from simulators.dynamics.schema.standard import complete

TYPE = re.compile(r"#?Microsoft\.Dynamics\.CRM\.(?:Complex)?(\w+)AttributeMetadata")
PREFIXED = re.compile(r"(?!mscrm)[A-Za-z][A-Za-z0-9]{1,7}_\w+")
CREATABLE = frozenset(
    {
        "String",
        "Memo",
        "Integer",
        "BigInt",
        "Decimal",
        "Double",
        "Money",
        "DateTime",
        "Boolean",
        "Picklist",
        "MultiSelectPicklist",
    }
)
ACTIVE = [
    {"value": 0, "label": "Active", "reasons": [[1, "Active"]]},
    {"value": 1, "label": "Inactive", "reasons": [[2, "Inactive"]]},
]
ACTIVITY = [
    {"value": 0, "label": "Open", "reasons": [[1, "Open"]]},
    {"value": 1, "label": "Completed", "reasons": [[2, "Completed"]]},
    {"value": 2, "label": "Canceled", "reasons": [[3, "Canceled"]]},
    {"value": 3, "label": "Scheduled", "reasons": [[4, "Scheduled"]]},
]
RULES = (
    ("HasActivities", True, "0x8004f121", "An activity entity cannot have activities."),
    ("HasNotes", False, "0x8004f123", "An activity entity must have notes."),
    ("IsMailMergeEnabled", True, "0x8004f124", "An activity entity cannot be enabled for mail merge."),
    ("IsAvailableOffline", False, "0x8004f126", "An activity entity must be available offline."),
)


def column_from(sent: dict[str, Any]) -> Column:
    """A custom column. Raises ApiError (400)."""
    found = TYPE.fullmatch(str(sent.get("@odata.type", "")))
    if not found or found[1] not in CREATABLE:
        raise bad_query(f"The type '{sent.get('@odata.type')}' of the attribute is missing or not supported.")
    schema = checked_name(sent)
    column = Column(schema.lower(), found[1], schema, label_text(sent.get("DisplayName")) or schema, custom=True)
    column.description = label_text(sent.get("Description"))
    column.required = (sent.get("RequiredLevel") or {}).get("Value", "None")
    fill_limits(column, sent)
    _fill_choices(column, sent)
    return column


def checked_name(sent: dict[str, Any], free: str = "") -> str:
    """The schema name, which must begin with a customization prefix. Raises ApiError (400)."""
    schema = str(sent.get("SchemaName") or "")
    if schema != free and not PREFIXED.fullmatch(schema):
        raise invalid(f"The schema name '{schema}' must begin with a publisher's customization prefix.")
    return schema


def fill_limits(column: Column, sent: dict[str, Any]) -> None:
    """Lengths, ranges and formats, from creation or a later change."""
    column.length = sent.get("MaxLength", column.length or {"String": 100, "Memo": 2000}.get(column.kind))
    column.low, column.high = sent.get("MinValue", column.low), sent.get("MaxValue", column.high)
    column.precision = sent.get("Precision", column.precision if column.precision is not None else _precision(column))
    named = (sent.get("FormatName") or {}).get("Value")
    column.format = (
        named or sent.get("Format") or column.format or {"String": "Text", "DateTime": "DateOnly"}.get(column.kind)
    )
    if column.kind == "DateTime":
        column.behavior = (sent.get("DateTimeBehavior") or {}).get("Value") or column.behavior or "UserLocal"


def _precision(column: Column) -> int | None:
    return 2 if column.kind in ("Decimal", "Double", "Money") else None


def _fill_choices(column: Column, sent: dict[str, Any]) -> None:
    choices = sent.get("OptionSet") or {}
    if column.kind == "Boolean":
        column.yes = label_text((choices.get("TrueOption") or {}).get("Label")) or "Yes"
        column.no = label_text((choices.get("FalseOption") or {}).get("Label")) or "No"
        column.default = bool(sent.get("DefaultValue", False))
    for at, option in enumerate(choices.get("Options") or []):
        value = option.get("Value")
        column.options.append(Option(100_000_000 + at if value is None else value, label_text(option.get("Label"))))
    if column.kind == "Picklist" and sent.get("DefaultFormValue", -1) != -1:
        column.default = sent["DefaultFormValue"]


def table_from(sent: dict[str, Any], otc: int, pointer: Table) -> Table:
    """A custom table. Raises ApiError (400). `pointer` is the activity pointer, whose columns activities inherit."""
    schema = checked_name(sent)
    logical, is_activity = schema.lower(), bool(sent.get("IsActivity"))
    columns = [_primary(one) if one.get("IsPrimaryName") else column_from(one) for one in sent.get("Attributes") or []]
    names = [one for one in sent.get("Attributes") or [] if one.get("IsPrimaryName")]
    if len(names) != 1:
        raise invalid("A table needs exactly one column with IsPrimaryName.")
    if is_activity:
        check_activity(sent, str(names[0].get("SchemaName")))
    table = Table(
        logical, schema, plural(logical), otc, "activityid" if is_activity else f"{logical}id",
        str(names[0]["SchemaName"]).lower(),
        labels=(label_text(sent.get("DisplayName")) or schema, label_text(sent.get("DisplayCollectionName")) or schema),
        ownership=sent.get("OwnershipType", "UserOwned"),
        change_tracking=bool(sent.get("ChangeTrackingEnabled", False)),
        activity=logical if is_activity else None, has_activities=bool(sent.get("HasActivities")),
        has_notes=bool(sent.get("HasNotes")), custom=True,
    )  # fmt: skip
    table.add([*(_inherited(logical, pointer) if is_activity else []), *columns])
    complete(table, ACTIVITY if is_activity else ACTIVE if table.ownership != "None" else [])
    return table


def _primary(sent: dict[str, Any]) -> Column:
    schema = checked_name(sent, free="Subject")
    column = Column(
        schema.lower(), "String", schema, label_text(sent.get("DisplayName")) or schema, custom=schema != "Subject"
    )
    column.required = (sent.get("RequiredLevel") or {}).get("Value", "None")
    fill_limits(column, sent)
    return column


def check_activity(sent: dict[str, Any], primary: str) -> None:
    """The combination that an activity table must have. Raises ApiError (400)."""
    for name, wrong, code, message in RULES:
        value = sent.get(name)
        value = value.get("Value") if isinstance(value, dict) else value
        if bool(value) is wrong:
            raise ApiError(400, code, message)
    if primary != "Subject":
        raise ApiError(400, "0x8004f126", "The primary column of an activity entity must be called Subject.")


def _inherited(logical: str, pointer: Table) -> list[Column]:
    """The columns of every activity, with navigation properties of this one."""
    copied = []
    skipped = {"statecode", "statuscode", pointer.key, "subject", "versionnumber", "ownerid"}
    for column in pointer.columns.values():
        if column.attribute_of or column.name in skipped or column.name.startswith(("created", "modified", "owning")):
            continue
        own = Column(**vars(column))
        if column.name == "regardingobjectid":
            own.navs = {target: f"regardingobjectid_{target}_{logical}" for target in column.targets}
        copied.append(own)
    return copied


def plural(word: str) -> str:
    """How the service names a collection."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def lookup_from(sent: dict[str, Any], referenced: str) -> Column:
    """The lookup column of a one-to-many relationship. Raises ApiError (400)."""
    schema = checked_name(sent)
    column = Column(schema.lower(), "Lookup", schema, label_text(sent.get("DisplayName")) or schema, custom=True)
    column.targets, column.navs = (referenced,), {referenced: schema}
    column.required = (sent.get("RequiredLevel") or {}).get("Value", "None")
    return column
