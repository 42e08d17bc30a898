"""What people do in ActiveCampaign, marketers and those who get the mail."""

from __future__ import annotations

from machine.journal import ACTIVECAMPAIGN
from machine.oracle.sides import Contact
from machine.steps import Pick, step
from machine.world import TEXTS, World

CORE = {"firstName": "first name", "lastName": "last name", "phone": "phone"}
CUSTOM = ("JOB_TITLE", "CITY", "MOBILE_PHONE", "COMPANY")
LISTS = (2, 1)
SUBSCRIBED, UNSUBSCRIBED, UNCONFIRMED = 1, 2, 3
REQUESTS = {"contact": "[D365: Contact]", "lead": "[D365: Lead]"}
PULLED = "[D365: Pulled from ActiveCampaign]"


@step(5, two_way=True)
def enter_in_activecampaign(world: World, pick: Pick) -> str | None:
    """Somebody fills in a form."""
    address = pick.one(world.addresses)
    if world.sides().contact_at(address):
        return None
    fields = {pick.one(CUSTOM): pick.one(TEXTS)}
    world.in_activecampaign(contact=address, create=True, set={"firstName": "Cleo"}, fields=fields)
    contact = world.sides().contact_at(address)
    world.journal.entered[address] = world.journal.step
    world.journal.held[contact.id if contact else 0].add(address)
    world.journal.shake(address)
    return f"{contact} is entered in ActiveCampaign: {fields}"


@step(12, two_way=True)
def edit_in_activecampaign(world: World, pick: Pick) -> str | None:
    return _set(world, pick, pick.one(TEXTS))


@step(5, two_way=True)
def clear_in_activecampaign(world: World, pick: Pick) -> str | None:
    return _set(world, pick, "")


def _set(world: World, pick: Pick, value: str) -> str | None:
    contact = world.a_contact(pick)
    if contact is None:
        return None
    name = pick.one((*CORE, *CUSTOM))
    kind = {"set": {name: value}} if name in CORE else {"fields": {name: value}}
    world.in_activecampaign(contact=contact.id, **kind)
    world.journal.says(ACTIVECAMPAIGN, contact.address, CORE.get(name, name), value)
    return f"{name} of {contact} becomes {value!r} in ActiveCampaign"


@step(4, two_way=True)
def change_address_in_activecampaign(world: World, pick: Pick) -> str | None:
    """ActiveCampaign refuses an address that another contact has, and Dynamics' rule against duplicates one of another
    record: then a person has to decide. And an import tells no ids: until they were read, nobody can tell who it was
    that changed the address."""
    contact, address = world.a_contact(pick), pick.one(world.addresses)
    sides = world.sides()
    taken = sides.contact_at(address) or any(person.address == address for person in sides.people)
    if contact is None or taken or world.is_known_by_address_only(contact):
        return None
    world.in_activecampaign(contact=contact.id, set={"email": address})
    world.journal.held[contact.id] |= {contact.address, address}
    world.journal.shake(contact.address, address)
    world.journal.claimed.add(address)
    return f"the address of {contact} becomes {address} in ActiveCampaign"


@step(3, two_way=True)
def delete_in_activecampaign(world: World, pick: Pick) -> str | None:
    contact = world.a_contact(pick)
    if contact is None:
        return None
    world.removed(contact)
    world.in_activecampaign(contact=contact.id, delete=True)
    return f"{contact} is deleted in ActiveCampaign"


@step(6, two_way=True)
def request(world: World, pick: Pick) -> str | None:
    """A marketer asks for a record in Dynamics by a pair of tags, on a contact that bears none of ours."""
    contacts = [each for each in world.contacts() if not any(tag.startswith("[D365") for tag in each.tags)]
    if not contacts:
        return None
    contact, table = pick.one(contacts), pick.one(("lead", "contact"))
    world.in_activecampaign(contact=contact.id, tags={"add": [REQUESTS[table], PULLED]})
    world.journal.requested[contact.id] = table
    world.journal.held[contact.id].add(contact.address)
    world.journal.shake(contact.address)
    return f"a {table} is requested for {contact} in ActiveCampaign"


@step(4)
def subscribe(world: World, pick: Pick) -> str | None:
    contact, number = world.a_contact(pick), pick.one(LISTS)
    if contact is None or contact.lists.get(number) == SUBSCRIBED:
        return None
    world.in_activecampaign(contact=contact.id, lists={number: pick.one((SUBSCRIBED, SUBSCRIBED, UNCONFIRMED))})
    world.journal.subscribed[contact.id] = world.journal.step
    return f"{contact} subscribes to list {number}"


@step(4)
def unsubscribe(world: World, pick: Pick) -> str | None:
    """Somebody leaves one list."""
    contact, number = world.a_contact(pick), pick.one(LISTS)
    if contact is None or contact.lists.get(number) not in (SUBSCRIBED, UNCONFIRMED):
        return None
    world.in_activecampaign(contact=contact.id, lists={number: UNSUBSCRIBED})
    _left(world, contact)
    return f"{contact} leaves list {number}"


@step(4)
def unsubscribe_from_all(world: World, pick: Pick) -> str | None:
    """Somebody leaves all lists by the link in a mail."""
    contact = world.a_contact(pick)
    if contact is None:
        return None
    lists = dict.fromkeys([2, *contact.lists], UNSUBSCRIBED)
    world.in_activecampaign(contact=contact.id, lists=lists)
    _left(world, contact)
    return f"{contact} leaves all lists"


def _left(world: World, before: Contact) -> None:
    """Who was on no list any more, and had left one, says nothing new by leaving again."""
    said = not before.active and UNSUBSCRIBED in before.lists.values()
    if not said and not world.sides().contacts[before.id].active:
        world.journal.left_all[before.id] = world.journal.step


@step(2, two_way=True)
def bounce(world: World, pick: Pick) -> str | None:
    """A mail comes back for good."""
    contact = world.a_contact(pick)
    if contact is None:
        return None
    world.mail_event("bounce", contact.id)
    # An address bounces for good once; a second time says nothing new.
    world.journal.bounced.setdefault(contact.id, world.journal.step)
    return f"a mail to {contact} bounces hard"
