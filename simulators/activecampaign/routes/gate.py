"""What every call passes first: the rate limit by arrival, the key, the plan. And what leaves with every answer."""

from __future__ import annotations

import itertools

from flask import Flask, Response, g, request

from simulators.activecampaign.core.answers import Problem, forbidden
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import imports
from simulators.activecampaign.routes.api import V3, here
from simulators.common.app import CONTROL

_NUMBERS = itertools.count(1)


def add_gate(app: Flask) -> None:
    """Registers the checks before and the headers after each call of the account."""
    app.before_request(_catch_up)
    app.before_request(_admit)
    app.before_request(_authenticate)
    app.after_request(_sign)


def _catch_up() -> None:
    # The statistics are read without passing an endpoint of the account, and shall know of imports that fell due.
    if request.path.startswith(CONTROL):
        with here().lock:
            imports.catch_up(here())


def _is_call() -> bool:
    return request.path.startswith(("/api/", "/admin/"))


def _admit() -> Response | None:
    if not _is_call():
        return None
    world = here()
    with world.lock:
        allowed = world.switches["calls_per_second"]
        counted = world.switches["refused_calls_count"]
        g.remaining = world.windows["calls"].admit(world.clock.now(), allowed, counted)
    return too_many(world) if g.remaining is None else None


def too_many(world: World) -> Response:
    """The answer over the limit (S1). Its body is not documented."""
    switches = world.switches
    headers = {"Retry-After": switches["retry_after"]} if switches["retry_after"] else {}
    answer = Response(switches["limit_body"], switches["limit_status"], headers)
    answer.content_type = switches["limit_content_type"]
    return answer


def _authenticate() -> None:
    if not request.path.startswith(V3):
        return
    world = here()
    g.user = user_of(world, request.headers.get("Api-Token"))
    if g.user is None:
        raise Problem(world.switches["bad_key_status"], {"message": "Forbidden"})
    family = request.path[len(V3) + 1 :].partition("/")[0]
    if family in world.switches["not_in_plan"]:
        raise Problem(403, {"message": "Forbidden"})
    if family in g.user["denied"]:
        raise forbidden(f"You do not have permission to view {family}.")


def user_of(world: World, key: str | None) -> dict[str, object] | None:
    """The user whose key this is."""
    return world.users.first(key=key) if key else None


def _trace(response: Response) -> None:
    """What the edge adds to every answer (recorded live answers): two ids for the log, and cookies nobody needs."""
    number = f"{next(_NUMBERS):016x}"
    response.headers.update({"x-request-id": number, "cf-ray": f"{number}-ORD"})
    response.set_cookie("cmp", number)
    response.set_cookie("__cf_bm", number)


def _sign(response: Response) -> Response:
    if not _is_call():
        return response
    _trace(response)
    if response.status_code >= 300:
        return response
    kind, allowed = here().switches["rate_headers"], here().switches["calls_per_second"]
    if kind == "misleading":
        response.headers.update({"RateLimit-Limit": "1000", "RateLimit-Remaining": "999", "Retry-After": "1"})
    elif kind == "real" and allowed is not None:
        response.headers.update({"RateLimit-Limit": str(allowed), "RateLimit-Remaining": str(g.remaining)})
    return response
