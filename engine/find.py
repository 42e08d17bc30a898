"""Finding a record by what a person knows of it: an id, an address or its beginning, the name of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from store import searches
from store.db import Tx
from sync.model import Entity

AT_ONCE: Final = 50
LARGEST: Final = 2**63 - 1
SHORTEST: Final = 2
"""So many characters make a beginning; a number may have one."""


@dataclass(frozen=True, slots=True)
class Found:
    """rows: as `store.searches` tells; next: what to say to see what follows, "" for nothing; record_id: the id that
    was asked for, None where it was none."""

    rows: Sequence[Mapping[str, Any]] = ()
    next: str = ""
    record_id: str | None = None


def find(tx: Tx, connection_id: int, text: str, after: str = "") -> Found:
    """What is known by this text. after: `next` of the page before. Raises ValueError for one that nobody was given."""
    said = text.strip().lower()
    if record_id := _id(said):
        return Found(searches.by_id(tx, connection_id, record_id), record_id=record_id)
    if said.isdecimal() and int(said) <= LARGEST and not after and (found := _there(tx, connection_id, int(said))):
        return Found(found)
    if len(said) < SHORTEST:
        return Found()
    rows = searches.beginning(tx, connection_id, said, AT_ONCE + 1, place(after))
    return Found(rows[:AT_ONCE], _name(rows[AT_ONCE - 1]) if len(rows) > AT_ONCE else "")


def _there(tx: Tx, connection_id: int, number: int) -> Sequence[Mapping[str, Any]]:
    return searches.by_ac_id(tx, connection_id, number)


def _id(said: str) -> str | None:
    try:
        return str(UUID(said))
    except ValueError:
        return None


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['entity']} {row['record_id']} {row['key']}"


def place(after: str) -> tuple[str, str, str] | None:
    """Key, entity and id that `next` stands for. Raises ValueError where it stands for nothing."""
    if not after:
        return None
    entity, _, rest = after.partition(" ")
    record_id, _, key = rest.partition(" ")
    return key, Entity(entity), str(UUID(record_id))
