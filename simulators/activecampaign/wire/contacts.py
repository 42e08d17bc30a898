"""A contact and what hangs on it, as GET answers show them: every scalar a string (recorded live answers)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from simulators.activecampaign.core.dates import ZERO_TIME
from simulators.activecampaign.model.contacts import Contact, Membership, Value
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.wire.dates import iso, plain

LINKS = (
    "bounceLogs", "contactAutomations", "contactData", "contactGoals", "contactLists", "contactLogs", "contactTags",
    "contactDeals", "deals", "fieldValues", "geoIps", "notes", "organization", "plusAppend", "trackingLogs",
    "scoreValues", "accountContacts", "automationEntryCounts",
)  # fmt: skip
_NEVER: dict[str, Any] = {
    "created_by": "0", "updated_by": "0", "orgid": "0", "orgname": "", "organization": None, "segmentio_id": "",
    "ip": "0", "ua": None, "gravatar": "0", "socialdata_lastcheck": None, "email_local": "", "rating_tstamp": None,
    "deleted": "0", "anonymized": "0", "deleted_at": None,
    "best_send_hour": "0", "sms_consent": "0", "sms_consent_updated_at": ZERO_TIME, "whatsapp_id": None,
    "whatsapp_username": None, "adate": None,
}  # fmt: skip


def row(world: World, contact: Contact, root: str) -> Row:
    """The 46 keys of a contact. `root` is the account's address with a slash at its end."""
    cdate, touched = plain(world, contact.cdate), plain(world, contact.touched)
    return {
        **_NEVER, "id": str(contact.id), "email": contact.email, "firstName": contact.first,
        "lastName": contact.last, "phone": contact.phone, "cdate": iso(world, contact.cdate),
        "udate": iso(world, contact.udate), "created_timestamp": cdate, "updated_timestamp": touched,
        "created_utc_timestamp": cdate, "updated_utc_timestamp": touched,
        "email_domain": contact.email.rpartition("@")[2], "hash": digest(contact), **_seldom(world, contact),
        "links": links(contact, root),
    }  # fmt: skip


def _seldom(world: World, contact: Contact) -> Row:
    return {
        "edate": iso(world, contact.seldom("edate")),
        "bounced_hard": str(contact.seldom("bounced_hard", 0)),
        "bounced_soft": str(contact.seldom("bounced_soft", 0)),
        "bounced_date": iso(world, contact.seldom("bounced_at")),
        "sentcnt": str(contact.seldom("sent", 0)),
        "last_click_date": iso(world, contact.seldom("last_click")),
        "last_open_date": iso(world, contact.seldom("last_open")),
        "mpp_tracking": str(contact.seldom("mpp", 0)),
        "last_mpp_open_date": iso(world, contact.seldom("last_mpp_open")),
    }


def digest(contact: Contact) -> str:
    """The opaque hash that stands for the contact in links of mails."""
    return hashlib.md5(f"{contact.id}{contact.email}".encode(), usedforsecurity=False).hexdigest()


def links(contact: Contact, root: str) -> dict[str, str]:
    """The addresses of what hangs on the contact."""
    base = f"{root}api/3/contacts/{contact.id}/"
    return {name: base + name for name in LINKS}


def listed(world: World, contact: Contact, root: str, include: Iterable[str]) -> Row:
    """A row of the list, with the ids of what was asked to come along."""
    linked = [str(contact.account)] if contact.account else []
    extra: Row = {"scoreValues": [], "accountContacts": linked}
    if "fieldValues" in include:
        extra["fieldValues"] = [str(value[0]) for value in contact.values.values()]
    if "contactTags" in include:
        extra["contactTags"] = [str(number) for number, _ in contact.tags.values()]
    if "contactLists" in include:
        extra["contactLists"] = [str(each.id) for each in contact.lists.values()]
    if "contactAutomations" in include:
        extra["contactAutomations"] = [str(each["id"]) for each in world.enrolled.get(contact.id, [])]
    return row(world, contact, root) | extra


def written(world: World, contact: Contact, root: str) -> Row:
    """What POST, PUT and sync answer: fewer keys than GET."""
    whole = row(world, contact, root)
    keys = ("id", "email", "firstName", "lastName", "phone", "cdate", "udate", "orgid", "orgname", "hash", "links",
            "email_domain", "organization")  # fmt: skip
    return {key: whole[key] for key in keys}


def value_row(world: World, contact: Contact, field: int, value: Value) -> Row:
    """A custom value with its own dates."""
    owner = str(contact.id)
    return {"contact": owner, "field": str(field), "value": value[1], "cdate": iso(world, value[2]),
            "udate": iso(world, value[3]), "created_by": "0", "updated_by": "0", "id": str(value[0]),
            "owner": owner}  # fmt: skip


def value_rows(world: World, contact: Contact, fields: Iterable[int] | None = None) -> list[Row]:
    """The contact's values, all or those of these fields."""
    chosen = contact.values if fields is None else fields
    return [value_row(world, contact, field, contact.values[field]) for field in chosen]


def tag_rows(world: World, contact: Contact) -> list[Row]:
    """The contact's tags as associations."""
    owner = str(contact.id)
    return [
        {"contact": owner, "tag": str(tag), "cdate": iso(world, at), "created_timestamp": plain(world, at),
         "created_by": "0", "updated_by": "0", "id": str(number), "links": {}}
        for tag, (number, at) in contact.tags.items()
    ]  # fmt: skip


def membership(world: World, contact: Contact, list_id: int, each: Membership) -> Row:
    """The contact's state on one list."""
    automation = None
    return {
        "contact": str(contact.id), "list": str(list_id), "form": _text(each.form), "seriesid": "0",
        "sdate": iso(world, each.sdate), "udate": iso(world, each.udate), "status": str(each.status), "responder": "1",
        "sync": "0", "unsubreason": each.reason, "campaign": _text(each.campaign), "message": _text(each.message),
        "first_name": contact.first, "last_name": contact.last, "ip4Sub": "0", "sourceid": str(each.sourceid),
        "autosyncLog": None, "ip4_last": "0", "ip4Unsub": "0", "unsubscribeAutomation": automation,
        "channel": "email", "id": str(each.id), "automation": automation,
    }  # fmt: skip


def memberships(world: World, contact: Contact) -> list[Row]:
    """The contact's states on its lists."""
    return [membership(world, contact, number, each) for number, each in contact.lists.items()]


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
