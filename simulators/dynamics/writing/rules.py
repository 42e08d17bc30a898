"""Rules that the service applies to every write: states, owners, money, names, closed rows.

States: the generated references of lead, contact, account and opportunity on Microsoft Learn.
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.access import Caller, privilege_of, read_party, require
from simulators.dynamics.errors import ApiError, denied, invalid
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.loader import name_person
from simulators.dynamics.store.rows import Row
from simulators.dynamics.store.storage import Session

PERSON = ("firstname", "middlename", "lastname")
ACTIONS = {1: "WinOpportunity", 2: "LoseOpportunity"}


def refuse_closed(table: Table, old: Row, values: Row) -> None:
    """Closed rows are read-only, until the same write opens them again."""
    if old.get("statecode") in table.read_only_states and values.get("statecode", old["statecode"]) == old["statecode"]:
        raise ApiError(
            400,
            "0x80040233",
            f"The {table.logical} is closed and cannot be changed. (Id = {old[table.key]}, state = {old['statecode']})",
        )


def settle_state(table: Table, values: Row, old: Row | None) -> None:
    """Completes and checks statecode and statuscode. Raises ApiError (400) when they do not belong together."""
    if "statecode" not in table.columns:
        return
    state: Any = values.get("statecode")
    reason: Any = values.get("statuscode")
    if state is None and reason is None and old is not None:
        return
    reasons = {option.value: option.state for option in table.columns["statuscode"].options}
    defaults = {option.value: option.default_status for option in table.columns["statecode"].options}
    if state is None:
        state = old["statecode"] if old else 0
    if reason is None:
        same = old is not None and old["statecode"] == state
        reason = old["statuscode"] if same and old else defaults[state]
    if reasons.get(reason) != state:
        raise ApiError(
            400,
            "0x80048408",
            f"'{reason}' is not a valid status code for state code {table.schema}State.{state} on {table.logical}.",
        )
    values["statecode"], values["statuscode"] = state, reason


def refuse_shortcut(table: Table, values: Row, old: Row | None) -> None:
    """An opportunity is won or lost by its action, not by a plain update."""
    state = values.get("statecode")
    if table.logical == "opportunity" and state in ACTIONS and (old is None or old["statecode"] != state):
        raise invalid(
            "This message can not be used to set the state of opportunity to "
            f"{'Won' if state == 1 else 'Lost'}. Use the {ACTIONS[state]} message instead."
        )


def settle_owner(session: Session, table: Table, caller: Caller, values: Row, old: Row | None) -> None:
    """Derives the owner's columns. The new owner must be able to read such rows, as the service insists."""
    if "ownerid" not in table.columns or ("ownerid" not in values and old is not None):
        return
    owner = values.setdefault("ownerid", caller.user)
    kind = values.setdefault("ownerid__type", "systemuser")
    if not caller.trusted and owner != caller.user:
        require(caller, "Assign", table)
        _assignee_reads(session, table, owner, kind)
    source, key = ("systemuser", "systemuserid") if kind == "systemuser" else ("team", "teamid")
    unit = session.value(f"SELECT businessunitid FROM {source} WHERE {key} = ?", (owner,))  # noqa: S608  Names above.
    person = kind == "systemuser"
    values.update(owninguser=owner if person else None, owningteam=None if person else owner, owningbusinessunit=unit)


def _assignee_reads(session: Session, table: Table, owner: str, kind: str) -> None:
    if kind == "systemuser" and not read_party(session, owner).depth(privilege_of("Read", table)):
        raise denied(owner, privilege_of("Read", table), table.otc, table.logical, table.labels[0])


def settle_money(session: Session, table: Table, values: Row, old: Row | None) -> None:
    """Fills the currency when money is written, and the amounts in the organization's currency."""
    columns = [c.name for c in table.columns.values() if c.kind == "Money" and not c.computed]
    if "exchangerate" not in table.columns or not ({*columns, "transactioncurrencyid"} & values.keys()):
        return
    currency = values.get("transactioncurrencyid") or (old or {}).get("transactioncurrencyid")
    if currency is None and any(values.get(name) is not None for name in columns):
        currency = values["transactioncurrencyid"] = session.value("SELECT basecurrencyid FROM organization")
    rate = session.value("SELECT exchangerate FROM transactioncurrency WHERE transactioncurrencyid = ?", (currency,))
    if rate is None:
        return
    values["exchangerate"] = rate
    for name in columns:
        amount = values.get(name, (old or {}).get(name))
        if name in values or "transactioncurrencyid" in values:
            values[f"{name}_base"] = None if amount is None else round(amount / rate, 4)


def settle_name(table: Table, values: Row, old: Row | None) -> None:
    """Computes fullname when a part of it is written."""
    if "fullname" not in table.columns or not (set(PERSON) & values.keys() or old is None):
        return
    parts: dict[str, Any] = {name: values.get(name, (old or {}).get(name)) for name in PERSON}
    name_person(table, parts)
    values["fullname"] = parts.get("fullname")


def settle_customer(table: Table, values: Row, old: Row | None) -> None:
    """An opportunity's customer follows from its account or contact when it has none."""
    if table.logical != "opportunity" or (old or {}).get("customerid") or values.get("customerid"):
        return
    for name, kind in (("parentaccountid", "account"), ("parentcontactid", "contact")):
        if values.get(name):
            values["customerid"], values["customerid__type"] = values[name], kind
            return
