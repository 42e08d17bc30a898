"""The records of one cycle by what became of them: grouped by reason, and page by page.

A cycle may have millions of records, so people are shown those among the first `WINDOW` of an outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from engine.report import CycleReport
from store import outcomes
from store.db import Tx
from store.outcomes import WINDOW, Those
from sync.model import Direction, Entity, Outcome

__all__ = ["PLACE", "WINDOW", "Those", "page", "reasons", "those"]
GROUPS: Final = 100
PLACE: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\.(outbound|inbound)\Z"
"""What a place in the list looks like: record and direction."""
EVER: Final = datetime.min.replace(tzinfo=UTC)


def those(
    found: CycleReport,
    outcome: Outcome,
    entity: Entity | None = None,
    direction: Direction | None = None,
    reason: str | None = None,
    **_: Any,
) -> Those:
    """The records of this cycle that came to this outcome, narrowed by what is not None."""
    return Those(found.id, found.requested or EVER, outcome, entity, direction, reason)


def reasons(tx: Tx, chosen: Those) -> list[dict[str, Any]]:
    """{entity, direction, reason, count}, the most frequent first; at most a hundred."""
    return [dict(row) for row in outcomes.reasons(tx, chosen, GROUPS)]


def page(tx: Tx, chosen: Those, limit: int, after: str | None = None) -> tuple[Sequence[dict[str, Any]], str | None]:
    """{record_id, entity, direction, outcome, reason, at} in a fixed order, and the place behind which the next page
    begins, None where there is none. after: such a place."""
    behind = after.split(".") if after else None
    rows = outcomes.with_reason(tx, chosen, limit + 1, (behind[0], behind[1]) if behind else None)
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{last['record_id']}.{last['direction']}" if last else None
