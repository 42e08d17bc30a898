"""The activity feed and the logs it speaks of."""

from __future__ import annotations

import hashlib
from typing import Any

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops.feed import CLASSES
from simulators.activecampaign.wire.dates import iso, plain


def activity(world: World, row: Row) -> Row:
    """One event. Type, model name and action are not enumerated anywhere in public."""
    reference = {"type": row["model"], "id": str(row["reference"])}
    return {
        "id": str(row["id"]), "tstamp": iso(world, row["at"]), "subscriberid": str(row["contact"]),
        "reference_type": CLASSES[row["model"]], "reference_id": str(row["reference"]),
        "reference_action": row["action"], "jsonData": None, "userid": "1", "user": "1", "permission": "",
        "referenceModelName": row["model"], "notes": [], "recipients": [], "reference": reference, "links": {},
    }  # fmt: skip


def log(world: World, row: Row) -> Row:
    """One sending of a campaign to one contact."""
    campaign, message = str(row["campaign"]), str(row["message"])
    return {"id": str(row["id"]), "campaignid": campaign, "messageid": message, "subscriberid": str(row["contact"]),
            "tstamp": iso(world, row["at"]), "campaign": campaign, "message": message}  # fmt: skip


def bounce(world: World, row: Row) -> Row:
    """One bounce."""
    ids: dict[str, Any] = {"campaign": str(row["campaign"]), "message": str(row["message"])}
    return {
        "id": str(row["id"]), "tstamp": iso(world, row["at"]), "bounceid": "1", "subscriberid": str(row["contact"]),
        "campaignid": ids["campaign"], "messageid": ids["message"], "codeid": "48", "email": row["email"], "error": "",
        "source": _returned(row), "created_timestamp": plain(world, row["at"]), "bounce": "1",
        "contact": str(row["contact"]), **ids, "code": "48",
    }  # fmt: skip


REASONS = {"5.1.1": "550 5.1.1 User unknown", "4.2.2": "452 4.2.2 Mailbox full"}


def _returned(row: Row) -> str:
    """The mail that came back, cut as the documentation's sample is: headers, and a report by RFC 3464."""
    return (
        "Return-Path: <>\nReceived: from mail.example (unknown [192.0.2.1])\nSubject: Undelivered Mail\n\n"
        f"Final-Recipient: rfc822; {row['email']}\nAction: failed\nStatus: {row['code']}\n"
        f"Diagnostic-Code: smtp; {REASONS[row['code']]}\n"
    )


def click(world: World, row: Row) -> Row:
    """One click."""
    contact = world.contacts.rows.get(row["contact"])
    return {"id": str(row["id"]), "contact": str(row["contact"]), "campaign": str(row["campaign"]),
            "link": str(row["link"]), "tstamp": iso(world, row["at"]),
            "email": contact.email if contact else ""}  # fmt: skip


def tracked(world: World, row: Row) -> Row:
    """One event of event tracking."""
    owner = str(row["contact"])
    return {"id": str(row["id"]), "subscriberid": owner, "contact": owner, "type": row["event"], "value": row["data"],
            "tstamp": iso(world, row["at"]),
            "hash": hashlib.md5(str(row["id"]).encode(), usedforsecurity=False).hexdigest()}  # fmt: skip


def campaign(world: World, row: Row, in_list: bool) -> Row:
    """All strings. Only rows of the list carry the texts for the eye."""
    counters = {key: str(row[key]) for key in ("send_amt", "opens", "linkclicks", "forwards", "hardbounces",
                                               "softbounces", "unsubscribes", "replies")}  # fmt: skip
    stamps = {key: iso(world, row["cdate"]) for key in ("cdate", "mdate", "sdate", "ldate")}
    extra = {"statusString": "Completed", "statusToolTip": "", "typeText": "One-Time", "numberOfMessages": "1",
             "groupLimitViolation": False}  # fmt: skip
    return {
        "id": str(row["id"]), "type": row["type"], "userid": "1", "segmentid": "0", "name": row["name"], **stamps,
        "status": str(row["status"]), "total_amt": counters["send_amt"], "uniqueopens": counters["opens"],
        "uniquelinkclicks": counters["linkclicks"], "subscriberclicks": counters["linkclicks"], **counters,
        "seriesid": "0", "automation": None, "source": "web", "format": "mime", "message_id": str(row["message"]),
        "campaign_message_id": str(row["id"]), "verified_opens": "0", "verified_unique_opens": "0", "screenshot": None,
        "moderation_status": "", "links": {}, **(extra if in_list else {}),
    }  # fmt: skip


def message(world: World, row: Row) -> Row:
    """A message with its whole text."""
    keys = ("name", "subject", "fromname", "fromemail", "reply2", "preheader_text", "html", "text")
    return {"id": str(row["id"]), **{key: row[key] for key in keys}, "cdate": iso(world, row["cdate"]),
            "mdate": iso(world, row["cdate"])}  # fmt: skip


def campaign_link(row: Row) -> Row:
    """A link of a campaign; `open` is the pixel."""
    return {"id": str(row["id"]), "campaignid": str(row["campaign"]), "messageid": str(row["message"]),
            "link": row["link"], "name": row["name"], "tracked": "1"}  # fmt: skip
