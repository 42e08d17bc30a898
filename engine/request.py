"""A sync that a person asked for: what it is, the first one of an entity included, and its start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import cycles
from engine.context import directions
from engine.wake import Stage, Wake
from store import asked, links, pauses, records, wanted, watermarks
from store import cycles as stored
from store.db import Tx
from sync.model import ORDER, PEOPLE, CycleKind, Direction, Entity, Lane


class Refused(LookupError):
    """The sync can't be asked for like this; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run. first: the entities that never had a first sync; full: everything is read again."""

    kind: CycleKind
    entities: tuple[Entity, ...]
    first: tuple[Entity, ...]
    full: bool = False

    @property
    def reads_all(self) -> tuple[Entity, ...]:
        """The entities of which every record is read."""
        return self.entities if self.full else self.first


def plan(
    tx: Tx,
    connection_id: int,
    document: Mapping[str, Any],
    chosen: Sequence[Entity],
    *,
    initial: bool = False,
    from_now: bool = False,
) -> Plan:
    """The plan for these entities, all that are switched on when none is chosen.

    The first sync of an entity brings all its records, unless from_now says to begin with the next change; initial
    reads everything again. Raises Refused.
    """
    entities = _switched_on(document, chosen)
    _refuse_paused(tx, connection_id, document, entities)
    _refuse_asking(tx, connection_id, entities)
    first = tuple(e for e in entities if not _begun(tx, connection_id, document, e))
    if from_now and len(first) < len(entities):
        known = ", ".join(entity for entity in entities if entity not in first)
        raise Refused(f"{known} had a first sync already; --from-now would pass over its changes. Leave it out.")
    if from_now:
        return Plan(CycleKind.BASELINE, entities, first)
    kind = CycleKind.INITIAL if initial or first else CycleKind.MANUAL
    return Plan(kind, entities, first, full=initial)


def _begun(tx: Tx, connection_id: int, document: Mapping[str, Any], entity: Entity) -> bool:
    """Whether an entity had a first sync in every direction that it travels."""
    return all(watermarks.get(tx, connection_id, entity, one) is not None for one in directions(document, entity))


def _switched_on(document: Mapping[str, Any], chosen: Sequence[Entity]) -> tuple[Entity, ...]:
    on = cycles.enabled(dict(document))
    off = [entity for entity in chosen if entity not in on]
    how = "set entities.<name>.enabled to true and import it with `ac365 config import FILE`"
    if off:
        raise Refused(f"{', '.join(off)} is switched off in the configuration: {how}")
    if not on:
        raise Refused(f"nothing is switched on in the configuration: {how}")
    return tuple(entity for entity in ORDER if entity in (chosen or on))


def _refuse_asking(tx: Tx, connection_id: int, entities: Sequence[Entity]) -> None:
    """A question about opportunities alone holds nothing else up."""
    for cycle in stored.asking(tx, connection_id):
        if cycle["trails"] and Entity.OPPORTUNITY not in entities:
            continue
        answer = f"answer with `ac365 cycles approve {cycle['id']}` or `ac365 cycles reject {cycle['id']}` first"
        raise Refused(f"cycle {cycle['id']} asks before it goes on: {cycle['note']}; {answer}")


def _refuse_paused(tx: Tx, connection_id: int, document: Mapping[str, Any], entities: Sequence[Entity]) -> None:
    ways = {entity: directions(document, entity) for entity in entities}
    paused = [e for e in entities if all(pauses.paused(tx, connection_id, e, one) for one in ways[e])]
    if paused:
        raise Refused(f"{', '.join(paused)} is paused; end the pause with `ac365 resume` first")


def start(tx: Tx, connection_id: int, planned: Plan, author: str) -> tuple[int, list[Wake]]:
    """Opens the cycle; when the same one waits already, answers with that. Send the wakes after the commit."""
    return _opened(tx, connection_id, planned.kind, list(planned.entities), author, full=planned.full)


def one_record(
    tx: Tx, connection_id: int, document: Mapping[str, Any], entity: Entity, record_id: str, author: str
) -> tuple[int, list[Wake]]:
    """Opens a cycle that reads one record anew on both sides, ahead of everything else."""
    _refuse_paused(tx, connection_id, document, [entity])
    wanted.put(tx, connection_id, entity, Lane.LIVE, [record_id])
    link = links.of_records(tx, connection_id, entity, [record_id]).get(record_id)
    if link is not None and link.ac_id is not None and Direction.INBOUND in directions(document, entity):
        kind = "person" if entity in PEOPLE else "account"
        asked.put(tx, connection_id, [link.ac_id], entity=None, lane=Lane.LIVE, kind=kind)
    return _opened(tx, connection_id, CycleKind.RECORD, [entity], author, lane=Lane.LIVE)


def some_records(
    tx: Tx, connection_id: int, document: Mapping[str, Any], found: Mapping[Entity, Sequence[str]], author: str
) -> tuple[int, list[Wake]]:
    """Opens a cycle that reads these records of Dynamics, by entity, ahead of everything else."""
    entities = _switched_on(document, list(found))
    _refuse_paused(tx, connection_id, document, entities)
    for entity, ids in found.items():
        wanted.put(tx, connection_id, entity, Lane.LIVE, ids)
    return _opened(
        tx, connection_id, CycleKind.RECORD, list(entities), author, lane=Lane.LIVE, direction=Direction.OUTBOUND
    )


def entity_of(tx: Tx, connection_id: int, record_id: str) -> Entity | None:
    """Which table a record was seen in before, None when it never was."""
    return next((e for e in ORDER if records.get(tx, connection_id, e, record_id)), None)


def _opened(
    tx: Tx,
    connection_id: int,
    kind: CycleKind,
    entities: list[Entity],
    author: str,
    *,
    full: bool = False,
    lane: Lane | None = None,
    direction: Direction | None = None,
) -> tuple[int, list[Wake]]:
    cycle_id, wakes = cycles.open_now(
        tx, connection_id, kind, entities, author, full=full, lane=lane, direction=direction
    )
    if cycle_id is not None:
        return cycle_id, wakes
    waiting = [c for c in stored.unfinished(tx) if c["connection_id"] == connection_id and c["kind"] == kind]
    if not waiting:
        raise Refused("the same sync was asked for at this very moment; see `ac365 cycles`")
    same = waiting[-1]
    return int(same["id"]), [Wake(Stage.CYCLE, (connection_id, same["id"]), Lane(same["lane"]))]
