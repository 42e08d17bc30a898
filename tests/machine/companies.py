"""What people do with accounts, on either side. Names stay unique: two accounts of one name are a case of their own."""

from __future__ import annotations

from typing import Any

from machine.journal import ACTIVECAMPAIGN
from machine.steps import Pick, step
from machine.world import TEXTS, World

EDITED = {"telephone1": "Phone Number", "address1_city": "City", "description": "Description"}


@step(5)
def enter_company(world: World, pick: Pick) -> str | None:
    record_id, name = world.new_id(), world.new_name()
    world.in_dynamics({"table": "account", "create": {"accountid": record_id, "name": name}})
    return f"account {record_id[-4:]} {name!r} is entered in Dynamics"


@step(4)
def edit_company(world: World, pick: Pick) -> str | None:
    """An account is renamed in Dynamics, or gets a new value."""
    companies = sorted(world.sides().companies)
    if not companies:
        return None
    record_id = pick.one(companies)
    values: dict[str, Any] = {pick.one(list(EDITED)): pick.one([*TEXTS, None])}
    values = pick.one((values, {"name": world.new_name()}))
    world.in_dynamics({"table": "account", "id": record_id, "set": values})
    return f"account {record_id[-4:]} becomes {values} in Dynamics"


@step(2)
def delete_company(world: World, pick: Pick) -> str | None:
    companies = sorted(world.sides().companies)
    if not companies:
        return None
    record_id = pick.one(companies)
    world.story.delete("account", record_id)
    world.journal.orphan(*(person.address for person in world.sides().people))
    return f"account {record_id[-4:]} is deleted in Dynamics"


@step(3, two_way=True)
def enter_company_in_activecampaign(world: World, pick: Pick) -> str | None:
    name = world.new_name()
    world.in_activecampaign(account=name, create=True, set={})
    world.journal.names_entered.add(name)
    return f"account {name!r} is entered in ActiveCampaign"


@step(4, two_way=True)
def edit_company_in_activecampaign(world: World, pick: Pick) -> str | None:
    """An account is renamed in ActiveCampaign, or gets a new value."""
    accounts = world.sides().accounts
    if not accounts:
        return None
    number = pick.one(sorted(accounts))
    if pick.number() % 2:
        change: dict[str, Any] = {"set": {"name": world.new_name()}}
    else:
        change = {"fields": {pick.one(list(EDITED.values())): pick.one([*TEXTS, ""])}}
    if accounts[number].name in world.journal.names_entered and "set" in change:
        world.journal.names_entered.add(change["set"]["name"])
    world.in_activecampaign(account=number, **change)
    return f"AC account {number} becomes {change} in ActiveCampaign"


@step(1, two_way=True)
def delete_company_in_activecampaign(world: World, pick: Pick) -> str | None:
    accounts = world.sides().accounts
    if not accounts:
        return None
    number = pick.one(sorted(accounts))
    world.journal.accounts_gone.add(number)
    if accounts[number].carries:
        world.journal.companies_gone.add(accounts[number].carries)
    else:
        world.journal.names_gone.add(accounts[number].name)
    world.journal.orphan(*(contact.address for contact in world.sides().contacts.values()))
    world.in_activecampaign(account=number, delete=True)
    return f"AC account {number} is deleted in ActiveCampaign"


@step(4, two_way=True)
def move_in_activecampaign(world: World, pick: Pick) -> str | None:
    """A contact changes over to another account in ActiveCampaign."""
    sides = world.sides()
    targets = [number for number, account in sorted(sides.accounts.items()) if account.carries in sides.companies]
    contact = world.a_contact(pick)
    if contact is None or not targets:
        return None
    number = pick.one(targets)
    world.associate(contact.id, number)
    world.journal.says(ACTIVECAMPAIGN, contact.address, "company", sides.accounts[number].carries)
    return f"{contact} moves to AC account {number} in ActiveCampaign"
