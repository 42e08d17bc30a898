"""The bulk import: queued, worked off later, matched by address only, silent towards webhooks."""

from __future__ import annotations

import uuid
from typing import Any

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import automate, callbacks, companies, journal, people, values

NAMES = {"first_name": "first", "last_name": "last", "phone": "phone"}


def queue(world: World, body: dict[str, Any], size: int) -> Row:
    """Takes a checked request. What it holds becomes visible after the account's delay (S7)."""
    low, high = world.switches["import_delay_s"]
    now = world.clock.now()
    batch: Row = {
        "id": str(uuid.UUID(int=world.random.getrandbits(128), version=4)), "contacts": body["contacts"],
        "top_excludes": bool(body.get("exclude_automations")), "callback": body.get("callback"), "size": size,
        "queued": now, "due": now + world.random.uniform(low, high), "done": False,
        "count": len(body["contacts"]), "success": [], "failure": [],
    }  # fmt: skip
    world.batches[batch["id"]] = batch
    world.waiting.append(batch)
    world.stats.changing()
    if batch["callback"]:
        world.courier.post(batch["due"], lambda: _call_back(world, batch))
    return batch


def catch_up(world: World) -> None:
    """Works off the batches that are due, in the order in which they fall due, not in that of their arrival."""
    now = world.clock.now()
    due = sorted((each for each in world.waiting if each["due"] <= now), key=lambda each: float(each["due"]))
    if due:
        world.waiting = [each for each in world.waiting if each["due"] > now]
    for batch in due:
        with world.stats.later():
            _work_off(world, batch)


def _call_back(world: World, batch: Row) -> None:
    with world.lock:
        catch_up(world)
    callbacks.deliver(world, batch)


def _work_off(world: World, batch: Row) -> None:
    ends = batch["ends"] = world.switches["import_ends"]
    rows = batch.pop("contacts")
    world.random.shuffle(rows)  # The order inside a batch is not published, so nobody may lean on it.
    tags: dict[str, Row] = {}
    for row in rows if ends == "completed" else rows[: len(rows) // 2]:
        contact = _import_row(world, row, tags, batch)
        batch["success" if contact else "failure"].append(contact.id if contact else row["email"])
    world.stats.wrote("POST /api/3/import/bulk_import", len(batch["success"]))
    batch["done"] = True


def _import_row(world: World, row: dict[str, Any], tags: dict[str, Row], batch: Row) -> Contact | None:
    contact = world.contacts.find(row["email"])
    refused = people.excluded(world, row["email"]) or (contact is not None and contact.seldom("bounced_hard"))
    if refused or world.faults.pick("POST", row["email"], "import_row_fails"):
        return None
    now = int(batch["due"])
    what = "updated" if contact else "created"
    contact = contact or world.contacts.add(row["email"], now)
    journal.contact(world, what, "import", contact)
    _write(world, contact, row, now)
    _write_tags(world, contact, row, tags, now)
    joined = _write_lists(world, contact, row, now)
    companies.name_account(world, contact, row.get("customer_acct_name") or "")
    world.contacts.touch(contact, now)
    # The reference puts the flag into the contact, live reports put it on top: only both together are safe.
    if not (batch["top_excludes"] and row.get("exclude_automations")):
        automate.joined(world, contact, joined)
    return contact


def _write(world: World, contact: Contact, row: dict[str, Any], now: int) -> None:
    blank_clears = world.switches["import_blank_clears"]
    for key, attribute in NAMES.items():
        if key in row and (row[key] or blank_clears):
            setattr(contact, attribute, row[key] or "")
    pairs = [(each["id"], each["value"]) for each in row.get("fields") or [] if each["id"] in world.fields.rows]
    values.write(world, contact, [pair for pair in pairs if pair[1] or blank_clears], now)


def _write_tags(world: World, contact: Contact, row: dict[str, Any], tags: dict[str, Row], now: int) -> None:
    for name in row.get("tags") or []:
        found = tags.get(name) or tags.setdefault(name, people.named_tag(world, name))
        if found["id"] not in contact.tags:
            people.attach(world, contact, found["id"], now)
            journal.contact(world, "tagged", "import", contact, tag=name)


def _write_lists(world: World, contact: Contact, row: dict[str, Any], now: int) -> list[int]:
    joined = []
    for number in _list_ids(world, row.get("subscribe")):
        before = contact.lists.get(number)
        if before is None or before.status not in (people.SUBSCRIBED, people.UNSUBSCRIBED):
            people.enlist(world, contact, number, people.SUBSCRIBED, now, "import")
            joined.append(number)
    for number in _list_ids(world, row.get("unsubscribe")):
        people.enlist(world, contact, number, people.UNSUBSCRIBED, now, "import")
    return joined


def _list_ids(world: World, given: Any) -> list[int]:
    numbers = [as_id(each.get("listid")) for each in given or [] if isinstance(each, dict)]
    return [number for number in numbers if number in world.lists.rows]


def status(world: World, batch: Row) -> str | bool:
    """`waiting`, `claimed`, `active`, then how it ended; false while the batch is not even a second old (S8)."""
    now = world.clock.now()
    if now - batch["queued"] < world.switches["import_silent_s"]:
        return False
    if batch["done"]:
        return str(batch["ends"])
    past = (now - batch["queued"]) / (batch["due"] - batch["queued"])
    return "waiting" if past < 0.4 else "claimed" if past < 0.6 else "active"
