"""A program's part of the talk with the API of the console."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from console.access.people import hashed, new_secret
from console.desk import NAME
from store import api_tokens


def program(app: Flask, role: str = "administrator") -> FlaskClient:
    """A program with a token of this role."""
    secret = new_secret()
    with app.extensions[NAME].services.db.transaction() as tx:
        api_tokens.make(tx, role, role, hashed(secret), "test", None)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def told(answer: TestResponse) -> Any:
    """What a good answer says."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json
