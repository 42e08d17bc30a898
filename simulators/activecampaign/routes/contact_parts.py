"""What hangs on one contact: /contacts/{id}/… for reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.activecampaign.core.answers import missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import automate
from simulators.activecampaign.routes.api import V3, Api, here, paged, the_contact
from simulators.activecampaign.wire import accounts, rows
from simulators.activecampaign.wire import activities as feed_rows
from simulators.activecampaign.wire import contacts as wire

api = Api("contact_parts", __name__, url_prefix=V3)


def _links(world: World, contact: Contact) -> list[Row]:
    row = world.links.get(contact.account)
    return [accounts.association(world, row)] if row else []


def _entry_counts(world: World, contact: Contact) -> list[Row]:
    entered = [row["automation"] for row in world.enrolled.get(contact.id, [])]
    chosen = [row for row in world.automations if row["id"] in entered]
    keys = ("id", "name", "status", "hidden")
    return [{**{key: str(row[key]) for key in keys}, "contactEntryCount": str(entered.count(row["id"]))}
            for row in chosen]  # fmt: skip


def _notes(world: World, contact: Contact) -> list[Row]:
    own = [row for row in world.notes if row["reltype"] == "Subscriber" and row["relid"] == contact.id]
    return [rows.note(world, row) for row in own]


def _enrolments(world: World, contact: Contact) -> list[Row]:
    return [rows.enrolment(world, row) for row in automate.shown(world, contact)]


def _bounces(world: World, contact: Contact) -> list[Row]:
    return [feed_rows.bounce(world, row) for row in world.bounces if row["contact"] == contact.id]


def _tracking(world: World, contact: Contact) -> list[Row]:
    return [feed_rows.tracked(world, row) for row in world.tracking if row["contact"] == contact.id]


PARTS: dict[str, Callable[[World, Contact], list[Row]]] = {
    "fieldValues": wire.value_rows,
    "contactTags": wire.tag_rows,
    "contactLists": wire.memberships,
    "accountContacts": _links,
    "notes": _notes,
    "contactAutomations": _enrolments,
    "automationEntryCounts": _entry_counts,
    "bounceLogs": _bounces,
    "trackingLogs": _tracking,
}
EMPTY = ("contactGoals", "contactLogs", "geoIps", "scoreValues", "deals", "contactDeals")
SINGLE: dict[str, dict[str, Any]] = {
    "contactData": {"contactData": {}},
    "plusAppend": {},
    "organization": {"organization": None},
}


@api.get("/contacts/<number>/<part>")
def contact_part(number: str, part: str) -> Row:
    """The rows of one kind. They are not paged, and come without `meta`, but for notes."""
    world, contact = here(), the_contact(number)
    if part in PARTS:
        found = PARTS[part](world, contact)
        return paged(part, found, total=int) if part == "notes" else {part: found}
    if part in EMPTY:
        return {part: []}
    if part in SINGLE:
        return SINGLE[part]
    raise missing("Route", part)
