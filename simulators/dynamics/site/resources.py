"""Web resources as the browser gets them: the published content, with the content type of their kind.

Addresses: Microsoft Learn, "Web resources": `/WebResources/<name>`. The policy is stricter than the service's own,
which lets scripts of any host in: what works here works there.
"""

from __future__ import annotations

import base64
import binascii

from flask import Blueprint, Response, request

from simulators.dynamics.errors import ApiError
from simulators.dynamics.identity import signed_in
from simulators.dynamics.state import Dynamics

TYPES = {
    1: "text/html; charset=utf-8", 2: "text/css; charset=utf-8", 3: "text/javascript; charset=utf-8", 4: "text/xml",
    5: "image/png", 6: "image/jpeg", 7: "image/gif", 9: "text/xml", 10: "image/x-icon", 11: "image/svg+xml",
    12: "text/xml",
}  # fmt: skip
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN",
           "Referrer-Policy": "same-origin", "Cache-Control": "no-cache"}  # fmt: skip
ONE = "SELECT webresourcetype, content FROM webresource WHERE name = ?"


def add_resources(site: Blueprint, state: Dynamics) -> None:
    """Registers `/WebResources/<name>`."""

    @site.get("/WebResources/<path:name>")
    def web_resource(name: str) -> Response:
        """401 for somebody who is not signed in, 404 for a name that no web resource bears."""
        try:
            signed_in(state, request.headers, request.host)
        except ApiError as error:
            return Response(error.message, error.status, mimetype="text/plain")
        found = read_resource(state, name)
        if found is None:
            return Response("The web resource was not found.", 404, mimetype="text/plain")
        return Response(found[1], 200, {**HEADERS, "Content-Type": TYPES.get(found[0], "application/octet-stream")})


def read_resource(state: Dynamics, name: str) -> tuple[int, bytes] | None:
    """Kind and published content of a web resource, None without one of this name."""
    with state.storage.read() as session:
        found = session.one(ONE, (name,))
    if found is None:
        return None
    try:
        return found[0], base64.b64decode(found[1] or "", validate=True)
    except binascii.Error:
        return found[0], b""


def name_of(state: Dynamics, resource: str) -> str:
    """The name behind a reference by name or, in braces, by id; "" when there is no such web resource."""
    column = "webresourceid" if resource.startswith("{") else "name"
    sql = f"SELECT name FROM webresource WHERE {column} = ?"  # noqa: S608  One of two names above.
    with state.storage.read() as session:
        return str(session.value(sql, (resource.strip("{}").lower() if column != "name" else resource,)) or "")
