"""The counterpart of a record in ActiveCampaign as it is now: found by the link, else as a sync would find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from clients.scalars import as_flag, as_int, as_utc, row_of
from engine.accounts import domain
from engine.context import Context
from engine.explain_sides import ACTIVECAMPAIGN, Sides
from engine.inbound import rows as inbound_rows
from store import counterparts, links, snapshots
from sync import tags
from sync.errors import Missing
from sync.model import Change, Counterpart, Entity, Lane, Link

LIVE: Final = Lane.LIVE
TAGS: Final = "activecampaign:tags"
"""Key of the cached names of tags."""


@dataclass(frozen=True, slots=True)
class There:
    """exists: None when ActiveCampaign could not be asked; found_by: link, address, id, name or domain.

    values: canonical, by mapped field; account_id: ActiveCampaign id of the account that a person belongs to;
    missing_id: the id that the link knows and that is gone; counterpart: it as the way to Dynamics reads it; lists: the
    status on each list by the list's name, 1 subscribed, 2 unsubscribed, 3 unconfirmed; record, contact: the id of an
    opportunity's record, and of the contact that it belongs to.
    """

    exists: bool | None
    id: int | None = None
    found_by: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    account_id: int | None = None
    missing_id: int | None = None
    counterpart: Counterpart | None = None
    lists: Mapping[str, int] = field(default_factory=dict)
    record: str = ""
    contact: int | None = None

    def as_json(self) -> dict[str, Any]:
        """It for scripts, without the values: those stand at the fields."""
        return {
            "exists": self.exists,
            "id": self.record or self.id,
            "found_by": self.found_by,
            "tags": self.tags,
            "missing_id": self.missing_id,
        }


def person(sides: Sides, entity: Entity, ac_id: int | None, address: str | None) -> There:
    """The contact that the link names, else the one of the address."""
    client = sides.context.activecampaign
    by_id = sides.ask(ACTIVECAMPAIGN, lambda: client.contacts_page(ids=[ac_id], lane=LIVE).rows) if ac_id else []
    by_address = None
    if by_id == [] and address:
        by_address = sides.ask(ACTIVECAMPAIGN, lambda: client.contacts_page(email=address, lane=LIVE).rows)
    if by_id is None or (by_id == [] and address and by_address is None):
        return There(None, ac_id, "link" if ac_id else "")
    alive = [row for row in by_id or by_address or [] if not as_flag(row.get("deleted"))]
    if not alive:
        return There(False, missing_id=ac_id)
    row = alive[0]
    found = as_int(row["id"])
    belongs = sides.ask(ACTIVECAMPAIGN, lambda: [client.account_of(found, lane=LIVE)])
    account_id = belongs[0].account_id if belongs and belongs[0] else None
    names = tuple(_named(sides, row["tag_ids"]))
    return There(
        True,
        found,
        "link" if by_id else "address",
        sides.context.rules[entity].mapping.read_contact(row, row["field_values"]),
        names,
        account_id,
        None if by_id else ac_id,
        _counterpart(sides.context, entity, row, account_id if belongs else 0, names),
        {_list_name(sides.context, number): state[0] for number, state in sorted(row["list_states"].items())},
    )


def _counterpart(
    context: Context, entity: Entity, row: Mapping[str, Any], account_id: int | None, names: Sequence[str]
) -> Counterpart:
    """account_id: the account that was found for it, None for none, 0 where nobody could tell."""
    looked = {} if account_id == 0 else {inbound_rows.ACCOUNT: account_id or 0}
    dated = {**row, **looked, "udate": as_utc(row.get("udate"))}
    with context.db.transaction() as tx:
        accounts = links.record_ids(tx, context.id, [account_id] if account_id else [])
    borne = {tags.TRANSLATED.get(name, name) for name in names}
    ours = tuple(name for name in tags.ALL if name in borne)
    return replace(inbound_rows.person(context, entity, dated, accounts), tags=ours)


def _list_name(context: Context, number: int) -> str:
    """A list by its name; `context.lists` knows every list by its id and by its name."""
    names = [name for name, known in context.lists.items() if known == number and name != str(number)]
    return names[0] if names else f"list {number}"


def company(sides: Sides, link: Link | None, change: Change | None, record_id: str) -> There:
    """The account that the link names, else the one that a sync would take for this record."""
    client = sides.context.activecampaign
    known, found_by = (link.ac_id, "link") if link and link.ac_id else _match(sides.context, change, record_id)
    if not known and change and (name := str(change.values.get("name") or "")):
        rows = sides.ask(ACTIVECAMPAIGN, lambda: client.search_accounts(name, lane=LIVE))
        if rows is None:
            return There(None)
        known, found_by = (int(rows[0]["id"]), "name") if len(rows) == 1 else (None, "")
    if not known:
        return There(None if ACTIVECAMPAIGN in sides.silent or change is None else False)
    number = known
    rows = sides.ask(ACTIVECAMPAIGN, lambda: _account(sides.context, number))
    if rows is None:
        return There(None, known, found_by)
    if not rows:
        return There(False, missing_id=known)
    values = sides.ask(ACTIVECAMPAIGN, lambda: client.account_values(number, lane=LIVE)) or {}
    found = {**rows[0], "id": known, "field_values": values.get(number, {})}
    return There(
        True,
        known,
        found_by,
        sides.context.rules[Entity.ACCOUNT].mapping.read_account(rows[0], found["field_values"]),
        counterpart=inbound_rows.company(sides.context, {**found, "updated": as_utc(rows[0].get("updatedTimestamp"))}),
    )


def _match(context: Context, change: Change | None, record_id: str) -> tuple[int | None, str]:
    """What the index of accounts says. Without a record of Dynamics only its id can be looked for."""
    values = change.values if change else {}
    name_key = str(values.get("name") or "").strip().lower()
    with context.db.transaction() as tx:
        found = counterparts.match(tx, context.id, record_id, name_key, domain(values.get("accountUrl")))
    if not found or found["number"] > 1 or found["linked_to"] not in (None, record_id):
        return None, ""
    return found["ac_id"], found["matched_by"]


def _account(context: Context, number: int) -> list[dict[str, Any]]:
    """One account or none. Source: developers.activecampaign.com, page retrieve-an-account-1."""
    try:
        return [row_of(context.activecampaign.get(f"accounts/{number}", lane=LIVE), "account")]
    except Missing:
        return []


def _named(sides: Sides, ids: list[int]) -> list[str]:
    """Names of tags, from the cached description as long as it knows them all."""
    with sides.context.db.transaction() as tx:
        kept = snapshots.get(tx, sides.context.id, TAGS)
    known: Mapping[str, int] = kept[0] if kept else {}
    if not set(ids) <= set(known.values()):
        known = sides.ask(ACTIVECAMPAIGN, lambda: sides.context.activecampaign.tags(lane=LIVE)) or known
    names = {number: name for name, number in known.items()}
    return sorted(names.get(number, f"tag {number}") for number in ids)
