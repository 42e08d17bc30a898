"""The side that a cycle wrote to, as undoing it sees it: what it holds now, what it can take, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from engine.patience import patiently
from store.overwritten import Overwritten
from sync.errors import Stop, SyncError
from sync.model import Canonical, Lane

LANE: Final = Lane.SYNC
GONE: Final = "not there any more"
NOT_WRITABLE: Final = "{} can't take this value any more"


@dataclass(frozen=True, slots=True)
class There:
    """One record as it is at this moment. values: canonical, by field; row: as the service sent it; number: its id in
    ActiveCampaign, 0 for a record of Dynamics; version: that of a record of Dynamics."""

    values: Mapping[str, Canonical]
    row: Mapping[str, Any]
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """A record with the values it is to get back."""

    kept: Overwritten
    there: There
    values: Mapping[str, Canonical]


Answer: TypeAlias = tuple[Ready, SyncError | None]
"""What became of a record: None where it was written."""


def refusal(write: Callable[[], object]) -> SyncError | None:
    """Writes one record alone; answers with what it met, None where it was written. Raises Stop."""
    try:
        patiently(write)
    except Stop:
        raise
    except SyncError as error:
        return error
    return None


class Side(Protocol):
    """One entity of one service. Every call waits for the budget, as a person does; Stop is raised."""

    def look(self, page: Sequence[Overwritten]) -> Mapping[str, There | str]:
        """By record id, each as it is now, or why it can't be written. Each has a link."""

    def refusals(self, there: There, values: Mapping[str, Canonical]) -> dict[str, str]:
        """The fields of `values` that this side can't take, each with the reason."""

    def write(self, ready: Sequence[Ready]) -> Iterator[Answer]:
        """Writes; answers may come later, after those of others."""

    def finish(self) -> Iterator[Answer]:
        """The answers that have not come yet."""
