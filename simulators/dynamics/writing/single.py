"""POST, PATCH, PUT and DELETE of one record, with preconditions and implicit upsert.

Semantics of If-Match and If-None-Match: Microsoft Learn, "Perform conditional operations using the Web API".
"""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, bad_query, not_found
from simulators.dynamics.reading.keys import alternate, find, locate, no_such_key, primary
from simulators.dynamics.reading.pages import context
from simulators.dynamics.reading.single import fetch_shown
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session, quoted
from simulators.dynamics.writing.records import Writer

WRITE_COST_S = 0.05
BYPASSES = {
    "MSCRM.BypassBusinessLogicExecution": "prvBypassCustomBusinessLogic",
    "MSCRM.BypassBusinessLogicExecutionStepIds": "prvBypassCustomBusinessLogic",
    "MSCRM.BypassCustomPluginExecution": "prvBypassCustomPlugins",
    "MSCRM.SuppressCallbackRegistrationExpanderJob": "prvBypassCustomBusinessLogic",
}


def writer(call: Call, session: Session) -> Writer:
    """Writes as the headers of the call ask for. Plug-in aborts are injected here, and may be bypassed by right."""
    if _bypasses(call):
        return Writer(call.state, session, call.caller, _detects(call))
    if call.fault("plugin_abort"):
        raise ApiError(400, "0x80040265", "A customer's plug-in refused this change.")
    return Writer(call.state, session, call.caller, _detects(call))


def _detects(call: Call) -> bool:
    return (call.header("MSCRM.SuppressDuplicateDetection") or "").lower() == "false"


def _bypasses(call: Call) -> bool:
    """Whether customers' logic is bypassed. Raises ApiError (403) for those who may not."""
    for header, privilege in BYPASSES.items():
        if call.header(header):
            require_named(call.caller, privilege)
            return True
    return False


def create(call: Call, table: Table) -> Reply:
    """POST to a table."""
    with call.writing() as session:
        row_id = writer(call, session).create(table, call.body(table.set))
        return written(call, session, table, row_id, True)


def update(call: Call, table: Table) -> Reply:
    """PATCH: update, or create when the record is unknown and no If-Match forbids it."""
    body = call.body(table.set)
    with call.writing() as session:
        row_id, key_values = target(call, session, table)
        known = row_id is not None and exists(session, table, row_id)
        if known and row_id is not None:
            check_version(call, session, table, row_id)
            writer(call, session).update(table, row_id, {k: v for k, v in body.items() if k not in key_values})
            return written(call, session, table, row_id, False)
        if call.header("If-Match"):
            raise not_found(table.logical, row_id) if row_id else no_such_key(table)
        own = {table.key: row_id} if row_id else {}
        made = writer(call, session).create(table, {**key_values, **body, **own})
        return written(call, session, table, made, True)


def target(call: Call, session: Session, table: Table) -> tuple[str | None, dict[str, Any]]:
    """The id that the address means, None for key values that no record has, and the values of an alternate key."""
    text = call.path[0].key or ""
    direct = primary(table, text)
    if direct:
        return direct, {}
    key, values = alternate(call.state, table, text)
    plain = {name: value for name, value in values.items() if not table.columns[name].lookup}
    return find(session, table, key, values), plain


def check_version(call: Call, session: Session, table: Table, row_id: str) -> None:
    """Raises ApiError (412) when the record is not the one that the caller's headers expect."""
    if call.header("If-None-Match") == "*":
        raise ApiError(412, "0x80040237", "A record with matching key values already exists.")
    wanted = call.header("If-Match")
    if not wanted or wanted == "*":
        return
    if not table.optimistic:
        raise ApiError(400, "0x8006088d", f"Optimistic concurrency isn't enabled for entity type {table.logical}.")
    sql = f"SELECT versionnumber FROM {quoted(table.logical)} WHERE {quoted(table.key)} = ?"
    if wanted != f'W/"{session.value(sql, (row_id,))}"':
        raise ApiError(
            412, "0x80060882", "The version of the existing record doesn't match the RowVersion property provided."
        )


def written(call: Call, session: Session, table: Table, row_id: str, made: bool) -> Reply:
    """204 with the record's address, or the record when the caller prefers so."""
    address = call.address(table, row_id)
    headers = {"OData-EntityId": address, "Location": address} if made else {"OData-EntityId": address}
    if not call.prefer.representation:
        return Reply(204, headers=headers, cost_s=WRITE_COST_S)
    row = fetch_shown(call, session, table, row_id)
    reply = answer(
        call, {"@odata.context": context(call, table, "/$entity"), **row}, 201 if made else 200, WRITE_COST_S
    )
    reply.headers.update({**headers, "ETag": row["@odata.etag"]} if made else {"ETag": row["@odata.etag"]})
    return reply


def delete(call: Call, table: Table) -> Reply:
    """DELETE of a record."""
    with call.writing() as session:
        row_id = locate(session, call.state, table, call.path[0].key or "")
        if exists(session, table, row_id):
            check_version(call, session, table, row_id)
        writer(call, session).delete(table, row_id)
    return Reply(204, cost_s=WRITE_COST_S)


def put_property(call: Call, table: Table) -> Reply:
    """PUT of one column's value."""
    name = call.path[1].name
    value = call.body(table.set).get("value")
    with call.writing() as session:
        row_id = locate(session, call.state, table, call.path[0].key or "")
        if exists(session, table, row_id):
            check_version(call, session, table, row_id)
        writer(call, session).update(table, row_id, {name: value})
    return Reply(204, cost_s=WRITE_COST_S)


def clear_property(call: Call, table: Table) -> Reply:
    """DELETE of one column's value; lookups are cleared by reference."""
    name = call.path[1].name
    column = table.columns.get(name)
    if column is not None and column.lookup:
        raise bad_query(f"The property '{name}' is a navigation property; delete its reference instead.")
    with call.writing() as session:
        row_id = locate(session, call.state, table, call.path[0].key or "")
        if exists(session, table, row_id):
            check_version(call, session, table, row_id)
        writer(call, session).update(table, row_id, {name: None})
    return Reply(204, cost_s=WRITE_COST_S)
