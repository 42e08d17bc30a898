"""Opportunities: which contacts may stand for them, which were picked by hand, and who may go by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx

SQL = Statements("opportunities")


@dataclass(frozen=True, slots=True)
class Standing:
    """A contact of Dynamics. state: of its record; reason: why it stands there; there: whether ActiveCampaign has one
    for it, its own or that of who speaks for its address; ac_id, address: of that one, ac_id None while unknown.
    """

    state: str
    reason: str
    there: bool
    ac_id: int | None
    address: str | None
    link_id: int | None


def relate(tx: Tx, connection_id: int, rows: Sequence[Row]) -> None:
    """Replaces the contacts that may stand for opportunities.

    A row: {opportunity_id, contacts: [{contact, account}]}, best first. contact: "" in a row that only names the
    account whose primary contact counts; account: "" in all others.
    """
    if rows:
        SQL.run(tx, "relate", connection_id=connection_id, rows=jsonb(rows))


def standing(tx: Tx, connection_id: int, contact_ids: Iterable[str]) -> dict[str, Standing]:
    """Where these contacts of Dynamics stand, by id; those that were never read are missing."""
    ids = list(contact_ids)
    found = SQL.rows(tx, "standing", connection_id=connection_id, ids=ids) if ids else []
    return {
        row["record_id"]: Standing(
            row["state"], row["reason"], row["link_id"] is not None, row["ac_id"], row["address"], row["link_id"]
        )
        for row in found
    }


def restless(tx: Tx, connection_id: int) -> list[str]:
    """Opportunities that belong to another contact by now, or that waited for one that is there."""
    return [str(one) for one in SQL.column(tx, "restless", connection_id=connection_id)]


def of_accounts(tx: Tx, connection_id: int, account_ids: Iterable[str]) -> list[str]:
    """Opportunities that hang on the primary contact of one of these accounts."""
    return [str(one) for one in SQL.column(tx, "of_accounts", connection_id=connection_id, ids=list(account_ids))]


def pick(tx: Tx, connection_id: int, ids: Iterable[str], author: str) -> int:
    """Picks opportunities by hand; answers with how many were not picked before."""
    return SQL.run(tx, "pick", connection_id=connection_id, ids=list(ids), author=author)


def unpick(tx: Tx, connection_id: int, ids: Iterable[str]) -> int:
    """Takes picks back; answers with how many there were."""
    return SQL.run(tx, "unpick", connection_id=connection_id, ids=list(ids))


def picked(tx: Tx, connection_id: int, ids: Iterable[str]) -> set[str]:
    """Those of these opportunities that are picked."""
    return {str(one) for one in SQL.column(tx, "picked", connection_id=connection_id, ids=list(ids))}


def picks(tx: Tx, connection_id: int) -> list[Row]:
    """All picks, the newest first: opportunity_id, author, picked_at, state and reason (None if it was never read)."""
    return SQL.rows(tx, "picks", connection_id=connection_id)


def begun(tx: Tx, connection_id: int) -> bool:
    """Whether any opportunity was ever delivered."""
    return bool(SQL.value(tx, "begun", connection_id=connection_id))


def nameless(tx: Tx, connection_id: int) -> int:
    """How many contacts were delivered without that their ids in ActiveCampaign are known."""
    return int(SQL.value(tx, "nameless", connection_id=connection_id))


def waiting_for(tx: Tx, connection_id: int) -> list[Row]:
    """For what opportunities wait, the most frequent first: {reason, count}; ids in the reason are left out."""
    return SQL.rows(tx, "waiting_for", connection_id=connection_id)


def waiting(tx: Tx, connection_id: int, limit: int) -> list[Row]:
    """Opportunities that wait, those of one reason together: record_id, reason, awaits (the contact, or None)."""
    return SQL.rows(tx, "waiting", connection_id=connection_id, limit=limit)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An opportunity that was delivered, with what was agreed on. contact: whose it is in ActiveCampaign."""

    record_id: str
    contact: int
    version: int
    agreed: Row


def agreed_of(tx: Tx, connection_id: int, contacts: Iterable[int]) -> list[Agreed]:
    """All opportunities that belong to these contacts of ActiveCampaign, in the order of their ids."""
    rows = SQL.rows(tx, "agreed_of", connection_id=connection_id, contacts=list(contacts))
    return [Agreed(str(row["record_id"]), row["contact"], row["version"], row["agreed"]) for row in rows]


def lock_contacts(tx: Tx, connection_id: int, contacts: Iterable[int]) -> None:
    """Waits until no other transaction settles opportunities of these contacts; freed when this one ends."""
    SQL.run(tx, "lock_contacts", connection_id=connection_id, contacts=list(contacts))


def mark(tx: Tx, connection_id: int, ids: Iterable[str], mark: str) -> int:
    """Notes with these opportunities what is about to be done; answers with how many did not bear the mark before."""
    return SQL.run(tx, "mark", connection_id=connection_id, ids=list(ids), mark=mark)


def unmark(tx: Tx, connection_id: int, ids: Iterable[str], mark: str) -> int:
    """Takes a mark back; answers with how many bore it."""
    return SQL.run(tx, "unmark", connection_id=connection_id, ids=list(ids), mark=mark)


def begin_anew(tx: Tx, connection_id: int, mark: str, marks: Sequence[str], *, whole: bool = False) -> int:
    """Forgets what was delivered otherwise than it is from now on; answers with how many opportunities that were.

    mark: what bears is delivered from now on, "" for none; marks: all that there are; whole: forget all of it.
    """
    given = {"mark": mark, "marks": list(marks), "all": whole}
    return SQL.run(tx, "begin_anew", connection_id=connection_id, **given)


def first_read(tx: Tx, connection_id: int) -> datetime | None:
    """When opportunities were read for the first time, None when never."""
    found: datetime | None = SQL.value(tx, "first_read", connection_id=connection_id)
    return found
