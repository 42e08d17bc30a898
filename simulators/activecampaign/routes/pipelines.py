"""/dealGroups, which are pipelines, and /dealStages. Source: developers.activecampaign.com, pages create-a-pipeline,
list-all-pipelines, create-a-deal-stage and list-all-deal-stages."""

from __future__ import annotations

import re

from simulators.activecampaign.core.answers import invalid
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import deals
from simulators.activecampaign.routes.api import V3, Api, body, changed, filtered, here, need, paged, the_row
from simulators.activecampaign.wire import deals as wire

api = Api("pipelines", __name__, url_prefix=V3)
api.before_request(lambda: deals.refuse_plan(here()))
FIRST_STAGES = ("To Contact", "In Contact", "Follow Up")


@api.get("/dealGroups")
def list_pipelines() -> Row:
    """With the stages of all of them beside."""
    stages = [wire.stage(here(), row) for row in here().deal_stages]
    return {"dealStages": stages, **paged("dealGroups", list(here().deal_groups), lambda r: wire.pipeline(here(), r))}


@api.get("/dealGroups/<number>")
def get_pipeline(number: str) -> Row:
    """One pipeline, or 404."""
    return {"dealGroup": wire.pipeline(here(), the_row(here().deal_groups, number, "DealGroup"))}


@api.post("/dealGroups")
def create_pipeline() -> tuple[Row, int]:
    """A new one comes with three stages. Titles are not unique."""
    need("deals", "manage pipelines")
    given, world = body("dealGroup"), here()
    for key in ("title", "currency"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise invalid(f"The pipeline {key} is required.", "field_missing", key)
    if not re.fullmatch("[a-z]{3}", given["currency"]):
        raise invalid("The pipeline currency is invalid.", "field_invalid", "currency")
    flags = {"allgroups": 1, "allusers": 0, "autoassign": 1}
    flags = {key: as_id(given[key]) if key in given else start for key, start in flags.items()}
    now = world.now()
    row = world.deal_groups.add(title=given["title"], currency=given["currency"], **flags, created=now, updated=now)
    for place, title in enumerate(FIRST_STAGES, 1):
        _add_stage(row["id"], title, place)
    return {"dealGroup": wire.pipeline(world, row)}, 201


@api.delete("/dealGroups/<number>")
def delete_pipeline(number: str) -> Row:
    """Takes its stages and deals along."""
    world, row = here(), the_row(here().deal_groups, number, "DealGroup")
    for table in (world.deals, world.deal_stages):
        for each in [one for one in table if one["group"] == row["id"]]:
            table.remove(each["id"])
    world.deal_groups.remove(row["id"])
    return {}


@api.get("/dealStages")
def list_stages() -> Row:
    """`filters[d_groupid]` and `filters[title]` (a part of it) are the documented ones."""
    wanted, found = filtered(), list(here().deal_stages)
    if "d_groupid" in wanted:
        found = [row for row in found if row["group"] == as_id(wanted["d_groupid"])]
    found = [row for row in found if wanted.get("title", "").lower() in row["title"].lower()]
    return paged("dealStages", found, lambda row: wire.stage(here(), row))


@api.post("/dealStages")
def create_stage() -> tuple[Row, int]:
    """Titles are not unique within a pipeline."""
    need("deals", "edit pipelines")
    given = body("dealStage")
    if not isinstance(given.get("title"), str) or not given["title"].strip():
        raise invalid("The stage title is required.", "field_missing", "title")
    group = the_row(here().deal_groups, given.get("group"), "DealGroup")
    last = max((row["order"] for row in here().deal_stages if row["group"] == group["id"]), default=0)
    row = _add_stage(group["id"], given["title"], as_id(given.get("order")) or last + 1)
    return {"dealStage": wire.stage(here(), row)}, 201


def _add_stage(group: int, title: str, place: int) -> Row:
    now = here().now()
    return here().deal_stages.add(group=group, title=title, order=place, color="18D499", created=now, updated=now)


@api.put("/dealStages/<number>")
def update_stage(number: str) -> Row:
    """Title and order."""
    row, given = the_row(here().deal_stages, number, "DealStage"), body("dealStage")
    row.update({key: given[key] for key in ("title", "order") if key in given})
    changed("dealStage")
    return {"dealStage": wire.stage(here(), row)}


@api.delete("/dealStages/<number>")
def delete_stage(number: str) -> Row:
    """Its deals go along."""
    row = the_row(here().deal_stages, number, "DealStage")
    for each in [one for one in here().deals if one["stage"] == row["id"]]:
        here().deals.remove(each["id"])
    here().deal_stages.remove(row["id"])
    return {}
