"""What ActiveCampaign needs before opportunities can be shown on their contacts: fields, tags, names of events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clients.events import Tracking, sender
from engine import metadata
from engine.context import Context
from mapping import rollups
from mapping.fields import contact_fields
from store import audit, snapshots
from sync import rollup_events
from sync.errors import BadRecord
from sync.model import Lane
from sync.rollup import TAGS

LANE: Final = Lane.LIVE
CLASH: Final = "Rename or remove what is in the way in ActiveCampaign, then run this again."
FIELDS: Final = "activecampaign:fields"


@dataclass(frozen=True, slots=True)
class Provision:
    """What is missing, or was until it was made. hidden: ids of fields that no list shows; clashes: what stands in the
    way, in plain words; made: whether it was made."""

    fields: tuple[rollups.ContactField, ...]
    hidden: tuple[int, ...]
    tags: tuple[str, ...]
    events: tuple[str, ...]
    clashes: tuple[str, ...] = ()
    made: bool = False

    @property
    def nothing(self) -> bool:
        """Whether everything is there."""
        return not (self.fields or self.hidden or self.tags or self.events or self.clashes)

    def as_json(self) -> dict[str, Any]:
        """For scripts: what there is to do, or what was done."""
        return {
            "shown_as": rollups.SHOWN_AS,
            "fields": [{"title": one.title, "tag": one.tag, "type": one.kind} for one in self.fields],
            "hidden": list(self.hidden),
            "tags": list(self.tags),
            "events": list(self.events),
            "clashes": list(self.clashes),
            "complete": self.nothing or self.made,
            "made": self.made,
        }


def look(context: Context) -> Provision:
    """What there would be to do. Reads only."""
    described = context.activecampaign.fields(lane=LANE)
    return _stated(context, described, context.activecampaign.tags(lane=LANE))


def carry_out(context: Context, author: str) -> Provision:
    """Makes what is missing and answers with what that was; a second time there is nothing to do.

    The next cycle knows what is there now. Raises BadRecord where something stands in the way.
    """
    found = look(context)
    if found.clashes:
        raise BadRecord("; ".join(found.clashes), code="provision.clash", advice=CLASH)
    _make(context, found)
    described, tags = context.activecampaign.fields(lane=LANE), context.activecampaign.tags(lane=LANE)
    with context.db.transaction() as tx:
        snapshots.put(tx, context.id, FIELDS, described)
        snapshots.put(tx, context.id, metadata.TAGS, tags)
        if not found.nothing:
            made = {"fields": [one.tag for one in found.fields], "tags": found.tags, "events": found.events}
            audit.write(tx, context.id, author, "provision", rollups.SHOWN_AS, after=made)
    return Provision(found.fields, found.hidden, found.tags, found.events, made=not found.nothing)


def unregistered(client: Tracking | None) -> tuple[str, ...]:
    """The names of events that ActiveCampaign does not know; none where no events are sent."""
    known = client.event_names(lane=LANE) if client else set(rollup_events.NAMES)
    return tuple(name for name in rollup_events.NAMES if name not in known)


def _stated(context: Context, described: Mapping[str, Any], tags: Mapping[str, int]) -> Provision:
    fields = contact_fields(described)
    ours = {field.id for field in rollups.known(fields).values()}
    return Provision(
        fields=rollups.lacking(fields),
        hidden=tuple(int(row["id"]) for row in described["fields"] if int(row["id"]) in ours and _hidden(row)),
        tags=tuple(name for name in TAGS if name not in tags),
        events=unregistered(sender(context.activecampaign)),
        clashes=rollups.clashes(fields),
    )


def _hidden(row: Mapping[str, Any]) -> bool:
    """Whether no list shows the field: the answer to making it visible may have been lost."""
    return "relations" in row and not row["relations"]


def _make(context: Context, found: Provision) -> None:
    client = context.activecampaign
    new = [client.add_contact_field(one.title, one.kind, one.tag, lane=LANE) for one in found.fields]
    for number in (*found.hidden, *new):
        client.show_on_all_lists(number, lane=LANE)
    for name in found.tags:
        client.ensure_tag(name, lane=LANE)
    tracking = sender(client)
    if tracking:
        for name in found.events:
            tracking.register_event(name, lane=LANE)
