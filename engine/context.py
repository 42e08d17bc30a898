"""What a stage needs for one connection: clients, store, and the configuration compiled against the live metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.activecampaign import ActiveCampaign
from clients.budget import Budget
from clients.dynamics import Dynamics
from mapping import deals, derived, objects
from mapping.columns import Column, columns_from_metadata
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.fields import Field, account_fields, contact_fields
from store.db import Database
from sync import consent
from sync.criteria import Criteria, CriteriaFaults, compile_criteria
from sync.errors import Stop
from sync.merge import Policy
from sync.model import ORDER, PEOPLE, Direction, Entity, Lane
from sync.terms import BOTH, Terms


@dataclass(frozen=True)
class Rules:
    """What applies to one entity: its settings, the compiled mapping and criteria, and the columns known of it."""

    settings: Mapping[str, Any]
    mapping: CompiledMapping
    compiled: Criteria | None
    columns: Mapping[str, Column]
    fields: Mapping[str, Field]
    fault: str = ""
    """Why the criteria can't be evaluated (any more)."""
    terms: Terms = field(default_factory=Terms)

    @property
    def criteria(self) -> Criteria:
        """Who is in scope. Raises Stop when that can't be told: then nothing of this entity may travel."""
        if self.compiled is None:
            raise Stop(self.fault, code="criteria.broken", advice="Correct this entity's criteria and import them.")
        return self.compiled


@dataclass(frozen=True)
class Context:
    """One connection, ready to work. Built by `engine.contexts`, kept until configuration or metadata change."""

    id: int
    name: str
    version: int
    document: Mapping[str, Any]
    db: Database
    dynamics: Dynamics
    activecampaign: ActiveCampaign
    budget: Budget
    rules: Mapping[Entity, Rules]
    lists: Mapping[str, int]
    tags: Mapping[str, int]
    user_id: str
    now: Callable[[], datetime]
    worker: str
    consent: consent.Rules
    currencies: Mapping[str, str]
    opportunities: str
    """The id of the custom object that shows opportunities, "" where there is none."""
    deals: deals.Place | None
    """Where opportunities go as deals; None where they don't, or where nobody has looked yet."""
    refresh: Callable[[Lane], None]
    """Reads the metadata of both sides anew. This context keeps what it knows; the next one sees the change."""

    def select_hash(self, entity: Entity) -> str:
        """Identifies what a change token was made for: other columns need another token.

        Another mapping does too, since it says something else about records that have not changed.
        """
        rules = self.rules[entity]
        pairs = [(pair.column.name, pair.field.key) for pair in rules.mapping.pairs]
        told = [rules.mapping.select, pairs, rules.settings["fields"], rules.mapping.directions]
        told += [rules.settings["contacts"], rules.settings["scope"]] if entity is Entity.OPPORTUNITY else []
        text = json.dumps(told, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def directions(document: Mapping[str, Any], entity: Entity) -> tuple[Direction, ...]:
    """Which ways an entity travels, inbound first: a conflict has to be seen before it is overwritten (decision
    Q23)."""
    said = document["entities"][entity]["direction"]
    return tuple(one for one in (Direction.INBOUND, Direction.OUTBOUND) if said in (one, BOTH))


def read_ways(document: Mapping[str, Any], entity: Entity) -> tuple[Direction, ...]:
    """Which sides are read for an entity, inbound first: the ways it travels, and Dynamics for all people, since an
    opt-out there has to be heard (guarantee G7)."""
    ways = directions(document, entity)
    heard = entity in PEOPLE and document["consent"]["enabled"] and Direction.OUTBOUND not in ways
    return (*ways, Direction.OUTBOUND) if heard else ways


def consent_rules(document: Mapping[str, Any], lists: Mapping[str, int]) -> consent.Rules:
    """What the configuration says about opt-outs. lists: ids of ActiveCampaign's lists by id and name."""
    said = document["consent"]
    managed = said["lists"]
    ids = None if managed is None else frozenset(lists[str(one)] for one in managed if str(one) in lists)
    return consent.Rules(said["enabled"], ids, said["do_not_email"], said["bounces"])


def compile_rules(document: Mapping[str, Any], version: int, metadata: Mapping[str, Any]) -> dict[Entity, Rules]:
    """Compiles every entity of a configuration against the cached metadata of both sides.

    Tolerant: a column or field that vanished after it was mapped is left out and named in `mapping.inactive`.
    """
    people = contact_fields(metadata["activecampaign:fields"])
    fields = {
        Entity.ACCOUNT: account_fields(metadata["activecampaign:account_fields"]),
        Entity.OPPORTUNITY: objects.fields_of(metadata["activecampaign:opportunity_object"]),
    }
    return {entity: _rules(entity, document, version, metadata, fields.get(entity, people)) for entity in ORDER}


def _rules(
    entity: Entity, document: Mapping[str, Any], version: int, metadata: Mapping[str, Any], fields: dict[str, Field]
) -> Rules:
    settings = document["entities"][entity]
    described = metadata[f"dynamics:{entity}"]
    columns = columns_from_metadata(described["definition"], described["details"])
    pickers = [name for name in (settings.get("picked_by"),) if name in columns]
    tree = settings["criteria"] if settings["scope"] == "criteria" else None
    criteria: Criteria | None
    try:
        criteria, fault = compile_criteria(tree, columns, zone=document["zone"]), ""
    except CriteriaFaults as error:
        # Without its criteria nobody can tell which records may travel, so this entity stops and the others go on.
        criteria, fault = None, "; ".join(found.message for found in error.faults)
    # What ac365 puts together can be mapped, but Dynamics can't be asked for it.
    columns = {**columns, **derived.COLUMNS} if entity is Entity.OPPORTUNITY else columns
    if entity is Entity.OPPORTUNITY and deals.chosen(settings):
        # Deals have a custom field for everything that is mapped, whatever custom object there may be.
        fields = objects.planned(objects.attributes(settings, columns))
    mapping = compile_mapping(
        entity,
        settings,
        columns,
        fields,
        version=version,
        zone=document["zone"],
        extra=(*(criteria.columns if criteria else ()), *pickers),
        currencies=metadata["dynamics:currencies"],
        tolerant=True,
    )
    return Rules(settings, mapping, criteria, columns, fields, fault, _terms(settings, mapping, document))


def _terms(settings: Mapping[str, Any], mapping: CompiledMapping, document: Mapping[str, Any]) -> Terms:
    return Terms(
        direction=settings["direction"],
        directions=mapping.directions,
        account_direction=mapping.relation_direction,
        policy=settings.get("conflict", Policy.DYNAMICS_WINS),
        policies=mapping.policies,
        on_empty=mapping.on_empty,
        on_empty_inbound=mapping.on_empty_inbound,
        on_deleted=settings["on_deleted"],
        on_removed=settings.get("on_removed", "nothing"),
        create=settings.get("create") != "never",
        consent=document["consent"]["enabled"],
        tag_out_of_scope=settings.get("tag_out_of_scope") or "",
        tag_qualified=document["entities"][Entity.LEAD]["tag_qualified"],
        tag_disqualified=settings.get("tag_disqualified", False),
    )
