"""/accounts and /accountContacts."""

from __future__ import annotations

from typing import Any

from flask import request

from simulators.activecampaign.core.answers import invalid, missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import companies, hooks
from simulators.activecampaign.routes.api import V3, Api, body, filtered, here, page, paged, root, the_row, wrote
from simulators.activecampaign.wire import accounts as wire

api = Api("accounts", __name__, url_prefix=V3)


@api.get("/accounts")
def list_accounts() -> Row:
    """`search` compares parts of the name. There is neither a filter by date nor a sort."""
    part = request.args.get("search", "").lower()
    found = [row for row in here().accounts if part in row["name"].lower()]
    (limit, offset), counted = page(), request.args.get("count_deals") == "true"
    counts = _members() if counted else {}
    shown = found[offset : offset + limit]
    listed = [wire.listed(here(), row, root(), counts.get(row["id"], 0)) for row in shown]
    return {"accounts": listed, "meta": {"total": str(len(found))}}


def _members() -> dict[int, int]:
    counts: dict[int, int] = {}
    for link in here().links:
        counts[link["account"]] = counts.get(link["account"], 0) + 1
    return counts


@api.get("/accounts/<number>")
def get_account(number: str) -> Row:
    """Without custom values: those have a list of their own."""
    return {"account": wire.account(here(), companies.the_account(here(), number), root())}


@api.post("/accounts")
def create_account() -> tuple[Row, int]:
    """201, or 422 where the name is missing or taken."""
    given, world = body("account"), here()
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("The account name is required.", "field_missing", "name")
    companies.refuse_taken(world, name, 0)
    fields = _fields(given)
    row = companies.add(world, name, given.get("accountUrl") or "", as_id(given.get("owner")) or 1, "api")
    return {"account": _written(row, fields)}, 201


@api.route("/accounts/<number>", methods=["PUT", "PATCH"])
def update_account(number: str) -> Row:
    """Changes what is given, custom values among it."""
    world, given = here(), body("account")
    row = companies.the_account(world, number)
    fields = _fields(given)
    if "name" in given:
        companies.rename(world, row, str(given["name"] or ""))
    if "accountUrl" in given:
        row["accountUrl"] = given["accountUrl"] or ""
    row["owner"] = as_id(given.get("owner")) or row["owner"]
    companies.changed(world, row, "api")
    return {"account": _written(row, fields)}


def _fields(given: Row) -> list[tuple[Row, Row]]:
    pairs = [(here().account_fields.get(each.get("customFieldId")), each) for each in given.get("fields") or []]
    for field, each in pairs:
        if field is None:
            raise invalid("The custom field does not exist.", "field_invalid", "customFieldId")
        companies.check_value(field, each.get("fieldValue"))
    return [(field, each) for field, each in pairs if field is not None]


def _written(row: Row, fields: list[tuple[Row, Row]]) -> Row:
    world = here()
    kept = [companies.write_value(world, row, field, each.get("fieldValue"), each.get("fieldCurrency"))
            for field, each in fields]  # fmt: skip
    wrote()
    saved: dict[str, Any] = {"customFieldSaveStatus": {"status": "success"}} if kept else {}
    return {**wire.account(world, row, root()), **saved, "fields": [wire.written_value(each) for each in kept]}


@api.delete("/accounts/<number>")
def delete_account(number: str) -> Row:
    """Takes its values and associations along."""
    companies.remove(here(), companies.the_account(here(), number), "api")
    wrote()
    return {}


@api.delete("/accounts/bulk_delete")
def delete_accounts() -> Row:
    """Several at once, by `ids[]`."""
    for number in request.args.getlist("ids[]"):
        companies.remove(here(), companies.the_account(here(), number), "api")
        wrote()
    return {"meta": {"success": True}}


@api.get("/accountContacts")
def list_associations() -> Row:
    """`filters[contact]` and `filters[account]` work here."""
    filters, found = filtered(), list(here().links)
    for key in ("contact", "account"):
        if key in filters:
            found = [row for row in found if row[key] == as_id(filters[key])]
    return paged("accountContacts", found, lambda row: wire.association(here(), row))


@api.post("/accountContacts")
def associate() -> tuple[Row, int]:
    """201, or 422 where the contact has an account already."""
    world, given = here(), body("accountContact")
    account, contact = companies.the_account(world, given.get("account")), _the_contact(given.get("contact"))
    row = companies.link(world, contact, account, given.get("jobTitle") or "", "api")
    wrote()
    return {"accountContact": wire.association(world, row, as_text=False)}, 201


def _the_contact(number: object) -> Contact:
    contact = here().contacts.rows.get(as_id(number))
    if contact is None:
        raise missing("Subscriber", number)
    return contact


@api.get("/accountContacts/<number>")
def get_association(number: str) -> Row:
    """One association, or 404."""
    row = the_row(here().links, number, "CustomerAccountSubscriber")
    return {"accountContact": wire.association(here(), row)}


@api.route("/accountContacts/<number>", methods=["PUT", "PATCH"])
def update_association(number: str) -> Row:
    """Moves the contact to another account, or changes the job title."""
    world, given = here(), body("accountContact")
    row = the_row(world.links, number, "CustomerAccountSubscriber")
    contact = world.contacts.rows[row["contact"]]
    account = companies.the_account(world, given.get("account", row["account"]))
    row["title"] = given.get("jobTitle", row["title"])
    companies.move(world, contact, row, account, "api")
    extra = {"accountContact[id]": row["id"], "accountContact[account]": row["account"]}
    hooks.emit(world, "account_contact_update", "api", contact, extra=extra)
    wrote()
    return {"accountContact": wire.association(world, row, as_text=False)}


@api.delete("/accountContacts/<number>")
def dissociate(number: str) -> Row:
    """Ends an association, so that the contact is free for another account."""
    companies.unlink(here(), the_row(here().links, number, "CustomerAccountSubscriber"), "api")
    wrote()
    return {}
