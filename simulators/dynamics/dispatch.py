"""Decides which part of the simulator answers a request."""

from __future__ import annotations

from collections.abc import Callable

from simulators.dynamics.call import Call, Reply
from simulators.dynamics.errors import ApiError, bad_query, unknown_segment
from simulators.dynamics.metadata import changes, options, publishing, reads, relations
from simulators.dynamics.metadata.components import RECORD_TYPES, in_solution
from simulators.dynamics.operations import counts, jobs, merge, privileges, sales, security
from simulators.dynamics.reading.delta import read_changes
from simulators.dynamics.reading.pages import read_page
from simulators.dynamics.reading.single import read_member, read_single
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.writing import bulk, links, single
from simulators.dynamics.writing.drafts import DRAFTED

PREFIX = "Microsoft.Dynamics.CRM."
ISTRACKING = 'istracking="True"'
FUNCTIONS: dict[str, Callable[[Call], Reply]] = {
    "WhoAmI": security.who_am_i,
    "RetrieveAadUserRoles": security.roles_of_person,
    "RetrieveRolePrivilegesRole": security.privileges_of_role,
    "RetrieveTotalRecordCount": counts.totals,
    "EntityDefinitions": reads.read_definitions,
    "RelationshipDefinitions": reads.read_relationships,
}
ACTIONS: dict[str, Callable[[Call], Reply]] = {
    "Merge": merge.merge,
    "WinOpportunity": lambda call: sales.close(call, "WinOpportunity"),
    "LoseOpportunity": lambda call: sales.close(call, "LoseOpportunity"),
    "PublishXml": lambda call: publishing.publish(call, everything=False),
    "PublishAllXml": lambda call: publishing.publish(call, everything=True),
    "ReactivateEntityKey": relations.reactivate_key,
    "InsertOptionValue": options.insert_option,
    "BulkDelete": jobs.bulk_delete,
}
BOUND: dict[tuple[str, str], Callable[[Call], Reply]] = {
    ("lead", "QualifyLead"): sales.qualify,
    ("role", "AddPrivilegesRole"): security.add_privileges,
    ("role", "ReplacePrivilegesRole"): security.replace_privileges,
    ("role", "RemovePrivilegeRole"): security.remove_privilege,
}


BOUND_FUNCTIONS: dict[tuple[str, str], Callable[[Call, Table], Reply]] = {
    ("systemuser", "RetrieveUserPrivileges"): privileges.of_user,
    ("systemuser", "RetrieveUserPrivilegeByPrivilegeName"): privileges.of_user_by_name,
    ("systemuser", "RetrievePrincipalAccess"): privileges.of_user_on_record,
}


DEFINED = {"POST": "created", "PUT": "updated", "DELETE": "deleted"}


def dispatch(call: Call) -> Reply:
    """Answers one request. Raises ApiError."""
    if not call.path:
        raise unknown_segment("")
    name = call.path[0].name.removeprefix(PREFIX)
    if name in ("EntityDefinitions", "RelationshipDefinitions") and call.method != "GET":
        return _define(call, name)
    if name in FUNCTIONS and call.method == "GET":
        return FUNCTIONS[name](call)
    if name in ACTIONS and call.method == "POST":
        return ACTIONS[name](call)
    table = call.state.catalog.sets.get(name)
    if table is None:
        raise unknown_segment(name)
    return _on_set(call, table) if call.path[0].key is None else _on_record(call, table)


def _not_allowed(call: Call) -> ApiError:
    return ApiError(405, "0x80060888", f"The requested resource does not support http method '{call.method}'.")


