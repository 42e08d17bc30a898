"""The outbox: changes on their way to the other side. pending -> claimed (-> sent with an import) -> settled and gone.

A row gets a new id whenever it becomes pending again, so an id stands for one claim: who lost a lease can't settle,
extend or put back what somebody else has claimed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import streams
from store.documents import jsonb
from store.links import to_link
from store.statements import Row, Statements, Tx
from sync.model import ORDER, Direction, Entity, Lane, Link, Outcome
from sync.survivors import RecordKey

SQL = Statements("outbox")

POISON_ATTEMPTS = 5
"""A row that so many workers died with is not tried again by itself."""
BATCH_PATIENCE_S = 30.0
"""What has waited this long is worth a call of its own."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is this worker's to deliver.

    link: the one that its record holds; holder: the record that holds its address; decision: as it was sent with an
    import.
    """

    id: int
    stream_id: int
    cycle_id: int
    entity: Entity
    record_id: str
    version: int
    address: str | None
    phase: int
    attempts: int
    single: bool
    change: dict[str, Any]
    link: Link | None = None
    holder: tuple[Entity, str] | None = None
    decision: dict[str, Any] | None = None


def put(
    tx: Tx,
    connection_id: int,
    stream_id: int,
    lane: Lane,
    rows: Sequence[Row],
    *,
    direction: Direction = Direction.OUTBOUND,
    held: bool = False,
) -> dict[int, int]:
    """Files changes: {entity, record_id, version, address, change, phase, action, lane}; phase 1 (deletions) is held
    back.

    action: create, update or unlink; lane: a more urgent one than the stream's, such as an opt-out's; held: everything
    else is held back too, until `release`. A record has one pending row per direction. Of two a deletion wins, else the
    higher version, else the one put last. Answers with how many rows were overtaken, by the stream they belonged to:
    they count as skipped there.
    """
    if not rows:
        return {}
    found = SQL.rows(
        tx,
        "put",
        connection_id=connection_id,
        stream_id=stream_id,
        lane=lane,
        rows=jsonb(rows),
        direction=direction,
        held=held,
    )
    return _numbers(found)


def supersede(
    tx: Tx, connection_id: int, rows: Sequence[Row], direction: Direction = Direction.OUTBOUND
) -> dict[int, int]:
    """Strikes off what waits for these records in older versions: {entity, record_id, version}; answers with how many
    were, by stream. What is being written stays."""
    named = {"connection_id": connection_id, "direction": direction}
    return _numbers(SQL.rows(tx, "supersede", rows=jsonb(rows), **named)) if rows else {}


def underway(
    tx: Tx, connection_id: int, keys: Iterable[RecordKey], direction: Direction = Direction.OUTBOUND
) -> set[RecordKey]:
    """Those of these records for which something waits or is being written in this direction."""
    rows = [{"entity": entity, "record_id": record_id} for entity, record_id in keys]
    found = SQL.rows(tx, "underway", connection_id=connection_id, direction=direction, rows=jsonb(rows)) if rows else []
    return {(Entity(row["entity"]), row["record_id"]) for row in found}


def claim(
    tx: Tx,
    connection_id: int,
    *,
    lane: Lane,
    limit: int,
    worker: str,
    lease_s: float,
    now: datetime,
    entity: Entity | None = None,
    single: bool | None = None,
    direction: Direction = Direction.OUTBOUND,
) -> list[Claimed]:
    """Takes up to `limit` rows in order: deletions last, else who was put first; of opportunities, who was changed
    first. Keep the transaction short.

    single: True takes only rows that are known to travel alone, False only the others.

    Left alone is what is held, not due, paused, or whose record or address is being delivered.
    """
    SQL.run(tx, "lock_claims", connection_id=connection_id)
    rows = SQL.rows(
        tx,
        "claim",
        connection_id=connection_id,
        entities=_entities(entity),
        lane=lane,
        limit=limit,
        worker=worker,
        lease_s=lease_s,
        now=now,
        single=single,
        direction=direction,
    )
    return [to_claimed(row) for row in rows]


def to_claimed(row: Row) -> Claimed:
    """A row of `claim` or `of_import`."""
    link, entity, record_id = (row.pop(key) for key in ("link", "holder_entity", "holder_id"))
    row["entity"] = Entity(row["entity"])
    return Claimed(**row, link=to_link(link) if link else None, holder=(Entity(entity), record_id) if entity else None)


def batch_ready(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    lane: Lane,
    batch: int,
    now: datetime,
    direction: Direction = Direction.OUTBOUND,
) -> bool:
    """Whether a claim is worth its call: a whole batch is ready, or no more is coming, or it is urgent, or overdue.

    What is counted here nobody else claims before this transaction ends.
    """
    SQL.run(tx, "lock_claims", connection_id=connection_id)
    return bool(
        SQL.value(
            tx,
            "batch_ready",
            connection_id=connection_id,
            entity=entity,
            lane=lane,
            batch=batch,
            now=now,
            direction=direction,
            patience_s=BATCH_PATIENCE_S,
        )
    )


def ready(tx: Tx, now: datetime, cap: int = 1000) -> list[Row]:
    """What could be claimed now: {connection_id, entity, direction, lane, ready}, each counted up to `cap`, urgent
    lanes first."""
    return SQL.rows(tx, "ready", now=now, cap=cap, entities=_entities(None))


def pending_counts(tx: Tx, connection_id: int) -> list[Row]:
    """{entity, direction, lane, phase, held, ready, waiting, in_flight, oldest}: exact, so its cost grows with the
    outbox."""
    return SQL.rows(tx, "pending_counts", connection_id=connection_id)


def oldest(tx: Tx, connection_id: int) -> datetime | None:
    """Since when the change has waited that has waited longest, None when nothing is on its way."""
    found: datetime | None = SQL.value(tx, "oldest", connection_id=connection_id)
    return found


def ages(tx: Tx, connection_id: int) -> list[Row]:
    """The same by direction and lane: {direction, lane, oldest}; what nothing waits in is left out."""
    return SQL.rows(tx, "ages", connection_id=connection_id)


def of_record(tx: Tx, connection_id: int, entity: Entity, record_id: str) -> list[Row]:
    """What is on its way for one record, for people.

    {state, direction, lane, cycle_id, version, held, attempts, created_at, due_at, error, import_id}, and sent_at and
    poll_at of the import.
    """
    return SQL.rows(tx, "of_record", connection_id=connection_id, entity=entity, record_id=record_id)


def extend(tx: Tx, ids: Sequence[int], lease_until: datetime) -> int:
    """Keeps claimed rows for longer; answers with how many are still this worker's."""
    return SQL.run(tx, "extend", ids=list(ids), lease_until=lease_until)


