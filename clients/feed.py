"""What contacts of ActiveCampaign received and did.

Source: developers.activecampaign.com, pages list-contact-activities (the feed, its parameters, and that it is made when
a contact is read), retrieve-contact-bounce-logs, list-all-campaigns, get-a-list-of-webhooks. That the feed answers for
the whole account without `contact`, and the list of all bounces, is seen in the repositories corsairdev/corsair and
singer-io/tap-activecampaign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from clients.answer import Json
from clients.caller import PAGE, Caller
from clients.faults import PagingLoop
from clients.scalars import as_int, as_moment, as_text, row_of, rows_of, total_of
from sync.errors import Missing
from sync.model import Lane

INCLUDE: Final = ",".join(
    (
        *("reference", "reference.log", "reference.log.campaign", "reference.campaign", "reference.link"),
        *("reference.list", "reference.contactList", "reference.contactList.list", "reference.automation"),
    )
)
EVIDENCE: Final = ("edate", "last_open_date", "last_click_date", "last_mpp_open_date", "bounced_date")
BESIDE: Final = {"contactLists": ("sdate", "udate"), "contactAutomations": ("adddate", "remdate")}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """rows: those in the window; answer: all that came, with the rows that came along; more: whether the window goes
    on after this page; ordered: the newest came first; read: how many rows came."""

    rows: list[Row]
    answer: Json
    more: bool
    ordered: bool
    read: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A contact as a list shows it: dates that move with what it receives and does, and how many mails it got."""

    ac_id: int
    email: str
    dates: tuple[datetime, ...]
    sent: int


class Feed(Caller):
    """The activity feed and what explains it."""

    def feed_page(self, since: datetime, *, lane: Lane, offset: int = 0, contact: int | None = None) -> FeedPage:
        """Up to 100 events after `since`, newest first, of everybody or of one contact.

        A filter or an order that the service does not know it ignores, so rows outside the window are dropped here, and
        where they come in order they end it. Raises BadRecord where the service wants a contact.
        """
        params = {
            "limit": PAGE,
            "offset": offset,
            "contact": contact,
            "after": since.isoformat(timespec="seconds"),
            "orders[tstamp]": "DESC",
            "include": INCLUDE,
        }
        answer = self.get("activities", params, lane=lane)
        found = rows_of(answer, "activities")
        moments = [as_moment(row.get("tstamp")) for row in found]
        rows = [row for row, at in zip(found, moments, strict=True) if at is None or at >= since]
        if contact is not None:
            rows = [row for row in rows if as_int(row.get("subscriberid")) == contact]
        known = [at for at in moments if at is not None]
        ordered = all(one >= other for one, other in pairwise(known))
        ended = ordered and bool(known) and known[-1] < since
        complete = len(found) < PAGE and offset + len(found) >= (total_of(answer) or 0)
        return FeedPage(rows, answer, bool(found) and not ended and not complete, ordered, len(found))

    def contact_alone(self, contact_id: int, *, lane: Lane) -> Row | None:
        """One contact, None when it is gone. Reading it makes its activity feed."""
        try:
            return row_of(self.get(f"contacts/{contact_id}", lane=lane), "contact")
        except Missing:
            return None

    def look(self, *, lane: Lane, ids: Sequence[int] = (), after_id: int = 0) -> tuple[list[Looked], int, bool]:
        """Up to 100 contacts, these or those after this id: what speaks for news, the last id, whether more follow.

        Raises PagingLoop where the service ignores what was asked for.
        """
        params: list[tuple[str, object]] = [
            ("limit", PAGE),
            ("include", ",".join(BESIDE)),
            ("orders[id]", "ASC"),
            ("id_greater", None if ids else after_id or None),
            *(("ids[]", one) for one in ids),
        ]
        answer = self.get("contacts", params, lane=lane)
        raw = rows_of(answer, "contacts")
        rows = [row for row in raw if as_int(row.get("id")) > (0 if ids else after_id)]
        beside = _beside(answer)
        asked = set(ids)
        looked = [_looked(row, beside) for row in rows if not asked or as_int(row.get("id")) in asked]
        if raw and not looked:
            told = "ids[] is ignored" if ids else "id_greater is ignored"
            raise PagingLoop(f"activecampaign: GET contacts: {told}", code="activecampaign.paging_loop")
        last = max((as_int(row.get("id")) for row in rows), default=after_id)
        return looked, last, len(rows) >= PAGE

    def bounces_page(self, offset: int, *, lane: Lane) -> tuple[list[Row], int | None]:
        """100 rows of the bounces of everybody, in whichever order the service has, and how many there are."""
        answer = self.get("bounceLogs", {"limit": PAGE, "offset": offset, "orders[id]": "DESC"}, lane=lane)
        return rows_of(answer, "bounceLogs"), total_of(answer)

    def campaign_name(self, campaign_id: int, *, lane: Lane) -> str:
        """A campaign's name, "" when it is gone."""
        try:
            return as_text(row_of(self.get(f"campaigns/{campaign_id}", lane=lane), "campaign").get("name"))
        except Missing:
            return ""

    def campaign_subjects(self, campaign_id: int, *, lane: Lane) -> dict[str, str]:
        """The subjects of a campaign's mails by message id, without their text."""
        try:
            rows = rows_of(self.get(f"campaigns/{campaign_id}/campaignMessages", lane=lane), "campaignMessages")
        except Missing:
            return {}
        return {as_text(row.get("messageid")): as_text(row.get("subject")) for row in rows}

    def automation_name(self, automation_id: int, *, lane: Lane) -> str:
        """An automation's name, "" when it is gone."""
        try:
            return as_text(row_of(self.get(f"automations/{automation_id}", lane=lane), "automation").get("name"))
        except Missing:
            return ""

    def webhooks(self, *, lane: Lane = Lane.SYNC) -> list[Row]:
        """The account's webhooks: each with `url` and `events`."""
        return [row for rows, _ in self.pages("webhooks", "webhooks", lane=lane) for row in rows]


def _beside(answer: Json) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for name, keys in BESIDE.items():
        for row in rows_of(answer, name):
            found.setdefault(as_int(row.get("contact")), []).extend(_dates(row, keys))
    return found


def _dates(row: Mapping[str, Any], keys: Sequence[str]) -> list[datetime]:
    return [moment for key in keys if (moment := as_moment(row.get(key))) is not None]


def _looked(row: Row, beside: Mapping[int, list[datetime]]) -> Looked:
    number = as_int(row.get("id"))
    dates = (*_dates(row, EVIDENCE), *beside.get(number, ()))
    return Looked(number, as_text(row.get("email")).strip().lower(), dates, as_int(row.get("sentcnt")))
