"""Where a reading of ActiveCampaign stands: kept as JSON in the stream's cursor, so that any worker can go on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """opened: when the reading began, which is where the next one goes on; since: only what changed after that, None
    for everything; after: the last id or the offset read; calls: what it cost so far; long: it looks back far.

    phase, values_at, valued: of a sweep of accounts, see `engine.inbound.sweep`.
    """

    opened: datetime
    since: datetime | None = None
    after: int = 0
    calls: int = 0
    long: bool = False
    phase: str = "contacts"
    values_at: int = 0
    valued: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything is read and not only changes."""
        return self.since is None

    def on(self, **moved: Any) -> Cursor:
        """The same reading, one call or more further."""
        return replace(self, **{"calls": self.calls + 1, **moved})

    def text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), default=datetime.isoformat)


def parse(text: str) -> Cursor:
    """A cursor as it was kept."""
    kept = json.loads(text)
    dates = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("opened", "since")}
    return Cursor(**{**kept, **dates})
