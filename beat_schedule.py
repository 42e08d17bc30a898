"""When things start: name, task, period in seconds, queue. Data only.

How often a connection syncs is not here: the tick asks Postgres which are due, so a change needs no restart.
"""

from tasks import names

BEAT_SCHEDULE = {
    "tick": {"task": names.TICK, "schedule": 60.0, "options": {"queue": "sync", "expires": 55}},
    "sweep": {"task": names.SWEEP, "schedule": 10.0, "options": {"queue": "live", "expires": 9}},
    "listen": {"task": names.LISTEN, "schedule": 2.0, "options": {"queue": "live", "expires": 1.5}},
    "heartbeat-live": {
        "task": names.HEARTBEAT,
        "schedule": 15.0,
        "args": ("live",),
        "options": {"queue": "live", "expires": 14},
    },
    "heartbeat-sync": {
        "task": names.HEARTBEAT,
        "schedule": 15.0,
        "args": ("sync",),
        "options": {"queue": "sync", "expires": 14},
    },
    "watch": {"task": names.WATCH, "schedule": 60.0, "options": {"queue": "sync", "expires": 55}},
    # Telling somebody may take a while, and a person waits for what is live: only where the other one has not come.
    "watch-live": {
        "task": names.WATCH,
        "schedule": 60.0,
        "args": (150.0,),
        "options": {"queue": "live", "expires": 55},
    },
    "prune": {"task": names.PRUNE, "schedule": 3600.0, "options": {"queue": "sync", "expires": 3500}},
}
