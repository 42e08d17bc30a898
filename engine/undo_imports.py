"""Bulk imports that put values back: several are under way at once; whom one of them refuses is written alone."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from clients.imports import ImportInfo, split_by_size
from engine import bulk
from engine.context import Context
from engine.inbound import rows
from engine.patience import patiently
from engine.undo_side import LANE, Answer, Ready
from mapping.compiled import CompiledMapping
from sync.errors import BadBatch, Stop, SyncError

AT_ONCE: Final = 8
"""So many imports wait for their result while further ones are sent."""
Alone = Callable[[Ready], SyncError | None]


class Imports:
    """The imports of one entity. alone: writes one contact, and answers with what it met."""

    def __init__(self, context: Context, mapping: CompiledMapping, alone: Alone) -> None:
        self._context = context
        self._mapping = mapping
        self._alone = alone
        self._underway: deque[tuple[str, Sequence[Ready]]] = deque()

    def send(self, ready: Sequence[Ready]) -> Iterator[Answer]:
        """Sends these contacts; answers with what became of earlier ones."""
        sent = 0
        for portion in split_by_size([self._row(one) for one in ready]):
            yield from self._send(ready[sent : sent + len(portion)], portion)
            sent += len(portion)
        while len(self._underway) > AT_ONCE:
            yield from self._result()

    def finish(self) -> Iterator[Answer]:
        """Waits for all imports."""
        while self._underway:
            yield from self._result()

    def _row(self, one: Ready) -> dict[str, Any]:
        return {**self._mapping.bulk_row(one.values), "email": str(one.there.row["email"]).strip()}

    def _send(self, ready: Sequence[Ready], portion: list[dict[str, Any]]) -> Iterator[Answer]:
        """Automations see it as they see a person's edit. Who is to blame for a refusal is written alone, to learn
        why; after any other trouble everybody is, which repeats nothing."""
        send = partial(self._context.activecampaign.bulk_import, portion, exclude_automations=False, lane=LANE)
        try:
            self._underway.append((patiently(send), ready))
        except Stop:
            raise
        except SyncError as error:
            blamed = set(error.rows) if isinstance(error, BadBatch) else set()
            blamed = blamed or set(range(len(ready)))
            for index in sorted(blamed & set(range(len(ready)))):
                yield ready[index], self._alone(ready[index])
            good = [index for index in range(len(ready)) if index not in blamed]
            if good:
                yield from self._send([ready[index] for index in good], [portion[index] for index in good])

    def _result(self) -> Iterator[Answer]:
        service_id, ready = self._underway.popleft()
        info = self._ended(service_id)
        through = info is not None and info.state == "completed"
        refused = {address.strip().lower() for address in info.failed_addresses} if info else set()
        for one in ready:
            arrived = through and rows.address_of(one.there.row) not in refused
            yield one, None if arrived else self._alone(one)

    def _ended(self, service_id: str) -> ImportInfo | None:
        """How it ended, None where the service never says so."""
        ask = partial(self._context.activecampaign.import_info, service_id, lane=LANE)
        for poll in range(bulk.PATIENCE_POLLS):
            info = patiently(ask)
            if info.final:
                return info
            time.sleep((bulk.FIRST_POLL_S, *bulk.POLLS_S)[min(poll, len(bulk.POLLS_S))])
        return None
