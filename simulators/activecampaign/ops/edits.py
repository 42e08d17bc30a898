"""What a person changes in the user interface: the rows of the API, told to webhooks as source admin."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import companies, hooks, journal, people, values

_SOURCE = "admin"


def edit(world: World, given: dict[str, Any]) -> Row:
    """Applies one edit and answers with the id of the row.

    `contact` (id or e-mail) or `account` (id or name) names the row; `create` makes it if it is unknown; `delete`
    ends it; `set` holds core fields, `fields` custom values by perstag or label, `tags` `{"add": […], "remove": […]}`,
    `lists` states by list id. Raises LookupError for an unknown row or field, Problem (422) for an address or a name
    that is taken.
    """
    if "account" in given:
        return _edit_account(world, given)
    contact = _person(world, given)
    if given.get("delete"):
        people.remove(world, contact, _SOURCE)
        return {"id": contact.id}
    _write(world, contact, given)
    for name in given.get("tags", {}).get("add", []):
        people.tag(world, contact, people.named_tag(world, name), _SOURCE)
    for name in given.get("tags", {}).get("remove", []):
        _untag(world, contact, name)
    for number, status in given.get("lists", {}).items():
        people.put_on_list(world, contact, as_id(number), int(status), _SOURCE)
    return {"id": contact.id}


def _person(world: World, given: dict[str, Any]) -> Contact:
    wanted = given["contact"]
    known = world.contacts.rows.get(as_id(wanted)) or world.contacts.find(str(wanted))
    if known is None and not given.get("create"):
        raise LookupError("contact")
    if known is not None:
        return known
    made = world.contacts.add(str(wanted), world.now())
    journal.contact(world, "created", _SOURCE, made)
    return made


def _write(world: World, contact: Contact, given: dict[str, Any]) -> None:
    core, fields = dict(given.get("set", {})), given.get("fields", {})
    if not core and not fields and not given.get("create"):
        return
    if "email" in core:
        people.rename(world, contact, core.pop("email"))
    people.write_core(world, contact, core)
    perstags = {row["perstag"]: row["id"] for row in world.fields}
    values.write(world, contact, [(perstags[name], text) for name, text in fields.items()], world.now())
    people.moved(world, contact)
    if core or fields:
        journal.contact(world, "updated", _SOURCE, contact)
    hooks.emit(world, "update", _SOURCE, contact)


def _untag(world: World, contact: Contact, name: str) -> None:
    row = world.tags.first(tag=name)
    if row is not None and row["id"] in contact.tags:
        people.untag(world, contact, row["id"], _SOURCE)


def _edit_account(world: World, given: dict[str, Any]) -> Row:
    wanted = given["account"]
    row = world.accounts.get(wanted) or companies.named(world, str(wanted))
    if row is None:
        if not given.get("create"):
            raise LookupError("account")
        row = companies.add(world, str(wanted), "", 1, _SOURCE)
    if given.get("delete"):
        companies.remove(world, row, _SOURCE)
        return {"id": row["id"]}
    _write_account(world, row, given)
    companies.changed(world, row, _SOURCE)
    return {"id": row["id"]}


def _write_account(world: World, row: Row, given: dict[str, Any]) -> None:
    core = given.get("set", {})
    if "name" in core:
        companies.rename(world, row, core["name"])
    row["accountUrl"] = core.get("accountUrl", row["accountUrl"])
    labels = {each["fieldLabel"]: each for each in world.account_fields}
    for label, value in given.get("fields", {}).items():
        field = labels[label]
        companies.write_value(world, row, field, value, field["fieldDefaultCurrency"])
