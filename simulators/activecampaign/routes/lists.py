"""/lists, /listGroups and /contactLists."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.core.answers import generic, invalid
from simulators.activecampaign.model.contacts import Contact, Membership
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import automate, people
from simulators.activecampaign.routes.api import (
    V3,
    Api,
    body,
    changed,
    filtered,
    here,
    need,
    paged,
    root,
    the_contact,
    the_row,
    wrote,
)  # fmt: skip
from simulators.activecampaign.wire import contacts as wire
from simulators.activecampaign.wire import rows

api = Api("lists", __name__, url_prefix=V3)
STATUSES = (0, 1, 2, 3)


@api.get("/lists")
def list_lists() -> Row:
    """`filters[name]` compares parts, `filters[name][eq]` the whole."""
    filters, found = filtered(), list(here().lists)
    part = (filters.get("name") or filters.get("name.contains") or "").lower()
    found = [row for row in found if part in row["name"].lower()]
    if "name.eq" in filters:
        found = [row for row in found if row["name"] == filters["name.eq"]]
    return paged("lists", found, lambda row: rows.mailing_list(here(), row))


@api.get("/lists/exclusions")
def list_exclusions() -> Row:
    """Refuses filters that it does not know, unlike every other list."""
    if any(name not in ("matchPhrase", "matchType", "channel") for name in filtered()):
        raise generic(422, "Invalid filter field")
    shape = {"channel": "all", "hidden": False, "lists": []}
    found = list(here().exclusions)
    return paged("exclusions", found, lambda row: {**rows.strings(row), **shape}, total=int)


@api.post("/lists")
def create_list() -> tuple[Row, int]:
    """The documentation says 200, the live service 201. Left out, `send_last_broadcast` is true."""
    need("lists", "create lists")
    given = body("list")
    for key in ("name", "stringid", "sender_url", "sender_reminder"):
        if not given.get(key):
            raise invalid(f"The {key} is required.", "field_missing", key)
    if here().lists.first(stringid=given["stringid"]):
        raise invalid("List stringid already exists in the system", "duplicate", "stringid")
    texts = {key: given[key] for key in ("name", "stringid", "sender_url", "sender_reminder")}
    now = here().now()
    row = here().lists.add(**texts, channel=given.get("channel", "email"), cdate=now, udate=now,
                           send_last_broadcast=given.get("send_last_broadcast", 1))  # fmt: skip
    return {"list": rows.mailing_list(here(), row)}, 201


@api.get("/lists/<number>")
def get_list(number: str) -> Row:
    """One list, or 404."""
    return {"list": rows.mailing_list(here(), the_row(here().lists, number, "_List"))}


@api.route("/lists/<number>", methods=["PUT", "PATCH"])
def update_list(number: str) -> Row:
    """403 for an unknown list."""
    row, given = the_row(here().lists, number, "_List", 403), body("list")
    row.update({key: given[key] for key in ("name", "sender_url", "sender_reminder") if key in given})
    changed("list")
    return {"list": rows.mailing_list(here(), row)}


@api.delete("/lists/<number>")
def delete_list(number: str) -> Row:
    """Takes all memberships along. 403 for an unknown list."""
    world, row = here(), the_row(here().lists, number, "_List", 403)
    for owner in world.listed.pop(row["id"], set()):
        world.contacts.rows[owner].lists.pop(row["id"])
    world.lists.remove(row["id"])
    return {}


@api.post("/listGroups")
def create_list_group() -> tuple[Row, int]:
    """Makes a list visible to a group of users."""
    given = body("listGroup")
    the_row(here().lists, given.get("listid"), "_List")
    row = here().list_groups.add(listid=as_id(given["listid"]), groupid=as_id(given.get("groupid")))
    return {"listGroup": {**given, "id": str(row["id"])}}, 201


@api.get("/contactLists")
def list_contact_lists() -> Row:
    """Of the whole account. Filters are ignored."""
    world = here()
    triples = [(each, *pair) for each in world.contacts.rows.values() for pair in each.lists.items()]
    return paged("contactLists", triples, lambda triple: wire.membership(world, *triple))


@api.post("/contactLists")
def set_contact_list() -> Row:
    """Sets a contact's state on a list, subscribing again one who left as well: that is the caller's duty to avoid."""
    world, given = here(), body("contactList")
    contact = the_contact(given.get("contact"))
    row = the_row(world.lists, given.get("list"), "_List")
    status = _status(given.get("status"))
    membership = people.put_on_list(world, contact, row["id"], status, "api")
    membership.sourceid = as_id(given.get("sourceid"))
    if status == people.SUBSCRIBED:
        automate.joined(world, contact, [row["id"]])
    wrote()
    return {"contacts": [wire.row(world, contact, root())], "contactList": _echo(contact, row["id"], membership)}


def _status(given: object) -> int:
    if str(given) not in {str(status) for status in STATUSES}:
        raise invalid("The value you selected is not a valid choice.", "field_invalid", "status")
    return int(str(given))


def _echo(contact: Contact, list_id: int, membership: Membership) -> Row:
    # Writes echo the caller's types: a status sent as a number comes back as one.
    given = request.get_json(force=True)["contactList"]
    echoed = {key: given[key] for key in ("contact", "list", "status") if key in given}
    return wire.membership(here(), contact, list_id, membership) | echoed
