"""Webhooks: at least once, never repeated after a failure, silent for mass operations, switched off by HTTP 410."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from types import MappingProxyType

from simulators.activecampaign.core.dates import iso
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.model.world import World
from simulators.common.posting import send

# Events to which the list of a webhook does not apply (the service's page on creating a webhook).
_WITHOUT_LIST = ("contact_tag_added", "contact_tag_removed", "subscriber_note", "list_add", "account_", "sms_", "deal_")
_NOTHING: Mapping[str, object] = MappingProxyType({})

EVENTS = (
    "bounce", "click", "contact_tag_added", "contact_tag_removed", "deal_add", "deal_note_add", "deal_pipeline_add",
    "deal_stage_add", "deal_task_add", "deal_task_complete", "deal_tasktype_add", "deal_update", "forward", "list_add",
    "open", "reply", "sent", "share", "sms_reply", "sms_sent", "sms_unsub", "subscribe", "subscriber_note",
    "unsubscribe", "update",
)  # fmt: skip
UNLISTED_EVENTS = ("account_add", "account_update", "account_contact_add", "account_contact_update", "contact_task_add")


def emit(
    world: World,
    event: str,
    source: str,
    contact: Contact | None = None,
    listid: int = 0,
    extra: Mapping[str, object] = _NOTHING,
) -> None:
    """Sends `event` to every webhook that listens. `source`: public, admin, api or system."""
    if not len(world.webhooks):
        return
    for hook in world.webhooks:
        if hook["active"] and event in hook["events"] and source in hook["sources"] and _concerns(hook, event, listid):
            _enqueue(world, hook, event, _payload(world, event, source, contact, listid, extra))


def _concerns(hook: Row, event: str, listid: int) -> bool:
    return not hook["listid"] or hook["listid"] == listid or event.startswith(_WITHOUT_LIST)


def _enqueue(world: World, hook: Row, event: str, body: dict[str, str]) -> None:
    if world.random.random() < world.switches["webhook_loss"]:
        return
    copies = 2 if world.random.random() < world.switches["webhook_duplicates"] else 1
    for _ in range(copies):
        due = world.clock.now() + world.random.random() * world.switches["webhook_disorder_s"]
        world.courier.post(due, lambda: _deliver(world, hook, event, body))


def _deliver(world: World, hook: Row, event: str, body: dict[str, str]) -> None:
    status = send(hook["url"], urllib.parse.urlencode(body).encode(), {})
    with world.lock:
        world.deliveries.append({"webhook": hook["id"], "event": event, "status": status, "body": body})
        if status == 410:
            hook["active"] = False


def run_step(world: World, contact: Contact, url: str, kind: str) -> None:
    """The Webhook action of an automation: posts the contact's block to `url` once, and files the answer.

    What stands in `type` for an automation is not published, so `kind` decides it.
    """
    body = _payload(world, kind, "system", contact, 0, _NOTHING)
    world.courier.post(world.clock.now(), lambda: _run(world, url, body))


def _run(world: World, url: str, body: dict[str, str]) -> None:
    status = send(url, urllib.parse.urlencode(body).encode(), {})
    with world.lock:
        world.deliveries.append({"url": url, "event": "automation", "status": status, "body": body})


def _payload(
    world: World, event: str, source: str, contact: Contact | None, listid: int, extra: Mapping[str, object]
) -> dict[str, str]:
    zone = world.switches["server_zone"]
    head = {"type": event, "date_time": iso(world.now(), zone), "initiated_from": source, "initiated_by": source}
    block = contact_block(world, contact) if contact else {}
    return {**head, "list": str(listid), **block, **{key: str(value) for key, value in extra.items()}}


def contact_block(world: World, contact: Contact) -> dict[str, str]:
    """The keys `contact[…]` of a payload, values of custom fields by lower-case perstag or by field id (S28)."""
    tags = [world.tags.rows[number]["tag"] for number in contact.tags]
    plain = {
        "id": contact.id, "email": contact.email, "first_name": contact.first, "last_name": contact.last,
        "phone": contact.phone, "tags": ", ".join(tags), "orgname": "",
        "customer_acct_name": _account_name(world, contact), "ip": "0.0.0.0",  # noqa: S104 - no address, a value
    }  # fmt: skip
    block = {f"contact[{key}]": str(value) for key, value in plain.items()}
    for field, value in contact.values.items():
        by_id = world.switches["webhook_field_keys"] == "id"
        key = str(field) if by_id else str(world.fields.rows[field]["perstag"]).lower()
        block[f"contact[fields][{key}]"] = value[1]
    return block


def _account_name(world: World, contact: Contact) -> str:
    link = world.links.get(contact.account)
    return str(world.accounts.rows[link["account"]]["name"]) if link else ""
