"""How much is played: a little in every run of the tests, much at night, or one run again.

AC365_NIGHTLY=1   thousands of steps, with seeds of the day
AC365_SEED=…      at night: the first seed, so that a run of another day can be repeated
AC365_RUNS=…      at night: how many seeds
AC365_STEPS=…     these steps only, written as a failure shows them
AC365_TRIALS=…    how often a failing run may be repeated with fewer steps
"""

from __future__ import annotations

import os
import time

TWO_WAY = True
"""Whether changes travel back to Dynamics. Without it, whatever people do in ActiveCampaign's fields is left out."""

STEPS = os.environ.get("AC365_STEPS", "")
NIGHTLY = os.environ.get("AC365_NIGHTLY") == "1"
# The same for every process of one night: those that share the tests must agree on their names.
FIRST = int(os.environ.get("AC365_SEED") or int(time.time() // 86_400) * 1_000)
RUNS = int(os.environ.get("AC365_RUNS") or 150)
SHORT = range(5)

SEEDS = [0] if STEPS else [FIRST + number for number in range(RUNS)] if NIGHTLY else list(SHORT)
LENGTH = 40 if NIGHTLY else 22
TRIALS = int(os.environ.get("AC365_TRIALS") or (60 if NIGHTLY or STEPS else 0))
"""How often a failing run is repeated with some steps left out, to find the few that matter."""
