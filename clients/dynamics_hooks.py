"""Web hooks of Dataverse: where it delivers to, and the steps that make it deliver.

Sources: learn.microsoft.com, pages use-webhooks and register-web-hook; references of serviceendpoint (contract 8 is a
web hook, authtype 4 a key in the address) and sdkmessageprocessingstep (stage 40 after the operation, mode 1 beside
it, so that nobody waits for it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clients.dynamics_definer import Definer
from sync.errors import NotAvailable
from sync.model import Lane

WEB_HOOK: Final = {"contract": 8, "authtype": 4, "connectionmode": 1, "messageformat": 2}
AFTERWARDS: Final = {"stage": 40, "mode": 1, "rank": 1, "supporteddeployment": 0, "asyncautodelete": True}


class Hooks(Definer):
    """Service endpoints and their steps by name."""

    def endpoint_named(self, name: str, *, lane: Lane) -> Mapping[str, Any] | None:
        """`serviceendpointid` and `url` of the endpoint, None when there is none."""
        wanted = {"$select": "serviceendpointid,url", "$filter": f"name eq '{name}'"}
        return next(iter(self.all_rows("serviceendpoints", wanted, lane=lane)), None)

    def step_named(self, name: str, *, lane: Lane) -> str | None:
        """The id of the step, None when there is none."""
        wanted = {"$select": "sdkmessageprocessingstepid", "$filter": f"name eq '{name}'"}
        rows = self.all_rows("sdkmessageprocessingsteps", wanted, lane=lane)
        return next((str(row["sdkmessageprocessingstepid"]) for row in rows), None)

    def make_endpoint(self, name: str, url: str, key: str, solution: str, *, lane: Lane) -> None:
        """key: what Dataverse appends to the address as `?code=`. Raises as `define`."""
        body = {"name": name, "url": url, "authvalue": key, **WEB_HOOK}
        self.define("POST", "serviceendpoints", body, solution=solution, lane=lane)

    def move_endpoint(self, endpoint: str, url: str, *, lane: Lane) -> None:
        """Another address for the endpoint of this id. Raises as `define`."""
        self.define("PATCH", f"serviceendpoints({endpoint})", {"url": url}, lane=lane)

    def make_step(self, name: str, table: str, endpoint: str, solution: str, *, lane: Lane) -> None:
        """Has every new row of the table delivered to the endpoint of this id. Raises NotAvailable where the table
        has no such message, and as `define`."""
        wanted = {"$select": "sdkmessageid", "$filter": "name eq 'Create'"}
        message = self.strong("sdkmessages", wanted, lane=lane)["value"][0]["sdkmessageid"]
        of = f"primaryobjecttypecode eq '{table}' and _sdkmessageid_value eq {message}"
        filters = self.strong("sdkmessagefilters", {"$select": "sdkmessagefilterid", "$filter": of}, lane=lane)["value"]
        if not filters:
            raise NotAvailable(f"Dynamics announces no new rows of {table}", code="provision.no_message")
        body = {
            "name": name,
            **AFTERWARDS,
            "sdkmessageid@odata.bind": f"/sdkmessages({message})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({filters[0]['sdkmessagefilterid']})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({endpoint})",
        }
        self.define("POST", "sdkmessageprocessingsteps", body, solution=solution, lane=lane)

    def drop_step(self, step: str, *, lane: Lane) -> None:
        """Deletes the step of this id. Raises as `define`."""
        self.drop(f"sdkmessageprocessingsteps({step})", lane=lane)

    def drop_endpoint(self, endpoint: str, *, lane: Lane) -> None:
        """Deletes the endpoint of this id, which wants no steps left. Raises as `define`."""
        self.drop(f"serviceendpoints({endpoint})", lane=lane)
