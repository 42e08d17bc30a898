"""Adds to a Flask application what both simulators need: faults, statistics and the control routes under /_sim."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

from flask import Flask, Response, g, jsonify, request

from simulators.common.faults import Fault, Faults
from simulators.common.stats import Stats
from simulators.common.writes import WriteLog

CONTROL = "/_sim"


def add_control(app: Flask, faults: Faults, stats: Stats, switches: dict[str, Any], log: WriteLog) -> None:
    """Registers /_sim/health, /_sim/stats, /_sim/writes, /_sim/faults, /_sim/switches, open to everybody."""

    @app.get(f"{CONTROL}/health")
    def health() -> Response:
        return jsonify(ok=True)

    @app.get(f"{CONTROL}/stats")
    def read_stats() -> Response:
        return jsonify(stats.as_json())

    @app.delete(f"{CONTROL}/stats")
    def reset_stats() -> Response:
        stats.reset()
        return jsonify(ok=True)

    @app.get(f"{CONTROL}/writes")
    def read_writes() -> Response:
        return jsonify(log.since(request.args.get("since", 0, int)))

    @app.route(f"{CONTROL}/faults", methods=["GET", "POST", "DELETE"])
    def change_faults() -> Response:
        if request.method == "POST":
            faults.add(Fault(**request.get_json()))
        elif request.method == "DELETE":
            faults.clear()
        return jsonify(faults=faults.listed())

    @app.route(f"{CONTROL}/switches", methods=["GET", "POST"])
    def change_switches() -> tuple[Response, int] | Response:
        wanted = request.get_json() if request.method == "POST" else {}
        unknown = sorted(set(wanted) - set(switches))
        if unknown:
            return jsonify(error=f"unknown switches: {', '.join(unknown)}"), 400
        switches.update(wanted)
        return jsonify(switches)

    _add_faults(app, faults, stats)


def _add_faults(app: Flask, faults: Faults, stats: Stats) -> None:
    @app.before_request
    def strike_before() -> Response | None:
        g.fault = None
        # A body that stays unread would be taken for the next request on this connection.
        request.get_data()
        if request.path.startswith(CONTROL):
            return None
        stats.arrived(f"{request.method} {request.url_rule.rule if request.url_rule else request.path}")
        g.fault = faults.pick(request.method, request.full_path)
        return _before(g.fault) if g.fault else None

    @app.after_request
    def strike_after(response: Response) -> Response:
        if not request.path.startswith(CONTROL):
            response = _after(g.get("fault"), response)
            stats.answered(response.status_code)
        return response


def _before(fault: Fault) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.seconds)
    if fault.kind == "reset_before":
        return drop()
    if fault.kind == "status":
        g.fault = None
        return Response(fault.body, fault.status, fault.headers)
    return None


def _after(fault: Fault | None, response: Response) -> Response:
    if fault is None:
        return response
    if fault.kind == "status_after":
        return Response(fault.body, fault.status, fault.headers)
    if fault.kind == "reset_after":
        return drop()
    if fault.kind == "truncate":
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    return response


def drop() -> Response:
    """Cuts the client's connection, as a crashed proxy would. The answer it returns reaches nobody."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return Response()
