"""What a stage needs for one connection: clients, store, and the configuration compiled against the live metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.activecampaign import ActiveCampaign
from clients.budget import Budget
from clients.dynamics import Dynamics
from mapping.columns import Column, columns_from_metadata
from mapping.compiled import CompiledMapping, compile_mapping
from mapping.fields import Field, account_fields, contact_fields
from store.db import Database
from sync.criteria import Criteria, CriteriaFaults, compile_criteria
from sync.errors import Stop
from sync.model import ORDER, Entity, Lane


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
    now: Callable[[], datetime]
    worker: str
    refresh: Callable[[Lane], None]
    """Reads the metadata of both sides anew. This context keeps what it knows; the next one sees the change."""

    def select_hash(self, entity: Entity) -> str:
        """Identifies what a change token was made for: other columns need another token.

        Another mapping does too, since it says something else about records that have not changed.
        """
        rules = self.rules[entity]
        pairs = [(pair.column.name, pair.field.key) for pair in rules.mapping.pairs]
        text = json.dumps([rules.mapping.select, pairs, rules.settings["fields"]], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def compile_rules(document: Mapping[str, Any], version: int, metadata: Mapping[str, Any]) -> dict[Entity, Rules]:
    """Compiles every entity of a configuration against the cached metadata of both sides.

    Tolerant: a column or field that vanished after it was mapped is left out and named in `mapping.inactive`.
    """
    people = contact_fields(metadata["activecampaign:fields"])
    companies = account_fields(metadata["activecampaign:account_fields"])
    return {
        entity: _rules(entity, document, version, metadata, companies if entity is Entity.ACCOUNT else people)
        for entity in ORDER
    }


def _rules(
    entity: Entity, document: Mapping[str, Any], version: int, metadata: Mapping[str, Any], fields: dict[str, Field]
) -> Rules:
    settings = document["entities"][entity]
    described = metadata[f"dynamics:{entity}"]
    columns = columns_from_metadata(described["definition"], described["details"])
    tree = settings["criteria"] if settings["scope"] == "criteria" else None
    criteria: Criteria | None
    try:
        criteria, fault = compile_criteria(tree, columns, zone=document["zone"]), ""
    except CriteriaFaults as error:
        # Without its criteria nobody can tell which records may travel, so this entity stops and the others go on.
        criteria, fault = None, "; ".join(found.message for found in error.faults)
    mapping = compile_mapping(
        entity,
        settings,
        columns,
        fields,
        version=version,
        zone=document["zone"],
        extra=criteria.columns if criteria else (),
        currencies=metadata["dynamics:currencies"],
        tolerant=True,
    )
    return Rules(settings, mapping, criteria, columns, fields, fault)
