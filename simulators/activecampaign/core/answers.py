"""The service's error bodies. There is no single schema: each helper names the family that uses its shape."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """An answer that ends the request. `body` is JSON, or text that is sent as it stands."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def missing(model: str, number: object, status: int = 404, result: str = "Result") -> Problem:
    """`No Result found for Subscriber with id 4711`: names of internal classes, 403 on several PUT and DELETE."""
    return Problem(status, {"message": f"No {result} found for {model} with id {number}"})


def invalid(title: str, code: str | int, pointer: str, **more: str) -> Problem:
    """422 of contacts, accounts, tags and fields."""
    source = {"pointer": f"/data/attributes/{pointer}"}
    return Problem(422, {"errors": [{"title": title, "detail": "", "code": code, **more, "source": source}]})


def missing_attribute(name: str) -> Problem:
    """422 of the association endpoints."""
    error = {"status": 422, "title": "Missing attribute", "source": {"pointer": f"/data/attributes/{name}"}}
    return Problem(422, {"errors": [error]})


def generic(status: int, title: str, detail: str = "") -> Problem:
    """`{"errors":[{"status":404,"title":"Not Found","detail":"…"}]}`."""
    error: dict[str, Any] = {"status": status, "title": title}
    return Problem(status, {"errors": [{**error, "detail": detail} if detail else error]})


def forbidden(detail: str) -> Problem:
    """403 for a user whose group lacks the permission."""
    return generic(403, "Forbidden", detail)


def object_invalid(field: str, detail: str) -> Problem:
    """422 of custom objects: `source` has type and value instead of a pointer."""
    source = {"type": "pointer", "value": f"/data/attributes/{field.replace('.', '/')}"}
    error = {"title": f'Invalid value for field "{field}"', "detail": detail, "source": source}
    return Problem(422, {"errors": [error]})


def import_refused(message: str, reasons: list[Any]) -> Problem:
    """400 of the bulk import, for its rate limit too."""
    return Problem(400, {"success": 0, "message": message, "failureReasons": reasons})
