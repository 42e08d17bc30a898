"""Uniqueness: alternate keys, and duplicate detection for those who ask for it."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from html import escape

from simulators.dynamics.errors import ApiError
from simulators.dynamics.reading.keys import find, state_of
from simulators.dynamics.schema.catalog import Key, Table
from simulators.dynamics.state import Dynamics
from simulators.dynamics.store.rows import Row
from simulators.dynamics.store.storage import Session, quoted


def check_keys(session: Session, state: Dynamics, table: Table, row_id: str, values: Row, old: Row | None) -> None:
    """Raises ApiError (412) when another record has the same values of an active alternate key."""
    for key in table.keys.values():
        if not set(key.columns) & values.keys() or state_of(state, table, key) != "Active":
            continue
        wanted = {name: values.get(name, (old or {}).get(name)) for name in key.columns}
        if None in wanted.values() and state.switches["null_keys_exempt"]:
            continue
        other = find(session, table, key, wanted)
        if other is not None and other != row_id:
            raise _violated(table, key, other, wanted)


def _violated(table: Table, key: Key, other: str, wanted: Row) -> ApiError:
    pairs = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in wanted.items())
    return ApiError(
        412,
        "0x80060892",
        f"Entity Key {key.label or key.schema} violated. A record with the same value for {', '.join(key.columns)} "
        "already exists. A duplicate record cannot be created. Select one or more unique values and try again. "
        f"<DuplicateEntity><Name>{table.logical}</Name><Id>{other}</Id><DuplicateAttributes>{pairs}</DuplicateAttributes>"
        "</DuplicateEntity>",
    )


def detect_duplicates(session: Session, table: Table, row_id: str, values: Row) -> None:
    """The rule that every environment starts with: the same e-mail address on an active record of the same table."""
    email = values.get("emailaddress1")
    if "emailaddress1" not in table.columns or not email:
        return
    sql = (
        f"SELECT 1 FROM {quoted(table.logical)} WHERE emailaddress1 = ? AND statecode = 0 AND {quoted(table.key)} <> ?"
    )
    if session.one(sql, (email, row_id)):
        raise ApiError(
            412,
            "0x80040333",
            "A record was not created or updated because a duplicate of the current record already exists.",
        )
