"""Who is in scope: how many records Dynamics has for it, and the first few of them, by the same filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clients import tables
from clients.dynamics_pages import FORMATTED
from engine.context import Context
from engine.opportunities.explain import no_table
from mapping.columns import Column
from store import opportunities as picks
from sync.errors import NotAvailable
from sync.model import Entity, Lane

FIRST: Final = 5
ACTIVE: Final = "statecode eq 0"
_SEEN: Final = {
    Entity.ACCOUNT: ("name",),
    Entity.CONTACT: ("firstname", "lastname", "emailaddress1"),
    Entity.LEAD: ("firstname", "lastname", "emailaddress1"),
    Entity.OPPORTUNITY: ("name",),
}


@dataclass(frozen=True, slots=True)
class Scoped:
    """How many records are in scope; exact or at least. columns: labels; rows: their values in words, the first few.

    picked: only how many were picked by hand is known, and not which of them are there.
    """

    count: int
    exact: bool
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picked: bool = False


def look(context: Context, entity: Entity, *, first: int = FIRST) -> Scoped:
    """Counts and shows who is in scope, in two requests. Raises SyncError when Dynamics can't be asked, or the criteria
    can't be evaluated."""
    if entity is Entity.OPPORTUNITY and (missing := no_table(context)):
        raise NotAvailable(missing.message, advice=missing.advice)
    where = filter_of(context, entity)
    if where is None:
        with context.db.transaction() as tx:
            return Scoped(len(picks.picks(tx, context.id)), True, picked=True)
    table = tables.FACTS[entity].entity_set
    count, exact = context.dynamics.count(table, where or None, lane=Lane.LIVE)
    columns = _columns(context, entity)
    select = [one.row_key for one in columns]
    found = context.dynamics.sample(table, select, where or None, first, lane=Lane.LIVE) if count and first else []
    rows = tuple(tuple(_words(row, one.row_key) for one in columns) for row in found)
    return Scoped(count, exact, tuple(one.label for one in columns), rows)


def filter_of(context: Context, entity: Entity) -> str | None:
    """The $filter of who is in scope, "" for everybody; None for those of ac365's own list of picks.

    Opportunities travel whether they are open or closed, all others while they are active.
    """
    rules = context.rules[entity]
    if rules.settings["scope"] == "manual":
        picker = rules.settings["picked_by"]
        return f"{picker} eq true" if picker else None
    criteria = rules.criteria.to_filter(context.now())
    if entity is Entity.OPPORTUNITY:
        return criteria
    return f"{ACTIVE} and ({criteria})" if criteria else ACTIVE


def _columns(context: Context, entity: Entity) -> Sequence[Column]:
    """What tells who it is, then what the criteria ask for."""
    rules = context.rules[entity]
    by_key: Mapping[str, Column] = {one.row_key: one for one in rules.columns.values()}
    keys: list[Any] = [rules.columns[name].row_key for name in _SEEN[entity] if name in rules.columns]
    return [by_key[key] for key in dict.fromkeys((*keys, *rules.criteria.columns)) if key in by_key]


def _words(row: Mapping[str, Any], key: str) -> str:
    value = row.get(f"{key}@{FORMATTED}", row.get(key))
    return "" if value is None else str(value)
