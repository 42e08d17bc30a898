"""Names of tasks and queues, written out: a message in flight survives a moved file."""

from __future__ import annotations

from engine.wake import Stage

TICK = "ac365.tick"
SWEEP = "ac365.sweep"
HEARTBEAT = "ac365.heartbeat"
PRUNE = "ac365.prune"
WATCH = "ac365.watch"
CYCLE = "ac365.cycle"
FETCH = "ac365.fetch"
TRANSFORM = "ac365.transform"
UPSERT = "ac365.upsert"
POLL = "ac365.poll"
LISTEN = "ac365.listen"
REQUESTS = "ac365.requests"
REQUEST = "ac365.request"
NOTE = "ac365.note"
CHOICES = "ac365.choices"
ACTIVITIES = "ac365.activities"

BY_STAGE = {
    Stage.CYCLE: CYCLE,
    Stage.FETCH: FETCH,
    Stage.TRANSFORM: TRANSFORM,
    Stage.UPSERT: UPSERT,
    Stage.POLL: POLL,
    Stage.REQUESTS: REQUESTS,
    Stage.REQUEST: REQUEST,
    Stage.NOTE: NOTE,
    Stage.CHOICES: CHOICES,
    Stage.ACTIVITIES: ACTIVITIES,
}
