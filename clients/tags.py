"""Tags and lists of ActiveCampaign. Source: developers.activecampaign.com, pages retrieve-all-tags, create-a-new-tag,
create-contact-tag, retrieve-all-lists, update-list-status-for-contact; repository actest4test-sys/AC-Docs."""

from __future__ import annotations

from typing import Any

from clients.caller import Caller
from clients.scalars import as_flag, as_int, as_text, rows_of
from sync.errors import Missing
from sync.model import Lane

SUBSCRIBED, UNSUBSCRIBED, UNCONFIRMED = 1, 2, 3
# From these somebody can be taken off a list; nothing else leads to a mail.
ACTIVE = (SUBSCRIBED, UNCONFIRMED)


class Tags(Caller):
    """What contacts are marked with, and the lists they are on."""

    def tags(self, *, lane: Lane = Lane.SYNC) -> dict[str, int]:
        """Ids of all contact tags by name."""
        rows = (row for page, _ in self.pages("tags", "tags", lane=lane) for row in page)
        return {
            as_text(row.get("tag")): as_int(row.get("id"))
            for row in rows
            if row.get("tagType", "contact") == "contact" and not as_flag(row.get("deleted"))
        }

    def ensure_tag(self, name: str, *, lane: Lane = Lane.SYNC) -> int:
        """The id of the tag, which is made if it does not exist; the service answers with the existing one."""
        body = {"tag": {"tag": name, "tagType": "contact", "description": "Set by the Dynamics 365 sync"}}
        return self.id_in(self.write("POST", "tags", body, lane=lane, idempotent=True), "tag", repeatable=True)

    def tag_contact(self, contact_id: int, tag_id: int, *, lane: Lane) -> None:
        """Tags the contact; a second time changes nothing."""
        body = {"contactTag": {"contact": str(contact_id), "tag": str(tag_id)}}
        self.write("POST", "contactTags", body, lane=lane, idempotent=True)

    def untag_contact(self, contact_id: int, tag_id: int, *, lane: Lane) -> bool:
        """Takes the tag off, and says whether it was there. Tags come off by the id of the association: two calls."""
        rows = rows_of(self.get(f"contacts/{contact_id}/contactTags", lane=lane), "contactTags")
        found = [as_int(row.get("id")) for row in rows if as_int(row.get("tag")) == tag_id]
        for association in found:
            try:
                self.write("DELETE", f"contactTags/{association}", lane=lane, idempotent=True)
            except Missing:
                # Somebody else took it off meanwhile, which is as good.
                continue
        return bool(found)

    def lists(self, *, lane: Lane = Lane.SYNC) -> list[dict[str, Any]]:
        """All lists: `id` (int), `name`, `stringid`."""
        rows = (row for page, _ in self.pages("lists", "lists", lane=lane) for row in page)
        return [
            {"id": as_int(row.get("id")), "name": as_text(row.get("name")), "stringid": as_text(row.get("stringid"))}
            for row in rows
        ]

    def list_states(self, contact_id: int, *, lane: Lane) -> dict[int, int]:
        """The contact's state per list id: 1 subscribed, 2 unsubscribed, 3 unconfirmed, 0 none."""
        rows = rows_of(self.get(f"contacts/{contact_id}/contactLists", lane=lane), "contactLists")
        return {as_int(row.get("list")): as_int(row.get("status")) for row in rows}

    def subscribe(self, contact_id: int, list_id: int, *, lane: Lane) -> bool:
        """Subscribes a contact that has never been on this list, and says whether it did.

        Whoever unsubscribed would be subscribed again by the service, so anybody with a state there is left alone.
        """
        if self.list_states(contact_id, lane=lane).get(list_id):
            return False
        body = {"contactList": {"list": str(list_id), "contact": str(contact_id), "status": SUBSCRIBED}}
        self.write("POST", "contactLists", body, lane=lane, idempotent=True)
        return True

    def active_lists(self, contact_id: int, *, lane: Lane) -> list[int]:
        """Ids of the lists from which `unsubscribe` would take the contact: subscribed, or not confirmed yet."""
        states = self.list_states(contact_id, lane=lane)
        return [list_id for list_id, status in states.items() if status in ACTIVE]

    def unsubscribe(self, contact_id: int, list_id: int, *, lane: Lane) -> bool:
        """Takes the contact off a list that it is on, and says whether it was. It never puts anybody on a list."""
        if list_id not in self.active_lists(contact_id, lane=lane):
            return False
        body = {"contactList": {"list": str(list_id), "contact": str(contact_id), "status": UNSUBSCRIBED}}
        self.write("POST", "contactLists", body, lane=lane, idempotent=True)
        return True
