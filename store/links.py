"""Links: which Dynamics record speaks for which ActiveCampaign contact or account, and what both agreed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.documents import jsonb
from store.statements import Row, Statements, Tx
from sync import tags
from sync.model import Entity, Link
from sync.survivors import Candidate

SQL = Statements("links")


@dataclass(frozen=True, slots=True)
class Rival:
    """A link, and whether the record that holds it still competes: active, in scope, not deleted, when last seen."""

    link: Link
    competes: bool


def to_link(row: Row) -> Link:
    """A row of the table, as a dict or as JSON, in the words of the sync."""
    return Link(
        id=row["id"],
        entity=Entity(row["entity"]),
        record_id=row["record_id"],
        address=row["address"],
        ac_id=row["ac_id"],
        agreed=row["agreed"],
        agreed_version=row["agreed_version"],
        delivered=row["delivered_at"] is not None,
        delivered_at=_iso(row["delivered_at"]),
        account_id=row["account_id"],
        modified_on=row["modified_on"],
        tagged=tuple(row["tagged"]),
        origin=row["origin"],
        removed=row["removed_at"] is not None,
        opted_out=row["opted_out"],
        bounced=row["bounced"],
        allowed_again=row["allowed_again"],
        parked=tuple(row["parked"]),
    )


def _iso(at: datetime | str | None) -> str:
    return at.isoformat() if isinstance(at, datetime) else at or ""


def lock_people(tx: Tx, connection_id: int) -> None:
    """Waits until no other transaction assigns holders on this connection; freed when this one ends."""
    SQL.run(tx, "lock_people", connection_id=connection_id)


def of_records(
    tx: Tx, connection_id: int, entity: Entity, ids: Iterable[str], *, lock: bool = False
) -> dict[str, Link]:
    """The links that these records hold, by record id; locked until the transaction ends if wished."""
    name = "of_records_locked" if lock else "of_records"
    rows = SQL.rows(tx, name, connection_id=connection_id, entity=entity, ids=list(ids))
    return {row["record_id"]: to_link(row) for row in rows}


def of_addresses(tx: Tx, connection_id: int, addresses: Iterable[str], *, lock: bool = False) -> dict[str, Link]:
    """The links of these addresses, by address; locked until the transaction ends if wished."""
    name = "of_addresses_locked" if lock else "of_addresses"
    rows = SQL.rows(tx, name, connection_id=connection_id, addresses=list(addresses))
    return {row["address"]: to_link(row) for row in rows}


def by_ids(tx: Tx, connection_id: int, ids: Iterable[int]) -> list[Link]:
    """Links by their own ids, in that order."""
    return [to_link(row) for row in SQL.rows(tx, "by_ids", connection_id=connection_id, ids=list(ids))]


def of_ac_ids(tx: Tx, connection_id: int, kind: str, ac_ids: Iterable[int]) -> dict[int, Link]:
    """The links of these contacts (kind `person`) or accounts of ActiveCampaign, by their id there."""
    rows = SQL.rows(tx, "of_ac_ids", connection_id=connection_id, kind=kind, ac_ids=list(ac_ids))
    return {row["ac_id"]: to_link(row) for row in rows}


def learn(tx: Tx, connection_id: int, ids: Mapping[int, int]) -> None:
    """Notes which contact or account of ActiveCampaign a link stands for: link id -> id there. Taken ones are left
    alone."""
    if ids:
        SQL.run(tx, "learn", connection_id=connection_id, rows=jsonb([{"id": i, "ac_id": a} for i, a in ids.items()]))


def nameless(tx: Tx, connection_id: int, entities: Iterable[Entity]) -> bool:
    """Whether one of these was delivered without that its id in ActiveCampaign became known: imports don't tell it."""
    return bool(SQL.value(tx, "nameless", connection_id=connection_id, entities=list(entities)))


def left(tx: Tx, connection_id: int, ac_ids: Iterable[int]) -> set[int]:
    """Those of these contacts that a record stood for until it went over to another one."""
    return set(SQL.column(tx, "left", connection_id=connection_id, ac_ids=list(ac_ids)))


def seen(tx: Tx, connection_id: int, ids: Iterable[int]) -> None:
    """Notes that a full read of ActiveCampaign showed what these links stand for."""
    SQL.run(tx, "seen", connection_id=connection_id, ids=list(ids))


def unseen(tx: Tx, connection_id: int, kind: str, since: datetime) -> list[Link]:
    """Delivered links that a full read begun at `since` did not show and that aren't known to be removed."""
    return [to_link(row) for row in SQL.rows(tx, "unseen", connection_id=connection_id, kind=kind, since=since)]


def remove(tx: Tx, connection_id: int, ids: Iterable[int], at: datetime | None) -> int:
    """Marks links whose record was deleted in ActiveCampaign; None takes the mark back and forgets the dead id."""
    return SQL.run(tx, "remove", connection_id=connection_id, ids=list(ids), at=at)


