"""Transform, inbound: a page of ActiveCampaign's contacts becomes decisions; what must be written goes to the
outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import uuid4

from clients import contact_rows
from engine.context import Context
from engine.inbound import filing, matching, rows
from engine.inbound.filing import Filed, Page
from engine.takeover_values import alike
from engine.wake import Wake
from store import links, records
from store.db import Tx
from sync import inbound, tags
from sync.model import Change, Counterpart, Entity, Lane, Link, Outcome

STRANGER: Final = "not linked to a record of Dynamics, and nothing asks for one"
NOT_INBOUND: Final = "its entity does not travel to Dynamics"
ELSEWHERE: Final = "its record in Dynamics is linked to another contact"
NEVER: Final = "nothing may be created in Dynamics for this entity"


@dataclass
class Sorted:
    """The rows of a page by what is known of them. by_id, by_address: links; wishes: what those without one ask for."""

    living: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    linked: dict[int, Link] = field(default_factory=dict)
    wishes: dict[int, Entity | None] = field(default_factory=dict)


def transform(context: Context, page: Page) -> list[Wake]:
    """Decides every contact of the page and files the decisions, in one transaction with the page's end."""
    lane = Lane(page["lane"])
    found = sort(context, page)
    matched = matching.people(context, *wanting(found), lane)
    with context.db.transaction() as tx:
        filed = Filed(page)
        forget_deleted(tx, context, found)
        filing.removed(tx, context, filed, "person", found.gone)
        accounts = links.record_ids(tx, context.id, {row.get(rows.ACCOUNT) or 0 for row in found.living.values()})
        _learn(tx, context, page, filed, found)
        for number, row in found.living.items():
            link = found.linked.get(number)
            if link is None and number in found.wishes:
                link = _linked(tx, context, filed, row, found.wishes[number], matched, accounts)
            elif link is None:
                filed.settle(None, Outcome.SKIPPED, STRANGER)
            if link is not None:
                decide(context, filed, row, link, accounts)
        return filing.file(tx, context, filed)


def wanting(found: Sorted) -> tuple[set[str], set[str]]:
    """Addresses of contacts without a link, and of those among them that ask for a record."""
    addresses = {number: rows.address_of(found.living[number]) or "" for number in found.wishes}
    asking = {address for number, address in addresses.items() if found.wishes[number]}
    return set(addresses.values()) - {""}, asking - {""}


def sort(context: Context, page: Page) -> Sorted:
    """The contacts of a page by what is known of them. Nothing is written. Raises SyncError."""
    found = Sorted()
    for kept in page["rows"]:
        row = contact_rows.whole(kept) if "field_values" in kept else kept
        if rows.is_gone(row):
            found.gone.append(int(row["id"]))
        else:
            found.living[int(row["id"])] = row
    _find_links(context, page, found)
    for number, row in found.living.items():
        wish = _wish(context, row) if number not in found.linked else None
        if wish or (number not in found.linked and page["full"]):
            found.wishes[number] = wish
    return found


def _find_links(context: Context, page: Page, found: Sorted) -> None:
    """By id first; by address where the id is new: then the one that the link knew must be dead."""
    addresses = {number: rows.address_of(row) for number, row in found.living.items()}
    with context.db.transaction() as tx:
        by_id = links.of_ac_ids(tx, context.id, "person", found.living)
        by_address = links.of_addresses(tx, context.id, [address for address in addresses.values() if address])
    doubtful = {
        number: link
        for number, address in addresses.items()
        if number not in by_id and (link := by_address.get(address or "")) is not None
    }
    known = [link.ac_id for link in doubtful.values() if link.ac_id is not None]
    alive = (
        {int(row["id"]) for row in context.activecampaign.contacts_by_ids(known, lane=Lane(page["lane"]))}
        if known
        else set()
    )
    found.linked = {**{n: link for n, link in doubtful.items() if link.ac_id not in alive}, **by_id}


def forget_deleted(tx: Tx, context: Context, found: Sorted) -> None:
    """Tags of somebody whose record was deleted in Dynamics, or went over to another contact, are left over, and no
    request to make it again."""
    asking = {n: rows.address_of(found.living[n]) for n in found.wishes if not found.living[n].get(rows.CREATE)}
    buried = records.deleted(tx, context.id, [address for address in asking.values() if address])
    left = links.left(tx, context.id, asking)
    for number, address in asking.items():
        if address in buried or number in left:
            found.wishes[number] = None


def _wish(context: Context, row: Mapping[str, Any]) -> Entity | None:
    """What a contact without a link asks to become: by a webhook, or by its tags (decisions Q3 and Q20)."""
    asked = row.get(rows.CREATE)
    return Entity(asked) if asked else tags.requested(rows.borne(context, row))


