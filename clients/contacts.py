"""Contacts of ActiveCampaign. Source: developers.activecampaign.com, pages list-all-contacts, sync-a-contacts-data,
update-a-contact-new; the parameter `include` and the silence about unknown filters from repositories
leapforce-dev/lib-go-activecampaign and corsairdev/corsair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.answer import Json
from clients.caller import PAGE, Caller
from clients.faults import PagingLoop
from clients.scalars import as_flag, as_int, as_moment, as_text, rows_of, same_address, total_of
from sync.errors import Missing, UnknownOutcome
from sync.model import Lane

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """rows: contacts with `field_values` and `tag_ids` joined; more: whether to ask for ids after `last_id`."""

    rows: list[Row]
    total: int | None
    more: bool
    last_id: int


class Contacts(Caller):
    """Reading and writing contacts one by one, and reading them by the hundred."""

    def contacts_page(
        self,
        *,
        lane: Lane,
        after_id: int = 0,
        ids: Sequence[int] | None = None,
        email: str | None = None,
        updated_after: datetime | None = None,
        tag_id: int | None = None,
        limit: int = PAGE,
    ) -> ContactsPage:
        """Up to 100 contacts in the order of their ids: each as it came, with two keys more.

        `field_values` is `{field id: text}`, `tag_ids` a list of int. ids: at most 100; updated_after: with an offset.
        A filter that the service does not know it ignores, so rows that don't fit are dropped here.
        """
        params = _params(after_id, ids, email, updated_after, tag_id, limit)
        data = self.get("contacts", params, lane=lane)
        raw = rows_of(data, "contacts")
        last_id = max((as_int(row.get("id")) for row in raw), default=after_id)
        if raw and last_id <= after_id:
            raise PagingLoop("activecampaign: GET contacts: id_greater is ignored", code="activecampaign.paging_loop")
        rows = [row for row in self._joined(raw, data, lane) if _fits(row, after_id, ids, email, updated_after, tag_id)]
        return ContactsPage(rows, total_of(data), len(raw) >= limit, last_id)

    def find_contact(self, email: str, *, lane: Lane) -> Row | None:
        """The contact with this address, None when there is none. Deleted ones don't count."""
        found = self.contacts_page(email=email, lane=lane).rows
        return next((row for row in found if not as_flag(row.get("deleted"))), None)

    def sync_contact(self, body: Json, *, lane: Lane) -> tuple[int, bool]:
        """Creates or updates by `email`: the contact's id, and whether it is new. Keys left out stay as they are."""
        try:
            answer = self.write("POST", "contact/sync", {"contact": body}, lane=lane, idempotent=True)
        except Missing as error:
            # This path has no row to miss; what such an answer means is not documented.
            raise UnknownOutcome(error.message, repeatable=True, code="activecampaign.unknown_outcome") from error
        return self.id_in(answer, "contact", repeatable=True), answer.status == 201

    def update_contact(self, contact_id: int, body: Json, *, lane: Lane) -> None:
        """Updates by id, the only way to change an address. Raises Duplicate if it is taken, Missing."""
        self.write("PUT", f"contacts/{contact_id}", {"contact": body}, lane=lane, idempotent=True)

    def _joined(self, raw: Sequence[Row], data: Json, lane: Lane) -> Iterable[Row]:
        rows = {as_int(row.get("id")): {**row, "field_values": {}, "tag_ids": []} for row in raw}
        for value in self._related(rows, data, "fieldValues", lane):
            owner = rows.get(as_int(value.get("contact")))
            if owner is not None:
                owner["field_values"][as_int(value.get("field"))] = as_text(value.get("value"))
        for tag in self._related(rows, data, "contactTags", lane):
            owner = rows.get(as_int(tag.get("contact")))
            if owner is not None:
                owner["tag_ids"].append(as_int(tag.get("tag")))
        return rows.values()

    def _related(self, ids: Iterable[int], data: Json, name: str, lane: Lane) -> list[Row]:
        """Side-loaded rows; asked for contact by contact, where `include` is ignored."""
        if name in data:
            return rows_of(data, name)
        return [row for one in ids for row in rows_of(self.get(f"contacts/{one}/{name}", lane=lane), name)]


def _params(
    after_id: int,
    ids: Sequence[int] | None,
    email: str | None,
    updated_after: datetime | None,
    tag_id: int | None,
    limit: int,
) -> list[tuple[str, object]]:
    if updated_after is not None and updated_after.tzinfo is None:
        raise ValueError("updated_after needs an offset: the zone of a bare time is not documented")
    return [
        ("limit", limit),
        ("include", "fieldValues,contactTags"),
        ("orders[id]", "ASC"),
        ("id_greater", after_id or None),
        ("email", email),
        ("filters[updated_after]", updated_after.isoformat(timespec="seconds") if updated_after else None),
        ("tagid", tag_id),
        *(("ids[]", one) for one in ids or ()),
    ]


def _fits(
    row: Row,
    after_id: int,
    ids: Sequence[int] | None,
    email: str | None,
    updated_after: datetime | None,
    tag_id: int | None,
) -> bool:
    changed = as_moment(row.get("udate"))
    return (
        as_int(row.get("id")) > after_id
        and (ids is None or as_int(row.get("id")) in ids)
        and (email is None or same_address(as_text(row.get("email")), email))
        and (updated_after is None or changed is None or changed >= updated_after.replace(microsecond=0))
        and (tag_id is None or tag_id in row["tag_ids"])
    )
