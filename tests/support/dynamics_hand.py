"""A hand that sends requests to a simulated Dynamics 365 inside the process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics

ROOT = "http://localhost/api/data/v9.2/"
ACCOUNT = "7d5c1f2e-0000-4000-8000-000000000001"
ADA = "ada00000-0000-4000-8000-000000000001"
BEN = "be000000-0000-4000-8000-000000000001"
NOBODY = "00000000-0000-4000-8000-00000000dead"


@dataclass
class Hand:
    """Sends requests as one application and reads the answers."""

    state: Dynamics
    web: FlaskClient
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """`path` is below the service root, or a whole link. Header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        auth = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None if body is None else json.dumps(body)
        target = path.removeprefix("http://localhost") if "://" in path else f"/api/data/v9.2/{path}"
        return self.web.open(target, method=method, data=data, headers={**auth, **self.headers, **named})

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["value"]

    def find(self, table: str, condition: str, select: str) -> list[Any]:
        """The values of one column where a filter holds."""
        found = self.rows(f"{table}?$select={select}&$filter={quote(condition)}")
        return [row[select] for row in found]

    def make(self, table: str, **body: Any) -> str:
        """Creates a record and answers with its id."""
        answer = self.send("POST", table, body)
        assert answer.status_code == 204, answer.text
        return answer.headers["OData-EntityId"][-37:-1]

    def control(self, path: str, body: Any = None, method: str = "POST") -> TestResponse:
        return self.web.open(f"/_sim/{path}", method=method, json=body)

    def edit(self, *edits: dict[str, Any]) -> None:
        answer = self.control("edit", list(edits))
        assert answer.status_code == 200, answer.text

    def allow(self, **privileges: str | None) -> None:
        """Changes the privileges of the integration's role."""
        self.control("privileges", {"role": "Integration", "set": privileges})

    def ask_token(self, client_id: str = CLIENT_ID, secret: str = SECRET, **form: str) -> TestResponse:
        """Asks for a token as an application."""
        full = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}
        return self.web.post(
            f"/{TENANT}/oauth2/v2.0/token", data={**full, "scope": "http://localhost/.default", **form}
        )

    def as_application(self, client_id: str, *roles: str) -> Hand:
        """Another application with an application user."""
        self.state.add_application(client_id, "other", "Other", list(roles))
        return Hand(self.state, self.web, self.ask_token(client_id, "other").get_json()["access_token"])

    def as_admin(self) -> Hand:
        return self.as_application("99999999-9999-4999-8999-999999999999", "System Administrator")


def code(answer: TestResponse) -> tuple[int, str]:
    """Status and error code of a refusal."""
    return answer.status_code, answer.get_json()["error"]["code"]
