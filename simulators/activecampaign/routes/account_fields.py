"""/accountCustomFieldMeta and /accountCustomFieldData."""

from __future__ import annotations

from typing import Any

from flask import request

from simulators.activecampaign.core.answers import Problem, generic, invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import companies, definitions
from simulators.activecampaign.routes.api import V3, Api, body, changed, filtered, here, need, page, the_row, wrote
from simulators.activecampaign.wire import accounts as wire

api = Api("account_fields", __name__, url_prefix=V3)
_META, _DATUM = "AccountCustomFieldMetum", "AccountCustomFieldDatum"


@api.get("/accountCustomFieldMeta")
def list_account_fields() -> Row:
    """100 a page unless asked for fewer; without `meta`."""
    limit, offset = page()[0] if "limit" in request.args else 100, page()[1]
    found = list(here().account_fields)[offset : offset + limit]
    return {"accountCustomFieldMeta": [wire.field(here(), row) for row in found]}


@api.get("/accountCustomFieldMeta/<number>")
def get_account_field(number: str) -> Row:
    """One field, or 404."""
    return {"accountCustomFieldMetum": wire.field(here(), the_row(here().account_fields, number, _META))}


@api.post("/accountCustomFieldMeta")
def create_account_field() -> Row:
    """200 by the documentation."""
    need("accounts", "create custom fields")
    given = body("accountCustomFieldMetum")
    for key, name in (("fieldLabel", "label"), ("fieldType", "type")):
        if not given.get(key):
            raise invalid(f"The field {name} field is required.", 422, key)
    if given["fieldType"] not in companies.TYPES:
        raise invalid("The selected field type is invalid.", 422, "fieldType")
    return {"accountCustomFieldMetum": wire.field(here(), definitions.add_account_field(here(), given))}


@api.put("/accountCustomFieldMeta/<number>")
def update_account_field(number: str) -> Row:
    """Label, options and place in the form."""
    row, given = the_row(here().account_fields, number, _META), body("accountCustomFieldMetum")
    row.update({key: given[key] for key in ("fieldLabel", "fieldOptions", "displayOrder") if key in given})
    row["updated"] = here().now()
    changed("accountCustomFieldMeta")
    return {"accountCustomFieldMetum": wire.field(here(), row)}


@api.delete("/accountCustomFieldMeta/<number>")
def delete_account_field(number: str) -> Row:
    """Takes all values of the field along."""
    row = the_row(here().account_fields, number, _META)
    for account in here().accounts:
        here().account_values.remove(account["values"].pop(row["id"], 0))
    here().account_fields.remove(row["id"])
    return {"message": "AccountCustomFieldMeta deleted."}


@api.get("/accountCustomFieldData")
def list_account_values() -> Row:
    """`filters[customerAccountId]` works with this spelling only; without `meta`."""
    wanted, (limit, offset) = filtered().get("customerAccountId"), page()
    found = [row for row in here().account_values if wanted is None or row["account"] == as_id(wanted)]
    return {"accountCustomFieldData": [wire.value(here(), row) for row in found[offset : offset + limit]]}


@api.post("/accountCustomFieldData")
def create_account_value() -> Row:
    """200 by the documentation. Moves the account's date."""
    return {"accountCustomFieldDatum": wire.value(here(), _create(body("accountCustomFieldDatum")))}


def _create(given: Row, quietly: bool = False) -> Row:
    world = here()
    account = companies.the_account(world, given.get("customerAccountId", given.get("accountId")))
    field = the_row(world.account_fields, given.get("customFieldId"), _META)
    row = companies.write_value(world, account, field, given.get("fieldValue"), given.get("fieldCurrency"))
    _moved(account, quietly)
    return row


def _moved(account: Row, quietly: bool) -> None:
    if not quietly:
        companies.changed(here(), account, "api")
        wrote()


@api.put("/accountCustomFieldData/<number>")
def update_account_value(number: str) -> Row:
    """By the id of the value's row. Moves the account's date."""
    return {"accountCustomFieldDatum": wire.value(here(), _update(number, body("accountCustomFieldDatum")))}


def _update(number: object, given: Row, quietly: bool = False) -> Row:
    world, row = here(), the_row(here().account_values, number, _DATUM)
    account, field = world.accounts.rows[row["account"]], world.account_fields.rows[row["field"]]
    companies.write_value(world, account, field, given.get("fieldValue"), given.get("fieldCurrency", row["currency"]))
    _moved(account, quietly)
    return row


@api.delete("/accountCustomFieldData/<number>")
def delete_account_value(number: str) -> Row:
    """Answers with a message instead of an empty object."""
    row = the_row(here().account_values, number, _DATUM)
    account = here().accounts.rows[row["account"]]
    account["values"].pop(row["field"])
    here().account_values.remove(row["id"])
    _moved(account, False)
    return {"message": "AccountCustomFieldData deleted."}


@api.post("/accountCustomFieldData/bulkCreate")
def create_account_values() -> Row:
    """A bare array. Of several values of one account only the first moves the account's date."""
    seen: set[object] = set()
    for given in _array():
        account = str(given.get("customerAccountId", given.get("accountId")))
        _create(given, quietly=account in seen)
        seen.add(account)
    return {"message": "the bulk insert was successful"}


@api.patch("/accountCustomFieldData/bulkUpdate")
def update_account_values() -> Row:
    """A bare array of rows with their ids."""
    seen: set[object] = set()
    given = _array()
    for each in given:
        account = the_row(here().account_values, each.get("id"), _DATUM)["account"]
        _update(each["id"], each, quietly=account in seen)
        seen.add(account)
    numbers = ", ".join(str(each["id"]) for each in given)
    return {"message": f"AccountCustomFieldDatas with ID(s): {numbers} successfully bulk updated."}


def _array() -> list[dict[str, Any]]:
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise generic(400, "Bad Request")
    if not given:
        raise Problem(422, {"errors": [{"title": "The request must not be empty.", "detail": "", "code": 422}]})
    return given
