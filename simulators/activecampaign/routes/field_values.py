"""/fieldValues: one value at a time."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.core.answers import invalid, missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import hooks, journal, people, values
from simulators.activecampaign.routes.api import V3, Api, body, filtered, here, page, root, the_contact, wrote
from simulators.activecampaign.wire import contacts as wire

api = Api("field_values", __name__, url_prefix=V3)


@api.get("/fieldValues")
def list_values() -> Row:
    """Of the whole account, by `filters[fieldid]` and `filters[val]`. There is no filter by date."""
    world, (limit, offset), filters = here(), page(), filtered()
    field, text = as_id(filters.get("fieldid")), filters.get("val")
    found = [(contact, number, value) for contact in world.contacts.rows.values()
             for number, value in contact.values.items()
             if (not field or number == field) and (text is None or value[1] == text)]  # fmt: skip
    shown = [wire.value_row(world, *each) for each in found[offset : offset + limit]]
    return {"fieldValues": shown, "meta": {"total": str(len(found))}}


@api.get("/fieldValues/<number>")
def get_value(number: str) -> Row:
    """One value, or 404."""
    contact, field = _the_value(number, 404)
    return {"fieldValue": wire.value_row(here(), contact, field, contact.values[field])}


@api.post("/fieldValues")
def write_value() -> Row:
    """Creates or replaces the value of a contact's field."""
    given = body("fieldValue")
    contact = the_contact(given.get("contact"))
    if here().fields.get(given.get("field")) is None:
        raise invalid("Field id not valid", "field_invalid", "field")
    return _write(contact, as_id(given["field"]), given)


@api.route("/fieldValues/<number>", methods=["PUT", "PATCH"])
def update_value(number: str) -> Row:
    """403 for an unknown row, as with several PUT of the service."""
    contact, field = _the_value(number, 403)
    return _write(contact, field, body("fieldValue"))


@api.delete("/fieldValues/<number>")
def delete_value(number: str) -> Row:
    """403 for an unknown row."""
    contact, field = _the_value(number, 403)
    values.remove(here(), contact, field)
    journal.contact(here(), "updated", "api", contact)
    people.moved(here(), contact, "value")
    wrote()
    return {}


def _the_value(number: str, status: int) -> tuple[Contact, int]:
    found = values.of_id(here(), number)
    if found is None:
        raise missing("FieldValue", number, status)
    return found


def _write(contact: Contact, field: int, given: Row) -> Row:
    world = here()
    pairs = values.checked(world, [{"field": field, "value": given.get("value")}])
    values.write(world, contact, pairs, world.now())
    people.moved(world, contact, "value")
    journal.contact(world, "updated", "api", contact)
    hooks.emit(world, "update", "api", contact)
    wrote()
    return {"contacts": [wire.row(world, contact, root())], "fieldValue": _shown(contact, field)}


def _shown(contact: Contact, field: int) -> Row:
    value = contact.values.get(field)
    if value is None:
        return {
            "contact": str(contact.id),
            "field": str(field),
            "value": request.get_json(force=True)["fieldValue"]["value"],
        }
    return wire.value_row(here(), contact, field, value)
