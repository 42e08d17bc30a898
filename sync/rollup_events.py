"""The events that tell of opportunities where they are no records: what is one, and what it says."""

from __future__ import annotations

import json
from typing import Final

from sync.model import Change, Link
from sync.rollup import Opportunity

CREATED: Final = "D365 Opportunity Created"
UPDATED: Final = "D365 Opportunity Updated"
NAMES: Final = (CREATED, UPDATED)
CAP: Final = 255
"""What ActiveCampaign keeps of an event's data. Source: developers.activecampaign.com, page track-event."""


def due(action: str, change: Change, link: Link | None, since: str) -> str:
    """The name of the event that this delivery is, "" for none: history is none, and neither is what did not change.

    since: when the opportunities began to travel, UTC ISO with seconds and Z: what was created before is no new one.
    """
    if action == "update":
        return UPDATED if change.version > (link.agreed_version if link else 0) else ""
    if action != "create" or change.modified_on < since:
        return ""
    return CREATED if str(change.values.get("created-on") or "") >= since else UPDATED


def data(one: Opportunity) -> str:
    """JSON with id, topic, stage and status, of which the longest texts are cut so that ActiveCampaign keeps it all."""
    told = {"id": one.id, "topic": one.topic, "stage": one.stage, "status": one.status}
    while len(text := json.dumps(told, ensure_ascii=False, separators=(",", ":"))) > CAP:
        longest = max(("topic", "stage", "status"), key=lambda key: len(told[key]))
        told[longest] = told[longest][: -(len(text) - CAP)].rstrip()
    return text
