"""Control routes of this simulator under /_sim: seeding, edits by a person, mail events, and what was received."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import edits, imports, loading, mail
from simulators.activecampaign.routes.api import Api, here
from simulators.activecampaign.routes.control_people import person
from simulators.common.app import CONTROL

api = Api("control", __name__, url_prefix=CONTROL)


def _given() -> dict[str, Any]:
    given: dict[str, Any] = request.get_json(force=True)
    return given


@api.post("/reset")
def reset() -> Row:
    """A fresh account again."""
    here().reset()
    return {"ok": True}


@api.post("/contacts")
def seed_contacts() -> Row:
    """Body: `contacts`, rows as `ops.loading.contacts` takes them."""
    return {"ids": loading.contacts(here(), _given()["contacts"])}


@api.post("/accounts")
def seed_accounts() -> Row:
    """Body: `accounts`, rows as `ops.loading.accounts` takes them."""
    return {"ids": loading.accounts(here(), _given()["accounts"])}


@api.post("/users")
def seed_user() -> Row:
    """Another key. Body: `key`, perhaps `admin` and `denied` (first path segments that answer 403)."""
    given = _given()
    user = {"username": "user", "firstName": "Ben", "lastName": "User", "email": "user@activecampaign.example"}
    row = here().users.add(**user, key=given["key"], admin=given.get("admin", False), denied=given.get("denied", []))
    return {"id": row["id"]}


@api.post("/exclusions")
def seed_exclusion() -> Row:
    """Body: `matchPhrase` and `matchType` (exact, start, end, contains)."""
    given = _given()
    row = here().exclusions.add(matchPhrase=given["matchPhrase"], matchType=given.get("matchType", "exact"))
    return {"id": row["id"]}


@api.post("/edit")
def edit() -> ResponseReturnValue:
    """What a person does in the user interface; see `ops.edits`."""
    try:
        return edits.edit(here(), _given())
    except LookupError as error:
        return jsonify(error=f"unknown {error}"), 404


@api.post("/events")
def mail_event() -> ResponseReturnValue:
    """Body: `kind` (sent, open, click, bounce, …), `contact` (id or e-mail), `campaign` (1 unless given), or a list
    `events` of such."""
    given = _given()
    found = [_happened(one) for one in given.get("events", [given])]
    if not all(found):
        return jsonify(error="unknown contact, campaign or kind"), 404
    return {"ok": True}


def _happened(given: dict[str, Any]) -> bool:
    world = here()
    contact, campaign = person(given["contact"]), world.campaigns.get(given.get("campaign", 1))
    if contact is None or campaign is None or given["kind"] not in mail.KINDS:
        return False
    mail.KINDS[given["kind"]](world, contact, campaign)
    return True


@api.post("/clock")
def move_clock() -> Row:
    """Body: `advance_s`. The account's time goes ahead; limits, imports and dates follow."""
    here().clock.advance(float(_given()["advance_s"]))
    imports.catch_up(here())
    return {"now": here().clock.now()}


@api.get("/outbox")
def outbox() -> Row:
    """Campaigns sent to one contact."""
    return {"outbox": here().outbox}


@api.get("/deliveries")
def deliveries() -> Row:
    """Webhooks and callbacks delivered, with the status of the answer (0: none)."""
    return {"deliveries": list(here().deliveries)}


@api.get("/imports")
def received_imports() -> Row:
    """Bulk imports in the order of their arrival."""
    keys = ("id", "count", "size", "queued", "due", "done", "success", "failure", "top_excludes")
    return {"imports": [{key: batch[key] for key in keys} for batch in here().batches.values()]}


@api.get("/totals")
def totals() -> Row:
    """How many of everything the account holds."""
    world = here()
    tables = ("accounts", "tags", "fields", "links", "enrolments", "notes", "webhooks")
    records = sum(len(each) for each in world.records.values())
    return {"contacts": len(world.contacts), "records": records, **{name: len(getattr(world, name)) for name in tables}}
