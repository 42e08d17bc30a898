"""/deals and the deals of a contact."""

from __future__ import annotations

from simulators.activecampaign.core.dates import parse
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import deals
from simulators.activecampaign.routes.api import (
    V3,
    Api,
    body,
    filtered,
    here,
    need,
    page,
    paged,
    the_contact,
    the_row,
    wrote,
)  # fmt: skip
from simulators.activecampaign.wire import deals as wire

api = Api("deals", __name__, url_prefix=V3)
api.before_request(lambda: deals.refuse_plan(here()))
_SAME = {"stage": "stage", "group": "group", "status": "status", "owner": "owner"}


@api.get("/deals")
def list_deals() -> Row:
    """Lags behind. Filters that are not known here change nothing; how `filters[title]` compares is not documented."""
    found = [row for row in _shown(list(here().deals)) if _fits(row)]
    return paged("deals", found, lambda row: wire.deal(here(), row))


def _shown(rows: list[Row]) -> list[Row]:
    return [listed for listed in (deals.as_listed(here(), row) for row in rows) if listed]


def _fits(row: Row) -> bool:
    wanted = filtered()
    same = all(str(row[key]) == wanted[name] for name, key in _SAME.items() if name in wanted)
    after = parse(wanted["created_after"]) if "created_after" in wanted else None
    return same and wanted.get("title", row["title"]) == row["title"] and (after is None or row["created"] >= after)


@api.get("/contacts/<number>/deals")
def list_deals_of_contact(number: str) -> Row:
    """Those of which the contact is the primary one; lags behind as well."""
    contact = the_contact(number)
    found = [row for row in _shown(list(here().deals)) if row["contact"] == contact.id]
    return paged("deals", found, lambda row: wire.deal(here(), row))


@api.get("/deals/<number>")
def get_deal(number: str) -> Row:
    """The deal as it is now, without custom values."""
    return {"deal": wire.deal(here(), the_row(here().deals, number, "Deal"))}


@api.get("/deals/<number>/dealCustomFieldData")
def get_deal_values(number: str) -> Row:
    """Its custom values as they are now; whether this list is paged is not documented, so it is."""
    (limit, offset), row = page(), the_row(here().deals, number, "Deal")
    found = list(row["values"].values())[offset : offset + limit]
    return {"dealCustomFieldData": [wire.value(here(), each) for each in found]}


@api.post("/deals")
def create_deal() -> tuple[Row, int]:
    """201, with the primary contact and the stage beside the deal."""
    need("deals", "manage deals")
    row = deals.create(here(), body("deal"))
    wrote()
    return {**_beside(row), "deal": wire.written(here(), row)}, 201


@api.route("/deals/<number>", methods=["PUT", "PATCH"])
def update_deal(number: str) -> Row:
    """Changes what is given."""
    need("deals", "manage deals")
    row = deals.update(here(), the_row(here().deals, number, "Deal"), body("deal"))
    wrote()
    return {**_beside(row), "deal": wire.written(here(), row)}


def _beside(row: Row) -> Row:
    world = here()
    contact = world.contacts.rows.get(as_id(row["contact"]))
    stages = [wire.stage(world, world.deal_stages.rows[row["stage"]])]
    return {"contacts": [{"id": str(contact.id), "email": contact.email}] if contact else [], "dealStages": stages}


@api.delete("/deals/<number>")
def delete_deal(number: str) -> Row:
    """Takes its custom values along."""
    need("deals", "manage deals")
    row = the_row(here().deals, number, "Deal")
    for each in row["values"].values():
        here().deal_values.remove(each["id"])
    here().deals.remove(row["id"])
    wrote()
    return {}
