"""/contacts and /contact/sync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from simulators.activecampaign.core.answers import generic, invalid
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import automate, feed, hooks, journal, people, values
from simulators.activecampaign.ops.query import find
from simulators.activecampaign.routes.api import V3, Api, body, here, page, root, the_contact, wrote
from simulators.activecampaign.routes.contact_query import conditions, page_input
from simulators.activecampaign.wire import accounts, rows
from simulators.activecampaign.wire import contacts as wire

api = Api("contacts", __name__, url_prefix=V3)


@api.get("/contacts")
def list_contacts() -> Row:
    """A page of contacts; `include` brings values, tags, lists and automations along (S15)."""
    world = here()
    found, total = find(world, conditions(world), *page())
    wanted = request.args.get("include", "").split(",") if world.switches["include"] else []
    listed = [wire.listed(world, each, root(), wanted) for each in found]
    meta = {"page_input": page_input(), "total": str(total), "sortable": True}
    return {"scoreValues": [], "contacts": listed, **_side_loaded(found, wanted), "meta": meta}


def _side_loaded(found: list[Contact], wanted: list[str]) -> Row:
    world = here()
    shapes: dict[str, Callable[[Contact], list[Row]]] = {
        "fieldValues": lambda each: wire.value_rows(world, each),
        "contactTags": lambda each: wire.tag_rows(world, each),
        "contactLists": lambda each: wire.memberships(world, each),
        "contactAutomations": lambda each: [rows.enrolment(world, row) for row in automate.shown(world, each)],
    }
    chosen = {name: shape for name, shape in shapes.items() if name in wanted}
    return {name: [row for each in found for row in shape(each)] for name, shape in chosen.items()}


@api.get("/contacts/<number>")
def get_contact(number: str) -> Row:
    """One contact with nearly everything that hangs on it. Reading it generates its activity feed."""
    world, contact = here(), the_contact(number)
    feed.made_for(world, contact)
    loaded = _side_loaded([contact], ["contactAutomations", "contactLists", "fieldValues"])
    ids = {name: [row["id"] for row in related] for name, related in loaded.items()}
    link = world.links.get(contact.account)
    linked = [accounts.association(world, link)] if link else []
    ids |= {"deals": [], "geoIps": [], "accountContacts": [row["id"] for row in linked]}
    whole = wire.row(world, contact, root()) | ids
    return {**loaded, "deals": [], "geoAddresses": [], "geoIps": [], "accountContacts": linked, "contact": whole}


@api.post("/contacts")
def create_contact() -> tuple[Row, int]:
    """201, or 422 `duplicate`. The refusal does not tell which contact has the address."""
    given = body("contact")
    pairs = _checked(given, required=not here().switches["allow_null_email"])
    if given.get("email") and here().contacts.find(given["email"]):
        raise people.duplicate()
    return _written(_create(given), given, pairs, "created"), 201


@api.post("/contact/sync")
def sync_contact() -> tuple[Row, int]:
    """Creates or updates by address: 201 or 200 (S3). Never changes an address."""
    given, world = body("contact"), here()
    if not given.get("email"):
        raise generic(400, "Bad Request", "Contact email must be provided for sync")
    pairs = _checked(given, required=True)
    known = world.contacts.find(given["email"])
    answer = _written(known or _create(given), given, pairs, "updated" if known else "created")
    return answer, 200 if known and not world.switches["sync_always_201"] else 201


@api.route("/contacts/<number>", methods=["PUT", "PATCH"])
def update_contact(number: str) -> Row:
    """Changes what is given. The only call that changes an address."""
    given, contact = body("contact"), the_contact(number)
    pairs = _checked(given, required=False)
    if given.get("email"):
        people.rename(here(), contact, given["email"])
    return _written(contact, given, pairs, "updated")


@api.delete("/contacts/<number>")
def delete_contact(number: str) -> Row:
    """For ever. The wording of its 404 differs from that of GET."""
    people.remove(here(), the_contact(number, result="result"), "api")
    wrote()
    return {}


def _checked(given: Row, required: bool) -> list[tuple[int, str]]:
    if (required or given.get("email") is not None) and not people.is_address(given.get("email")):
        raise people.bad_address()
    if any(isinstance(given.get(key), list | dict) for key in people.CORE):
        raise invalid("The value is not valid.", "field_invalid", "contact")
    return values.checked(here(), given.get("fieldValues"))


def _create(given: Row) -> Contact:
    world = here()
    email = given.get("email") or ""
    if people.excluded(world, email):
        raise invalid("Email address is on the exclusion list.", "field_invalid", "email")
    return world.contacts.add(email, world.now())


def _written(contact: Contact, given: Row, pairs: list[tuple[int, str]], what: str) -> Row:
    world = here()
    people.write_core(world, contact, given)
    fields = values.write(world, contact, pairs, world.now())
    people.moved(world, contact)
    journal.contact(world, what, "api", contact)
    wrote()
    hooks.emit(world, "update", "api", contact)
    answer: dict[str, Any] = {"contact": wire.written(world, contact, root())}
    return {"fieldValues": wire.value_rows(world, contact, fields), **answer} if pairs else answer
