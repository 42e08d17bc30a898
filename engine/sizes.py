"""How many records a first sync would bring, counted quickly before the question whether to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clients import tables
from clients.scalars import total_of
from engine import history
from engine.context import Context, directions
from engine.opportunities import explain as opportunities
from engine.patience import patiently
from store import links
from store import opportunities as picks
from sync.model import PEOPLE, Direction, Entity, Lane

BULK_A_SECOND: Final = 25_000 / 60
"""100 imports a minute of 250 contacts each."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many records an entity has and how many of them are active and meet the criteria; exact or at least. Of
    opportunities the closed ones count too. stopped: why none would travel, and what to do, "" when they would.
    """

    entity: Entity
    records: int
    in_scope: int
    exact: bool
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class There:
    """What ActiveCampaign has of what travels to Dynamics; None where it does not travel, or can't be counted.

    unlinked: accounts without a link so far, of which those without a counterpart would be created in Dynamics; None
    where nothing may be created.
    """

    contacts: int | None = None
    accounts: int | None = None
    unlinked: int | None = None


def sizes(context: Context, entities: Sequence[Entity]) -> list[Size]:
    """Quick counts before a first sync. Dataverse counts to 5,000 exactly; beyond that they say `at least`."""
    return [_size(context, entity) for entity in entities]


def question(context: Context, found: Sequence[Size]) -> str:
    """What a first sync of this size asks before it writes its opportunities, "" when it asks nothing."""
    number = sum(size.in_scope for size in found if size.entity is Entity.OPPORTUNITY)
    with context.db.transaction() as tx:
        return history.question(tx, context, number)


def seconds(found: Sequence[Size], limits: Mapping[str, Any]) -> float:
    """How long ActiveCampaign's limits make a first sync of this size take at least. limits: those of the
    configuration. People are imported in bulk; accounts and opportunities are written one by one."""
    share = 1.0 - float(limits["headroom"])
    people = sum(size.in_scope for size in found if size.entity in PEOPLE)
    others = sum(size.in_scope for size in found if size.entity not in PEOPLE)
    return people / (BULK_A_SECOND * share) + others / (float(limits["calls_per_second"]) * share)


def _size(context: Context, entity: Entity) -> Size:
    if entity is Entity.OPPORTUNITY:
        return _opportunities(context)
    criteria = context.rules[entity].criteria.to_filter(context.now())
    return _counted(context, entity, " and ".join(["statecode eq 0", *([f"({criteria})"] if criteria else [])]))


def _opportunities(context: Context) -> Size:
    """Nothing but the reason where none would travel."""
    lacks = " ".join(lack.sentence for lack in opportunities.lacks(context))
    try:
        return Size(Entity.OPPORTUNITY, 0, 0, True, lacks) if lacks else _in_scope(context)
    except opportunities.WITHHELD as error:
        return Size(Entity.OPPORTUNITY, 0, 0, True, opportunities.withheld(error))


def _in_scope(context: Context) -> Size:
    """Won and lost ones travel like any other. Those picked in ac365's own list are known without asking."""
    rules = context.rules[Entity.OPPORTUNITY]
    by_hand, picker = rules.settings["scope"] == "manual", rules.settings["picked_by"]
    if not by_hand:
        return _counted(context, Entity.OPPORTUNITY, rules.criteria.to_filter(context.now()))
    if picker:
        return _counted(context, Entity.OPPORTUNITY, f"{picker} eq true")
    with context.db.transaction() as tx:
        picked = len(picks.picks(tx, context.id))
    return replace(_counted(context, Entity.OPPORTUNITY, ""), in_scope=picked)


def _counted(context: Context, entity: Entity, wanted: str) -> Size:
    table = tables.FACTS[entity].entity_set
    records, all_exact = patiently(lambda: context.dynamics.count(table, lane=Lane.LIVE))
    in_scope, exact = patiently(lambda: context.dynamics.count(table, wanted or None, lane=Lane.LIVE))
    return Size(entity, records, in_scope, all_exact and exact)


def there(context: Context, entities: Sequence[Entity]) -> There:
    """What ActiveCampaign has of those entities that travel inbound, in one request each."""
    inward = [entity for entity in entities if Direction.INBOUND in directions(context.document, entity)]
    contacts = _contacts(context) if any(entity in PEOPLE for entity in inward) else None
    if Entity.ACCOUNT not in inward:
        return There(contacts)
    accounts = _accounts(context)
    if accounts is None or not context.rules[Entity.ACCOUNT].terms.create:
        return There(contacts, accounts)
    with context.db.transaction() as tx:
        known = links.count(tx, context.id).get(Entity.ACCOUNT, 0)
    return There(contacts, accounts, max(0, accounts - known))


def _contacts(context: Context) -> int | None:
    return patiently(lambda: context.activecampaign.contacts_page(limit=1, lane=Lane.LIVE)).total


def _accounts(context: Context) -> int | None:
    return total_of(patiently(lambda: context.activecampaign.get("accounts", {"limit": 1}, lane=Lane.LIVE)))
