"""After a backup was restored: what was under way is looked at anew, and nothing is written before a person agrees.

A backup is old by the time it is needed. A change that waited then was delivered since, perhaps overtaken by a newer
one; a cycle that asked was answered; whoever paused the sync since had a reason. Links and marks may be old: what they
lead to is compared before anything is written.
"""

from __future__ import annotations

from typing import Final

from engine.opportunities import deal_place
from engine.preparation import INDEX_KEY
from store import audit, connections, pauses, restored, snapshots
from store.db import Tx
from store.restored import Ended

AUTHOR: Final = "restore"
REASON: Final = "restored from a backup: look at everything, then `ac365 resume`"
ERROR: Final = {
    "message": "ended by restoring a backup",
    "code": "cycle.restored",
    "advice": "What was under way is read anew after `ac365 resume`; nothing is lost.",
}
INDEXES: Final = (INDEX_KEY, deal_place.MET)
"""What says which accounts and deals are there already: those made since the backup must be found."""


def begin_anew(tx: Tx, author: str) -> Ended:
    """Ends what the backup shows as under way, signs everybody out, and pauses every connection."""
    ended = restored.end_all(tx, ERROR)
    for connection in connections.listed(tx):
        snapshots.forget(tx, connection["id"], INDEXES)
        pauses.pause(tx, connection["id"], None, None, AUTHOR, REASON)
        audit.write(tx, connection["id"], author, "restore", str(connection["name"]), after={"cycles": ended.cycles})
    return ended
