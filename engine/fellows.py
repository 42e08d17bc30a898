"""Streams that another stream of the same cycle reads for."""

from __future__ import annotations

from store import streams
from store.db import Tx
from store.statements import Row
from sync.model import Direction, Entity


def reader(tx: Tx, stream: Row) -> Row | None:
    """The stream that has read ActiveCampaign's contacts for this one too: they are leads and contacts in one list."""
    if (stream["entity"], stream["direction"]) != (Entity.LEAD, Direction.INBOUND):
        return None
    return streams.fellow(tx, stream["id"], Entity.CONTACT)
