"""Automations, campaigns and notes of ActiveCampaign, as salespeople may use them.

Source: developers.activecampaign.com, pages list-all-automations, create-new-contactautomation, delete-a-
contactautomation, list-all-campaigns, create-a-note; www.activecampaign.com/api/example.php, call campaign_send of the
first generation of the API, the only one that sends an existing campaign to one contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from clients.caller import API, Caller
from clients.scalars import as_flag, as_int, as_text, row_of, rows_of
from clients.table_activecampaign import SERVICE
from sync.errors import BadRecord, Missing, MissingPermission, NotAvailable, Stop, UnknownOutcome
from sync.marketing import Automation, Campaign, Enrolment, Receiver
from sync.model import Lane

V1: Final = "/admin/api.php"
FORM: Final = "application/x-www-form-urlencoded"
ACTIVE, IN_PROGRESS, COMPLETED = 1, 1, 5
MOST_ROWS: Final = 2_000
"""So many campaigns are looked through, the newest first."""


class Marketing(Caller):
    """What may be started for a contact, and starting it."""

    def automations(self, *, lane: Lane = Lane.SYNC) -> list[Automation]:
        """All there are. Raises NotAvailable."""
        return [_automation(row) for rows, _ in self.pages("automations", "automations", lane=lane) for row in rows]

    def automation(self, number: int, *, lane: Lane) -> Automation | None:
        """One of them, None when there is none."""
        try:
            row = row_of(self.get(f"automations/{number}", lane=lane), "automation")
        except Missing:
            return None
        return _automation(row) if row else None

    def receiver(self, contact_id: int, *, lane: Lane) -> Receiver:
        """The contact with its lists and automations, in one call. Raises Missing."""
        data = self.get(f"contacts/{contact_id}", lane=lane)
        contact = row_of(data, "contact")
        if not contact or as_flag(contact.get("deleted")):
            raise Missing(f"{SERVICE}: the contact is gone", code=f"{SERVICE}.missing")
        states = {as_int(row.get("list")): as_int(row.get("status")) for row in rows_of(data, "contactLists")}
        bounced = as_int(contact.get("bounced_hard")) > 0
        return Receiver(contact_id, as_text(contact.get("email")), states, bounced, _enrolments(data))

    def enrolments(self, contact_id: int, *, lane: Lane) -> tuple[Enrolment, ...]:
        """Every stay of the contact in an automation. Raises Missing."""
        return _enrolments(self.get(f"contacts/{contact_id}/contactAutomations", lane=lane))

    def enrol(self, contact_id: int, automation_id: int, *, lane: Lane) -> int:
        """Lets the contact in and answers with the id of its stay. Repeating it lets it in twice, so nothing here does.

        Raises BadRecord `not_let_in`, UnknownOutcome, Throttled. A single 403 may mean nothing and gets no second
        chance here: an error has been seen although the write took effect.
        """
        body = {"contactAutomation": {"contact": str(contact_id), "automation": str(automation_id)}}
        answer = self.door.send("POST", f"{API}/contactAutomations", lane=lane, json=body, write=True)
        return self.id_in(answer, "contactAutomation")

    def leave(self, enrolment_id: int, *, lane: Lane) -> None:
        """Ends a stay; one that is gone already is as good."""
        try:
            self.write("DELETE", f"contactAutomations/{enrolment_id}", lane=lane, idempotent=True)
        except Missing:
            return

    def campaigns(self, *, lane: Lane = Lane.SYNC) -> list[Campaign]:
        """The newest of all campaigns, at most 2,000. Raises NotAvailable."""
        found: list[Campaign] = []
        for rows, _ in self.pages("campaigns", "campaigns", {"orders[sdate]": "DESC"}, lane=lane):
            found += [_campaign(row) for row in rows]
            if len(found) >= MOST_ROWS:
                break
        return found

    def campaign(self, number: int, *, lane: Lane) -> Campaign | None:
        """One of them, None when there is none."""
        try:
            row = row_of(self.get(f"campaigns/{number}", lane=lane), "campaign")
        except Missing:
            return None
        return _campaign(row) if row else None

    def message(self, number: int, *, lane: Lane = Lane.SYNC) -> dict[str, str]:
        """`subject`, `sender` and `preheader` of a message, empty when there is none."""
        try:
            row = row_of(self.get(f"messages/{number}", lane=lane), "message")
        except Missing:
            return {"subject": "", "sender": "", "preheader": ""}
        name, address = as_text(row.get("fromname")), as_text(row.get("fromemail"))
        sender = f"{name} <{address}>" if name and address else name or address
        preheader = as_text(row.get("preheader_text"))
        return {"subject": as_text(row.get("subject")), "sender": sender, "preheader": preheader}

    def sends_copies(self, *, lane: Lane = Lane.SYNC) -> bool:
        """Whether the account still serves the first generation of the API to this key."""
        try:
            return self._first_generation("user_me", {}, lane=lane, write=False) == 1
        except (Missing, MissingPermission, NotAvailable, BadRecord, Stop):
            return False

    def send_copy(self, address: str, campaign: Campaign, *, lane: Lane) -> None:
        """Sends a copy of a campaign to one contact; the campaign itself stays as it is. Repeating it sends it twice.

        Raises BadRecord `not_sent` with the service's words, NotAvailable where the call is not served, UnknownOutcome.
        """
        body = {"email": address, "campaignid": campaign.id, "messageid": campaign.message}
        self._first_generation("campaign_send", {**body, "type": "mime", "action": "copy"}, lane=lane, write=True)

    def add_note(self, contact_id: int, text: str, *, lane: Lane) -> None:
        """Puts a note on a contact. Repeating it makes another one."""
        body = {"note": {"note": text, "relid": contact_id, "reltype": "Subscriber"}}
        self.door.send("POST", f"{API}/notes", lane=lane, json=body, write=True)

    def _first_generation(self, action: str, body: Mapping[str, Any], *, lane: Lane, write: bool) -> int:
        """The code of the result, 1. Failures are answered with HTTP 200 and 0."""
        # The body and not the query carries the address: addresses of calls are logged here and there.
        data = self.door.send(
            "POST",
            V1,
            params={"api_action": action, "api_output": "json"},
            content=(FORM, urlencode(body).encode()),
            lane=lane,
            write=write,
        ).data
        code = as_text(data.get("result_code")) if isinstance(data, Mapping) else ""
        if code == "1":
            return 1
        if code == "0":
            words = as_text(data.get("result_message"))
            raise BadRecord(f"{SERVICE}: {action}: {words}", code="activecampaign.not_sent", body=words)
        raise UnknownOutcome(f"{SERVICE}: {action}: the answer says nothing", code=f"{SERVICE}.unknown_outcome")


def _automation(row: Mapping[str, Any]) -> Automation:
    active = as_int(row.get("status")) == ACTIVE
    hidden, again = as_flag(row.get("hidden")), as_flag(row.get("multientry"))
    return Automation(as_int(row.get("id")), as_text(row.get("name")), active, hidden, again)


def _campaign(row: Mapping[str, Any]) -> Campaign:
    # Mails of automations are campaigns, too, which belong to a series.
    single = row.get("type") == "single" and not as_int(row.get("seriesid"))
    return Campaign(
        as_int(row.get("id")),
        as_text(row.get("name")),
        single,
        as_int(row.get("status")) == COMPLETED,
        as_int(row.get("message_id")),
        as_text(row.get("mdate")),
    )


def _enrolments(data: Any) -> tuple[Enrolment, ...]:
    rows: Iterable[Mapping[str, Any]] = rows_of(data, "contactAutomations")
    found = [
        Enrolment(as_int(r.get("id")), as_int(r.get("automation")), as_int(r.get("status")) == IN_PROGRESS)
        for r in rows
    ]
    return tuple(sorted(found, key=lambda one: one.id))
