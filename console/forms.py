"""Forms: what was typed, checked by a marshmallow schema, and shown again with what is wrong at each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load


class FormSchema(Schema):
    """A form. What is left empty counts as not said, and spaces around words don't count."""

    class Meta:
        """Marshmallow's options: a form carries more than its fields, such as the token against forgery."""

        unknown = EXCLUDE

    @pre_load
    def _tidy(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        # The database keeps no NUL, and nobody types one.
        tidy = {
            key: value.replace("\0", "").strip() if isinstance(value, str) else value for key, value in data.items()
        }
        return {key: value for key, value in tidy.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown. values: as they were typed or as they are kept; errors: by field, "" for the whole."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What stands in a field, "" for nothing."""
        found = self.values.get(name)
        return "" if found is None else found

    def error(self, name: str) -> str:
        """What is wrong with a field, in one line."""
        return " ".join(self.errors.get(name, ()))

    def with_error(self, name: str, text: str) -> Form:
        """The same with one more thing that is wrong."""
        return Form(self.values, {**self.errors, name: [*self.errors.get(name, ()), text]})


def read(schema: type[FormSchema]) -> tuple[dict[str, Any] | None, Form]:
    """The form that was sent: its data, None where something is wrong, and the form to show again."""
    made = schema()
    typed = {name: _typed(name, one) for name, one in made.fields.items() if name in request.form}
    shown = {name: value for name, value in typed.items() if not made.fields[name].metadata.get("secret")}
    try:
        return dict(made.load(typed)), Form(shown)
    except ValidationError as error:
        return None, Form(shown, _flat(error.normalized_messages()))


def _typed(name: str, one: fields.Field[Any]) -> Any:
    return request.form.getlist(name) if isinstance(one, fields.List) else request.form.get(name)


def _flat(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Messages by field; those about parts of a list stand at the list."""
    return {"" if name == "_schema" else name: list(_texts(told)) for name, told in messages.items()}


def _texts(told: Any) -> list[str]:
    if isinstance(told, Mapping):
        return [text for part in told.values() for text in _texts(part)]
    return [str(text) for text in told] if isinstance(told, list) else [str(told)]
