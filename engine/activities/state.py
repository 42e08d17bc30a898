"""Where the reading of activities stands, and what it found out: kept as JSON in its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self

TIMES = (
    *("opened", "long_at", "first_since", "helped_at", "refused_at", "turn_began"),
    *("began", "since", "tail_at"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Lasting: opened, long_at: when the last finished reading and the last long one began; first_since: how far back
    the very first looked; helped_at: when reading a contact last brought to light what the feed had not shown;
    refused_at: when the feed last wanted a contact; swept_after: the last contact looked at; turn_began: when this turn
    through all contacts began; turn_s: how long the last one took; last: what the last reading did; days: calls by day.

    Of the reading under way, whose phase is "" when there is none: began, since, long: its window; offset, tail_id,
    tail_at, back: the place in the feed; pages, people: what may still be spent; bounces_at, turned: the place in the
    bounce logs; calls, rows, found, looked, read, unusable: what it did so far.
    """

    opened: datetime | None = None
    long_at: datetime | None = None
    first_since: datetime | None = None
    helped_at: datetime | None = None
    refused_at: datetime | None = None
    swept_after: int = 0
    turn_began: datetime | None = None
    turn_s: float | None = None
    last: dict[str, Any] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    phase: str = ""
    began: datetime | None = None
    since: datetime | None = None
    long: bool = False
    offset: int = 0
    tail_id: str = ""
    tail_at: datetime | None = None
    back: int = 0
    pages: int = 0
    people: int = 0
    bounces_at: int = 0
    turned: bool = False
    calls: int = 0
    rows: int = 0
    found: int = 0
    looked: int = 0
    read: int = 0
    unusable: int = 0

    def on(self, **moved: Any) -> Self:
        """The same, further on."""
        return replace(self, **moved)

    def plus(self, **more: int) -> Self:
        """The same with these counters higher."""
        return replace(self, **{name: getattr(self, name) + number for name, number in more.items()})

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """As it was kept, by this version or another one."""
        known = {one.name for one in fields(cls)}
        kept = {name: value for name, value in document.items() if name in known}
        times = {name: datetime.fromisoformat(kept[name]) for name in TIMES if kept.get(name)}
        return cls(**{**kept, **times})

    @property
    def now(self) -> datetime:
        """When the reading under way began. Raises ValueError where there is none."""
        if self.began is None:
            raise ValueError("no reading is under way")
        return self.began

    @property
    def window(self) -> datetime:
        """Since when it reads the feed. Raises ValueError where there is none."""
        if self.since is None:
            raise ValueError("no reading is under way")
        return self.since
