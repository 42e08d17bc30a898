"""Asked: records of ActiveCampaign that somebody wants to be looked at, for a retry, a webhook or a request to
create."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.statements import Row, Statements, Tx
from sync.model import Entity, Lane

SQL = Statements("asked")


def put(
    tx: Tx, connection_id: int, ac_ids: Sequence[int], *, entity: Entity | None, lane: Lane, kind: str = "person"
) -> None:
    """Asks for these contacts (kind `person`) or accounts; asking twice is asking once.

    entity: what is to be created in Dynamics for them, None where they are only to be looked at. A request to create
    is not forgotten because somebody else only wants to look.
    """
    SQL.run(tx, "put", connection_id=connection_id, ac_ids=list(ac_ids), entity=entity, lane=lane, kind=kind)


def peek(tx: Tx, connection_id: int, kind: str, lane: Lane, limit: int) -> dict[int, Entity | None]:
    """Who was asked for first, with what is to be created. They stay on the list until `take`."""
    rows = SQL.rows(tx, "peek", connection_id=connection_id, kind=kind, lane=lane, limit=limit)
    return {row["ac_id"]: Entity(row["entity"]) if row["entity"] else None for row in rows}


def take(tx: Tx, connection_id: int, kind: str, lane: Lane, ac_ids: Sequence[int]) -> int:
    """Strikes them off the list, in the transaction that files them; answers with how many are still on it."""
    scope = {"connection_id": connection_id, "kind": kind, "lane": lane}
    SQL.run(tx, "take", **scope, ac_ids=list(ac_ids))
    return int(SQL.value(tx, "remaining", **scope))


def forgotten(tx: Tx, now: datetime, before: datetime) -> list[Row]:
    """{connection_id, lane, kind} of what was asked for before that time and no cycle is about to read, each once.

    They count as asked for at `now`: open a cycle for them.
    """
    found = SQL.rows(tx, "forgotten", now=now, before=before)
    return [dict(key) for key in dict.fromkeys(tuple(row.items()) for row in found)]


def of_record(tx: Tx, connection_id: int, kind: str, ac_id: int) -> list[Row]:
    """Where this record is asked for: {lane, entity, asked_at}."""
    return SQL.rows(tx, "of_record", connection_id=connection_id, kind=kind, ac_id=ac_id)
