"""Writing a contact: its own fields, its tags, its lists, its end."""

from __future__ import annotations

import re
from typing import Any

from simulators.activecampaign.core.answers import Problem, invalid
from simulators.activecampaign.model.contacts import Contact, Membership
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import feed, hooks, journal

CORE = {"firstName": "first", "lastName": "last", "phone": "phone"}
SUBSCRIBED, UNSUBSCRIBED, UNCONFIRMED = 1, 2, 3
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}"
)


def is_address(text: object) -> bool:
    """Whether the service would take this as an e-mail address."""
    return isinstance(text, str) and len(text) <= 254 and bool(_ADDRESS.fullmatch(text))


def bad_address() -> Problem:
    """422 as contact/sync gives it; the documentation of the other writes shows the same."""
    return invalid("Contact Email Address is not valid.", "email_invalid", "email", error="must_be_valid_email_address")


def excluded(world: World, email: str) -> bool:
    """Whether an exclusion of the account keeps this address out."""
    return any(_matches(rule, email.lower()) for rule in world.exclusions)


def _matches(rule: Row, email: str) -> bool:
    phrase = str(rule["matchPhrase"]).lower()
    kinds = {"exact": email == phrase, "start": email.startswith(phrase), "end": email.endswith(phrase)}
    return kinds.get(rule["matchType"], phrase in email)


def moved(world: World, contact: Contact, cause: str = "core") -> None:
    """Moves the contact's dates of change, if this cause does so in this account (S31)."""
    if cause == "core" or cause in world.switches["udate_moves_on"]:
        world.contacts.touch(contact, world.now())


def rename(world: World, contact: Contact, email: str) -> None:
    """Gives the contact another address. 422 where it is another contact's."""
    other = world.contacts.find(email) if email else None
    if other is not None and other is not contact:
        raise duplicate()
    world.contacts.rename(contact, email)


def duplicate() -> Problem:
    """422 for an address that is taken. It does not tell by whom."""
    return invalid("Email address already exists in the system", "duplicate", "email")


def write_core(world: World, contact: Contact, given: dict[str, Any]) -> None:
    """Sets names and phone as given; a key left out keeps its value, null clears it or is ignored (S4)."""
    for key, attribute in CORE.items():
        if key in given and (given[key] is not None or world.switches["null_clears"]):
            setattr(contact, attribute, "" if given[key] is None else str(given[key]))


def tag(world: World, contact: Contact, row: Row, source: str) -> int:
    """Adds the tag, and answers with the association's id; a second time it is the same one."""
    known = contact.tags.get(row["id"])
    if known:
        return known[0]
    now = world.now()
    number = attach(world, contact, row["id"], now)
    row["udate"] = now
    moved(world, contact, "tag")
    journal.contact(world, "tagged", source, contact, tag=row["tag"])
    hooks.emit(world, "contact_tag_added", source, contact, extra={"tag": row["tag"]})
    return number


def attach(world: World, contact: Contact, tag_id: int, now: int) -> int:
    """Files a tag on a contact without any consequence."""
    number = world.contacts.tag_ids.new(contact.id)
    contact.tags[tag_id] = (number, now)
    world.tagged[tag_id].add(contact.id)
    return number


def untag(world: World, contact: Contact, tag_id: int, source: str) -> None:
    """Takes a tag off. The id of the association is gone for ever."""
    number, _ = contact.tags.pop(tag_id)
    world.contacts.tag_ids.forget(number)
    world.tagged[tag_id].discard(contact.id)
    moved(world, contact, "tag")
    journal.contact(world, "untagged", source, contact, tag=world.tags.rows[tag_id]["tag"])
    hooks.emit(world, "contact_tag_removed", source, contact, extra={"tag": world.tags.rows[tag_id]["tag"]})


def named_tag(world: World, name: str) -> Row:
    """The tag of this name, made if there is none. Case makes no other tag."""
    known = next((row for row in world.tags if row["tag"].lower() == name.lower()), None)
    return known or add_tag(world, name)


def add_tag(world: World, name: str, kind: str = "contact", description: str = "") -> Row:
    """A new tag, whatever tags there are."""
    now = world.now()
    return world.tags.add(tag=name, tagType=kind, description=description, cdate=now, udate=now)


def put_on_list(
    world: World, contact: Contact, list_id: int, status: int, source: str, form: int = 0, reason: str = ""
) -> Membership:
    """Sets the contact's state on a list, with its trace in the feed and its webhook.

    `form` is the form by which somebody joined, `reason` what somebody who leaves gave as such.
    """
    before = contact.lists[list_id].status if list_id in contact.lists else None
    membership = enlist(world, contact, list_id, status, world.now(), source)
    if form:
        membership.form = form
    if status == UNSUBSCRIBED and before != status:
        membership.reason = reason
    moved(world, contact, "list")
    if status in (SUBSCRIBED, UNSUBSCRIBED) and before != status:
        event = "subscribe" if status == SUBSCRIBED else "unsubscribe"
        feed.add(world, contact, "contact-list", event, membership.id)
        extra: dict[str, object] = {"form[id]": form}
        hooks.emit(world, event, source, contact, list_id, extra | ({"unsubscribe[reason]": reason} if reason else {}))
    return membership


def enlist(world: World, contact: Contact, list_id: int, status: int, now: int, source: str) -> Membership:
    """Files a state on a list without any consequence."""
    membership = contact.lists.get(list_id)
    if membership is None:
        number = world.contacts.list_ids.new(contact.id)
        membership = contact.lists[list_id] = Membership(number, status, now)
        world.listed[list_id].add(contact.id)
        journal.contact(world, "listed", source, contact, list=list_id, status=status)
        return membership
    journal.contact(world, "relisted", source, contact, list=list_id, status=status)
    if membership.status != status:
        membership.status, membership.udate = status, now
        membership.sdate = now if status == SUBSCRIBED else membership.sdate
    return membership


def remove(world: World, contact: Contact, source: str) -> None:
    """Deletes for ever. No webhook tells about it; the address is free again, the id is not."""
    journal.contact(world, "deleted", source, contact)
    for members in (*(world.tagged[each] for each in contact.tags), *(world.listed[each] for each in contact.lists)):
        members.discard(contact.id)
    world.links.remove(contact.account)
    # What becomes of the deals of a deleted contact is not documented: gone is the harder case for a client.
    for deal in [row for row in world.deals if row["contact"] == contact.id]:
        world.deals.remove(deal["id"])
    for row in world.enrolled.pop(contact.id, []):
        world.enrolments.remove(row["id"])
    world.contacts.remove(contact)
