"""Short ways to put a database into the state that a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from support.cast import ADA, ADA_AT

from store import connections, cycles, links, outbox, pages, streams
from store.db import Database, Tx
from sync.model import CycleKind, Direction, Entity, Lane, Link
from sync.survivors import Candidate

NOW = datetime(2030, 5, 17, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


@dataclass
class House:
    """One connection; every call is a transaction of its own."""

    db: Database
    id: int

    def do(self, function: Any, *args: Any, **named: Any) -> Any:
        """Runs `function(tx, ...)` and commits."""
        with self.db.transaction() as tx:
            return function(tx, *args, **named)

    def mine(self, function: Any, *args: Any, **named: Any) -> Any:
        """Runs `function(tx, connection_id, ...)` and commits."""
        return self.do(function, self.id, *args, **named)

    def cycle(self, *entities: Entity, kind: CycleKind = CycleKind.MANUAL, lane: Lane = Lane.SYNC, **named: Any) -> Any:
        wanted = [{"entity": e, "direction": Direction.OUTBOUND, "full": False} for e in entities or [Entity.CONTACT]]
        return self.mine(cycles.open, kind, lane, 1, wanted, requested_by="ada", **named)

    def stream(self, *, read: int = 0, done: bool = True, **named: Any) -> int:
        """A stream of a new, running cycle that read so many rows on one page. done: they are transformed."""
        cycle_id = self.cycle(**{"kind": CycleKind.RETRY, **named})
        self.do(cycles.start, cycle_id)
        stream_id = self.do(cycles.streams, cycle_id)[0]["id"]
        self.do(streams.begin, stream_id, "hash")
        if read:
            page_id = self.do(pages.file, stream_id, 0, [{}] * read, None)
            if done:
                self.do(pages.claim, page_id, "w1", 60)
                self.do(pages.done, page_id)
        if done:
            self.do(streams.fetched, stream_id)
        return int(stream_id)

    def counts(self, stream_id: int) -> dict[str, int]:
        """The counters of a stream that aren't zero, `read` left out."""
        row = self.do(streams.get, stream_id)
        names = ("created", "updated", "unchanged", "skipped", "waiting", "failed")
        return {name: row[name] for name in names if row[name]}

    def link(self, record_id: str = ADA, address: str | None = ADA_AT, entity: Entity = Entity.CONTACT) -> Link:
        self.mine(links.hold, new=[Candidate(entity, record_id, address, modified_on="2030-01-01T00:00:00Z")])
        return self.link_of(record_id, entity)

    def link_of(self, record_id: str = ADA, entity: Entity = Entity.CONTACT) -> Link:
        found: dict[str, Link] = self.mine(links.of_records, entity, [record_id])
        return found[record_id]

    def put(self, stream_id: int, *rows: dict[str, Any], lane: Lane = Lane.SYNC) -> dict[int, int]:
        found: dict[int, int] = self.mine(outbox.put, stream_id, lane, rows)
        return found

    def claim(self, **named: Any) -> list[outbox.Claimed]:
        asked = {"lane": Lane.SYNC, "limit": 250, "worker": "w1", "lease_s": 60, "now": NOW, **named}
        found: list[outbox.Claimed] = self.mine(outbox.claim, **asked)
        return found

    def settle(self, *rows: dict[str, Any]) -> list[int]:
        found: list[int] = self.mine(outbox.settle, rows)
        return found


def change(
    record_id: str = ADA,
    version: int = 1,
    *,
    entity: Entity = Entity.CONTACT,
    address: str | None = ADA_AT,
    **more: Any,
) -> dict[str, Any]:
    """A row for the outbox."""
    body = {"record_id": record_id, "version": version}
    return {"entity": entity, "record_id": record_id, "version": version, "address": address, "change": body} | more


def connect(tx: Tx, name: str) -> int:
    return connections.ensure(
        tx,
        name,
        dynamics_url="https://contoso.example",
        dynamics_client_id="app",
        activecampaign_url="https://ac.example",
        secrets=b"sealed",
    )
