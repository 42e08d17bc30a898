"""What every section of the configuration document has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema

from mapping.faults import did_you_mean

MISSING: dict[str, Any] = {"required": "is missing.", "null": "is empty."}
"""Messages of values that have to be there."""


class Section(Schema):
    """A part of the document. What is left empty counts as not said; an unknown word is a fault with a suggestion."""

    error_messages = {"type": "is not a section with names and values."}  # noqa: RUF012 marshmallow's own name

    class Meta:
        """Marshmallow's options. Unknown words are refused below, where their neighbours are known."""

        unknown = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if value is not None}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _refuse_unknown(self, _data: Any, original: Any, **_: Any) -> None:
        known = [field.data_key or name for name, field in self.fields.items()]
        unknown = [key for key in original if key not in known] if isinstance(original, Mapping) else []
        if unknown:
            raise ValidationError({str(key): [f"is not known here.{did_you_mean(key, known)}"] for key in unknown})


def section(schema: type[Section]) -> fields.Nested:
    """A section that needn't be there: its defaults count then."""
    return fields.Nested(schema, load_default=lambda: schema().load({}))
