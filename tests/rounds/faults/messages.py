"""Messages that come twice, and messages that never come."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from kombu import Connection, Producer

from rounds.storm import Act, Storm, Strike
from sync.model import Lane

LOOKS_S = 0.02


def lost(storm: Storm, draw: Random) -> Strike | None:
    """Whatever stands in the queues for a while never arrives."""
    return _meddle(storm, draw, "messages are lost", _purge)


def doubled(storm: Storm, draw: Random) -> Strike | None:
    """Whatever stands in the queues for a while comes twice."""
    return _meddle(storm, draw, "messages come twice", _double)


def _meddle(storm: Storm, draw: Random, words: str, act: Callable[[Any, str], int]) -> Strike:
    until, met = time.monotonic() + draw.uniform(1, 4), [0]

    def run() -> None:
        while not storm.over and time.monotonic() < until:
            # The broker may be away, too, and no queue be there yet.
            with suppress(Exception), Connection(storm.ground.site.broker.broker) as connection:
                channel = connection.default_channel
                while not storm.over and time.monotonic() < until:
                    met[0] += sum(act(channel, lane.value) for lane in Lane)
                    time.sleep(LOOKS_S)
            time.sleep(LOOKS_S)

    storm.beside(run)
    return Strike(words, lambda: met[0] > 0)


def _purge(channel: Any, queue: str) -> int:
    return int(channel.queue_purge(queue) or 0)


def _double(channel: Any, queue: str) -> int:
    message = channel.basic_get(queue)
    if message is None or "doubled" in message.headers:
        if message:
            message.requeue()
        return 0
    kept = {name: message.properties[name] for name in ("correlation_id", "reply_to") if name in message.properties}
    for _ in range(2):
        Producer(channel).publish(
            message.body,
            routing_key=queue,
            content_type=message.content_type,
            content_encoding=message.content_encoding,
            headers={**message.headers, "doubled": 1},
            **kept,
        )
    message.ack()
    return 1


FAULTS: dict[str, Act] = {"messages lost": lost, "messages twice": doubled}
