"""Event tracking of ActiveCampaign. Source: developers.activecampaign.com, pages track-event,
create-a-new-event-name-only, list-all-event-types and retrieve-event-tracking-status; that the endpoint may answer in
plain text, and drops names that were never registered, from repository actest4test-sys/AC-Docs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from clients.activecampaign import ActiveCampaign
from clients.http import Door
from clients.limits import EVENTS
from clients.redaction import redact
from clients.scalars import as_flag, as_text, row_of
from clients.table import Rule, Table
from clients.table_activecampaign import SERVICE, TABLE
from sync.errors import BadRecord, Throttled
from sync.model import Lane

HOST: Final = "https://trackcmp.net"
PATH: Final = "/event"
FORM: Final = "application/x-www-form-urlencoded"
SAID: Final = 200
EVENT_TABLE: Final[Table] = replace(
    TABLE,
    # Of a 503 nobody knows whether the event was recorded, and a second one must not be sent.
    rules=(
        Rule(Throttled, "rate_limit", statuses=(429,)),
        *(rule for rule in TABLE.rules if rule.name != "rate_limit"),
    ),
    # A pause there concerns events only.
    narrow=(f"{SERVICE}.rate_limit",),
)


class NoKey:
    """The endpoint wants no key in a header: account and event key are part of what is sent."""

    def headers(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class Tracking(ActiveCampaign):
    """An account with the endpoint that takes its events.

    events: where they go, None where nothing says which account and key; account, key: of the page Event tracking.
    """

    def __init__(self, door: Door, events: Door | None = None, account: str = "", key: str = "") -> None:
        super().__init__(door)
        self.events, self._account, self._key = events, account, key

    def tracking_on(self, *, lane: Lane) -> bool:
        """Whether the account takes events. Switched off, it answers as if it did."""
        return as_flag(row_of(self.get("eventTracking", lane=lane), "eventTracking").get("enabled"))

    def event_names(self, *, lane: Lane) -> set[str]:
        """The names that are known. Events of others may be dropped without a word."""
        path = "eventTrackingEvents"
        return {as_text(row.get("name")) for page, _ in self.pages(path, path, lane=lane) for row in page}

    def register_event(self, name: str, *, lane: Lane) -> None:
        """Makes a name known; a second time changes nothing."""
        self.write("POST", "eventTrackingEvents", {"eventTrackingEvent": {"name": name}}, lane=lane, idempotent=True)

    def track(self, address: str, name: str, data: str, *, lane: Lane) -> None:
        """Records an event of the contact with this address. Repeating it records another one.

        Raises BadRecord where the service says no, Throttled and Unavailable where surely nothing was recorded,
        UnknownOutcome where nobody knows.
        """
        if self.events is None:
            raise BadRecord("nothing says where events go", code="activecampaign.event_refused")
        sent = {"actid": self._account, "key": self._key, "event": name, "eventdata": data}
        form = urlencode({**sent, "visit": json.dumps({"email": address})}).encode()
        answer = self.events.send(
            "POST", PATH, lane=lane, limits=(EVENTS,), content=(FORM, form), write=True, parse=False
        )
        if refusal := _refusal(answer.text):
            raise BadRecord(refusal, code="activecampaign.event_refused")


def sender(client: ActiveCampaign) -> Tracking | None:
    """The client as one that sends events, None where nothing says where they go."""
    return client if isinstance(client, Tracking) and client.events is not None else None


def _refusal(text: str) -> str:
    """Why the event was not taken, "" when it was. A failure is a 200 too, as JSON or as a bare 0."""
    try:
        said = json.loads(text)
    except ValueError:
        said = text
    taken = as_flag(said.get("success")) if isinstance(said, dict) else as_flag(said)
    words = as_text(said.get("message")) if isinstance(said, dict) else ""
    return "" if taken else redact(words or "ActiveCampaign refused it without a reason", SAID)
