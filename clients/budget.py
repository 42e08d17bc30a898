"""The shared request budget: one set of buckets in Redis per connection and service, for all workers together.

A slot is taken before a call is sent and given back when its answer is there. The scripts beside this module say when
it is free again, and who of the waiting comes first. The clock is Redis' own. Without Redis nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import TracebackType
from typing import Any, NoReturn
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError

from clients.limits import CALLS, Limit
from sync.errors import Throttled, Unavailable
from sync.model import Lane

MARGIN_US = 3_000
NAP_S = 0.4
WARM = 2
LANES = tuple(lane.value for lane in Lane)

_SCRIPTS = {
    name: files("clients").joinpath(f"budget_{name}.lua").read_text("utf-8") for name in ("take", "release", "pause")
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What is going on in one bucket: slots `used` of `count`, tickets `waiting` per lane, and how many slots were
    `granted` since Redis began to count."""

    used: int
    count: int
    waiting: Mapping[str, int]
    granted: int = 0


class Lease:
    """The right to send one call now. Leaving the `with` block gives the slot back."""

    def __init__(self, budget: Budget, ticket: str, names: Sequence[str]) -> None:
        self._budget, self._ticket, self._names = budget, ticket, names

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._budget.release(self._ticket, self._names, answered=kind is None)


class Budget:
    """The buckets of one service of one connection. `patience_s`: longer waits raise Throttled instead of sleeping."""

    def __init__(
        self,
        redis: Redis,
        connection_id: int | str,
        limits: Mapping[str, Limit],
        *,
        service: str = "activecampaign",
        patience_s: float = 2.0,
    ) -> None:
        self._redis = redis
        self._limits = dict(limits)
        self._patience_s = patience_s
        self._service = service
        self._answered = 0
        # The braces keep all keys of a set on one node, should Redis be a cluster.
        self._prefix = f"{{ac365:budget:{connection_id}:{service}}}"
        self._scripts = {name: redis.register_script(text) for name, text in _SCRIPTS.items()}

    def take(self, lane: Lane, names: Sequence[str] = (CALLS,)) -> Lease:
        """Waits for a slot of every named limit.

        Raises Throttled(after_s) when the wait is beyond patience, Unavailable without Redis.
        """
        ticket, asked = uuid4().hex, 0
        deadline = time.monotonic() + self._patience_s
        while True:
            patience_s = max(0.0, deadline - time.monotonic())
            granted, wait_s, asked = self.ask(ticket, lane, asked, patience_s, names)
            if granted:
                return Lease(self, ticket, names)
            if wait_s > patience_s:
                message = f"the request budget of {self._service} is used up"
                raise Throttled(message, after_s=wait_s, code=f"{self._service}.budget")
            time.sleep(min(wait_s, NAP_S))

    def ask(
        self, ticket: str, lane: Lane, asked: int, patience_s: float, names: Sequence[str]
    ) -> tuple[bool, float, int]:
        """One question of `take`: whether the ticket has its slots now, else in how many seconds to ask again.

        The third value is the ticket's place in its lane, to be handed in with the next question; 0 for the first.
        """
        arguments: list[Any] = [ticket, lane.value, asked, _us(patience_s)]
        for name in names:
            limit = self._limits[name]
            arguments += [name, limit.count, _us(limit.period_s)]
        try:
            granted, wait_us, place = self._scripts["take"](keys=[self._prefix], args=arguments)
        except RedisError as error:
            _away(error)
        return bool(granted), int(wait_us) / 1e6, int(place)

    def release(self, ticket: str, names: Sequence[str], *, answered: bool) -> None:
        """Gives the slots of `ticket` back. If Redis is gone now, they free themselves after a bounded time."""
        arguments: list[Any] = [ticket, self._answer(answered), MARGIN_US]
        for name in names:
            arguments += [name, _us(self._limits[name].period_s)]
        try:
            self._scripts["release"](keys=[self._prefix], args=arguments)
        except RedisError:
            # The call was made and its answer counts; it must not turn into a failure here.
            return

    def pause(self, seconds: float, names: Sequence[str] = (CALLS,)) -> None:
        """Nobody who needs one of these limits sends before `seconds` have passed. A longer pause in force stays."""
        try:
            self._scripts["pause"](keys=[self._prefix], args=[_us(seconds), *names])
        except RedisError as error:
            _away(error)

    def paused_s(self, name: str = CALLS) -> float:
        """Seconds of pause that are left, 0 when there is none."""
        try:
            until: Any = self._redis.get(f"{self._prefix}:{name}:pause")
            return max(0.0, (int(until or 0) - self._now_us()) / 1e6)
        except RedisError as error:
            _away(error)

    def free_in_s(self, name: str) -> float:
        """Seconds until a slot of this limit is free, 0 when one is. A look only: somebody else may be quicker."""
        usage = self.usage()[name]
        if usage.used < usage.count:
            return self.paused_s(name)
        try:
            soonest: Any = self._redis.zrange(f"{self._prefix}:{name}:cooling", 0, 0, withscores=True)
            free_s = (soonest[0][1] - self._now_us()) / 1e6 if soonest else NAP_S
            return max(free_s, self.paused_s(name), 0.0)
        except RedisError as error:
            _away(error)

    def appoint(self, whom: str, after_s: float) -> bool:
        """Whether the caller shall come back after so many seconds; False when somebody is appointed already."""
        try:
            return bool(self._redis.set(f"{self._prefix}:next:{whom}", 1, nx=True, px=max(1, int(after_s * 1000))))
        except RedisError as error:
            _away(error)

    def remaining(self) -> dict[str, int]:
        """Free slots per limit, now."""
        return {name: max(0, usage.count - usage.used) for name, usage in self.usage().items()}

    def usage(self) -> dict[str, Usage]:
        """Slots in use and tickets waiting, per limit."""
        try:
            return {name: self._usage_of(name, limit) for name, limit in self._limits.items()}
        except RedisError as error:
            _away(error)

    def _usage_of(self, name: str, limit: Limit) -> Usage:
        pipe = self._redis.pipeline(transaction=False)
        pipe.zcount(f"{self._prefix}:{name}:cooling", f"({self._now_us()}", "+inf")
        pipe.zcard(f"{self._prefix}:{name}:busy")
        for lane in LANES:
            pipe.zcard(f"{self._prefix}:{name}:{lane}")
        pipe.get(f"{self._prefix}:{name}:granted")
        cooling, busy, *waiting, granted = pipe.execute()
        return Usage(cooling + busy, limit.count, dict(zip(LANES, waiting, strict=True)), int(granted or 0))

    def _answer(self, answered: bool) -> int:
        """0 none came, 1 it may have opened its connection first, 2 it came over a connection in use."""
        self._answered += answered
        return 0 if not answered else 1 + (self._answered > WARM)

    def _now_us(self) -> int:
        seconds, micros = self._redis.time()
        return int(seconds) * 1_000_000 + int(micros)


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _away(error: RedisError) -> NoReturn:
    raise Unavailable(
        "Redis, which holds the request budget, does not answer",
        code="budget.redis_away",
        advice="Nothing is sent without the budget. Look after Redis; work goes on by itself.",
    ) from error
