"""/activities and the account-wide logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from simulators.activecampaign.core.answers import generic, missing
from simulators.activecampaign.core.dates import parse
from simulators.activecampaign.model.table import Row, Table, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import feed
from simulators.activecampaign.routes.api import V3, Api, here, page, paged, root
from simulators.activecampaign.wire import activities as wire
from simulators.activecampaign.wire import contacts as people_rows
from simulators.activecampaign.wire import rows

api = Api("feeds", __name__, url_prefix=V3)


@api.get("/activities")
def list_activities() -> Row:
    """What the feed holds: of one contact, or of everybody whose record was read. `include` brings the rows along."""
    world, args = here(), request.args
    alone = "contact" not in args and world.switches["activities_without_contact"]
    if alone == "refused":
        raise generic(422, "Missing attribute", "contact")
    if alone == "empty":
        return {**_loaded(world, []), "activities": [], "meta": {"total": "0"}}
    found = world.feeds.get(as_id(args["contact"]), []) if "contact" in args else list(world.activities)
    found = [row for row in found if feed.visible(world, row)]
    after = parse(args.get("after", ""), world.switches["naive_zone"])
    if after is not None and world.switches["activities_after"]:
        found = [row for row in found if row["at"] > after]
    newest_first = args.get("orders[tstamp]", "").upper() == "DESC" and world.switches["activities_order"]
    found = sorted(found, key=lambda row: (row["at"], row["id"]), reverse=newest_first)
    limit, offset = page()
    shown = found[offset : offset + limit]
    listed = [wire.activity(world, row) for row in shown]
    return {**_loaded(world, shown), "activities": listed, "meta": {"total": str(len(found))}}


def _loaded(world: World, shown: list[Row]) -> Row:
    wanted = set(request.args.get("include", "").split(","))
    people = {row["contact"] for row in shown}
    answer: Row = {"contacts": [people_rows.row(world, world.contacts.rows[each], root()) for each in sorted(people)],
                   "activityRecipients": []}  # fmt: skip
    logs, links = _referenced(world.logs, shown, "log"), _referenced(world.campaign_links, shown, "link")
    # No include leads from a link to its campaign.
    campaigns = {row["campaign"] for row in logs if "reference.log.campaign" in wanted}
    if "reference.campaign" in wanted:
        campaigns |= {row["reference"] for row in shown if row["model"] == "campaign"}
    if wanted & {"reference", "reference.log"}:
        answer["logs"] = [wire.log(world, row) for row in logs]
    if wanted & {"reference", "reference.link"}:
        answer["links"] = [wire.campaign_link(row) for row in links]
    if wanted & {"reference.campaign", "reference.log.campaign"}:
        found = [world.campaigns.rows[each] for each in sorted(campaigns)]
        answer["campaigns"] = [wire.campaign(world, row, in_list=False) for row in found]
    return answer | _memberships(world, shown, wanted) | _enrolments(world, shown, wanted)


def _referenced(table: Table, shown: list[Row], model: str) -> list[Row]:
    numbers = {row["reference"] for row in shown if row["model"] == model}
    return [table.rows[number] for number in sorted(numbers) if number in table.rows]


def _memberships(world: World, shown: list[Row], wanted: set[str]) -> Row:
    if not wanted & {"reference", "reference.contactList"}:
        return {}
    numbers = {row["reference"]: row["contact"] for row in shown if row["model"] == "contact-list"}
    found = [(world.contacts.rows[owner], number, each) for owner in sorted(set(numbers.values()))
             for number, each in world.contacts.rows[owner].lists.items() if each.id in numbers]  # fmt: skip
    answer: Row = {"contactLists": [people_rows.membership(world, *each) for each in found]}
    if "reference.contactList.list" in wanted:
        lists = sorted({number for _, number, _ in found})
        answer["lists"] = [rows.mailing_list(world, world.lists.rows[number]) for number in lists]
    return answer


def _enrolments(world: World, shown: list[Row], wanted: set[str]) -> Row:
    found = _referenced(world.enrolments, shown, "contact-automation")
    if "reference.automation" not in wanted or not found:
        return {}
    automations = [world.automations.rows[each] for each in sorted({row["automation"] for row in found})]
    return {"contactAutomations": [rows.enrolment(world, row) for row in found],
            "automations": [rows.automation(world, row) for row in automations]}  # fmt: skip


@api.get("/bounceLogs")
def list_bounces() -> Row:
    """Of the whole account."""
    return paged("bounceLogs", list(here().bounces), lambda row: wire.bounce(here(), row))


@api.get("/linkData")
def list_clicks() -> Row:
    """Undocumented; missing in some accounts (S24)."""
    return _if_present("link_data", "linkData", here().clicks, lambda row: wire.click(here(), row))


@api.get("/messageActivities")
def list_message_activities() -> Row:
    """404 on many plans (S24)."""
    return _if_present("message_activities", "messageActivities", here().logs, _sent)


def _sent(row: Row) -> Row:
    return {**wire.log(here(), row), "contact": str(row["contact"]), "event": "send"}


def _if_present(switch: str, key: str, table: Table, shape: Callable[[Any], Row]) -> Row:
    if not here().switches[switch]:
        raise missing("Route", key)
    return paged(key, list(table), shape)


@api.get("/emailActivities")
def list_email_activities() -> Row:
    """Personal mails; nobody sends any here."""
    return paged("emailActivities", [])
