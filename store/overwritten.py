"""Overwritten: which values a cycle replaced, record by record, so that they can be put back. `outbox.settle` files
them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.links import to_link
from store.statements import Row, Statements, Tx
from sync.model import Canonical, Direction, Entity, Link

SQL = Statements("overwritten")


@dataclass(frozen=True, slots=True)
class Overwritten:
    """The values of one record by field. before: as they were, after: as the cycle wrote them, None for empty.

    link: the record's as it is now; underway: a newer change of the record is on its way, in either direction.
    """

    entity: Entity
    record_id: str
    before: Mapping[str, Canonical]
    after: Mapping[str, Canonical]
    link: Link | None
    underway: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one entity that a cycle overwrote in one direction."""

    cycle_id: int
    entity: Entity
    direction: Direction


def counts(tx: Tx, cycle_id: int) -> list[Row]:
    """{entity, direction, records, undone}, inbound first and accounts before people."""
    return SQL.rows(tx, "counts", cycle_id=cycle_id)


def page(tx: Tx, group: Group, after: str | None, limit: int) -> list[Overwritten]:
    """Records that were not put back, in the order of their ids, behind `after`."""
    rows = SQL.rows(tx, "page", **_named(group), after=after, limit=limit)
    return [
        Overwritten(**{**row, "entity": group.entity, "link": to_link(row["link"]) if row["link"] else None})
        for row in rows
    ]


def nameless(tx: Tx, group: Group) -> int:
    """How many of them stand for contacts of ActiveCampaign whose id nobody knows yet."""
    return int(SQL.value(tx, "nameless", **_named(group)))


def mark(tx: Tx, group: Group, record_ids: Sequence[str]) -> None:
    """Notes that these were put back."""
    SQL.run(tx, "mark", **_named(group), ids=list(record_ids))


def prune(tx: Tx, before: datetime) -> int:
    """Forgets what was overwritten before this time; answers with how many records it was."""
    return SQL.run(tx, "prune", before=before)


def _named(group: Group) -> dict[str, object]:
    return {"cycle_id": group.cycle_id, "entity": group.entity, "direction": group.direction}