def back(tx: Tx, rows: Sequence[Row]) -> dict[int, int]:
    """Makes claimed or sent rows pending again: {id, due_at, error, count_attempt, single}.

    Where a newer change of the record waits already, that one stays. Answers like `put`.
    """
    return _numbers(SQL.rows(tx, "back", rows=jsonb(rows))) if rows else {}


def expired(tx: Tx, now: datetime) -> list[Row]:
    """Puts back what dead workers held; answers with the rows that outlived too many of them, for the failure list.

    Those, {id, connection_id, stream_id, cycle_id, entity, direction, record_id, ac_id, version, attempts}, stay
    claimed: settle them as failed. Rows that were overtaken meanwhile are counted as skipped.
    """
    abandoned = SQL.rows(tx, "abandoned", now=now)
    again = [{"id": row["id"], "count_attempt": True} for row in abandoned if row["attempts"] < POISON_ATTEMPTS]
    for stream_id, number in back(tx, again).items():
        streams.count(tx, stream_id, {Outcome.SKIPPED.value: number})
    return [row for row in abandoned if row["attempts"] >= POISON_ATTEMPTS]


def release_held(tx: Tx, cycle_id: int) -> int:
    """Lets the deletions of a cycle go; answers with how many there were."""
    return SQL.run(tx, "release_held", cycle_id=cycle_id)


def release(tx: Tx, stream_id: int) -> int:
    """Lets the changes go that a stream held until all of it was read; answers with how many there were."""
    return SQL.run(tx, "release", stream_id=stream_id)


def planned(tx: Tx, stream_id: int) -> dict[str, int]:
    """How many records a stream would create, update and unlink, by that word, as far as they are held."""
    return {row["action"]: row["count"] for row in SQL.rows(tx, "planned", stream_id=stream_id)}


def drop_held(tx: Tx, cycle_id: int) -> dict[int, int]:
    """Forgets what a cycle holds back; answers like `put`. The caller accounts for it."""
    return _numbers(SQL.rows(tx, "drop_held", cycle_id=cycle_id))


def abandon(tx: Tx, stream_ids: Sequence[int]) -> dict[int, int]:
    """Forgets what waits of these streams; answers like `put`, and the caller accounts for it. Opt-outs stay, and what
    took the place of another stream's change: they travel."""
    gone = _numbers(SQL.rows(tx, "abandon", streams=list(stream_ids)))
    SQL.run(tx, "let_go", streams=list(stream_ids))
    return gone


def release_late(tx: Tx) -> int:
    """Lets the deletions of cycles go that have ended; answers with how many there were."""
    return SQL.run(tx, "release_late")


def drop(tx: Tx, ids: Sequence[int]) -> int:
    """Forgets rows; the caller accounts for them."""
    return SQL.run(tx, "drop", ids=list(ids))


def settle(tx: Tx, connection_id: int, rows: Sequence[Row]) -> list[int]:
    """Ends rows: {id, outcome, reason, link, unlink, overwrote}. Links, history and counters of the streams follow at
    once.

    link: what is agreed from now on, any of {ac_id, agreed, agreed_version, address, account_id, tagged, parked,
    opted_out, origin, removed_at}; what isn't named stays; `agreed` is the full dict. unlink: the link ends. overwrote:
    by field what the written side held before, None for empty. A row that is not this worker's any more is passed over.
    Answers with the ids of rows it refused and left claimed: their ActiveCampaign record or address belongs to another
    link.
    """
    return SQL.column(tx, "settle", connection_id=connection_id, rows=jsonb(rows)) if rows else []


def _entities(entity: Entity | None) -> list[str]:
    return [entity.value] if entity else [each.value for each in ORDER]


def _numbers(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    return {row["stream_id"]: row["count"] for row in rows}
