"""What the pipeline does, and what befalls it: cycles, faults, workers that die, messages that are lost or late."""

from __future__ import annotations

from machine.steps import Pick, step
from machine.world import World

CARRIED_OUT = ({"kind": "status_after", "status": 504}, {"kind": "reset_after"}, {"kind": "truncate"})
NOT_CARRIED_OUT = (
    {"kind": "status", "status": 500},
    {"kind": "reset_before"},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 502},
)


@step(24)
def cycle(world: World, pick: Pick) -> str | None:
    world.cycle()
    return "a cycle runs"


@step(5)
def rest(world: World, pick: Pick) -> str | None:
    """Nobody does anything until both sides agree."""
    world.rest()
    return "all is quiet"


@step(6)
def fault(world: World, pick: Pick) -> str | None:
    """The next calls to one side are answered badly."""
    side, kind = pick.one(("dynamics", "activecampaign")), pick.one([*CARRIED_OUT, *NOT_CARRIED_OUT])
    wanted = {"path": "/api/", "method": pick.one((".*", "POST|PUT|PATCH", "GET")), "times": 1 + pick.number() % 2}
    world.hurt(side, {**wanted, **kind})
    return f"{side} will answer {wanted['times']} of {wanted['method']} with {kind}"


@step(2, two_way=True)
def plugin_aborts(world: World, pick: Pick) -> str | None:
    world.plugin.aborts = 1 + pick.number() % 3
    return f"a plug-in of Dynamics will abort the next {world.plugin.aborts} writes of the integration"


@step(2)
def token_revoked(world: World, pick: Pick) -> str | None:
    """The access token is worthless from one moment to the next."""
    world.crm.authority.revoke()
    return "Dynamics revokes all access tokens"


@step(2)
def refused_to_sign_in(world: World, pick: Pick) -> str | None:
    world.hurt("dynamics", {"kind": "status", "status": 401, "path": "/api/data", "times": 1 + pick.number() % 3})
    return "Dynamics will answer with 401"


@step(2)
def change_token_expires(world: World, pick: Pick) -> str | None:
    table = pick.one(("contact", "lead", "account"))
    world.crm.expire_tokens([world.crm.catalog.tables[table]])
    return f"the change token of {table} expires"


@step(5)
def worker_dies(world: World, pick: Pick) -> str | None:
    """In the middle of a cycle, when so many calls were answered and before anybody makes a note of the last one."""
    calls = 1 + pick.number() + pick.number() % 3 * 6
    died = world.die_after(calls)
    return f"a cycle runs, and its worker dies after {calls} calls" if died else f"a cycle runs ({calls} calls at most)"


@step(4)
def messages_are_lost(world: World, pick: Pick) -> str | None:
    """All workers stop between two messages; what they were to do is found by the sweep of a later step."""
    after = 1 + pick.number() * 2
    world.stop_after(after)
    return f"a cycle runs and stops after {after} messages"


@step(2)
def messages_come_in_any_order(world: World, pick: Pick) -> str | None:
    seed = pick.number()
    world.story.shuffle(seed)
    return f"messages come in any order (seed {seed})"
