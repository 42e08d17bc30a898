"""Columns as AttributeMetadata.

Properties: Microsoft Learn, "AttributeMetadata EntityType" and its derived types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.dynamics.metadata.labels import label, managed
from simulators.dynamics.schema.catalog import Column, Option, Table, stable_id

Shown = dict[str, Any]
TYPES = {
    "MultiSelectPicklist": ("Virtual", "MultiSelectPicklistType", "MultiSelectPicklistAttributeMetadata"),
    "Uniqueidentifier": ("Uniqueidentifier", "UniqueidentifierType", "UniqueIdentifierAttributeMetadata"),
    "Lookup": ("Lookup", "LookupType", "LookupAttributeMetadata"),
    "Customer": ("Customer", "CustomerType", "LookupAttributeMetadata"),
    "Owner": ("Owner", "OwnerType", "LookupAttributeMetadata"),
    "Virtual": ("Virtual", "VirtualType", "AttributeMetadata"),
}
CHOICE_KINDS = ("Picklist", "MultiSelectPicklist", "State", "Status", "Boolean")


def type_names(column: Column) -> tuple[str, str, str]:
    """AttributeType, AttributeTypeName and the derived type's name."""
    return TYPES.get(column.kind, (column.kind, f"{column.kind}Type", f"{column.kind}AttributeMetadata"))


def attribute_id(table: Table, column: Column) -> str:
    """The MetadataId of a column."""
    return stable_id("attribute", table.logical, column.name)


def base_properties(table: Table, column: Column) -> Shown:
    """What every column has, whatever its type."""
    kind, kind_name, _ = type_names(column)
    names = (table.logical, column.name)
    return {
        "MetadataId": attribute_id(table, column), "LogicalName": column.name, "SchemaName": column.schema,
        "EntityLogicalName": table.logical, "AttributeOf": column.attribute_of, "SourceType": column.source_type,
        "AttributeType": kind, "AttributeTypeName": {"Value": kind_name},
        "RequiredLevel": managed(column.required, "canmodifyrequirementlevelsettings"),
        "IsValidForRead": column.read, "IsValidForCreate": column.create, "IsValidForUpdate": column.update,
        "IsCustomAttribute": column.custom, "IsSecured": column.secured, "IsLogical": column.logical,
        "IsValidODataAttribute": column.attribute_of is None, "IsPrimaryId": column.name == table.key,
        "IsPrimaryName": column.name == table.name, "IsManaged": not column.custom, "IsFilterable": True,
        "IsSearchable": column.attribute_of is None, "IsRetrievable": column.read, "ColumnNumber": None,
        "IsCustomizable": managed(True, "iscustomizable"), "IsRenameable": managed(True, "isrenameable"),
        "IsAuditEnabled": managed(True, "canmodifyauditsettings"), "IntroducedVersion": "5.0.0.0", "HasChanged": None,
        "CanBeSecuredForRead": True, "CanBeSecuredForUpdate": True, "CanBeSecuredForCreate": True,
        "DisplayName": label(column.label, *names, "name"), "Description": label(column.description, *names, "about"),
    }  # fmt: skip


def own_properties(column: Column) -> Shown:
    """What the column's type adds."""
    makers: dict[str, Callable[[], Shown]] = {
        "String": lambda: {"MaxLength": column.length, "Format": column.format, "FormatName": {"Value": column.format},
                           "ImeMode": "Auto", "DatabaseLength": (column.length or 0) * 2, "IsLocalizable": False},
        "Memo": lambda: {"MaxLength": column.length, "Format": "TextArea", "FormatName": {"Value": "TextArea"},
                         "ImeMode": "Auto", "IsLocalizable": False},
        "Integer": lambda: {"MinValue": _bound(column.low, -(2**31)), "MaxValue": _bound(column.high, 2**31 - 1),
                            "Format": column.format or "None"},
        "BigInt": lambda: {"MinValue": -(2**63), "MaxValue": 2**63 - 1},
        "Decimal": lambda: {"MinValue": column.low, "MaxValue": column.high, "Precision": column.precision},
        "Double": lambda: {"MinValue": column.low, "MaxValue": column.high, "Precision": column.precision},
        "Money": lambda: {"MinValue": column.low, "MaxValue": column.high, "Precision": column.precision,
                          "PrecisionSource": 2, "IsBaseCurrency": column.computed,
                          "CalculationOf": column.name.removesuffix("_base") if column.computed else None},
        "Boolean": lambda: {"DefaultValue": bool(column.default)},
        "Picklist": lambda: {"DefaultFormValue": -1 if column.default is None else column.default},
        "MultiSelectPicklist": lambda: {"DefaultFormValue": -1},
        "State": lambda: {"DefaultFormValue": 0},
        "Status": lambda: {"DefaultFormValue": column.options[0].value if column.options else -1},
        "DateTime": lambda: {"Format": column.format, "ImeMode": "Inactive",
                             "MinSupportedValue": "1753-01-01T00:00:00Z",
                             "MaxSupportedValue": "9999-12-30T23:59:59Z",
                             "DateTimeBehavior": {"Value": column.behavior},
                             "CanChangeDateTimeBehavior": managed(True, "canchangedatetimebehavior")},
    }  # fmt: skip
    if column.lookup:
        return {"Targets": list(column.targets), "Format": "None"}
    maker = makers.get(column.kind)
    return maker() if maker else {}


def _bound(value: float | None, otherwise: int) -> int:
    return otherwise if value is None else int(value)


def attribute(table: Table, column: Column) -> Shown:
    """A column with all plain properties."""
    typed = {"@odata.type": f"#Microsoft.Dynamics.CRM.{type_names(column)[2]}"}
    return {**typed, **base_properties(table, column), **own_properties(column)}


def option_set(table: Table, column: Column) -> Shown:
    """The choices of a column; Yes and No of a boolean."""
    named = column.option_set or f"{table.logical}_{column.name}"
    shared = {"MetadataId": stable_id("optionset", named), "Name": named, "IsGlobal": False, "HasChanged": None,
              "IsCustomOptionSet": column.custom, "IsManaged": not column.custom,
              "DisplayName": label(column.label, named)}  # fmt: skip
    if column.kind == "Boolean":
        yes, no = Option(1, column.yes), Option(0, column.no)
        pair = {"TrueOption": _option(yes, named, column), "FalseOption": _option(no, named, column)}
        return {**shared, "OptionSetType": "Boolean", **pair}
    kind = {"State": "State", "Status": "Status"}.get(column.kind, "Picklist")
    return {**shared, "OptionSetType": kind, "Options": [_option(option, named, column) for option in column.options]}


def _option(option: Option, named: str, column: Column) -> Shown:
    shown: Shown = {
        "Value": option.value, "Label": label(option.label, named, str(option.value)), "Color": None,
        "IsManaged": not column.custom, "ExternalValue": "", "ParentValues": [], "MetadataId": None, "HasChanged": None,
        "Description": label(""),
    }  # fmt: skip
    if column.kind == "Status":
        kind = {"@odata.type": "#Microsoft.Dynamics.CRM.StatusOptionMetadata"}
        return {**kind, **shown, "State": option.state, "TransitionData": None}
    if column.kind == "State":
        kind = {"@odata.type": "#Microsoft.Dynamics.CRM.StateOptionMetadata"}
        return {**kind, **shown, "DefaultStatus": option.default_status, "InvariantName": option.name}
    return shown