def take_over(tx: Tx, connection_id: int, rows: Sequence[Row]) -> int:
    """Makes links for records found on both sides, without anything having been written; answers with how many.

    A row: {entity, record_id, address, ac_id, agreed, modified_on, tagged, origin, opted_out, account_id}. Ignored
    where the record, the address or the contact has a link already.
    """
    return SQL.run(tx, "take_over", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def provide(tx: Tx, connection_id: int, rows: Sequence[Row]) -> int:
    """Makes links for records that are about to be created in Dynamics, so that their ids are known before the first
    try.

    A row: {entity, record_id, address, ac_id, tagged}. Nothing counts as delivered yet. Ignored as in `take_over`.
    """
    return SQL.run(tx, "provide", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def allow(tx: Tx, connection_id: int, ids: Iterable[int]) -> int:
    """Notes that Dynamics allows e-mail again to whom both sides had agreed to send nothing."""
    return SQL.run(tx, "allow", connection_id=connection_id, ids=list(ids))


def rebase(tx: Tx, connection_id: int, rows: Sequence[Row]) -> int:
    """Changes what counts as agreed, so that one side's value differs from it and travels again; answers with how many.

    A row: {id, agreed}, with account_id and tagged where they are to change too. agreed: values by field; None forgets
    one, and fields that aren't named stay. Nothing is written to either side here.
    """
    return SQL.run(tx, "rebase", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def renew(tx: Tx, connection_id: int, ids: Mapping[int, int], *, tagged: Sequence[str] = ()) -> None:
    """Turns links to other contacts, such as were made anew: link id -> id there. Nothing about those is agreed yet.

    tagged: tags they may bear.
    """
    rows = [{"id": link_id, "ac_id": number} for link_id, number in ids.items()]
    if rows:
        SQL.run(tx, "renew", connection_id=connection_id, rows=jsonb(rows), tagged=list(tagged))


def end(tx: Tx, connection_id: int, ids: Iterable[int]) -> int:
    """Ends links."""
    return SQL.run(tx, "free", connection_id=connection_id, ids=list(ids))


def succeed(tx: Tx, connection_id: int, rows: Sequence[Row]) -> int:
    """Hands links on to the records that follow theirs (a qualified lead's contact, the survivor of a merge).

    A row: {from_entity, from_id, entity, record_id}. Ignored where the follower holds a link. Answers with how many.
    """
    return SQL.run(tx, "succeed", connection_id=connection_id, rows=jsonb(rows)) if rows else 0


def record_ids(tx: Tx, connection_id: int, ac_accounts: Iterable[int]) -> dict[int, str]:
    """Dynamics ids of accounts by their id in ActiveCampaign."""
    return {number: link.record_id for number, link in of_ac_ids(tx, connection_id, "account", ac_accounts).items()}


def at_addresses(tx: Tx, connection_id: int, addresses: Sequence[str]) -> list[Rival]:
    """The links of these addresses, and whether the records that hold them still compete for them."""
    rows = SQL.rows(tx, "at_addresses", connection_id=connection_id, addresses=list(addresses))
    return [Rival(to_link(row), row["competes"]) for row in rows]


def hold(
    tx: Tx,
    connection_id: int,
    *,
    new: Iterable[Candidate] = (),
    moved: Mapping[int, Candidate] | None = None,
    freed: Iterable[int] = (),
) -> None:
    """Keeps what the survivor rule assigned, in the order freed, moved, new: links may change places in one call.

    new: ignored where the record holds a link already; moved: link -> the record that holds it from now on, with its
    address; freed: links that end. A link that another record holds from now on forgets the version it had delivered,
    and keeps what was agreed. Takes `lock_people`.
    """
    lock_people(tx, connection_id)
    if ids := list(freed):
        SQL.run(tx, "free", connection_id=connection_id, ids=ids)
    if rows := [{**_row(holder), "link_id": link_id} for link_id, holder in (moved or {}).items()]:
        SQL.run(tx, "move", connection_id=connection_id, rows=jsonb(rows))
    if rows := [_row(holder) for holder in new]:
        SQL.run(tx, "add", connection_id=connection_id, rows=jsonb(rows), tagged=[tags.DELETED])


def _row(holder: Candidate) -> Row:
    return {
        "entity": holder.entity,
        "record_id": holder.record_id,
        "address": holder.address,
        "modified_on": holder.modified_on,
    }


def delivered_at(tx: Tx, connection_id: int, link_id: int) -> datetime | None:
    """When something was last written for this link's contact or account, None when nothing ever was."""
    found: datetime | None = SQL.value(tx, "delivered_at", connection_id=connection_id, id=link_id)
    return found


def account_targets(tx: Tx, connection_id: int, account_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """ActiveCampaign id and name of those accounts that are there, by their Dynamics id."""
    rows = SQL.rows(tx, "account_targets", connection_id=connection_id, ids=list(account_ids))
    return {row["record_id"]: (row["ac_id"], row["name"]) for row in rows}


def by_ac_name(tx: Tx, connection_id: int, name: str) -> Link | None:
    """The link of the account that carries this name in ActiveCampaign, whatever its case."""
    row = SQL.row(tx, "by_ac_name", connection_id=connection_id, name=name)
    return to_link(row) if row else None


def count(tx: Tx, connection_id: int) -> dict[str, int]:
    """How many links there are, by entity."""
    return {row["entity"]: row["count"] for row in SQL.rows(tx, "count", connection_id=connection_id)}
