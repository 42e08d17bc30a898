"""Faults of a round: which are drawn, when each strikes, whether it really struck, and how all of them end."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random

from rounds.ground import Ground

DYNAMICS, ACTIVECAMPAIGN = "Dynamics", "ActiveCampaign"
CALLS = (
    (ACTIVECAMPAIGN, r"(POST|PUT|DELETE) /api/3/"),
    (ACTIVECAMPAIGN, r"POST /api/3/contact/sync"),
    (ACTIVECAMPAIGN, r"(POST|PUT) /api/3/accounts"),
    (ACTIVECAMPAIGN, r"POST /api/3/import/bulk_import"),
    (ACTIVECAMPAIGN, r"GET /api/3/contacts"),
    (DYNAMICS, r"(POST|PATCH) /api/data/"),
    (DYNAMICS, r"POST /api/data/.*/\$batch"),
    (DYNAMICS, r"GET /api/data/.*/(contacts|leads|accounts)"),
)
"""Kinds of calls at which a fault may strike: carried out by the service, and not yet answered."""
WHOLE_WITHIN_S = 60.0
Act = Callable[["Storm", Random], "Strike | None"]


@dataclass(frozen=True)
class Strike:
    """What a fault did. landed: whether it met anything, asked at the end."""

    words: str
    landed: Callable[[], bool] = lambda: True


@dataclass
class Plan:
    """A fault that was drawn. It strikes at the `number`-th of these calls, after so many seconds at the latest."""

    name: str
    act: Act
    draw: Random
    after_s: float
    call: tuple[str, str] | None = None
    number: int = 1
    begun: bool = False
    strike: Strike | None = None
    trouble: list[str] = field(default_factory=list)

    @property
    def struck(self) -> bool:
        return self.strike is not None and self.strike.landed()

    @property
    def moment(self) -> str:
        at = f"at call {self.number} of {self.call[0]} {self.call[1]}, or " if self.call else ""
        return f"{at}after {self.after_s:.1f} s"


def drawn(catalogue: dict[str, Act], draw: Random, number: int, within_s: float) -> list[Plan]:
    """So many faults with their moments, half of them at a call."""
    plans = []
    for name in draw.choices(list(catalogue), k=number):
        plan = Plan(name, catalogue[name], Random(draw.random()), draw.uniform(0.2, within_s))
        if draw.random() < 0.5:
            # A call that does not come often enough shall not keep the fault away.
            plan.call, plan.number, plan.after_s = draw.choice(CALLS), draw.randrange(1, 7), within_s
        plans.append(plan)
    return plans


class Cure:
    """Ends a fault, once."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act, self._lock, self._done = act, threading.Lock(), False

    def attempt(self) -> bool:
        """Whether it is done. What it needs may be away itself: then it is tried again."""
        with self._lock:
            if not self._done:
                with suppress(Exception):
                    self._act()
                    self._done = True
            return self._done


class Storm:
    """The time in which faults strike. `ground` is what they strike."""

    def __init__(self, ground: Ground, plans: list[Plan]) -> None:
        self.ground, self.plans = ground, plans
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._cures: list[Cure] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Storm:
        for plan in self.plans:
            if plan.call:
                self._listen(plan)
            self._after(plan.after_s, partial(self._strike, plan))
        return self

    def _listen(self, plan: Plan) -> None:
        assert plan.call is not None
        service = self.ground.crm if plan.call[0] == DYNAMICS else self.ground.ac
        left = iter(range(plan.number - 1, -1, -1))
        lock = threading.Lock()

        def hear(call: str) -> None:
            with lock:
                due = bool(plan.call and re.match(plan.call[1], call)) and next(left, None) == 0
            if due:
                self._strike(plan)

        service.hooks.append(hear)

    def _strike(self, plan: Plan) -> None:
        with self._lock:
            if plan.begun or self._over.is_set():
                return
            plan.begun = True
        try:
            plan.strike = plan.act(self, plan.draw)
        except Exception:
            plan.trouble.append(traceback.format_exc())

    def until_over(self, seconds: float) -> bool:
        """Waits so long, or until the storm is over; whether it is."""
        return self._over.wait(seconds)

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def beside(self, act: Callable[[], None]) -> None:
        """Does something in a thread of its own, which has to heed `over`."""
        self._after(0.0, act)

    def _after(self, seconds: float, act: Callable[[], object]) -> None:
        def run() -> None:
            self._over.wait(seconds)
            act()

        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def cure(self, after_s: float, act: Callable[[], None]) -> None:
        """Has this done after a while, and at the end of the storm at the latest."""
        cure = Cure(act)
        with self._lock:
            self._cures.append(cure)
        self._after(after_s, cure.attempt)

    def __exit__(self, *_: object) -> None:
        """Nothing strikes any more, and everything is whole again."""
        self._over.set()
        for service in (self.ground.crm, self.ground.ac):
            service.hooks.clear()
        for thread in list(self._threads):
            thread.join(60)
        # One may need what another brings back.
        assert self.ground.until(lambda: not sum(not cure.attempt() for cure in self._cures), WHOLE_WITHIN_S)
        for service in (self.ground.crm, self.ground.ac):
            service.state.faults.clear()
            with suppress(OSError):
                service.back()
