"""The product's own Celery application with short waits: `celery -A support.quick_app worker` in a test's process.

What takes half a minute in an installation, so that a slow service is not taken for a dead worker, takes seconds here.
Nothing else differs.
"""

from __future__ import annotations

import os
from datetime import timedelta

from clients import limits
from engine import bulk, deliver, recovery, singles, transform
from engine.requests import acting, working
from store import requests
from worker.app import app as app

LEASE_S = 3.0

for stage in (bulk, deliver, singles, transform, acting, working):
    stage.LEASE_S = LEASE_S
acting.SAFE_S = LEASE_S
requests.PATIENCE_S = LEASE_S
bulk.FIRST_POLL_S, bulk.POLLS_S = 0.3, (0.3,)
recovery.IDLE_FOR = timedelta(seconds=LEASE_S)
app.conf.beat_schedule["sweep"]["schedule"] = 0.5
if os.environ.get("TEST_LIMITS") == "lifted":
    names = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)
    limits.activecampaign_limits = lambda *_: dict.fromkeys(names, limits.Limit(1000, 1.0))
