"""What people do in Dynamics."""

from __future__ import annotations

from typing import Any

from machine.journal import DYNAMICS
from machine.oracle.sides import LEAD_FIELDS, PERSON_FIELDS, Person
from machine.steps import Pick, step
from machine.world import TEXTS, World

EDITED = ("jobtitle", "firstname", "lastname", "telephone1", "address1_city", "mobilephone")
LEADS_OWN = ("companyname", "leadsourcecode")
INACTIVE = {"contact": 1, "lead": 2}


@step(10)
def enter_contact(world: World, pick: Pick) -> str | None:
    return _enter(world, pick, "contact")


@step(6)
def enter_lead(world: World, pick: Pick) -> str | None:
    return _enter(world, pick, "lead")


def _enter(world: World, pick: Pick, table: str) -> str | None:
    address = pick.one([*world.addresses, *world.addresses, None])
    if address in world.journal.claimed:
        return None
    record_id = world.new_id()
    values: dict[str, Any] = {"lastname": "Byron", "emailaddress1": address, pick.one(EDITED): pick.one(TEXTS)}
    topic = {"subject": "Web"} if table == "lead" else {}
    world.in_dynamics({"table": table, "create": {f"{table}id": record_id, **topic, **values}})
    world.journal.addresses[table, record_id].add(address or "")
    world.journal.shake(address or "")
    return f"a {table} {record_id[-4:]} with {address or 'no address'} is entered in Dynamics: {values}"


@step(14)
def edit(world: World, pick: Pick) -> str | None:
    """A field of an active record gets a new text."""
    person = world.active_person(pick)
    if person is None:
        return None
    name = pick.one(EDITED + LEADS_OWN if person.table == "lead" else EDITED)
    value: Any = pick.number() % 10 + 1 if name == "leadsourcecode" else pick.one(TEXTS)
    return _set(world, person, name, value)


@step(5)
def clear(world: World, pick: Pick) -> str | None:
    """A field of an active record is emptied."""
    person = world.active_person(pick)
    cleared = tuple(name for name in EDITED if name != "lastname")
    return _set(world, person, pick.one(cleared), None) if person else None


def _set(world: World, person: Person, name: str, value: Any) -> str:
    world.in_dynamics({"table": person.table, "id": person.id, "set": {name: value}})
    field = (LEAD_FIELDS if person.table == "lead" else PERSON_FIELDS)[name]
    world.touched(person)
    seen = world.sides().person(person.key)
    world.journal.says(DYNAMICS, person.address, field, seen.values[field] if seen else "")
    return f"{name} of {person} becomes {value!r} in Dynamics"


@step(5)
def change_address(world: World, pick: Pick) -> str | None:
    """The address becomes another one, which somebody else may have already, or none."""
    person = world.active_person(pick)
    if person is None:
        return None
    address = pick.one([*world.addresses, *(each.title() for each in world.addresses), None])
    if address and address.lower() in world.journal.claimed:
        return None
    world.in_dynamics({"table": person.table, "id": person.id, "set": {"emailaddress1": address}})
    world.journal.moves(person.key, person.address, (address or "").lower())
    world.journal.shake(person.address, (address or "").lower())
    return f"the address of {person} becomes {address} in Dynamics"


@step(5)
def move_to_company(world: World, pick: Pick) -> str | None:
    """Somebody changes over to another account, or belongs to none any more."""
    person = world.active_person(pick)
    if person is None:
        return None
    company = pick.one([*sorted(world.sides().companies), None])
    nav = "parentcustomerid_account" if person.table == "contact" else "parentaccountid"
    bound = f"/accounts({company})" if company else None
    world.in_dynamics({"table": person.table, "id": person.id, "set": {f"{nav}@odata.bind": bound}})
    world.touched(person)
    world.journal.says(DYNAMICS, person.address, "company", company or "")
    return f"{person} moves to account {company and company[-4:]} in Dynamics"


@step(4)
def merge(world: World, pick: Pick) -> str | None:
    """Two records of one kind become one."""
    table = pick.one(("contact", "contact", "lead"))
    found = [person for person in world.sides().people if person.table == table and person.active]
    if len(found) < 2:
        return None
    first = pick.number() % len(found)
    survivor, loser = found[first], found[(first + 1 + pick.number() % (len(found) - 1)) % len(found)]
    world.merge(table, survivor.id, loser.id)
    world.journal.switched |= {survivor.key, loser.key}
    world.journal.inherits(survivor, loser)
    world.journal.shake(survivor.address, loser.address)
    return f"{loser} is merged into {survivor} in Dynamics"


@step(4)
def qualify(world: World, pick: Pick) -> str | None:
    """A lead becomes a contact."""
    leads = [person for person in world.sides().people if person.table == "lead" and person.active]
    if not leads:
        return None
    lead = pick.one(leads)
    before = {person.key for person in world.sides().people}
    world.qualify(lead.id)
    made = next(person for person in world.sides().people if person.key not in before)
    world.follows(lead, made)
    world.journal.switched |= {lead.key, made.key}
    world.journal.shake(lead.address, made.address)
    return f"{lead} is qualified in Dynamics and becomes {made}"


@step(4)
def deactivate(world: World, pick: Pick) -> str | None:
    person = world.active_person(pick)
    if person is None:
        return None
    world.in_dynamics({"table": person.table, "id": person.id, "set": {"statecode": INACTIVE[person.table]}})
    world.journal.switched.add(person.key)
    world.journal.shake(person.address)
    return f"{person} is deactivated in Dynamics"


@step(4)
def reactivate(world: World, pick: Pick) -> str | None:
    """Not somebody who was merged, nor a qualified lead."""
    rows = [p for p in world.sides().people if not p.active and not p.merged and not p.qualified]
    if not rows:
        return None
    person = pick.one(rows)
    world.in_dynamics({"table": person.table, "id": person.id, "set": {"statecode": 0}})
    world.journal.switched.add(person.key)
    world.journal.shake(person.address)
    return f"{person} is active again in Dynamics"


@step(4)
def delete(world: World, pick: Pick) -> str | None:
    people = world.sides().people
    if not people:
        return None
    person = pick.one(people)
    world.story.delete(person.table, person.id)
    world.journal.deleted.add(person.key)
    world.journal.shake(person.address)
    return f"{person} is deleted in Dynamics"


@step(5)
def opt_out(world: World, pick: Pick) -> str | None:
    """Somebody does not want mail any more and says so to a salesperson."""
    person = world.active_person(pick)
    if person is None:
        return None
    name = pick.one(("donotbulkemail", "donotbulkemail", "donotemail"))
    world.in_dynamics({"table": person.table, "id": person.id, "set": {name: True}})
    world.touched(person)
    world.journal.opted_out[person.key] = world.journal.step
    return f"{person} opts out in Dynamics ({name})"


@step(3)
def opt_in(world: World, pick: Pick) -> str | None:
    """A salesperson takes the mark off again."""
    rows = [person for person in world.sides().people if person.active and (person.no_bulk_mail or person.no_mail)]
    if not rows:
        return None
    person = pick.one(rows)
    world.in_dynamics({"table": person.table, "id": person.id, "set": {"donotbulkemail": False, "donotemail": False}})
    world.touched(person)
    world.journal.cleared[person.key] = world.journal.step
    world.journal.opted_out.pop(person.key, None)
    return f"the opt-out of {person} is cleared in Dynamics"
