"""Marshmallow fields for the values of the document, with messages that say what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields

from mapping.faults import did_you_mean
from mapping.text import zone_of
from sync.tags import ALL


class Word(fields.Field[str]):
    """One of a few words."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:  # noqa: ARG002 the base's words
        if isinstance(value, str) and value in self.words:
            return value
        raise ValidationError(f"{value!r} is not one of {', '.join(self.words)}.{did_you_mean(value, self.words)}")


class Only(fields.Field[Any]):
    """The one value that is possible here, which needn't be said; anything else is answered with the reason."""

    def __init__(self, value: Any, reason: str, **kwargs: Any) -> None:
        super().__init__(load_default=value, allow_none=value is None, **kwargs)
        self.value, self.reason = value, reason

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002 the base's words
        if value != self.value or isinstance(value, bool):
            raise ValidationError(self.reason)
        return self.value


class Switch(fields.Field[bool]):
    """true or false; YAML's older words for them too."""

    _WORDS: Mapping[str, bool] = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:  # noqa: ARG002 the base's words
        if isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else ""
        if word not in self._WORDS:
            raise ValidationError(f"{value!r} is neither true nor false.")
        return self._WORDS[word]


class Amount(fields.Field[float]):
    """A number from minimum to maximum, both included; a whole one stays whole."""

    def __init__(self, minimum: float, maximum: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> float:  # noqa: ARG002 the base's words
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if not plain or not self.minimum <= value <= self.maximum:
            raise ValidationError(f"{value!r} is not a number from {self.minimum} to {self.maximum}.")
        return value  # type: ignore[no-any-return]


class FieldId(fields.Field[str]):
    """The id of a field of a custom object. Source: developers.activecampaign.com, page create-a-schema."""

    _FORM = re.compile(r"[A-Za-z0-9_-]{1,64}")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:  # noqa: ARG002 the base's words
        if isinstance(value, str) and self._FORM.fullmatch(value):
            return value
        raise ValidationError(f"{value!r} is no id of a field: letters, digits, - and _, such as `decision-date`.")


class Zone(fields.Field[str]):
    """The name of a time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:  # noqa: ARG002 the base's words
        try:
            zone_of(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return str(value)


class TimeOfDay(fields.Field[str]):
    """A time of day as a clock shows it. end: 24:00 is one too."""

    _FORM = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.end = end

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:  # noqa: ARG002 the base's words
        if isinstance(value, str) and (self._FORM.fullmatch(value) or (self.end and value == "24:00")):
            return value
        raise ValidationError(f"{value!r} is no time of day; write it between quotes, such as '07:30'.")


class Count(fields.Field[int]):
    """A whole number that isn't negative."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002 the base's words
        if type(value) is not int or value < 0:
            raise ValidationError(f"{value!r} is not a whole number from 0 on.")
        return value


class Constant(fields.Field[Any]):
    """A text, a number, true or false. Whether it fits the column is checked where the columns are known."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002 the base's words
        plain = isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value))
        if not plain or value == "":
            raise ValidationError("is not a text, a number, true or false; put a text with {{ }} between quotes.")
        return value


class Table(fields.Dict):
    """Names or numbers to values; a fault of an entry stands under its key."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        try:
            return dict(super()._deserialize(value, attr, data, **kwargs))  # type: ignore[no-untyped-call]
        except ValidationError as error:
            raise ValidationError(_by_key(error.messages)) from None


def _by_key(messages: Any) -> Any:
    """Marshmallow parts the faults of an entry into `key` and `value`; a reader needs only the entry."""
    if not isinstance(messages, dict):
        return ["is not a list of names with a value each."]
    return {str(key): _joined(found.values()) for key, found in messages.items()}


def _joined(parts: Iterable[Any]) -> Any:
    """The faults of an entry's key and value: by name where the value is a section of its own."""
    found = list(parts)
    by_name = next((part for part in found if isinstance(part, dict)), None)
    return by_name if by_name is not None else [text for part in found for text in part]


class Name(fields.Field[str]):
    """A text that isn't empty. A number that YAML read out of one, such as 12, is a name too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:  # noqa: ARG002 the base's words
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            raise ValidationError(f"{value!r} is not a name.")
        return str(value)


class ListName(Name):
    """A list of ActiveCampaign: its name, or its id as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        return super()._deserialize(value, attr, data, **kwargs)


class TagName(Name):
    """A tag of the administrator's own; those that ac365 sets itself have a meaning already."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs).strip()
        if name.lower() in {tag.lower() for tag in ALL}:
            raise ValidationError(f"{name!r} is a tag with another meaning; choose another name.")
        return name


class OptionNumber(fields.Field[int]):
    """The number of an option; in JSON, whose keys are texts, "3" is one as well."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:  # noqa: ARG002 the base's words
        try:
            if isinstance(value, bool):
                raise ValueError
            return int(str(value))
        except ValueError:
            raise ValidationError(f"{value!r} is not the number of an option.") from None
