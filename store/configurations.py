"""Configurations: every version that was ever saved, so that a cycle can say which one it ran with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from store import audit, connections
from store.documents import jsonb
from store.errors import Stale
from store.statements import Statements, Tx

SQL = Statements("configurations")


def save(tx: Tx, connection_id: int, document: dict[str, Any], author: str, expected_version: int | None = None) -> int:
    """Files the next version and answers with its number, counted from 1.

    `expected_version`: the version the author looked at, 0 for none yet; raises Stale when there is a newer one.
    """
    connections.lock(tx, connection_id)
    version, before = current(tx, connection_id) or (0, None)
    if expected_version not in (None, version):
        raise Stale(f"the configuration is at version {version}, not {expected_version}")
    SQL.run(tx, "add", connection_id=connection_id, version=version + 1, document=jsonb(document), author=author)
    audit.write(tx, connection_id, author, "configure", f"version {version + 1}", before=before, after=document)
    return version + 1


def current(tx: Tx, connection_id: int) -> tuple[int, dict[str, Any]] | None:
    """The newest version and its document; None before the first one."""
    row = SQL.row(tx, "current", connection_id=connection_id)
    return (row["version"], row["document"]) if row else None


def at(tx: Tx, connection_id: int, version: int) -> dict[str, Any] | None:
    """The document of one version."""
    found: dict[str, Any] | None = SQL.value(tx, "at", connection_id=connection_id, version=version)
    return found


def prune(tx: Tx, before: datetime) -> int:
    """Forgets versions that were saved before this time and that nothing names any more; answers with how many."""
    return SQL.run(tx, "prune", before=before)
