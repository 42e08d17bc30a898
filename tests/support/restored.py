"""A disaster: the database is gone, and an older backup of it becomes that of a new installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import redis
from support.postgres import Postgres
from support.pump import Pump
from support.story import Story

from engine import restoring
from store import backups, pauses
from store.migrate import migrate
from worker import embedded
from worker.services import Services

NAME = "restored"


class Disaster:
    """`backup` keeps what ac365 knows; `recover` goes on from there: a new database, an empty Redis, the same key."""

    def __init__(self, story: Story, postgres: Postgres, folder: Path) -> None:
        self._story, self._postgres, self._file = story, postgres, folder / "backup"

    def backup(self) -> None:
        backups.dump(self._story.pump.services.settings.database_url, self._file, embedded.programs())

    @contextmanager
    def recover(self) -> Iterator[Story]:
        """The story as it goes on, not paused any more."""
        old = self._story.pump.services
        redis.Redis.from_url(old.settings.redis_url).flushall()
        dsn = self._loaded()
        services = Services(replace(old.settings, database_url=dsn), name="restored")
        new = Story(self._story.crm, self._story.ac, Pump(services, self._story.pump.connection_id))
        new.ids = self._story.ids
        with new.transaction() as tx:
            restoring.begin_anew(tx, "test")
            assert pauses.resume(tx, new.pump.connection_id, None, None, "test")
        yield new
        services.db.close()
        self._postgres.admin(f"DROP DATABASE {NAME} WITH (FORCE)")

    def _loaded(self) -> str:
        self._postgres.admin(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME}")
        dsn = self._postgres.dsn(NAME)
        with self._file.open("rb") as source:
            backups.load(dsn, source, embedded.programs())
        migrate(dsn)
        return dsn
