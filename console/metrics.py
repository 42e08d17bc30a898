"""Metrics for Prometheus: `GET /metrics`, to whoever holds the token, or to this machine alone where there is none."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from clients.loopback import HOSTS
from console.access.people import BEARER
from console.access.roles import Role, needs
from console.desk import desk
from engine import metrics
from engine.alerts.reading import read
from worker.services import Services

blueprint: Final = Blueprint("metrics", __name__)
FRESH_S: Final = 5.0
"""Whoever asks more often is told the same again."""
NAME: Final = "ac365 metrics"
"""Where Flask keeps what reads them among its extensions."""
LOCAL: Final = ("127.0.0.1", "::1")
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""Who was sent on by a proxy does not come from this machine, whatever its address says."""
ELSEWHERE: Final = "Set AC365_METRICS_TOKEN to read metrics from another machine."


class Installation(Collector):
    """Reads the installation anew for every scrape, but not more often than every few seconds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reading = threading.Lock()
        self._kept: list[Metric] = []
        self._read_at = float("-inf")

    def collect(self) -> Iterable[Metric]:
        """All families. Raises StoreError without the database."""
        with self._reading:
            if time.monotonic() - self._read_at > FRESH_S:
                self._kept = list(families(metrics.values(read(self._services, self._services.now()))))
                self._read_at = time.monotonic()
            return self._kept


def families(found: Iterable[metrics.Value]) -> Iterator[Metric]:
    """Values by metric, each with its help; a metric without a value is left out."""
    made: dict[str, Any] = {}
    for value in found:
        if value.name not in made:
            made[value.name] = _family(value.name)
        made[value.name].add_metric(value.labels, float(value.value))
    yield from made.values()


def _family(name: str) -> Metric:
    told = metrics.METRICS[name]
    kind = CounterMetricFamily if told.kind == "counter" else GaugeMetricFamily
    return kind(name, told.help, labels=told.labels)


def register(app: Flask, services: Services) -> None:
    """Makes the address known to the application."""
    app.extensions[NAME] = Installation(services)
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
@needs(Role.ANYBODY)
def show() -> Response:
    """Everything, in the format that the scraper prefers."""
    _let_in()
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(current_app.extensions[NAME]), content_type=kind)


def _let_in() -> None:
    """Answers 401 without the token, and 403 to another machine where there is no token."""
    token = desk().services.settings.metrics_token
    if not token and not _is_here():
        abort(403, ELSEWHERE)
    if token and not hmac.compare_digest(
        request.headers.get("Authorization", "").encode(), f"{BEARER}{token}".encode()
    ):
        abort(401, "Metrics need the token of AC365_METRICS_TOKEN.")


def _is_here() -> bool:
    # A page elsewhere may let its own name lead here, and have a browser on this machine ask: then the name is foreign.
    name = request.host.rpartition(":")[0] if request.host.count(":") == 1 else request.host
    sent_on = any(header in request.headers for header in FORWARDED)
    return request.remote_addr in LOCAL and not sent_on and name.strip("[]") in HOSTS
