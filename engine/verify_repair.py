"""Repair: what differs without a reason is queued, the ordinary way. Nothing is written to either side here.

Records are read again where Dynamics' values have to travel, contacts and accounts looked at again where
ActiveCampaign's have. A value that was changed on the side that only receives counts as agreed from now on, so that
the sending side's differs from it and travels once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from engine.retries import look_again, read_again
from engine.verify_run import Run
from engine.wake import Wake
from store import links, verifications
from store.db import Tx
from sync.model import Entity, Lane

AT_ONCE: Final = 500
WHY: Final = "verify --repair"


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
            wakes |= dict.fromkeys(_queued(tx, run, some))


def _queued(tx: Tx, run: Run, some: Sequence[dict[str, Any]]) -> list[Wake]:
    fixes = [row["repair"] for row in some]
    forgotten = [fix["link"] for fix in fixes if fix["forget"] and fix["link"]]
    links.remove(tx, run.context.id, forgotten, None)
    rows = [
        {"id": fix["link"], "agreed": fix["agreed"], **fix["facts"]}
        for fix in fixes
        if fix["link"] and (fix["agreed"] or fix["facts"])
    ]
    links.rebase(tx, run.context.id, rows)
    wakes = _read(tx, run, [row for row in some if row["repair"]["read"]])
    wakes += _look(tx, run, [row for row in some if row["repair"]["look"]])
    run.counts["records"] += len(some)
    return wakes


def _read(tx: Tx, run: Run, some: Sequence[dict[str, Any]]) -> list[Wake]:
    found: dict[Entity, list[str]] = defaultdict(list)
    for row in some:
        found[Entity(row["entity"])].append(row["record_id"])
    run.counts["dynamics"] += len(some)
    return read_again(tx, run.context.id, dict(found), WHY, Lane.BACKFILL) if found else []


def _look(tx: Tx, run: Run, some: Sequence[dict[str, Any]]) -> list[Wake]:
    found: dict[tuple[Entity, bool], list[int]] = defaultdict(list)
    for row in some:
        found[Entity(row["entity"]), row["repair"]["create"]].append(row["ac_id"])
    run.counts["activecampaign"] += len(some)
    wakes: list[Wake] = []
    for (entity, create), ids in found.items():
        wakes += look_again(tx, run.context.id, entity, ids, WHY, Lane.BACKFILL, create=create)
    return wakes
