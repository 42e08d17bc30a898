"""What somebody asks for in the console: filed like a request of Dynamics, and carried out by the same rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.requests.recording import ACTIONS
from engine.wake import Stage, Wake
from mapping.companion import Ask
from store import requests
from store.db import Tx
from store.statements import Row
from sync import requests as rules
from sync.model import Entity, Lane

PEOPLE: Final = (Entity.LEAD, Entity.CONTACT)
"""Whom one can ask something for."""
TAKEN: Final = "This id belongs to another request. Make a new one."


class Refused(Exception):
    """It is not filed; the text may be shown."""


class Taken(Refused):
    """The id is that of another request."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. author: for the audit log; who: as people call them; directory_id: in the directory, None for somebody
    without an account there."""

    author: str
    who: str
    directory_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. id: made once for each request, so that sending it again meets itself; target: the key of a
    choice; name: what the target is called, "" where that isn't known."""

    id: str
    ask: Ask
    target: str
    name: str
    entity: Entity
    record_id: str


def file(
    tx: Tx, connection_id: int, wish: Wish, asker: Asker, now: datetime, *, enabled: bool
) -> tuple[Row, list[Wake]]:
    """Files it, once; answers with the request and what to send after the commit. Raises Refused.

    enabled: `panel.enabled`.
    """
    words = rules.unfit(wish.ask, wish.target, has_record=True, asked_at=now, now=now, enabled=enabled)
    if words:
        raise Refused(words)
    row = requests.ask(tx, connection_id, _row(wish, asker, now))
    if row is not None:
        return row, [Wake(Stage.REQUEST, (connection_id, row["id"]), Lane.LIVE)]
    known = requests.of_key(tx, connection_id, wish.id)
    if known is None or not _same(known, wish, asker):
        raise Taken(TAKEN)
    return known, []


def _row(wish: Wish, asker: Asker, now: datetime) -> Row:
    return {
        "request_id": wish.id,
        "kind": wish.ask.value,
        "target": wish.target,
        "name": wish.name,
        "entity": wish.entity,
        "record_id": wish.record_id,
        "who": asker.who,
        "asked_at": now,
        "author": asker.author,
        "directory_id": asker.directory_id,
    }


def _same(row: Row, wish: Wish, asker: Asker) -> bool:
    theirs = (row["author"], row["kind"], row["target"], row["entity"], str(row["record_id"]))
    return theirs == (asker.author, wish.ask.value, wish.target, wish.entity, wish.record_id)


def word(kind: int | None) -> str:
    """What is asked for, in words: add to automation, remove from automation, send campaign."""
    return ACTIONS.get(kind or 0, "request")
