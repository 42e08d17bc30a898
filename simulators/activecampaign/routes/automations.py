"""/automations and /contactAutomations."""

from __future__ import annotations

from simulators.activecampaign.core.answers import Problem, missing
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import automate
from simulators.activecampaign.routes.api import V3, Api, body, here, paged, root, the_row, wrote
from simulators.activecampaign.wire import contacts as wire
from simulators.activecampaign.wire import rows

api = Api("automations", __name__, url_prefix=V3)


@api.get("/automations")
def list_automations() -> Row:
    """There is no filter by name."""
    answer = paged("automations", list(here().automations), lambda row: rows.automation(here(), row))
    starts = [{"id": str(row["id"]), "series": str(row["id"]), "type": "none"} for row in here().automations]
    return answer | {"meta": {**answer["meta"], "starts": starts, "filtered": False, "smsLogs": []}}


@api.get("/automations/<number>")
def get_automation(number: str) -> Row:
    """One automation; the documentation shows a list here, the live service does not."""
    return {"automation": rows.automation(here(), the_row(here().automations, number, "Automation"))}


@api.get("/contactAutomations")
def list_enrolments() -> Row:
    """Of the whole account. Filters are ignored."""
    return paged("contactAutomations", list(here().enrolments), lambda row: rows.enrolment(here(), row))


@api.get("/contactAutomations/<number>")
def get_enrolment(number: str) -> Row:
    """One entry into an automation, or 404."""
    row = the_row(here().enrolments, number, "SubscriberSeries")
    return {"contactAutomation": rows.enrolment(here(), row)}


@api.post("/contactAutomations")
def enrol() -> tuple[Row, int]:
    """201, or 403 for any reason: unknown, inactive, missing contact, or entered before."""
    world, given = here(), body("contactAutomation")
    automation = world.automations.get(given.get("automation"))
    contact = world.contacts.rows.get(as_id(given.get("contact")))
    if automation is None or contact is None or not automate.may_enter(world, automation, contact):
        raise Problem(403, {"message": "Could not create SubscriberSeries"})
    row = automate.enter(world, automation, contact, "api")
    wrote()
    echoed = {key: given[key] for key in ("contact", "automation")}
    shown = rows.enrolment(world, row) | echoed | {"startid": 0, "status": 1}
    return {"contacts": [wire.row(world, contact, root())], "contactAutomation": shown}, 201


@api.delete("/contactAutomations/<number>")
def remove_enrolment(number: str) -> Row:
    """403 for an unknown one."""
    row = here().enrolments.get(number)
    if row is None:
        raise missing("SubscriberSeries", number, 403)
    automate.leave(here(), row)
    wrote()
    return {}
