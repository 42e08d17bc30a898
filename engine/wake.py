"""Wake-ups: what a stage wants done next. They carry ids only and are sent after the transaction is committed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.model import Lane


class Stage(StrEnum):
    """The stages of the pipeline, one Celery task each."""

    CYCLE = "cycle"
    FETCH = "fetch"
    TRANSFORM = "transform"
    UPSERT = "upsert"
    POLL = "poll"
    REQUESTS = "requests"
    REQUEST = "request"
    NOTE = "note"
    CHOICES = "choices"
    ACTIVITIES = "activities"


@dataclass(frozen=True, slots=True)
class Wake:
    """A hint that there is work: losing it costs time, never a change, because the sweep finds the work in Postgres.

    delay_s stays below the broker's visibility timeout by far: long waits are rows with a due time.
    """

    stage: Stage
    args: tuple[int | str, ...]
    lane: Lane
    delay_s: float = 0.0


LONGEST_DELAY_S = 15.0
