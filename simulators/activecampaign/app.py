"""The simulated ActiveCampaign as a Flask application."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from simulators.activecampaign.core.answers import Problem
from simulators.activecampaign.routes import control, control_automations, control_people
from simulators.activecampaign.routes.families import FAMILIES
from simulators.activecampaign.routes.gate import add_gate
from simulators.activecampaign.routes.glitches import add_glitches
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.app import add_control


def make(state: ActiveCampaign) -> Flask:
    """The application that serves this account."""
    app = Flask("activecampaign")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]
    app.extensions["activecampaign"] = state
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _unrouted)
    # Statistics count arrivals, so they come before the gate that may turn a call away.
    add_control(app, state.faults, state.stats, state.switches, state.log)
    add_gate(app)
    add_glitches(app)
    for family in FAMILIES:
        app.register_blueprint(family)
    app.register_blueprint(control.api)
    app.register_blueprint(control_people.api)
    app.register_blueprint(control_automations.api)
    return app


def _problem(problem: Problem) -> Response:
    answer = Response(problem.body) if isinstance(problem.body, str) else jsonify(problem.body)
    answer.status_code = problem.status
    answer.headers.update(problem.headers)
    return answer


def _unrouted(error: HTTPException) -> Response:
    answer = jsonify(message=error.name)
    answer.status_code = error.code or 500
    return answer
