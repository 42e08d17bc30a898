"""The hold on a line: whoever has it works, and whoever lost it changes nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from engine.context import Context
from store import activity_lines
from store.db import Tx

LEASE: Final = timedelta(minutes=5)
"""Longer than any call may take, with what it waits for the budget."""
SLICE: Final = timedelta(seconds=20)
"""After this time the line is given back and woken again, so that others get their turn."""


class Lost(Exception):
    """The lease ran out and another worker has the line."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A line of a connection, held under this token."""

    context: Context
    line: str
    token: str

    def keep(self, tx: Tx, state: Mapping[str, Any]) -> None:
        """Keeps where the line stands, in the transaction of what was done. Raises Lost, and nothing is kept."""
        until = self.context.now() + LEASE
        if not activity_lines.advance(tx, self.context.id, self.line, self.token, state, until):
            raise Lost
