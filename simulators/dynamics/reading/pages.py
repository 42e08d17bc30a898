"""Pages of a table: filter, order, count, next links.

Behaviour: Microsoft Learn, "Page results using the Web API".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulators.dynamics.access import scope
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.odata.options import MOST_ROWS
from simulators.dynamics.reading import cookies
from simulators.dynamics.reading.expand import expand_rows, needed
from simulators.dynamics.reading.formatted import FORMATTED, TABLE, Annotator, wanted
from simulators.dynamics.reading.projection import Projection, Raw, Shown, types_of
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.sql.filters import Scope, visible
from simulators.dynamics.sql.pieces import Sql
from simulators.dynamics.store.storage import Session, quoted

TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
METADATA_VERSION = "Microsoft.Dynamics.CRM.globalmetadataversion"


@dataclass
class Order:
    """How rows are ordered. `unique` orders end with the primary key, and pages follow a key instead of counting."""

    sql: str
    keys: list[tuple[str, bool]]
    unique: bool


def read_page(call: Call, table: Table, near: Sql | None = None) -> Reply:
    """One page of a table or, with `near`, of a collection of a row."""
    with call.reading() as session:
        condition = condition_of(call, session, table, near)
        body: dict[str, Any] = {"@odata.context": context(call, table)}
        body.update(_counted(call, session, table, condition))
        rows, token = _page(call, session, table, condition)
        body["value"] = rows
    if token:
        body["@odata.nextLink"] = cookies.link(f"{call.root}{call.raw_path}", call.options.raw, token)
    return answer(call, body, cost_s=0.02 + len(rows) * 0.00005)


def context(call: Call, table: Table, suffix: str = "") -> str:
    """The address that describes an answer's shape."""
    names = call.options.select or []
    listed = [*names, *(f"{expand.name}()" for expand in call.options.expand)]
    shape = f"({','.join(listed)})" if listed else ""
    return f"{call.root}$metadata#{table.set}{shape}{suffix}"


def condition_of(call: Call, session: Session, table: Table, near: Sql | None = None) -> Sql:
    """Everything that a row must fulfil: the caller's reach, the collection, the filter."""
    reach, values = scope(session, call.caller, "Read", table, "t")
    parts = [Sql(reach, values)] + ([near] if near else [])
    if call.options.filter is not None:
        parts.append(call.filters().where(call.options.filter, table, "t", call.options.aliases))
    texts = [part.text for part in parts if part.text != "1"]
    return Sql(" AND ".join(texts) or "1", [value for part in parts for value in part.values])


def _counted(call: Call, session: Session, table: Table, condition: Sql) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if call.options.count:
        found["@odata.count"] = min(count_rows(session, table, condition, MOST_ROWS), MOST_ROWS)
    if call.options.count and call.prefer.wants(TOTAL):
        found[f"@{TOTAL}"] = found["@odata.count"]
        found[f"@{EXCEEDED}"] = count_rows(session, table, condition, MOST_ROWS + 1) > MOST_ROWS
    if call.prefer.wants(METADATA_VERSION):
        found[f"@{METADATA_VERSION}"] = str(call.state.catalog.version)
    return found


def count_rows(session: Session, table: Table, condition: Sql, most: int) -> int:
    """How many rows fulfil a condition, counted up to `most`."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {quoted(table.logical)} t WHERE {condition.text} LIMIT {most})"
    return int(session.value(sql, condition.values))


def _page(call: Call, session: Session, table: Table, condition: Sql) -> tuple[list[Shown], str | None]:
    size = call.prefer.page_size or call.options.top or MOST_ROWS
    size = min(size, MOST_ROWS)
    binding = f"{call.raw_path}?{cookies.without_token(call.options.raw)}"
    page, state = cookies.taste(call.options.skiptoken, binding) if call.options.skiptoken else (0, {})
    order = order_of(call, table)
    projection = projection_for(call, table, [name for name, _ in order.keys])
    after = _after(order, state)
    where = f"{condition.text}{f' AND {after.text}' if after.text else ''}"
    limited = call.options.top is not None and call.prefer.page_size is None
    sql = (
        f"SELECT {projection.sql('t')} FROM {quoted(table.logical)} t WHERE {where} ORDER BY {order.sql} "
        f"LIMIT {size if limited else size + 1}{'' if order.unique else f' OFFSET {page * size}'}"
    )
    rows = session.rows(sql, [*condition.values, *after.values])
    kept, more = rows[:size], len(rows) > size
    shown = show_rows(call, session, projection, kept)
    if not more:
        return shown, None
    last = [kept[-1][projection.physical.index(name)] for name, _ in order.keys]
    return shown, cookies.bake(page + 1, {"last": last}, binding, tracking=False)


def order_of(call: Call, table: Table) -> Order:
    """The order asked for, by primary key without one. Raises ApiError (400)."""
    keys = [(name, down) for name, down in call.options.orderby]
    if not keys:
        return Order(f"t.{quoted(table.key)}", [(table.key, False)], unique=True)
    scope_ = Scope(table, "t")
    sql = [f"{call.filters().operand(tuple(n.split('/')), scope_).sql}{' DESC' if down else ''}" for n, down in keys]
    if any("/" in name for name, _ in keys):
        return Order(", ".join(sql), [], unique=False)
    named = [(visible(table, name).name, down) for name, down in keys]
    return Order(", ".join(sql), named, unique=named[-1][0] == table.key)


def _after(order: Order, state: dict[str, Any]) -> Sql:
    """The condition that a row comes after the last one of the previous page."""
    if not state or not order.unique:
        return Sql("")
    last = state["last"]
    columns = [f"t.{quoted(name)}" for name, _ in order.keys]
    if not any(down for _, down in order.keys) and None not in last:
        return Sql(f"({', '.join(columns)}) > ({', '.join('?' * len(last))})", last)
    pieces, values = [], []
    for at, ((_, down), value) in enumerate(zip(order.keys, last, strict=True)):
        equal = [f"{column} IS ?" for column in columns[:at]]
        piece, used = _beyond(columns[at], down, value)
        pieces.append(f"({' AND '.join([*equal, piece])})")
        values += [*last[:at], *used]
    return Sql(f"({' OR '.join(pieces)})", values)


def _beyond(column: str, down: bool, value: Any) -> tuple[str, list[Any]]:
    """Strictly after a value, where null comes first, or last when descending."""
    if down:
        return ("0", []) if value is None else (f"({column} < ? OR {column} IS NULL)", [value])
    return (f"{column} IS NOT NULL", []) if value is None else (f"{column} > ?", [value])


def projection_for(call: Call, table: Table, hidden: list[str] | None = None) -> Projection:
    """The columns asked for, with those that expansions and annotations need."""
    extra = [*(hidden or []), *needed(call, table)]
    blind = not call.caller.sees_secured
    plain = Projection(table, call.options.select, blind=blind)
    if call.prefer.wants(TABLE) or call.prefer.wants(FORMATTED):
        extra += types_of(plain.columns)
    return Projection(table, call.options.select, extra, blind) if extra else plain


def show_rows(call: Call, session: Session, projection: Projection, rows: Sequence[Raw]) -> list[Shown]:
    """Rows as JSON objects with annotations and expansions."""
    shown = projection.show(rows)
    if wanted(call.prefer):
        shown = Annotator(session, call.state.catalog, call.prefer, projection).annotate(rows, shown)
    if call.options.expand:
        expand_rows(call, session, projection, rows, shown)
    return shown
