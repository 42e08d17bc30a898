"""What changes about opportunities without their own rows: the stage of their process, and their stakeholders.

Neither shows in the changes of the table of opportunities, so both tables are asked for rows modified since the last
look; the opportunities they name are read anew. Facts: learn.microsoft.com, business process flows keep their instances
in a table of their own; the table reference of connection. What is deleted there leaves nothing to be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from clients import tables
from clients.dynamics_pages import version_of
from engine.context import Context
from engine.opportunities import stakeholders
from engine.opportunities.stakeholders import WITHHELD
from engine.retries import read_again
from engine.row_keys import DELETED
from engine.wake import Wake
from store import snapshots
from store.db import Tx
from sync.model import Entity, Lane

KEY: Final = "dynamics:opportunity_moves"
"""By entity set: {since: from when on the next look asks, seen: {id of a row: its version}}."""
OVERLAP: Final = timedelta(minutes=5)
"""For writes that show late and clocks that differ; what a look has seen of it, the next one passes by."""
PAGE_SIZE: Final = 5000
WHY: Final = "stage or stakeholders changed"

Mark = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table beside the opportunities. lookup: its column that names the opportunity; where: a further $filter."""

    entity_set: str
    key: str
    lookup: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found. ids: opportunities to be read anew; marks: where the next look goes on, by entity set."""

    ids: frozenset[str]
    marks: Mapping[str, Mark]


PROCESSES: Final = Table(*tables.PROCESSES, "_opportunityid_value")
CONNECTIONS: Final = Table(*tables.CONNECTIONS, "_record1id_value", tables.BETWEEN)


def look(context: Context, lane: Lane, *, whole: bool) -> Look:
    """Asks both tables, that of connections only where stakeholders count. Take it before opportunities are read.

    whole: all opportunities are about to be read, so that none has to be read anew, and the looks begin here.
    """
    with context.db.transaction() as tx:
        kept = snapshots.get(tx, context.id, KEY)
    marks: dict[str, Mark] = kept[0] if kept and not whole else {}
    asked = [PROCESSES]
    if stakeholders.wanted(context.rules[Entity.OPPORTUNITY].settings):
        asked.append(CONNECTIONS)
    found: set[str] = set()
    after: dict[str, Mark] = {}
    for table in asked:
        mark = marks.get(table.entity_set)
        ids, after[table.entity_set] = _ask(context, table, mark, lane)
        found |= ids if mark else set()
    return Look(frozenset(found), after)


def keep(tx: Tx, context: Context, found: Look, rows: Iterable[Mapping[str, Any]], lane: Lane) -> list[Wake]:
    """Has them read anew, and notes where the next look goes on: both or neither. Send the wakes after the commit.

    rows: opportunities that were read after the look: those know already.
    """
    key = tables.FACTS[Entity.OPPORTUNITY].key
    snapshots.put(tx, context.id, KEY, dict(found.marks))
    ids = sorted(found.ids - {str(row.get(DELETED) or row.get(key)) for row in rows})
    return read_again(tx, context.id, {Entity.OPPORTUNITY: ids}, WHY, lane) if ids else []


def _ask(context: Context, table: Table, mark: Mark | None, lane: Lane) -> tuple[set[str], Mark]:
    """The opportunities that rows of this table name which the last look has not seen, and the next mark."""
    now = context.now()
    before = mark or {"since": _stamp(now - OVERLAP), "seen": {}}
    try:
        rows = _rows(context, table, before["since"], lane)
    except WITHHELD:
        # Once the right to read it is given, everything since then is found.
        return set(), before
    since = _stamp(now - OVERLAP)
    seen = {row[table.key]: version_of(row) for row in rows if row["modifiedon"] >= since}
    fresh = (row for row in rows if before["seen"].get(row[table.key]) != version_of(row))
    return {str(row[table.lookup]).lower() for row in fresh if row.get(table.lookup)}, {"since": since, "seen": seen}


def _rows(context: Context, table: Table, since: str, lane: Lane) -> Sequence[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    link: str | None = None
    while True:
        page = context.dynamics.modified_page(
            table.entity_set,
            table.key,
            (table.lookup, "modifiedon"),
            since=since,
            where=table.where,
            link=link,
            page_size=PAGE_SIZE,
            lane=lane,
        )
        rows += page.rows
        link = page.next_link
        if not link:
            return rows


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
