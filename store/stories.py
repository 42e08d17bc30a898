"""Stories: everything that happened to one record, from outcomes, failures and conflicts together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.statements import Row, Statements, Tx
from sync.model import Entity

SQL = Statements("stories")


def of_record(
    tx: Tx,
    connection_id: int,
    entity: Entity,
    record_id: str,
    subjects: Sequence[str],
    limit: int,
    before: datetime | None = None,
) -> list[Row]:
    """Newest first: {at, kind, what, direction, text, cycle_id, id, version, detail}; a few more than `limit` where
    several happened at once, so that `before` the last one's time is the next page.

    subjects: what its failures may stand under. kind: outcome, failure or conflict; what: the outcome, or the state of
    the others; text: the reason, the message, or the field of a conflict; id: of a failure or conflict.
    """
    return SQL.rows(
        tx,
        "of_record",
        connection_id=connection_id,
        entity=entity,
        record_id=record_id,
        subjects=list(subjects),
        limit=limit,
        before=before,
    )
