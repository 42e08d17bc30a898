"""What the counters of a cycle say.

Guarantee G9: every record read is accounted for in every cycle, and a cycle with failures never says complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from sync.model import Outcome

CycleState: TypeAlias = Literal["complete", "partial", "failed"]

NOT_YET_THERE: Final = (Outcome.WAITING, Outcome.FAILED)


def accounted(counts: Mapping[str, Any]) -> int:
    """How many records have an outcome: created + updated + unchanged + skipped + waiting + failed."""
    return sum(int(counts.get(outcome) or 0) for outcome in Outcome)


def conserved(counts: Mapping[str, Any]) -> bool:
    """Whether every record that was read has exactly one outcome."""
    return int(counts.get("read") or 0) == accounted(counts)


def cycle_state(streams: Sequence[Mapping[str, Any]]) -> CycleState:
    """How a cycle ended, from its streams' rows: their `state` (`done` or `failed`) and their counters.

    complete: every stream came to its end and every record is where it should be; failed: there are streams, and none
    came to its end; partial: all between, such as one record that failed or waits.
    """
    ended = [stream for stream in streams if stream["state"] != "failed"]
    if streams and not ended:
        return "failed"
    whole = len(ended) == len(streams) and all(_whole(stream) for stream in ended)
    return "complete" if whole else "partial"


def _whole(stream: Mapping[str, Any]) -> bool:
    return conserved(stream) and not any(stream.get(outcome) for outcome in NOT_YET_THERE)
