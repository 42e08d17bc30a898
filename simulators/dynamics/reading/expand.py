"""$expand: related rows inside a row.

Limits: Microsoft Learn, "Join tables using the Web API".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.dynamics.access import scope
from simulators.dynamics.call import Call
from simulators.dynamics.errors import bad_query, unknown_property
from simulators.dynamics.odata.options import MOST_ROWS, Expand
from simulators.dynamics.reading.projection import Projection, Raw, Shown
from simulators.dynamics.schema.catalog import Association, Catalog, Link, Table
from simulators.dynamics.sql.filters import visible
from simulators.dynamics.sql.pieces import Sql
from simulators.dynamics.store.storage import Session, quoted

REFUSED = (
    "Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested "
    "one-to-many relationship."
)
CHUNK = 500


def needed(call: Call, table: Table) -> list[str]:
    """The physical columns that the expansions of a query read. Raises ApiError (400) for unknown ones."""
    links = call.state.catalog.links_from(table) if call.options.expand else {}
    names = []
    for expand in call.options.expand:
        link = links.get(expand.name)
        if link:
            names += [link.column.name] + [f"{link.column.name}__type"] * link.column.typed
    return [*names, table.key] if call.options.expand else []


def expand_rows(call: Call, session: Session, projection: Projection, rows: Sequence[Raw], shown: list[Shown]) -> None:
    """Puts related rows into the rows shown."""
    for expand in call.options.expand:
        _expand(call, session, projection, rows, shown, expand)


def _expand(
    call: Call, session: Session, projection: Projection, rows: Sequence[Raw], shown: list[Shown], expand: Expand
) -> None:
    table, catalog = projection.table, call.state.catalog
    link = catalog.links_from(table).get(expand.name)
    if link:
        _single(call, session, projection, rows, shown, expand, link)
        return
    target, near = collection(catalog, table, expand.name)
    if any(inner.name in catalog.associations_of(target) for inner in expand.options.expand):
        raise bad_query("Expanding a many-to-many relationship inside another $expand is not supported.")
    if expand.options.expand:
        raise bad_query(REFUSED)
    place = projection.places[table.key]
    for raw, row in zip(rows, shown, strict=True):
        row[expand.name] = _related(call, session, target, expand, Sql(near, [raw[place]]))
        row[f"{expand.name}@odata.nextLink"] = f"{call.root}{table.set}({raw[place]})/{expand.name}"


def collection(catalog: Catalog, table: Table, name: str) -> tuple[Table, str]:
    """The table and the condition, with one place for the row's id, of a collection-valued property."""
    association = catalog.associations_of(table).get(name)
    if association:
        return _across(catalog, table, association)
    link = catalog.links_to(table).get(name)
    if link is None:
        raise unknown_property(name, table.logical)
    typed = f" AND t.{quoted(link.column.name + '__type')} = '{table.logical}'" if link.column.typed else ""
    return link.table, f"t.{quoted(link.column.name)} = ?{typed}"


def _across(catalog: Catalog, table: Table, association: Association) -> tuple[Table, str]:
    here, there = ("first", "second") if table.logical == association.first else ("second", "first")
    target = catalog.tables[association.second if here == "first" else association.first]
    ids = f"SELECT {there} FROM \"~links\" WHERE name = '{association.name}' AND {here} = ?"
    return target, f"t.{quoted(target.key)} IN ({ids})"


def _related(call: Call, session: Session, target: Table, expand: Expand, near: Sql) -> list[Shown]:
    options = expand.options
    projection = Projection(target, options.select)
    condition = _condition(call, session, target, expand, near)
    order = ", ".join(f"t.{quoted(visible(target, n).name)}{' DESC' if d else ''}" for n, d in options.orderby)
    sql = (
        f"SELECT {projection.sql('t')} FROM {quoted(target.logical)} t WHERE {condition.text} "
        f"ORDER BY {order or f't.{quoted(target.key)}'} LIMIT {min(options.top or MOST_ROWS, MOST_ROWS)}"
    )
    return projection.show(session.rows(sql, condition.values))


def _condition(call: Call, session: Session, target: Table, expand: Expand, near: Sql) -> Sql:
    reach, values = scope(session, call.caller, "Read", target, "t")
    parts = [near, Sql(reach, values)]
    if expand.options.filter is not None:
        parts.append(call.filters().where(expand.options.filter, target, "t"))
    return Sql(" AND ".join(part.text for part in parts), [value for part in parts for value in part.values])


def _single(
    call: Call,
    session: Session,
    projection: Projection,
    rows: Sequence[Raw],
    shown: list[Shown],
    expand: Expand,
    link: Link,
) -> None:
    options = expand.options
    if options.top is not None or options.orderby or options.count:
        raise bad_query(REFUSED)
    place = projection.places[link.column.name]
    kind = projection.places.get(f"{link.column.name}__type")
    pointed = [row[place] if kind is None or row[kind] == link.target.logical else None for row in rows]
    found = _by_id(call, session, link.target, expand, sorted({row_id for row_id in pointed if row_id}))
    for row_id, row in zip(pointed, shown, strict=True):
        row[expand.name] = found.get(row_id)


def _by_id(call: Call, session: Session, target: Table, expand: Expand, ids: list[str]) -> dict[Any, Shown]:
    inner = _nested(call, target, expand)
    projection = Projection(target, expand.options.select, inner)
    place = projection.places[target.key]
    found: dict[Any, Shown] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        near = Sql(f"t.{quoted(target.key)} IN ({', '.join('?' * len(part))})", list(part))
        condition = _condition(call, session, target, expand, near)
        sql = f"SELECT {projection.sql('t')} FROM {quoted(target.logical)} t WHERE {condition.text}"
        rows = session.rows(sql, condition.values)
        shown = projection.show(rows)
        for nested in expand.options.expand:
            _expand(call, session, projection, rows, shown, nested)
        found.update({raw[place]: row for raw, row in zip(rows, shown, strict=True)})
    return found


def _nested(call: Call, target: Table, expand: Expand) -> list[str]:
    """The physical columns for expansions inside an expansion, which may be single-valued only."""
    links = call.state.catalog.links_from(target)
    if any(nested.name not in links for nested in expand.options.expand):
        raise bad_query(REFUSED)
    columns = [links[nested.name].column for nested in expand.options.expand]
    return [name for c in columns for name in ([c.name, f"{c.name}__type"] if c.typed else [c.name])]
