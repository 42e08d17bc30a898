"""Creating, changing and deleting definitions.

Addresses and answers: Microsoft Learn, "Create and update table definitions using the Web API".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics import seed
from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError, invalid, unknown_segment
from simulators.dynamics.metadata.attributes import attribute_id
from simulators.dynamics.metadata.build import column_from, fill_limits, table_from
from simulators.dynamics.metadata.components import in_solution
from simulators.dynamics.metadata.labels import label_text
from simulators.dynamics.metadata.reads import column_named, table_named
from simulators.dynamics.schema.catalog import Column, Table, stable_id
from simulators.dynamics.schema.standard import base_of, shadows
from simulators.dynamics.state import Dynamics
from simulators.dynamics.writing.customizing import refuse_in_use

FIRST_CUSTOM_OTC = 10_200
WHOLE = ("LogicalName", "SchemaName", "OwnershipType", "DisplayName")


def create_table(call: Call) -> Reply:
    """POST EntityDefinitions."""
    require_named(call.caller, "prvCreateEntity")
    state = call.state
    with state.schema_lock:
        otc = FIRST_CUSTOM_OTC + len(state.catalog.tables)
        table = table_from(call.body("EntityDefinitions"), otc, state.catalog.tables["activitypointer"])
        if table.logical in state.catalog.tables:
            raise ApiError(400, "0x80044363", f"An entity with the specified name {table.schema} already exists.")
        in_solution(call, 1, table.id)
        state.storage.create(table)
        state.catalog.add(table)
        state.catalog.version += 1
    state.load("privilege", seed.privilege_rows(table))
    state.load("sdkmessagefilter", seed.message_rows(table))
    state.load("entity", [seed.entity_row(table)])
    return Reply(204, headers={"OData-EntityId": f"{call.root}EntityDefinitions({table.id})"}, cost_s=1.0)


def create_column(call: Call) -> Reply:
    """POST EntityDefinitions(...)/Attributes."""
    require_named(call.caller, "prvCreateAttribute")
    with call.state.schema_lock:
        table = table_named(call, call.path[0].key or "")
        column = column_from(call.body("Attributes"))
        if column.name in table.columns:
            raise ApiError(400, "0x80044362", f"An attribute with the specified name {column.name} already exists.")
        in_solution(call, 2, attribute_id(table, column))
        add_column(call.state, table, column)
    address = f"{call.root}EntityDefinitions({table.id})/Attributes({attribute_id(table, column)})"
    return Reply(204, headers={"OData-EntityId": address}, cost_s=0.5)


def add_column(state: Dynamics, table: Table, column: Column) -> None:
    """Puts a column into the database first, then into the catalog."""
    state.storage.add_column(table, column)
    if column.kind == "Money":
        state.storage.add_column(table, base_of(column))
    table.add([column, *shadows([column])])
    state.catalog.version += 1


def drop_column(state: Dynamics, table: Table, name: str) -> None:
    """Takes a column out of the catalog and out of reach in the database, with the keys that use it."""
    with state.schema_lock:
        column = table.columns[name]
        base = table.columns.get(f"{name}_base")
        table.keys = {n: key for n, key in table.keys.items() if name not in key.columns}
        table.remove(name)
        state.storage.drop_column(table, column)
        if base is not None:
            table.remove(base.name)
            state.storage.drop_column(table, base)
        state.catalog.version += 1


def replace_table(call: Call) -> Reply:
    """PUT of a whole definition. Change tracking takes effect when it is published, and never goes off again."""
    require_named(call.caller, "prvWriteEntity")
    sent = call.body("EntityDefinitions")
    missing = [name for name in WHOLE if name not in sent]
    if missing:
        raise invalid(f"The definition is incomplete: {', '.join(missing)} missing. PUT replaces the whole definition.")
    with call.state.schema_lock:
        table = table_named(call, call.path[0].key or "")
        if table.change_tracking and sent.get("ChangeTrackingEnabled") is False:
            raise invalid(f"Change tracking cannot be disabled for the entity {table.logical}.")
        if sent.get("ChangeTrackingEnabled"):
            table.extra["change_tracking"] = True
        plural = label_text(sent.get("DisplayCollectionName")) or table.labels[1]
        table.labels = (label_text(sent.get("DisplayName")) or table.labels[0], plural)
        call.state.catalog.version += 1
    return Reply(204, cost_s=0.5)


def replace_column(call: Call) -> Reply:
    """PUT of a column's definition: labels, requirement, limits."""
    require_named(call.caller, "prvWriteAttribute")
    sent = call.body("Attributes")
    with call.state.schema_lock:
        table = table_named(call, call.path[0].key or "")
        column = column_named(table, call.path[1].key or "", list(table.columns.values()))
        column.label = label_text(sent.get("DisplayName")) or column.label
        column.required = (sent.get("RequiredLevel") or {}).get("Value", column.required)
        fill_limits(column, sent)
        call.state.catalog.version += 1
    return Reply(204, cost_s=0.5)