def _on_set(call: Call, table: Table) -> Reply:
    last = call.path[1].name.removeprefix(PREFIX) if len(call.path) > 1 else ""
    if call.method == "GET" and last == "$count":
        return counts.count(call, table)
    if call.method == "POST" and last in bulk.MESSAGES:
        return bulk.many(call, table, last)
    if call.method == "POST" and last == "DeleteMultiple":
        raise ApiError(400, "0x80040216", "DeleteMultiple has not yet been implemented.")
    if call.method == "GET" and last == "RetrieveUnpublishedMultiple" and table.logical in DRAFTED:
        return publishing.read_latest(call, table, read_page)
    if last:
        raise unknown_segment(call.path[1].name)
    if call.method == "GET":
        return read_changes(call, table) if _tracked(call) else read_page(call, table)
    if call.method == "POST":
        reply = single.create(call, table)
        _component(call, table, reply)
        return reply
    raise _not_allowed(call)


def _tracked(call: Call) -> bool:
    """Whether changes are asked for: by preference, by a delta token, or by the cookie of such a read's next page."""
    continued = ISTRACKING in (call.options.skiptoken or "")
    return call.prefer.track or call.options.deltatoken is not None or continued


def _component(call: Call, table: Table, reply: Reply) -> None:
    """What is created or changed for a solution becomes part of it."""
    where = reply.headers.get("OData-EntityId", "")
    if table.logical in RECORD_TYPES and where:
        in_solution(call, RECORD_TYPES[table.logical], where.rpartition("(")[2].rstrip(")"))


def _on_record(call: Call, table: Table) -> Reply:
    if len(call.path) == 1:
        methods = {"GET": read_single, "PATCH": single.update, "PUT": single.update, "DELETE": single.delete}
        if call.method not in methods:
            raise _not_allowed(call)
        reply = methods[call.method](call, table)
        if call.method == "PATCH":
            _component(call, table, reply)
        return reply
    name = call.path[1].name.removeprefix(PREFIX)
    if call.method == "GET" and name == "RetrieveUnpublished" and table.logical in DRAFTED:
        return publishing.read_latest(call, table, read_single)
    function = BOUND_FUNCTIONS.get((table.logical, name))
    if function and call.method == "GET":
        return function(call, table)
    action = BOUND.get((table.logical, name))
    if action and call.method == "POST":
        return action(call)
    return _on_member(call, table)


def _on_member(call: Call, table: Table) -> Reply:
    reference = len(call.path) > 2 and call.path[-1].name == "$ref"
    if call.method == "GET":
        return read_member(call, table)
    if reference and call.method in ("PUT", "POST"):
        return links.tie(call, table)
    if reference and call.method == "DELETE":
        return links.untie(call, table)
    if call.method == "PUT":
        return single.put_property(call, table)
    if call.method == "DELETE":
        return single.clear_property(call, table)
    raise bad_query(f"Resource not found for the segment '{call.path[1].name}'.", 404)


def _define(call: Call, name: str) -> Reply:
    below = call.path[1].name if len(call.path) > 1 else ""
    handlers: dict[tuple[str, str, str], Callable[[Call], Reply]] = {
        ("POST", "EntityDefinitions", ""): changes.create_table,
        ("POST", "EntityDefinitions", "Attributes"): changes.create_column,
        ("POST", "EntityDefinitions", "Keys"): relations.create_key,
        ("PUT", "EntityDefinitions", ""): changes.replace_table,
        ("PUT", "EntityDefinitions", "Attributes"): changes.replace_column,
        ("DELETE", "EntityDefinitions", ""): changes.delete_definition,
        ("DELETE", "EntityDefinitions", "Attributes"): changes.delete_definition,
        ("DELETE", "EntityDefinitions", "Keys"): changes.delete_definition,
        ("POST", "RelationshipDefinitions", ""): relations.create_relationship,
        ("DELETE", "RelationshipDefinitions", ""): relations.delete_relationship,
    }
    handler = handlers.get((call.method, name, below))
    if handler is None:
        raise _not_allowed(call)
    with publishing.customizing(call, "EntityCustomization"):
        reply = handler(call)
    call.state.stats.row(name, DEFINED[call.method])
    return reply
