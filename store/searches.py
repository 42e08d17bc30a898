"""Searches: records found by what a person knows of them, through an index each."""

from __future__ import annotations

from store.statements import Row, Statements, Tx
from sync.model import ORDER

SQL = Statements("searches")
"""Every row: {entity, record_id, state, reason, address, ac_id, name, key}.

state is None where only a link is known.
"""


def by_id(tx: Tx, connection_id: int, record_id: str) -> list[Row]:
    """Records with this Dynamics id, of whatever entity."""
    return SQL.rows(tx, "by_id", connection_id=connection_id, record_id=record_id, entities=list(ORDER))


def by_ac_id(tx: Tx, connection_id: int, ac_id: int) -> list[Row]:
    """Records that stand for this contact or account of ActiveCampaign."""
    return SQL.rows(tx, "by_ac_id", connection_id=connection_id, ac_id=ac_id)


def beginning(
    tx: Tx, connection_id: int, text: str, limit: int, after: tuple[str, str, str] | None = None
) -> list[Row]:
    """People whose address begins like this, and accounts whose name in ActiveCampaign does; text is in lower case.

    after: key, entity and id of the last row that was seen.
    """
    key, entity, record_id = after or (None, None, None)
    return SQL.rows(
        tx,
        "beginning",
        connection_id=connection_id,
        pattern=_literal(text) + "%",
        limit=limit,
        after_key=key,
        after_entity=entity,
        after_id=record_id,
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
