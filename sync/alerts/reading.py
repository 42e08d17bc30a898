"""One reading of an installation: what metrics show, and what the rules of alerts judge. Numbers and names of parts
only, never a record and never a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync.model import Direction, Entity, Lane


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue. age_s: of the last heartbeat that came through it, None when there was none; version: of the worker
    that served it."""

    name: str
    age_s: float | None
    fresh: bool
    version: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """An entity that is switched on, in one direction. begun: its first sync was started; last_success: when all
    changes of that side were last taken up; silent: for how long it has not been, quiet hours left out; paused: by
    whoever."""

    entity: Entity
    direction: Direction
    begun: bool = False
    last_success: datetime | None = None
    silent: timedelta = timedelta()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the newest attempt of a stream ran into. klass: as on the failure list; code: such as dynamics.no_answer;
    advice: what ac365 says to do; ended: it was given up, and is not only waiting for its next attempt."""

    entity: Entity
    direction: Direction
    klass: str
    code: str
    advice: str = ""
    ended: bool = True

    @property
    def service(self) -> str:
        """Which service it concerns, "" for neither."""
        return service_of(self.code)


@dataclass(frozen=True, slots=True)
class Fresh:
    """Failures of one class and service that were tried within the last hour. new: listed for the first time; doubtful:
    a second record may have been written; lost: workers died at them."""

    klass: str
    service: str
    number: int
    new: int = 0
    doubtful: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Slots:
    """One limit of a service: slots in use now, how many there are, and calls since Redis began to count."""

    used: int
    count: int
    granted: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """The request budget of one service. paused_s: nothing may be sent for so long."""

    slots: Mapping[str, Slots]
    paused_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LastCycle:
    """The cycle of a state that ended last."""

    ended_at: datetime
    took_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection.

    quiet: it is within quiet hours; loading: a first sync runs, and scheduled cycles wait for it; records: by entity
    and state; backlog, failures: by entity and direction, and class; oldest: the change that waits longest, by
    direction and lane; settled: records since midnight UTC, by direction and outcome; bad_ends: how often in a row
    nothing came of a direction; tripped: directions that the circuit breaker paused; asks: cycles that wait for an
    answer; cycles: those that wait or run, by state; ended: the last one of each state; pages: that wait for a worker;
    budgets: by service, None when Redis does not answer; credential_ends: when the credential of Dynamics ends, where
    that is known; token_ends: when the oldest change token does; echoes: records that were written in every one of the
    last cycles; unbalanced: streams that ended without an outcome for each of their records; asked: the request of a
    salesperson that waits longest for its answer; heard: when requests were last listened to, None where nobody does;
    activities_due: since when marketing activities should have been read or written.
    """

    id: int
    name: str
    enabled: bool = True
    frequency: timedelta = timedelta(minutes=15)
    quiet: bool = False
    loading: bool = False
    ways: tuple[Way, ...] = ()
    records: Mapping[tuple[str, str], int] = field(default_factory=dict)
    backlog: Mapping[tuple[str, str], int] = field(default_factory=dict)
    oldest: Mapping[tuple[Direction, Lane], datetime] = field(default_factory=dict)
    settled: Mapping[tuple[str, str], int] = field(default_factory=dict)
    failures: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    fresh: tuple[Fresh, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    bad_ends: Mapping[Direction, int] = field(default_factory=dict)
    tripped: frozenset[Direction] = frozenset()
    pauses: int = 0
    asks: tuple[int, ...] = ()
    conflicts: int = 0
    cycles: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, LastCycle] = field(default_factory=dict)
    pages: int = 0
    budgets: Mapping[str, Budget] | None = field(default_factory=dict)
    credential_ends: datetime | None = None
    token_ends: datetime | None = None
    echoes: int = 0
    unbalanced: int = 0
    asked: datetime | None = None
    heard: datetime | None = None
    activities_due: datetime | None = None

    @property
    def linked(self) -> int:
        """How many records speak for one of the other side."""
        return sum(number for (_, state), number in self.records.items() if state == "linked")

    def failing(self, klass: str) -> int:
        """How many records stand on the failure list with this class."""
        return sum(number for (*_, found), number in self.failures.items() if found == klass)


@dataclass(frozen=True, slots=True)
class Reading:
    """The installation at one moment.

    version: of whoever read; receiver_age_s: of the last sign of the receiver of webhooks, None where none is in use;
    redis: it answers; database: bytes; week_ago: what they were then, None where nobody noted it; tables: bytes by
    table; months: partitions of history; disk_free: share of the disk under the embedded database, None where it is
    another; locked: names that are locked after failed sign-ins; patience: how old a scheduled change may get.
    """

    at: datetime
    version: str = ""
    queues: tuple[Queue, ...] = ()
    receiver_age_s: float | None = None
    redis: bool = True
    database: int = 0
    week_ago: int | None = None
    tables: Mapping[str, int] = field(default_factory=dict)
    months: int = 0
    disk_free: float | None = None
    locked: int = 0
    patience: timedelta = timedelta(hours=1)
    connections: tuple[Connection, ...] = ()


def service_of(code: str) -> str:
    """The service that a code speaks of: dynamics, activecampaign, or "" for neither. Signing in is Dynamics, too."""
    name = code.partition(".")[0]
    return {"entra": "dynamics", "dynamics": "dynamics", "activecampaign": "activecampaign"}.get(name, "")
