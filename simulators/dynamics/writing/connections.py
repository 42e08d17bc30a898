"""Connections between two records: each is kept as two rows, one per direction.

Sources: Microsoft Learn, "Use connections to link records to each other" (both rows), and the table reference of
connection (types of the two records and the reciprocal row are read-only, rows go with either record).
"""

from __future__ import annotations

from simulators.dynamics.errors import invalid
from simulators.dynamics.schema.catalog import Catalog, Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import Row, change, insert
from simulators.dynamics.store.storage import Session

SWAPPED = {"record1": "record2", "record2": "record1"}


def settle(catalog: Catalog, table: Table, values: Row, old: Row | None) -> None:
    """Fills in the types of both records. Raises ApiError (400) when one is missing."""
    if table.logical != "connection":
        return
    for end in SWAPPED:
        if not values.get(f"{end}id", (old or {}).get(f"{end}id")):
            raise invalid(f"The {end}id of a connection is missing: it needs a source and a target record.")
        kind = values.get(f"{end}id__type")
        if kind:
            values[f"{end}objecttypecode"] = catalog.tables[kind].otc


def created(state: Dynamics, session: Session, table: Table, row_id: str, values: Row) -> None:
    """Makes the row of the other direction."""
    if table.logical != "connection":
        return
    other = state.new_id()
    reverse = {**_reversed(values), table.key: other, "relatedconnectionid": row_id, "ismaster": 0}
    insert(session, table, {**reverse, "versionnumber": session.next_version()})
    change(session, table, row_id, {"relatedconnectionid": other, "ismaster": 1})


def changed(session: Session, table: Table, old: Row, values: Row) -> None:
    """The other direction says the same."""
    if table.logical == "connection" and old.get("relatedconnectionid"):
        reverse = {**_reversed(values), "versionnumber": session.next_version()}
        change(session, table, old["relatedconnectionid"], reverse)


def _reversed(values: Row) -> Row:
    """The values with both ends the other way round."""
    return {SWAPPED.get(name[:7], name[:7]) + name[7:]: value for name, value in values.items()}
