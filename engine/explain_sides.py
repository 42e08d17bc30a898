"""Both services asked about one record or one address, live. Whoever does not answer is left out, with the reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from clients import tables
from engine.changes import to_change
from engine.context import Context, Rules
from engine.opportunities import explain as opportunities
from engine.opportunities.enrich import enriched
from engine.row_keys import DELETED
from sync import odata
from sync.criteria import Criteria
from sync.errors import BadCredentials, SyncError, Throttled, Unavailable
from sync.model import Change, Entity, Lane

Answer = TypeVar("Answer")

DYNAMICS: Final = "dynamics"
ACTIVECAMPAIGN: Final = "activecampaign"
PATIENCE_S: Final = 20.0
"""So long a person waits for the request budget, all in all; who is stopped for longer is told so."""
NOT_ASKED: Final = "was not asked"
MANY: Final = 50
"""Records of one address that are looked for in one table."""


class Sides:
    """Reads for a person: in the most urgent lane, once, and tolerant of a service that is away.

    asks=False: neither service is asked. silent: why a service gives no answers at all; remarks: everything that could
    not be read, as sentences; hushed: the same of what is only of interest when nothing is found.
    """

    def __init__(self, context: Context, *, asks: bool = True, sleep: Callable[[float], None] = time.sleep) -> None:
        self.context = replace(context, rules={e: _legible(rules) for e, rules in context.rules.items()})
        self.silent: dict[str, str] = {} if asks else dict.fromkeys((DYNAMICS, ACTIVECAMPAIGN), NOT_ASKED)
        self.remarks: list[str] = []
        self.hushed: list[str] = []
        self._sleep = sleep
        self._patience_s = PATIENCE_S

    def ask(self, service: str, question: Callable[[], Answer], *, quiet: bool = False) -> Answer | None:
        """The answer, None when there is none. quiet: a refusal is `hushed`."""
        while service not in self.silent:
            try:
                return question()
            except Throttled as pause:
                if pause.after_s <= self._patience_s:
                    self._patience_s -= pause.after_s
                    self._sleep(max(pause.after_s, 0.05))
                    continue
                self._give_up(service, pause)
            except (Unavailable, BadCredentials) as error:
                # It would not answer the next question either, and each costs a time-out.
                self._give_up(service, error)
            except SyncError as error:
                _add(self.hushed if quiet else self.remarks, _sentence(error))
                return None
        return None

    def read(self, entity: Entity, ids: Sequence[str], *, quiet: bool = False) -> dict[str, Change] | None:
        """These records as they are in Dynamics now; those that are gone come as deleted ones."""
        rows = self.ask(DYNAMICS, lambda: self._rows(entity, ids), quiet=quiet)
        if rows is None:
            return None
        gone = {one: to_change(self.context, entity, {DELETED: one}) for one in ids}
        return gone | {row[tables.FACTS[entity].key]: to_change(self.context, entity, row) for row in rows}

    def opportunity(self, record_id: str, *, quiet: bool = False) -> dict[str, Any] | None:
        """The row of one opportunity with what other tables say of it, one with DELETED when it is gone."""
        if missing := opportunities.no_table(self.context):
            _add(self.hushed if quiet else self.remarks, missing.sentence)
            return None
        rows = self.ask(DYNAMICS, lambda: self._whole(record_id), quiet=quiet)
        return None if rows is None else next(iter(rows), {DELETED: record_id})

    def _whole(self, record_id: str) -> list[dict[str, Any]]:
        return enriched(self.context, self._rows(Entity.OPPORTUNITY, [record_id]), Lane.LIVE)

    def _rows(self, entity: Entity, ids: Sequence[str]) -> list[dict[str, Any]]:
        table, mapping = tables.FACTS[entity], self.context.rules[entity].mapping
        return self.context.dynamics.rows_by_id(
            table.entity_set, table.key, mapping.select, ids, annotations=mapping.needs_annotations, lane=Lane.LIVE
        )

    def at_address(self, entity: Entity, address: str, *, quiet: bool = False) -> dict[str, Change] | None:
        """The records of one table with this address, up to fifty."""
        table, mapping = tables.FACTS[entity], self.context.rules[entity].mapping
        where = odata.is_text("emailaddress1", address)
        rows = self.ask(
            DYNAMICS,
            lambda: self.context.dynamics.sample(table.entity_set, mapping.select, where, MANY, lane=Lane.LIVE),
            quiet=quiet,
        )
        if rows is None:
            return None
        changes = [to_change(self.context, entity, row) for row in rows]
        return {change.record_id: change for change in changes if change.address == address}

    def _give_up(self, service: str, error: SyncError) -> None:
        self.silent[service] = _sentence(error)
        _add(self.remarks, self.silent[service])


def _add(sentences: list[str], text: str) -> None:
    if text not in sentences:
        sentences.append(text)


def _legible(rules: Rules) -> Rules:
    """Rules that can read a record even where nobody can tell its scope; `fault` still says so."""
    return rules if rules.compiled else replace(rules, compiled=Criteria(None, ()))


def _sentence(error: SyncError) -> str:
    return f"{error.message.rstrip('.')}. {error.advice}".strip()
