"""Whether the servers that an installation stands on answer: Redis, and the broker with what waits in its queues."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import redis
from kombu import Connection
from kombu.exceptions import KombuError

from sync.model import Lane
from worker.embedded import broker_of
from worker.services import Services

PATIENCE_S: Final = 3.0
REDIS: Final = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}


@dataclass(frozen=True, slots=True)
class Server:
    """A server. took_s: how long its answer took, None when there was none; fault: why; waiting: messages by queue."""

    name: str
    took_s: float | None
    fault: str = ""
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether it answered."""
        return self.took_s is not None


def shared_memory(services: Services) -> Server:
    """Redis, which holds the budget."""
    began = time.monotonic()
    try:
        services.redis.ping()
    except redis.RedisError as error:
        return Server("Redis", None, type(error).__name__)
    return Server("Redis", time.monotonic() - began)


def broker(services: Services) -> Server:
    """What carries the messages, Redis or RabbitMQ, and how many wait in each queue."""
    began = time.monotonic()
    url = broker_of(services.settings.broker_url)
    options = REDIS if "redis" in url.partition(":")[0] else {}
    try:
        with Connection(url, connect_timeout=PATIENCE_S, transport_options=options) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
            waiting = {lane.value: _waiting(connection, lane.value) for lane in Lane}
    except (KombuError, OSError, redis.RedisError, *Connection(url).connection_errors) as error:
        return Server("Broker", None, type(error).__name__)
    return Server("Broker", time.monotonic() - began, waiting=waiting)


def _waiting(connection: Any, queue: str) -> int:
    """How many messages wait in a queue; one that no worker has made yet has none."""
    channel = connection.channel()
    try:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except connection.channel_errors:
        return 0
    finally:
        channel.close()
