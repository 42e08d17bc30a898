"""Putting contacts and accounts into the account without any consequence: no webhook, no feed, any date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulators.activecampaign.core.dates import parse
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import companies, people, values


def contacts(world: World, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Ids of the new contacts.

    Keys of a row: email, firstName, lastName, phone, `fields` by perstag, `tags` by name, `lists` (id to status),
    `account` (name), jobTitle, cdate and udate (seconds or ISO), bounced (true for a hard bounce).
    """
    perstags = {row["perstag"]: row["id"] for row in world.fields}
    tags: dict[str, Row] = {}
    with world.contacts.loading():
        return [_contact(world, row, perstags, tags).id for row in rows]


def _contact(world: World, row: Mapping[str, Any], perstags: dict[str, int], tags: dict[str, Row]) -> Contact:
    made = _second(row.get("cdate"), world.now())
    contact = world.contacts.add(row.get("email", ""), made)
    people.write_core(world, contact, {key: row[key] for key in people.CORE if key in row})
    pairs = ((perstags[name], text) for name, text in row.get("fields", {}).items())
    moved = _second(row.get("udate"), made)
    values.write(world, contact, pairs, moved)
    for name in row.get("tags", ()):
        tag = tags.get(name) or tags.setdefault(name, people.named_tag(world, name))
        people.attach(world, contact, tag["id"], made)
    for number, status in row.get("lists", {}).items():
        people.enlist(world, contact, as_id(number), status, made, "load")
    _seldom(world, contact, row)
    if moved != made:
        world.contacts.touch(contact, moved)
    return contact


def _seldom(world: World, contact: Contact, row: Mapping[str, Any]) -> None:
    if row.get("bounced"):
        contact.note("bounced_hard", 1)
        contact.note("bounced_at", contact.cdate)
    if row.get("account"):
        account = companies.named(world, row["account"]) or companies.add(world, row["account"], "", 1, "load")
        link = world.links.add(account=account["id"], contact=contact.id, title=row.get("jobTitle", ""),
                               created=contact.cdate, updated=contact.cdate)  # fmt: skip
        contact.account = link["id"]


def _second(given: float | str | None, default: int) -> int:
    moment = parse(given) if isinstance(given, str) else given
    return default if moment is None else int(moment)


def accounts(world: World, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Ids of the new accounts. Keys of a row: name, accountUrl, `fields` by label, created and updated."""
    labels = {row["fieldLabel"]: row for row in world.account_fields}
    return [_account(world, row, labels)["id"] for row in rows]


def _account(world: World, row: Mapping[str, Any], labels: dict[str, Row]) -> Row:
    account = companies.add(world, row["name"], row.get("accountUrl", ""), 1, "load")
    account["created"] = _second(row.get("created"), account["created"])
    account["updated"] = _second(row.get("updated"), account["created"])
    for label, value in row.get("fields", {}).items():
        field = labels[label]
        currency = field["fieldDefaultCurrency"] if field["fieldType"] == "currency" else None
        companies.write_value(world, account, field, value, currency)
    return account
