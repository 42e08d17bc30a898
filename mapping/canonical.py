"""From the JSON of a Dynamics row to canonical values: one marshmallow field class per canonical form.

Wire forms: the Dataverse developer guide, pages on column types, multi-select columns and date-time behaviour.
Every class raises ValidationError in plain words, without the value: it may be personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from mapping.labels import Labels
from mapping.text import clean, day_in, number, utc

FORMATTED = "OData.Community.Display.V1.FormattedValue"
"""Annotation with a lookup's primary name; other formatted values follow the caller's locale and are not data."""

LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
"""Annotation with the table that a lookup of several targets points into."""

Row = Mapping[str, Any] | None


class Form(fields.Field[Any]):
    """A canonical form. Each kind has its `convert`, which gets a value that is neither null nor an empty text, and
    answers with the canonical one or raises ValidationError."""

    convert: Callable[[Any], Any]

    def _deserialize(self, value: Any, attr: str | None, data: Row, **_: Any) -> Any:  # noqa: ARG002 the base's words
        return self.convert(value)


class Text(Form):
    """Text; an empty one is None."""

    def convert(self, value: Any) -> str | None:
        """Clean text."""
        if not isinstance(value, str):
            raise ValidationError("is not text")
        return clean(value) or None


class Address(Text):
    """An e-mail address, its spelling kept, without blanks around it."""

    def convert(self, value: Any) -> str | None:
        """The address."""
        return (super().convert(value) or "").strip() or None


class Line(Text):
    """The first line of a text that has more than blanks in it."""

    def convert(self, value: Any) -> str | None:
        """The line."""
        lines = (super().convert(value) or "").split("\n")
        return next((line.rstrip() for line in lines if line.strip()), None)


class Name(Text):
    """The name of the record a lookup points to, from the annotation beside the id."""

    def _deserialize(self, value: Any, attr: str | None, data: Row, **_: Any) -> str | None:  # noqa: ARG002 see Form
        name = (data or {}).get(f"{attr}@{FORMATTED}")
        if name is None:
            raise ValidationError("came without the name of the record it points to")
        return self.convert(name)


class Whole(Form):
    """A whole number."""

    def convert(self, value: Any) -> int:
        """The number; 5.0 is one, "5" is not."""
        if type(value) is int:
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise ValidationError("is not a whole number")


class Number(Form):
    """A decimal number as text, rounded half-even to `digits` after the point."""

    def __init__(self, digits: int | None) -> None:
        super().__init__()
        self.digits = digits

    def convert(self, value: Any) -> str:
        """The number as text."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("is not a number")
        return _checked(number, Decimal(repr(value)), self.digits)


class Money(Number):
    """An amount and its currency, `12.5 EUR`, rounded to cents, which is what ActiveCampaign keeps.

    currencies: ISO code by id of the transaction currency, None when they are not known; standard: the code to assume
    for a row without currency, and for every row when they are not known. Without any code the amount stands alone.
    """

    def __init__(self, currencies: Mapping[str, str] | None, standard: str) -> None:
        super().__init__(digits=2)
        self.currencies = currencies
        self.standard = standard

    def _deserialize(self, value: Any, attr: str | None, data: Row, **_: Any) -> str:  # noqa: ARG002 see Form
        code = self._code((data or {}).get("_transactioncurrencyid_value"))
        return f"{self.convert(value)} {code}".rstrip()

    def _code(self, currency_id: str | None) -> str:
        if self.currencies is None or currency_id is None:
            return self.standard
        try:
            return self.currencies[currency_id].upper()
        except KeyError:
            raise ValidationError("has a currency that ac365 does not know") from None


class YesNo(Form):
    """Yes or no. Those without a text to write them with are refused."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels

    def convert(self, value: Any) -> bool | None:
        """The answer."""
        if not isinstance(value, bool):
            raise ValidationError("is neither yes nor no")
        if int(value) not in self.labels.written:
            raise ValidationError(self.labels.problems.get(int(value), "has no label"))
        return value


class Tick(YesNo):
    """Yes is True; no is None, since an option that isn't ticked reads like an empty field."""

    def convert(self, value: Any) -> bool | None:
        """True or None."""
        return None if value is False else super().convert(value)


class Choice(Form):
    """The number of an option that can be written on the other side."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels

    def convert(self, value: Any) -> Any:
        """The number."""
        if type(value) is int and value in self.labels.written:
            return value
        raise ValidationError(self._problem(value))

    def _problem(self, value: Any) -> str:
        if type(value) is not int:
            return "is not the number of an option"
        return self.labels.problems.get(value, f"option {value} is not in the list of Dynamics")


class Choices(Choice):
    """Several options, from `1,9`, as a sorted list of int. One that can't be written leaves out the whole field."""

    def convert(self, value: Any) -> list[int] | None:
        """The numbers."""
        try:
            numbers = {int(part) for part in value.split(",") if part.strip()}
        except (AttributeError, ValueError):
            raise ValidationError("is not a list of options") from None
        return sorted(super(Choices, self).convert(option) for option in numbers) or None


class Instant(Form):
    """A date-time in UTC. One without a zone of its own is read as if it were UTC, as Dataverse writes it."""

    def convert(self, value: Any) -> str:
        """The instant."""
        return _checked(utc, moment(value))


class Day(Form):
    """A date that has no time and no zone."""

    def convert(self, value: Any) -> str:
        """The date."""
        if isinstance(value, str) and len(value) == len("2026-01-05"):
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                pass
        raise ValidationError("is not a date")


class DayOf(Form):
    """The date of an instant in a zone."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.zone = zone

    def convert(self, value: Any) -> str:
        """The date."""
        return _checked(day_in, moment(value), self.zone)


def moment(value: Any) -> datetime:
    """An ISO date-time. Raises ValidationError otherwise."""
    if isinstance(value, str) and len(value) > len("2026-01-05"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise ValidationError("is not a date and time")


def _checked(function: Callable[..., str], *arguments: Any) -> str:
    try:
        return function(*arguments)
    except ValueError as error:
        raise ValidationError(str(error)) from None
