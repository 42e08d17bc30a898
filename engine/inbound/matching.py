"""Which record of Dynamics stands for somebody of ActiveCampaign who has no link yet: matched before anything is made.

Decision Q4: people by address, active before inactive, contact before lead, the latest modified. Decision Q22: accounts
by the Dynamics id they carry, then by name where that is unique, then by web domain; more than one stays unmatched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clients import tables
from engine import browse
from engine.accounts import domain
from engine.changes import to_change
from engine.context import Context
from sync.model import PEOPLE, Change, Entity, Lane


@dataclass(frozen=True, slots=True)
class Found:
    """best: the record that speaks for an address or an account's id; ambiguous: those for which several would do."""

    best: Mapping[Any, Change] = field(default_factory=dict)
    ambiguous: frozenset[Any] = frozenset()


def people(context: Context, addresses: Collection[str], lane: Lane) -> Found:
    """The records of Dynamics with these addresses, by address. One request per table and 100 addresses."""
    found: dict[str, list[Change]] = defaultdict(list)
    for entity in PEOPLE if addresses else ():
        rules = context.rules[entity]
        if not rules.settings["enabled"]:
            continue
        mapping = rules.mapping
        rows = context.dynamics.people_at(
            entity, sorted(addresses), mapping.select, annotations=mapping.needs_annotations, lane=lane
        )
        for change in (to_change(context, entity, row) for row in rows):
            if change.address:
                found[change.address].append(change)
    living = {address: [c for c in group if not browse.hindrance(c, person=True)] for address, group in found.items()}
    return Found({address: max(group, key=browse.rank) for address, group in living.items() if group})


def companies(context: Context, rows: Mapping[int, Mapping[str, Any]], carried: Mapping[int, str], lane: Lane) -> Found:
    """The accounts of Dynamics for these accounts of ActiveCampaign, by their id there. carried: ids they carry."""
    best = _by_id(context, carried, lane)
    nameless = [row for number, row in rows.items() if not carried[number]]
    by_name: dict[str, list[Change]] = defaultdict(list)
    for change in _accounts(context, _names(sorted({str(row["name"]).strip() for row in nameless})), lane):
        by_name[_key(change.values.get("name"))].append(change)
    ambiguous: set[int] = set()
    for row in nameless:
        group = by_name[_key(row["name"])] or _of_domain(context, row, lane)
        if len(group) == 1:
            best[int(row["id"])] = group[0]
        elif group:
            ambiguous.add(int(row["id"]))
    return Found(best, frozenset(ambiguous))


def _by_id(context: Context, carried: Mapping[int, str], lane: Lane) -> dict[int, Change]:
    mapping, table = context.rules[Entity.ACCOUNT].mapping, tables.FACTS[Entity.ACCOUNT]
    ids = [record_id for record_id in carried.values() if record_id]
    rows = context.dynamics.rows_by_id(
        table.entity_set, table.key, mapping.select, ids, annotations=mapping.needs_annotations, lane=lane
    )
    found = {change.record_id: change for change in (to_change(context, Entity.ACCOUNT, row) for row in rows)}
    living = {record_id: change for record_id, change in found.items() if change.active and change.in_scope}
    return {number: living[record_id] for number, record_id in carried.items() if record_id in living}


def _of_domain(context: Context, row: Mapping[str, Any], lane: Lane) -> list[Change]:
    host = domain(row.get("accountUrl"))
    if not host or "websiteurl" not in context.rules[Entity.ACCOUNT].columns:
        return []
    found = _accounts(context, f"contains(websiteurl,'{_quoted(host)}')", lane)
    return [change for change in found if domain(change.values.get("accountUrl")) == host]


def _names(names: Sequence[str]) -> str:
    return " or ".join(f"name eq '{_quoted(name)}'" for name in names)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _accounts(context: Context, where: str, lane: Lane) -> list[Change]:
    mapping, table = context.rules[Entity.ACCOUNT].mapping, tables.FACTS[Entity.ACCOUNT]
    if not where:
        return []
    rows = context.dynamics.rows_where(
        table.entity_set, table.key, mapping.select, where, annotations=mapping.needs_annotations, lane=lane
    )
    found = (to_change(context, Entity.ACCOUNT, row) for row in rows)
    return [change for change in found if change.active and change.in_scope]


def _key(name: Any) -> str:
    return str(name or "").strip().casefold()
