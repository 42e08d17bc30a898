"""A story with marketing activities: mail events in ActiveCampaign, the two lines, and the rows in Dynamics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import requests
from support import activity_tables
from support.story import Story

from config import document as documents
from engine import asked, configure
from engine.activities import lines
from engine.asked import Purpose
from engine.context import Context
from mapping.activity_rows import BY_WORD
from store import activities, activity_lines, activity_news, configurations

READ, WRITE = activity_lines.READ, activity_lines.WRITE
COLUMNS = ("source", "subject", "detail", "machine", "enrolmentid", "eventid", "activecampaignid")


class Marketing:
    """What people do with mail, and what of it is shown in Dynamics. The hands of its clock are moved by `pass_`."""

    def __init__(self, story: Story, *, tables: bool = True) -> None:
        self.story = story
        self.ahead = timedelta(0)
        # What was described before the tables were there is described still: nothing of them is mapped.
        assert story.context
        if tables:
            activity_tables.furnish(story)
        self.settings(enabled=True)

    def settings(self, **changed: Any) -> None:
        """Changes the section `activities`; the global switch is on."""
        version, current = self.story._do(configure.current, self.story.pump.connection_id)
        wanted = {**current, "activities": {**current["activities"], **changed}}
        wanted["sync"] = {**current["sync"], "enabled": True}
        with self.story.transaction() as tx:
            assert version == configurations.save(tx, self.story.pump.connection_id, documents.load(wanted), "test") - 1

    @property
    def context(self) -> Context:
        """As the product has it, but for the time."""
        made = self.story.context
        return replace(made, now=lambda: made.now() + self.ahead)

    def pass_(self, **time: float) -> None:
        """Time goes by, on both sides."""
        span = timedelta(**time)
        self.ahead += span
        self.story.ac.clock.advance(span.total_seconds())

    def happen(self, kind: str, *whom: str, campaign: int = 1) -> None:
        """Something happens to these contacts."""
        events = [{"kind": kind, "contact": one, "campaign": campaign} for one in whom]
        requests.post(f"{self.story.ac.url}/_sim/events", json={"events": events}).raise_for_status()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of ActiveCampaign's API by somebody else."""
        url, headers = f"{self.story.ac.url}/api/3/{path}", {"Api-Token": "simulated-key"}
        return requests.request(method, url, json=body, headers=headers).json()

    def enrol(self, address: str, automation: int) -> int:
        """Somebody adds a contact to an automation; answers with the id of its stay."""
        body = {"contactAutomation": {"contact": self.number(address), "automation": automation}}
        return int(self.call("POST", "contactAutomations", body)["contactAutomation"]["id"])

    def leave(self, stay: int) -> None:
        """A stay ends."""
        self.call("DELETE", f"contactAutomations/{stay}")

    def number(self, address: str) -> int:
        """The id of a contact in ActiveCampaign."""
        contact = self.story.ac.contact(address)
        assert contact is not None
        return contact.id

    def hint(self, address: str, ago: timedelta = timedelta(0)) -> None:
        """What the receiver does with a delivery to the address `activity`."""
        now = self.context.now()
        self.story._mine(asked.ask, Purpose.ACTIVITY, self.number(address), now, now - ago)

    def read(self) -> list[Any]:
        """A whole reading."""
        return self._run(READ)

    def write(self) -> list[Any]:
        return self._run(WRITE)

    def turn(self) -> None:
        """A reading, and what came of it is written."""
        self.read()
        self.write()

    def _run(self, line: str) -> list[Any]:
        self.due(line)
        return lines.run(self.context, line)

    def due(self, *which: str) -> None:
        """These lines are due, and nobody holds them any more: as if their time had come, or a worker had died."""
        with self.story.transaction() as tx:
            activity_lines.ensure(tx, self.story.pump.connection_id, self.context.now())
            tx.execute(
                "UPDATE activity_lines SET due_at = %s, lease_until = NULL WHERE line = ANY (%s)",
                [self.context.now() - timedelta(hours=1), list(which)],
            )

    def line(self, which: str = READ) -> dict[str, Any]:
        found = self.story._mine(activity_lines.get, which)
        assert found is not None
        return dict(found)

    def last(self) -> dict[str, Any]:
        """What the last finished reading did."""
        assert self.line()["error"] is None, self.line()["error"]
        return dict(self.line()["state"]["last"])

    def states(self) -> dict[str, int]:
        """Events filed, by state."""
        found: dict[str, int] = {}
        for row in self.story._mine(activities.counts, datetime.min.replace(year=1970)):
            found[row["state"]] = found.get(row["state"], 0) + row["total"]
        return found

    def waiting(self) -> int:
        """Contacts with news that were not fetched yet."""
        return int(self.story._mine(activity_news.waiting)["waiting"])

    def shown(self, record_id: str | None = None) -> list[tuple[Any, ...]]:
        """(kind, source, subject, detail) of rows in Dynamics, of one record or of all, in the order of kinds."""
        rows = [row for row in self.story.rows("ac365_activity") if record_id in (None, owner(row))]
        words = {int(kind): word for word, kind in BY_WORD.items()}
        found = sorted(rows, key=lambda row: (row["ac365_kind"], row["ac365_occurredon"], row["ac365_source"] or ""))
        return [(words[r["ac365_kind"]], *(r[f"ac365_{name}"] or "" for name in COLUMNS[:3])) for r in found]

    def kinds(self, record_id: str | None = None) -> list[str]:
        return [row[0] for row in self.shown(record_id)]

    def calls(self, work: Callable[[], object]) -> dict[str, int]:
        """Calls that ActiveCampaign saw meanwhile, by route."""
        self.story.ac.stats.reset()
        work()
        return {route.removeprefix("GET /api/3/"): n for route, n in self.story.ac.stats.as_json()["routes"].items()}


def owner(row: dict[str, Any]) -> str | None:
    """The lead or contact that a row is shown on."""
    return row["ac365_contactid"] or row["ac365_leadid"]
