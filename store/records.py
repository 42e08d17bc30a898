"""Records: where every record of Dynamics that was ever read stands, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync.model import Entity
from sync.survivors import RecordKey

SQL = Statements("records")


def put(tx: Tx, connection_id: int, rows: Sequence[Row]) -> None:
    """Notes where records stand.

    A row: {entity, record_id, state, version, address, reason, shadowed_by, modified_on, awaits, opted_out}. awaits:
    the account that a person belongs to, while it isn't in ActiveCampaign. An older version never replaces a newer one,
    unless the record had been deleted.
    """
    if rows:
        SQL.run(tx, "put", connection_id=connection_id, rows=jsonb(rows))


def get(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> Row | None:
    """One record: the columns of the table."""
    return SQL.row(tx, "get", connection_id=connection_id, entity=entity, record_id=record_id)


def of_address(tx: Tx, connection_id: int, address: str) -> list[Row]:
    """All records with this address."""
    return SQL.rows(tx, "of_address", connection_id=connection_id, address=address)


def shadowed(tx: Tx, connection_id: int, addresses: Sequence[str]) -> list[Row]:
    """Records of these addresses that another record stands before."""
    return SQL.rows(tx, "shadowed", connection_id=connection_id, addresses=list(addresses))


def shadow(tx: Tx, connection_id: int, dethroned: Mapping[RecordKey, RecordKey]) -> int:
    """Notes that records lost their link: record -> the one that holds it now. Answers with how many were changed."""
    rows = [
        {"entity": entity, "record_id": record_id, "by_entity": by_entity, "by_id": by_id}
        for (entity, record_id), (by_entity, by_id) in dethroned.items()
    ]
    return SQL.run(tx, "shadow", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def opted_out(tx: Tx, connection_id: int, addresses: Sequence[str]) -> dict[str, set[RecordKey]]:
    """Which records of these addresses are opted out: whoever shares an address is one person."""
    found: dict[str, set[RecordKey]] = {}
    for row in SQL.rows(tx, "opted_out", connection_id=connection_id, addresses=list(addresses)):
        found.setdefault(row["address"], set()).add((Entity(row["entity"]), row["record_id"]))
    return found


def states(tx: Tx, connection_id: int, entity: Entity, ids: Sequence[str]) -> dict[str, str]:
    """Where these records stood when they were read last."""
    rows = SQL.rows(tx, "states", connection_id=connection_id, entity=entity, ids=list(ids))
    return {row["record_id"]: row["state"] for row in rows}


def deleted(tx: Tx, connection_id: int, addresses: Sequence[str]) -> set[str]:
    """Those of the addresses of which a record was deleted in Dynamics and none is left."""
    return set(SQL.column(tx, "deleted", connection_id=connection_id, addresses=list(addresses)))


def versions(tx: Tx, connection_id: int, entity: Entity, ids: Sequence[str], reason: str) -> dict[str, int]:
    """The versions of those records that were last left alone for this reason."""
    rows = SQL.rows(tx, "versions", connection_id=connection_id, entity=entity, ids=list(ids), reason=reason)
    return {row["record_id"]: row["version"] for row in rows}


def unseen(tx: Tx, connection_id: int, entity: Entity, since: datetime) -> list[str]:
    """Records that have not been read since, and that nobody knows to be deleted."""
    return SQL.column(tx, "unseen", connection_id=connection_id, entity=entity, since=since)


def arrived(tx: Tx, connection_id: int) -> dict[Entity, list[str]]:
    """People whose account has come to ActiveCampaign since they were read. Each is told of once."""
    found: dict[Entity, list[str]] = {}
    for row in SQL.rows(tx, "arrived", connection_id=connection_id):
        found.setdefault(Entity(row["entity"]), []).append(row["record_id"])
    return found


def counts(tx: Tx, connection_id: int) -> list[Row]:
    """How many records stand where: {entity, state, count}."""
    return SQL.rows(tx, "counts", connection_id=connection_id)


def wait(tx: Tx, connection_id: int, entity: Entity, rows: Sequence[Row]) -> int:
    """Notes that records wait: {record_id, reason, awaits}, the id of the record they wait for or None."""
    return SQL.run(tx, "wait", connection_id=connection_id, entity=entity, rows=jsonb(rows)) if rows else 0
