"""Accounts: unique names, values of their custom fields, one account per contact."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.core.answers import invalid, missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import hooks, journal, people

OPTION_TYPES = ("dropdown", "multiselect", "radio", "checkbox")
TYPES = (*OPTION_TYPES, "text", "textarea", "date", "datetime", "hidden", "currency", "number")


def named(world: World, name: str) -> Row | None:
    """The account of this name, compared without regard to case and outer blanks."""
    return world.accounts.get(world.account_names.get(_key(name), 0))


def _key(name: str) -> str:
    return name.strip().lower()


def add(world: World, name: str, url: str, owner: int, source: str) -> Row:
    """A new account. 422 where the name is taken."""
    refuse_taken(world, name, 0)
    now = world.now()
    row = world.accounts.add(name=name, accountUrl=url, owner=owner, created=now, updated=now, values={})
    world.account_names[_key(name)] = row["id"]
    journal.account(world, "created", source, row)
    hooks.emit(world, "account_add", source, extra=hook_block(row))
    return row


def refuse_taken(world: World, name: str, own_id: int) -> None:
    """422 `field_missing` for a blank name, 422 `duplicate` for that of another account."""
    if not name.strip():
        raise invalid("The account name is required.", "field_missing", "name")
    known = named(world, name)
    if known is not None and known["id"] != own_id:
        title = f'An account named "{name}" already exists. Please choose a new name.'
        raise invalid(title, "duplicate", "name")


def rename(world: World, row: Row, name: str) -> None:
    """Gives the account another name. 422 where it is blank or taken."""
    refuse_taken(world, name, row["id"])
    world.account_names.pop(_key(row["name"]), None)
    row["name"] = name
    world.account_names[_key(name)] = row["id"]


def changed(world: World, row: Row, source: str) -> None:
    """Moves the account's date of change and tells the webhooks."""
    row["updated"] = world.now()
    journal.account(world, "updated", source, row)
    hooks.emit(world, "account_update", source, extra=hook_block(row))


def hook_block(row: Row) -> dict[str, Any]:
    """The keys `account[…]` of a webhook."""
    return {"account[id]": row["id"], "account[name]": row["name"], "account[account_url]": row["accountUrl"]}


def remove(world: World, row: Row, source: str) -> None:
    """Deletes the account, its values and its associations."""
    journal.account(world, "deleted", source, row)
    for value in row["values"].values():
        world.account_values.remove(value)
    for link in [each for each in world.links if each["account"] == row["id"]]:
        unlink(world, link, source)
    world.account_names.pop(_key(row["name"]), None)
    world.accounts.remove(row["id"])


def write_value(world: World, account: Row, field: Row, value: Any, currency: str | None) -> Row:
    """Sets one value: an array for multiselect and checkbox, whole cents for currency, else a string."""
    check_value(field, value)
    now = world.now()
    known = world.account_values.get(account["values"].get(field["id"], 0))
    if known is None:
        known = world.account_values.add(account=account["id"], field=field["id"], created=now)
        account["values"][field["id"]] = known["id"]
    else:
        world.stats.row("accountCustomFieldData", "updated")
    known.update(value=value, currency=currency.upper() if currency else None, updated=now)
    return known


def check_value(field: Row, value: Any) -> None:
    """422 for a value that the field's type does not take."""
    kind = field["fieldType"]
    wants_array = kind in ("multiselect", "checkbox")
    fits = isinstance(value, list) if wants_array else not isinstance(value, list | dict | bool)
    if kind == "currency" and value not in (None, ""):
        fits = as_id(str(value).removeprefix("-")) > 0 or str(value) == "0"
    if not fits:
        raise invalid(f"The value of the field {field['fieldLabel']} is not valid.", "field_invalid", "fieldValue")


def link(world: World, contact: Contact, account: Row, title: str, source: str) -> Row:
    """Associates a contact. 422 if it has an account already: there is one per contact."""
    if contact.account:
        raise invalid(
            "This contact is already associated with an account. We currently do not support contacts on multiple "
            "accounts.", "field_invalid", "account,contact",
        )  # fmt: skip
    now = world.now()
    row = world.links.add(account=account["id"], contact=contact.id, title=title, created=now, updated=now)
    contact.account = row["id"]
    people.moved(world, contact, "association")
    journal.contact(world, "associated", source, contact, account=account["id"])
    extra = {"accountContact[id]": row["id"], "accountContact[account]": account["id"],
             "accountContact[contact]": contact.id, "accountContact[job_title]": title}  # fmt: skip
    hooks.emit(world, "account_contact_add", source, contact, extra={**hook_block(account), **extra})
    return row


def unlink(world: World, row: Row, source: str = "admin") -> None:
    """Ends an association."""
    world.links.remove(row["id"])
    contact = world.contacts.rows.get(row["contact"])
    if contact is not None:
        contact.account = 0
        journal.contact(world, "dissociated", source, contact, account=row["account"])
        people.moved(world, contact, "association")


def name_account(world: World, contact: Contact, name: str) -> None:
    """What `customer_acct_name` of the bulk import does (S11). Webhooks stay silent."""
    account = named(world, name) if name.strip() else None
    if account is None and name.strip() and world.switches["import_creates_accounts"]:
        account = add(world, name, "", 1, "import")
    if account is None:
        return
    known = world.links.get(contact.account)
    if known is None:
        link(world, contact, account, "", "import")
    elif world.switches["import_moves_association"]:
        move(world, contact, known, account, "import")


def move(world: World, contact: Contact, row: Row, account: Row, source: str) -> None:
    """Gives an association another account."""
    row.update(account=account["id"], updated=world.now())
    people.moved(world, contact, "association")
    journal.contact(world, "moved", source, contact, account=account["id"])


def the_account(world: World, number: object) -> Row:
    """The account with this id, or 404."""
    row = world.accounts.get(number)
    if row is None:
        raise missing("CustomerAccount", number)
    return row
