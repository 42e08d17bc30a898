"""A raw row of an opportunity as a Change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from clients import tables
from clients.dynamics_pages import LOOKUP_NAME, version_of
from engine.context import Context, Rules
from engine.opportunities import stakeholders
from engine.row_keys import ACCOUNT_CONTACT, STAKEHOLDERS
from mapping.derived import with_derived
from sync.model import Change, Entity

NOT_PICKED: Final = "was not picked by hand"


def to_opportunity(context: Context, row: dict[str, Any]) -> Change:
    """The change that this row stands for, with the contacts that may stand for it. Won and lost ones are changes like
    any other (decision Q13). Whether it was picked in ac365's own list is not looked at here."""
    rules = context.rules[Entity.OPPORTUNITY]
    full = with_derived(row, rules.columns, context.currencies, context.dynamics.door.base_url)
    mapped = rules.mapping.read(full)
    in_scope, reason = _scope(context, rules, row)
    return Change(
        entity=Entity.OPPORTUNITY,
        record_id=row[tables.FACTS[Entity.OPPORTUNITY].key],
        version=version_of(row),
        in_scope=in_scope,
        scope_reason=reason,
        account_id=account_of(row),
        modified_on=row.get("modifiedon") or "",
        values=mapped.values,
        warnings=tuple(mapped.warnings),
        contacts=tuple(dict.fromkeys(_contacts(rules, row))),
    )


def account_of(row: dict[str, Any]) -> str | None:
    """The account of an opportunity: its parent, or else the customer if that is one."""
    customer = _lookup(row, "_customerid_value")
    is_account = row.get(f"_customerid_value@{LOOKUP_NAME}") == "account"
    return _lookup(row, "_parentaccountid_value") or (customer if is_account else None)


def _scope(context: Context, rules: Rules, row: dict[str, Any]) -> tuple[bool, str]:
    picker = rules.settings["picked_by"]
    if rules.settings["scope"] == "manual" and picker:
        return (True, "") if row.get(picker) is True else (False, NOT_PICKED)
    verdict = rules.criteria.matches(row, context.now())
    return verdict.ok, verdict.reason


def _contacts(rules: Rules, row: dict[str, Any]) -> Iterator[str]:
    """Ids of contacts in the configured order of relations (decision Q11)."""
    customer = _lookup(row, "_customerid_value")
    known = {
        "primary": [_lookup(row, "_parentcontactid_value")],
        "customer": [customer if row.get(f"_customerid_value@{LOOKUP_NAME}") == "contact" else None],
        "account": [_lookup(row, ACCOUNT_CONTACT)],
        stakeholders.WORD: row.get(STAKEHOLDERS) or [],
    }
    yield from (contact for relation in rules.settings["contacts"] for contact in known[relation] if contact)


def _lookup(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return str(value).lower() if value else None
