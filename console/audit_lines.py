"""Lines of the audit log, for the page and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import differences
from store import audit
from store.db import Tx


def of(tx: Tx, said: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    """Lines, the newest first, each with its `changes`. said: {connection, author, action, before}, None for any."""
    where = {"connection_id": said["connection"], "author": said["author"], "action": said["action"]}
    rows = audit.page(tx, limit, before=said["before"], **where)
    return [{**row, "changes": differences.between(row["before"], row["after"])} for row in rows]
