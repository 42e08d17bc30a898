"""A browser's part of the talk with the console: cookies, forms, the token against forgery."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from engine.tokens import hashed, new_secret
from store import api_tokens
from worker.services import Services

PASSWORD = "correct horse battery"
HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
"""Quick to check: the tests don't try out how strong it is."""


@dataclass
class Browser:
    """Somebody's browser."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        """The text of a page that answers with this status."""
        return self._text(self.client.get(path), status)

    def post(self, path: str, status: int = 302, page: str = "/sign-in", **form: Any) -> str:
        """Sends a form with the token of a page; answers with the text, or with where it leads."""
        answer = self.client.post(path, data={"csrf_token": self.token(page), **form})
        text = self._text(answer, status)
        return answer.location or text

    def token(self, page: str = "/sign-in") -> str:
        """The token against forgery, as a page shows it."""
        text = self.client.get(page, follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        assert found, text
        return found[1]

    def sign_in(self, login: str, password: str = PASSWORD) -> Browser:
        self.post("/sign-in", login=login, password=password)
        return self

    @staticmethod
    def _text(answer: TestResponse, status: int) -> str:
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, (answer.status_code, text)
        return text


def with_token(app: Flask, services: Services, role: str) -> FlaskClient:
    """A program with a token of this role."""
    secret = new_secret()
    with services.db.transaction() as tx:
        api_tokens.make(tx, role, role, hashed(secret), "test", None)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client
