"""Pieces of SQL for comparisons: types, text without case, lists, ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulators.dynamics.errors import bad_query
from simulators.dynamics.odata.dates import to_stamp
from simulators.dynamics.odata.filters import Literal
from simulators.dynamics.schema.catalog import Column

NAMES = {"eq": "Equal", "ne": "NotEqual", "gt": "GreaterThan", "ge": "GreaterThanOrEqual", "lt": "LessThan",
         "le": "LessThanOrEqual"}  # fmt: skip
EDM = {
    "String": "Edm.String", "Memo": "Edm.String", "MultiSelectPicklist": "Edm.String", "Boolean": "Edm.Boolean",
    "Integer": "Edm.Int32", "Picklist": "Edm.Int32", "State": "Edm.Int32", "Status": "Edm.Int32", "BigInt": "Edm.Int64",
    "Decimal": "Edm.Decimal", "Money": "Edm.Decimal", "Double": "Edm.Double", "Uniqueidentifier": "Edm.Guid",
    "Lookup": "Edm.Guid", "Customer": "Edm.Guid", "Owner": "Edm.Guid",
}  # fmt: skip
LITERAL_EDM = {"string": "Edm.String", "guid": "Edm.Guid", "moment": "Edm.DateTimeOffset", "day": "Edm.Date",
               "boolean": "Edm.Boolean", "number": "Edm.Int32"}  # fmt: skip
FITTING = {"Edm.String": ("string",), "Edm.Boolean": ("boolean",), "Edm.Guid": ("guid",), "Edm.Date": ("day",),
           "Edm.DateTimeOffset": ("moment", "day")}  # fmt: skip


@dataclass
class Sql:
    """A piece of SQL with its values."""

    text: str
    values: list[Any] = field(default_factory=list)


@dataclass
class Operand:
    """A column reached from a row, as SQL."""

    sql: str
    column: Column


def edm(column: Column) -> str:
    """The type of a column in the service's data model."""
    if column.kind == "DateTime":
        return "Edm.Date" if column.behavior == "DateOnly" else "Edm.DateTimeOffset"
    return EDM[column.kind]


def fitted(column: Column, literal: Literal, operator: str) -> Any:
    """A literal as the database keeps such values. Raises ApiError (400) when the types do not match."""
    kind = edm(column)
    if literal.kind not in FITTING.get(kind, ("number",)):
        other = LITERAL_EDM.get(literal.kind, "Edm.Untyped")
        raise bad_query(
            "A binary operator with incompatible types was detected. Found operand types "
            f"'{kind}' and '{other}' for operator kind '{NAMES[operator]}'."
        )
    if kind == "Edm.DateTimeOffset":
        return to_stamp(literal.value)
    return int(literal.value) if literal.kind == "boolean" else literal.value


def equal(sql: str, text: str) -> Sql:
    """Equality without regard to case."""
    if text.isascii():
        return Sql(f"{sql} = ? COLLATE NOCASE", [text])
    return Sql(f"folded({sql}) = ?", [text.casefold()])


def like(sql: str, pattern: str) -> Sql:
    """A match with the wildcards of SQL Server."""
    if pattern.isascii() and "[" not in pattern:
        return Sql(f"{sql} LIKE ?", [pattern])
    return Sql(f"crm_like(?, {sql})", [pattern])


def within(operand: Operand, values: list[Any]) -> Sql:
    """Membership in a list. Text outside ASCII is compared folded."""
    if operand.column.kind not in ("String", "Memo"):
        numbers = [str(v).lower() if operand.column.lookup or operand.column.kind == "Uniqueidentifier" else _number(v)
                   for v in values]  # fmt: skip
        return Sql(f"{operand.sql} IN ({', '.join('?' * len(numbers))})", numbers)
    plain = [value for value in values if str(value).isascii()]
    others = [str(value).casefold() for value in values if not str(value).isascii()]
    text = f"{operand.sql} COLLATE NOCASE IN ({', '.join('?' * len(plain))})"
    if others:
        text = f"({text} OR folded({operand.sql}) IN ({', '.join('?' * len(others))}))"
    return Sql(text, [*plain, *others])


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def containing(operand: Operand, values: list[Any]) -> Sql:
    """Whether a multi-select column holds one of the values."""
    pieces = [f"',' || {operand.sql} || ',' LIKE ?" for _ in values]
    return Sql(f"({' OR '.join(pieces)})", [f"%,{value},%" for value in values])


def between(operand: Operand, values: list[Any]) -> Sql:
    """Membership in a closed range."""
    moment = operand.column.kind == "DateTime" and edm(operand.column) == "Edm.DateTimeOffset"
    low, high = (to_stamp(str(v)) if moment else _number(v) for v in values)
    return Sql(f"{operand.sql} BETWEEN ? AND ?", [low, high])
