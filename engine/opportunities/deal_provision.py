"""What ActiveCampaign needs before opportunities can be deals: a pipeline of their own, and custom fields of deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine import metadata
from engine.context import Context
from engine.opportunities import deal_place
from engine.opportunities.rollup_provision import CLASH
from mapping import deals
from mapping.deals import DealField, Place
from store import audit, snapshots
from sync.errors import BadRecord, NotAvailable
from sync.model import Lane

LANE: Final = Lane.LIVE
DEFAULT: Final = "usd"
"""What the pipeline starts new deals of people with where Dynamics tells no currency; each of ours names its own."""


@dataclass(frozen=True, slots=True)
class Provision:
    """What is missing, or was until it was made. pipeline: whether it is; clashes: what stands in the way, in plain
    words; made: whether it was made."""

    pipeline: bool
    fields: tuple[DealField, ...]
    clashes: tuple[str, ...] = ()
    made: bool = False

    @property
    def nothing(self) -> bool:
        """Whether everything is there."""
        return not (self.pipeline or self.fields or self.clashes)

    def as_json(self) -> dict[str, Any]:
        """For scripts: what there is to do, or what was done."""
        return {
            "shown_as": deals.SHOWN_AS,
            "pipeline": self.pipeline,
            "fields": [{"label": one.label, "type": one.kind} for one in self.fields],
            "clashes": list(self.clashes),
            "complete": self.nothing or self.made,
            "made": self.made,
        }


def look(context: Context) -> Provision:
    """What there would be to do. Reads only. Raises NotAvailable where the plan has no deals, or the key may not see
    them."""
    return _stated(context, _place(metadata.deal_places(context.activecampaign, LANE)))


def carry_out(context: Context, author: str) -> Provision:
    """Makes what is missing and answers with what that was; a second time there is nothing to do.

    The next cycle knows what is there now. Raises BadRecord where something stands in the way, NotAvailable as `look`.
    """
    found = look(context)
    if found.clashes:
        raise BadRecord("; ".join(found.clashes), code="provision.clash", advice=CLASH)
    document = _made(context, found)
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, metadata.DEALS, document)
        if not found.nothing:
            made = {"pipeline": found.pipeline, "fields": [one.label for one in found.fields]}
            audit.write(tx, context.id, author, "provision", deals.SHOWN_AS, after=made)
    return Provision(found.pipeline, found.fields, made=not found.nothing)


def _made(context: Context, found: Provision) -> dict[str, Any]:
    """Makes it; answers with the place as it is then. Lists may not show yet what was made a moment ago."""
    client, currency = context.activecampaign, _currency(context)
    number = client.create_pipeline(deals.PIPELINE, currency, lane=LANE) if found.pipeline else 0
    made = {
        deals.folded(one.label): [client.add_deal_field(one.label, one.kind, lane=LANE), one.kind]
        for one in found.fields
    }
    told = metadata.deal_places(client, LANE)
    pipeline = {} if told["pipeline"] else {"pipeline": number, "currency": currency}
    return {**told, **pipeline, "fields": {**made, **told["fields"]}}


def _place(document: Mapping[str, Any]) -> Place:
    place = deals.place_of(document)
    if place is None or place.withheld:
        told, advice = (place.withheld, place.advice) if place else (deal_place.UNSEEN, deal_place.LOOK)
        raise NotAvailable(told, code="opportunities.no_deals", advice=advice)
    return place


def _stated(context: Context, place: Place) -> Provision:
    wanted = deal_place.wanted(context)
    return Provision(not place.pipeline, deals.lacking(place, wanted), deals.clashes(place, wanted))


def _currency(context: Context) -> str:
    """The only currency of Dynamics, or else any: new deals name their own."""
    return min((code.lower() for code in context.currencies.values()), default=DEFAULT)
