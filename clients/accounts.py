"""Accounts of ActiveCampaign and who belongs to them. Source: developers.activecampaign.com, pages
create-an-account-new, list-all-accounts, update-an-account-new, create-an-account-1, list-all-associations-1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from clients.answer import Json
from clients.caller import PAGE, Caller
from clients.scalars import as_int, as_text, rows_of
from sync.errors import Missing
from sync.model import Lane

Values = dict[int, dict[int, Any]]


@dataclass(frozen=True, slots=True)
class Association:
    """A contact belongs to an account; it can belong to one only."""

    id: int
    contact_id: int
    account_id: int


class Accounts(Caller):
    """Companies, their custom values, and the associations with contacts."""

    def accounts(self, *, values: bool = False, lane: Lane) -> Iterator[list[dict[str, Any]]]:
        """Pages of all accounts, each row with `id` as int and, if wanted, `field_values`.

        There is no filter by date, and values come only as a list of their own, which is read first and as a whole.
        """
        known = self.account_values(lane=lane) if values else {}
        for page, _ in self.pages("accounts", "accounts", lane=lane):
            rows = [{**row, "id": as_int(row.get("id"))} for row in page]
            yield [{**row, "field_values": known.get(row["id"], {})} for row in rows] if values else rows

    def accounts_page(self, offset: int, *, lane: Lane) -> list[dict[str, Any]]:
        """The accounts from `offset` on, up to 100, without custom values: for an index that can be continued."""
        params = {"limit": PAGE, "offset": offset}
        rows = rows_of(self.get("accounts", params, lane=lane), "accounts")
        return [{**row, "id": as_int(row.get("id")), "name": as_text(row.get("name"))} for row in rows]

    def account_values(self, account_id: int | None = None, *, lane: Lane) -> Values:
        """`{account id: {field id: value}}` of all accounts or of one.

        Values stay as they came: text, list, number; an amount is `{"fieldValue": cents, "fieldCurrency": code}`.
        """
        path = "accountCustomFieldData"
        params = {"filters[customerAccountId]": account_id}
        found = _by_account(row for page, _ in self.pages(path, path, params, lane=lane) for row in page)
        return found if account_id is None else {account_id: found.get(account_id, {})}

    def account_values_page(self, offset: int, *, lane: Lane) -> tuple[Values, int]:
        """The custom values from `offset` on, up to 100, and how many they were: for a sweep that can be continued."""
        params = {"limit": PAGE, "offset": offset}
        rows = rows_of(self.get("accountCustomFieldData", params, lane=lane), "accountCustomFieldData")
        return _by_account(rows), len(rows)

    def search_accounts(self, name: str, *, lane: Lane) -> list[dict[str, Any]]:
        """The accounts of exactly this name, trimmed and without case: the service's own search finds parts of it."""
        wanted = name.strip().casefold()
        rows = (
            row for page, _ in self.pages("accounts", "accounts", {"search": name.strip()}, lane=lane) for row in page
        )
        found = (row for row in rows if as_text(row.get("name")).strip().casefold() == wanted)
        return [{**row, "id": as_int(row.get("id"))} for row in found]

    def create_account(self, body: Json, *, lane: Lane) -> int:
        """The new account's id. Raises Duplicate when the name is taken. Unsafe to repeat: search by name first."""
        return self.id_in(self.write("POST", "accounts", {"account": body}, lane=lane), "account")

    def update_account(self, account_id: int, body: Json, *, lane: Lane) -> None:
        """Writes any subset of name, accountUrl and fields. Raises Duplicate, Missing."""
        self.write("PUT", f"accounts/{account_id}", {"account": body}, lane=lane, idempotent=True)

    def has_account(self, account_id: int, *, lane: Lane) -> bool:
        """Whether the account is there. Source: developers.activecampaign.com, page retrieve-an-account-1."""
        try:
            self.get(f"accounts/{account_id}", lane=lane)
        except Missing:
            return False
        return True

    def account_of(self, contact_id: int, *, lane: Lane) -> Association | None:
        """Where the contact belongs to, None when to no account."""
        rows = rows_of(self.get(f"contacts/{contact_id}/accountContacts", lane=lane), "accountContacts")
        found = (_association(row) for row in rows)
        return next((one for one in found if one.contact_id == contact_id), None)

    def associations_page(self, offset: int, *, lane: Lane) -> list[Association]:
        """The associations of all contacts from `offset` on, up to 100, for a sweep: a change of them shows nowhere."""
        params = {"limit": PAGE, "offset": offset}
        return [_association(row) for row in rows_of(self.get("accountContacts", params, lane=lane), "accountContacts")]

    def associate(self, contact_id: int, account_id: int, *, lane: Lane) -> int:
        """The id of the new association. Raises Duplicate when the contact belongs to an account already: move it."""
        body = {"accountContact": {"account": account_id, "contact": contact_id}}
        return self.id_in(self.write("POST", "accountContacts", body, lane=lane), "accountContact")

    def move(self, association_id: int, contact_id: int, account_id: int, *, lane: Lane) -> None:
        """Turns an association to another account."""
        body = {"accountContact": {"account": account_id, "contact": contact_id}}
        self.write("PUT", f"accountContacts/{association_id}", body, lane=lane, idempotent=True)

    def dissociate(self, association_id: int, *, lane: Lane) -> bool:
        """Ends an association, and says whether there was one."""
        try:
            self.write("DELETE", f"accountContacts/{association_id}", lane=lane, idempotent=True)
        except Missing:
            return False
        return True


def _association(row: dict[str, Any]) -> Association:
    return Association(as_int(row.get("id")), as_int(row.get("contact")), as_int(row.get("account")))


def _by_account(rows: Iterable[dict[str, Any]]) -> Values:
    found: Values = {}
    for row in rows:
        owner = as_int(row.get("accountId") or row.get("customerAccountId"))
        field = as_int(row.get("customFieldId") or row.get("accountCustomFieldMetumId"))
        found.setdefault(owner, {})[field] = _valued(row)
    return found


def _valued(row: dict[str, Any]) -> Any:
    """A currency is worth nothing without its code; the value of any other field stands for itself."""
    code = row.get("fieldCurrency")
    return {"fieldValue": row.get("fieldValue"), "fieldCurrency": code} if code else row.get("fieldValue")
