"""The web application that takes deliveries of ActiveCampaign: it stores the wish and leaves the work to others.

ActiveCampaign never repeats a delivery, waits two seconds for an answer, and switches a webhook off for good when the
answer is 410 (developers.activecampaign.com, page "Webhooks"). So: 202 once the wish is stored; 404, 413, 422 and 503
where something is wrong; and never 410. Dynamics may tell here that somebody asked for something, which
is a hint to look at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound

from engine import asked
from engine.asked import Purpose
from engine.hook_paths import PREFIX, Signer
from engine.requests import listening
from engine.wake import Wake
from store import connections
from store.db import Database, Tx
from store.errors import Contended, StoreError
from webhooks.body import contact_id, said_at
from webhooks.seldom import Seldom
from worker import readiness
from worker.services import now

LARGEST_BODY = 2**20
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
NO_CONTACT = "No contact: this delivery lacks a usable contact[id]."
AWAY = "The database can't be used. Nothing was stored."

Send = Callable[[Iterable[Wake]], None]
Parts = Callable[[], dict[str, bool]]
"""Whether each part of the installation is well, by name."""
log = structlog.get_logger()


def make(db: Database, signer: Signer, send: Send, parts: Parts = dict) -> Flask:
    """The application. send: takes wake-ups after the commit and returns at once; parts: what `/readyz` tells of."""
    app = Flask(__name__, static_folder=None)
    app.config |= {"MAX_CONTENT_LENGTH": LARGEST_BODY, "PROVIDE_AUTOMATIC_OPTIONS": False}
    # No answer redirects: a delivery that follows one arrives without its body.
    app.url_map.merge_slashes = False
    receiver = Receiver(db, signer, send)
    purposes = ", ".join(f'"{purpose}"' for purpose in Purpose)
    address = f"{PREFIX}/<int:connection_id>/<any({purposes}):purpose>/<signature>"
    app.add_url_rule(address, view_func=receiver.take, methods=["POST"])
    app.add_url_rule(f"{PREFIX}/health", view_func=receiver.health)
    app.add_url_rule("/healthz", endpoint="alive", view_func=lambda: _said(200, "ok"))
    app.add_url_rule("/readyz", endpoint="ready", view_func=lambda: _plain(*readiness.told(parts())))
    app.register_error_handler(HTTPException, receiver.refuse)
    app.register_error_handler(StoreError, receiver.away)
    app.register_error_handler(Exception, _fault)
    app.after_request(_guarded)
    return app


class Receiver:
    """What is behind the addresses. A path holds a secret and a body personal data: neither is ever logged."""

    def __init__(self, db: Database, signer: Signer, send: Send) -> None:
        self._db = db
        self._signer = signer
        self._send = send
        self._strangers = Seldom("webhook_refused")
        self._misses = Seldom("webhooks_without_database")

    def take(self, connection_id: int, purpose: str, signature: str) -> Response:
        """Stores the wish of one delivery: 202, or 422 when it names no contact. Raises NotFound, StoreError."""
        wanted = Purpose(purpose)
        generation = self._signer.generation(connection_id, wanted, signature)
        if generation is None:
            raise NotFound
        if wanted is Purpose.REQUESTS:
            return self._hinted(connection_id, generation)
        body = request.get_data(cache=False)
        ac_id, at = contact_id(body), said_at(body)
        if ac_id is None:
            return _said(422, NO_CONTACT)
        try:
            wakes = self._stored(connection_id, generation, wanted, ac_id, at)
        except Contended:
            # Nothing was kept, and nobody would deliver it again.
            wakes = self._stored(connection_id, generation, wanted, ac_id, at)
        self._send(wakes)
        log.info("webhook_taken", connection_id=connection_id, purpose=wanted.value, ac_id=ac_id)
        return _said(202, "Taken.")

    def _hinted(self, connection_id: int, generation: int) -> Response:
        """Dynamics says that somebody asked for something. Whatever else it says is read from Dynamics itself."""
        request.get_data(cache=False)
        with self._db.transaction() as tx:
            self._require(tx, connection_id, generation)
        self._send([listening.hint(connection_id)])
        log.info("webhook_taken", connection_id=connection_id, purpose=Purpose.REQUESTS.value)
        return _said(202, "Taken.")

    def _stored(
        self, connection_id: int, generation: int, purpose: Purpose, ac_id: int, at: datetime | None
    ) -> list[Wake]:
        with self._db.transaction() as tx:
            self._require(tx, connection_id, generation)
            return asked.ask(tx, connection_id, purpose, ac_id, now(), at)

    def _require(self, tx: Tx, connection_id: int, generation: int) -> None:
        connection = connections.get(tx, connection_id)
        if connection is None or connection["webhook_generation"] != generation:
            # The address was good once, and was renewed since.
            raise NotFound

    def health(self) -> Response:
        """200 while a wish could be stored, else 503."""
        with self._db.transaction():
            return _said(200, "Ready.")

    def refuse(self, error: HTTPException) -> Response:
        """Whichever rule was broken: in plain text and without detail."""
        if error.code == NotFound.code:
            self._strangers.happened()
        answer = _said(error.code or 500, f"{error.name}.")
        if allowed := getattr(error, "valid_methods", None):
            answer.headers["Allow"] = ", ".join(sorted(allowed))
        return answer

    def away(self, error: StoreError) -> Response:
        """503: nothing could be stored."""
        self._misses.happened(error=type(error).__name__)
        return _said(503, AWAY)


def _said(status: int, text: str) -> Response:
    return _plain(f"{text}\n", status)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _fault(error: Exception) -> Response:
    """An error nobody expected. Its text and the path stay out of the log: both may hold what must not be there."""
    log.error("webhook_failed", error=type(error).__name__)
    return _said(500, "A fault in ac365; see its log.")


def _guarded(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer
