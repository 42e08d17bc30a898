"""A draft of the configuration: somebody changes it step by step, looks at it as a whole, and saves or drops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config import document as documents
from config.rebase import Rebased, rebased
from engine import configure
from store import configurations, connections, drafts
from store.db import Tx

Document = dict[str, Any]
Edit = Callable[[Document], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is changing. version, base: what they started from; latest, saved: what is current by now.

    document: as it is edited, which may be faulty; changed_at: None while nothing is changed.
    """

    version: int
    base: Document
    document: Document
    latest: int
    saved: Document
    changed_at: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return self.document != self.base

    @property
    def overtaken(self) -> bool:
        """Whether somebody else saved a configuration meanwhile."""
        return self.changed and self.version != self.latest


def opened(tx: Tx, connection_id: int, user_id: int | None) -> Draft:
    """The draft of this person; the current configuration where they change nothing. Raises LookupError without one."""
    latest, current = configure.current(tx, connection_id)
    saved = documents.load(current)
    row = drafts.get(tx, connection_id, user_id) if user_id is not None else None
    if row is None:
        return Draft(latest, saved, saved, latest, saved)
    base = configurations.at(tx, connection_id, row["version"])
    started = documents.load(base) if base else saved
    return Draft(row["version"], started, row["document"], latest, saved, row["changed_at"])


def change(tx: Tx, connection_id: int, user_id: int, edit: Edit, now: datetime) -> Draft:
    """The draft after one more change. Two changes of one person at once are made one after the other.

    A draft in which nothing differs any more is dropped.
    """
    connections.lock(tx, connection_id)
    before = opened(tx, connection_id, user_id)
    document = dict(edit(before.document))
    if document == before.base:
        drafts.remove(tx, connection_id, user_id)
    else:
        drafts.put(tx, connection_id, user_id, before.version, document, now)
    return opened(tx, connection_id, user_id)


def discard(tx: Tx, connection_id: int, user_id: int) -> bool:
    """Drops the draft; False when there was none."""
    return drafts.remove(tx, connection_id, user_id)


def rebase(tx: Tx, connection_id: int, user_id: int, now: datetime) -> Rebased:
    """Puts the draft on top of what others saved meanwhile; answers with what both sides changed apart."""
    connections.lock(tx, connection_id)
    draft = opened(tx, connection_id, user_id)
    found = rebased(draft.base, draft.document, draft.saved)
    if found.document == draft.saved:
        drafts.remove(tx, connection_id, user_id)
    else:
        drafts.put(tx, connection_id, user_id, draft.latest, found.document, now)
    return found


def save(
    tx: Tx, connection_id: int, user_id: int, draft: Draft, document: Mapping[str, Any], author: str, now: datetime
) -> int:
    """Makes the checked document of a draft the configuration; answers with its version. Raises store.errors.Stale when
    somebody else saved one since the draft began; the draft stays then."""
    version = configure.replace(tx, connection_id, draft.version, document, author, now)
    drafts.remove(tx, connection_id, user_id)
    return version
