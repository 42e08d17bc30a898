"""Which record of Dynamics stands for somebody of ActiveCampaign who has no link yet: matched before anything is made.

Decision Q4: people by address, active before inactive, contact before lead, the latest modified. Decision Q22: accounts
by the Dynamics id they carry, then by name where that is unique, then by web domain; more than one stays unmatched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from clients import tables
from engine import browse
from engine.accounts import domain
from engine.changes import to_change
from engine.context import Context
from sync.errors import MissingPermission
from sync.model import PEOPLE, Change, Entity, Lane

BARRED: Final = "a {} with its address is in Dynamics already, and is {}"


@dataclass(frozen=True, slots=True)
class Found:
    """best: the record that speaks for an address or an account's id; ambiguous: those for which several would do;
    barred: addresses of records that may speak for nobody, with the reason why nothing is made beside them."""

    best: Mapping[Any, Change] = field(default_factory=dict)
    ambiguous: frozenset[Any] = frozenset()
    barred: Mapping[str, str] = field(default_factory=dict)


def people(context: Context, addresses: Collection[str], asking: Collection[str], lane: Lane) -> Found:
    """The records of Dynamics with these addresses, by address. One request per table and 100 addresses.

    asking: those for which a record would be made. A table that is switched off is looked at for them alone, if ac365
    may read it: nothing is made beside what is there already.
    """
    found: dict[str, list[Change]] = defaultdict(list)
    for entity in PEOPLE:
        on = context.rules[entity].settings["enabled"]
        for change in _at(context, entity, addresses, lane) if on else _in_table_off(context, entity, asking, lane):
            found[change.address or ""].append(change)
    living = {address: [c for c in group if _speaks(context, c)] for address, group in found.items()}
    best = {address: max(group, key=browse.rank) for address, group in living.items() if group}
    return Found(best, barred={address: _bar(found[address]) for address in found if address not in best})


def _at(context: Context, entity: Entity, addresses: Collection[str], lane: Lane) -> list[Change]:
    mapping = context.rules[entity].mapping
    if not addresses:
        return []
    rows = context.dynamics.people_at(
        entity, sorted(addresses), mapping.select, annotations=mapping.needs_annotations, lane=lane
    )
    return [change for change in (to_change(context, entity, row) for row in rows) if change.address]


def _in_table_off(context: Context, entity: Entity, addresses: Collection[str], lane: Lane) -> list[Change]:
    try:
        return _at(context, entity, addresses, lane)
    except MissingPermission:
        return []


def _speaks(context: Context, change: Change) -> bool:
    return context.rules[change.entity].settings["enabled"] and not browse.hindrance(change, person=True)


def _bar(group: Sequence[Change]) -> str:
    """Why nothing is made beside these; closed leads stand in nobody's way (decision Q4)."""
    counting = [change for change in group if change.entity is Entity.CONTACT or change.active]
    if not counting:
        return ""
    first = max(counting, key=browse.rank)
    return BARRED.format(first.entity, browse.hindrance(first, person=True) or "switched off in ac365")


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
