"""/customObjects/schemas."""

from __future__ import annotations

from flask import Response, g, request

from simulators.activecampaign.core.answers import Problem, forbidden
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import objects, schemas
from simulators.activecampaign.routes.api import V3, Api, body, changed, here, page
from simulators.activecampaign.wire import objects as wire

api = Api("schemas", __name__, url_prefix=f"{V3}/customObjects/schemas")


@api.get("")
def list_schemas() -> Row:
    """Empty where the plan has no custom objects (S21)."""
    (limit, offset), found = page(), list(here().schemas.values())
    found = found if here().switches["custom_objects"] else []
    shown = [wire.schema(row, _shows_all()) for row in found[offset : offset + limit]]
    meta = {"total": len(found), "count": len(shown), "limit": limit, "offset": offset}
    return {"schemas": shown, "meta": meta}


def _shows_all() -> bool:
    return request.args.get("showFields") == "all"


def _refuse_plan() -> None:
    if not here().switches["custom_objects"]:
        raise Problem(403, {"message": "Forbidden"})


@api.get("/<number>")
def get_schema(number: str) -> Row:
    """One schema, or the 404 of the family."""
    return {"schema": wire.schema(objects.the_schema(here(), number), _shows_all())}


@api.post("")
def create_schema() -> tuple[Row, int]:
    """201, or 403 where the plan has no custom objects."""
    _refuse_plan()
    return {"schema": wire.schema(schemas.create(here(), body("schema")))}, 201


@api.post("/public")
def create_public_schema() -> Row:
    """A schema that ships with an app."""
    _refuse_plan()
    given = request.get_json(force=True)
    app = given.get("appId") or body("schema").get("appId")
    if not app:
        raise Problem(400, {"errors": [{"status": 400, "title": "Bad Request"}]})
    wanted = {**body("schema"), "slug": f"app-{app}-{body('schema').get('slug')}"}
    return {"schema": wire.schema(schemas.create(here(), wanted, visibility="public", appId=app))}


@api.post("/<number>/child")
def create_child_schema(number: str) -> Row:
    """The account's own child of a public schema, on any plan."""
    parent = objects.the_schema(here(), number)
    if parent["visibility"] != "public":
        raise Problem(400, {"errors": [{"status": 400, "title": "Bad Request"}]})
    child = schemas.create(here(), {**parent, "slug": f"{parent['slug']}-child"}, parentId=parent["id"])
    for each in (*child["fields"], *child["relationships"]):
        each["inherited"] = True
    return {"schema": wire.schema(child)}


@api.put("/<number>")
def update_schema(number: str) -> Row:
    """The full definition. With the header `validateOnly: true` nothing is kept."""
    world = here()
    wanted = schemas.replace(world, objects.the_schema(world, number), body("schema"))
    if request.headers.get("validateOnly", "").lower() != "true":
        world.schemas[number] = wanted
        changed("schema")
    return {"schema": wire.schema(wanted)}


@api.delete("/<number>")
def delete_schema(number: str) -> Response:
    """Takes its records along."""
    schema = objects.the_schema(here(), number)
    for record in list(here().records[number].values()):
        objects.remove(here(), schema, record)
    del here().schemas[number], here().records[number]
    changed("schema", "deleted")
    return Response("", 200)


@api.delete("/<number>/fields/<field>")
def delete_schema_field(number: str, field: str) -> Response:
    """202. Administrators only; the field stays listed as marked for deletion."""
    if not g.user["admin"]:
        raise forbidden("You do not have permission to delete fields.")
    found = next((each for each in objects.the_schema(here(), number)["fields"] if each["id"] == field), None)
    if found is None:
        raise Problem(404, {"message": "Not Found"})
    found["status"] = "marked_for_deletion"
    changed("schema")
    return Response("", 202)
