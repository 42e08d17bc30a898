"""/dealCustomFieldMeta and /dealCustomFieldData. Source: developers.activecampaign.com, pages
create-custom-deal-field-meta, list-all-custom-deal-fields and list-all-custom-field-values (deals)."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.core.answers import invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import companies, deals
from simulators.activecampaign.routes.api import V3, Api, body, filtered, here, need, page, the_row
from simulators.activecampaign.wire import deals as wire

api = Api("deal_fields", __name__, url_prefix=V3)
api.before_request(lambda: deals.refuse_plan(here()))
_META = "DealCustomFieldMetum"


@api.get("/dealCustomFieldMeta")
def list_deal_fields() -> Row:
    """100 a page unless asked for fewer; without `meta`."""
    limit, offset = page()[0] if "limit" in request.args else 100, page()[1]
    found = list(here().deal_fields)[offset : offset + limit]
    return {"dealCustomFieldMeta": [wire.field(here(), row) for row in found]}


@api.post("/dealCustomFieldMeta")
def create_deal_field() -> Row:
    """200 by the documentation. Labels are not unique."""
    need("deals", "create custom fields")
    given = body("dealCustomFieldMetum")
    for key, name in (("fieldLabel", "label"), ("fieldType", "type")):
        if not given.get(key):
            raise invalid(f"The field {name} field is required.", 422, key)
    if given["fieldType"] not in deals.FIELD_TYPES:
        raise invalid("The selected field type is invalid.", 422, "fieldType")
    return {"dealCustomFieldMetum": wire.field(here(), _add(given))}


def _add(given: Row) -> Row:
    world = here()
    options = list(given.get("fieldOptions") or []) if given["fieldType"] in companies.OPTION_TYPES else None
    optional = {key: given.get(key) for key in ("fieldDefault", "fieldDefaultCurrency")}
    return world.deal_fields.add(
        fieldLabel=given["fieldLabel"], fieldType=given["fieldType"], fieldOptions=options, **optional,
        isFormVisible=as_id(given.get("isFormVisible")), isRequired=as_id(given.get("isRequired")),
        displayOrder=as_id(given.get("displayOrder")) or len(world.deal_fields) + 1,
        created=world.now(), updated=world.now(),
    )  # fmt: skip


@api.delete("/dealCustomFieldMeta/<number>")
def delete_deal_field(number: str) -> Row:
    """Takes all values of the field along."""
    row = the_row(here().deal_fields, number, _META)
    for deal in here().deals:
        deal["values"].pop(row["id"], None)
    here().deal_fields.remove(row["id"])
    return {"message": "DealCustomFieldMeta deleted."}


@api.get("/dealCustomFieldData")
def list_deal_values() -> Row:
    """Lags behind; `filters[dealId]` works with this spelling only; without `meta`."""
    wanted, (limit, offset) = filtered().get("dealId"), page()
    shown = (deals.as_listed(here(), row) for row in here().deals if wanted is None or row["id"] == as_id(wanted))
    found = [value for row in shown if row for value in row["values"].values()]
    return {"dealCustomFieldData": [wire.value(here(), row) for row in found[offset : offset + limit]]}
