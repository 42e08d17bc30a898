"""v1 at /admin/api.php: what v3 has no word for. Failures are HTTP 200 with `result_code` 0."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import mail, people
from simulators.activecampaign.routes.api import Api, here
from simulators.activecampaign.routes.gate import user_of

api = Api("v1", __name__)
_TYPES = ("mime", "text", "html")
_ENDED, _SINGLE = 5, "single"


@api.route("/admin/api.php", methods=["GET", "POST"])
def call() -> ResponseReturnValue:
    """One door for every action; `api_action` in the query names it. The account may have closed it (S25)."""
    if not here().switches["v1"]:
        return Response("", here().switches["v1_gone_status"])
    key = request.headers.get("Api-Token") or request.values.get("api_key")
    if user_of(here(), key) is None:
        return _answer(0, "You are not authorized to access this file")
    action = ACTIONS.get(request.args.get("api_action", ""))
    return action() if action else _answer(0, "Invalid api_action")


def _answer(code: int, message: str, **more: object) -> Response:
    return jsonify({**more, "result_code": code, "result_message": message, "result_output": "json"})


def _user_me() -> Response:
    return _answer(1, "Success: Something is returned", id="1", username="admin")


def _campaign_list() -> Response:
    rows = [{"id": str(row["id"]), "name": row["name"], "type": row["type"], "status": str(row["status"])}
            for row in here().campaigns]  # fmt: skip
    return _answer(1, "Success: Something is returned", **{str(place): row for place, row in enumerate(rows)})


def _campaign_send() -> Response:
    given = request.values
    contact, campaign = here().contacts.find(given.get("email", "")), here().campaigns.get(given.get("campaignid"))
    if contact is None:
        return _answer(0, "Subscriber does not exist")
    if campaign is None or campaign["type"] != _SINGLE or campaign["status"] != _ENDED:
        return _answer(0, "Campaign does not exist")
    if given.get("messageid") not in (str(campaign["message"]), "0"):
        return _answer(0, "Message does not exist")
    if given.get("type") not in _TYPES or given.get("action") not in ("send", "copy"):
        return _answer(0, "Invalid type or action")
    if not _may_receive(contact, campaign):
        return _answer(0, "Subscriber is not active on a list of this campaign")
    return _send(contact, campaign, given["action"], given["type"])


def _may_receive(contact: Contact, campaign: Row) -> bool:
    states = [contact.lists[number].status for number in campaign["lists"] if number in contact.lists]
    return people.SUBSCRIBED in states and not contact.seldom("bounced_hard")


def _send(contact: Contact, campaign: Row, action: str, kind: str) -> Response:
    world = here()
    ids = {"contact": contact.id, "campaign": campaign["id"], "message": campaign["message"]}
    world.outbox.append({"email": contact.email, **ids, "action": action, "type": kind, "at": world.now()})
    world.stats.changing()
    if action == "send":
        mail.sent(world, contact, campaign)
    return _answer(1, "Message sent")


ACTIONS: dict[str, Callable[[], Response]] = {
    "user_me": _user_me,
    "campaign_list": _campaign_list,
    "campaign_send": _campaign_send,
}
