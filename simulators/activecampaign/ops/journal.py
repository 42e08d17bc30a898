"""Tells statistics and the log of writes what was changed, through which door, and of whom."""

from __future__ import annotations

from simulators.activecampaign.core.dates import iso
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World

# What is done to a contact, as the row of another table; the rest are changes of the contact's own row.
_ROWS = {
    "tagged": ("contactTag", "created"), "untagged": ("contactTag", "deleted"), "listed": ("contactList", "created"),
    "relisted": ("contactList", "updated"), "created": ("contact", "created"), "updated": ("contact", "updated"),
    "deleted": ("contact", "deleted"), "moved": ("accountContact", "updated"), "left": ("contactAutomation", "updated"),
    "bounced": ("contact", "updated"),
}  # fmt: skip
SEED = "load"


def contact(world: World, what: str, source: str, whom: Contact, **detail: object) -> None:
    """`source`: api, admin, public, system or import; what was seeded is no write."""
    if source == SEED:
        return
    if what in _ROWS:
        world.stats.row(*_ROWS[what])
    world.log.add(contact=whom.id, what=what, source=source, at=_now(world), **detail)


def account(world: World, what: str, source: str, row: Row) -> None:
    """Likewise for an account. Making and deleting one is counted by its table."""
    if source == SEED:
        return
    if what == "updated":
        world.stats.row("account", "updated")
    world.log.add(account=row["id"], what=what, source=source, at=_now(world))


def _now(world: World) -> str:
    return iso(world.now(), world.switches["server_zone"])
