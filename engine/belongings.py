"""Who belonged to an account in ActiveCampaign before the first sync: read once, so that nobody stays at the wrong one.

A bulk import names an account, but whether it moves somebody who belongs to another one already is not documented
(developers.activecampaign.com, page bulk-import-contacts). Such people are written one by one instead.
"""

from __future__ import annotations

from typing import Any, Final

from clients.caller import PAGE
from clients.scalars import as_int, as_text, rows_of
from engine.context import Context
from store import counterparts, snapshots
from sync.model import Lane

KEY: Final = "activecampaign:associations"
PAGES_AT_ONCE: Final = 10


def known(context: Context, lane: Lane) -> bool:
    """Reads the next pages of associations, from where it stopped; True once all have been read, which is for good."""
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, KEY)
    state = kept[0] if kept else {"offset": 0, "complete": False}
    for _ in range(PAGES_AT_ONCE):
        if state["complete"]:
            return True
        rows = _page(context, state["offset"], lane)
        state = {"offset": state["offset"] + len(rows), "complete": len(rows) < PAGE}
        accounts = {as_int(row.get("contact")): as_int(row.get("account")) for row in rows}
        found = {address: accounts[number] for number, address in _addresses(context, list(accounts), lane).items()}
        with context.db.transaction() as tx:
            counterparts.belong(tx, context.id, found)
            snapshots.put(tx, context.id, KEY, state)
    return bool(state["complete"])


def _page(context: Context, offset: int, lane: Lane) -> list[dict[str, Any]]:
    """Source: developers.activecampaign.com, page list-all-associations-1."""
    params = {"limit": PAGE, "offset": offset}
    return list(rows_of(context.activecampaign.get("accountContacts", params, lane=lane), "accountContacts"))


def _addresses(context: Context, ids: list[int], lane: Lane) -> dict[int, str]:
    """Addresses of up to 100 contacts by their id."""
    if not ids:
        return {}
    params = [("limit", PAGE), *(("ids[]", number) for number in ids)]
    rows = rows_of(context.activecampaign.get("contacts", params, lane=lane), "contacts")
    found = {as_int(row.get("id")): as_text(row.get("email")).strip().lower() for row in rows}
    return {number: address for number, address in found.items() if number in ids and address}
