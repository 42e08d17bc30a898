"""Uniqueness: alternate keys, and duplicate detection by published rules for those who ask for it."""

# Names in SQL come from the catalog; values travel as parameters.
# ruff: noqa: S608

from __future__ import annotations

from html import escape
from typing import Any

from simulators.dynamics.errors import ApiError
from simulators.dynamics.reading.keys import find, state_of
from simulators.dynamics.schema.catalog import Key, Table
from simulators.dynamics.state import DuplicateRule, Dynamics
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


def detect_duplicates(
    session: Session, state: Dynamics, table: Table, row_id: str, values: Row, old: Row | None
) -> None:
    """Raises ApiError (412) when a published rule finds another record. A write that touches no column of it is free.

    Only a header asks for detection: Microsoft Learn, "Manage duplicate detection during create and update".
    """
    for rule in state.duplicate_rules:
        if rule.table == table.logical and set(rule.columns) & values.keys():
            wanted = [values.get(name, (old or {}).get(name)) for name in rule.columns]
            if None not in wanted and _twin(session, table, row_id, rule, wanted):
                raise ApiError(
                    412,
                    "0x80040333",
                    "A record was not created or updated because a duplicate of the current record already exists.",
                )


def _twin(session: Session, table: Table, row_id: str, rule: DuplicateRule, wanted: list[Any]) -> bool:
    same = " AND ".join(f"{quoted(name)} = ?" for name in rule.columns)
    active = "" if rule.inactive or "statecode" not in table.columns else " AND statecode = 0"
    sql = f"SELECT 1 FROM {quoted(table.logical)} WHERE {same}{active} AND {quoted(table.key)} <> ?"
    return session.one(sql, (*wanted, row_id)) is not None
