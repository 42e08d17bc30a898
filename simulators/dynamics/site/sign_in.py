"""Signing in and out in a browser, without a password: `/_sim/sign_in` and `/_sim/sign_out`."""

from __future__ import annotations

import html
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as Reply

from simulators.common.app import CONTROL
from simulators.dynamics.sessions import COOKIE, secret_of
from simulators.dynamics.state import Dynamics

Answer = Reply | tuple[Response, int]


def add_sign_in(app: Flask, state: Dynamics) -> None:
    """Registers the two routes."""

    @app.get(f"{CONTROL}/sign_in")
    def begin_session() -> Answer:
        """`?upn=`: begins a session of an existing, enabled person, else 404. `to` is a path of this environment to go
        on with. Without `upn` the person in every browser signs in, else a page asks who it is."""
        upn = request.args.get("upn") or state.authority.signed_in
        if not upn:
            return Response(_choice(state), mimetype="text/html")
        user = _person(state, upn)
        if user is None:
            return jsonify(error="nobody of this name can sign in"), 404
        reply = redirect(_below(request.args.get("to", ""))) if "to" in request.args else jsonify(systemuserid=user)
        reply.set_cookie(COOKIE, state.sessions.begin(user), httponly=True, secure=request.is_secure, samesite="Lax")
        return reply

    @app.get(f"{CONTROL}/sign_out")
    def end_session() -> Answer:
        """Ends the session of this browser."""
        state.sessions.end(secret_of(request.headers))
        reply = jsonify(ok=True)
        reply.delete_cookie(COOKIE)
        return reply


def _person(state: Dynamics, upn: str) -> str | None:
    """The id of an enabled person; applications are none."""
    sql = "SELECT systemuserid FROM systemuser WHERE domainname = ? AND isdisabled = 0 AND applicationid IS NULL"
    with state.storage.read() as session:
        found = session.value(sql, (upn.lower(),))
    return str(found) if found else None


def _below(target: str) -> str:
    """A path of this environment, never another host's."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _choice(state: Dynamics) -> str:
    links = (
        f'<li><a href="?{html.escape(urlencode({**request.args, "upn": one.upn}))}">{html.escape(one.name)}</a></li>'
        for one in state.people()
    )
    return f"<!doctype html><html lang=en><title>Sign in</title><h1>Pick an account</h1><ul>{''.join(links)}</ul>"
