"""Dynamics columns, as the Web API's metadata describes them.

Facts: the Dataverse developer guide, pages query-metadata-web-api and its attribute type reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ColumnType(StrEnum):
    """What a column holds. The three date-time kinds differ in what a time of day means to them."""

    STRING = "string"
    MEMO = "memo"
    INTEGER = "integer"
    BIGINT = "bigint"
    DECIMAL = "decimal"
    DOUBLE = "double"
    MONEY = "money"
    BOOLEAN = "boolean"
    PICKLIST = "picklist"
    MULTI_PICKLIST = "multi_picklist"
    STATE = "state"
    STATUS = "status"
    DATETIME = "datetime"
    DATETIME_AS_DATE = "datetime_as_date"
    DATE = "date"
    DATETIME_FLOATING = "datetime_floating"
    LOOKUP = "lookup"
    CUSTOMER = "customer"
    OWNER = "owner"
    UNIQUEIDENTIFIER = "uniqueidentifier"


LOOKUPS = frozenset({ColumnType.LOOKUP, ColumnType.CUSTOMER, ColumnType.OWNER})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a choice column. A boolean has two: 1 and 0."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column. max_length counts UTF-16 units; precision counts digits after the point; targets are table names.

    required: ApplicationRequired; secured: column-level security may hide values as null; calculated: computed by the
    service (formula or rollup).
    """

    name: str
    label: str
    type: ColumnType
    required: bool = False
    readable: bool = True
    creatable: bool = True
    updatable: bool = True
    secured: bool = False
    calculated: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    precision: int | None = None
    options: tuple[Option, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def row_key(self) -> str:
        """The property of a row that holds the value, and its $select name: `_ownerid_value` for a lookup."""
        return f"_{self.name}_value" if self.type in LOOKUPS else self.name


_TYPES = {
    "String": ColumnType.STRING,
    "Memo": ColumnType.MEMO,
    "Integer": ColumnType.INTEGER,
    "BigInt": ColumnType.BIGINT,
    "Decimal": ColumnType.DECIMAL,
    "Double": ColumnType.DOUBLE,
    "Money": ColumnType.MONEY,
    "Boolean": ColumnType.BOOLEAN,
    "Picklist": ColumnType.PICKLIST,
    "State": ColumnType.STATE,
    "Status": ColumnType.STATUS,
    "DateTime": ColumnType.DATETIME,
    "Lookup": ColumnType.LOOKUP,
    "Customer": ColumnType.CUSTOMER,
    "Owner": ColumnType.OWNER,
}

MONEY_DIGITS = 4
"""What Dataverse stores of an amount; used where a currency or the organisation, not the column, sets the digits."""


def columns_from_metadata(
    definition: Mapping[str, Any], details: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Column]:
    """The columns of a table that may be shown and mapped, by logical name.

    definition: the answer to EntityDefinitions(...) with expanded Attributes; details: per cast name, such as
    `StringAttributeMetadata`, the `value` list of its answer. Shadow columns, unreadable ones and the kinds without a
    plain value (image, file, party list, unique identifier and such) are left out.
    """
    extra: dict[str, dict[str, Any]] = {}
    for rows in details.values():
        for row in rows:
            extra.setdefault(row["LogicalName"], {}).update(row)
    known = (_column(raw, extra.get(raw["LogicalName"], {})) for raw in definition.get("Attributes") or ())
    return {column.name: column for column in known if column}


def _column(raw: Mapping[str, Any], detail: Mapping[str, Any]) -> Column | None:
    kind = _kind(raw, detail)
    hidden = raw.get("AttributeOf") or raw.get("IsValidODataAttribute") is False or raw.get("IsValidForRead") is False
    if kind is None or hidden:
        return None
    return Column(
        name=raw["LogicalName"],
        label=label_of(raw.get("DisplayName"), raw["LogicalName"]),
        type=kind,
        required=(raw.get("RequiredLevel") or {}).get("Value") == "ApplicationRequired",
        creatable=raw.get("IsValidForCreate", True) is True,
        updatable=raw.get("IsValidForUpdate", True) is True,
        secured=raw.get("IsSecured") is True,
        calculated=raw.get("SourceType") in (1, 2),
        max_length=detail.get("MaxLength"),
        minimum=detail.get("MinValue"),
        maximum=detail.get("MaxValue"),
        precision=_precision(kind, detail),
        options=_options(detail),
        targets=tuple(detail.get("Targets") or ()),
    )


def _kind(raw: Mapping[str, Any], detail: Mapping[str, Any]) -> ColumnType | None:
    if (raw.get("AttributeTypeName") or {}).get("Value") == "MultiSelectPicklistType":
        return ColumnType.MULTI_PICKLIST
    kind = _TYPES.get(raw.get("AttributeType") or "")
    return _date_kind(detail) if kind is ColumnType.DATETIME else kind


def _date_kind(detail: Mapping[str, Any]) -> ColumnType:
    behavior = (detail.get("DateTimeBehavior") or {}).get("Value")
    if behavior == "DateOnly":
        return ColumnType.DATE
    if behavior == "TimeZoneIndependent":
        return ColumnType.DATETIME_FLOATING
    return ColumnType.DATETIME_AS_DATE if detail.get("Format") == "DateOnly" else ColumnType.DATETIME


def _precision(kind: ColumnType, detail: Mapping[str, Any]) -> int | None:
    precision: int | None = detail.get("Precision")
    if kind is ColumnType.MONEY and detail.get("PrecisionSource") in (1, 2):
        return max(precision or 0, MONEY_DIGITS)
    return precision


def _options(detail: Mapping[str, Any]) -> tuple[Option, ...]:
    found = detail.get("OptionSet") or detail.get("GlobalOptionSet") or {}
    rows = found.get("Options") or [found.get("TrueOption"), found.get("FalseOption")]
    return tuple(Option(int(row["Value"]), label_of(row.get("Label"), "")) for row in rows if row)


def label_of(display: Mapping[str, Any] | None, fallback: str) -> str:
    """The text of a Label object: the user's language, else the first one there is, else the fallback."""
    labels = [(display or {}).get("UserLocalizedLabel"), *((display or {}).get("LocalizedLabels") or ())]
    return next((label["Label"] for label in labels if label and label.get("Label")), fallback)
