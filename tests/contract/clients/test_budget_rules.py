"""The shared budget on a clock of its own: who is served when, and never too many at once."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from itertools import count, pairwise

import pytest
from fakeredis import FakeRedis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from clients.budget import Budget
from clients.limits import Limit, activecampaign_limits, dynamics_limits
from simulators.common.stats import busiest
from sync.errors import Throttled, Unavailable
from sync.model import Lane

CALLS = ("calls",)
LIVE, SYNC, BACKFILL = Lane.LIVE, Lane.SYNC, Lane.BACKFILL


class Clock:
    """Moves when somebody sleeps, and by a microsecond when somebody looks."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        self.now += 1e-6
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock.time)
    monkeypatch.setattr(time, "monotonic", clock.time)
    monkeypatch.setattr(time, "sleep", clock.sleep)
    yield clock
    # Nothing may wait on the frozen clock once the test is over.
    monkeypatch.undo()


def _budget(limits: dict[str, Limit] | None = None, **more) -> Budget:
    return Budget(FakeRedis(), 1, limits or {"calls": Limit(5, 1.0)}, **more)


def _serve(budget: Budget, clock: Clock, waiting: list[tuple[str, Lane]], total: int) -> list[str]:
    """Polls all waiting tickets in an unhelpful order until `total` were served, each answered at once."""
    with budget.take(SYNC):
        pass
    lanes, served, start = dict(waiting), [], clock.now
    places = {name: budget.ask(name, lane, 0, 60, CALLS)[2] for name, lane in waiting}
    while len(served) < total:
        for ticket in sorted(places, reverse=True):
            granted, _, places[ticket] = budget.ask(ticket, lanes[ticket], places[ticket], 60, CALLS)
            if granted:
                budget.release(ticket, CALLS, answered=True)
                served.append(ticket)
                del places[ticket]
                break
        else:
            assert clock.now - start < 60, f"nobody is served after {served}"
            clock.sleep(0.01)
    return served


def test_a_burst_takes_all_slots_and_the_next_waits(clock: Clock) -> None:
    budget, start = _budget(), clock.now
    for _ in range(6):
        with budget.take(LIVE):
            pass
    assert 1.0 < clock.now - start < 1.02


def test_a_slot_waits_from_the_answer_on(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 1.0)})
    with budget.take(LIVE):
        clock.sleep(0.5)
    answered = clock.now
    with budget.take(LIVE):
        assert clock.now - answered > 1.0


def test_the_constant_part_of_the_way_is_not_waited_for_twice(clock: Clock) -> None:
    budget, starts = _budget({"calls": Limit(1, 1.0)}), []
    for _ in range(12):
        with budget.take(LIVE):
            starts.append(clock.now)
            clock.sleep(0.1)
    gaps = [later - sooner for sooner, later in pairwise(starts[8:])]
    assert max(gaps) < 1.015
    assert min(gaps) >= 1.0


def test_without_an_answer_nothing_is_taken_off(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 1.0)})
    for _ in range(10):
        with budget.take(LIVE):
            clock.sleep(0.1)
    ticket = budget.take(LIVE)
    clock.sleep(0.1)
    ticket.__exit__(TimeoutError, TimeoutError(), None)
    failed = clock.now
    with budget.take(LIVE):
        assert clock.now - failed > 1.0


def test_the_slots_of_a_dead_worker_come_back(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 1.0)}, patience_s=10)
    budget.take(LIVE)
    died = clock.now
    with budget.take(LIVE):
        assert 6.0 <= clock.now - died < 6.5


def test_a_late_answer_does_not_take_a_slot_away(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 1.0)})
    with budget.take(LIVE):
        clock.sleep(7)
    assert budget.remaining() == {"calls": 1}


def test_a_long_wait_is_refused_with_its_length(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 60.0)})
    with budget.take(LIVE):
        pass
    before = clock.now
    with pytest.raises(Throttled) as caught:
        budget.take(LIVE)
    assert 59 < caught.value.after_s < 61
    assert clock.now - before < 0.01


def test_a_refused_ticket_leaves_the_line(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 60.0)})
    with budget.take(LIVE):
        pass
    with pytest.raises(Throttled):
        budget.take(LIVE)
    assert budget.usage()["calls"].waiting == {"live": 0, "sync": 0, "backfill": 0}


def test_a_pause_holds_everybody(clock: Clock) -> None:
    budget, start = _budget(), clock.now
    budget.pause(1.5)
    with budget.take(LIVE):
        assert clock.now - start >= 1.5


def test_the_longer_of_two_pauses_stays(clock: Clock) -> None:
    budget = _budget()
    budget.pause(30)
    budget.pause(1)
    assert budget.paused_s() == pytest.approx(30, abs=0.1)


def test_a_pause_of_imports_leaves_calls_alone(clock: Clock) -> None:
    budget, start = _budget(activecampaign_limits()), clock.now
    budget.pause(60, ("imports",))
    with budget.take(LIVE):
        assert clock.now - start < 0.01
    with pytest.raises(Throttled):
        budget.take(LIVE, ("calls", "imports"))


def test_a_call_needs_a_slot_of_every_limit(clock: Clock) -> None:
    budget = _budget({"calls": Limit(5, 1.0), "imports": Limit(1, 1.5)})
    with budget.take(LIVE, ("calls", "imports")):
        first = clock.now
    with budget.take(LIVE, ("calls", "imports")):
        assert clock.now - first >= 1.5


