"""What was changed and not yet published: forms and web resources have a published and a latest version.

Plain reads give the published one; RetrieveUnpublished and RetrieveUnpublishedMultiple the latest (Microsoft Learn,
"Retrieve published metadata", and "RetrieveUnpublishedRequest Class"). What is new is published at once, and what is
deleted is gone at once ("Publish customizations").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulators.dynamics.schema.catalog import Catalog, Table
from simulators.dynamics.store.rows import change, telling
from simulators.dynamics.store.storage import Session

DRAFTED = frozenset({"systemform", "webresource"})
KEPT = 'SELECT vals FROM "~drafts" WHERE tbl = ? AND id = ?'
KEEP = 'INSERT OR REPLACE INTO "~drafts" VALUES (?, ?, ?)'
FORGET = 'DELETE FROM "~drafts" WHERE tbl = ? AND id = ?'


def keep(session: Session, table: Table, row_id: str, values: Mapping[str, Any]) -> None:
    """Keeps values of a row for the next publication, on top of those that wait already."""
    latest = {**waiting(session, table, row_id), **values}
    session.run(KEEP, (table.logical, row_id, json.dumps(latest)))
    session.note(table.logical, row_id, "updated", telling(values))


def waiting(session: Session, table: Table, row_id: str) -> dict[str, Any]:
    """The values of a row that wait for publication."""
    found = session.value(KEPT, (table.logical, row_id))
    return dict(json.loads(found)) if found else {}


def forget(session: Session, table: Table, row_id: str) -> None:
    """Drops what waits, as for a row that is deleted."""
    session.run(FORGET, (table.logical, row_id))


def publish(session: Session, table: Table, row_id: str) -> None:
    """What waits for this row becomes visible to everybody."""
    values = waiting(session, table, row_id)
    if values:
        change(session, table, row_id, {**values, "versionnumber": session.next_version()})
        forget(session, table, row_id)


def show_latest(session: Session, catalog: Catalog, name: str) -> None:
    """Puts the latest version of every row of a table in place, for a session that is rolled back afterwards."""
    table = catalog.tables[name]
    for row_id, values in session.rows('SELECT id, vals FROM "~drafts" WHERE tbl = ?', (name,)):
        change(session, table, row_id, json.loads(values))
