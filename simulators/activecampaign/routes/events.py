"""Event tracking: its management in v3, and the endpoint that takes events without an API key."""

from __future__ import annotations

import json

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from simulators.activecampaign.core.answers import missing
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import Row
from simulators.activecampaign.ops import feed
from simulators.activecampaign.routes.api import V3, Api, body, changed, here
from simulators.activecampaign.routes.gate import too_many
from simulators.activecampaign.wire import contacts as wire

api = Api("events", __name__)
ACCOUNT_ID, EVENT_KEY = "25000001", "simulated-event-key"
MOST_NAME, KEPT_DATA = 32, 255


@api.get(f"{V3}/eventTracking")
def read_tracking() -> Row:
    """Whether events are taken at all. A fresh account takes none."""
    return {"eventTracking": {"enabled": here().tracking_enabled}}


@api.put(f"{V3}/eventTracking")
def switch_tracking() -> Row:
    """Switches event tracking on or off."""
    here().tracking_enabled = bool(body("eventTracking").get("enabled"))
    changed("eventTracking")
    return {"eventTracking": {"enabled": here().tracking_enabled}}


@api.get(f"{V3}/eventTrackingEvents")
def list_events() -> Row:
    """Names only. `meta.total` is a number here."""
    names = here().event_names
    return {"eventTrackingEvents": [{"name": name} for name in names], "meta": {"total": len(names)}}


@api.post(f"{V3}/eventTrackingEvents")
def register_event() -> tuple[Row, int]:
    """Makes a name known. Events of other names are dropped in silence."""
    name = str(body("eventTrackingEvent").get("name", ""))
    if name not in here().event_names:
        here().event_names.append(name)
        changed("eventTrackingEvent", "created")
    return {"eventTrackingEvent": {"name": name}}, 201


@api.delete(f"{V3}/eventTrackingEvents/<name>")
def remove_event(name: str) -> Row:
    """Forgets a name, or 404."""
    if name not in here().event_names:
        raise missing("EventTrackingEvent", name)
    here().event_names.remove(name)
    changed("eventTrackingEvent", "deleted")
    return {}


@api.post("/event")
def spawn_event() -> ResponseReturnValue:
    """Takes a form. Failures are a 200 too. Switched off, an event is gone without a word."""
    world = here()
    counted = world.switches["refused_calls_count"]
    if world.windows["tracking"].admit(world.clock.now(), world.switches["tracking_calls_per_second"], counted) is None:
        return too_many(world)
    problem = _problem()
    contact = _visitor()
    if not problem and contact and world.tracking_enabled and request.form["event"] in world.event_names:
        _file(contact)
    return _answer(problem)


def _problem() -> str:
    form = request.form
    if form.get("actid") != ACCOUNT_ID or form.get("key") != EVENT_KEY:
        return "Invalid account id or event key"
    if not form.get("event") or len(form["event"]) > MOST_NAME:
        return "Invalid event name"
    return "" if _visitor() else "Contact not found"


def _visitor() -> Contact | None:
    try:
        visit = json.loads(request.form.get("visit", ""))
    except ValueError:
        return None
    return here().contacts.find(str(visit.get("email", ""))) if isinstance(visit, dict) else None


def _file(contact: Contact) -> None:
    world, data = here(), request.form.get("eventdata", "")[:KEPT_DATA]
    row = world.tracking.add(contact=contact.id, event=request.form["event"], data=data, at=world.now())
    feed.add(world, contact, "event", "", row["id"])
    world.stats.wrote("POST /event")


def _answer(problem: str) -> Response:
    if here().switches["event_answer"] == "text":
        return Response("0" if problem else "1", content_type="text/plain")
    return jsonify(success=int(not problem), message=problem or "Event spawned")


@api.get(f"{V3}/trackingLogs/<number>/contact")
def tracked_contact(number: str) -> Row:
    """The contact of an event."""
    row = here().tracking.get(number)
    contact = here().contacts.rows.get(row["contact"]) if row else None
    if contact is None:
        raise missing("TrackingLog", number)
    return {"contact": wire.row(here(), contact, request.url_root)}
