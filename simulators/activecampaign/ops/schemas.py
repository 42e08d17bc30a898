"""Schemas of custom objects: what a definition must have, and how one is changed."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.core.answers import Problem, object_invalid
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops.objects import FIELD_TYPES, new_id

NAMESPACES = ("contacts", "accounts", "deals")


def create(world: World, given: dict[str, Any], **more: Any) -> Row:
    """A new schema with a new id. `more`: visibility, parentId and the like."""
    now = world.clock.now()
    schema = {**_checked(world, given, ""), "id": new_id(world), "visibility": "private", "customized": False,
              "created": now, "updated": now, **more}  # fmt: skip
    world.schemas[schema["id"]] = schema
    world.stats.row("schema", "created")
    world.records[schema["id"]] = {}
    return schema


def replace(world: World, schema: Row, given: dict[str, Any]) -> Row:
    """Takes the full definition. Fields that it leaves out stay: removing one is a call of its own."""
    wanted = _checked(world, {**schema, **given}, schema["id"])
    named = {field["id"] for field in wanted["fields"]}
    kept = [field for field in schema["fields"] if field["id"] not in named]
    return {**schema, **wanted, "fields": [*wanted["fields"], *kept], "updated": world.clock.now()}


def _checked(world: World, given: dict[str, Any], own_id: str) -> Row:
    if not isinstance(given.get("slug"), str) or not isinstance(given.get("labels"), dict):
        raise Problem(400, {"errors": [{"status": 400, "title": "Bad Request"}]})
    if any(each["slug"] == given["slug"] and each["id"] != own_id for each in world.schemas.values()):
        raise object_invalid("schema.slug", "Schema slug must be unique")
    fields = [_field(world, field) for field in given.get("fields") or []]
    _refuse_twins(fields)
    relations = [_relation(each) for each in given.get("relationships") or []]
    return {"slug": given["slug"], "labels": given["labels"], "description": given.get("description") or "",
            "fields": fields, "relationships": relations}  # fmt: skip


def _field(world: World, given: dict[str, Any]) -> Row:
    labels = given.get("labels")
    if not isinstance(labels, dict) or not labels.get("singular") or not labels.get("plural"):
        raise object_invalid("schema.fields.labels", "Schema fields must provide labels")
    if given.get("type") not in FIELD_TYPES:
        raise object_invalid("schema.fields.type", "Schema fields must provide a known type")
    name = str(given.get("id") or labels["singular"].lower().replace(" ", "-"))
    if not name.replace("-", "").replace("_", "").isalnum():
        raise object_invalid("schema.fields.id", "Schema field ids may hold letters, digits, - and _")
    required = bool(given.get("required", given.get("isRequired", False)))
    field = {"id": name, "labels": labels, "type": given["type"], "required": required, "inherited": False}
    extra: Row = {key: given[key] for key in ("scale", "defaultCurrency") if key in given}
    if given["type"] in ("dropdown", "multiselect"):
        extra["options"] = [{"id": new_id(world), **option} for option in given.get("options") or []]
    return {**field, **extra}


def _refuse_twins(fields: list[Row]) -> None:
    ids = [field["id"].replace("_", "-") for field in fields]
    labels = [field["labels"]["singular"].lower() for field in fields]
    if len(set(ids)) < len(ids):
        raise object_invalid("schema.fields.id", "Schema field ids must be unique")
    if len(set(labels)) < len(labels):
        raise object_invalid("schema.fields.labels", "Schema field labels must be unique")


def _relation(given: dict[str, Any]) -> Row:
    if given.get("hasMany") or given.get("namespace") not in NAMESPACES or not given.get("id"):
        raise object_invalid("schema.relationships", "Schema relationships must have one contact, account or deal")
    keys = ("id", "labels", "description", "namespace")
    return {**{key: given.get(key) for key in keys}, "hasMany": False, "inherited": False}
