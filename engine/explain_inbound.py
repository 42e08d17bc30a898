"""What a sync would write to Dynamics because of what ActiveCampaign holds, and what would go back after that."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.context import Context
from engine.explain_there import There
from engine.inbound import rows
from engine.inbound.filing import REMOVED
from engine.inbound.people import NOT_INBOUND
from sync import inbound, merge
from sync.inbound import Inbound
from sync.model import Change, Counterpart, Direction, Entity, Link, Outcome

UNLINKED: Final = "not linked to a record of Dynamics"
GONE: Final = {
    "nothing": REMOVED,
    "recreate": f"{REMOVED}; it is made again there",
    "deactivate": f"{REMOVED}; its record in Dynamics is deactivated",
}
CARRIED_OUT: Final = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)


def travels(context: Context, entity: Entity) -> bool:
    """Whether anything of an entity is written to Dynamics at all."""
    rules = context.rules[entity]
    return bool(rules.settings["enabled"]) and rules.terms.direction != Direction.OUTBOUND


def decision(
    context: Context, entity: Entity, change: Change | None, link: Link | None, there: There
) -> Inbound | None:
    """The decision, taken as a cycle takes it; None where one of the sides could not be read.

    link: the record's own, None when it has none.
    """
    rules = context.rules[entity]
    if not travels(context, entity):
        return Inbound(Outcome.SKIPPED, NOT_INBOUND)
    if rules.fault:
        return Inbound(Outcome.WAITING, "nothing of this entity travels until its criteria are corrected")
    if there.exists is None or change is None:
        return None
    if link is None:
        return Inbound(Outcome.SKIPPED, UNLINKED)
    if there.counterpart is None:
        return Inbound(Outcome.SKIPPED, GONE[rules.terms.on_removed] if link.delivered else inbound.NOT_DELIVERED)
    seen = rows.aligned(context, there.counterpart, link.agreed)
    seen = seen if link.delivered else replace(seen, wanted=link.origin == "pulled")
    early = inbound.at_first_sight(seen, link, rules.terms, context.consent)
    return early or inbound.decide(_spelt(context, seen, change), change, link, rules.terms, context.consent)


def _spelt(context: Context, there: Counterpart, change: Change) -> Counterpart:
    return there if change.deleted else rows.aligned(context, there, change.values)


def after(change: Change, link: Link | None, decided: Inbound | None) -> tuple[Change, Link | None]:
    """Record and link as they are once this was carried out: a cycle reads ActiveCampaign first, then Dynamics."""
    if link is None or decided is None or decided.outcome not in CARRIED_OUT or change.deleted:
        return change, link
    out = change.opted_out if decided.set_bulk is None else decided.set_bulk
    belongs = decided.account_id if decided.account_changed else change.account_id
    written = replace(change, values={**change.values, **decided.values}, opted_out=out, account_id=belongs)
    return replace(written, address=_address(written)), replace(
        link,
        agreed=decided.agreed(link.agreed),
        parked=decided.parked if decided.settled or decided.parked else link.parked,
        opted_out=link.opted_out if decided.opted_out is None else decided.opted_out,
        bounced=link.bounced if decided.opted_out is None else decided.bounced,
        account_id=link.account_id if decided.belongs is None else decided.belongs or None,
    )


def _address(change: Change) -> str | None:
    said = change.values.get(merge.EMAIL)
    return str(said).strip().lower() if said else change.address
