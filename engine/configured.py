"""The configuration that is current, whichever version of ac365 it was saved with."""

from __future__ import annotations

from typing import Any

from config import document as documents
from store import configurations
from store.db import Tx


def current(tx: Tx, connection_id: int) -> tuple[int, dict[str, Any]] | None:
    """The newest version and its document, with the defaults of what is new since; None before the first one."""
    found = configurations.current(tx, connection_id)
    return (found[0], documents.completed(found[1])) if found else None
