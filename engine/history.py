"""The opportunities that are there when the sync begins: showing them starts automations, so a person is asked.

ActiveCampaign can keep imported contacts out of automations, but neither records of custom objects nor tags: an
automation that waits for one runs for everything that is loaded. Source: help.activecampaign.com, article
5195780267292.
"""

from __future__ import annotations

from typing import Final

from engine.context import Context
from mapping import deals, rollups
from mapping.objects import LABELS
from store import opportunities
from store.db import Tx
from sync.model import Entity
from sync.rollup import TAGS

ANSWER: Final = (
    "they can't be kept out: switch those automations off until all are loaded, then `ac365 cycles approve N`, or set "
    "entities.opportunity.history to load"
)
RECORDS: Final = (
    "{number} opportunities would be the first in ActiveCampaign. Each starts the automations that wait for "
    f"'{LABELS['singular']} is created', and {ANSWER}"
)
TAGGED: Final = (
    "{number} opportunities would be the first in ActiveCampaign. Their contacts get the tags "
    f"{', '.join(TAGS)} and values in their fields, which start the automations that wait for those, and {ANSWER}"
)

DEALS: Final = (
    "{number} opportunities would be the first in ActiveCampaign. Each starts the automations that wait for a deal in "
    f"the pipeline {deals.PIPELINE}, in any pipeline, or of a status, and {ANSWER}"
)


def asks(tx: Tx, context: Context) -> bool:
    """Whether the first opportunities wait for a person's word."""
    return context.rules[Entity.OPPORTUNITY].settings["history"] == "ask" and not opportunities.begun(tx, context.id)


def question(tx: Tx, context: Context, creates: int) -> str:
    """What a person is asked before the first ones are written, "" when nothing is to be asked."""
    if not creates or not asks(tx, context):
        return ""
    settings = context.rules[Entity.OPPORTUNITY].settings
    told = DEALS if deals.chosen(settings) else TAGGED if rollups.chosen(settings) else RECORDS
    return told.format(number=creates)
