"""Deals: what a write of one must say, and how lists lag behind. Source: developers.activecampaign.com, pages
create-a-deal-new, update-a-deal-new and create-a-custom-field-value (deals)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime
from typing import Any

from simulators.activecampaign.core.answers import Problem, invalid, missing
from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops.companies import TYPES

MOST = 2**31 - 1
STATUSES = (0, 1, 2)
FIELD_TYPES = TYPES
_DATES = re.compile(r"\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|\d\d/\d\d/\d{4}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_OWN = (
    "title",
    "description",
    "contact",
    "account",
    "value",
    "currency",
    "group",
    "stage",
    "owner",
    "percent",
    "status",
)


def refuse_plan(world: World) -> None:
    """403 where the plan has no deals."""
    if not world.switches["deals"]:
        raise Problem(403, {"message": "Forbidden"})


def create(world: World, given: Row) -> Row:
    """A new deal; there is no external id, so the same again is a second one."""
    row = {"description": "", "contact": 0, "account": 0, "percent": None, "status": 0, **_checked(world, given, None)}
    values = _values(world, given)
    now = world.now()
    deal = world.deals.add(**row, created=now, updated=now, values={}, listed=None, fresh_at=0.0)
    _keep(world, deal, values)
    deal["fresh_at"] = world.clock.now() + world.switches["deal_list_lag_s"]
    return deal


def update(world: World, deal: Row, given: Row) -> Row:
    """Changes what is given, custom values among it."""
    changes, values = _checked(world, given, deal), _values(world, given)
    if world.clock.now() >= deal["fresh_at"]:
        deal["listed"] = deepcopy({key: value for key, value in deal.items() if key != "listed"})
    deal.update(changes, updated=world.now())
    _keep(world, deal, values)
    deal["fresh_at"] = world.clock.now() + world.switches["deal_list_lag_s"]
    world.stats.row("deal", "updated")
    return deal


def as_listed(world: World, deal: Row) -> Row | None:
    """The state in which lists show the deal now; None while they do not show it yet."""
    if world.clock.now() >= deal["fresh_at"]:
        return deal
    listed: Row | None = deal["listed"]
    return listed


def _checked(world: World, given: Row, deal: Row | None) -> Row:
    """What is given, fit to be kept. deal: the one that is changed, None for a new one."""
    new = deal is None
    found = {key: given[key] for key in _OWN if key in given}
    _check_title(found, new)
    _check_amount(found, new)
    if new and not (found.get("contact") or found.get("account")):
        raise invalid("The deal contact or account is required.", "field_missing", "contact")
    for key, table, model in (
        ("contact", world.contacts.rows, "Subscriber"),
        ("account", world.accounts.rows, "CustomerAccount"),
    ):
        if found.get(key):
            found[key] = as_id(found[key])
            if found[key] not in table:  # type: ignore[operator]
                raise missing(model, given[key])
    if "status" in found and found["status"] not in STATUSES:
        raise invalid("The deal status is invalid.", "field_invalid", "status")
    return {**found, **_placed(world, found, deal), **_owned(world, found, deal)}


def _check_title(found: Row, new: bool) -> None:
    title = found.get("title", None if new else "kept")
    if not isinstance(title, str) or not title.strip():
        raise invalid("The deal title is required.", "field_missing", "title")


def _check_amount(found: Row, new: bool) -> None:
    value, currency = found.get("value", None if new else 0), found.get("currency", None if new else "usd")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise invalid("The deal value must be a whole number of cents.", "field_invalid", "value")
    if not isinstance(currency, str) or not re.fullmatch("[a-z]{3}", currency):
        raise invalid("The deal currency must be an ISO code of three lower-case letters.", "field_invalid", "currency")


def _placed(world: World, found: Row, deal: Row | None) -> Row:
    """Pipeline and stage, which must fit each other; one of both is enough for a new deal."""
    if not (found.get("group") or found.get("stage")):
        if deal is None:
            raise invalid("The deal group or stage is required.", "field_missing", "group")
        return {}
    stage = world.deal_stages.get(found.get("stage") or (deal or {}).get("stage"))
    group = as_id(found.get("group") or (deal or stage or {}).get("group"))
    if world.deal_groups.get(group) is None:
        raise missing("DealGroup", group)
    if stage is None and not found.get("stage"):
        stage = next((row for row in world.deal_stages if row["group"] == group), None)
    if stage is None or stage["group"] != group:
        raise invalid("The deal stage does not belong to the pipeline.", "field_invalid", "stage")
    return {"group": group, "stage": stage["id"]}


def _owned(world: World, found: Row, deal: Row | None) -> Row:
    """The owner; a pipeline that assigns none by itself wants one named."""
    if "owner" in found:
        owner = world.users.get(found["owner"])
        if owner is None:
            raise missing("User", found["owner"])
        return {"owner": owner["id"]}
    if deal is not None:
        return {}
    stage = world.deal_stages.get(found.get("stage"))
    group = world.deal_groups.get(found.get("group") or (stage or {}).get("group"))
    if group and not group["autoassign"]:
        raise invalid("The deal owner is required.", "field_missing", "owner")
    return {"owner": 1}


def _values(world: World, given: Row) -> list[tuple[Row, Any, str | None]]:
    found = []
    for each in given.get("fields") or []:
        field = world.deal_fields.get(each.get("customFieldId"))
        if field is None:
            raise invalid("The custom field does not exist.", "field_invalid", "customFieldId")
        _check_value(field, each.get("fieldValue"))
        found.append((field, each.get("fieldValue"), each.get("fieldCurrency")))
    return found


def _check_value(field: Row, value: Any) -> None:
    if value not in (None, "") and not _fits(field["fieldType"], value):
        raise invalid(f"The value of the field {field['fieldLabel']} is not valid.", "field_invalid", "fieldValue")


def _fits(kind: str, value: Any) -> bool:
    if kind in ("multiselect", "checkbox"):
        return isinstance(value, list)
    if kind == "currency":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return not isinstance(value, bool) and bool(_NUMBER.fullmatch(str(value)))
    if not isinstance(value, str):
        return False
    return bool(_DATES.fullmatch(value)) if kind == "date" else kind != "datetime" or _is_moment(value)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _keep(world: World, deal: Row, values: list[tuple[Row, Any, str | None]]) -> None:
    now = world.now()
    for field, value, currency in values:
        known = deal["values"].get(field["id"])
        if known is None:
            known = world.deal_values.add(deal=deal["id"], field=field["id"], created=now)
            deal["values"][field["id"]] = known
        known.update(value=value, currency=currency.upper() if currency else None, updated=now)
