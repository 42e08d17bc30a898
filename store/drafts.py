"""Drafts: what somebody is changing about a configuration and has not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("drafts")


def get(tx: Tx, connection_id: int, user_id: int) -> Row | None:
    """version, document, changed_at; None when this person changes nothing."""
    return SQL.row(tx, "get", connection_id=connection_id, user_id=user_id)


def put(tx: Tx, connection_id: int, user_id: int, version: int, document: Mapping[str, Any], now: datetime) -> None:
    """Keeps a draft in place of the former one. version: of the configuration that it started from."""
    SQL.run(tx, "put", connection_id=connection_id, user_id=user_id, version=version, document=jsonb(document), now=now)


def remove(tx: Tx, connection_id: int, user_id: int) -> bool:
    """Drops the draft; False when there was none."""
    return SQL.run(tx, "remove", connection_id=connection_id, user_id=user_id) == 1
