"""The product's own Celery application with short waits: `celery -A support.quick_app worker` in a test's process.

What takes half a minute in an installation, so that a slow service is not taken for a dead worker, takes seconds here.
Nothing else differs, unless the environment says so:

TEST_LIMITS=lifted  no limits of ActiveCampaign's
TEST_TICK_S=…       seconds between two ticks of beat
TEST_CLOCKS=…       files, parted like a path; this process is ahead of the true time by the seconds in all of them
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clients import limits
from engine import bulk, deliver, recovery, singles, transform
from engine.inbound import deliver as inbound
from engine.requests import acting, working
from store import requests
from sync import activities
from worker import services
from worker.app import app as app

LEASE_S = 3.0

for stage in (bulk, deliver, singles, transform, acting, working):
    stage.LEASE_S = LEASE_S
acting.SAFE_S = LEASE_S
requests.PATIENCE_S = LEASE_S
# One call to Dynamics may take several times as long as one to ActiveCampaign.
inbound.LEASE_S = 8.0
bulk.FIRST_POLL_S, bulk.POLLS_S = 0.3, (0.3,)
activities.LAG = activities.SETTLING = timedelta(seconds=8)
recovery.IDLE_FOR = timedelta(seconds=LEASE_S)
app.conf.beat_schedule["sweep"]["schedule"] = 0.5
app.conf.beat_schedule["tick"]["schedule"] = float(os.environ.get("TEST_TICK_S") or 60)
if os.environ.get("TEST_LIMITS") == "lifted":
    names = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)
    limits.activecampaign_limits = lambda *_: dict.fromkeys(names, limits.Limit(1000, 1.0))

CLOCKS = [Path(name) for name in os.environ.get("TEST_CLOCKS", "").split(os.pathsep) if name]


def moved() -> datetime:
    """The time of a machine whose clock is wrong."""
    return datetime.now(UTC) + timedelta(seconds=sum(float(clock.read_text() or 0) for clock in CLOCKS))


if CLOCKS:
    services.now = moved
