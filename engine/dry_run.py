"""A dry run in the background: every decision is taken and none carried out; where it stands is kept in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from engine import preview, sizes
from engine.context import Context
from engine.request import Plan
from store import connections, snapshots
from store.db import Tx
from store.errors import StoreError
from sync.errors import SyncError
from sync.model import Entity

KEY: Final = "ac365:dry_run"
LOST_AFTER: Final = timedelta(minutes=5)
"""A dry run that was silent for so long has died with its process."""
INTERRUPTED: Final = "it was interrupted: the console was started anew, or a service kept it waiting for too long"


class Ended(Exception):
    """Somebody stopped this dry run, or began another one."""


def look(tx: Tx, connection_id: int, now: datetime) -> dict[str, Any] | None:
    """The last dry run, None when there was none.

    {state: running, done or failed; entities, version, begun, seen: records read by now by their plural; sizes,
    seconds: what a first sync takes at least; previews: as `Preview.as_json`; error: {message, advice}; at}.
    """
    found = snapshots.get(tx, connection_id, KEY)
    if found is None or found[0] is None:
        return None
    document, at = found
    if document["state"] == "running" and now - at > LOST_AFTER:
        document |= {"state": "failed", "error": {"message": INTERRUPTED, "advice": "Start it again."}}
    return {**document, "at": at}


def begin(tx: Tx, connection_id: int, version: int, entities: Sequence[Entity], now: datetime) -> str | None:
    """Notes that one runs; answers with its token. None: one runs already."""
    connections.lock(tx, connection_id)
    present = look(tx, connection_id, now)
    if present and present["state"] == "running":
        return None
    token = uuid4().hex
    document = {
        "state": "running",
        "token": token,
        "entities": [str(one) for one in entities],
        "version": version,
        "begun": now.isoformat(),
        "seen": {},
        "sizes": [],
        "seconds": None,
        "previews": [],
        "error": None,
    }
    snapshots.put(tx, connection_id, KEY, document)
    return token


def stop(tx: Tx, connection_id: int) -> None:
    """Ends a dry run, and forgets what the last one found."""
    connections.lock(tx, connection_id)
    snapshots.put(tx, connection_id, KEY, None)


def carry_out(context: Context, planned: Plan, token: str) -> None:
    """Takes every decision of the plan and keeps what came of it. It takes as long as reading both services does.

    Raises nothing but what is a fault of ac365: what a service says is kept as the error.
    """
    try:
        counted = sizes.sizes(context, planned.entities)
        told = {
            "sizes": [asdict(one) for one in counted],
            "seconds": sizes.seconds(counted, context.document["limits"]),
        }
        _note(context, token, told)
        found = preview.preview(context, planned, progress=_Progress(context, token))
        _note(context, token, {"state": "done", "previews": [one.as_json() for one in found]})
    except Ended:
        return
    except (SyncError, StoreError) as error:
        _fail(context, token, error.message, error.advice)
    except Exception:
        _fail(context, token, "a fault in ac365 itself; its log says more", "Report it with the version of ac365.")
        raise


class _Progress:
    """Notes how many records were read, every few seconds."""

    EVERY: Final = timedelta(seconds=2)

    def __init__(self, context: Context, token: str) -> None:
        self._context, self._token = context, token
        self._seen: dict[str, int] = {}
        self._noted = context.now()

    def __call__(self, what: str, number: int) -> None:
        self._seen[what] = number
        now = self._context.now()
        if now - self._noted >= self.EVERY:
            _note(self._context, self._token, {"seen": self._seen})
            self._noted = now


def _fail(context: Context, token: str, message: str, advice: str) -> None:
    try:
        _note(context, token, {"state": "failed", "error": {"message": message, "advice": advice}})
    except (Ended, StoreError):
        return


def _note(context: Context, token: str, told: Mapping[str, Any]) -> None:
    """Adds to what is kept. Raises Ended where this dry run is not the one that is kept (any more)."""
    with context.db.transaction() as tx:
        connections.lock(tx, context.id)
        found = snapshots.get(tx, context.id, KEY)
        if found is None or (found[0] or {}).get("token") != token:
            raise Ended
        plain = json.loads(json.dumps(told, default=str))
        snapshots.put(tx, context.id, KEY, {**found[0], **plain})
