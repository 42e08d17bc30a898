"""What a webhook asks for: look at an ActiveCampaign contact, or create a record in Dynamics for it (decision Q20).

Dynamics has an address as well, at which it says that somebody asked for something.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from engine import cycles
from engine.wake import Wake
from store import asked
from store.db import Tx
from sync.model import Entity, Lane


class Purpose(StrEnum):
    """The webhook addresses of a connection. The words are part of the addresses."""

    CREATE_LEAD = "create-lead"
    CREATE_CONTACT = "create-contact"
    CHANGED = "changed"
    REQUESTS = "requests"


CREATED = MappingProxyType({Purpose.CREATE_LEAD: Entity.LEAD, Purpose.CREATE_CONTACT: Entity.CONTACT})
"""What is created for a contact that has no record in Dynamics yet. `changed` creates nothing."""
AUTHOR = "webhook"


def ask(tx: Tx, connection_id: int, purpose: Purpose, ac_id: int) -> list[Wake]:
    """Stores the wish about contact `ac_id`, and has it read ahead of everything else.

    The same wish twice is one wish. Send the wakes after the commit. Raises LookupError when the connection has no
    configuration yet, StoreError.
    """
    asked.put(tx, connection_id, [ac_id], entity=CREATED.get(purpose), lane=Lane.LIVE)
    return cycles.open_inbound(tx, connection_id, AUTHOR, Lane.LIVE)
