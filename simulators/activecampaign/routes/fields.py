"""/fields, /fieldOption/bulk, /fieldRels and the groups of the user interface."""

from __future__ import annotations

from typing import Any

from flask import request

from simulators.activecampaign.core.answers import Problem, invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import definitions, values
from simulators.activecampaign.routes.api import V3, Api, body, changed, filtered, here, need, page, paged, the_row
from simulators.activecampaign.wire import rows

api = Api("fields", __name__, url_prefix=V3)
TYPES = ("text", "textarea", "date", "datetime", "hidden", "number", *values.OPTION_TYPES)
_ECHOED = ("title", "descript", "type", "perstag", "defval", "visible", "ordernum", "isrequired")


@api.get("/fields")
def list_fields() -> Row:
    """100 a page unless asked for fewer. `filters[perstag]` is one of the filters that work."""
    found, limit, offset = list(here().fields), page()[0] if "limit" in request.args else 100, page()[1]
    if "perstag" in filtered():
        found = [row for row in found if row["perstag"] == filtered()["perstag"]]
    shown = found[offset : offset + limit]
    return {**_parts(shown), "fields": [rows.field(here(), row) for row in shown],
            "meta": {"total": str(len(found)), "selected": None}}  # fmt: skip


def _parts(shown: list[Row]) -> Row:
    world, ids = here(), {row["id"] for row in shown}
    options = [rows.option(row) for row in world.field_options if row["field"] in ids]
    return {
        "fieldOptions": options,
        "fieldRels": [rows.relation(world, r) for r in world.field_rels if r["field"] in ids],
    }


@api.get("/fields/<number>")
def get_field(number: str) -> Row:
    """One field with its options and relations, or 404."""
    row = the_row(here().fields, number, "Field")
    return {**_parts([row]), "field": rows.field(here(), row)}


@api.get("/fields/<number>/options")
def list_field_options(number: str) -> Row:
    """The options of one field."""
    return {"fieldOptions": _parts([the_row(here().fields, number, "Field")])["fieldOptions"]}


@api.post("/fields")
def create_field() -> tuple[Row, int]:
    """201, or 422: the title is unique. Left out, the perstag is made from the title."""
    need("fields", "create fields")
    given = body("field")
    needed = {"title": "Field name is required", "type": "Field type must be of type string"}
    problems = [text for key, text in needed.items() if not isinstance(given.get(key), str) or not given[key]]
    if problems or given["type"] not in TYPES:
        raise Problem(422, {"errors": problems or ["Field type is not supported"]})
    if any(row["title"].lower() == given["title"].lower() for row in here().fields):
        raise invalid("Field title already exists in the system", "duplicate", "title")
    row = definitions.add_field(
        here(), given["title"], given["type"], **{key: given[key] for key in _ECHOED[2:] if key in given}
    )
    shown = {key: row[key] for key in _ECHOED if key != "isrequired"}
    stamps = {key: rows.field(here(), row)[key] for key in ("cdate", "udate")}
    return {"field": {**shown, **stamps, "created_by": "1", "updated_by": "1", "id": str(row["id"])}}, 201


@api.route("/fields/<number>", methods=["PUT", "PATCH"])
def update_field(number: str) -> Row:
    """Title, description and default. The type stays what it was."""
    row, given = the_row(here().fields, number, "Field"), body("field")
    row.update({key: given[key] for key in ("title", "descript", "defval", "visible") if key in given})
    row["udate"] = here().now()
    changed("field")
    return {"field": rows.field(here(), row)}


@api.delete("/fields/<number>")
def delete_field(number: str) -> Row:
    """Takes all values of the field along."""
    world, row = here(), the_row(here().fields, number, "Field")
    need("fields", "delete fields")
    for contact in world.contacts.rows.values():
        if row["id"] in contact.values:
            values.remove(world, contact, row["id"])
    world.fields.remove(row["id"])
    return {}


@api.post("/fieldRels")
def create_field_relation() -> tuple[Row, int]:
    """Shows a field on a list; `relid` 0 means all lists."""
    given = body("fieldRel")
    field = the_row(here().fields, given.get("field"), "Field")
    row = here().field_rels.add(field=field["id"], relid=as_id(given.get("relid")), cdate=here().now())
    return {"fieldRel": {**rows.relation(here(), row), "field": given["field"], "relid": given.get("relid")}}, 201


@api.post("/fieldOption/bulk")
def create_field_options() -> tuple[Row, int]:
    """Several options at once, of fields that have options."""
    given = request.get_json(force=True, silent=True)
    wanted = given.get("fieldOptions") if isinstance(given, dict) else None
    fine = isinstance(wanted, list) and wanted and all(_takes_option(item) for item in wanted)
    if not fine:
        raise Problem(422, {"errors": "Bulk operation failed. Request must contain an array of fieldOption objects."})
    return {"fieldOptions": [rows.option(definitions.add_option(here(), item)) for item in wanted or []]}, 201


def _takes_option(item: Any) -> bool:
    field = here().fields.get(item.get("field")) if isinstance(item, dict) else None
    return bool(field and field["type"] in values.OPTION_TYPES and isinstance(item.get("value"), str))


@api.get("/groupDefinitions")
def list_groups() -> Row:
    """Groups of fields in the user interface."""
    return paged("groupDefinitions", list(here().field_groups))


@api.post("/groupDefinitions")
def create_group() -> tuple[Row, int]:
    """A new group."""
    given = body("groupDefinition")
    return {"groupDefinition": here().field_groups.add(**{k: given[k] for k in given if k != "id"})}, 201


@api.post("/groupMembers")
def create_group_member() -> tuple[Row, int]:
    """`rel_id` is a field's id by the documentation."""
    given = body("groupMember")
    the_row(here().fields, given.get("rel_id"), "Field")
    row = here().group_members.add(
        rel_id=given["rel_id"], group_id=given.get("group_id"), ordernum=given.get("ordernum")
    )
    return {"groupMember": row}, 201
