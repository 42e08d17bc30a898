"""CreateMultiple, UpdateMultiple, UpsertMultiple: all rows or none.

Rules: Microsoft Learn, "Use bulk operation messages"; the error for repeated key columns: pull request 127 of
microsoft/PowerPlatform-DataverseClient-Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import ApiError, bad_payload, bad_query, invalid
from simulators.dynamics.odata.address import guid
from simulators.dynamics.reading.keys import alternate, find, primary
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import exists
from simulators.dynamics.store.storage import Session
from simulators.dynamics.writing.payload import ADDRESS
from simulators.dynamics.writing.single import writer

ROW_COST_S = 0.015
Target = dict[str, Any]


def many(call: Call, table: Table, message: str) -> Reply:
    """Answers a bulk message. Raises ApiError, and then nothing was written."""
    if not table.bulk:
        raise ApiError(404, "0x80060888", f"Resource not found for the segment '{message}'.")
    targets = _targets(call, table)
    with call.writing() as session:
        made = MESSAGES[message](call, session, table, targets)
    cost = 0.03 + ROW_COST_S * len(targets)
    if made is None:
        return Reply(204, cost_s=cost)
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.{message}Response"
    return answer(call, {"@odata.context": where, "Ids": made}, cost_s=cost)


def _targets(call: Call, table: Table) -> list[Target]:
    targets = call.body(table.set).get("Targets")
    if not isinstance(targets, list) or not all(isinstance(target, dict) for target in targets):
        raise bad_payload(table.set, "The parameter 'Targets' is missing or no collection of entities.")
    for target in targets:
        named = str(target.get("@odata.type", "")).removeprefix("#")
        if named != f"Microsoft.Dynamics.CRM.{table.logical}":
            raise bad_payload(
                table.set,
                "A type named '' could not be resolved by the model. When a model is available, each type name must "
                "resolve to a valid type."
                if not named
                else f"The type '{named}' does not fit the collection '{table.set}'.",
            )
    return targets


def _create(call: Call, session: Session, table: Table, targets: list[Target]) -> list[str]:
    return [writer(call, session).create(table, target) for target in targets]


def _update(call: Call, session: Session, table: Table, targets: list[Target]) -> None:
    """The same row twice: only the first is applied, the rest is ignored without a word."""
    seen: set[str] = set()
    for target in targets:
        row_id = guid(str(target.get(table.key, "")))
        if row_id is None:
            raise invalid(f"Entity Id must be specified for Update of {table.logical}.")
        if row_id not in seen:
            seen.add(row_id)
            writer(call, session).update(table, row_id, target)


def _upsert(call: Call, session: Session, table: Table, targets: list[Target]) -> None:
    """The same row twice is an error here."""
    meant = [_meant(call, session, table, target) for target in targets]
    signs = [row_id or repr(sorted(given.items())) for row_id, given in meant]
    if len(signs) != len(set(signs)):
        raise invalid("The same record is present more than once in the Targets of UpsertMultiple.")
    for target, (row_id, given) in zip(targets, meant, strict=True):
        if row_id and exists(session, table, row_id):
            writer(call, session).update(table, row_id, {k: v for k, v in target.items() if k not in given})
            continue
        if given.keys() & target.keys():
            raise ApiError(400, "0x80040216", "An unexpected error occurred.")
        own = {table.key: row_id} if row_id else given
        writer(call, session).create(table, {**target, **own})


def _meant(call: Call, session: Session, table: Table, target: Target) -> tuple[str | None, dict[str, Any]]:
    """The id of the row that a target means, None when its key values are new, and the key values."""
    named = str(target.get("@odata.id", ""))
    if not named:
        return guid(str(target.get(table.key, ""))), {}
    found = ADDRESS.fullmatch(named)
    if not found or found[1] != table.set:
        raise bad_query(f"Invalid URI '{named}' for an entity reference link.")
    direct = primary(table, found[2])
    if direct:
        return direct, {}
    key, values = alternate(call.state, table, found[2])
    return find(session, table, key, values), dict(values)


MESSAGES: dict[str, Callable[[Call, Session, Table, list[Target]], list[str] | None]] = {
    "CreateMultiple": _create, "UpdateMultiple": _update, "UpsertMultiple": _upsert,
}  # fmt: skip
