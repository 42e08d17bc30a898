"""What a person decides: which value wins a conflict, and whether a cycle that asks may go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from engine import caution
from engine.retries import look_again, read_again
from engine.wake import Wake
from store import audit, conflicts, cycles, outbox
from store.db import Tx
from sync.model import Entity

WHY: Final = "conflict decided"


class Winner(StrEnum):
    """The side whose value is kept."""

    DYNAMICS = "dynamics"
    ACTIVECAMPAIGN = "activecampaign"


class State(StrEnum):
    """Where a conflict stands: a person is asked, a policy has decided, or a person did (or both sides agree again)."""

    OPEN = "open"
    DECIDED = "decided"
    RESOLVED = "resolved"


def listed(tx: Tx, connection_id: int, state: State | None, limit: int) -> list[dict[str, Any]]:
    """Conflicts, the newest first, those that are open before all others: the columns of the table."""
    found = conflicts.listed(tx, connection_id, State.OPEN, limit) if state in (None, State.OPEN) else []
    if state is not State.OPEN:
        found += [row for row in conflicts.listed(tx, connection_id, state, limit) if row["state"] != State.OPEN]
    return [dict(row) for row in found[:limit]]


def page(
    tx: Tx,
    connection_id: int,
    states: Sequence[State],
    limit: int,
    *,
    before: int | None = None,
    entity: str | None = None,
    key: str | None = None,
) -> list[dict[str, Any]]:
    """Conflicts in these states, the newest first. before: the number behind which to go on."""
    found = conflicts.page(tx, connection_id, states, limit, before=before, entity=entity, key=key)
    return [dict(row) for row in found]


def one(tx: Tx, connection_id: int, conflict_id: int) -> dict[str, Any]:
    """One conflict. Raises LookupError when this connection has none with this number."""
    row = conflicts.get(tx, connection_id, conflict_id)
    if row is None:
        raise LookupError(f"there is no conflict {conflict_id}; see `ac365 conflicts`")
    return dict(row)


def open_one(tx: Tx, connection_id: int, conflict_id: int) -> dict[str, Any]:
    """One conflict that waits for a decision. Raises LookupError when it doesn't."""
    row = one(tx, connection_id, conflict_id)
    if row["state"] != State.OPEN:
        raise LookupError(f"conflict {conflict_id} is {row['state']} already: nothing is left to choose")
    return row


def alike(tx: Tx, connection_id: int, conflict_id: int) -> list[int]:
    """The numbers of the open conflicts of the same entity and field, this one included."""
    return [int(row["id"]) for row in conflicts.open_like(tx, connection_id, conflict_id)]


def open_fields(tx: Tx, connection_id: int) -> list[dict[str, Any]]:
    """How many conflicts are open: {entity, key, count}, the most frequent first."""
    return [dict(row) for row in conflicts.open_fields(tx, connection_id)]


def open_of_field(tx: Tx, connection_id: int, entity: Entity, key: str) -> list[int]:
    """The numbers of the open conflicts of one entity and field."""
    return conflicts.open_of_field(tx, connection_id, entity, key)


def choose(tx: Tx, connection_id: int, ids: Sequence[int], winner: Winner, author: str) -> tuple[list[int], list[Wake]]:
    """Ends open conflicts with this winner; answers with those that were open. Send the wakes after the commit.

    The side that lost is written by an ordinary change: the winner's record is read anew, and what it holds now counts.
    """
    ended = conflicts.resolve(tx, connection_id, ids, winner, author)
    numbers = sorted(int(row["id"]) for row in ended)
    if not ended:
        return [], []
    # The values are personal data and stay out of the audit log; the conflicts have them.
    audit.write(tx, connection_id, author, "choose", f"{winner} in {len(numbers)} conflicts", after={"ids": numbers})
    return numbers, _travel(tx, connection_id, ended, winner)


def _travel(tx: Tx, connection_id: int, ended: Sequence[Mapping[str, Any]], winner: Winner) -> list[Wake]:
    here: dict[Entity, list[str]] = defaultdict(list)
    there: dict[Entity, list[int]] = defaultdict(list)
    for row in ended:
        here[Entity(row["entity"])].append(row["record_id"])
        if row["ac_id"] is not None:
            there[Entity(row["entity"])].append(row["ac_id"])
    if winner is Winner.DYNAMICS:
        return read_again(tx, connection_id, dict(here), WHY)
    return [wake for entity, ids in there.items() for wake in look_again(tx, connection_id, entity, ids, WHY)]


def planned(tx: Tx, cycle_id: int) -> list[dict[str, Any]]:
    """What a cycle that asks holds back: {entity, direction, create, update, unlink}, for each stream that has
    something."""
    found = [(stream, outbox.planned(tx, stream["id"])) for stream in cycles.streams(tx, cycle_id)]
    none = {"create": 0, "update": 0, "unlink": 0}
    return [{"entity": s["entity"], "direction": s["direction"], **none, **held} for s, held in found if held]


def unwritten(tx: Tx, connection_id: int, cycle_id: int) -> int:
    """How many records a cycle holds back while it asks. Raises LookupError when it doesn't ask."""
    if cycle_id not in [row["id"] for row in cycles.asking(tx, connection_id)]:
        raise LookupError(f"cycle {cycle_id} does not wait for an answer; see `ac365 cycles`")
    return sum(sum(outbox.planned(tx, stream["id"]).values()) for stream in cycles.streams(tx, cycle_id))


def approve(tx: Tx, connection_id: int, cycle_id: int, author: str) -> list[Wake]:
    """Lets a cycle go on that asks. Send the wakes after the commit. Raises LookupError when it can't go on now."""
    asked = cycles.get(tx, cycle_id)
    wakes = caution.approve(tx, connection_id, cycle_id, author)
    _note(tx, connection_id, author, "approve", cycle_id, asked)
    return wakes


def reject(tx: Tx, connection_id: int, cycle_id: int, author: str) -> int:
    """Ends a cycle that asks; answers with how many records stay unwritten. Raises LookupError when it doesn't ask."""
    asked = cycles.get(tx, cycle_id)
    number = caution.reject(tx, connection_id, cycle_id, author)
    _note(tx, connection_id, author, "reject", cycle_id, asked)
    return number


def _note(tx: Tx, connection_id: int, author: str, action: str, cycle_id: int, asked: Mapping[str, Any] | None) -> None:
    question = {"question": asked["note"]} if asked else None
    audit.write(tx, connection_id, author, action, f"cycle {cycle_id}", before=question)
