"""What comes in, for forms, addresses of pages and the API alike: fields that no input makes a fault of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import abort, request
from marshmallow import ValidationError, fields, validate

from console.forms import Form, FormSchema

LARGEST: Final = 2**63 - 1
"""PostgreSQL's bigint ends here."""
PAGE: Final = 50


class Number(fields.Integer):
    """The number of something."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.Range(0, LARGEST), **words)


class Limit(fields.Integer):
    """How many at most."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.Range(1, 500), load_default=PAGE, **words)


def asked(schema: type[FormSchema]) -> tuple[dict[str, Any], Form]:
    """What stands behind the `?` of a page's address, and the form to show it in. What can't be used counts as not
    said, with its error at the field."""
    made = schema()
    typed = {name: request.args.get(name) for name in made.fields if name in request.args}
    try:
        return dict(made.load(typed)), Form(typed)
    except ValidationError as error:
        wrong = {name: [str(text) for text in told] for name, told in error.normalized_messages().items()}
        rest = {name: value for name, value in typed.items() if name not in wrong}
        return dict(made.load(rest)), Form(typed, wrong)


@contextmanager
def or_abort(code: int, told: str) -> Iterator[None]:
    """What the engine doesn't find ends the request with this status and these words."""
    try:
        yield
    except LookupError as error:
        if isinstance(error, KeyError | IndexError):
            raise
        abort(code, told)
