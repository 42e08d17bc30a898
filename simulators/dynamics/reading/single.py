"""One record: by id or by an alternate key, whole, one property of it, or what it points at."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require, require_row
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import bad_query, not_found, unknown_property, unknown_segment
from simulators.dynamics.reading.expand import collection
from simulators.dynamics.reading.keys import locate
from simulators.dynamics.reading.pages import context, projection_for, read_page, show_rows
from simulators.dynamics.reading.projection import Shown
from simulators.dynamics.schema.catalog import Link, Table
from simulators.dynamics.sql.pieces import Sql
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session, quoted


def read_single(call: Call, table: Table) -> Reply:
    """GET of one record. 304 when the caller already has this version."""
    if call.options.filter is not None or call.options.orderby or call.options.top is not None:
        raise bad_query("Query options $filter, $orderby and $top cannot be applied to the requested resource.")
    with call.reading() as session:
        row_id = reachable(call, session, table)
        row = fetch_shown(call, session, table, row_id)
    etag = row["@odata.etag"]
    plain = not call.options.expand and not call.prefer.annotations
    if plain and table.optimistic and call.header("If-None-Match") == etag:
        return Reply(304, headers={"ETag": etag})
    reply = answer(call, {"@odata.context": context(call, table, "/$entity"), **row})
    reply.headers["ETag"] = etag
    return reply


def reachable(call: Call, session: Session, table: Table) -> str:
    """The id of the addressed record that the caller may read. Raises ApiError (403, 404)."""
    require(call.caller, "Read", table)
    row_id = locate(session, call.state, table, call.path[0].key or "")
    if not exists(session, table, row_id):
        raise not_found(table.logical, row_id)
    require_row(session, call.caller, "Read", table, row_id)
    return row_id


def fetch_shown(call: Call, session: Session, table: Table, row_id: str) -> Shown:
    """A record with the columns, annotations and expansions asked for."""
    projection = projection_for(call, table)
    sql = f"SELECT {projection.sql('t')} FROM {quoted(table.logical)} t WHERE t.{quoted(table.key)} = ?"
    return show_rows(call, session, projection, session.rows(sql, (row_id,)))[0]


def read_member(call: Call, table: Table) -> Reply:
    """GET of a property of a record, of a record it points at, of a collection, or of references to these."""
    name = call.path[1].name
    last = call.path[2].name if len(call.path) > 2 else ""
    link = call.state.catalog.links_from(table).get(name)
    with call.reading() as session:
        row_id = reachable(call, session, table)
        if link is not None:
            return _pointed(call, session, link, row_id, last)
        if table.wired(name) is not None:
            return _property(call, session, table, row_id, last)
    target, near = collection(call.state.catalog, table, name)
    if last not in ("", "$ref"):
        raise unknown_segment(last)
    if last == "$ref":
        call.options.select = [target.key]
    return read_page(call, target, Sql(near, [row_id]))


def _property(call: Call, session: Session, table: Table, row_id: str, last: str) -> Reply:
    column = table.wired(call.path[1].name)
    if column is None or not column.read:
        raise unknown_property(call.path[1].name, table.logical)
    call.options.select = [column.wire]
    value: Any = fetch_shown(call, session, table, row_id)[column.wire]
    if value is None:
        return Reply(204)
    if last == "$value":
        return Reply(200, str(value).encode(), content_type="text/plain")
    where = f"{call.root}$metadata#{table.set}({row_id})/{column.wire}"
    return answer(call, {"@odata.context": where, "value": value})


def _pointed(call: Call, session: Session, link: Link, row_id: str, last: str) -> Reply:
    table, target = link.table, link.target
    sql = f"SELECT {quoted(link.column.name)} FROM {quoted(table.logical)} WHERE {quoted(table.key)} = ?"
    pointed = session.value(sql, (row_id,))
    if pointed is None or not exists(session, target, pointed):
        return Reply(204)
    if last == "$ref":
        where = f"{call.root}$metadata#$ref"
        return answer(call, {"@odata.context": where, "@odata.id": call.address(target, pointed)})
    if last:
        raise unknown_segment(last)
    require_row(session, call.caller, "Read", target, pointed)
    row = fetch_shown(call, session, target, pointed)
    return answer(call, {"@odata.context": context(call, target, "/$entity"), **row})
