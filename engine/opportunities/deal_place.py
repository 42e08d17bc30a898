"""What must be there before opportunities can be deals: the pipeline of their own and its custom fields."""

from __future__ import annotations

from typing import Final

from engine import metadata
from engine.context import Context
from engine.opportunities.deliver import MAKE
from mapping import deals, objects
from mapping.deals import DealField, Place
from store import snapshots
from store.db import Tx
from sync.errors import NotAvailable, Stop, Unavailable
from sync.model import Entity, Lane

PIPELINE: Final = f"the pipeline {deals.PIPELINE}"
UNSEEN: Final = "nobody has looked for deals in ActiveCampaign yet"
LOOK: Final = "Run `ac365 check`."
CHANGED: Final = "the pipeline, its stages or the fields of deals were changed in ActiveCampaign"
MET: Final = "activecampaign:deals_met"
"""Whether the pipeline may hold deals of which no link knows."""


def chosen(context: Context) -> bool:
    """Whether opportunities are deals."""
    return deals.chosen(context.rules[Entity.OPPORTUNITY].settings)


def wanted(context: Context) -> tuple[DealField, ...]:
    """The custom fields that deals should have."""
    rules = context.rules[Entity.OPPORTUNITY]
    return deals.wanted(objects.attributes(rules.settings, rules.columns))


def there(context: Context) -> Place:
    """The place, with all it should have. Raises Stop where something is missing or in the way."""
    place = context.deals
    if place is None:
        raise Stop(UNSEEN, code="opportunities.no_deals", advice=LOOK)
    if place.withheld:
        raise NotAvailable(place.withheld, code="opportunities.no_deals", advice=place.advice)
    if found := missing(place, wanted(context)):
        raise Stop(f"ActiveCampaign lacks {', '.join(found)}", code="opportunities.no_pipeline", advice=MAKE)
    if clashes := deals.clashes(place, wanted(context)):
        raise Stop(
            "; ".join(clashes), code="opportunities.no_pipeline", advice="Rename or remove it in ActiveCampaign."
        )
    return place


def missing(place: Place, fields: tuple[DealField, ...]) -> list[str]:
    """What has to be made, by name."""
    return [*([] if place.pipeline else [PIPELINE]), *(one.label for one in deals.lacking(place, fields))]


def ids(context: Context) -> list[str]:
    """The ids of what deals go to: what was deleted there and made again is empty. Fields of the administrator's own
    mappings don't count, so that one more makes nothing anew."""
    place = there(context)
    fields = deals.wanted(objects.STANDARD)
    return [str(place.pipeline), *(str(place.fields[deals.folded(one.label)][0]) for one in fields)]


def ready(context: Context, lane: Lane) -> bool:
    """Does one bounded step; False while there is more to do. Raises Stop where a person has to make something."""
    if context.deals is None:
        context.refresh(lane)
        return False
    place = there(context)
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, MET)
    if kept is None or kept[0]["pipeline"] != place.pipeline:
        met = bool(context.activecampaign.deals_page(place.pipeline, 0, lane=lane))
        with context.db.transaction() as tx:
            snapshots.put(tx, context.id, MET, {"pipeline": place.pipeline, "met": met})
    return True


def look_again(context: Context, lane: Lane) -> None:
    """After a refusal: raises Unavailable where pipeline, fields or stages are not what they were, so that it is tried
    again with what there is now."""
    document = metadata.deal_places(context.activecampaign, lane)
    before, now = context.deals or Place(), deals.place_of(document) or Place()
    stages_there = set(before.stages.values()) <= set(now.stages.values())
    if (before.pipeline, before.fields) == (now.pipeline, now.fields) and stages_there:
        return
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, metadata.DEALS, document)
    raise Unavailable(CHANGED, code="deals.place_changed")


def meets_deals(context: Context) -> bool:
    """Whether a new opportunity may have a deal already: from before ac365's database began, or because the opportunity
    was deleted in Dynamics and brought back."""
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, MET)
    return kept is None or bool(kept[0]["met"])


def leave(tx: Tx, context: Context) -> None:
    """Notes that a deal stays behind of which no link will know."""
    pipeline = context.deals.pipeline if context.deals else 0
    snapshots.put(tx, context.id, MET, {"pipeline": pipeline, "met": True})
