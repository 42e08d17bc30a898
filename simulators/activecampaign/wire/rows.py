"""Tags, lists, fields, automations and the other small tables, as GET answers show them."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.model.counts import remembered
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.wire.dates import iso, plain

_MANY = 20_000


def strings(row: Row) -> Row:
    """Every number as a string, as in most of the service's GET answers."""
    return {key: str(value) if type(value) is int else value for key, value in row.items()}


def flag(value: object) -> str:
    """Truth as `0` or `1`."""
    return "1" if value in (True, 1, "1", "true") else "0"


def tag(world: World, row: Row) -> Row:
    """A tag with the number of its contacts."""
    made, moved = row["cdate"], row["udate"]
    count = str(len(world.tagged.get(row["id"], ())))
    return {"id": str(row["id"]), "tagType": row["tagType"], "tag": row["tag"], "description": row["description"],
            "cdate": iso(world, made), "subscriber_count": count, "deleted": "0", "created_by": "0", "updated_by": "0",
            "created_timestamp": plain(world, made), "updated_timestamp": plain(world, moved), "links": {}}  # fmt: skip


def field(world: World, row: Row) -> Row:
    """A contact field with the ids of its options and relations."""
    made, moved = row["cdate"], row["udate"]
    options = [str(each["id"]) for each in world.field_options if each["field"] == row["id"]]
    relations = [str(each["id"]) for each in world.field_rels if each["field"] == row["id"]]
    plain_part = {key: row[key] for key in ("title", "descript", "type", "perstag", "defval")}
    return {
        "id": str(row["id"]), **plain_part, "isrequired": flag(row["isrequired"]), "show_in_list": "0", "rows": "0",
        "cols": "0", "visible": flag(row["visible"]), "service": "", "ordernum": str(row["ordernum"]),
        "options": options, "relations": relations, "cdate": iso(world, made), "udate": iso(world, moved),
        "created_timestamp": plain(world, made), "updated_timestamp": plain(world, moved), "created_by": "1",
        "updated_by": "1", "links": {},
    }  # fmt: skip


def option(row: Row) -> Row:
    """An option of a contact field."""
    return {**strings(row), "isdefault": flag(row["isdefault"]), "cdate": None, "udate": None}


def relation(world: World, row: Row) -> Row:
    """Where a field is shown."""
    return {"id": str(row["id"]), "field": str(row["field"]), "relid": str(row["relid"]), "dorder": "0",
            "cdate": iso(world, row["cdate"]), "links": []}  # fmt: skip


def mailing_list(world: World, row: Row) -> Row:
    """A selection of the 52 keys: those a client has a use for, and some to skip."""
    members = world.listed.get(row["id"], set())
    active = _active(world, row["id"], members)
    texts = {key: row[key] for key in ("stringid", "name", "sender_url", "sender_reminder", "channel")}
    return {
        "id": str(row["id"]), **texts, "userid": "1", "cdate": iso(world, row["cdate"]),
        "udate": iso(world, row["udate"]), "p_use_tracking": "1", "private": "0", "optinoptout": "1",
        "send_last_broadcast": flag(row["send_last_broadcast"]), "sender_name": "", "sender_addr1": "",
        "sender_country": "", "deletestamp": None, "active_subscribers": str(active),
        "non_deleted_subscribers": str(len(members)), "user": "1", "links": {},
    }  # fmt: skip


def _active(world: World, list_id: int, members: set[int]) -> int:
    def count() -> int:
        return sum(1 for each in members if world.contacts.rows[each].lists[list_id].status == 1)

    return count() if len(members) < _MANY else remembered(world, ("list", list_id), count)


def enrolment(world: World, row: Row) -> Row:
    """An entry into an automation. Progress is told in numbers, everything else in strings."""
    ended = row["status"] != 1
    blocks: dict[str, Any] = {"lastblock": "4", "lastlogid": "0", "completedElements": "2" if ended else "1"}
    return {
        "id": str(row["id"]), "contact": str(row["contact"]), "seriesid": str(row["automation"]),
        "automation": str(row["automation"]), "startid": "0", "status": str(row["status"]), "batchid": None,
        "adddate": iso(world, row["adddate"]), "remdate": iso(world, row["remdate"]), "timespan": "0",
        "lastdate": iso(world, row["remdate"] or row["adddate"]), **blocks, "totalElements": "2",
        "completed": int(ended), "completeValue": 100 if ended else 50, "links": {},
    }  # fmt: skip


def automation(world: World, row: Row) -> Row:
    """An automation."""
    shown = {key: row[key] for key in ("id", "name", "status", "entered", "exited", "hidden", "multientry")}
    return {
        **strings(shown), "cdate": iso(world, row["cdate"]), "mdate": iso(world, row["cdate"]), "userid": "1",
        "entitlements_violation": "0", "source": "0", "description": None, "exit_on_unsubscribe": "0",
        "exit_on_conversion": "0", "links": {},
    }  # fmt: skip


def note(world: World, row: Row) -> Row:
    """A note and what it is about."""
    owner = {"type": "contact" if row["reltype"] == "Subscriber" else row["reltype"], "id": str(row["relid"])}
    shown = {key: row[key] for key in ("id", "relid", "reltype", "note")}
    return {**strings(shown), "userid": "1", "is_draft": "0", "cdate": iso(world, row["cdate"]),
            "mdate": iso(world, row["mdate"]), "owner": owner, "user": "1"}  # fmt: skip
