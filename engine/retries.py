"""Retries: failed records that are due are read anew from Dynamics and transformed with today's mapping."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from engine import cycles
from engine.wake import Wake
from store import asked, failures, wanted
from store.db import Database, Tx
from sync.model import CycleKind, Direction, Entity, Lane

AT_ONCE = 1000
FORGOTTEN_AFTER = timedelta(minutes=15)


def wake_due(db: Database, now: datetime) -> list[Wake]:
    """Puts every failure that is due among the wanted records and opens a retry cycle for each connection.

    Records that are wanted since long are taken up again: the cycle that was to read them has failed.
    """
    with db.transaction() as tx:
        forgotten = _taken_up(tx, now)
        due: dict[int, dict[Entity, list[str]]] = defaultdict(lambda: defaultdict(list))
        there: dict[tuple[int, Entity, bool], list[int]] = defaultdict(list)
        for row in failures.due(tx, now, AT_ONCE):
            if row["direction"] == Direction.INBOUND and row["ac_id"]:
                wanted_there = (row["request"] or {}).get("action") == "create"
                there[row["connection_id"], Entity(row["entity"]), wanted_there].append(row["ac_id"])
            elif row["record_id"]:
                due[row["connection_id"]][Entity(row["entity"])].append(str(row["record_id"]))
        retried = [read_again(tx, connection_id, found, "retry") for connection_id, found in due.items()]
        looked = [
            look_again(tx, where, entity, ids, "retry", create=new) for (where, entity, new), ids in there.items()
        ]
        return [*forgotten, *(wake for wakes in (*retried, *looked) for wake in wakes)]


def _taken_up(tx: Tx, now: datetime) -> list[Wake]:
    wakes: list[Wake] = []
    for row in wanted.forgotten(tx, now, now - FORGOTTEN_AFTER):
        lane, nothing_more = Lane(row["lane"]), {Entity(row["entity"]): list[str]()}
        wakes += read_again(tx, row["connection_id"], nothing_more, "taken up again", lane)
    for row in asked.forgotten(tx, now, now - FORGOTTEN_AFTER):
        wakes += cycles.open_inbound(tx, row["connection_id"], "taken up again", Lane(row["lane"]), row["kind"])
    return wakes


def look_again(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    ac_ids: list[int],
    requested_by: str,
    lane: Lane = Lane.SYNC,
    *,
    create: bool = False,
) -> list[Wake]:
    """Asks for these contacts or accounts of ActiveCampaign to be looked at anew; create: a request to make them."""
    kind = "account" if entity is Entity.ACCOUNT else "person"
    if not ac_ids:
        return []
    asked.put(tx, connection_id, ac_ids, entity=entity if create else None, lane=lane, kind=kind)
    return cycles.open_inbound(tx, connection_id, requested_by, lane, kind)


def read_again(
    tx: Tx, connection_id: int, records: dict[Entity, list[str]], requested_by: str, lane: Lane = Lane.SYNC
) -> list[Wake]:
    """Asks for these records to be read anew; a waiting retry cycle takes them along, else one is opened."""
    for entity, ids in records.items():
        wanted.put(tx, connection_id, entity, lane, ids)
    kind = CycleKind.RECORD if lane is Lane.LIVE else CycleKind.RETRY
    return cycles.open_now(
        tx, connection_id, kind, list(records), requested_by, lane=lane, direction=Direction.OUTBOUND
    )[1]
