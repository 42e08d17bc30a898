"""The way to both services, and what they answer: away, slow, cut off, half, refused."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

from engine import configure
from rounds.ground import Ground
from rounds.service import Service
from rounds.storm import Act, Storm, Strike
from simulators.common.faults import Fault
from simulators.dynamics.authority.authority import Application
from simulators.dynamics.state import CLIENT_ID, REDIRECTS
from store.errors import StoreError

WRITES, READS = "POST|PUT|PATCH|DELETE", "GET"
_SECRETS = itertools.count(1)


def _services(ground: Ground) -> dict[str, Service[Any]]:
    return {"Dynamics": ground.crm, "ActiveCampaign": ground.ac}


def _answered(kind: str, method: str, **how: Any) -> Act:
    """The next few calls of this kind to one side are answered like this."""

    def act(storm: Storm, draw: Random) -> Strike | None:
        name = draw.choice(("Dynamics", "ActiveCampaign"))
        return _hurt(storm, name, Fault(kind, path="/api/", method=method, times=draw.randrange(1, 5), **how))

    return act


def _hurt(storm: Storm, name: str, fault: Fault) -> Strike:
    times = fault.times or 0
    _services(storm.ground)[name].state.faults.add(fault)
    words = (
        f"{name} answers {times} of {fault.method} with {fault.kind} {fault.status if 'status' in fault.kind else ''}"
    )
    return Strike(words.strip(), lambda: (fault.times or 0) < times)


def slow_dynamics(storm: Storm, draw: Random) -> Strike | None:
    seconds = draw.uniform(0.3, 1.5)
    return _hurt(storm, "Dynamics", Fault("slow", path="/api/", times=draw.randrange(4, 10), seconds=seconds))


def storm_of_429(storm: Storm, draw: Random) -> Strike | None:
    name, times = draw.choice(("Dynamics", "ActiveCampaign")), draw.randrange(5, 20)
    refusal = Fault("status", path="/api/", status=429, headers={"Retry-After": "1"}, probability=0.5, times=times)
    return _hurt(storm, name, refusal)


def away(storm: Storm, draw: Random) -> Strike | None:
    """One side or both: connections are cut, new ones refused."""
    services = _services(storm.ground)
    for name in (names := draw.choice((("Dynamics",), ("ActiveCampaign",), tuple(services)))):
        services[name].away()
        storm.cure(draw.uniform(0.5, 4), services[name].back)
    return Strike(f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} away")


def cut(storm: Storm, draw: Random) -> Strike | None:
    """All connections to one side break off."""
    name = draw.choice(("Dynamics", "ActiveCampaign"))
    _services(storm.ground)[name].cut()
    return Strike(f"all connections to {name} are cut")


def token_revoked(storm: Storm, draw: Random) -> Strike | None:
    storm.ground.crm.state.authority.revoke()
    return Strike("Dynamics revokes all access tokens")


def secret_expires(storm: Storm, draw: Random) -> Strike | None:
    """The client secret is worthless from now on; after a while an administrator brings a new one."""
    authority, secret = storm.ground.crm.state.authority, f"renewed {next(_SECRETS)}"
    authority.register(Application(CLIENT_ID, secret, None, REDIRECTS))
    authority.revoke()
    storm.ground.secret = secret
    storm.cure(draw.uniform(2, 4), lambda: renew(storm.ground))
    return Strike("the client secret expires")


def renew(ground: Ground) -> None:
    """What an administrator does as soon as PostgreSQL is there to keep it. Of several secrets the newest counts."""
    wanted = {name: str(getattr(ground.services.settings, name)) for name in (*configure.PLAIN, *configure.SECRET)}

    def kept() -> bool:
        try:
            with ground.services.db.transaction() as tx:
                configure.save(
                    tx, ground.services.vault, configure.FIRST, {**wanted, "dynamics_client_secret": ground.secret}
                )
        except StoreError:
            return False
        return True

    assert ground.until(kept, 60)


FAULTS: dict[str, Act] = {
    "reset before a write": _answered("reset_before", WRITES),
    "reset after a write": _answered("reset_after", WRITES),
    "504 after a write": _answered("status_after", WRITES, status=504),
    "half an answer": _answered("truncate", WRITES),
    "half a page": _answered("truncate", READS),
    "502 before a call": _answered("status", ".*", status=502),
    "slow Dynamics": slow_dynamics,
    "storm of 429": storm_of_429,
    "service away": away,
    "connections cut": cut,
    "token revoked": token_revoked,
    "secret expires": secret_expires,
}
