"""People of Dynamics: all of them are noted, then one record per address is expected in ActiveCampaign."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from clients.faults import TrackingOff
from engine import browse
from engine.accounts import domain
from engine.verify_report import Tally
from engine.verify_run import Run
from store import verifications
from store.db import Tx
from sync.errors import Resync
from sync.model import PEOPLE, Change, Entity

SHADOWED: Final = "shadowed"
UNREADABLE: Final = "not readable"


def people(run: Run) -> None:
    """One page of the entity that the phase is named after."""
    entity = Entity(run.phase)
    read = page(run, entity)
    if read is None:
        return
    changes, further = read
    with run.advance(further) as tx:
        note(tx, run, changes)
        if further is None:
            _account_for(tx, run, entity)
    run.progress(f"Dynamics {entity}s", run.counts["read"])


def page(run: Run, entity: Entity) -> tuple[list[Change], browse.Place | None] | None:
    """The next page of Dynamics; None where the place was too old, and the reading of this entity begins anew."""
    place = run.cursor or browse.begin()
    try:
        return browse.page(run.context, entity, place, lane=run.lane)
    except (Resync, TrackingOff):
        if not place["cursor"]:
            raise
    run.tallies[entity] = Tally(entity)
    with run.advance(browse.begin()) as tx:
        verifications.drop_here(tx, run.id, entity)
    return None


def note(tx: Tx, run: Run, changes: list[Change]) -> None:
    """Notes records, without their values."""
    verifications.put_here(tx, run.id, [_row(change) for change in changes if not change.deleted])
    run.counts["read"] += len(changes)


def count(tx: Tx, run: Run, entity: Entity) -> None:
    """Counts an entity's records once all of them were noted: those that are expected, and why the others aren't."""
    tally = run.tallies[entity]
    groups = Counter[str]()
    for row in verifications.standings(tx, run.id):
        if row["entity"] == entity:
            groups[row["hindrance"] or (SHADOWED if row["state"] == "read" else "")] += row["count"]
    tally.in_dynamics = sum(groups.values())
    tally.not_expected = Counter({reason: number for reason, number in groups.items() if reason})


def _account_for(tx: Tx, run: Run, entity: Entity) -> None:
    others = [one for one in PEOPLE if one in run.tallies]
    if entity is others[-1]:
        verifications.elect(tx, run.id)
        for one in others:
            count(tx, run, one)


def _row(change: Change) -> dict[str, Any]:
    person = change.entity in PEOPLE
    return {
        "entity": change.entity,
        "record_id": change.record_id,
        "version": change.version,
        "match_key": change.address if person else str(change.values.get("name") or "").strip().lower() or None,
        "host": None if person else domain(change.values.get("accountUrl")),
        "modified_on": change.modified_on,
        "hindrance": UNREADABLE if change.fault else browse.hindrance(change, person=person),
        "opted_out": change.do_not_bulk or change.do_not_email,
    }
