"""The operators of criteria: which there are, which column type knows which, what they take and how they read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Families of column types that share their operators."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    LOOKUP = "lookup"
    OWNER = "owner"


KIND_OF: Final[Mapping[str, Kind]] = {
    "string": Kind.TEXT,
    "memo": Kind.TEXT,
    "integer": Kind.NUMBER,
    "bigint": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "double": Kind.NUMBER,
    "money": Kind.NUMBER,
    "boolean": Kind.FLAG,
    "picklist": Kind.CHOICE,
    "state": Kind.CHOICE,
    "status": Kind.CHOICE,
    "multi_picklist": Kind.CHOICES,
    "datetime": Kind.MOMENT,
    "datetime_as_date": Kind.MOMENT,
    "datetime_floating": Kind.MOMENT,
    "date": Kind.MOMENT,
    "lookup": Kind.LOOKUP,
    "customer": Kind.LOOKUP,
    "uniqueidentifier": Kind.LOOKUP,
    "owner": Kind.OWNER,
}
"""By the name of the column type. A type that isn't here can't be used in criteria."""

PRESENCE: Final = ("has_value", "has_no_value")
_LOOKUP: Final = ("equals", "does_not_equal", "is_any_of")
_AFFIXES: Final = ("contains", "does_not_contain", "begins_with", "ends_with")
_SIZES: Final = ("less_than", "at_most", "greater_than", "at_least", "between")
_TIMES: Final = ("on", "before", "on_or_before", "after", "on_or_after", "between", "in_last_days", "in_next_days")

ALLOWED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEXT: ("equals", "does_not_equal", *_AFFIXES, "is_any_of", *PRESENCE),
    Kind.NUMBER: ("equals", "does_not_equal", *_SIZES, *PRESENCE),
    Kind.MOMENT: (*_TIMES, *PRESENCE),
    Kind.CHOICE: ("equals", "does_not_equal", "is_any_of", "is_none_of", *PRESENCE),
    Kind.CHOICES: ("contains_any_of", "contains_all_of", "contains_none_of", *PRESENCE),
    Kind.FLAG: ("is_yes", "is_no", "has_no_value"),
    Kind.LOOKUP: (*_LOOKUP, *PRESENCE),
    Kind.OWNER: (*_LOOKUP, "equals_team", *PRESENCE),
}

UNAVAILABLE: Final[Mapping[str, str]] = {
    "member_of_team": "is not available: the members of a team aren't read; use equals_team or is_any_of with owners",
}


class Takes(StrEnum):
    """What an operator takes as its value."""

    NOTHING = "nothing"
    ONE = "one"
    SEVERAL = "several"
    PAIR = "pair"
    DAYS = "days"


TAKES: Final[Mapping[str, Takes]] = {
    **dict.fromkeys((*PRESENCE, "is_yes", "is_no"), Takes.NOTHING),
    **dict.fromkeys(("is_any_of", "is_none_of", *ALLOWED[Kind.CHOICES][:3]), Takes.SEVERAL),
    **dict.fromkeys(("in_last_days", "in_next_days"), Takes.DAYS),
    "between": Takes.PAIR,
}
"""Operators that aren't named here take one value."""

WORDS: Final[Mapping[str, str]] = {
    "equals": "is {}",
    "does_not_equal": "is not {}",
    "contains": "contains {}",
    "does_not_contain": "does not contain {}",
    "begins_with": "begins with {}",
    "ends_with": "ends with {}",
    "is_any_of": "is any of {}",
    "is_none_of": "is none of {}",
    "has_value": "has a value",
    "has_no_value": "has no value",
    "less_than": "is less than {}",
    "at_most": "is at most {}",
    "greater_than": "is greater than {}",
    "at_least": "is at least {}",
    "between": "is between {}",
    "on": "is on {}",
    "before": "is before {}",
    "on_or_before": "is on or before {}",
    "after": "is after {}",
    "on_or_after": "is on or after {}",
    "in_last_days": "is in the last {} days",
    "in_next_days": "is in the next {} days",
    "contains_any_of": "contains any of {}",
    "contains_all_of": "contains all of {}",
    "contains_none_of": "contains none of {}",
    "is_yes": "is yes",
    "is_no": "is no",
    "equals_team": "is the team {}",
}
"""How a condition reads after the label of its column."""


def takes(operator: str) -> Takes:
    """What this operator takes as its value."""
    return TAKES.get(operator, Takes.ONE)
