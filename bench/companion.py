"""What ac365 has of its own in a simulated Dynamics 365, made through its Web API, and somebody who asks there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import requests

from mapping import companion_definitions as definitions
from mapping.companion import ADMIN_ROLE, USER_ROLE, Ask, State
from mapping.companion_tables import TABLES, Table

ENGLISH: Final = 1033
ADMINISTRATOR: Final = "99999999-9999-4999-8999-999999999999"
READS: Final = {"prvReadLead": "Global", "prvReadContact": "Global"}
OURS: Final = {
    "prvActOnBehalfOfAnotherUser": "Global",
    **{f"prv{right}{table.schema}": "Global" for table in TABLES for right in ("Create", "Read", "Write")},
}


class Maker:
    """Sends as a system administrator of a simulated Dynamics at `url`, trusted or not."""

    def __init__(self, url: str, tenant: str, verify: Any = True) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.verify = verify
        app = {"client_id": ADMINISTRATOR, "secret": "other", "name": "Mira's own", "roles": ["System Administrator"]}
        self.control("applications", app)
        form = {"client_id": ADMINISTRATOR, "client_secret": "other", "grant_type": "client_credentials"}
        found = self._session.post(
            f"{url}/{tenant}/oauth2/v2.0/token", {**form, "scope": f"{url}/.default"}, timeout=30
        )
        self._session.headers["Authorization"] = f"Bearer {found.json()['access_token']}"

    def control(self, path: str, body: Any) -> Any:
        """A control route of the simulator."""
        answer = self._session.post(f"{self.url}/_sim/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the Web API; answers with its JSON."""
        answer = self._session.request(method, f"{self.url}/api/data/v9.2/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def make_tables(self, tables: Iterable[Table] = TABLES) -> None:
        """The tables, and what ac365 needs to work with them."""
        for table in tables:
            for path, body in definitions.whole(table, ENGLISH):
                self.send("POST", path, body)
        self.control("privileges", {"role": "Integration", "set": OURS})
        for role in (USER_ROLE, ADMIN_ROLE):
            self.control("roles", {"name": role})
        self.control("privileges", {"role": USER_ROLE, "set": READS})

    def person(self, first: str, *roles: str) -> str:
        """Somebody with these roles; answers with the id of the user."""
        login = f"{first.lower()}.seller@contoso.example"
        given = {"first": first, "last": "Seller", "upn": login, "roles": list(roles)}
        return str(self.control("people", given)["systemuserid"])

    def ask(
        self, who: str, entity: str, record_id: str, kind: Ask, target: str, name: str = "Choice", **more: Any
    ) -> str:
        """What the panel does: somebody leaves a request on a lead or contact; answers with its id."""
        bind = {"lead": "ac365_LeadId", "contact": "ac365_ContactId"}[entity]
        row = {"ac365_name": name, "ac365_kind": kind.value, "ac365_target": target, "ac365_state": State.ASKED.value}
        row |= {f"{bind}@odata.bind": f"/{entity}s({record_id})", **more}
        edits = [{"table": "ac365_request", "create": row}]
        return str(self.control(f"edit?user={who}", edits)[0]["id"])

    def request(self, request_id: str) -> Mapping[str, Any]:
        """The row of a request as it is."""
        found: Mapping[str, Any] = self.send("GET", f"ac365_requests({request_id})")
        return found
