"""GET of definitions: EntityDefinitions, RelationshipDefinitions and what hangs below them.

Addresses: Microsoft Learn, "Query table definitions using the Web API".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import require_named
from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, bad_query, unknown_segment
from simulators.dynamics.metadata.attributes import (
    CHOICE_KINDS,
    attribute,
    attribute_id,
    base_properties,
    option_set,
    own_properties,
    type_names,
)
from simulators.dynamics.metadata.entities import entity, entity_key, many_to_many, one_to_many
from simulators.dynamics.metadata.shape import Shown, chosen, matching
from simulators.dynamics.odata.address import guid, key_value, named_parts
from simulators.dynamics.odata.options import Options
from simulators.dynamics.schema.catalog import Column, Table

CAST = "Microsoft.Dynamics.CRM."
COLLECTIONS = ("ManyToOneRelationships", "OneToManyRelationships", "ManyToManyRelationships", "Keys")


def read_definitions(call: Call) -> Reply:
    """Answers any GET below EntityDefinitions."""
    require_named(call.caller, "prvReadEntity")
    first = call.path[0]
    if first.key is None:
        return _tables(call)
    table = table_named(call, first.key)
    if len(call.path) == 1:
        return _single(call, _table(call, table, call.options), "EntityDefinitions")
    if call.path[1].name == "Attributes":
        return _attributes(call, table)
    if call.path[1].name in COLLECTIONS:
        return _members(call, table)
    raise unknown_segment(call.path[1].name)


def table_named(call: Call, key: str) -> Table:
    """The table of `LogicalName='lead'` or of an id. Raises ApiError (404)."""
    tables = call.state.catalog.tables
    wanted = guid(key) or key_value(named_parts(key).get("LogicalName", "''"))
    found = next((table for table in tables.values() if wanted in (table.id, table.logical)), None)
    if found is None:
        raise ApiError(404, "0x80060888", f"Could not find an entity with the specified entity name: {wanted}")
    return found


def _single(call: Call, item: Shown, shape: str) -> Reply:
    select = f"({','.join(call.options.select)})" if call.options.select else ""
    return answer(call, {"@odata.context": f"{call.root}$metadata#{shape}{select}/$entity", **item})


def _many(call: Call, items: list[Shown], shape: str) -> Reply:
    return answer(call, {"@odata.context": f"{call.root}$metadata#{shape}", "value": items})


def _tables(call: Call) -> Reply:
    tables = {table.id: table for table in call.state.catalog.tables.values()}
    found = matching([entity(table) for table in tables.values()], call.options.filter, "EntityMetadata")
    shown = [_table(call, tables[item["MetadataId"]], call.options) for item in found]
    return _many(call, shown[: call.options.top], "EntityDefinitions")


def _table(call: Call, table: Table, options: Options) -> Shown:
    whole = entity(table)
    item = dict(chosen(whole, options.select, whole, "EntityMetadata"))
    for expand in options.expand:
        if expand.name == "Attributes":
            known = [*base_properties(table, next(iter(table.columns.values())))]
            found = [attribute(table, column) for column in table.columns.values()]
            kept = matching(found, expand.options.filter, "AttributeMetadata")
            item["Attributes"] = [chosen(one, expand.options.select, known, "AttributeMetadata") for one in kept]
        elif expand.name in COLLECTIONS:
            items = collection(call, table, expand.name)
            known = [*items[0]] if items else expand.options.select or []
            kept = matching(items, expand.options.filter, expand.name)
            item[expand.name] = [chosen(one, expand.options.select, known, expand.name) for one in kept]
        else:
            raise bad_query(
                f"Could not find a property named '{expand.name}' on type 'Microsoft.Dynamics.CRM.EntityMetadata'."
            )
    return item


def _attributes(call: Call, table: Table) -> Reply:
    step = call.path[1]
    cast = next((part.name.removeprefix(CAST) for part in call.path[2:] if part.name.startswith(CAST)), None)
    if cast == "EnumAttributeMetadata":
        raise bad_query("Casting to the abstract type EnumAttributeMetadata is not supported.")
    columns = [c for c in table.columns.values() if cast is None or type_names(c)[2] == cast]
    if step.key is None:
        items = {attribute_id(table, column): column for column in columns}
        found = matching(
            [attribute(table, column) for column in columns], call.options.filter, cast or "AttributeMetadata"
        )
        shown = [_attribute(table, items[item["MetadataId"]], call.options, cast) for item in found]
        return _many(call, shown, f"EntityDefinitions('{table.logical}')/Attributes")
    column = column_named(table, step.key, columns)
    if len(call.path) > 2 and call.path[-1].name in ("OptionSet", "GlobalOptionSet"):
        return _single(call, option_set(table, column), "OptionSet")
    return _single(
        call, _attribute(table, column, call.options, cast), f"EntityDefinitions('{table.logical}')/Attributes"
    )


def column_named(table: Table, key: str, columns: list[Column]) -> Column:
    """The column of `LogicalName='x'` or of an id. Raises ApiError (404)."""
    wanted = guid(key) or key_value(named_parts(key).get("LogicalName", "''"))
    found = next((column for column in columns if wanted in (column.name, attribute_id(table, column))), None)
    if found is None:
        raise ApiError(404, "0x80060888", f"Could not find an attribute with specified name: {wanted}")
    return found


def _attribute(table: Table, column: Column, options: Options, cast: str | None) -> Shown:
    known = [*base_properties(table, column), *(own_properties(column) if cast else ())]
    kind = cast or "AttributeMetadata"
    item = dict(chosen(attribute(table, column), options.select, known, kind))
    for expand in options.expand:
        if cast is None or column.kind not in CHOICE_KINDS or expand.name not in ("OptionSet", "GlobalOptionSet"):
            raise bad_query(f"Could not find a property named '{expand.name}' on type 'Microsoft.Dynamics.CRM.{kind}'.")
        own = option_set(table, column)
        shown = chosen(own, expand.options.select, own, "OptionSetMetadata")
        item[expand.name] = shown if expand.name == "OptionSet" else None
    return item


def collection(call: Call, table: Table, name: str) -> list[Shown]:
    """Relationships or keys of a table."""
    catalog = call.state.catalog
    if name == "Keys":
        return [entity_key(call.state, table, key) for key in table.keys.values()]
    if name == "ManyToManyRelationships":
        return [many_to_many(one) for one in catalog.associations_of(table).values()]
    links = catalog.links_from(table) if name == "ManyToOneRelationships" else catalog.links_to(table)
    return [one_to_many(link) for link in links.values()]


def _members(call: Call, table: Table) -> Reply:
    step = call.path[1]
    items = matching(collection(call, table, step.name), call.options.filter, step.name)
    known = [*items[0]] if items else call.options.select or []
    shape = f"EntityDefinitions('{table.logical}')/{step.name}"
    if step.key is None:
        return _many(call, [chosen(item, call.options.select, known, step.name) for item in items], shape)
    return _single(call, chosen(member(items, step.key), call.options.select, known, step.name), shape)


def member(items: list[Shown], key: str) -> Shown:
    """One of several definitions, by id or by LogicalName or SchemaName. Raises ApiError (404)."""
    parts: dict[str, Any] = {} if guid(key) else {n: key_value(raw) for n, raw in named_parts(key).items()}
    for item in items:
        if item["MetadataId"] == guid(key) or (parts and all(item.get(n) == v for n, v in parts.items())):
            return item
    raise ApiError(404, "0x80060888", f"Could not find a definition with the key {key}")


def read_relationships(call: Call) -> Reply:
    """GET RelationshipDefinitions, whole or one of them."""
    require_named(call.caller, "prvReadRelationship")
    catalog = call.state.catalog
    links = {link.schema: link for table in catalog.tables.values() for link in catalog.links_from(table).values()}
    items = [one_to_many(link) for link in links.values()] + [many_to_many(a) for a in catalog.associations.values()]
    if call.path[0].key is None:
        return _many(call, matching(items, call.options.filter, "RelationshipMetadataBase"), "RelationshipDefinitions")
    return _single(call, member(items, call.path[0].key), "RelationshipDefinitions")
