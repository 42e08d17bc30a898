"""The time of one installation: both services, PostgreSQL and every process of the product are ahead by as much."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from support import own_time

from simulators.activecampaign.state import ActiveCampaign
from simulators.dynamics.state import Dynamics
from worker import services as product

EVERYBODY = "everybody"


class Clock:
    """Runs with the true time; `advance` has hours pass, `lie` has one process alone believe in another time."""

    def __init__(self, folder: Path, dsn: str, crm: Dynamics, ac: ActiveCampaign) -> None:
        self._folder, self._dsn, self._crm, self._ac = folder, dsn, crm, ac
        self._ahead_s = 0.0
        folder.mkdir()
        self.lie(EVERYBODY, 0)

    def files(self, name: str) -> tuple[Path, Path]:
        """Where a process finds how far it is ahead: with everybody, and by a fault of its own."""
        self.lie(name, 0)
        return self._folder / EVERYBODY, self._folder / name

    def lie(self, name: str, seconds: float) -> None:
        """This process is ahead of the others by as much from now on; negative is behind."""
        fresh = self._folder / f"{name}.new"
        fresh.write_text(str(seconds))
        # Who reads meanwhile finds the old file or the new one, never half a number.
        fresh.rename(self._folder / name)

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._ahead_s += seconds
        self._crm.clock.advance(seconds)
        self._ac.clock.advance(seconds)
        # PostgreSQL first: it is asked as soon as somebody's own clock has moved.
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(own_time.SET.encode(), (self._ahead_s,))
        self.lie(EVERYBODY, self._ahead_s)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    @contextlib.contextmanager
    def followed(self) -> Iterator[None]:
        """The product in this process goes by it, too."""
        before = product.now
        product.now = self.now
        try:
            yield
        finally:
            product.now = before
