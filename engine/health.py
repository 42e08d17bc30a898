"""Whether the queues are served: the age of the last heartbeat that went through each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from store import heartbeats
from store.db import Database
from sync.model import Lane

QUEUES: Final = (Lane.LIVE, Lane.SYNC)
"""The queues that beat sends a heartbeat through."""
FRESH_S: Final = 90.0
"""Three heartbeats: one may be late without anything being wrong."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The last heartbeat of a queue. age_s: None when there was none; worker: who served it, in which version."""

    queue: str
    age_s: float | None
    worker: str = ""
    version: str = ""

    @property
    def fresh(self) -> bool:
        """Whether the queue counts as served."""
        return self.age_s is not None and self.age_s < FRESH_S


def beats(db: Database, now: datetime, queues: Iterable[str] = QUEUES) -> list[Beat]:
    """The heartbeats of these queues."""
    with db.transaction() as tx:
        rows = {row["name"]: row for row in heartbeats.listed(tx)}
    return [beat_of(str(queue), rows.get(str(queue)), now) for queue in queues]


def beat_of(queue: str, row: dict[str, Any] | None, now: datetime) -> Beat:
    """What the row of a heartbeat says; None for a queue that nobody ever served."""
    if row is None:
        return Beat(queue, None)
    # Clocks of two machines differ a little; a heartbeat is never from the future.
    age_s, facts = max(0.0, (now - row["at"]).total_seconds()), row["facts"]
    return Beat(queue, age_s, str(facts.get("worker", "")), str(facts.get("version", "")))
