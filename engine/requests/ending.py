"""How work on a request comes to a stop: it is over, or it goes on later."""

from __future__ import annotations

from collections.abc import Sequence

from engine.wake import Wake
from mapping.companion import State


class Ended(Exception):
    """It is decided; words is what the requester reads. enrolment: the stay in an automation that came of it."""

    def __init__(self, state: State, words: str, enrolment: int | None = None) -> None:
        super().__init__(words)
        self.state, self.words, self.enrolment = state, words, enrolment


class Later(Exception):
    """It goes on in so many seconds. why: for operators; failed: something didn't work, rather than takes its time;
    wakes: what has to happen meanwhile."""

    def __init__(self, after_s: float, why: str = "", *, failed: bool = False, wakes: Sequence[Wake] = ()) -> None:
        super().__init__(why)
        self.after_s, self.why, self.failed, self.wakes = after_s, why, failed, tuple(wakes)


class Overtaken(Exception):
    """The lease ran out and somebody else has it: nothing more may be done here."""
