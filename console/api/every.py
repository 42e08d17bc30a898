"""Every part of the API, and the description that is generated from their schemas."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from flask_smorest import Api

from console.access.roles import Role, open_to
from console.api import (
    account,
    alerts,
    audit,
    configuration,
    conflicts,
    connections,
    cycles,
    data,
    failures,
    first_sync,
    health,
    marketing,
    overview,
    records,
    settings,
    setup,
    status,
    tokens,
    users,
)

PARTS: Final = (
    account,
    alerts,
    audit,
    configuration,
    conflicts,
    connections,
    cycles,
    data,
    failures,
    first_sync,
    health,
    overview,
    marketing,
    records,
    settings,
    setup,
    status,
    tokens,
    users,
)
PREFIX: Final = "/api/v1"
SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token made under Users, API tokens."},
    "session": {"type": "apiKey", "in": "cookie", "name": "ac365", "description": "The session of the console."},
}
CONFIGURATION: Final = {
    "API_TITLE": "ac365",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": "Everything that the console of ac365 shows and does."},
        "components": {"securitySchemes": SCHEMES},
        "security": [{"token": []}, {"session": []}],
    },
}


def register(app: Flask) -> None:
    """Makes the API known to the application."""
    made = Api(app)
    for part in PARTS:
        made.register_blueprint(part.blueprint)
    open_to(app, "api-docs.openapi_json", Role.USER)


def problem(code: int, told: str, data: dict[str, Any] | None = None) -> tuple[dict[str, Any], int]:
    """An error as JSON, in the shape that the description promises: code, status, message, and errors by field."""
    answer: dict[str, Any] = {"code": code, "status": HTTPStatus(code).phrase, "message": told}
    messages = (data or {}).get("messages")
    return ({**answer, "errors": messages} if messages else answer), code
