"""Who came to Dynamics after it was searched: nobody is made beside them (decision Q4).

Contacts and accounts without a link are matched when they are read. What is to be made then may wait, for a pause, a
person or a service that is away, and meanwhile somebody enters the same one. So Dynamics is searched once more right
before anything is made there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from engine.context import Context
from engine.inbound import matching, settling
from engine.inbound.item import Item
from engine.retries import look_again
from engine.wake import Wake
from sync.inbound import Inbound
from sync.model import PEOPLE, Entity, Lane

CAME: Final = "somebody entered it in Dynamics meanwhile; it is matched anew"
WHO: Final = "entered in Dynamics meanwhile"


def aside(context: Context, entity: Entity, lane: Lane, items: Sequence[Item]) -> tuple[list[Item], list[Wake]]:
    """Those that may go on, and what wakes the others: each that would be made beside another one is settled as
    skipped, and looked at anew, which links it. Raises SyncError."""
    made = [item for item in items if item.decision.action == "create"]
    reasons = _met(context, entity, lane, made) if made else {}
    met = [item for item in made if item.row.id in reasons]
    wakes = settling.settle(context, [_skipped(item, reasons[item.row.id]) for item in met])
    came = [item.there.ac_id for item in met if reasons[item.row.id] == CAME]
    with context.db.transaction() as tx:
        wakes += look_again(tx, context.id, entity, came, WHO, lane, create=True)
    return [item for item in items if item.row.id not in reasons], wakes


def _skipped(item: Item, reason: str) -> Item:
    return replace(item, decision=Inbound(settling.SKIPPED, reason))


def _met(context: Context, entity: Entity, lane: Lane, made: Sequence[Item]) -> Mapping[int, str]:
    """Why those are not made that aren't, by the id of their row."""
    found = _people(context, lane, made) if entity in PEOPLE else _companies(context, lane, made)
    reasons = {}
    for item in made:
        key = item.row.address if entity in PEOPLE else item.there.ac_id
        best = found.best.get(key)
        # An earlier try of ours may have arrived by now: that one is nobody else.
        if key in found.ambiguous or (best is not None and best.record_id != item.row.record_id):
            reasons[item.row.id] = CAME
        elif best is None and (barred := found.barred.get(str(key))):
            reasons[item.row.id] = barred
    return reasons


def _people(context: Context, lane: Lane, made: Sequence[Item]) -> matching.Found:
    addresses = {item.row.address for item in made if item.row.address}
    return matching.people(context, addresses, addresses, lane)


def _companies(context: Context, lane: Lane, made: Sequence[Item]) -> matching.Found:
    rows = {item.there.ac_id: {"id": item.there.ac_id, **item.there.values} for item in made}
    return matching.companies(context, rows, dict.fromkeys(rows, ""), lane)
