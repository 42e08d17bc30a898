"""Defining custom fields of contacts and accounts."""

from __future__ import annotations

import re
from typing import Any

from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import companies


def add_field(world: World, title: str, kind: str, **more: Any) -> Row:
    """A new contact field; its perstag is made from the title unless given, and told apart from those there are."""
    now = world.now()
    wanted = more.get("perstag") or re.sub(r"\W+", "_", title).strip("_").upper()
    optional = {"descript": "", "defval": None, "visible": 1, "ordernum": len(world.fields) + 1, "isrequired": 0}
    stamps = {"perstag": _free(world, wanted), "cdate": now, "udate": now}
    return world.fields.add(**{**optional, **more, "title": title, "type": kind, **stamps})


def _free(world: World, perstag: str) -> str:
    taken = {row["perstag"] for row in world.fields}
    number = 1
    while (name := perstag if number == 1 else f"{perstag}_{number}") in taken:
        number += 1
    return name


def add_option(world: World, given: Row) -> Row:
    """A new option of a contact field: `field`, `value`, and perhaps `label`, `orderid`, `isdefault`."""
    value = given["value"]
    return world.field_options.add(
        field=as_id(given["field"]), value=value, label=given.get("label") or value,
        orderid=as_id(given.get("orderid")), isdefault=bool(given.get("isdefault")),
    )  # fmt: skip


def add_account_field(world: World, given: Row) -> Row:
    """A new account field: `fieldLabel`, `fieldType`, and what else the service takes."""
    now = world.now()
    optional = {key: given.get(key) for key in ("fieldDefault", "fieldDefaultCurrency")}
    options = list(given.get("fieldOptions") or []) if given["fieldType"] in companies.OPTION_TYPES else None
    return world.account_fields.add(
        fieldLabel=given["fieldLabel"], fieldType=given["fieldType"], fieldOptions=options, **optional,
        isFormVisible=as_id(given.get("isFormVisible")), isRequired=as_id(given.get("isRequired")),
        displayOrder=as_id(given.get("displayOrder")) or len(world.account_fields) + 1, created=now, updated=now,
    )  # fmt: skip
