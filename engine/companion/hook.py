"""The web hook that announces new requests. It only hastens what is found anyway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from clients.dynamics import Dynamics
from engine.asked import Purpose
from engine.companion.steps import LANE, Part, Step
from engine.companion.surroundings import HOOK, Surroundings
from engine.hook_paths import Signer
from mapping import companion
from store import connections
from store.db import Database
from sync.errors import Missing

BY_HAND = (
    "Nothing has to be done: requests are found within seconds without it. With the Plugin Registration Tool a web "
    "hook of this name can be registered on Create of ac365_request."
)


@dataclass(frozen=True, slots=True)
class Hook:
    """Where new requests are announced, and the key that comes with it."""

    url: str
    key: str


def address(settings: Any, db: Database, connection_id: int) -> Hook | None:
    """Where it is delivered to by these settings; None where nothing says how this installation is reached."""
    if not settings.public_url:
        return None
    with db.transaction() as tx:
        row = connections.get(tx, connection_id)
    if row is None:
        return None
    path = Signer(settings.secret_keys).paths(row)[Purpose.REQUESTS]
    return Hook(f"{settings.public_url}{path}", path.rpartition("/")[2])


def steps(client: Dynamics, found: Surroundings, hook: Hook | None) -> Iterator[Step]:
    """What there is to do for it; nothing without an address."""
    if hook is None:
        return
    if found.endpoint is None:
        make = partial(client.make_endpoint, HOOK, hook.url, hook.key, companion.SOLUTION, lane=LANE)
        yield Step(Part.HOOK, HOOK, "is made", make, BY_HAND)
    elif found.endpoint["url"] != hook.url:
        move = partial(client.move_endpoint, found.endpoint["serviceendpointid"], hook.url, lane=LANE)
        yield Step(Part.HOOK, HOOK, "gets its new address", move, BY_HAND)
    if found.step is None:
        yield Step(Part.HOOK, f"{HOOK}: Create", "is made", partial(_step, client), BY_HAND)


def take_out_steps(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    """The way back: the step, then where it delivered to."""
    if found.step is not None:
        drop = partial(client.drop_step, found.step, lane=LANE)
        yield Step(Part.HOOK, f"{HOOK}: Create", "is deleted", drop)
    if found.endpoint is not None:
        drop = partial(client.drop_endpoint, found.endpoint["serviceendpointid"], lane=LANE)
        yield Step(Part.HOOK, HOOK, "is deleted", drop)


def _step(client: Dynamics) -> None:
    endpoint = client.endpoint_named(HOOK, lane=LANE)
    if endpoint is None:
        raise Missing("the web hook is not known yet")
    client.make_step(f"{HOOK}: Create", companion.REQUEST, endpoint["serviceendpointid"], companion.SOLUTION, lane=LANE)
