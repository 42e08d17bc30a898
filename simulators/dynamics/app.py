"""The Flask application: the authority, the Web API, the pages and the control routes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from email.utils import format_datetime

from flask import Flask, Response, request

from simulators.common.app import add_control
from simulators.dynamics.authority.sign_in import add_authority
from simulators.dynamics.call import Reply
from simulators.dynamics.control import add_routes
from simulators.dynamics.service import Request, serve
from simulators.dynamics.site.sign_in import add_sign_in
from simulators.dynamics.site.site import make_site
from simulators.dynamics.state import Dynamics

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
SKEW = timedelta(hours=1)


def make(state: Dynamics) -> Flask:
    """The whole simulator as one application on the given state."""
    app = Flask(__name__, static_folder=None)
    add_control(app, state.faults, state.stats, state.switches, state.log)
    add_routes(app, state)
    add_authority(app, state.authority, state.people)
    add_sign_in(app, state)
    app.register_blueprint(make_site(state))

    @app.route("/api/data/<version>/<first>", methods=METHODS, defaults={"rest": ""})
    @app.route("/api/data/<version>/<first>/<path:rest>", methods=METHODS)
    def web_api(**_: str) -> Response:
        """Everything is decided on the raw address, since percent-encoding matters in keys and cookies."""
        target = request.environ.get("RAW_URI") or request.full_path
        sent = Request(request.method, request.host_url.rstrip("/"), target, request.headers, request.get_data())
        return _response(state, serve(state, sent))

    return app


def _response(state: Dynamics, reply: Reply) -> Response:
    response = Response(reply.body, reply.status, reply.headers)
    if reply.body:
        response.headers["Content-Type"] = reply.content_type
    else:
        response.headers.pop("Content-Type", None)
    response.headers["OData-Version"] = "4.0"
    response.headers["x-ms-service-request-id"] = str(uuid.uuid4())
    response.set_cookie("ARRAffinity", "simulated", httponly=True)
    if state.faults.pick(request.method, request.full_path, "clock_skew"):
        response.headers["Date"] = format_datetime(state.clock.now() + SKEW, usegmt=True)
    return response
