"""What all rounds of one runner share, because it takes long to make: both services, PostgreSQL and the broker."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from support import own_time
from support.own_servers import OwnPostgres, OwnRabbit, OwnRedis
from support.postgres import MEMORY
from support.served import ease

from cli import stack
from clients import limits
from rounds.clock import Clock
from rounds.disk import Disk
from rounds.ground import Ground
from rounds.processes import Processes
from rounds.service import Service
from simulators.activecampaign import app as activecampaign_app
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.tls import make_certificates, server_context
from simulators.dynamics import app as dynamics_app
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics
from worker import settings
from worker.services import Services

TEMPLATE, DATABASE = "template_round", "round"
NAMES = (limits.CALLS, limits.IMPORTS, limits.SINGLE_IMPORTS)
TICK_S = 1.0
BROKERS = ("redis", "rabbitmq")


class Site:
    """`installation()` is a new one on this ground. broker: who carries the messages, redis or rabbitmq."""

    def __init__(self, folder: Path, broker: str = "redis") -> None:
        make_certificates(folder / "tls")
        self._folder, self._ca = folder, str(folder / "tls" / "ca.pem")
        tls = server_context(folder / "tls")
        crm, ac = Dynamics(), ActiveCampaign(calls_per_second=None)
        self.crm, self.ac = Service(crm, dynamics_app.make(crm), tls), Service(ac, activecampaign_app.make(ac), tls)
        self.postgres = OwnPostgres(folder / "p")
        self.redis = OwnRedis(folder / "r")
        self.broker = OwnRabbit(folder / "q") if broker == "rabbitmq" else self.redis
        self.disk = Disk(folder / "disk", self.postgres)
        self._make_template()

    def _make_template(self) -> None:
        self.postgres.admin(f"CREATE DATABASE {TEMPLATE} TEMPLATE postgres STRATEGY FILE_COPY")
        own_time.give(self.postgres.dsn(TEMPLATE))

    def _empty(self) -> None:
        """Nobody is in either service, no message waits, and the database is as after the migration."""
        self.crm.state.reset()
        ease(self.ac.state)
        self.crm.state.switches |= {"requests_per_window": None, "execution_ms_per_window": None}
        self.ac.state.switches |= {"single_imports_per_minute": None, "import_delay_s": [0, 0.5]}
        redis.Redis.from_url(self.redis.url).flushall()
        self.postgres.admin(
            f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY {self.disk.tablespace}",
            own_time.follows(DATABASE),
        )

    @contextmanager
    def installation(self) -> Iterator[Ground]:
        """A new installation with nobody in it. Its processes are not started yet, and killed at the end."""
        self._empty()
        folder = Path(tempfile.mkdtemp(prefix="i", dir=self._folder))
        with pytest.MonkeyPatch.context() as patch, ExitStack() as ends:
            clock = Clock(folder / "clocks", self.postgres.dsn(DATABASE), self.crm.state, self.ac.state)
            ends.enter_context(clock.followed())
            self._surround(patch, folder)
            services = Services(settings.read(), name="round")
            ends.callback(services.redis.close)
            ends.callback(services.db.close)
            processes = Processes(folder, clock, os.environ)
            ends.callback(processes.stop)
            yield Ground(self, services, processes, clock, folder)
        shutil.rmtree(folder, ignore_errors=True)

    def _surround(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        """The environment of the installation. Limits are lifted: how long they make a run is not what is asked."""
        patch.setattr(stack, "STOP_WITHIN_S", 0.0)
        patch.setattr(limits, "activecampaign_limits", lambda *_: dict.fromkeys(NAMES, limits.Limit(1000, 1.0)))
        for name, value in {
            "AC365_HOME": str(folder),
            "AC365_SECRET_KEY": "a key for tests",
            "ACTIVECAMPAIGN_API_KEY": "simulated-key",
            "ACTIVECAMPAIGN_URL": self.ac.url,
            "CELERY_BROKER_URL": self.broker.broker,
            "DATABASE_URL": self.postgres.dsn(DATABASE),
            "DYNAMICS_AUTHORITY": f"{self.crm.url}/{TENANT}",
            "DYNAMICS_CLIENT_ID": CLIENT_ID,
            "DYNAMICS_CLIENT_SECRET": SECRET,
            "DYNAMICS_TENANT_ID": TENANT,
            "DYNAMICS_URL": self.crm.url,
            "REDIS_URL": self.redis.url,
            "REQUESTS_CA_BUNDLE": self._ca,
            "TEST_LIMITS": "lifted",
            "TEST_TICK_S": str(TICK_S),
        }.items():
            patch.setenv(name, value)

    def close(self) -> None:
        self.crm.away()
        self.ac.away()
        self.crm.state.close()
        self.redis.kill()
        if self.broker is not self.redis:
            self.broker.kill()
        self.postgres.stop()
        self.disk.close()


@contextmanager
def site(broker: str = "redis") -> Iterator[Site]:
    """A place for rounds; everything is stopped and forgotten at the end."""
    # A socket's path has to be short, so this is not pytest's own temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="s", dir=MEMORY if MEMORY.is_dir() else None))
    folder.chmod(0o755)
    try:
        made = Site(folder, broker)
        try:
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
