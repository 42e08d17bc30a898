"""What `ac365 check` says where opportunities are to be deals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clients.probe import Finding
from engine import metadata, validate
from engine.opportunities import deal_place
from mapping import deals, objects
from sync.model import Entity

DEALS: Final = "opportunities: deals"
APPLY: Final = "`ac365 provision activecampaign --apply` makes what is missing."
STATES: Final = "without the standard mapping of statecode every deal stays open"


def findings(settings: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether pipeline and fields are there, and why not. described: as `engine.metadata.load` gives it, fresh."""
    place = deals.place_of(described[metadata.DEALS])
    columns = validate.columns_of(Entity.OPPORTUNITY, described)
    wanted = deals.wanted(objects.attributes(settings, columns))
    if place is None or place.withheld:
        told, advice = (place.withheld, place.advice) if place else (deal_place.UNSEEN, deal_place.LOOK)
        yield Finding(DEALS, False, told, advice)
        return
    clashes, missing = deals.clashes(place, wanted), deal_place.missing(place, wanted)
    for clash in clashes:
        yield Finding(DEALS, False, clash, "Rename or remove it in ActiveCampaign.")
    if missing:
        yield Finding(DEALS, False, f"ActiveCampaign lacks {', '.join(missing)}", APPLY)
    elif not clashes:
        told = f"{deal_place.PIPELINE} and all {len(wanted)} fields are there, {len(place.stages)} stages so far"
        yield Finding(DEALS, True, told)
    if settings["standard"].get("statecode") is False:
        yield Finding(DEALS, False, STATES, "Switch it on under entities.opportunity.standard.")