def _learn(tx: Tx, context: Context, page: Page, filed: Filed, found: Sorted) -> None:
    """Ids that imports did not tell, who was seen at all, and contacts that were made anew after a deletion.

    Of one made anew nothing is agreed: it is compared like somebody just found on both sides, and gets its tags again.
    """
    anew = {link.id: n for n, link in found.linked.items() if link.ac_id not in (None, n) or link.removed}
    links.learn(tx, context.id, {link.id: n for n, link in found.linked.items() if link.ac_id is None})
    if anew:
        links.renew(tx, context.id, anew)
        now = links.of_ac_ids(tx, context.id, "person", anew.values())
        found.linked |= now
        for link in now.values():
            filed.again[link.entity].append(link.record_id)
    if page["full"]:
        links.seen(tx, context.id, [link.id for link in found.linked.values()])


def _linked(
    tx: Tx,
    context: Context,
    filed: Filed,
    row: Mapping[str, Any],
    wish: Entity | None,
    matched: matching.Found,
    accounts: Mapping[int, str],
) -> Link | None:
    """Links a contact to the record that stands for it, or provides one for a record that is to be made."""
    address = rows.address_of(row) or ""
    if address in matched.best:
        return _take_over(tx, context, filed, row, matched.best[address], accounts)
    why = hindrance(context, row, wish) or matched.barred.get(address, "")
    if why or wish is None:
        filed.settle(wish, Outcome.SKIPPED, why)
        return None
    record_id = str(uuid4())
    provided = {"entity": wish, "record_id": record_id, "address": rows.address_of(row), "ac_id": int(row["id"])}
    links.provide(tx, context.id, [{**provided, "tagged": list(rows.borne(context, row))}])
    return links.of_records(tx, context.id, wish, [record_id]).get(record_id)


def hindrance(context: Context, row: Mapping[str, Any], wish: Entity | None) -> str:
    """Why nothing is made in Dynamics for a contact that no record stands for, "" when it is."""
    if wish is None or rows.address_of(row) is None:
        return STRANGER
    rules = context.rules[wish]
    may = rules.settings["enabled"] and rules.terms.direction != "outbound" and rules.terms.create
    return "" if may else NEVER


def _take_over(
    tx: Tx, context: Context, filed: Filed, row: Mapping[str, Any], record: Change, accounts: Mapping[int, str]
) -> Link | None:
    """Nothing is written: the link holds what both sides agree on already, and the compare finds the rest."""
    there = rows.person(context, record.entity, row, accounts)
    links.take_over(tx, context.id, [taken(context, row, record, there)])
    link = links.of_records(tx, context.id, record.entity, [record.record_id]).get(record.record_id)
    if link is None or link.ac_id != there.ac_id:
        filed.settle(record.entity, Outcome.SKIPPED, ELSEWHERE)
        return None
    return link


def taken(context: Context, row: Mapping[str, Any], record: Change, there: Counterpart) -> dict[str, Any]:
    """The link of somebody found on both sides: agreed is what is equal."""
    rules = context.rules[record.entity]
    agreed = alike(rules, record, rules.mapping.read_contact(row, row["field_values"]))
    return {
        "entity": record.entity,
        "record_id": record.record_id,
        "address": record.address,
        "ac_id": there.ac_id,
        "agreed": agreed,
        "modified_on": record.modified_on,
        "tagged": list(there.tags),
        "origin": "pulled" if tags.PULLED in there.tags else "pushed",
        "account_id": record.account_id if there.account_id and record.account_id == there.account_id else None,
    }


def decide(context: Context, filed: Filed, row: Mapping[str, Any], link: Link, accounts: Mapping[int, str]) -> None:
    """Decides about a linked contact, or leaves it to be decided against its record; `filed` gets to know."""
    terms = context.rules[link.entity].terms
    if link.delivered and tags.DELETED in rows.borne(context, row) and tags.DELETED not in link.tagged:
        filed.stained.append(link)
    if terms.direction == "outbound" or not context.rules[link.entity].settings["enabled"]:
        filed.settle(link.entity, Outcome.SKIPPED, NOT_INBOUND)
        return
    there = rows.aligned(context, rows.person(context, link.entity, row, accounts), link.agreed)
    there = rows.owed(there, link) if link.delivered else replace(there, wanted=link.origin == "pulled")
    decision = inbound.at_first_sight(there, link, terms, context.consent)
    urgent = inbound.opts_out(there, link, context.consent)
    filed.put(link, there, decision, "update" if link.delivered else "create", opts_out=urgent)
