"""What a contact does without an account's user: fills in a form, leaves all lists. Webhooks hear of it as public."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import automate, hooks, journal, people, values

_SOURCE = "public"
_JOINED = (people.SUBSCRIBED, people.UNCONFIRMED)


def leave_all(world: World, contact: Contact, reason: str) -> list[int]:
    """Unsubscribes the contact from every list that it is on, and answers with their ids."""
    left = [number for number, each in contact.lists.items() if each.status in _JOINED]
    for number in left:
        people.put_on_list(world, contact, number, people.UNSUBSCRIBED, _SOURCE, reason=reason)
    return left


def submit_form(world: World, given: dict[str, Any]) -> Contact:
    """A form was sent in: `email`, `lists`, `form` (its id), `set` (core fields), `fields` by perstag.

    Makes the contact unless it is known, and subscribes it, again if it had left. With `double_opt_in` the
    subscription waits as unconfirmed. Raises LookupError for an unknown list or field.
    """
    lists, perstags = [as_id(number) for number in given["lists"]], {row["perstag"]: row["id"] for row in world.fields}
    if not set(lists) <= world.lists.rows.keys() or not set(given.get("fields", {})) <= perstags.keys():
        raise LookupError("list or field")
    contact = _visitor(world, given["email"])
    people.write_core(world, contact, given.get("set", {}))
    pairs = [(perstags[name], text) for name, text in given.get("fields", {}).items()]
    values.write(world, contact, pairs, world.now())
    people.moved(world, contact)
    hooks.emit(world, "update", _SOURCE, contact)
    status = people.UNCONFIRMED if given.get("double_opt_in") else people.SUBSCRIBED
    for number in lists:
        people.put_on_list(world, contact, number, status, _SOURCE, form=as_id(given.get("form")) or 1)
    automate.joined(world, contact, lists if status == people.SUBSCRIBED else [])
    return contact


def _visitor(world: World, email: str) -> Contact:
    known = world.contacts.find(email)
    contact = known or world.contacts.add(email, world.now())
    journal.contact(world, "updated" if known else "created", _SOURCE, contact)
    return contact
