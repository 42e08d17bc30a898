"""Pauses as a person sets them: which part, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from store import pauses
from store.db import Tx
from sync.model import Direction, Entity

LONGEST: Final = timedelta(days=366)
WAYS: Final = {Direction.OUTBOUND: "to ActiveCampaign", Direction.INBOUND: "to Dynamics"}


class Refused(ValueError):
    """The pause can't be set like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is paused; None stands for all."""

    entity: Entity | None = None
    direction: Direction | None = None

    @classmethod
    def of(cls, entity: str | None, direction: str | None) -> Self:
        """The scope of two words, empty for all."""
        return cls(Entity(entity) if entity else None, Direction(direction) if direction else None)

    @property
    def words(self) -> str:
        """In words, such as `Contacts to Dynamics`."""
        what = self.entity.plural.capitalize() if self.entity else "Everything"
        return f"{what} {WAYS[self.direction]}" if self.direction else what


def pause(
    tx: Tx, connection_id: int, scope: Scope, author: str, reason: str, until: datetime | None, now: datetime
) -> bool:
    """Pauses a part until then, None for until somebody ends it. False: it is paused already. Raises Refused."""
    if until is not None and not now < until <= now + LONGEST:
        raise Refused(
            "The end lies in the past." if until <= now else "The end is more than a year away; leave it out."
        )
    return pauses.pause(tx, connection_id, scope.entity, scope.direction, author, reason, until)
