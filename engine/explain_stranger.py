"""Somebody of ActiveCampaign for whom Dynamics has no record: whether one is asked for, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine import explain_inbound
from engine.context import Context
from engine.explain_stored import failure_of, failures_there
from engine.explain_there import There
from store import asked, links, records
from sync import tags
from sync.model import Entity, Link

ASKS_NOT: Final = (
    f"it bears neither {tags.PULLED} with {tags.CONTACT} nor {tags.PULLED} with {tags.LEAD}, and no webhook asks for it"
)
DELETED: Final = (
    "its record was deleted in Dynamics or went over to another contact; tags that are left over ask for nothing, a "
    "webhook does"
)
LINKED: Final = "it is linked to {} {}, which has another address in Dynamics or is to be made there"
OFF: Final = "{}s are switched off in the configuration"
OUTBOUND: Final = "{}s travel to ActiveCampaign only, by configuration"
NEVER: Final = "no {} may be created in Dynamics, by configuration"


@dataclass(frozen=True, slots=True)
class Stranger:
    """wish: what it asks to become, None for nothing; made: whether the next reading makes it; reason: why, or why not;
    asked: since when somebody wants it to be looked at, and what is to be created; failures: what stood in the way."""

    there: There
    wish: Entity | None = None
    made: bool = False
    reason: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)


def of(context: Context, there: There, address: str) -> Stranger:
    """Why a contact has no record in Dynamics."""
    number = there.id or 0
    with context.db.transaction() as tx:
        link = links.of_ac_ids(tx, context.id, "person", [number]).get(number)
        waiting = asked.of_record(tx, context.id, "person", number)
        buried = bool(records.deleted(tx, context.id, [address]) or links.left(tx, context.id, [number]))
        failed = failures_there(tx, context, (Entity.CONTACT, Entity.LEAD), number)
    wish = _wish(there, waiting)
    by_tags = not any(row["entity"] for row in waiting)
    reason = _linked(link) or _hindrance(context, wish, buried=buried and by_tags)
    return Stranger(
        there,
        wish,
        made=not reason,
        reason=reason or f"a {wish} is made in Dynamics when it is read next",
        asked=[dict(row) for row in waiting],
        failures=[failure_of(row) for row in failed],
    )


def _wish(there: There, waiting: Sequence[Mapping[str, Any]]) -> Entity | None:
    """A webhook's request counts before that of the tags, as in `engine.inbound.people`."""
    asking = next((row["entity"] for row in waiting if row["entity"]), None)
    return Entity(asking) if asking else tags.requested(there.counterpart.tags if there.counterpart else ())


def _linked(link: Link | None) -> str:
    return LINKED.format(link.entity, link.record_id) if link else ""


def _hindrance(context: Context, wish: Entity | None, *, buried: bool) -> str:
    """Why no record is made, "" when one is."""
    if wish is None:
        return ASKS_NOT
    if buried:
        return DELETED
    rules = context.rules[wish]
    if not rules.settings["enabled"]:
        return OFF.format(wish)
    if not explain_inbound.travels(context, wish):
        return OUTBOUND.format(wish)
    return "" if rules.terms.create else NEVER.format(wish)
