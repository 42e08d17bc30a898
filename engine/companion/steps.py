"""Steps of an installation, and how each is carried out so that it happens once whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from clients.faults import Customizing
from engine.patience import LONGEST_PAUSE_S, patiently
from sync.errors import BadRecord, Missing, Stop, SyncError, Throttled, Unavailable, UnknownOutcome
from sync.model import Lane

LANE: Final = Lane.LIVE
BUSY_PAUSE_S: Final = 10.0
LONGEST_BUSY: Final = 60
"""Ten minutes: others may be importing a solution."""
ATTEMPTS: Final = 6
FIRST_PAUSE_S: Final = 1.0


class Part(StrEnum):
    """What a step is about."""

    PUBLISHER = "publisher"
    SOLUTION = "solution"
    TABLE = "table"
    COLUMN = "column"
    OPTION = "option"
    KEY = "key"
    TRACKING = "change tracking"
    ROLE = "role"
    PRIVILEGES = "privileges"
    RESOURCE = "web resource"
    FORM = "form"
    PUBLISHING = "publishing"
    HOOK = "web hook"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. does: in plain words; act: does it, as often as it takes; by_hand: what a person does where the
    service refuses, "" where nothing can go on without it; lacks: what is wrong as long as it is not done."""

    part: Part
    name: str
    does: str
    act: Callable[[], object]
    by_hand: str = ""
    lacks: str = "is missing"

    @property
    def same(self) -> tuple[Part, str]:
        """By which it is known again. What is to be published may have become less meanwhile."""
        return self.part, "" if self.part is Part.PUBLISHING else self.name

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"part": self.part.value, "name": self.name, "does": self.does}


@dataclass(frozen=True, slots=True)
class ByHand:
    """What only a person can do, and why."""

    part: Part
    name: str
    why: str
    do: str

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"part": self.part.value, "name": self.name, "why": self.why, "do": self.do}


def carry_all(
    steps: Sequence[Step],
    left: Callable[[], Sequence[Step]],
    tell: Callable[[Step], None],
    sleep: Callable[[float], None] = time.sleep,
) -> list[ByHand]:
    """Carries out all of them in their order; answers with what is left for people.

    left: looks anew at what is still to be done, which settles what a lost answer leaves open. Raises what the service
    says where a step without a way by hand is refused; what was done until then stays, and the next time goes on there.
    """
    refused: list[ByHand] = []
    for step in steps:
        tell(step)
        try:
            _carry(step, left, sleep)
        except (BadRecord, Stop) as error:
            if not step.by_hand:
                raise
            refused.append(ByHand(step.part, step.name, error.message, step.by_hand))
    return refused


def _carry(step: Step, left: Callable[[], Sequence[Step]], sleep: Callable[[float], None]) -> None:
    failed = busy = 0
    while True:
        try:
            step.act()
            return
        except Throttled as pause:
            sleep(min(pause.after_s, LONGEST_PAUSE_S))
        except Customizing:
            busy += 1
            if busy >= LONGEST_BUSY:
                raise
            sleep(BUSY_PAUSE_S)
        except (UnknownOutcome, Unavailable, BadRecord) as error:
            # A refusal may mean that it is there already: an earlier attempt whose answer was lost had made it.
            if _done(step, left, sleep):
                return
            failed += 1
            if failed >= ATTEMPTS or not _passes(error):
                raise
            sleep(FIRST_PAUSE_S * 2 ** (failed - 1))


def _passes(error: SyncError) -> bool:
    """Whether it may pass by itself. What was made a moment ago is not known everywhere at once, hence Missing.
    Source: repository microsoft/PowerPlatform-DataverseClient-Python, which tries five times."""
    return not isinstance(error, BadRecord) or isinstance(error, Missing)


def _done(step: Step, left: Callable[[], Sequence[Step]], sleep: Callable[[float], None]) -> bool:
    still = patiently(left, sleep=sleep)
    return step.same not in [one.same for one in still]
