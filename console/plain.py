"""Text that can be kept: the database knows neither NUL nor halves of characters."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validate

LONGEST: Final = 2_000
LONGEST_PEM: Final = 50_000
UNFIT: Final = "has characters that can't be kept."


def fit(value: str) -> None:
    """Raises ValidationError for what PostgreSQL can't keep as text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValidationError(UNFIT) from None
    if "\x00" in value:
        raise ValidationError(UNFIT)


class Text(fields.String):
    """A text of reasonable length that can be kept."""

    def __init__(self, longest: int = LONGEST, **words: Any) -> None:
        super().__init__(validate=[validate.Length(max=longest), fit], **words)
