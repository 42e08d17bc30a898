"""/customObjects/records."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from simulators.activecampaign.core.answers import Problem, forbidden
from simulators.activecampaign.core.dates import parse, utc_iso
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import objects
from simulators.activecampaign.routes.api import V3, Api, body, filtered, here, page, wrote
from simulators.activecampaign.wire import objects as wire

api = Api("objects", __name__, url_prefix=f"{V3}/customObjects/records")
_STAMPS = {"createdTimestamp": "created", "updatedTimestamp": "updated"}
_RELATION = "relationships."


@api.post("")
def upsert_nowhere() -> Row:
    """The schema belongs into the path."""
    raise Problem(400, {"errors": [{"status": 400, "title": "Bad Request"}]})


@api.post("/<schema>")
def upsert(schema: str) -> tuple[Row, int]:
    """201 for a new record and for an update. Fields left out are cleared."""
    row = objects.upsert(here(), objects.the_schema(here(), schema), body("record"))
    wrote()
    return {"record": wire.written(row, here().switches["object_answers_id"])}, 201


@api.get("/<schema>")
def list_records(schema: str) -> Row:
    """Lags behind (S18). Without a filter by contact for administrators only."""
    world, filters = here(), filtered()
    if not g.user["admin"] and not any(key.startswith(_RELATION) for key in filters):
        raise forbidden("You do not have permission to list records.")
    rows = world.records[objects.the_schema(world, schema)["id"]].values()
    found = [row for row in (objects.as_listed(world, each) for each in rows) if row and _fits(row, filters)]
    found.sort(key=_order_of, reverse=_descending())
    (limit, offset) = page()
    shown = [wire.record(row) for row in found[offset : offset + limit]]
    meta = {"total": len(found), "count": len(shown), "limit": limit, "offset": offset}
    return {"records": shown, "meta": meta}


def _fits(row: Row, filters: dict[str, str]) -> bool:
    return all(_fits_one(row, *key.rpartition("."), wanted) for key, wanted in filters.items())


def _fits_one(row: Row, name: str, _: str, operator: str, wanted: str) -> bool:
    if name.startswith(_RELATION) and operator == "eq":
        return wanted in row["relationships"].get(name.removeprefix(_RELATION), [])
    if name in _STAMPS:
        return _fits_time(row[_STAMPS[name]], operator, wanted)
    return True


def _fits_time(moment: float, operator: str, wanted: str) -> bool:
    # Only exact equality was seen to work on a live account; ranges found nothing (S22).
    other = parse(wanted)
    if operator == "eq" or other is None:
        return utc_iso(moment) == wanted
    if not here().switches["object_time_filters"]:
        return False
    return {"gt": moment > other, "gte": moment >= other, "lt": moment < other, "lte": moment <= other}.get(
        operator, True
    )


def _order_of(row: Row) -> tuple[Any, ...]:
    name = next((key[len("orders[") : -1] for key in request.args if key.startswith("orders[")), "createdTimestamp")
    if name.startswith("fields."):
        values = {each["id"]: each["value"] for each in row["fields"]}
        return (str(values.get(name.removeprefix("fields."), "")), row["id"])
    return (row[_STAMPS.get(name, "created")], row["id"])


def _descending() -> bool:
    return any(key.startswith("orders[") and value.upper() == "DESC" for key, value in request.args.items())


@api.get("/<schema>/<number>")
def get_record(schema: str, number: str) -> Row:
    """One record as it is now: only lists lag."""
    return {"record": wire.record(_the_record(schema, number))}


@api.get("/<schema>/external/<path:external>")
def get_external(schema: str, external: str) -> Row:
    """The same by external id."""
    return {"record": wire.record(_the_external(schema, external))}


@api.delete("/<schema>/<number>")
def delete_record(schema: str, number: str) -> Response:
    """202."""
    return _delete(schema, _the_record(schema, number))


@api.delete("/<schema>/external/<path:external>")
def delete_external(schema: str, external: str) -> Response:
    """202, by external id."""
    return _delete(schema, _the_external(schema, external))


def _delete(schema: str, record: Row) -> Response:
    objects.remove(here(), here().schemas[schema], record)
    wrote()
    return Response("", 202)


@api.route("/<_schema>/<_number>", methods=["PUT", "PATCH"])
def change_record(_schema: str, _number: str) -> Row:
    """Records know no update but the upsert (S17)."""
    raise Problem(here().switches["object_put_status"], {"message": "Method Not Allowed"})


def _the_record(schema: str, number: str) -> Row:
    found = here().records[objects.the_schema(here(), schema)["id"]].get(number)
    if found is None:
        raise Problem(404, {"message": "Not Found"})
    return found


def _the_external(schema: str, external: str) -> Row:
    found = objects.by_external(here(), objects.the_schema(here(), schema), external)
    if found is None:
        raise Problem(404, {"message": "Not Found"})
    return found
