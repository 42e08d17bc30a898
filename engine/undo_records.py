"""Records put back in Dynamics: read by the hundred, written in batches in which each keeps its version check."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from clients import tables
from clients.dynamics_pages import version_of
from clients.dynamics_writes import Written
from engine.context import Context
from engine.patience import ATTEMPTS, FIRST_PAUSE_S, LONGEST_PAUSE_S, patiently
from engine.undo_side import GONE, LANE, NOT_WRITABLE, Answer, Ready, There
from store.overwritten import Group, Overwritten
from sync.errors import Again, Stop, SyncError
from sync.model import Canonical

INACTIVE: Final = "inactive in Dynamics, which makes it read-only"


class Records:
    """One entity of Dynamics."""

    def __init__(self, context: Context, group: Group) -> None:
        self._context = context
        self._table = tables.FACTS[group.entity]
        self._mapping = context.rules[group.entity].mapping
        self._columns = {pair.field.key: pair.column.name for pair in self._mapping.pairs}

    def look(self, page: Sequence[Overwritten]) -> Mapping[str, There | str]:
        """As `Side`."""
        ask = partial(self._context.dynamics.rows_by_id, self._table.entity_set, self._table.key, self._mapping.select)
        ids = [one.record_id for one in page]
        annotations = self._mapping.needs_annotations
        found = patiently(partial(ask, ids, annotations=annotations, lane=LANE)) if ids else []
        there = {str(row[self._table.key]).lower(): self._there(row) for row in found}
        return {one: there.get(one, GONE) for one in ids}

    def refusals(self, there: There, values: Mapping[str, Canonical]) -> dict[str, str]:
        """As `Side`."""
        body = self._mapping.dynamics_body(values, there.row).body
        return {key: NOT_WRITABLE.format("Dynamics") for key in values if self._columns[key] not in body}

    def write(self, ready: Sequence[Ready]) -> Iterator[Answer]:
        """As `Side`. What met a passing fault goes again in a while, a few times; Stop is raised once the others are
        accounted for."""
        stopped: Stop | None = None
        for attempt in range(ATTEMPTS):
            again: list[Answer] = []
            for one, error in self._batch(ready):
                if isinstance(error, Again):
                    again.append((one, error))
                elif isinstance(error, Stop):
                    stopped = error
                else:
                    yield one, error
            if stopped:
                raise stopped
            if not again or attempt == ATTEMPTS - 1:
                yield from again
                return
            time.sleep(_pause(again, attempt))
            ready = [one for one, _ in again]

    def finish(self) -> Iterator[Answer]:
        """As `Side`."""
        return iter(())

    def _there(self, row: dict[str, object]) -> There | str:
        if row.get("statecode") != 0:
            return INACTIVE
        return There(self._mapping.read(row).values, row, version=version_of(row))

    def _batch(self, ready: Sequence[Ready]) -> list[Answer]:
        """One request, each with `If-Match`: what somebody has changed since it was read stays."""
        changes = [(one.kept.record_id, one.there.version, self._body(one)) for one in ready]
        if not changes:
            return []
        send = partial(self._context.dynamics.update_in_batch, self._table.entity_set, self._table.key, changes)
        answers = patiently(partial(send, lane=LANE))
        return [(one, _error(answer)) for one, answer in zip(ready, answers, strict=True)]

    def _body(self, one: Ready) -> dict[str, object]:
        return dict(self._mapping.dynamics_body(one.values, one.there.row).body)


def _error(answer: Written | SyncError) -> SyncError | None:
    return answer if isinstance(answer, SyncError) else None


def _pause(again: Sequence[Answer], attempt: int) -> float:
    """As long as the service says, or a little longer with every attempt."""
    asked = max(getattr(error, "after_s", 0.0) for _, error in again)
    return min(asked or FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
