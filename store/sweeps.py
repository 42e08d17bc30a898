"""What sweeps of ActiveCampaign showed of things that it can't be asked about by date: accounts' values,
memberships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from store.documents import jsonb
from store.statements import Statements, Tx

SQL = Statements("sweeps")

Values = dict[int, dict[int, Any]]


def put_values(tx: Tx, connection_id: int, values: Mapping[int, Mapping[int, Any]], since: datetime) -> None:
    """Adds custom values by account and field. What was kept before `since`, when the sweep began, is replaced."""
    rows = [
        {"ac_id": number, "field_values": {str(k): v for k, v in found.items()}} for number, found in values.items()
    ]
    if rows:
        SQL.run(tx, "put_values", connection_id=connection_id, rows=jsonb(rows), since=since)


def values(tx: Tx, connection_id: int, ac_ids: Sequence[int], since: datetime) -> Values:
    """Custom values of these accounts by field id, as a sweep that began at `since` showed them."""
    rows = SQL.rows(tx, "values", connection_id=connection_id, ac_ids=list(ac_ids), since=since)
    return {row["ac_id"]: {int(key): value for key, value in row["field_values"].items()} for row in rows}


def put_memberships(tx: Tx, connection_id: int, accounts: Mapping[int, int]) -> None:
    """Notes who belongs where: contact to account, by their ids in ActiveCampaign."""
    rows = [{"ac_contact": contact, "ac_account": account} for contact, account in accounts.items()]
    if rows:
        SQL.run(tx, "put_memberships", connection_id=connection_id, rows=jsonb(rows))


def end_memberships(tx: Tx, connection_id: int, since: datetime) -> int:
    """Forgets memberships that a complete sweep begun at `since` did not show; answers with how many."""
    return SQL.run(tx, "end_memberships", connection_id=connection_id, since=since)


def moved(tx: Tx, connection_id: int, limit: int) -> list[int]:
    """Linked contacts in scope that belong to another linked account in ActiveCampaign than was last agreed on."""
    return SQL.column(tx, "moved", connection_id=connection_id, limit=limit)


def memberships(tx: Tx, connection_id: int, ac_contacts: Sequence[int]) -> dict[int, int]:
    """Where these contacts belonged when the last sweep showed them."""
    rows = SQL.rows(tx, "memberships", connection_id=connection_id, ac_contacts=list(ac_contacts))
    return {row["ac_contact"]: row["ac_account"] for row in rows}


def waiting(tx: Tx, connection_id: int) -> bool:
    """Whether somebody is asked for on the scheduled lane that no cycle has taken up yet."""
    return bool(SQL.value(tx, "waiting", connection_id=connection_id))
