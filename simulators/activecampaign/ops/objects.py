"""Custom objects: records of a schema, found by id or external id, shown in lists only after a while."""

from __future__ import annotations

import uuid
from typing import Any

from simulators.activecampaign.core.answers import Problem, object_invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import object_triggers

_UNDEFINED = "cannot accept a value that is not defined in the schema."
FIELD_TYPES = (
    "text", "textarea", "date", "datetime", "number", "decimal", "currency", "dropdown", "multiselect",
)  # fmt: skip


def new_id(world: World) -> str:
    """A random id that a seed repeats."""
    return str(uuid.UUID(int=world.random.getrandbits(128), version=4))


def upsert(world: World, schema: Row, given: dict[str, Any]) -> Row:
    """Creates or replaces a record by the documented table of ids. What is left out of `fields` is cleared.

    Automations that wait for what happened are told.
    """
    fields = _fields(world, schema, given.get("fields") or [])
    relations = _relations(world, schema, given.get("relationships") or {})
    external = given.get("externalId")
    known = _known(world, schema, given.get("id"), external)
    before, now = (known["fields"] if known else None), world.clock.now()
    world.stats.row("record", "updated" if known else "created")
    if known is None:
        known = _begun(world, schema, now)
    elif now >= known["fresh_at"]:
        known["listed"] = _snapshot(known)
    known.update(externalId=external or known.get("externalId"), fields=fields, relationships=relations, updated=now)
    if known["externalId"]:
        world.externals[(schema["id"], known["externalId"])] = known["id"]
    known["fresh_at"] = now + world.switches["object_list_lag_s"]
    object_triggers.fire(world, schema, known, before)
    return known


def _begun(world: World, schema: Row, now: float) -> Row:
    row = {"id": new_id(world), "schemaId": schema["id"], "created": now, "listed": None, "fresh_at": 0.0}
    world.records[schema["id"]][row["id"]] = row
    return row


def _known(world: World, schema: Row, number: Any, external: Any) -> Row | None:
    by_id = world.records[schema["id"]].get(str(number)) if number else None
    if by_id is not None:
        # An id that matches with an external id that does not makes a new record, as documented.
        return by_id if external in (None, "", by_id.get("externalId")) else None
    return by_external(world, schema, external) if external else None


def by_external(world: World, schema: Row, external: object) -> Row | None:
    """The record with this external id."""
    return world.records[schema["id"]].get(world.externals.get((schema["id"], str(external)), ""))


def remove(world: World, schema: Row, record: Row) -> None:
    """Deletes the record at once, from lists too."""
    world.stats.row("record", "deleted")
    world.externals.pop((schema["id"], str(record["externalId"])), None)
    del world.records[schema["id"]][record["id"]]


def _snapshot(record: Row) -> Row:
    return {key: value for key, value in record.items() if key != "listed"}


def as_listed(world: World, record: Row) -> Row | None:
    """The state in which lists show the record now: lists lag behind (S18)."""
    if world.clock.now() >= record["fresh_at"]:
        return record
    listed: Row | None = record["listed"]
    return listed


def _fields(world: World, schema: Row, given: list[dict[str, Any]]) -> list[Row]:
    known = {field["id"]: field for field in schema["fields"]}
    kept = []
    for item in given:
        field = known.get(item.get("id", ""))
        if field is None:
            _unknown_field(world, str(item.get("id")))
        elif item.get("value") is not None:
            kept.append({"id": field["id"], "value": fitting(field, item["value"])})
    return kept


def _unknown_field(world: World, name: str) -> None:
    if world.switches["object_unknown_field"] == "422":
        raise object_invalid(
            f"record.fields.{name}", f"{name} cannot accept a value that is not defined in the schema."
        )


def fitting(field: Row, value: Any) -> Any:
    """The value as the field keeps it, or the 422 of the family."""
    kind, name = field["type"], field["id"]
    if kind in ("number", "decimal"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise object_invalid(f"record.fields.{name}", f"{name} must be a number.")
        return round(value, field["scale"]) if field.get("scale") is not None else value
    if kind == "dropdown" and value not in {option["value"] for option in field.get("options", [])}:
        raise object_invalid(f"record.fields.{name}", f"{name} {_UNDEFINED}")
    if kind in ("text", "textarea", "date", "datetime") and not isinstance(value, str):
        raise object_invalid(f"record.fields.{name}", f"{name} must be a string.")
    return value


def _relations(world: World, schema: Row, given: dict[str, Any]) -> dict[str, list[str]]:
    known = {relation["id"]: relation for relation in schema["relationships"]}
    kept = {}
    for name, numbers in given.items():
        if name not in known or not isinstance(numbers, list) or len(numbers) > 1:
            raise object_invalid(f"record.relationships.{name}", f"{name} must hold exactly one id.")
        for number in numbers:
            _refuse_stranger(world, known[name], number)
        kept[name] = [str(number) for number in numbers]
    return kept


def _refuse_stranger(world: World, relation: Row, number: object) -> None:
    rows: Any = world.contacts.rows if relation["namespace"] == "contacts" else world.accounts.rows
    if as_id(number) not in rows:
        raise object_invalid(f"record.relationships.{relation['id']}", f"{number} does not exist.")


def the_schema(world: World, number: str) -> Row:
    """The schema with this id, or the 404 of the family."""
    if number not in world.schemas:
        raise Problem(404, {"message": "Not Found"})
    return world.schemas[number]
