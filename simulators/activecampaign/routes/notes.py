"""/notes."""

from __future__ import annotations

from simulators.activecampaign.core.answers import missing_attribute
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import companies, feed, hooks, people
from simulators.activecampaign.routes.api import V3, Api, body, changed, here, paged, root, the_contact, the_row, wrote
from simulators.activecampaign.wire import contacts as wire
from simulators.activecampaign.wire import rows

api = Api("notes", __name__, url_prefix=V3)
KINDS = ("Activity", "Deal", "DealTask", "Subscriber", "CustomerAccount")


@api.get("/notes")
def list_notes() -> Row:
    """`meta.total` is a number here."""
    return paged("notes", list(here().notes), lambda row: rows.note(here(), row), total=int)


@api.post("/notes")
def create_note() -> tuple[Row, int]:
    """Every call makes another note."""
    world, given = here(), body("note")
    for key in ("note", "relid", "reltype"):
        if not given.get(key):
            raise missing_attribute(key)
    if given["reltype"] not in KINDS:
        raise missing_attribute("reltype")
    contact = the_contact(given["relid"]) if given["reltype"] == "Subscriber" else None
    if given["reltype"] == "CustomerAccount":
        companies.the_account(world, given["relid"])
    now = world.now()
    row = world.notes.add(
        note=given["note"], relid=as_id(given["relid"]), reltype=given["reltype"], cdate=now, mdate=now
    )
    wrote()
    if contact is not None:
        people.moved(world, contact, "note")
        feed.add(world, contact, "note", "", row["id"])
        hooks.emit(world, "subscriber_note", "api", contact, extra={"note": given["note"]})
    owner = {**rows.note(world, row)["owner"], "id": given["relid"]}
    shown = {**rows.note(world, row), "relid": given["relid"], "is_draft": "", "owner": owner}
    return {"contacts": [wire.row(world, contact, root())] if contact else [], "note": shown}, 201


@api.put("/notes/<number>")
def update_note(number: str) -> Row:
    """403 for an unknown note."""
    row, given = the_row(here().notes, number, "Note", 403), body("note")
    row["note"], row["mdate"] = given.get("note", row["note"]), here().now()
    changed("note")
    return {"note": rows.note(here(), row)}


@api.delete("/notes/<number>")
def delete_note(number: str) -> Row:
    """403 for an unknown note."""
    here().notes.remove(the_row(here().notes, number, "Note", 403)["id"])
    return {}
