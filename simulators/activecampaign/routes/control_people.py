"""Control routes under /_sim for what contacts do themselves, and for an automation that calls an address."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.table import as_id
from simulators.activecampaign.ops import hooks, visits
from simulators.activecampaign.routes.api import Api, here
from simulators.common.app import CONTROL

api = Api("control_people", __name__, url_prefix=CONTROL)


def person(given: object) -> Contact | None:
    """The contact with this id or address."""
    world = here()
    return world.contacts.rows.get(as_id(given)) or world.contacts.find(str(given))


def _given() -> tuple[dict[str, Any], Contact | None]:
    given: dict[str, Any] = request.get_json(force=True)
    return given, person(given.get("contact"))


@api.get("/contact")
def contact() -> ResponseReturnValue:
    """`contact` (id or e-mail): what the account holds of it, without a call that counts."""
    found = person(request.args.get("contact"))
    if found is None:
        return jsonify(error="unknown contact"), 404
    return {"id": found.id, "email": found.email, "firstName": found.first, "lastName": found.last}


@api.post("/unsubscribe")
def unsubscribe() -> ResponseReturnValue:
    """Body: `contact` (id or e-mail), perhaps `reason`. The contact leaves all lists by the link in a mail."""
    given, contact = _given()
    if contact is None:
        return jsonify(error="unknown contact"), 404
    return {"lists": visits.leave_all(here(), contact, given.get("reason", ""))}


@api.post("/form")
def form() -> ResponseReturnValue:
    """Somebody fills in a form; see `ops.visits.submit_form`."""
    try:
        return {"id": visits.submit_form(here(), _given()[0]).id}
    except LookupError as error:
        return jsonify(error=f"unknown {error}"), 404


@api.post("/run_webhook")
def run_webhook() -> ResponseReturnValue:
    """Body: `contact`, `url`, perhaps `type`. An automation reaches its Webhook action; see /_sim/deliveries."""
    given, contact = _given()
    if contact is None:
        return jsonify(error="unknown contact"), 404
    hooks.run_step(here(), contact, given["url"], given.get("type", "update"))
    return {"ok": True}
