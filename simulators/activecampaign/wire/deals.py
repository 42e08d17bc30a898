"""Deals, pipelines, stages and custom values of deals: strings, but for the lists of values."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.wire.dates import iso, plain

_LINKS = ("dealActivities", "contact", "contactDeals", "group", "nextTask", "notes", "account", "customerAccount",
          "organization", "owner", "scoreValues", "stage", "tasks", "dealCustomFieldData")  # fmt: skip


def deal(world: World, row: Row) -> Row:
    """What every answer about a deal holds; custom values have a list of their own."""
    texts = {key: str(row[key]) for key in ("owner", "contact", "group", "stage", "value", "status")}
    stamps = {"cdate": iso(world, row["created"]), "mdate": iso(world, row["updated"])}
    percent = None if row["percent"] is None else str(row["percent"])
    return {"hash": f"{row['id']:08x}", **texts, "organization": None, "account": str(row["account"] or "") or None,
            "title": row["title"], "description": row["description"], "percent": percent, **stamps,
            "nextdate": None, "nexttaskid": None, "currency": row["currency"], "winProbability": None,
            "winProbabilityMdate": None, "activitycount": "1", "nextdealid": str(row["id"]), "edate": None,
            "links": {name: f"/api/3/deals/{row['id']}/{name}" for name in _LINKS}, "id": str(row["id"]),
            "isDisabled": False}  # fmt: skip


def written(world: World, row: Row) -> Row:
    """The same as POST and PUT echo it, custom values included."""
    return {**deal(world, row), "fields": [_written_value(each) for each in row["values"].values()]}


def _written_value(row: Row) -> Row:
    currency = {"fieldCurrency": row["currency"]} if row["currency"] else {}
    return {"customFieldId": row["field"], "fieldValue": row["value"], **currency, "dealId": str(row["deal"])}


def pipeline(world: World, row: Row) -> Row:
    """A pipeline with the ids of its stages."""
    flags = {key: str(row[key]) for key in ("allgroups", "allusers", "autoassign")}
    stages = [str(each["id"]) for each in world.deal_stages if each["group"] == row["id"]]
    return {**flags, "title": row["title"], "currency": row["currency"], "cdate": iso(world, row["created"]),
            "udate": iso(world, row["updated"]), "stages": stages, "links": {}, "id": str(row["id"])}  # fmt: skip


def stage(world: World, row: Row) -> Row:
    """A stage of a pipeline."""
    cards = {"cardRegion1": "title", "cardRegion2": "next-action", "cardRegion3": "show-avatar",
             "cardRegion4": "contact-fullname-orgname", "cardRegion5": "value"}  # fmt: skip
    return {**cards, "title": row["title"], "group": str(row["group"]), "order": str(row["order"]),
            "color": row["color"], "dealOrder": "next-action DESC", "width": "280", "links": {},
            "cdate": iso(world, row["created"]), "udate": iso(world, row["updated"]), "id": str(row["id"])}  # fmt: skip


def field(world: World, row: Row) -> Row:
    """A custom field of deals; flags are numbers here."""
    keys = ("fieldLabel", "fieldType", "fieldOptions", "fieldDefault", "fieldDefaultCurrency", "isFormVisible",
            "isRequired", "displayOrder")  # fmt: skip
    return {"id": str(row["id"]), **{key: row[key] for key in keys}, "personalization": "", "knownFieldId": None,
            "hideFieldFlag": 0, "createdTimestamp": plain(world, row["created"]),
            "updatedTimestamp": plain(world, row["updated"]), "links": {}}  # fmt: skip


def value(world: World, row: Row) -> Row:
    """A value of the account-wide list, with numbers for its keys."""
    stamps: dict[str, Any] = {"createdTimestamp": plain(world, row["created"])}
    currency = {"fieldCurrency": row["currency"]} if row["currency"] else {}
    return {"id": str(row["id"]), "dealCustomFieldMetumId": row["field"], "dealId": row["deal"],
            "customFieldId": row["field"], "fieldValue": row["value"], **currency, **stamps,
            "updatedTimestamp": plain(world, row["updated"]), "links": {}}  # fmt: skip
