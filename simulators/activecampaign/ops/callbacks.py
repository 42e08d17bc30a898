"""The callback of a bulk import. Its key names are not published, so clients may take it as a hint only."""

from __future__ import annotations

import urllib.parse
from typing import Any

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.common.posting import send


def deliver(world: World, batch: Row) -> None:
    """Calls back once, by GET with parameters in the query or by POST with parameters in the body."""
    callback = batch["callback"]
    headers = {each["key"]: str(each["value"]) for each in callback.get("headers") or []}
    body = urllib.parse.urlencode(_parameters(world, batch, callback))
    if str(callback.get("requestType", "GET")).upper() == "POST":
        status = send(callback["url"], body.encode(), headers)
    else:
        status = send(f"{callback['url']}?{body}", None, headers)
    with world.lock:
        world.deliveries.append({"batch": batch["id"], "event": "import", "status": status, "body": body})


def _parameters(world: World, batch: Row, callback: dict[str, Any]) -> dict[str, str]:
    given = {each["key"]: str(each["value"]) for each in callback.get("params") or []}
    with world.lock:
        if str(callback.get("detailed_results")).lower() == "true":
            given |= {"success": str(len(batch["success"])), "failure": str(len(batch["failure"]))}
    return given
