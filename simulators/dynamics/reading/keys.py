"""Finding a record by what stands in the parentheses: its id, its named primary key, or an alternate key."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from simulators.dynamics.errors import ApiError, bad_query
from simulators.dynamics.odata.address import Value, guid, key_value, named_parts
from simulators.dynamics.schema.catalog import Key, Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.storage import Session, quoted


def locate(session: Session, state: Dynamics, table: Table, text: str) -> str:
    """The id that a key means. Raises ApiError: 400 for undefined keys, 404 for values that no record has."""
    direct = primary(table, text)
    if direct:
        return direct
    key, values = alternate(state, table, text)
    found = find(session, table, key, values)
    if found is None:
        raise no_such_key(table)
    return found


def no_such_key(table: Table) -> ApiError:
    """RecordNotFoundByEntityKey."""
    return ApiError(
        404, "0x80060891", f"A record with the specified key values does not exist in {table.logical} entity"
    )


def primary(table: Table, text: str) -> str | None:
    """The id when the key is a bare id or the named primary key."""
    direct = guid(text)
    if direct:
        return direct
    name, _, value = text.partition("=")
    named = guid(value.strip())
    return named if name.strip() == table.key and table.key_addressable and named else None


def alternate(state: Dynamics, table: Table, text: str) -> tuple[Key, dict[str, Value]]:
    """The alternate key with this set of columns, and the values. Raises ApiError (400)."""
    given = {_column(table, name): key_value(raw) for name, raw in named_parts(text).items()} if "=" in text else {}
    for key in table.keys.values():
        if given and set(key.columns) == set(given):
            if state_of(state, table, key) != "Active":
                raise ApiError(
                    400,
                    "0x80060890",
                    f"The specified key attributes are not a defined key for the {table.logical} entity",
                )
            return key, given
    raise bad_query(
        f"The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.{table.logical}'. Ensure that "
        "the names and number of key properties match the declared or alternate key properties for the resource "
        f"'Microsoft.Dynamics.CRM.{table.logical}'."
    )


def _column(table: Table, name: str) -> str:
    column = table.wired(name)
    return column.name if column else name


def find(session: Session, table: Table, key: Key, values: dict[str, Value]) -> str | None:
    """The id of the record with these key values."""
    conditions = " AND ".join(f"{quoted(name)} = ?" for name in key.columns)
    sql = f"SELECT {quoted(table.key)} FROM {quoted(table.logical)} WHERE {conditions}"
    found: str | None = session.value(sql, [values[name] for name in key.columns])
    return found


def state_of(state: Dynamics, table: Table, key: Key) -> str:
    """The state of a key's index on the simulated clock: Pending, InProgress, Active or Failed."""
    if key.status in ("Active", "Failed"):
        return key.status
    now = state.clock.seconds()
    if now < key.ready_at:
        return "Pending" if now < key.ready_at - state.switches["key_build_s"] / 2 else "InProgress"
    key.status = "Failed" if _has_duplicates(state, table, key) else "Active"
    return key.status


def _has_duplicates(state: Dynamics, table: Table, key: Key) -> bool:
    columns = ", ".join(quoted(name) for name in key.columns)
    filled = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in key.columns)
    kept = f"WHERE {filled}" if state.switches["null_keys_exempt"] else ""
    sql = f"SELECT 1 FROM {quoted(table.logical)} {kept} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
    with state.storage.read() as session:
        return session.one(sql) is not None