def test_whoever_waits_for_imports_holds_up_no_call(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 1.0), "imports": Limit(1, 30.0)}, patience_s=60)
    with budget.take(LIVE, ("calls", "imports")):
        pass
    budget.ask("importer", LIVE, 0, 60, ("calls", "imports"))
    start = clock.now
    with budget.take(BACKFILL):
        assert clock.now - start < 1.1


def test_first_come_first_served_within_a_lane(clock: Clock) -> None:
    waiting = [("c", SYNC), ("a", SYNC), ("d", SYNC), ("b", SYNC)]
    assert _serve(_budget({"calls": Limit(1, 0.1)}), clock, waiting, 4) == ["c", "a", "d", "b"]


def test_live_goes_before_everything_else(clock: Clock) -> None:
    waiting = [("s1", SYNC), ("b1", BACKFILL), ("s2", SYNC), ("l1", LIVE), ("l2", LIVE)]
    assert _serve(_budget({"calls": Limit(1, 0.1)}), clock, waiting, 5)[:3] == ["l1", "l2", "s1"]


def test_backfill_has_one_of_five_while_sync_waits(clock: Clock) -> None:
    waiting = [(f"s{i:02}", SYNC) for i in range(12)] + [(f"b{i:02}", BACKFILL) for i in range(3)]
    served = _serve(_budget({"calls": Limit(1, 0.1)}), clock, waiting, 15)
    assert [place for place, ticket in enumerate(served, start=1) if ticket[0] == "b"] == [4, 9, 14]


def test_a_waiting_ticket_that_nobody_renews_lapses(clock: Clock) -> None:
    budget = _budget({"calls": Limit(1, 0.1)})
    with budget.take(SYNC):
        pass
    budget.ask("dead", LIVE, 0, 60, CALLS)
    start = clock.now
    with budget.take(SYNC):
        assert 1.0 <= clock.now - start < 1.6


def test_connections_do_not_share(clock: Clock) -> None:
    redis = FakeRedis()
    budgets = [Budget(redis, one, {"calls": Limit(1, 60.0)}) for one in (1, 2)]
    for budget in budgets:
        with budget.take(LIVE):
            pass


def test_without_redis_nothing_is_sent() -> None:
    budget = Budget(Redis(port=1, retry=Retry(NoBackoff(), 0)), 1, {"calls": Limit(5, 1.0)})
    with pytest.raises(Unavailable):
        budget.take(LIVE)
    with pytest.raises(Unavailable):
        budget.usage()


def test_headroom_stretches_the_second() -> None:
    assert activecampaign_limits(5, 0.1)["calls"] == Limit(5, 5 / 4.5)
    assert activecampaign_limits(1.5)["calls"] == Limit(2, 2 / 1.5)
    assert activecampaign_limits(5, 0.5)["imports"] == Limit(100, 120.0)
    assert dynamics_limits()["calls"].count < 6000


def _run(workers: list[tuple[Lane, list[tuple[int, int]]]], way_ms: int, clock: Clock) -> list[float]:
    """Plays workers against the budget: each call has its way there (with jitter) and its work after arrival.

    First one worker makes ten calls without jitter alone, so that the shortest round trip is known.
    """
    redis, order = FakeRedis(), count()
    agenda: list[tuple[float, int, str, int, int, int]] = []
    workers = [(SYNC, [(0, 0)] * 10), *workers]
    budgets = [Budget(redis, 1, {"calls": Limit(5, 1.0)}) for _ in workers]
    for index in range(len(workers)):
        heapq.heappush(agenda, (clock.now + 3 * min(index, 1), next(order), "ask", index, 0, 0))
    arrivals: list[float] = []
    while agenda:
        clock.now, _, what, index, done, place = heapq.heappop(agenda)
        lane, calls = workers[index]
        ticket = f"{index}-{done}"
        if what == "answer":
            budgets[index].release(ticket, CALLS, answered=True)
            if done + 1 < len(calls):
                heapq.heappush(agenda, (clock.now, next(order), "ask", index, done + 1, 0))
            continue
        granted, wait_s, place = budgets[index].ask(ticket, lane, place, 1000, CALLS)
        if granted:
            jitter_ms, work_ms = calls[done]
            arrival = clock.now + (way_ms + jitter_ms) / 1000
            arrivals.append(arrival)
            heapq.heappush(agenda, (arrival + (work_ms + way_ms) / 1000, next(order), "answer", index, done, 0))
        else:
            heapq.heappush(agenda, (clock.now + min(wait_s, 0.4), next(order), "ask", index, done, place))
    return sorted(arrivals)


_calls = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=12)
_workers = st.lists(st.tuples(st.sampled_from(list(Lane)), _calls), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(workers=_workers, way_ms=st.integers(0, 80))
def test_no_second_ever_sees_a_sixth_arrival(workers, way_ms: int, clock: Clock) -> None:
    arrivals = _run(workers, way_ms, clock)
    assert len(arrivals) == 10 + sum(len(calls) for _, calls in workers)
    assert busiest(arrivals, 1.0) <= 5


def test_a_steady_way_costs_less_than_two_percent(clock: Clock) -> None:
    workers = [(SYNC, [(0, 0)] * 40)] * 3
    arrivals = _run(workers, 50, clock)
    steady = arrivals[40:]
    assert (len(steady) - 1) / (steady[-1] - steady[0]) >= 4.9
