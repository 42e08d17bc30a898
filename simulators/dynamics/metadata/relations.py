"""Relationships and alternate keys, created and deleted.

Limits of keys: Microsoft Learn, "Define alternate keys for a table".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError, invalid
from simulators.dynamics.metadata.build import lookup_from
from simulators.dynamics.metadata.changes import add_column, drop_column, key_id
from simulators.dynamics.metadata.components import in_solution
from simulators.dynamics.metadata.entities import relationship_id
from simulators.dynamics.metadata.labels import label_text
from simulators.dynamics.metadata.reads import table_named
from simulators.dynamics.odata.address import guid, key_value, named_parts
from simulators.dynamics.schema.catalog import Association, Key, Table

KEYABLE = frozenset({"Decimal", "Integer", "String", "DateTime", "Lookup", "Picklist"})
MOST_KEYS, MOST_COLUMNS = 10, 16


def create_relationship(call: Call) -> Reply:
    """POST RelationshipDefinitions: one to many, with its lookup, or many to many."""
    require_named(call.caller, "prvCreateRelationship")
    sent = call.body("RelationshipDefinitions")
    schema = str(sent.get("SchemaName") or "")
    with call.state.schema_lock:
        if schema in call.state.catalog.relationship_names.values() or schema in call.state.catalog.associations:
            raise ApiError(400, "0x80048403", f"A relationship with the specified name {schema} already exists.")
        if str(sent.get("@odata.type", "")).endswith("ManyToManyRelationshipMetadata"):
            _many_to_many(call, sent, schema)
        else:
            _one_to_many(call, sent, schema)
        in_solution(call, 10, relationship_id(schema))
    address = f"{call.root}RelationshipDefinitions({relationship_id(schema)})"
    return Reply(204, headers={"OData-EntityId": address}, cost_s=0.5)


def _named(call: Call, name: Any) -> Table:
    found = call.state.catalog.tables.get(str(name).lower())
    if found is None:
        raise ApiError(404, "0x80041102", f"The entity with a name = '{name}' was not found in the MetadataCache.")
    return found


def _one_to_many(call: Call, sent: dict[str, Any], schema: str) -> None:
    table, target = _named(call, sent.get("ReferencingEntity")), _named(call, sent.get("ReferencedEntity"))
    column = lookup_from(sent.get("Lookup") or {}, target.logical)
    if column.name in table.columns:
        raise ApiError(400, "0x80044362", f"An attribute with the specified name {column.name} already exists.")
    names = call.state.catalog.relationship_names
    call.state.catalog.relationship_names = {**names, (table.logical, column.name, target.logical): schema}
    add_column(call.state, table, column)


def _many_to_many(call: Call, sent: dict[str, Any], schema: str) -> None:
    first, second = _named(call, sent.get("Entity1LogicalName")), _named(call, sent.get("Entity2LogicalName"))
    intersect = str(sent.get("IntersectEntityName") or schema).lower()
    made = Association(schema, first.logical, second.logical, intersect, custom=True)
    call.state.catalog.associations = {**call.state.catalog.associations, schema: made}
    call.state.catalog.version += 1


def delete_relationship(call: Call) -> Reply:
    """DELETE of a custom relationship; the lookup of a one-to-many goes with it."""
    require_named(call.caller, "prvDeleteRelationship")
    key = call.path[0].key or ""
    wanted = guid(key)
    named = None if wanted else key_value(named_parts(key).get("SchemaName", "''"))
    catalog = call.state.catalog
    with call.state.schema_lock:
        for place, schema in catalog.relationship_names.items():
            if schema == named or relationship_id(schema) == wanted:
                drop_column(call.state, catalog.tables[place[0]], place[1])
                catalog.relationship_names = {p: s for p, s in catalog.relationship_names.items() if p != place}
                return Reply(204)
        for schema, one in catalog.associations.items():
            if one.custom and (schema == named or relationship_id(schema) == wanted):
                catalog.associations = {n: a for n, a in catalog.associations.items() if n != schema}
                return Reply(204)
    raise ApiError(404, "0x80060888", f"Could not find a custom relationship with the key {key}")


def create_key(call: Call) -> Reply:
    """POST EntityDefinitions(...)/Keys. The index is built on the simulated clock."""
    require_named(call.caller, "prvCreateEntityKey")
    sent = call.body("Keys")
    with call.state.schema_lock:
        table = table_named(call, call.path[0].key or "")
        key = Key(str(sent.get("SchemaName") or ""), tuple(sent.get("KeyAttributes") or ()))
        key.label = label_text(sent.get("DisplayName"))
        _check_key(table, key)
        key.ready_at = call.state.clock.seconds() + call.state.switches["key_build_s"]
        in_solution(call, 14, key_id(table, key.name))
        call.state.storage.index(table, key.columns)
        table.keys = {**table.keys, key.name: key}
        call.state.catalog.version += 1
    address = f"{call.root}EntityDefinitions({table.id})/Keys({key_id(table, key.name)})"
    return Reply(204, headers={"OData-EntityId": address}, cost_s=0.5)


def _check_key(table: Table, key: Key) -> None:
    if key.name in table.keys:
        raise ApiError(400, "0x80060893", f"An entity key with the name {key.name} already exists on {table.logical}.")
    if any(set(other.columns) == set(key.columns) for other in table.keys.values()):
        raise ApiError(
            400, "0x80060894", f"An entity key with the selected attributes already exists on {table.logical}."
        )
    if not 0 < len(key.columns) <= MOST_COLUMNS or len(table.keys) >= MOST_KEYS:
        raise invalid(f"At most {MOST_KEYS} keys of at most {MOST_COLUMNS} columns are possible.")
    for name in key.columns:
        column = table.columns.get(name)
        if column is None or column.kind not in KEYABLE or column.secured:
            raise ApiError(400, "0x8006088f", f"The attribute '{name}' of {table.logical} cannot be part of a key.")


def reactivate_key(call: Call) -> Reply:
    """ReactivateEntityKey: builds a failed index again."""
    require_named(call.caller, "prvCreateEntityKey")
    sent = call.body()
    table = _named(call, sent.get("EntityLogicalName"))
    key = table.keys.get(str(sent.get("EntityKeyLogicalName")).lower())
    if key is None:
        raise ApiError(400, "0x80060890", "The specified key attributes are not a defined key for the entity")
    key.status, key.ready_at = "Pending", call.state.clock.seconds() + call.state.switches["key_build_s"]
    call.state.stats.changing()
    return Reply(204)
