"""The authority's addresses: discovery, the token endpoint and the sign-in page."""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as Reply

from simulators.dynamics.authority.authority import Authority, OAuthError, Person

PUBLIC = "https://login.microsoftonline.com"
ALIASES = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]

CANCELLED = {"error": "access_denied", "error_description": "AADSTS65004: User declined to consent to access the app."}


def add_authority(app: Flask, authority: Authority, people: Callable[[], list[Person]]) -> None:
    """Registers the routes. `people` lists who can sign in."""

    @app.get("/<tenant>/v2.0/.well-known/openid-configuration")
    def discover(tenant: str) -> tuple[Response, int] | Response:
        if tenant.lower() != authority.tenant.lower():
            return refusal(OAuthError(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found."))
        return jsonify(discovery(f"{_base()}/{tenant}"))

    @app.get("/common/discovery/instance")
    def instance() -> Response:
        where = f"{PUBLIC}/{authority.tenant}/v2.0/.well-known/openid-configuration"
        names = {"preferred_network": ALIASES[0], "preferred_cache": ALIASES[1], "aliases": ALIASES}
        return jsonify({"tenant_discovery_endpoint": where, "api-version": "1.1", "metadata": [names]})

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> tuple[Response, int] | Response:
        try:
            if tenant.lower() != authority.tenant.lower():
                raise OAuthError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
            return jsonify(authority.token(request.form.to_dict(), f"{_base()}/{tenant}/oauth2/v2.0/token"))
        except OAuthError as error:
            return refusal(error)

    @app.get("/<tenant>/oauth2/v2.0/authorize")
    def authorize(tenant: str) -> Reply | tuple[Response, int]:
        try:
            authority.admit(tenant, request.args.to_dict())
        except OAuthError as error:
            return refusal(error)
        return _signed_in(authority, people(), request.args.to_dict())


def _signed_in(authority: Authority, people: list[Person], query: dict[str, str]) -> Reply:
    """Back to the application with a code, or the page that asks who it is."""
    if query.get("error") == "access_denied":
        return _return(query, CANCELLED)
    wanted = (query.get("login_hint") or authority.signed_in).lower()
    person = next((one for one in people if one.upn.lower() == wanted), None)
    if person is None:
        return Response(_choice(people, query), mimetype="text/html")
    return _return(query, {"code": authority.authorize(query, person), "session_state": str(uuid.uuid4())})


def _base() -> str:
    """Where the authority says it is. Clients that insist on https reach a plain server through a rewriting proxy."""
    return request.host_url.rstrip("/") if request.is_secure else PUBLIC


def discovery(issuer: str) -> dict[str, Any]:
    """The discovery document of an issuer."""
    return {
        "issuer": f"{issuer}/v2.0",
        "authorization_endpoint": f"{issuer}/oauth2/v2.0/authorize",
        "token_endpoint": f"{issuer}/oauth2/v2.0/token",
        "jwks_uri": f"{issuer}/discovery/v2.0/keys",
        "device_authorization_endpoint": f"{issuer}/oauth2/v2.0/devicecode",
        "response_modes_supported": ["query", "form_post"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
    }


def refusal(error: OAuthError) -> tuple[Response, int]:
    """An error as the token endpoint words it."""
    trace = str(uuid.uuid4())
    text = f"AADSTS{error.number}: {error.description} Trace ID: {trace}"
    body = {"error": error.error, "error_description": text, "error_codes": [error.number], "trace_id": trace}
    return jsonify(body), error.status


def _return(query: dict[str, str], told: dict[str, str]) -> Reply:
    answer = {**told, **({"state": query["state"]} if "state" in query else {})}
    if query.get("response_mode") != "form_post":
        joint = "&" if "?" in query["redirect_uri"] else "?"
        return redirect(f"{query['redirect_uri']}{joint}{urlencode(answer)}")
    fields = "".join(f'<input type="hidden" name="{k}" value="{html.escape(v)}">' for k, v in answer.items())
    action = html.escape(query["redirect_uri"])
    page = f'<body onload="document.forms[0].submit()"><form method="post" action="{action}">{fields}</form></body>'
    return Response(page, mimetype="text/html")


def _choice(people: list[Person], query: dict[str, str]) -> str:
    hints = [(html.escape(urlencode({**query, "login_hint": one.upn})), html.escape(one.name)) for one in people]
    links = "".join(f'<li><a href="?{hint}">{name}</a></li>' for hint, name in hints)
    back = html.escape(urlencode({**query, "error": "access_denied"}))
    listed = f'<ul>{links}</ul><p><a href="?{back}">Back</a></p>'
    return f"<!doctype html><html lang=en><title>Sign in</title><h1>Pick an account</h1>{listed}"
