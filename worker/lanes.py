"""The order in which a worker looks into its queues: the most urgent lane first, whatever waits in the others.

Kombu asks its queues in turn, so a worker that serves all three would take a backfill's long message before the short
ones that somebody waits for. Source: docs.celeryq.dev/projects/kombu, reference of kombu.transport.redis,
`queue_order_strategy`, which takes a class of one's own.
"""

from __future__ import annotations

from kombu.utils.scheduling import priority_cycle

from sync.model import Lane

_ORDER = {lane.value: place for place, lane in enumerate(Lane)}


class UrgentFirst(priority_cycle):
    """Queues by urgency; those that are no lanes, which workers use among themselves, before them."""

    def consume(self, n: int) -> list[str]:
        """The first `n` queues to look into, in order."""
        return sorted(self.items, key=lambda queue: _ORDER.get(queue, -1))[:n]