def delete_definition(call: Call) -> Reply:
    """DELETE of a custom table, column or key."""
    state = call.state
    with state.schema_lock:
        table = table_named(call, call.path[0].key or "")
        if len(call.path) == 1:
            _delete_table(call, table)
        elif call.path[1].name == "Attributes":
            require_named(call.caller, "prvDeleteAttribute")
            column = column_named(table, call.path[1].key or "", list(table.columns.values()))
            _refuse_standard(column.custom, column.name)
            drop_column(state, table, column.name)
        elif call.path[1].name == "Keys":
            _delete_key(call, table)
        else:
            raise unknown_segment(call.path[1].name)
    return Reply(204, cost_s=0.5)


def _delete_table(call: Call, table: Table) -> None:
    require_named(call.caller, "prvDeleteEntity")
    _refuse_standard(table.custom, table.logical)
    pointing = [link for link in call.state.catalog.links_to(table).values() if link.table is not table]
    with call.state.storage.write() as session:
        steps = session.value(STEPS, (table.logical,))
        refuse_in_use("Entity", table.id, len(pointing) + steps)
        for sql in WITH_TABLE:
            session.run(sql, {"logical": table.logical, "id": table.id})  # type: ignore[arg-type]
        for row in seed.privilege_rows(table):
            session.run('DELETE FROM "~grants" WHERE privilege = ?', (row["name"],))
            session.run("DELETE FROM privilege WHERE name = ?", (row["name"],))
    catalog = call.state.catalog
    catalog.relationship_names = {p: s for p, s in catalog.relationship_names.items() if p[0] != table.logical}
    catalog.remove(table)
    call.state.storage.drop(table)
    call.state.access.forget()
    catalog.version += 1


STEPS = """SELECT count(*) FROM sdkmessageprocessingstep s JOIN sdkmessagefilter f
           ON f.sdkmessagefilterid = s.sdkmessagefilterid WHERE f.primaryobjecttypecode = ?"""
WITH_TABLE = (
    "DELETE FROM sdkmessagefilter WHERE primaryobjecttypecode = :logical",
    "DELETE FROM systemform WHERE objecttypecode = :logical",
    "DELETE FROM solutioncomponent WHERE objectid = :id",
    "DELETE FROM entity WHERE entityid = :id",
)
"""What goes with a table."""


def _delete_key(call: Call, table: Table) -> None:
    require_named(call.caller, "prvDeleteEntityKey")
    from_id: dict[str, Any] = {key_id(table, name): name for name in table.keys}
    name = from_id.get((call.path[1].key or "").lower())
    if name is None:
        raise ApiError(404, "0x80060888", "Could not find the key.")
    table.keys = {n: key for n, key in table.keys.items() if n != name}
    call.state.catalog.version += 1


def key_id(table: Table, name: str) -> str:
    """The MetadataId of an alternate key."""
    return stable_id("key", table.logical, name)


def _refuse_standard(custom: bool, name: str) -> None:
    if not custom:
        raise ApiError(400, "0x8004f026", f"The component {name} is managed and cannot be deleted.")
