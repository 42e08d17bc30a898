"""What it costs to find marketing activities: calls for 1,000 of 100,000 linked contacts that have news."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bench.ground import FILLED_AT_ONCE, LIFTED, Ground, contact_id, ground
from clients import limits
from config import document as documents
from engine.activities import lines
from engine.context import Context
from store import activities, activity_lines, activity_news, configurations, links

EVERY = timedelta(minutes=15)
MOST_READINGS = 60
PERSON = "person.{}@contoso.example"


class Course:
    """One installation with linked contacts, and readings a quarter of an hour apart."""

    def __init__(self, place: Ground, contacts: int) -> None:
        self.place, self.contacts, self.ahead = place, contacts, timedelta(0)
        self.numbers: list[int] = []

    def fill(self) -> None:
        """The same contacts on both sides, and links between them, as after a first sync."""
        self.place.switch({**LIFTED, "webhook_https_only": False})
        for first in range(0, self.contacts, FILLED_AT_ONCE):
            some = range(first, min(first + FILLED_AT_ONCE, self.contacts))
            rows = [{"email": PERSON.format(number)} for number in some]
            ids = self.place.ask("activecampaign", "contacts", "POST", {"contacts": rows})["ids"]
            self.numbers += ids
            made = [
                {"entity": "contact", "record_id": contact_id(number), "address": PERSON.format(number), "ac_id": ac_id}
                for number, ac_id in zip(some, ids, strict=True)
            ]
            with self.place.services.db.transaction() as tx:
                links.take_over(tx, self.place.connection_id, [{**row, "agreed": {}} for row in made])

    def enable(self) -> None:
        """Activities are on."""
        document = documents.defaults()
        document["sync"]["enabled"] = document["activities"]["enabled"] = True
        with self.place.services.db.transaction() as tx:
            configurations.save(tx, self.place.connection_id, documents.load(document), "bench")

    def happen(self, numbers: range) -> int:
        """Each of these gets a mail and opens it, every third one clicks; answers with the number of events."""
        events = [
            {"kind": kind, "contact": self.numbers[number]}
            for number in numbers
            for kind in ("sent", "open", *(("click",) if number % 3 == 0 else ()))
        ]
        self.place.ask("activecampaign", "events", "POST", {"events": events})
        return len(events)

    def hint(self, numbers: range) -> None:
        """What the receiver notes of their webhooks."""
        now = self.context.now()
        with self.place.services.db.transaction() as tx:
            for number in numbers:
                activity_news.hint(tx, self.place.connection_id, self.numbers[number], now, now)

    @property
    def context(self) -> Context:
        """The connection, with the clock of this course."""
        made = self.place.services.context(self.place.connection_id)
        return replace(made, now=lambda: made.now() + self.ahead)

    def read(self) -> dict[str, int]:
        """A quarter of an hour later: one reading; answers with the calls by route."""
        self.ahead += EVERY
        self.place.ask("activecampaign", "clock", "POST", {"advance_s": EVERY.total_seconds()})
        self.place.ask("activecampaign", "stats", "DELETE")
        while True:
            with self.place.services.db.transaction() as tx:
                activity_lines.ensure(tx, self.place.connection_id, self.context.now())
                activity_lines.hurry(tx, self.place.connection_id, activity_lines.READ, self.context.now())
            lines.run(self.context, activity_lines.READ)
            with self.place.services.db.transaction() as tx:
                row = activity_lines.get(tx, self.place.connection_id, activity_lines.READ)
            if row is None or row["error"]:
                raise RuntimeError(row and row["error"])
            if not row["state"]["phase"]:
                routes: dict[str, int] = self.place.ask("activecampaign", "stats")["routes"]
                return {name.removeprefix("GET /api/3/"): number for name, number in routes.items() if "/api/" in name}

    def until(self, done: Callable[[], bool]) -> tuple[int, Counter[str]]:
        """Readings until this holds; answers with their number and all of their calls."""
        total: Counter[str] = Counter()
        for number in range(1, MOST_READINGS + 1):
            total.update(self.read())
            if done():
                return number, total
        raise TimeoutError(f"not done after {MOST_READINGS} readings: {dict(total)}")

    def filed(self) -> int:
        """How many events were found so far."""
        with self.place.services.db.transaction() as tx:
            return sum(row["total"] for row in activities.counts(tx, self.place.connection_id, self.context.now()))


def main() -> None:
    """Measures both ways ActiveCampaign may behave, and prints one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.activities", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--news", type=int, default=1_000)
    options = parser.parse_args()
    # Calls are counted here, and not timed; what a reading may spend follows from the configured 5 calls a second.
    limits.activecampaign_limits = lambda *_: dict.fromkeys(  # type: ignore[assignment]
        (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS), limits.Limit(1000, 1.0)
    )
    found = {
        "complete_by_itself": measure(options.contacts, options.news, lazy=False, hinted=False),
        "made_when_read_with_webhooks": measure(options.contacts, options.news, lazy=True, hinted=True),
        "made_when_read_without_webhooks": measure(options.contacts, options.news, lazy=True, hinted=False),
    }
    print(json.dumps(found, indent=2))


def measure(contacts: int, news: int, *, lazy: bool, hinted: bool) -> dict[str, Any]:
    """lazy: the feed is made when a contact is read; hinted: webhooks arrive."""
    with ground([], workers=1, beat=False) as place:
        course = Course(place, contacts)
        course.fill()
        course.enable()
        place.switch({"activities_need_contact_read": lazy})
        # As it is after a while: it was found out what the feed lacks, and everybody was looked at.
        before = course.happen(range(20))
        settled, warm = course.until(lambda: course.filed() == before and (_turned(course)))
        idle = course.read()
        some = range(contacts - news, contacts)
        events = course.happen(some)
        if hinted:
            course.hint(some)
        readings, calls = course.until(lambda: course.filed() == before + events)
        return {
            "contacts": contacts,
            "with_news": news,
            "events": events,
            "beginning": {"readings": settled, "calls": warm.total()},
            "calls_of_a_reading_without_news": dict(idle),
            "readings": readings,
            "calls": calls.total(),
            "by_route": dict(calls.most_common()),
        }


def _turned(course: Course) -> bool:
    with course.place.services.db.transaction() as tx:
        row = activity_lines.get(tx, course.place.connection_id, activity_lines.READ)
    return row is not None and row["state"]["turn_s"] is not None


if __name__ == "__main__":
    main()
