"""A raw row of Dynamics as a Change: mapped values, scope and state. Pure but for the clock of the context."""

from __future__ import annotations

from typing import Any

from clients import tables
from clients.dynamics_pages import version_of
from engine.context import Context
from engine.opportunities.changes import to_opportunity
from engine.row_keys import DELETED
from sync.model import Change, Entity

DISPOSITIONS = {1: "qualified", 2: "disqualified"}
"""States of a closed lead. Source: MicrosoftDocs/dynamics-365-customer-engagement, table reference of lead."""

DELETED_VERSION = 2**62
"""Newer than any version: nothing follows a deletion."""


def to_change(context: Context, entity: Entity, row: dict[str, Any]) -> Change:
    """The change that this row stands for. A field that can't be converted is left out and named in `warnings`.

    A row that can't be read at all becomes a change with a `fault`: one of a thousand must not stop the others.
    """
    try:
        return _change(context, entity, row)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        record_id = row.get(tables.FACTS[entity].key)
        if not isinstance(record_id, str):
            raise
        return Change(entity, record_id, version_of(row), fault=f"the record can't be read ({type(error).__name__})")


def _change(context: Context, entity: Entity, row: dict[str, Any]) -> Change:
    if DELETED in row:
        return Change(entity, row[DELETED], DELETED_VERSION, deleted=True, active=False)
    if entity is Entity.OPPORTUNITY:
        return to_opportunity(context, row)
    rules = context.rules[entity]
    mapped = rules.mapping.read(row)
    verdict = rules.criteria.matches(row, context.now())
    return Change(
        entity=entity,
        record_id=row[tables.FACTS[entity].key],
        version=version_of(row),
        active=row.get("statecode") == 0,
        in_scope=verdict.ok,
        scope_reason=verdict.reason,
        address=mapped.address,
        account_id=mapped.account_id,
        opted_out=bool(row.get("donotbulkemail") or row.get("donotemail")),
        modified_on=row.get("modifiedon") or "",
        values=mapped.values,
        warnings=tuple(mapped.warnings),
        by_us=bool(context.user_id) and _pointer(row, "_modifiedby_value") == context.user_id,
        do_not_bulk=bool(row.get("donotbulkemail")),
        do_not_email=bool(row.get("donotemail")),
        # Somebody may have activated a merged record again: then it stands for itself.
        successor_id=_pointer(row, "_masterid_value") if row.get("merged") and row.get("statecode") != 0 else None,
        lead_id=_pointer(row, "_originatingleadid_value") if entity is Entity.CONTACT else None,
        disposition=DISPOSITIONS.get(row.get("statecode") or 0, "") if entity is Entity.LEAD else "",
    )


def _pointer(row: dict[str, Any], column: str) -> str | None:
    value = row.get(column)
    return str(value).lower() if value else None
