"""Opportunities that people pick by hand, for the scope `manual` where no column of Dynamics picks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from engine.retries import read_again
from engine.wake import Wake
from store import audit, opportunities, pauses, watermarks
from store.db import Tx
from sync.model import Direction, Entity, Lane

ENTITY: Final = Entity.OPPORTUNITY
AT_ONCE: Final = 100
"""So many are read ahead of everything else; more of them would hold up what a person waits for."""
EXAMPLE: Final = "5531d753-95af-e711-a94e-000d3a11e605"


@dataclass(frozen=True, slots=True)
class Picking:
    """What came of a command. changed: ids whose pick was made or taken back; same: how many were so already; idle: why
    the list counts for nothing, "" when it counts; ahead: what else stands before the next write, in sentences."""

    changed: tuple[str, ...]
    same: int
    idle: str
    ahead: tuple[str, ...] = ()


def as_ids(words: Iterable[str]) -> tuple[str, ...]:
    """The ids in these words, each once and as Dynamics writes them; empty words are none. Raises ValueError."""
    named = [word.strip() for word in words if word.strip()]
    wrong = [word for word in named if not _is_id(word)]
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise ValueError(f"{wrong[0]!r}{more}: not the id of a record, like {EXAMPLE}. Nothing was changed.")
    return tuple(dict.fromkeys(str(UUID(word)) for word in named))


def _is_id(word: str) -> bool:
    try:
        UUID(word)
    except ValueError:
        return False
    return True


def idle(document: Mapping[str, Any]) -> str:
    """Why the list of picks counts for nothing in this configuration, "" when it counts."""
    settings = document["entities"][ENTITY]
    if not settings["enabled"]:
        return "opportunities are switched off"
    if settings["scope"] != "manual":
        return f"the scope of opportunities is {settings['scope']}, and picks count where it is manual"
    if settings["picked_by"]:
        return f"the column {settings['picked_by']} picks opportunities in Dynamics (entities.opportunity.picked_by)"
    return ""


def pick(
    tx: Tx, connection_id: int, document: Mapping[str, Any], ids: Sequence[str], author: str
) -> tuple[Picking, list[Wake]]:
    """Picks opportunities; where the list counts they are read anew at once. Send the wakes after the commit."""
    known = opportunities.picked(tx, connection_id, ids)
    fresh = tuple(one for one in ids if one not in known)
    opportunities.pick(tx, connection_id, fresh, author)
    _note(tx, connection_id, author, "pick", fresh)
    why = idle(document)
    ahead = () if why else tuple(_ahead(tx, connection_id, document))
    wakes = [] if why else _read(tx, connection_id, ids, "picked by hand")
    return Picking(fresh, len(ids) - len(fresh), why, ahead), wakes


def unpick(
    tx: Tx, connection_id: int, document: Mapping[str, Any], ids: Sequence[str], author: str
) -> tuple[Picking, list[Wake]]:
    """Takes picks back; their records stay as they are (decision Q10). Send the wakes after the commit."""
    known = opportunities.picked(tx, connection_id, ids)
    gone = tuple(one for one in ids if one in known)
    opportunities.unpick(tx, connection_id, gone)
    _note(tx, connection_id, author, "unpick", gone)
    why = idle(document)
    # Reading them notes that they are out of scope, so that nothing else goes on to update them.
    wakes = [] if why else _read(tx, connection_id, gone, "no longer picked by hand")
    return Picking(gone, len(ids) - len(gone), why), wakes


def _note(tx: Tx, connection_id: int, author: str, action: str, ids: Sequence[str]) -> None:
    if ids:
        audit.write(tx, connection_id, author, action, f"{len(ids)} opportunities", after={"ids": list(ids)})


def _read(tx: Tx, connection_id: int, ids: Sequence[str], why: str) -> list[Wake]:
    lane = Lane.LIVE if len(ids) <= AT_ONCE else Lane.SYNC
    return read_again(tx, connection_id, {ENTITY: list(ids)}, why, lane) if ids else []


def _ahead(tx: Tx, connection_id: int, document: Mapping[str, Any]) -> Iterator[str]:
    if pauses.paused(tx, connection_id, ENTITY, Direction.OUTBOUND):
        yield "They are paused: nothing is written before `ac365 resume`."
    if document["entities"][ENTITY]["history"] == "ask" and not opportunities.begun(tx, connection_id):
        yield "They would be the first opportunities in ActiveCampaign, so their cycle asks first: see `ac365 cycles`."
    if watermarks.get(tx, connection_id, ENTITY, Direction.OUTBOUND) is None:
        yield "Their later changes travel after the first sync only: `ac365 sync --entity opportunity`."
