"""Conditions as text for OData's $filter, spelled as Dataverse reads them.

Sources: Microsoft's Power Apps documentation, "Filter rows using OData" (wildcards, quotes, query functions) and
"Multi-select choices" (ContainValues). SQL's rule behind all of them: a comparison with an empty column is neither
true nor false, so the row drops out of `ne` and `not` alike unless `eq null` is said too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

WILDCARDS: Final = str.maketrans({"%": "[%]", "_": "[_]", "[": "[[]"})


def text(value: str) -> str:
    """A text literal: in single quotes, apostrophes doubled."""
    return "'" + value.replace("'", "''") + "'"


def matching(function: str, column: str, value: str) -> str:
    """contains, startswith or endswith. In their argument %, _ and [ are wildcards unless put into brackets."""
    return f"{function}({column},{text(value.translate(WILDCARDS))})"


def compare(column: str, operator: str, literal: str) -> str:
    """A comparison with a literal."""
    return f"{column} {operator} {literal}"


def is_null(column: str) -> str:
    """The column has no value."""
    return f"{column} eq null"


def or_null(column: str, filter_: str) -> str:
    """The condition holds or the column has no value: what people mean by "is not"."""
    return f"({filter_} or {is_null(column)})"


def every(filters: Sequence[str]) -> str:
    """All of them hold."""
    return _joined(filters, " and ")


def some(filters: Sequence[str]) -> str:
    """At least one of them holds."""
    return _joined(filters, " or ")


def is_text(column: str, value: str) -> str:
    """The column is this text; with both a quote and a wildcard in it, the service may let similar texts through."""
    # Whether `eq` takes % and _ literally isn't documented; a list of one surely does.
    return any_text(column, [value]) if _has_wildcards(value) else compare(column, "eq", text(value))


def is_other_text(column: str, value: str) -> str:
    """The column has a text, and it isn't this one."""
    if _has_wildcards(value) and not _has_quotes(value):
        return function("NotIn", column, [value])
    return compare(column, "ne", text(value))


def any_text(column: str, values: Sequence[str]) -> str:
    """The column is one of these texts."""
    # Quotes and backslashes inside a list of literals aren't documented, so such values go as plain comparisons.
    if any(_has_quotes(value) for value in values):
        return some([compare(column, "eq", text(value)) for value in values])
    return function("In", column, values)


def function(name: str, column: str, values: Sequence[object]) -> str:
    """One of Dataverse's query functions on a list of values; numbers travel in quotes as well."""
    listed = json.dumps([str(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return f"Microsoft.Dynamics.CRM.{name}(PropertyName='{column}',PropertyValues={listed})"


def _has_wildcards(value: str) -> bool:
    return any(sign in value for sign in "%_[")


def _has_quotes(value: str) -> bool:
    return any(sign in value for sign in "'\"\\")


def _joined(filters: Sequence[str], word: str) -> str:
    return filters[0] if len(filters) == 1 else "(" + word.join(filters) + ")"
