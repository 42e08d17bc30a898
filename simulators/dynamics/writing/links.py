"""$ref: tying records together and apart.

Addresses and bodies: Microsoft Learn, "Associate and disassociate table rows using the Web API".
"""

from __future__ import annotations

import re

from simulators.dynamics.access import require_row
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import bad_payload, bad_query, not_found, unknown_property
from simulators.dynamics.odata.address import guid
from simulators.dynamics.reading.keys import locate
from simulators.dynamics.schema.catalog import Association, Link, Table
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing.payload import ADDRESS
from simulators.dynamics.writing.single import writer

IN_QUERY = re.compile(r"(?:^|&)(?:\$|%24)id=([^&]+)")


def tie(call: Call, table: Table) -> Reply:
    """PUT or POST of a reference."""
    nav = call.path[1].name
    body = call.body(table.set)
    with call.writing() as session:
        row_id = _row(call, session, table)
        links = call.state.catalog.links_from(table)
        if nav in links:
            writer(call, session).update(table, row_id, {f"{nav}@odata.bind": body.get("@odata.id")})
            return Reply(204)
        target, other = _referenced(call, session, str(body.get("@odata.id", "")))
        _tie_many(call, session, table, row_id, target, other, nav)
    return Reply(204)


def untie(call: Call, table: Table) -> Reply:
    """DELETE of a reference: `nav/$ref`, `collection(id)/$ref` or `collection/$ref?$id=...`."""
    step = call.path[1]
    with call.writing() as session:
        row_id = _row(call, session, table)
        if step.name in call.state.catalog.links_from(table):
            writer(call, session).update(table, row_id, {f"{step.name}@odata.bind": None})
            return Reply(204)
        _untie_many(call, session, table, row_id, step.name, _other(call, session))
    return Reply(204)


def _row(call: Call, session: Session, table: Table) -> str:
    row_id = locate(session, call.state, table, call.path[0].key or "")
    if not exists(session, table, row_id):
        raise not_found(table.logical, row_id)
    return row_id


def _other(call: Call, session: Session) -> str:
    direct = guid(call.path[1].key or "")
    found = IN_QUERY.search(call.options.raw)
    if direct:
        return direct
    if not found:
        raise bad_query("The reference to remove is missing.")
    return _referenced(call, session, found[1])[1]


def _referenced(call: Call, session: Session, address: str) -> tuple[Table, str]:
    found = ADDRESS.fullmatch(address)
    target = call.state.catalog.sets.get(found[1]) if found else None
    if not found or target is None:
        raise bad_payload(call.path[0].name, f"Invalid URI '{address}' for an entity reference link.")
    row_id = locate(session, call.state, target, found[2])
    if not exists(session, target, row_id):
        raise not_found(target.logical, row_id)
    return target, row_id


def _tie_many(call: Call, session: Session, table: Table, row_id: str, target: Table, other: str, nav: str) -> None:
    association = call.state.catalog.associations_of(table).get(nav)
    if association:
        require_row(session, call.caller, "Append", table, row_id)
        require_row(session, call.caller, "AppendTo", target, other)
        first, second = _sides(association, table, row_id, other)
        call.state.link(session, association.name, first, second)
        return
    link = _collection(call, table, nav)
    writer(call, session).update(link.table, other, {f"{link.nav}@odata.bind": f"/{table.set}({row_id})"})


def _untie_many(call: Call, session: Session, table: Table, row_id: str, nav: str, other: str) -> None:
    association = call.state.catalog.associations_of(table).get(nav)
    if association:
        require_row(session, call.caller, "Append", table, row_id)
        values = (association.name, *_sides(association, table, row_id, other))
        if session.run('DELETE FROM "~links" WHERE name = ? AND first = ? AND second = ?', values):
            session.note(association.name, values[1], "deleted")
        call.state.access.forget()
        return
    link = _collection(call, table, nav)
    writer(call, session).update(link.table, other, {f"{link.nav}@odata.bind": None})


def _sides(association: Association, table: Table, row_id: str, other: str) -> tuple[str, str]:
    return (row_id, other) if association.first == table.logical else (other, row_id)


def _collection(call: Call, table: Table, nav: str) -> Link:
    link = call.state.catalog.links_to(table).get(nav)
    if link is None:
        raise unknown_property(nav, table.logical)
    return link
