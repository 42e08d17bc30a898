"""How many records a first sync would bring, counted quickly before the question whether to start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clients import tables
from engine.context import Context
from engine.patience import patiently
from sync.model import Entity, Lane


@dataclass(frozen=True, slots=True)
class Size:
    """How many records an entity has and how many of them are active and meet the criteria; exact or at least."""

    entity: Entity
    records: int
    in_scope: int
    exact: bool


def sizes(context: Context, entities: Sequence[Entity]) -> list[Size]:
    """Quick counts before a first sync. Dataverse counts to 5,000 exactly; beyond that they say `at least`."""
    return [_size(context, entity) for entity in entities]


def _size(context: Context, entity: Entity) -> Size:
    table = tables.FACTS[entity].entity_set
    criteria = context.rules[entity].criteria.to_filter(context.now())
    wanted = " and ".join(part for part in ("statecode eq 0", f"({criteria})" if criteria else "") if part)
    records, all_exact = patiently(lambda: context.dynamics.count(table, lane=Lane.LIVE))
    in_scope, exact = patiently(lambda: context.dynamics.count(table, wanted, lane=Lane.LIVE))
    return Size(entity, records, in_scope, all_exact and exact)
