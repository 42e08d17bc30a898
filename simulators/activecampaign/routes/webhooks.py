"""/webhooks and /webhook/events."""

from __future__ import annotations

from urllib.parse import urlsplit

from simulators.activecampaign.core.answers import invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import hooks
from simulators.activecampaign.routes.api import V3, Api, body, changed, filtered, here, need, paged, the_row
from simulators.activecampaign.wire.dates import iso

api = Api("webhooks", __name__, url_prefix=V3)
SOURCES = ("public", "admin", "api", "system")


def _shown(row: Row) -> Row:
    state = "active" if row["active"] else "inactive"
    return {"cdate": iso(here(), row["cdate"]), "listid": str(row["listid"]), "name": row["name"], "url": row["url"],
            "events": row["events"], "sources": row["sources"], "state": state, "links": {},
            "id": str(row["id"])}  # fmt: skip


@api.get("/webhooks")
def list_webhooks() -> Row:
    """By part of name, url or listid."""
    filters, found = filtered(), list(here().webhooks)
    for key in ("name", "url", "listid"):
        if key in filters:
            found = [row for row in found if filters[key] in str(row[key])]
    return paged("webhooks", found, _shown)


@api.get("/webhook/events")
def list_webhook_events() -> Row:
    """Without those that only the prose of the documentation names."""
    return {"webhookEvents": list(hooks.EVENTS), "meta": {"total": len(hooks.EVENTS)}}


@api.post("/webhooks")
def create_webhook() -> tuple[Row, int]:
    """201. https on port 443 only, unless switched."""
    need("webhooks", "create webhooks")
    given = body("webhook")
    _refuse_bad(given)
    listens = {key: list(given[key]) for key in ("events", "sources")}
    row = here().webhooks.add(name=given["name"], url=given["url"], listid=as_id(given.get("listid")), active=True,
                              cdate=here().now(), **listens)  # fmt: skip
    return {"webhook": _shown(row)}, 201


def _refuse_bad(given: Row) -> None:
    for key in ("name", "url", "events", "sources"):
        if not given.get(key):
            raise invalid(f"The {key} is required.", "field_missing", key)
    if set(given["events"]) - {*hooks.EVENTS, *hooks.UNLISTED_EVENTS} or set(given["sources"]) - set(SOURCES):
        raise invalid("The value you selected is not a valid choice.", "field_invalid", "events")
    parts = urlsplit(given["url"])
    if here().switches["webhook_https_only"] and (parts.scheme != "https" or parts.port not in (None, 443)):
        raise invalid("The url must use https on port 443.", "field_invalid", "url")


@api.get("/webhooks/<number>")
def get_webhook(number: str) -> Row:
    """One webhook, or 404."""
    return {"webhook": _shown(the_row(here().webhooks, number, "Webhook"))}


@api.put("/webhooks/<number>")
def update_webhook(number: str) -> Row:
    """Does not bring a hook back that HTTP 410 switched off: that takes a new one."""
    row, given = the_row(here().webhooks, number, "Webhook"), body("webhook")
    wanted: Row = {**row, **{key: given[key] for key in ("name", "url", "events", "sources") if key in given}}
    _refuse_bad(wanted)
    row.update(wanted)
    changed("webhook")
    return {"webhook": _shown(row)}


@api.delete("/webhooks/<number>")
def delete_webhook(number: str) -> Row:
    """Ends it for good."""
    here().webhooks.remove(the_row(here().webhooks, number, "Webhook")["id"])
    return {}
