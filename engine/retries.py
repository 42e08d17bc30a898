"""Retries: failed records that are due are read anew from Dynamics and transformed with today's mapping."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from engine import cycles
from engine.wake import Wake
from store import failures, wanted
from store.db import Database, Tx
from sync.model import CycleKind, Entity, Lane

AT_ONCE = 1000
FORGOTTEN_AFTER = timedelta(minutes=15)


def wake_due(db: Database, now: datetime) -> list[Wake]:
    """Puts every failure that is due among the wanted records and opens a retry cycle for each connection.

    Records that are wanted since long are taken up again: the cycle that was to read them has failed.
    """
    with db.transaction() as tx:
        forgotten = _taken_up(tx, now)
        due: dict[int, dict[Entity, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in failures.due(tx, now, AT_ONCE):
            due[row["connection_id"]][Entity(row["entity"])].append(str(row["record_id"]))
        retried = [read_again(tx, connection_id, found, "retry") for connection_id, found in due.items()]
        return [*forgotten, *(wake for wakes in retried for wake in wakes)]


def _taken_up(tx: Tx, now: datetime) -> list[Wake]:
    wakes: list[Wake] = []
    for row in wanted.forgotten(tx, now, now - FORGOTTEN_AFTER):
        lane, nothing_more = Lane(row["lane"]), {Entity(row["entity"]): list[str]()}
        wakes += read_again(tx, row["connection_id"], nothing_more, "taken up again", lane)
    return wakes


def read_again(
    tx: Tx, connection_id: int, records: dict[Entity, list[str]], requested_by: str, lane: Lane = Lane.SYNC
) -> list[Wake]:
    """Asks for these records to be read anew; a waiting retry cycle takes them along, else one is opened."""
    for entity, ids in records.items():
        wanted.put(tx, connection_id, entity, lane, ids)
    kind = CycleKind.RECORD if lane is Lane.LIVE else CycleKind.RETRY
    return cycles.open_now(tx, connection_id, kind, list(records), requested_by, lane=lane)[1]
