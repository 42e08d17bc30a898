"""One worker process of the proof: calls a URL under the shared budget until the moment it is told."""

from __future__ import annotations

import sys
import time

import requests
from redis import Redis

from clients.budget import Budget
from clients.limits import activecampaign_limits
from sync.errors import Throttled
from sync.model import Lane


def work(port: int, url: str, lane: Lane, until: float) -> None:
    """`until` is wall-clock time in seconds."""
    budget = Budget(Redis(port=port), "proof", activecampaign_limits())
    session = requests.Session()
    session.trust_env = False
    while time.time() < until:
        try:
            with budget.take(lane):
                session.get(f"{url}/{lane.value}", timeout=10).raise_for_status()
        except Throttled as error:
            time.sleep(min(error.after_s, 0.5))


if __name__ == "__main__":
    work(int(sys.argv[1]), sys.argv[2], Lane(sys.argv[3]), float(sys.argv[4]))
