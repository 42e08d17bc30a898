"""Contacts of ActiveCampaign. Source: developers.activecampaign.com, pages list-all-contacts, sync-a-contacts-data,
update-a-contact-new; the parameter `include` and the silence about unknown filters from repositories
leapforce-dev/lib-go-activecampaign and corsairdev/corsair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clients.answer import Json
from clients.caller import PAGE, Caller
from clients.contact_rows import RELATED, Row, joined
from clients.faults import PagingLoop
from clients.scalars import as_flag, as_int, as_moment, as_text, rows_of, same_address, total_of
from sync.errors import Missing, UnknownOutcome
from sync.model import Lane

BOUNCED = 3
"""The filter `status` for contacts whose mail bounced."""


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """rows: contacts with values, tags and lists joined; more: whether to ask for ids after `last_id`.

    served_at: the service's own clock when it answered, None when it did not say; dropped: rows that don't fit what was
    asked for, as they come where a filter is ignored.
    """

    rows: list[Row]
    total: int | None
    more: bool
    last_id: int
    served_at: datetime | None = None
    dropped: int = 0


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
        bounced: bool = False,
        limit: int = PAGE,
    ) -> ContactsPage:
        """Up to 100 contacts in the order of their ids, each with what `contact_rows.joined` adds.

        ids: at most 100; updated_after: with an offset; bounced: only who bounced hard. A filter that the service does
        not know it ignores, so rows that don't fit are dropped here.
        """
        params = [*_params(after_id, ids, email, updated_after, tag_id, limit), *(("status", BOUNCED),) * bounced]
        answer = self._send("GET", "contacts", lane=lane, params=params)
        data = answer.data
        raw = rows_of(data, "contacts")
        last_id = max((as_int(row.get("id")) for row in raw), default=after_id)
        if raw and last_id <= after_id:
            raise PagingLoop("activecampaign: GET contacts: id_greater is ignored", code="activecampaign.paging_loop")
        related = {name: self._related(raw, data, name, lane) for name in RELATED}
        rows = [row for row in joined(raw, related) if _fits(row, after_id, ids, email, updated_after, tag_id)]
        rows = [row for row in rows if as_int(row.get("bounced_hard"))] if bounced else rows
        dropped = len(raw) - len(rows)
        return ContactsPage(rows, total_of(data), len(raw) >= limit, last_id, answer.served_at, dropped)

    def contacts_by_ids(self, ids: Sequence[int], *, lane: Lane) -> list[Row]:
        """The contacts with these ids, as rows of `contacts_page`; those that are missing are gone. 100 per call."""
        some = (ids[first : first + PAGE] for first in range(0, len(ids), PAGE))
        return [row for portion in some for row in self.contacts_page(ids=portion, lane=lane).rows]

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

    def _related(self, contacts: Iterable[Row], data: Json, name: str, lane: Lane) -> list[Row]:
        """Side-loaded rows; asked for contact by contact, where `include` is ignored."""
        if name in data:
            return rows_of(data, name)
        paths = [f"contacts/{as_int(row.get('id'))}/{name}" for row in contacts]
        return [row for path in paths for row in rows_of(self.get(path, lane=lane), name)]


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
        ("include", ",".join(RELATED)),
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
