"""Counterparts: an index of ActiveCampaign's accounts, which its API can't search by id, name and domain at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("counterparts")


def put(tx: Tx, connection_id: int, rows: Sequence[Row]) -> None:
    """Enters accounts: {ac_id, name_key: trimmed lower-case name, domain or None, record_id: Dynamics id or None}."""
    if rows:
        SQL.run(tx, "put", connection_id=connection_id, rows=jsonb(rows))


def match(tx: Tx, connection_id: int, record_id: str, name_key: str, domain: str | None) -> Row | None:
    """The ActiveCampaign account for a Dynamics account (decision Q22): by its id, else the one of its name, else the
    one of its web domain.

    Answers {ac_id, linked_to, matched_by, number}; `linked_to` is the Dynamics account that it stands for already, or
    None; a `number` above 1 says that so many would do, and then none must be taken.
    """
    return SQL.row(
        tx, "match", connection_id=connection_id, record_id=record_id, name_key=name_key, domain=domain or None
    )


def belong(tx: Tx, connection_id: int, accounts: Mapping[str, int]) -> None:
    """Notes to which ActiveCampaign account people belong: address -> account."""
    if accounts:
        SQL.run(tx, "belong", connection_id=connection_id, rows=jsonb(dict(accounts)))


def belongings(tx: Tx, connection_id: int, addresses: Sequence[str]) -> dict[str, int]:
    """The ActiveCampaign accounts that people of these addresses belonged to before the first sync."""
    rows = SQL.rows(tx, "belongings", connection_id=connection_id, addresses=list(addresses))
    return {row["address"]: row["ac_account"] for row in rows}
