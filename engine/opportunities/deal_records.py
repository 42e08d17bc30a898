"""Deals as they are in ActiveCampaign, in the form of records of the custom object: what explains and compares these
reads those as well."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from clients.scalars import as_int
from engine.context import Context
from engine.opportunities import deal_place
from engine.patience import patiently
from mapping import deals
from mapping.deals import Place
from mapping.objects import CONTACT, STATUS
from sync.model import Entity, Lane
from sync.rollup import STATES

Row = dict[str, Any]


def record(context: Context, number: int | None, lane: Lane) -> Row | None:
    """The deal with this id, None when there is none."""
    found = context.activecampaign.deal(number, lane=lane) if number else None
    return _as_record(context, deal_place.there(context), found) if found else None


def page(context: Context, offset: int, lane: Lane) -> tuple[list[Row], int]:
    """The deals of the pipeline from `offset` on, and how many rows that were: fewer than a hundred are the last.

    Custom values come deal by deal, so each call is waited for on its own.
    """
    place, client = deal_place.there(context), context.activecampaign
    rows = patiently(partial(client.deals_page, place.pipeline, offset, lane=lane))
    ours = [row for row in rows if as_int(row.get("group")) == place.pipeline]
    told = ({**row, "values": patiently(partial(client.deal_values, row["id"], lane=lane))} for row in ours)
    return [_as_record(context, place, row) for row in told], len(rows)


def _as_record(context: Context, place: Place, deal: Mapping[str, Any]) -> Row:
    number = place.fields[deals.folded(deals.ID_LABEL)][0]
    return {
        "id": deal["id"],
        "externalId": deal["values"].get(number),
        "fields": deals.read_back(place, deal_place.wanted(context), deal, _words(context)),
        "relationships": {CONTACT: [deal["contact"]]},
    }


def _words(context: Context) -> dict[int, str]:
    """What the states are called; nothing where the status is mapped from another column."""
    mapping = context.rules[Entity.OPPORTUNITY].mapping
    if not deals.tells_state(mapping.pairs):
        return {}
    told = {state: mapping.object_fields({STATUS: state}) for state in STATES}
    return {state: str(fields[0]["value"]) for state, fields in told.items() if fields}
