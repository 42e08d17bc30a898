"""Accounts, their values and associations. This family mixes strings and numbers."""

from __future__ import annotations

from typing import Any

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.wire.dates import iso, plain

_LINKS = ("notes", "accountCustomFieldData", "accountContacts", "contactEmails", "emailActivities", "owner")


def account(world: World, row: Row, root: str) -> Row:
    """What every answer about an account holds."""
    base = f"{root}api/3/accounts/{row['id']}/"
    return {"name": row["name"], "accountUrl": row["accountUrl"], "owner": str(row["owner"]),
            "createdTimestamp": iso(world, row["created"]), "updatedTimestamp": iso(world, row["updated"]),
            "id": str(row["id"]), "links": {name: base + name for name in _LINKS}}  # fmt: skip


def listed(world: World, row: Row, root: str, contacts: int) -> Row:
    """A row of the list; the counts are zero unless they were asked for."""
    return {**account(world, row, root), "contactCount": str(contacts), "dealCount": "0"}


def written_value(row: Row) -> Row:
    """A value as POST and PUT of an account echo it."""
    currency = {"fieldCurrency": row["currency"]} if row["currency"] else {}
    return {"customFieldId": row["field"], "fieldValue": row["value"], **currency, "accountId": str(row["account"])}


def value(world: World, row: Row) -> Row:
    """A value of the account-wide list, with numbers for its keys."""
    stamps: dict[str, Any] = {"createdTimestamp": plain(world, row["created"])}
    currency = {"fieldCurrency": row["currency"]} if row["currency"] else {}
    return {"id": str(row["id"]), "accountCustomFieldMetumId": row["field"], "accountId": row["account"],
            "customFieldId": row["field"], "fieldValue": row["value"], **currency, **stamps,
            "updatedTimestamp": plain(world, row["updated"])}  # fmt: skip


def field(world: World, row: Row) -> Row:
    """A custom field of accounts; flags are numbers here."""
    keys = ("fieldLabel", "fieldType", "fieldOptions", "fieldDefault", "fieldDefaultCurrency", "isFormVisible",
            "isRequired", "displayOrder")  # fmt: skip
    return {"id": str(row["id"]), **{key: row[key] for key in keys}, "personalization": "", "knownFieldId": None,
            "hideFieldFlag": 0, "createdTimestamp": plain(world, row["created"]),
            "updatedTimestamp": plain(world, row["updated"]), "links": {}}  # fmt: skip


def association(world: World, row: Row, as_text: bool = True) -> Row:
    """Ids as strings in GET, as numbers in the answer to POST and PUT."""
    ends = {key: str(row[key]) if as_text else row[key] for key in ("account", "contact")}
    return {**ends, "jobTitle": row["title"], "id": str(row["id"]),
            "createdTimestamp": iso(world, row["created"]), "updatedTimestamp": iso(world, row["updated"]),
            "links": {}}  # fmt: skip
