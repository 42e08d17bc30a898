"""/campaigns and /messages, for reading: v3 cannot send a campaign."""

from __future__ import annotations

from flask import request

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.routes.api import V3, Api, here, paged, the_row
from simulators.activecampaign.wire import activities as wire

api = Api("campaigns", __name__, url_prefix=V3)


@api.get("/campaigns")
def list_campaigns() -> Row:
    """By date of sending where `orders[sdate]` or `orders[ldate]` ask for it."""
    newest_first = any(request.args.get(f"orders[{key}]", "").lower() == "desc" for key in ("sdate", "ldate"))
    found = sorted(here().campaigns, key=lambda row: (row["cdate"], row["id"]), reverse=newest_first)
    return paged("campaigns", found, lambda row: wire.campaign(here(), row, in_list=True))


@api.get("/campaigns/<number>")
def get_campaign(number: str) -> Row:
    """One campaign, or 404."""
    return {"campaign": wire.campaign(here(), _the_campaign(number), in_list=False)}


def _the_campaign(number: str) -> Row:
    return the_row(here().campaigns, number, "Campaign")


@api.get("/campaigns/<number>/links")
def list_links(number: str) -> Row:
    """The link `open` is the pixel that tells of an open."""
    row = _the_campaign(number)
    return {"links": [wire.campaign_link(link) for link in here().campaign_links if link["campaign"] == row["id"]]}


@api.get("/campaigns/<number>/campaignLists")
def list_campaign_lists(number: str) -> Row:
    """The lists that the campaign went to."""
    row = _the_campaign(number)
    return {"campaignLists": [{"id": str(place), "campaignid": str(row["id"]), "listid": str(each), "list": str(each),
                               "campaign": str(row["id"])} for place, each in enumerate(row["lists"], 1)]}  # fmt: skip


@api.get("/campaigns/<number>/campaignMessages")
def list_campaign_messages(number: str) -> Row:
    """What joins the campaign and its message."""
    return {"campaignMessages": [_campaign_message(_the_campaign(number))]}


@api.get("/campaignMessages")
def list_all_campaign_messages() -> Row:
    """Of the whole account."""
    return paged("campaignMessages", list(here().campaigns), _campaign_message)


def _campaign_message(row: Row) -> Row:
    message = here().messages.rows[row["message"]]
    counters = {key: str(row[key]) for key in ("send_amt", "opens", "linkclicks", "unsubscribes")}
    return {"id": str(row["id"]), "campaignid": str(row["id"]), "messageid": str(message["id"]), "percentage": "100",
            "subject": message["subject"], **counters, "campaign": str(row["id"]),
            "message": str(message["id"])}  # fmt: skip


@api.get("/messages")
def list_messages() -> Row:
    """With the whole HTML of every message."""
    return paged("messages", list(here().messages), lambda row: wire.message(here(), row))


@api.get("/messages/<number>")
def get_message(number: str) -> Row:
    """One message, or 404."""
    return {"message": wire.message(here(), the_row(here().messages, number, "Message"))}
