"""Opportunities: what salespeople do with them, and what must have come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from machine.oracle.pairs import speakers
from machine.oracle.sides import Sides, rows

from rounds.world import RoundWorld
from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics

TOPICS = ("Licences", "Training", "Support")


def enter(world: RoundWorld, draw: Random) -> str | None:
    """A salesperson enters an opportunity of a contact."""
    people = [person for person in world.sides().people if person.table == "contact" and person.active]
    if not people:
        return None
    contact, record_id = draw.choice(people), world.new_id()
    bound = {
        "customerid_contact@odata.bind": f"/contacts({contact.id})",
        "parentcontactid@odata.bind": f"/contacts({contact.id})",
    }
    values = {"name": draw.choice(TOPICS), "estimatedvalue": draw.randrange(1, 100) * 100}
    world.in_dynamics({"table": "opportunity", "create": {"opportunityid": record_id, **values, **bound}})
    return f"opportunity {record_id[-4:]} of {contact} is entered in Dynamics: {values}"


def edit(world: RoundWorld, draw: Random) -> str | None:
    """An opportunity becomes worth something else."""
    found = rows(world.crm, "opportunity")
    if not found:
        return None
    row, value = draw.choice(found), draw.randrange(1, 100) * 100
    world.in_dynamics({"table": "opportunity", "id": row["opportunityid"], "set": {"estimatedvalue": value}})
    return f"opportunity {row['opportunityid'][-4:]} becomes worth {value} in Dynamics"


def records(ac: ActiveCampaign) -> list[dict[str, Any]]:
    """All records of the custom object."""
    with ac.lock:
        return [record for schema in ac.schemas for record in ac.records[schema].values()]


def twice(ac: ActiveCampaign) -> Iterator[str]:
    """An opportunity has one record."""
    for record_id, number in Counter(record["externalId"] for record in records(ac)).items():
        if number > 1:
            yield f"ActiveCampaign has {number} records of opportunity {record_id[-4:]}"


def arrived(sides: Sides, crm: Dynamics, ac: ActiveCampaign) -> Iterator[str]:
    """An opportunity whose contact speaks for itself in ActiveCampaign is there, belongs to it, and says the same."""
    there = {record["externalId"]: record for record in records(ac)}
    numbers = {person.id: sides.contact_at(address) for address, person in speakers(sides).items()}
    for row in rows(crm, "opportunity"):
        contact, record = numbers.get(row["parentcontactid"]), there.get(row["opportunityid"])
        if contact is not None:
            told = f"opportunity {row['opportunityid'][-4:]}"
            yield from _same(row, record, contact.id, told) if record else [f"{told} is not in ActiveCampaign"]


def _same(row: dict[str, Any], record: dict[str, Any], contact: int, told: str) -> Iterator[str]:
    values = {field["id"]: field["value"] for field in record["fields"]}
    if values.get("topic") != row["name"]:
        yield f"{told} is {row['name']!r} in Dynamics and {values.get('topic')!r} in ActiveCampaign"
    if float(values.get("estimated-revenue") or 0) != float(row["estimatedvalue"] or 0):
        yield f"{told} is worth {row['estimatedvalue']} in Dynamics and {values.get('estimated-revenue')} there"
    owners = [int(number) for number in record["relationships"].get("primary-contact", [])]
    if owners != [contact]:
        yield f"{told} belongs to contact {contact} and in ActiveCampaign to {owners}"
