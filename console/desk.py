"""What a view works with: the services of this process, one connection, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, current_app, g
from flask_login import current_user

from engine import configure, metadata
from engine.context import Context
from engine.wake import Wake
from store import connections
from store.db import Tx
from worker.services import Services

Send = Callable[[Iterable[Wake]], None]
NAME: Final = "ac365"
"""Where Flask keeps it among its extensions."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The services and the door to the queue. send: takes wake-ups after the commit."""

    services: Services
    send: Send

    def transaction(self) -> AbstractContextManager[Tx]:
        """A transaction on the store."""
        return self.services.db.transaction()


def desk() -> Desk:
    """The desk of this application."""
    found: Desk = current_app.extensions[NAME]
    return found


def connection(connection_id: int) -> dict[str, Any]:
    """The row of a connection, read once per request. Answers 404 where there is none."""
    kept: dict[int, dict[str, Any]] = g.setdefault("connections", {})
    if connection_id not in kept:
        with desk().transaction() as tx:
            found = connections.get(tx, connection_id)
        if found is None:
            abort(404, "There is no such connection.")
        kept[connection_id] = dict(found)
    return kept[connection_id]


def document(connection_id: int) -> tuple[int, dict[str, Any]]:
    """The version and the configuration that are current. Answers 404 where there is no connection."""
    connection(connection_id)
    with desk().transaction() as tx:
        return configure.current(tx, connection_id)


def context(connection_id: int) -> Context:
    """The engine's context of a connection. Raises SyncError where a service has to be asked first and is away."""
    connection(connection_id)
    return desk().services.context(connection_id)


def known_context(connection_id: int) -> Context | None:
    """The same without a question to anybody, None while the services have never said what they have."""
    connection(connection_id)
    services = desk().services
    return None if metadata.missing(services.db, connection_id) else services.context(connection_id)


def author() -> str:
    """Who is asking, for the audit log."""
    return str(current_user.author)
