"""Repair: what differs without a reason is queued, the ordinary way. Nothing is written to either side here.

Records are read again where Dynamics' values have to travel, contacts and accounts looked at again where
ActiveCampaign's have. A value that was changed on the side that only receives counts as agreed from now on, so that
the sending side's differs from it and travels once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from engine import cycles
from engine.retries import look_again, read_again
from engine.verify_run import Run
from engine.wake import Wake
from store import asked, links, verifications, wanted
from store.db import Tx
from sync.model import PEOPLE, CycleKind, Entity, Lane
from sync.terms import INBOUND, OUTBOUND

AT_ONCE: Final = 500
WHY: Final = "verify --repair"
LANE: Final = Lane.BACKFILL

Rows = Sequence[dict[str, Any]]


def repair(run: Run) -> list[Wake]:
    """Queues everything that counts against the report, and counts it in `run.counts`; answers with what starts it."""
    wakes: dict[Wake, None] = {}
    while True:
        after = (run.cursor or {"after": 0})["after"]
        with run.context.db.transaction() as tx:
            some = verifications.wrong(tx, run.id, after, AT_ONCE)
        if not some:
            return list(wakes)
        with run.advance({"after": some[-1]["id"]}) as tx:
            _rebase(tx, run, some)
            wakes |= dict.fromkeys(_queue(tx, run, some))


def _rebase(tx: Tx, run: Run, some: Rows) -> None:
    _hold(tx, run, [row for row in some if row["repair"].get("hold")])
    fixes = [row["repair"] for row in some if row["repair"]["link"]]
    links.remove(tx, run.context.id, [fix["link"] for fix in fixes if fix["forget"]], None)
    changed = [fix for fix in fixes if fix["agreed"] or fix["facts"]]
    rows = [{"id": fix["link"], "agreed": fix["agreed"], **fix["facts"]} for fix in changed]
    links.rebase(tx, run.context.id, rows)


def _hold(tx: Tx, run: Run, left: Rows) -> None:
    """Links for records that were left over when theirs ended: only what is linked can be told that it was deleted."""
    links.end(tx, run.context.id, [row["repair"]["link"] for row in left if row["repair"]["link"]])
    made = [
        {"entity": row["entity"], "record_id": str(row["record_id"]), "agreed": row["repair"]["hold"]} for row in left
    ]
    links.take_over(tx, run.context.id, made)


def _queue(tx: Tx, run: Run, some: Rows) -> list[Wake]:
    read, look = _by_entity(some, "read"), _by_entity(some, "look")
    # Nothing of ac365's ends what somebody else has made.
    run.counts["records"] += sum(row["repair"]["read"] or row["repair"]["look"] for row in some)
    run.counts["dynamics"] += sum(map(len, read.values()))
    run.counts["activecampaign"] += sum(map(len, look.values()))
    back, out = (_travelling(run, way) for way in (OUTBOUND, INBOUND))
    for entity, rows in read.items():
        wanted.put(tx, run.context.id, entity, LANE, [row["record_id"] for row in rows])
    for entity, rows in look.items():
        _ask(tx, run, entity, rows)
    wakes = _open(tx, run, {*read, *look})
    # Marks are written to, and deletions looked for in, ActiveCampaign whichever way an entity travels.
    if only := {entity: list[str]() for entity in read.keys() - out}:
        wakes += read_again(tx, run.context.id, only, WHY, LANE)
    for entity in look.keys() - back:
        wakes += look_again(tx, run.context.id, entity, [], WHY, LANE)
    return wakes


def _travelling(run: Run, other: str) -> set[Entity]:
    """The entities that don't travel the other way only."""
    return {entity for entity in run.tallies if run.context.rules[entity].terms.direction != other}


def _by_entity(some: Rows, name: str) -> dict[Entity, list[dict[str, Any]]]:
    found: dict[Entity, list[dict[str, Any]]] = defaultdict(list)
    for row in some:
        if row["repair"][name]:
            found[Entity(row["entity"])].append(row)
    return dict(found)


def _ask(tx: Tx, run: Run, entity: Entity, rows: Rows) -> None:
    kind = "person" if entity in PEOPLE else "account"
    for create in (True, False):
        ids = [row["ac_id"] for row in rows if row["repair"]["create"] is create]
        if ids:
            asked.put(tx, run.context.id, ids, entity=entity if create else None, lane=LANE, kind=kind)


def _open(tx: Tx, run: Run, touched: set[Entity]) -> list[Wake]:
    """One cycle for both directions, inbound first as always: what was seen in ActiveCampaign before Dynamics' values
    arrived there must not be taken for a change."""
    people = touched & set(PEOPLE)
    wished = [entity for entity in run.tallies if entity in touched or (people and entity in PEOPLE)]
    return cycles.open_now(tx, run.context.id, CycleKind.RETRY, wished, WHY, lane=LANE)[1]
