"""/tags and /contactTags."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.core.answers import invalid, missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import people
from simulators.activecampaign.routes.api import (
    V3,
    Api,
    body,
    changed,
    filtered,
    here,
    need,
    paged,
    the_contact,
    the_row,
    wrote,
)
from simulators.activecampaign.wire import contacts as wire
from simulators.activecampaign.wire import rows
from simulators.activecampaign.wire.dates import iso

api = Api("tags", __name__, url_prefix=V3)


@api.get("/tags")
def list_tags() -> Row:
    """`search` and `filters[search]` compare parts, `filters[search][eq]` the whole name."""
    filters, found = filtered(), list(here().tags)
    part = (request.args.get("search") or filters.get("search") or filters.get("search.contains") or "").lower()
    if part:
        found = [row for row in found if part in row["tag"].lower()]
    if "search.eq" in filters:
        found = [row for row in found if row["tag"].lower() == filters["search.eq"].lower()]
    if "search.starts_with" in filters:
        found = [row for row in found if row["tag"].lower().startswith(filters["search.starts_with"].lower())]
    return paged("tags", found, lambda row: rows.tag(here(), row))


@api.post("/tags")
def create_tag() -> tuple[Row, int]:
    """201; an existing name answers 200 with its row."""
    need("tags", "create tags")
    given = body("tag")
    name = given.get("tag")
    if not isinstance(name, str) or not name.strip():
        raise invalid("The tag name is required.", "field_missing", "tag")
    known = here().tags.first(tag=name)
    kind = given.get("tagType", "contact")
    row = known or people.add_tag(here(), name, kind, given.get("description") or "")
    return {"tag": rows.tag(here(), row)}, 200 if known else 201


@api.get("/tags/<number>")
def get_tag(number: str) -> Row:
    """One tag, or 404."""
    return {"tag": rows.tag(here(), the_row(here().tags, number, "Tag"))}


@api.route("/tags/<number>", methods=["PUT", "PATCH"])
def update_tag(number: str) -> Row:
    """Name, description or type."""
    row, given = the_row(here().tags, number, "Tag"), body("tag")
    row.update({key: given[key] for key in ("tag", "description", "tagType") if key in given}, udate=here().now())
    changed("tag")
    return {"tag": rows.tag(here(), row)}


@api.delete("/tags/<number>")
def delete_tag(number: str) -> Row:
    """The tag, and all its associations."""
    world, row = here(), the_row(here().tags, number, "Tag")
    for owner in list(world.tagged[row["id"]]):
        people.untag(world, world.contacts.rows[owner], row["id"], "api")
    world.tags.remove(row["id"])
    return {}


@api.post("/contactTags")
def add_contact_tag() -> Row:
    """200 and the same association again when repeated; a name instead of an id is refused."""
    world, given = here(), body("contactTag")
    contact = the_contact(given.get("contact"))
    if not as_id(given.get("tag")):
        raise invalid("No tag id provided", "field_missing", "tag")
    tag = the_row(world.tags, given["tag"], "Tag")
    number = people.tag(world, contact, tag, "api")
    wrote()
    made = iso(world, contact.tags[tag["id"]][1])
    ends = {key: str(given[key]) for key in ("contact", "tag")}
    return {"contacts": [], "contactTag": {**ends, "cdate": made, "id": str(number), "links": {}}}


@api.get("/contactTags")
def list_contact_tags() -> Row:
    """Of the whole account. Filters are ignored."""
    world = here()
    owners = [contact for contact in world.contacts.rows.values() if contact.tags]
    pairs = [(number, contact) for contact in owners for number, _ in contact.tags.values()]
    return paged("contactTags", pairs, lambda pair: _association(*pair))


def _association(number: int, contact: Contact) -> Row:
    return next(row for row in wire.tag_rows(here(), contact) if row["id"] == str(number))


@api.delete("/contactTags/<number>")
def remove_contact_tag(number: str) -> Row:
    """By the id of the association, not of the tag."""
    world = here()
    contact = world.contacts.rows.get(world.contacts.tag_ids.of(as_id(number)))
    held = [tag for tag, (own, _) in contact.tags.items() if own == as_id(number)] if contact else []
    if contact is None or not held:
        raise missing("SubscriberTag", number)
    people.untag(world, contact, held[0], "api")
    wrote()
    return {}
