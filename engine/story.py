"""The whole story of one record, page by page: every outcome with its cycle and reason, failures and conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.failing import subjects
from store import stories
from store.db import Tx
from sync.model import Entity

AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Story:
    """events: newest first, as `store.stories` tells; earlier: hand it in as `before` for what came before, None for
    nothing."""

    events: Sequence[Mapping[str, Any]]
    earlier: datetime | None


def of_record(
    tx: Tx, connection_id: int, entity: Entity, record_id: str, before: datetime | None = None, limit: int = AT_ONCE
) -> Story:
    """What happened to a record before a moment, up to now when none is named."""
    under = subjects(tx, connection_id, entity, record_id)
    rows = stories.of_record(tx, connection_id, entity, record_id, under, limit, before)
    return Story(rows, rows[-1]["at"] if len(rows) >= limit else None)
